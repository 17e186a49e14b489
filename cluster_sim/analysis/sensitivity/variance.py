"""Sobol indices of first and total order: what share of the output's variance each factor explains.

Saltelli's sample and the estimators of Saltelli et al. (2010), by SALib (Herman & Usher 2017); bootstrap intervals
by percentiles over resampled base points.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from cluster_sim.analysis.sensitivity.morris import problem
from cluster_sim.analysis.sensitivity.ranking import DUMMY, RESAMPLES, interval, pairs, table, verdict


def design(names: list[str], base: int, seed: int = 1) -> np.ndarray:
    """Return Saltelli's sample (base * (D + 2), D) in the unit cube; `base` should be a power of two.

    Rows come in blocks of D + 2: a point of A, the D points with one factor taken from B, the point of B.
    """
    from SALib.sample import sobol

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib warns where base is no power of two; the caller has said so
        return sobol.sample(problem(names), base, calc_second_order=False, scramble=True, seed=seed)


def independent(names: list[str], points: np.ndarray) -> np.ndarray:
    """Return which rows of Saltelli's sample are the points of A and B: a plain sample of the factors."""
    place = np.arange(len(points)) % (len(names) + 2)
    return (place == 0) | (place == len(names) + 1)


@dataclass
class Variance:
    """`table`: total order as `value`, first order as `first` with its interval; `pairs` and words on total order."""

    table: Any
    pairs: Any
    verdict: str
    base: int
    """Base points used: those whose block has no missing value."""


def decompose(names: list[str], values: np.ndarray, seed: int = 1, resamples: int = RESAMPLES) -> Variance:
    """Return the Sobol indices from the outputs of Saltelli's sample, in the order of `design`.

    values: (base * (D + 2),); a block with a missing one is left out. ValueError if the output does not vary, or if
    fewer than two blocks are whole.
    """
    from SALib.analyze import sobol

    blocks = values.astype(float).reshape(-1, len(names) + 2)
    blocks = blocks[np.isfinite(blocks).all(axis=1)]
    if len(blocks) < 2:
        raise ValueError(f"{len(blocks)} whole blocks: Sobol indices need two")
    if np.ptp(blocks) == 0:
        raise ValueError("the output is the same at every point: there is no variance to share out")
    found = sobol.analyze(problem(names), blocks.ravel(), calc_second_order=False, num_resamples=resamples,
                          keep_resamples=True, seed=seed)
    total, first = (np.asarray(found[key], float) for key in ("ST", "S1"))
    total_again, first_again = (np.asarray(found[f"{key}_conf_all"], float) for key in ("ST", "S1"))
    low, high = interval(first_again)
    frame = table(list(names), total, total_again, first=first, first_low95=low, first_high95=high)
    if DUMMY in names:
        noise = high[names.index(DUMMY)]
        frame["first_told"] = (frame["first_low95"] > noise).astype("boolean").mask(frame["factor"] == DUMMY)
    kept = pairs(list(names), total, total_again)
    words = verdict(frame, kept, "Sobol index of total order", f"base points (now {len(blocks)}) or seeds")
    return Variance(frame, kept, words + _sums(frame), len(blocks))


def _sums(frame: Any) -> str:
    """Say how much of the variance the factors explain one by one, and how much is luck."""
    real = frame[frame["factor"] != DUMMY]
    whole = real["first"].sum()
    text = f" First orders add up to {whole:.2f}"
    if whole > 1.1:
        text += ", more than the whole: take more base points"
    if len(real) < len(frame):
        luck = frame.loc[frame["factor"] == DUMMY, "value"].iloc[0]
        text += f"; luck alone has {luck:.2f} of the variance (total order)"
    return text + "."
