"""The factors of a sweep: which path each one sets, the values it may take, and its column in the results."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cluster_sim.inputs.quantities import month_name, parse_month

KINDS = ("number", "count", "month", "switch", "option")


@dataclass(frozen=True)
class Factor:
    """One thing that a sweep varies.

    `values` lists what it may be, as a scenario file would write it (in the unit of its key where it is a
    number); a factor without them is a range from `low` to `high` (months as ordinals, year * 12 + month - 1).
    `labels` are what the results' column shows for each of `values`.
    """

    path: str
    column: str
    kind: str = "number"
    unit: str = ""
    values: tuple[Any, ...] = ()
    labels: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False

    def at(self, share: float) -> Any:
        """Return the value at a point of the unit interval: 0 is the lowest (or first), 1 the highest (or last).

        Listed values get equal parts of the interval, and so do the whole numbers and months of a range.
        """
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        assert self.low is not None and self.high is not None
        if self.kind in ("count", "month"):
            whole = min(int(self.low) + int(share * (self.high - self.low + 1)), int(self.high))
            return month_name(whole) if self.kind == "month" else whole
        if self.log:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
            return min(max(value, self.low), self.high)
        return self.low + share * (self.high - self.low)

    def spaced(self, number: int) -> tuple[Any, ...]:
        """Return this many values of a range, evenly spaced from end to end (by ratio where `log`)."""
        if self.kind in ("count", "month"):
            assert self.low is not None and self.high is not None
            steps = [self.low + (self.high - self.low) * i / max(1, number - 1) for i in range(number)]
            whole = dict.fromkeys(round(step) for step in steps)
            return tuple(month_name(step) if self.kind == "month" else step for step in whole)
        inner = [self.at(i / max(1, number - 1)) for i in range(1, number - 1)]
        return (self.low, *inner, self.high) if number > 1 else (self.low,)

    def label(self, value: Any) -> Any:
        """Return what the results' column shows for a value; MISSING of its kind for None (the base's own)."""
        if value is None:
            return _missing(self.kind)
        for listed, label in zip(self.values, self.labels, strict=True):
            if type(listed) is type(value) and listed == value:
                return label
        return plain_label(value, self.kind)

    def value_of(self, label: Any) -> Any:
        """Return the value that a column's entry stands for; None where it says that the base's own is kept."""
        if isinstance(label, datetime.datetime):
            label = label.date()
        for listed, known in zip(self.values, self.labels, strict=True):
            if known == label:
                return listed
        if label is None or _is_nan(label) or self.kind in ("option", "switch") and label == "base":
            return None
        if self.kind == "month":
            return f"{label:%Y-%m}"
        if self.kind == "count":
            return int(label)
        return label

    def resolved(self) -> Any:
        """Return the factor as a sweep file writes it."""
        written: dict[str, Any] = {}
        if self.values:
            plain = tuple(plain_label(value, self.kind) for value in self.values)
            if self.kind == "option" and self.labels != plain:
                written["options"] = {str(label): _plain(v) for label, v in zip(self.labels, self.values, strict=True)}
            else:
                written["values"] = [_plain(value) for value in self.values]
        else:
            ends = (self.low, self.high)
            written["low"], written["high"] = (
                (month_name(int(end)) if self.kind == "month" else end) for end in ends if end is not None)
            if self.log:
                written["log"] = True
        return {**written, "column": self.column}


def plain_label(value: Any, kind: str) -> Any:
    """What a column shows for a value that has no name of its own."""
    if kind in ("number", "count"):
        return math.inf if value == "none" else float(value)
    if kind == "month":
        month = parse_month(value)
        return datetime.date(month // 12, month % 12 + 1, 1)
    if kind == "switch":
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)


def _missing(kind: str) -> Any:
    """What a column shows where a point leaves the base's own value."""
    if kind in ("number", "count"):
        return math.nan
    return None if kind == "month" else "base"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def column_name(path: str, taken: Iterable[str]) -> str:
    """Return a clean column name for a path: `production_subsidy_rate`, `ne_zha_2_month`.

    A name that is taken (by a column of the series or another factor) gets a number.
    """
    text = re.sub(r"^(policies|parameters|events)\.", "", path)
    text = re.sub(r"\W+", "_", text).strip("_").lower() or "factor"
    taken, name, number = set(taken), text, 2
    if name in taken:
        name = f"{text}_set"
    while name in taken:
        name, number = f"{text}_{number}", number + 1
    return name
