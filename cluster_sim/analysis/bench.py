"""A store that grows with the questions of an analysis: points in, one number for each point and seed out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.analysis.measures import Measure, yearly
from cluster_sim.runs.errors import Interrupted
from cluster_sim.runs.identity import code_version, run_id
from cluster_sim.runs.plan import Plan, RunSpec, chosen_tables
from cluster_sim.runs.progress import Silent
from cluster_sim.runs.single_run import FACTORY


class NothingRan(RuntimeError):
    """So many runs failed that there is nothing to analyse; the text has the first one's traceback."""


@dataclass(frozen=True)
class Point:
    """One place at which the model is asked: a scenario, the seeds, and the columns that name it in the results."""

    scenario: Any
    seeds: tuple[int, ...]
    labels: tuple[tuple[str, Any], ...] = ()


@dataclass
class Bench:
    """Does the runs of points in one folder, each run once, and reads measures from them.

    base: the scenario that the folder stands for; sweep: the factors that vary, so that the folder is one of a sweep
    and `reproduce` can make its runs again. A point asked for again, or after a restart, costs no run.
    """

    name: str
    base: Any
    scale: float
    until: int
    folder: Path
    sweep: Any = None
    workers: int | None = None
    progress: Callable[[], Silent] = Silent
    factory: str = FACTORY
    notes: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[str, ...] = ("series",)
    asked: dict[str, RunSpec] = field(default_factory=dict)
    sampled: str = ""
    """What `plan_sweep` says of the points, where they are a sweep's own."""
    points: int = 0
    """Points asked for so far: the number of the next one."""
    new_runs: int = 0
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)
    _known: dict[tuple[Measure, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.until > self.base.end:
            self.base = replace(self.base, end=self.until)

    def plan(self, points: Sequence[Point]) -> Plan:
        """Plan the runs of points; `run_of[point][seed]` names them. Points with the same content share runs."""
        code, tables = code_version(), chosen_tables(self.tables)
        runs: dict[str, RunSpec] = {}
        rows = []
        for number, point in enumerate(points, self.points):
            digest, city = point.scenario.digest(), str(point.scenario.city)
            row = []
            for seed in point.seeds:
                name = run_id(digest, city, seed, self.scale, self.until, code)
                row.append(name)
                if name not in runs:
                    runs[name] = self.asked.get(name) or RunSpec(
                        name, point.scenario, seed, self.scale, self.until, point.labels, tables,
                        None if self.sweep is None else number)
            rows.append(tuple(row))
        return Plan(self.name, tuple(runs.values()), code, self.base, self.sweep, tuple(rows),
                    self.sampled)

    def first_plan(self, seed: int) -> Plan:
        """Return a plan of the base alone: what the folder should be of, before any point is known."""
        return self.plan([Point(self.base, (seed,))])

    def ask(self, points: Sequence[Point]) -> Plan:
        """Do the runs of points that are missing. Interrupted on Ctrl-C counts all runs asked for so far."""
        from cluster_sim.runs.execution import execute
        from cluster_sim.runs.store import Store

        plan = self.plan(points)
        self.asked |= {spec.run_id: spec for spec in plan.runs}
        self.points += len(points)
        finished = Store(self.folder).finished() if self.folder.is_dir() else set()
        missing = [spec for spec in plan.runs if spec.run_id not in finished]
        if missing:
            try:
                report = execute(replace(plan, runs=tuple(missing), run_of=()), self.folder, self.workers,
                                 self.progress(), self.factory, {**self.notes, "planned": len(self.asked)})
            except Interrupted as stop:
                there = Store(self.folder).finished()
                raise Interrupted(len(there & set(self.asked)), len(self.asked)) from stop
            self.new_runs += len(report.done)
            self.failed |= {record["run_id"]: record for record in report.failed}
        return plan

    def values(self, points: Sequence[Point], *measures: Measure) -> list[np.ndarray]:
        """Return each measure as (points, seeds), running what is missing; NaN where a run failed.

        All points must have the same number of seeds.
        """
        from cluster_sim.runs.read import View
        from cluster_sim.runs.store import Store

        plan = self.ask(points)
        wanted = [spec.run_id for spec in plan.runs
                  if any((one, spec.run_id) not in self._known for one in measures)]
        if wanted and not Store(self.folder).finished().isdisjoint(wanted):
            view = View(self.folder)
            inside = set(view.run_ids)
            if there := [name for name in wanted if name in inside]:
                years, found = yearly(view, there, [one.column for one in measures])
                for one in measures:
                    numbers = one.of(years, found[one.column], self.scale)
                    self._known |= {(one, name): float(value) for name, value in zip(there, numbers, strict=True)}
        return [np.array([[self._known.get((one, name), np.nan) for name in row] for row in plan.run_of])
                for one in measures]


def nothing_ran(bench: Bench, why: str) -> NothingRan:
    """The error for an analysis whose runs failed."""
    first = next(iter(bench.failed.values()))
    return NothingRan(f"{why}: {len(bench.failed)} runs failed. The first, seed {first['seed']}:\n{first['traceback']}")


def warn_of_failed(failed: Sequence[Mapping[str, Any]]) -> None:
    """Warn the script that called the caller of runs that failed, if any did."""
    if failed:
        first = failed[0]
        warnings.warn(f"{len(failed)} runs failed; the first, seed {first['seed']}:\n{first['traceback']}",
                      stacklevel=3)


def seed_means(values: np.ndarray) -> np.ndarray:
    """Return the mean over seeds of (points, seeds); missing only where every seed is."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
