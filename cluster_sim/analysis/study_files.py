"""What the files of studies hold beside the keys of a sweep: columns, years, money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.inputs.quantities import QuantityError
from cluster_sim.inputs.shapes import Written, read_text
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import month_text, ordinal, scale_of, seed_list


def _checked(check: Callable[[str], Measure]) -> Any:
    """The type of a text that `check` can read; its InputError is the fault."""
    def read(value: Any, names: Any) -> str:
        text = read_text(value)
        try:
            check(text)
        except InputError as error:
            raise QuantityError(str(error)) from None
        return text

    return Annotated[str, Written(read)]


COLUMN = _checked(measure)
"""A column of the series that can be measured."""
YEARS = _checked(lambda text: measure("gdp_share", text))
"""`2035`, or `2026-2035` for the mean of several."""


def replaced(sweep: Any, seeds: Any = None, scale: Any = None, until: Any = None) -> Any:
    """A sweep with its seeds, scale and last month replaced where they are given (as a command line gives them)."""
    from dataclasses import replace

    last = ordinal(until) if until is not None else sweep.until
    if last is None or last < sweep.base.start:
        raise InputError(f"--until {until} lies before the scenario's start, {month_text(sweep.base.start)}")
    return replace(sweep, until=last, seeds=sweep.seeds if seeds is None else tuple(seed_list(seeds)),
                   scale=sweep.scale if scale is None else scale_of(scale))
