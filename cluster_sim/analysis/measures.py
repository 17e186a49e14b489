"""A number for each run: a column of the series in some years, for the whole city, with its title and unit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cluster_sim.indicators import INDICATORS, indicator
from cluster_sim.runs.errors import InputError


@dataclass(frozen=True)
class Measure:
    """A column of the series, as the mean of its yearly values from `first` to `last`.

    A year's value is the sum, the mean or the December of its months, as the column wants. None for `first` is the
    last whole year of the runs; None for `last` is `first` itself.
    """

    column: str
    first: int | None = None
    last: int | None = None

    @property
    def title(self) -> str:
        """Name for tables and figures."""
        return indicator(self.column).heading

    @property
    def unit(self) -> str:
        """Unit of the value that is shown."""
        return indicator(self.column).shown

    @property
    def change_unit(self) -> str:
        """Unit of a difference of two values."""
        return indicator(self.column).change_unit

    @property
    def factor(self) -> float:
        """What a value is multiplied by to be shown in `unit`."""
        return indicator(self.column).factor

    @property
    def years(self) -> str:
        """The years in words."""
        if self.first is None:
            return "last year"
        return str(self.first) if self.last in (None, self.first) else f"mean of {self.first}-{self.last}"

    def at(self, last_year: int) -> Measure:
        """The same measure with its years named, in runs whose last whole year is `last_year`."""
        first = last_year if self.first is None else self.first
        return Measure(self.column, first, first if self.last is None else self.last)

    def outside(self, start: int, until: int) -> str:
        """Say which year runs of the months start to until (ordinals) do not hold whole; nothing if they hold all."""
        first, last = -(-start // 12), (until + 1) // 12 - 1
        mine = self.at(last)
        wanted = range(mine.first or 0, (mine.last or 0) + 1)
        missing = next((year for year in wanted if not first <= year <= last), None)
        there = f"{first} to {last}" if first <= last else "none"
        return "" if missing is None and first <= last else (
            f"the runs have no whole year {first if missing is None else missing} (there are {there})")

    def of(self, years: Mapping[int, np.ndarray], scale: float) -> np.ndarray:
        """Return the number of each run, for the whole city, from the values of its column by year.

        InputError if a year is not among them.
        """
        chosen = self.at(max(years, default=0))
        wanted = list(range(chosen.first or 0, (chosen.last or 0) + 1))
        missing = [year for year in wanted if year not in years]
        if missing or not wanted:
            there = f"{min(years)} to {max(years)}" if years else "none"
            raise InputError(f"{self.column}: the runs have no whole year {missing[0] if missing else chosen.first}"
                             f" (there are {there})")
        found: np.ndarray = np.mean([years[year] for year in wanted], axis=0)
        return found / scale if indicator(self.column).scale == "proportional" else found


def measure(column: str, years: str | int | None = None) -> Measure:
    """Read a measure from a column and its years: `2035`, `2026-2035` (their mean) or none (the last whole year).

    InputError if there is no such column, or the years are none.
    """
    if column not in INDICATORS:
        near = difflib.get_close_matches(column, INDICATORS, 1)
        raise InputError(f"there is no column '{column}' to measure" + (f"; did you mean '{near[0]}'?" if near else
                                                                        "; `list columns` shows them all"))
    if years is None:
        return Measure(column)
    found = re.fullmatch(r"\s*(\d{4})(?:\s*(?:-|to)\s*(\d{4}))?\s*", str(years))
    if not found or found[2] and int(found[2]) < int(found[1]):
        raise InputError(f"'{years}' is no year; write 2035, or 2026-2035 for the mean of several")
    return Measure(column, int(found[1]), int(found[2] or found[1]))
