"""What the values of a sweep's factors do: means over seeds, and differences from the first value on the same seeds.

All points of a sweep have the same seeds, so that two values are compared seed by seed: what luck the two share falls
out of the difference, whose standard error is that of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cluster_sim.analysis.spread import means

if TYPE_CHECKING:
    from cluster_sim.scenario.factors import Factor
    from cluster_sim.scenario.sweeps import Sweep

BANDS = 5
"""Parts into which the range of a sampled factor is cut, with as many points in each."""
BASE = "as in the base"


@dataclass(frozen=True)
class Contrast:
    """One value of a factor: mean and standard error over seeds, and the same of the difference from the first value.

    The errors are missing where fewer than two seeds are whole at all points with that value (and the first).
    """

    path: str
    value: str
    against: str
    runs: int
    seeds: int
    mean: float
    se: float
    difference: float
    difference_se: float
    low95: float
    high95: float


def contrasts(sweep: Sweep, frame: Any, column: str, factor: float = 1.0) -> list[Contrast]:
    """Return the values of every factor of a sweep, the base or the first value first.

    frame: one row a run with `point`, `seed`, the factors' columns and `column`, which is multiplied by `factor`.
    """
    table = frame.pivot(index="point", columns="seed", values=column).astype(float) * factor
    entries = frame.drop_duplicates("point").set_index("point").loc[table.index]
    found = []
    for one in sweep.factors:
        names, order = groups_of(one, entries[one.column])
        if sweep.design == "oat":  # where one factor moves the others keep the base's values: that point is the base
            names = np.where((names == BASE) & (np.asarray(table.index) != 0), "", names)
        order = [name for name in ([BASE] if BASE in order else []) + [name for name in order if name != BASE]
                 if (names == name).any()]
        found += _of_factor(one.path, order, [table.to_numpy()[names == name] for name in order])
    return found


def _of_factor(path: str, order: list[str], groups: list[np.ndarray]) -> list[Contrast]:
    """Set the values of one factor, each an array of points by seeds, against the first of them."""
    kept = [(name, group) for name, group in zip(order, groups, strict=True) if np.isfinite(group).any()]
    if not kept:
        return []
    by_seed = np.array([group.mean(axis=0) for _, group in kept])  # missing where a point lacks the seed
    own, pairs = means(by_seed.T), means((by_seed - by_seed[0]).T)
    return [Contrast(
        path, name, kept[0][0], int(np.isfinite(group).sum()), int(own["seeds"][k]),
        float(own["mean"][k]) if own["seeds"][k] else float(np.nanmean(group)), float(own["se"][k]),
        *(float(pairs[key][k]) for key in ("mean", "se", "low95", "high95")))
        for k, (name, group) in enumerate(kept)]


def groups_of(factor: Factor, values: Any) -> tuple[np.ndarray, list[str]]:
    """Return for each entry of a factor's column the group that it is shown in, and the groups in their order."""
    if factor.values:
        texts = {value: text(value) for value in values.unique()}
        kept = values.isna() | (values.astype(str) == "base")
        found = [BASE if as_base else texts[value] for value, as_base in zip(values, kept, strict=True)]
        return np.array(found, dtype=object), list(dict.fromkeys(found))
    band = np.minimum((values.rank(method="first", pct=True).to_numpy() * BANDS - 1e-9).astype(int), BANDS - 1)
    named = {place: f"{text(values[band == place].min())} to {text(values[band == place].max())}"
             for place in sorted(set(band.tolist()))}
    return np.array([named[place] for place in band.tolist()], dtype=object), list(named.values())


def text(value: Any) -> str:
    """Write an entry of a factor's column."""
    if hasattr(value, "strftime"):
        return "none" if value != value else f"{value:%Y-%m}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
