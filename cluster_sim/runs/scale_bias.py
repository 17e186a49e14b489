"""How far a smaller city's results lie from the whole one's, as measured: every output below 1:1 says so.

A city's `scale_bias.yaml` holds one number, the headline, by scale and where it was measured from; docs/scale.md has
all columns.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from cluster_sim.city import CityError
from cluster_sim.city.reading import find
from cluster_sim.indicators import INDICATORS, indicator
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import scale_text

FILE = "scale_bias.yaml"


@dataclass(frozen=True)
class Measured:
    """A city's headline by scale: `values` (scale -> value of `column` in `year`, in the unit for people)."""

    column: str
    year: int
    values: dict[float, float]

    def near(self, scale: float) -> list[float]:
        """Return the measured scales that say most of another: itself, or those next to it on both sides."""
        if scale in self.values:
            return [scale]
        larger, smaller = ([s for s in self.values if s > scale], [s for s in self.values if s < scale])
        return [*([min(larger)] if larger else []), *([max(smaller)] if smaller else [])]


@functools.lru_cache(maxsize=16)
def measured(city: str) -> Measured | None:
    """Return what was measured of a city (a name or a path); None if nothing was, or there is no such city.

    InputError if the city's file cannot be read.
    """
    try:
        path = Path(find(city)) / FILE
    except CityError:
        return None
    if not path.is_file():
        return None
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        values = {float(Fraction(str(scale))): float(value) for scale, value in content["values"].items()}
        found = Measured(content["column"], int(content["year"]), values)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, OSError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if 1.0 not in values or found.column not in INDICATORS:
        raise InputError(f"{path} needs a column of the series, and its value at scale 1 among others")
    return found


def answer(city: str, scale: float) -> dict[str, Any] | None:
    """Return the bias of a scale for a JSON answer, in the column's unit for people; None at 1:1.

    `at` has each measured scale that is near with its value and its difference from the whole city; it is empty, and
    the other keys are missing, for a city of which nothing was measured.
    """
    if scale == 1:
        return None
    known = measured(city)
    if known is None:
        return {"scale": scale_text(scale), "at": {}}
    whole = known.values[1.0]
    near = {scale_text(s): {"value": known.values[s], "bias": round(known.values[s] - whole, 6)}
            for s in known.near(scale)}
    return {"scale": scale_text(scale), "column": known.column, "year": known.year,
            "unit": indicator(known.column).shown, "whole_city": whole, "at": near}


def sentence(city: str, scale: float, until: str = "") -> str:
    """Say to people that a small city is biased; empty at 1:1.

    until: last month (`"2035-12"`) of the headline's column where that is shown, empty where it is not. The measured
    values are said only beside it, and only if the year that they were measured in was run.
    """
    found = answer(city, scale)
    if found is None:
        return ""
    if found["at"] and until < f"{found['year']}-12":
        return f"City at scale {found['scale']}: small cities are biased, each column in its own way (docs/scale.md)."
    if not found["at"]:
        return f"City at scale {found['scale']}: small cities are biased; of this one nothing was measured."
    described = indicator(found["column"])
    unit = "points" if found["unit"] == "%" else described.shown
    values = ", ".join(f"{each['value']:.2f} at {at} ({each['bias']:+.2f} {unit})" for at, each in found["at"].items()
                       if at != "1")
    return (f"City at scale {found['scale']}: small cities are biased. {described.heading} {found['year']}, "
            f"{described.shown}: {found['whole_city']:.2f} at 1:1, {values}, as measured on the baseline.")
