"""Sweeps as plans of runs: every point of the design with the same seeds, each run once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Unfinished
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.plan import Plan, chosen_tables, month_text, ordinal, scale_of, seed_list
from cluster_sim.runs.read import View
from cluster_sim.runs.run_list import EXTRA_TABLES, KEPT, TABLES, Factors, Group, PointNames, RunList
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweep_files import read_sweep
from cluster_sim.scenario.sweeps import BY_VALUE, Sweep
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variant import Variant
from cluster_sim.scenario.variants import Variants


def load_sweep(source: str | Path | Mapping[str, Any], base: Scenario | None = None,
               also: Mapping[str, Any] | None = None) -> Sweep:
    """Read a sweep from a file, or from a mapping with the keys of one; ScenarioError holds all its faults.

    `base` takes the place of the file's own base (a mapping may also hold a loaded scenario under that key);
    `also` are keys that another command reads in the file, with their types.

    >>> found = load_sweep({"base": "baseline", "design": "grid", "seeds": 2, "scale": "1/400", "until": "2017-03",
    ...                     "factors": {"collaboration.tau_max": [0.4, 0.8]}})
    >>> found.seeds, found.scale
    ((1, 2), 0.0025)
    """
    if base is None and isinstance(source, Mapping) and isinstance(source.get("base"), Scenario):
        base = source["base"]
    return read_sweep(source, base, (*TABLES, *EXTRA_TABLES), also)


def replaced(sweep: Sweep, seeds: Any = None, scale: Any = None, until: Any = None) -> Sweep:
    """Return a sweep with seeds, scale and last month replaced where they are given (as a command line gives them)."""
    last = ordinal(until) if until is not None else sweep.until
    if last is None or last < sweep.base.start:
        raise InputError(f"--until {until} lies before the scenario's start, {month_text(sweep.base.start)}")
    return replace(sweep, until=last, seeds=sweep.seeds if seeds is None else tuple(seed_list(seeds)),
                   scale=sweep.scale if scale is None else scale_of(scale))


@dataclass(frozen=True)
class Point:
    """A place in the space of a sweep's factors: the values of some (path -> value), and the seeds of its runs."""

    values: Mapping[str, Any]
    seeds: tuple[int, ...]


class Points:
    """Plans the runs of points of a sweep; a point that comes again has the runs that it had the first time."""

    def __init__(self, sweep: Sweep, name: str = "", sampled: bool = False) -> None:
        """Plan in the name of the sweep, or under another `name`.

        sampled: the points are those of the sweep's own sampler, another version of which may give others.
        """
        self.sweep, self.name, self.sampled = sweep, name or sweep.name, sampled
        self.base = replace(sweep.base, end=max(sweep.base.end, sweep.until))
        self.variants, self.code = Variants(self.base), code_version()
        self.tables = chosen_tables(("series", *sweep.outputs))
        self.known: dict[str, Group] = {}
        """The point that each scenario came up at first, with all seeds asked for there so far, by digest."""
        self.number = 0

    @property
    def count(self) -> int:
        """The number of runs planned so far."""
        return sum(len(group.seeds) for group in self.known.values())

    def plan(self, points: Iterable[Point]) -> Plan:
        """Plan the runs, point by point; `Plan.run_of[point][seed]` names the run of each.

        Points with the same scenario share their runs. ScenarioError if the values of a point cannot stand together.
        """
        sweep, city = self.sweep, str(self.base.city)
        groups: list[Group] = []
        names: list[tuple[str, tuple[int, ...]]] = []
        taken: dict[str, tuple[int, ...]] = {}
        made: dict[int, tuple[Variant, Factors]] = {}
        seen = hashlib.sha256()
        for point in points:
            variant = self.variants.of(point.values)
            digest = variant.digest()
            seen.update(digest.encode())
            first = self.known.get(digest, Group(digest, (), point.values, self.number))
            self.known[digest] = first._replace(seeds=_with(first.seeds, point.seeds))
            there = taken.get(digest, ())
            taken[digest] = _with(there, point.seeds)
            if len(taken[digest]) > len(there):
                if first.point == self.number and len(made) < KEPT:
                    made[len(groups)] = variant, sweep.labels(point.values)
                groups.append(first._replace(seeds=taken[digest][len(there):]))
            names.append((digest, point.seeds))
            self.number += 1
        runs = RunList(groups, self.make, city, sweep.scale, sweep.until, self.code, self.tables)
        runs.made = made
        return Plan(self.name, runs, self.code, self.base, sweep, PointNames(names, runs.name),
                    seen.hexdigest()[:16] if self.sampled else "")

    def make(self, group: Group) -> tuple[Variant, Factors]:
        """Return the scenario of a point, and the columns that it has in the results."""
        return self.variants.of(group.values, group.digest), self.sweep.labels(group.values)


def _with(seeds: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    """Return seeds with those of `more` that are not among them."""
    return more if not seeds else seeds if seeds == more else tuple(dict.fromkeys((*seeds, *more)))


def plan_sweep(sweep: Sweep, points: Iterable[Mapping[str, Any]] | None = None) -> Plan:
    """Plan the runs of a sweep (or of `points` in its place), each point with all seeds."""
    sampled = points is None and sweep.design not in BY_VALUE
    chosen = design_points(sweep) if points is None else points
    return Points(sweep, sampled=sampled).plan(Point(values, sweep.seeds) for values in chosen)


def sweep(source: str | Path | Mapping[str, Any] | Sweep, out: str | Path | None = None, workers: int | None = None,
          progress: bool = False, shard: str | None = None, factory: str = FACTORY,
          engine: Any = None) -> View:
    """Do a sweep on all cores and open its results: the factors are columns of `runs` and `series`.

    `source` is a sweep file, a mapping with the keys of one (`base` may be a loaded scenario), or a loaded
    sweep; `out` a results folder to keep (runs that it holds are not done again), a temporary one if None;
    `shard`, such as `"2/8"`, does only that part; `engine` (a `DaskEngine`) does the runs elsewhere than on
    this machine. A failed run costs itself: a warning names it, and RuntimeError comes only if all failed.

    >>> view = sweep({"base": "baseline", "design": "grid", "seeds": 1, "scale": "1/400", "until": "2017-03",
    ...               "factors": {"collaboration.tau_max": [0.4, 0.8]}}, workers=0)
    >>> view.runs["collaboration_tau_max"].tolist()
    [0.4, 0.8]
    """
    planned = plan_sweep(source if isinstance(source, Sweep) else load_sweep(source))
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    with suppress(Unfinished):
        experiment.run({experiment.folder: planned})
    return experiment.deliver(experiment.view())
