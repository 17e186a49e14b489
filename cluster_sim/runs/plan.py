"""Which runs to do, in which order, and which part of the store each belongs to.

The order and the parts follow from the plan alone, never from who finished first: that is why any number
of workers writes the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cluster_sim.inputs.quantities import (
    LAST_MONTH,
    LAST_YEAR,
    MOST_SEEDS,
    TOO_LATE,
    QuantityError,
    parse_last_month,
    parse_month,
)
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES, Group, RunList, RunSpec

RUNS_PER_PART = 100
"""Runs in one part at scale 1/20 and below; larger cities get fewer, so that a part fits in memory."""


@dataclass(frozen=True)
class Plan:
    """All runs of a job, in order, and what they have in common.

    `base` is the scenario that they share (None: the first run's); a sweep's plan also has the sweep itself
    and, by point and seed, the names of its runs.
    """

    name: str
    runs: Sequence[RunSpec]
    code: str = field(default_factory=code_version)
    base: Any = None
    sweep: Any = None
    run_of: Sequence[tuple[str, ...]] = ()
    points: str = ""
    """Hash of the points of a sampled design: another version of the sampler may give others."""

    @property
    def scenario(self) -> Any:
        """The scenario that all runs share, but for what a sweep varies."""
        return self.runs[0].scenario if self.base is None else self.base

    def chunks(self) -> list[Sequence[RunSpec]]:
        """Split the runs into those of one part each: about a hundred, fewer when a run is large."""
        size = part_size(self.runs[0].scale) if self.runs else 1
        return [self.runs[i:i + size] for i in range(0, len(self.runs), size)]


def part_size(scale: float) -> int:
    """Return the number of runs in a part: 100 up to scale 1/20, 5 at 1:1."""
    return max(1, min(RUNS_PER_PART, round(5 / scale)))


def ordinal(text: str | int | None) -> int | None:
    """Read a last month such as `2035-12`, or a year (its December), into year * 12 + month - 1.

    A number above all years is such an ordinal already. InputError if it is none of these, or later than the outside
    paths go.
    """
    if text is None:
        return None
    month = text if isinstance(text, int) and text > LAST_YEAR else _read_month(parse_last_month, text)
    if month > LAST_MONTH:
        raise InputError(TOO_LATE)
    return month


def first_month(text: str) -> int:
    """Read the month in which something begins, such as `2021-01`; InputError if it is none."""
    return _read_month(parse_month, text)


def _read_month(parse: Callable[[object], int], text: object) -> int:
    try:
        return parse(text)
    except QuantityError as error:
        raise InputError("; ".join(each for each in (error.message, error.hint) if each)) from None


def month_text(month: int) -> str:
    """Write an ordinal as `2035-12`."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def scale_of(text: str | float | int) -> float:
    """Read a scale such as `1/20`, `0.05` or 1: a share of the city above 0 and up to 1."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:[/:]\s*(\d+(?:\.\d*)?))?\s*", str(text))
    value = float(found[1]) / float(found[2] or 1) if found and float(found[2] or 1) else 0.0
    if not 0 < value <= 1:
        raise InputError(f"scale '{text}' is not a share of the city; write 1/20, 0.05 or 1")
    return value


def scale_text(scale: float) -> str:
    """Write a scale as people do: 1, 1/20, 0.07."""
    inverse = round(1 / scale)
    if inverse == 1:
        return "1"
    return f"1/{inverse}" if abs(1 / inverse - scale) < 1e-12 else f"{scale:g}"


def seed_list(seeds: int | Iterable[int] | None, first: int | None = None, default: int = 1) -> list[int]:
    """Turn a number of seeds, or the seeds themselves, into a list without repeats.

    `seeds=10` means 1 to 10, `seeds=10, first=5` means 5 to 14; a lone `first` is one run.
    """
    if seeds is not None and not isinstance(seeds, int):
        listed = list(dict.fromkeys(int(s) for s in seeds))
    else:
        count = seeds if seeds is not None else (1 if first is not None else default)
        start = 1 if first is None else first
        if count > MOST_SEEDS:
            raise InputError(f"{count:,} seeds are more than {MOST_SEEDS:,}")
        listed = list(range(start, start + count))
    if not listed:
        raise InputError("at least one seed is needed")
    if min(listed) < 0 or max(listed) >= 2**63:
        raise InputError("a seed is a whole number from 0 to 2^63 - 1")
    return listed


def shard_numbers(text: str | None) -> tuple[int, int] | None:
    """Read `2/8` as the second of eight shards. InputError if it is not of this form."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(f"'{text}' is not a shard; write 2/8 for the second of eight")
    return int(found[1]), int(found[2])


def plan(scenario: Any, seeds: Sequence[int], scale: float, until: int | None = None,
         factors: Mapping[str, Any] | None = None, tables: Iterable[str] = TABLES) -> Plan:
    """Plan one run of `scenario` for each seed.

    `until` (an ordinal) ends the runs early, or later than the scenario says; `tables` are those to keep.
    InputError if `until` lies before the start, or a table does not exist.
    """
    kept = chosen_tables(tables)
    last = scenario.end if until is None else until
    if last < scenario.start:
        raise InputError(f"--until {month_text(last)} lies before the scenario's start, "
                         f"{month_text(scenario.start)}")
    if last > scenario.end:
        scenario = replace(scenario, end=last)
    digest, code = scenario.digest(), code_version()
    named = tuple(sorted((factors or {}).items()))
    group = Group(digest, tuple(seeds))
    runs = RunList([group], lambda _: (scenario, named), str(scenario.city), scale, last, code, kept)
    return Plan(scenario.name, runs, code)


def chosen_tables(names: Iterable[str]) -> tuple[str, ...]:
    """Return tables by name, each once, in the order of commit; InputError if one does not exist."""
    wanted = set(names)
    if "map" in wanted:
        wanted.add("parks")
    unknown = sorted(wanted.difference(TABLES, EXTRA_TABLES))
    if unknown:
        raise InputError(f"there is no table '{unknown[0]}'; a run can keep {', '.join((*TABLES, *EXTRA_TABLES))}")
    return tuple(name for name in (*TABLES, *EXTRA_TABLES) if name in wanted)
