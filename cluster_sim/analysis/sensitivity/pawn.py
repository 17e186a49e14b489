"""PAWN: how far the whole distribution of the output moves when a factor is held in a slice of its range.

Pianosi & Wagener (2015, 2018): the Kolmogorov-Smirnov distance between the output in a slice and the output of the
whole sample, median over slices. Works on any sample. The index of an inert factor is not zero (a slice is a small
sample): the dummy shows where that noise lies, over as many shuffles of it as there are resamples. The definition is
that of SALib (a test holds both together), on whole arrays because it is asked hundreds of times, and because SALib
cannot cut six slices. Resampling repeats points, which lifts every distance, so the resamples are shifted back to the
value of the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cluster_sim.analysis.sensitivity.ranking import DUMMY, RESAMPLES, pairs, table, verdict

MOST_SLICES, SMALLEST_SLICE = 10, 12
"""Slices of a factor's range, and the points that a slice should hold before there are more of them."""


@dataclass
class Pawn:
    """`table` (the median distance as `value`), `pairs`, the words, points and slices used."""

    table: Any
    pairs: Any
    verdict: str
    points: int
    slices: int


def slices_for(points: int) -> int:
    """Return the number of slices for a sample: at most 10, at least 2, with a dozen points each."""
    return max(2, min(MOST_SLICES, points // SMALLEST_SLICE))


def distances(points: np.ndarray, values: np.ndarray, slices: int) -> np.ndarray:
    """Return the median Kolmogorov-Smirnov distance by factor (D,).

    points: (N, D). values: (N,). A slice lies between two quantiles of the factor, with its lower edge.
    """
    order = np.argsort(values, kind="stable")
    ordered, cells = values[order], points[order]
    last = np.searchsorted(ordered, ordered, side="right") - 1  # ties share the value at their last place
    whole = (last + 1) / len(ordered)
    edges = np.nanquantile(cells, np.linspace(0, 1, slices + 1), axis=0)
    found = np.full(cells.shape[1], np.nan)
    for k in range(cells.shape[1]):
        column = cells[:, k]
        inside = (column[:, None] >= edges[:-1, k]) & (column[:, None] < edges[1:, k])
        count = inside.sum(axis=0)
        inside = inside[:, count > 0]
        if inside.size:
            share = np.cumsum(inside, axis=0)[last] / count[count > 0]
            found[k] = np.median(np.abs(share - whole[:, None]).max(axis=0))
    return found


def pawn(names: list[str], points: np.ndarray, values: np.ndarray, slices: int | None = None, seed: int = 1,
         resamples: int = RESAMPLES) -> Pawn:
    """Return the PAWN indices of a sample of any design, with intervals over resampled points.

    points: (N, D) values of the factors, on any scale. values: (N,) the output; rows with a missing one are left
    out. ValueError if fewer than 10 are left.
    """
    known = np.isfinite(values)
    points, values = points[known], values[known].astype(float)
    if len(values) < 10:
        raise ValueError(f"{len(values)} points: PAWN needs at least 10")
    slices = slices or slices_for(len(values))
    median = np.nan_to_num(distances(points, values, slices))
    draws = np.random.default_rng(seed)
    picks = draws.integers(len(values), size=(resamples, len(values)))
    again = np.nan_to_num(np.array([distances(points[pick], values[pick], slices) for pick in picks]))
    again = np.maximum(again - np.median(again, axis=0) + median, 0.0)
    if DUMMY in names:
        shuffled = draws.permuted(np.tile(points[:, [names.index(DUMMY)]], resamples), axis=0)
        again[:, names.index(DUMMY)] = np.nan_to_num(distances(shuffled, values, slices))
        median[names.index(DUMMY)] = np.median(again[:, names.index(DUMMY)])
    frame, kept = table(list(names), median, again), pairs(list(names), median, again)
    words = verdict(frame, kept, "PAWN", f"points (now {len(values)})")
    return Pawn(frame, kept, words, len(values), slices)
