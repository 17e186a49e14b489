"""Scenario files: read strictly, checked completely, resolved into a `Scenario`.

`load_scenario` is the way in. Importing this package is cheap: the reader and pydantic are loaded
only when a file is read, so that a worker which unpickles a `Scenario` never pays for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Fault, ScenarioError
from cluster_sim.inputs.quantities import month_name, parse_month, parse_scale
from cluster_sim.scenario.types import Scenario, load_resolved

__all__ = [
    "Fault",
    "Scenario",
    "ScenarioError",
    "load_resolved",
    "load_scenario",
    "month_name",
    "parse_month",
    "parse_scale",
    "parse_set",
]


def load_scenario(path: str | Path, set: Mapping[str, Any] | Iterable[str] | None = None) -> Scenario:
    """Read a scenario file, or a scenario known by name, with its chain of `extends`.

    `set` overrides single values: `["policies.production_subsidy.rate=0.2"]`, or a mapping from
    such a path to its value. Raises ScenarioError, which holds every fault with its place.

    >>> scenario = load_scenario("baseline", {"policies.production_subsidy.rate": 0.2})
    >>> scenario.city, scenario.start // 12, len(scenario.parameters) > 100
    ('chengdu', 2017, True)
    """
    from cluster_sim.scenario.load import load

    return load(path, set)


def parse_set(settings: Mapping[str, Any] | Iterable[str] | None) -> list[str]:
    """Overrides as texts `path=value`, checked for that form; ScenarioError where one is not."""
    from cluster_sim.scenario.overrides import as_texts, read_overrides

    texts = as_texts(settings)
    read_overrides(texts)
    return texts
