"""The one door from a result to its figures.

`cluster_sim.report` stands above every result and alone imports matplotlib. A result that is asked for a figure names
its kind here, and this module, the only one that reaches upward, asks the registry of figures by name.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

REGISTRY = "cluster_sim.report.registry"
"""Loaded only when a figure is asked for; the layer check allows this one name."""


def draw(kind: str, result: Any, figure: str | None = None, **options: Any) -> Any:
    """Draw a figure of a result, the first of its kind if None, and return it as a matplotlib figure.

    kind: a key of `report.registry.FIGURES`. Raises ValueError if the kind has no such figure.
    """
    return import_module(REGISTRY).draw(kind, result, figure, **options)


def write(kind: str, result: Any, folder: Path) -> tuple[list[Path], list[str]]:
    """Write every figure of a result into a folder; return the PNG files, and what could not be drawn in words."""
    try:
        registry = import_module(REGISTRY)
    except ImportError as error:  # a broken matplotlib must not cost anybody the runs
        return [], [f"no figures: {error}"]
    written, problems = registry.write(kind, result, folder)
    return written, problems
