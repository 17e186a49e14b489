"""Morris screening: mean absolute elementary effects, from trajectories through the cube of factors.

Morris (1991) with the mean of absolute values of Campolongo, Cariboni & Saltelli (2007), by SALib (Herman & Usher
2017); intervals and rank stability from resampling whole trajectories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cluster_sim.analysis.sensitivity.ranking import DUMMY, RESAMPLES, pairs, table, verdict

LEVELS = 4
"""Levels of the grid: with four, a step is two thirds of a factor's range."""


def problem(names: list[str]) -> dict[str, Any]:
    """Return the problem as SALib wants it: every factor on the unit interval."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def design(names: list[str], trajectories: int, seed: int = 1) -> np.ndarray:
    """Return the points (trajectories * (D + 1), D) in the unit cube, trajectory after trajectory."""
    from SALib.sample import morris

    return morris.sample(problem(names), trajectories, num_levels=LEVELS, seed=seed)


@dataclass
class Screening:
    """What the screening found: `table` (mu_star as `value`, with mu and sigma), `pairs` and the words."""

    table: Any
    pairs: Any
    verdict: str
    trajectories: int
    """Trajectories used: those without a missing value."""


def elementary_effects(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the elementary effects (trajectories, D), in units of the output a full range of the factor."""
    count = points.shape[1]
    paths = points.reshape(-1, count + 1, count)
    steps = np.diff(paths, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    rise = np.diff(values.reshape(-1, count + 1), axis=1)
    found = np.empty((len(paths), count))
    np.put_along_axis(found, moved, rise / np.take_along_axis(steps, moved[..., None], 2)[..., 0], 1)
    return found


def screen(names: list[str], points: np.ndarray, values: np.ndarray, seed: int = 1, resamples: int = RESAMPLES,
           factor: float = 1.0) -> Screening:
    """Screen factors by their mean absolute elementary effect.

    points: as `design` gave them. values: (len(points),) the output; a trajectory with a missing one is left out.
    factor: from the output to the unit in which the words give it. ValueError if fewer than two trajectories are whole.
    """
    from SALib.analyze import morris

    width = len(names) + 1
    whole = np.repeat(np.isfinite(values.reshape(-1, width)).all(axis=1), width)
    points, values = points[whole], values[whole].astype(float)
    count = len(values) // width
    if count < 2:
        raise ValueError(f"{count} whole trajectories: screening needs two")
    found = morris.analyze(problem(names), points, values, num_resamples=2, num_levels=LEVELS, seed=1)
    effects = np.abs(elementary_effects(points, values))
    picks = np.random.default_rng(seed).integers(count, size=(resamples, count))
    star = np.asarray(found["mu_star"], float)
    again = effects[picks].mean(axis=1)
    frame = table(list(names), star, again, mu=np.asarray(found["mu"], float), sigma=np.asarray(found["sigma"], float))
    kept = pairs(list(names), star, again)
    words = verdict(frame, kept, "Morris screening", f"trajectories (now {count}) or seeds", factor)
    return Screening(frame, kept, words, count)


def survivors(frame: Any, keep: int) -> list[str]:
    """Return the factors that go on, at most `keep`: those above the dummy's interval, else the highest.

    A screening should lose nothing: a factor whose own interval still reaches down to the dummy's goes on as well.
    """
    real = frame[frame["factor"] != DUMMY]
    noise = frame.loc[frame["factor"] == DUMMY, "high95"]
    above = real[real["value"] > (noise.iloc[0] if len(noise) else -np.inf)]
    return list((above if len(above) else real)["factor"].head(keep))
