"""A file of weighted draws: one row a draw, the column `weight`, and a column for each number that it sets.

The other columns are paths as a sweep's factors name them (`labour.eta`, `knowledge.buzz_of_hit`); a number in a
cell is in the unit of its path.  Weights need not add up to one.  Whoever makes such a file, the posterior of an
importance sample or of anything better, can hand it to `engine --draws`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.inputs.csv_reader import read_table
from cluster_sim.inputs.errors import Faults, did_you_mean
from cluster_sim.inputs.files import path_of
from cluster_sim.inputs.quantities import shown
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.runs.files import whole
from cluster_sim.scenario.factor_files import FactorReader
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variants import Variants

WEIGHT = "weight"
FEW = 5.0
"""Effective number of draws below which nothing is said of intervals, correlations and probabilities."""


@dataclass(frozen=True)
class Draws:
    """Weighted draws of uncertain numbers: `values` is (draws, paths), `weights` add up to one."""

    paths: tuple[str, ...]
    values: np.ndarray
    weights: np.ndarray

    @property
    def effective(self) -> float:
        """The effective number of draws, 1 / sum of squared weights (Kong 1992): as good as so many equal ones."""
        return float(1.0 / (self.weights**2).sum())

    def point(self, draw: int) -> dict[str, float]:
        """Return one draw as path -> value."""
        return dict(zip(self.paths, self.values[draw].tolist(), strict=True))

    def resample(self, count: int) -> np.ndarray:
        """Return how often each draw comes among `count` equal ones: systematic resampling from the middle.

        Each comes its expected number of times, rounded down or up (Douc, Cappe & Moulines 2005); no luck is in it.
        """
        ends = np.cumsum(self.weights) * count
        taken = np.searchsorted(np.arange(count) + 0.5, np.append(ends[:-1], np.inf), side="right")
        return np.diff(taken, prepend=0)


def read(file: str | Path, scenario: Scenario) -> Draws:
    """Read a file of draws for a scenario; ScenarioError holds all its faults, each with line and column."""
    faults = Faults()
    rows = read_table(path_of(str(file)), [WEIGHT], faults)
    faults.stop()
    infos = FactorReader(Variants(scenario), "list", None, faults)
    paths = list(dict.fromkeys(name for row in rows for name in row.keys if name != WEIGHT))
    known = [path for path in paths if infos.info_of(path) is not None]
    for path in paths:
        if path not in known:
            mark = next(row.keys[path] for row in rows if path in row.keys)
            hint = did_you_mean(path, infos.variants.draft(Faults()).paths(), "columns are paths such as labour.eta")
            faults.add("", f"'{path}' is no number of the model", hint, mark)
    values = np.array([[_value(row, path, infos.info_of(path), faults) for path in known] for row in rows])
    weights = np.array([_weight(row, faults) for row in rows])
    if not rows or not paths:
        faults.add("", f"{file} holds no draws", "one row a draw: a weight, and a value in every other column")
    elif not weights.sum() > 0 and not faults.found:
        faults.add("", f"{file}: all weights are zero", "a weight is a number of at least 0")
    faults.stop()
    return Draws(tuple(known), values.reshape(len(rows), -1), weights / weights.sum())


def write(draws: Draws, file: Path) -> None:
    """Write draws as a file that `read` takes, heaviest first; numbers are written to the last bit."""
    import pandas as pd

    order = np.argsort(-draws.weights, kind="stable")
    frame = pd.DataFrame(draws.values[order], columns=list(draws.paths))
    frame.insert(0, WEIGHT, draws.weights[order])
    with whole(file) as draft:
        frame.to_csv(draft, index=False, lineterminator="\n", float_format="%.17g")


def _value(row: Node, path: str, info: Any, faults: Faults) -> float:
    node = row.value.get(path)
    if node is None:
        faults.add("", f"the draw has no value for '{path}'", "every draw sets every column", row.mark)
        return np.nan
    value = node.plain()
    if isinstance(value, bool) or not isinstance(value, int | float) or not info.low <= value <= info.high:
        faults.add(path, f"expected a number from {shown(info.low)} to {shown(info.high)}, found {shown(value)}", "",
                   node.mark)
        return np.nan
    return float(value)


def _weight(row: Node, faults: Faults) -> float:
    node = row.value.get(WEIGHT)
    value = None if node is None else node.plain()
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < np.inf:
        faults.add(WEIGHT, f"expected a number of at least 0, found {shown(value)}", "",
                   row.mark if node is None else node.mark)
        return 0.0
    return float(value)


def effective_of(weights: Sequence[float] | np.ndarray) -> float:
    """Return the effective number of draws with these weights, which need not add up to one."""
    found = np.asarray(weights, float)
    return float(found.sum() ** 2 / (found**2).sum()) if found.sum() > 0 else 0.0
