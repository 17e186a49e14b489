"""Which runs of a plan share their past, and the snapshots from which a process goes on with them.

Runs of the same seed whose scenarios say the same of their first months are done one after another: the first takes
a snapshot where a later one parts from it, the later one goes on from there.  Nothing depends on it but time: a
process without the snapshot lives the months itself, and a run that is tried again lives all of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from cluster_sim.runs.run_list import Past, RunSpec
from cluster_sim.scenario.past import Changes, changes, digest

YEAR = 12
"""Months are shared by whole years, so that scenarios that part in many months need few snapshots."""
WINDOW = 2_000
"""Runs that are looked at together: a plan may have a million."""
MOST_BYTES = 256 * 2**20
"""What the snapshots of one process may take in memory; those that were used long ago go first."""


def branched(specs: Iterable[RunSpec]) -> Iterator[RunSpec]:
    """Give runs so that those with a common past follow each other, each with the pasts that it shares with others.

    Groups come in the order of their first runs; runs that share nothing stay where they were.
    """
    rest = iter(specs)
    while window := list(islice(rest, WINDOW)):
        yield from _window(window)


def _window(specs: Sequence[RunSpec]) -> Iterator[RunSpec]:
    said: dict[int, Changes] = {}
    groups: dict[str, list[tuple[Changes, RunSpec]]] = {}
    for spec in specs:
        if id(spec.scenario) not in said:       # the window holds the scenarios, so no two have the same id
            said[id(spec.scenario)] = changes(spec.complete())
        here = said[id(spec.scenario)]
        groups.setdefault(tree_of(spec, here), []).append((here, spec))
    for tree, group in groups.items():
        group.sort(key=lambda pair: pair[0].order)
        for (here, spec), (earlier, later) in zip(group, shared_months(group), strict=True):
            yield replace(spec, pasts=tuple(Past(month, f"{tree}-{month}-{here.past(month)}", month in later)
                                            for month in sorted(earlier | later)))


def tree_of(spec: RunSpec, here: Changes) -> str:
    """Return a digest of what runs must have in common to share anything."""
    return digest([here.whole, spec.seed, float(spec.scale).hex(), spec.tables])


def shared_months(group: Sequence[tuple[Changes, RunSpec]]) -> list[tuple[set[int], set[int]]]:
    """Return for each run of a sorted group how many months it shares with earlier ones, and with later ones."""
    between = [min(one.shared(two), spec.months) // YEAR * YEAR
               for (one, spec), (two, _) in zip(group, group[1:], strict=False)]
    earlier, later = _least([0, *between]), _least([0, *reversed(between)])
    return list(zip(earlier, reversed(later), strict=True))


def _least(months: Iterable[int]) -> list[set[int]]:
    """Return for each place the least of the months from any place before up to it; none where that is nothing.

    >>> _least([0, 108, 84, 96])
    [set(), {108}, {84}, {96, 84}]
    """
    open_to: list[int] = []
    found = []
    for month in months:
        while open_to and open_to[-1] >= month:
            open_to.pop()
        if month:
            open_to.append(month)
        found.append(set(open_to))
    return found


class Snapshots:
    """The snapshots of a process by the key of their past: those of one group of runs, `most` bytes at most."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.held: dict[str, Any] = {}

    def start(self, spec: RunSpec) -> Any:
        """Return the model that has lived most of a run's months, None if there is no snapshot of them."""
        trees = {past.key.partition("-")[0] for past in spec.pasts}
        self.held = {key: each for key, each in self.held.items() if key.partition("-")[0] in trees}
        for past in reversed(spec.pasts):
            snapshot = self.held.pop(past.key, None)
            if snapshot is not None:
                self.held[past.key] = snapshot          # the last one used is the last to go
                return snapshot.go_on(spec.complete())
        return None

    def take(self, spec: RunSpec, model: Any) -> None:
        """Take a snapshot if later runs part from this one now."""
        for past in spec.pasts:
            if past.again and past.month == model.t and past.key not in self.held:
                from cluster_sim.branching import Snapshot  # compiled code: not for who only plans runs

                snapshot = Snapshot(model)
                while self.held and self.bytes() + snapshot.size > self.most:
                    del self.held[next(iter(self.held))]
                if snapshot.size <= self.most:
                    self.held[past.key] = snapshot

    def bytes(self) -> int:
        """Return how much memory they take."""
        return sum(each.size for each in self.held.values())
