"""What a model is made of, as a script or a Mesa runner says it: a scenario by path or name, a scale as 1/50."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Fault, ScenarioError
from cluster_sim.inputs.quantities import QuantityError, month_name, parse_last_month, parse_scale
from cluster_sim.scenario import load_scenario


def read_arguments(setup: Any, seed: int | None, scale: float | str, until: str | None,
                   set: Mapping[str, Any] | Iterable[str] | None) -> tuple[Any, int, float]:
    """Return a loaded scenario that ends as asked, a seed and a scale; ScenarioError says what cannot be."""
    if isinstance(setup, str | Path):
        setup = load_scenario(setup, set)
    elif not hasattr(setup, "parameters"):
        raise ScenarioError([Fault("setup", f"expected a scenario, the path of its file or its name, found {setup!r}")])
    elif set:
        raise ScenarioError([Fault("set", "needs the path or the name of a scenario: a loaded one is complete")])
    if until is not None:
        setup = replace(setup, end=last_month(until, setup.start))
    return setup, int(seed or 0), parse_scale(scale)


def last_month(until: str, start: int) -> int:
    """Return the ordinal of a run's last month, ``2030-12`` or a year (its December); ScenarioError if it is none."""
    try:
        end = parse_last_month(until)
    except QuantityError as error:
        raise ScenarioError([Fault("until", error.message, error.hint)]) from None
    if end < start:
        raise ScenarioError([Fault("until", f"{until} lies before the scenario's first month, {month_name(start)}")])
    return end
