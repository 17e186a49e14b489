"""Points of a sweep in, one number for each point and seed out; the runs that it takes are asked of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.analysis.measures import Measure
from cluster_sim.analysis.yearly import yearly
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.sweeps import Point, Points
from cluster_sim.scenario.sweeps import Sweep


class Evaluator:
    """Evaluates points of a sweep; a point asked for again, or after a restart, costs no run.

    Its runs lie in the experiment's folder, or in another (inside that), which is then one of a sweep: its factors are
    columns, and `reproduce` can make its runs again. name, sampled: as of `Points`.
    """

    def __init__(self, sweep: Sweep, experiment: Experiment, folder: Path | None = None, name: str = "",
                 sampled: bool = False) -> None:
        self.sweep, self.experiment, self.folder = sweep, experiment, folder or experiment.folder
        self.points = Points(sweep, name, sampled)
        self._known: dict[tuple[Measure, str], float] = {}

    def labels(self, points: Sequence[Point]) -> Any:
        """Return the columns that name each point in the results, as a frame."""
        import pandas as pd

        return pd.DataFrame([dict(self.sweep.labels(point.values)) for point in points])

    def at(self, values: Sequence[Mapping[str, Any]]) -> list[Point]:
        """Return points of these values (path -> value) with the sweep's seeds."""
        return [Point(each, self.sweep.seeds) for each in values]

    def values(self, points: Sequence[Point], *measures: Measure) -> list[np.ndarray]:
        """Return each measure as (points, seeds), running what is missing; NaN where a run failed.

        All points must have the same number of seeds.
        """
        return evaluate([(self, points)], *measures)[0]

    def read(self, names: Sequence[tuple[str, ...]], measures: Sequence[Measure]) -> list[np.ndarray]:
        """Return each measure of runs (named by point and seed) as far as they are done."""
        from cluster_sim.runs.read import View

        done = self.experiment.done[self.folder]
        wanted = [name for name in dict.fromkeys(name for row in names for name in row)
                  if name in done and any((one, name) not in self._known for one in measures)]
        if wanted:
            found = yearly(View(self.folder), wanted, [one.column for one in measures])
            for one in measures:
                numbers = one.of(found.get(one.column, {}), self.sweep.scale)
                self._known |= {(one, name): float(value) for name, value in zip(wanted, numbers, strict=True)}
        return [np.array([[self._known.get((one, name), np.nan) for name in row] for row in names])
                for one in measures]


def evaluate(asked: Sequence[tuple[Evaluator, Sequence[Point]]], *measures: Measure) -> list[list[np.ndarray]]:
    """Do the same for several evaluators of one experiment, so that all are asked before any answer is read."""
    plans = {one: one.points.plan(points) for one, points in asked}
    first, _ = asked[0]
    first.experiment.run({one.folder: plan for one, plan in plans.items()},
                         {one.folder: one.points.count for one in plans})
    return [one.read(plan.run_of, measures) for one, plan in plans.items()]


def seed_means(values: np.ndarray) -> np.ndarray:
    """Return the mean over seeds of (points, seeds); missing only where every seed is."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
