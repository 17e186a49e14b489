"""The monthly indicators as `indicators.yaml` describes them: units, yearly values, precision, titles.

Everything that names, converts or explains a column of the series asks here, so that a new indicator is one entry of
that file and one line of `month/observe.py`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("indicators.yaml")
YEAR_VALUES = {"flow": "sum", "stock": "December", "rate": "mean", "trailing": "December"}
"""Kind of an indicator -> what a year's value is: the sum or the mean of its months, or its December."""
SHOWN = {
    "fraction": ("%", 100.0), "million yuan/month": ("million yuan a year", 1.0), "count": ("number", 1.0),
    "yuan/m2/month": ("yuan per m² a month", 1.0), "thousand yuan/month": ("thousand yuan a month", 1.0)}
"""Unit of the series -> unit for people, and the factor from a year's value to it."""


@dataclass(frozen=True)
class Indicator:
    """One column of the series; the fields are those of `indicators.yaml`."""

    name: str
    unit: str
    kind: str
    text: str
    precision: str = "double"
    title: str = ""
    shown: str = ""
    factor: float = 1.0
    scale: str = "same"
    whole_only: bool = False
    heavy_tailed: bool = False

    @property
    def year_value(self) -> str:
        """What a year's value is: `sum` or `mean` of its months, or `December`."""
        return YEAR_VALUES[self.kind]

    @property
    def heading(self) -> str:
        """The title with a capital letter."""
        return self.title[0].upper() + self.title[1:]

    @property
    def change_unit(self) -> str:
        """Unit of a difference of two values: that of shares is percentage points."""
        return self.shown.replace("%", "percentage points")

    def for_people(self, scale: float) -> float:
        """Return the factor from a year's value in a city of this scale to the whole city's, in the unit `shown`."""
        return self.factor / scale if self.scale == "proportional" else self.factor


@functools.cache
def columns(file: Path = FILE) -> dict[str, Indicator]:
    """Return every column of the series by name, in their order; first those that name a row (kind `key`)."""
    found = {}
    for name, entry in yaml.load(file.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)).items():
        unit, factor = SHOWN.get(entry["unit"], (entry["unit"], 1.0))
        if unit == "number" and entry["kind"] == "flow":
            unit = "number a year"
        found[name] = Indicator(**{"name": name, "title": name.replace("_", " "), "shown": unit, "factor": factor}
                                | entry)
    return found


KEYS = tuple(name for name, each in columns().items() if each.kind == "key")
"""Columns that name a row: run, scenario, seed, month."""
INDICATORS = {name: each for name, each in columns().items() if each.kind != "key"}
"""What is measured each month, by name, in the order of the series."""


def indicator(name: str) -> Indicator:
    """Return an indicator; one that is not described (a model of a user's own) is a rate without a unit."""
    return INDICATORS.get(name) or Indicator(name, "", "rate", "", title=name.replace("_", " "))


def kept_names(file: Path = FILE) -> str:
    """Return names and precisions as text: what of the description can change a stored result."""
    return "\n".join(f"{name} {each.precision}" for name, each in columns(file).items())
