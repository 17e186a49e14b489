"""The runs of a plan, each made when somebody asks for it: a million of them are held as their points only."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import accumulate
from operator import eq
from typing import Any, NamedTuple, overload

from cluster_sim.runs.identity import run_id

TABLES = ("series", "projects", "credits", "ledger", "map", "parks")
"""The tables that a run leaves unless it is asked for others, in the order in which they are committed."""
EXTRA_TABLES = ("accounts", "payments", "applications")
"""Tables that are kept where asked for: studios' yearly accounts, every payment of public money, and every
application for aid to a work."""
KEPT = 10_000
"""Scenarios that a plan keeps once they are made."""
Factors = tuple[tuple[str, Any], ...]
"""The columns that a sweep adds to the results: name and entry of each."""


class Past(NamedTuple):
    """The first months of a run, which others of its plan have too."""

    month: int
    key: str
    """The same for runs that have these months in common."""
    again: bool
    """Whether a run that is to be done later goes on from there."""


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One run, fully named. `until` is the ordinal of the last month (year * 12 + month - 1).

    `scenario` is a Scenario, or in a sweep a Variant of its base; `factors` are the columns that a sweep adds
    to the results (name, entry), `point` the number of the point in its design. `pasts` are those that it shares
    with other runs, the shortest first; they save time and change nothing.
    """

    run_id: str
    scenario: Any
    seed: int
    scale: float
    until: int
    factors: Factors = ()
    tables: tuple[str, ...] = TABLES
    point: int | None = None
    pasts: tuple[Past, ...] = field(default=(), compare=False)

    @property
    def months(self) -> int:
        """Number of months that the run simulates."""
        return self.until - self.scenario.start + 1

    def complete(self) -> Any:
        """Return the whole scenario."""
        whole = getattr(self.scenario, "complete", None)
        return self.scenario if whole is None else whole()


class Group(NamedTuple):
    """Runs that differ in their seeds alone: of a scenario with this digest, to be made of these `values`."""

    digest: str
    seeds: tuple[int, ...]
    values: Any = None
    point: int | None = None


class RunList(Sequence[RunSpec]):
    """The runs of groups, group by group. A slice is a window on the same groups."""

    def __init__(self, groups: Sequence[Group], make: Callable[[Group], tuple[Any, Factors]], city: str, scale: float,
                 until: int, code: str, tables: tuple[str, ...] = TABLES) -> None:
        """`make` gives the scenario and the factors of a group; what follows is the same for all runs."""
        self.groups, self.make, self.city, self.scale, self.until = groups, make, city, scale, until
        self.code, self.tables = code, tables
        self.ends = array("q", accumulate(len(group.seeds) for group in groups))
        self.window = range(self.ends[-1] if self.ends else 0)
        self.made: dict[int, tuple[Any, Factors]] = {}
        """Scenario and factors of groups, by their number: `KEPT` at most."""

    def __len__(self) -> int:
        return len(self.window)

    @overload
    def __getitem__(self, place: int) -> RunSpec: ...

    @overload
    def __getitem__(self, place: slice) -> RunList: ...

    def __getitem__(self, place: int | slice) -> RunSpec | RunList:
        if isinstance(place, slice):
            found = copy(self)
            found.window = self.window[place]
            return found
        number, seed = self.at(self.window[place])
        group = self.groups[number]
        if number not in self.made:
            if len(self.made) >= KEPT:
                self.made.clear()
            self.made[number] = self.make(group)
        scenario, factors = self.made[number]
        return RunSpec(self.name(group.digest, seed), scenario, seed, self.scale, self.until, factors, self.tables,
                       group.point)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def at(self, place: int) -> tuple[int, int]:
        """Return the number of a run's group, and its seed."""
        number = bisect_right(self.ends, place)
        return number, self.groups[number].seeds[place - (self.ends[number - 1] if number else 0)]

    def name(self, digest: str, seed: int) -> str:
        """Return the run_id of the run with this scenario and seed."""
        return run_id(digest, self.city, seed, self.scale, self.until, self.code)

    def ids(self) -> Iterator[str]:
        """Name the runs in order, without making them."""
        for place in self.window:
            number, seed = self.at(place)
            yield self.name(self.groups[number].digest, seed)


class PointNames(Sequence[tuple[str, ...]]):
    """The run_ids of points, by point and seed, made when they are asked for; `points` are digests and seeds."""

    def __init__(self, points: Sequence[tuple[str, tuple[int, ...]]], name: Callable[[str, int], str]) -> None:
        self.points, self.name = points, name

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return PointNames(self.points[place], self.name)
        digest, seeds = self.points[place]
        return tuple(self.name(digest, seed) for seed in seeds)


class Missing:
    """Those runs of chunks that are named, in order."""

    def __init__(self, chunks: Sequence[Sequence[RunSpec]], names: Collection[str]) -> None:
        self.chunks, self.names = chunks, names
        self.count = len(names)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[RunSpec]:
        for chunk in self.chunks:
            for place, name in enumerate(ids_of(chunk)):
                if name in self.names:
                    yield chunk[place]


def ids_of(runs: Iterable[RunSpec]) -> Iterator[str]:
    """Name runs in order."""
    return runs.ids() if isinstance(runs, RunList) else (spec.run_id for spec in runs)


def seeds_of(runs: Iterable[RunSpec]) -> set[int]:
    """Return the seeds of runs."""
    if isinstance(runs, RunList):
        return {runs.at(place)[1] for place in runs.window}
    return {spec.seed for spec in runs}
