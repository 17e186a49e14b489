"""Means with Student's intervals over seeds, for many quantities at once."""

from __future__ import annotations

import numpy as np

LEVELS = ((80, 0.90), (95, 0.975))
"""Width of an interval in percent, and the quantile of Student's t at its upper end."""

def means(values: np.ndarray) -> dict[str, np.ndarray]:
    """Return mean, standard error and 80% and 95% intervals of values that differ by seed (seeds x anything).

    `seeds` counts the values that are there; a mean of none is missing, and so is the error of one. Values that
    agree to the last bit have themselves as their mean and no error. `p_positive` is the probability that the mean
    is above zero (Student's t under a flat prior), missing where mean and error are zero.
    """
    from scipy.special import stdtr, stdtrit

    known = np.isfinite(values)
    count = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(count > 0, filled.sum(axis=0) / count, np.nan)
        high, low = (end(np.where(known, values, -sign * np.inf), axis=0) for end, sign in ((np.max, 1), (np.min, -1)))
        alike = (count > 0) & (high == low)
        mean = np.where(alike, high, mean)
        squares = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0)
        error = np.where(count > 1, np.sqrt(np.where(alike, 0.0, squares) / (count - 1) / count), np.nan)
        found = {"mean": mean, "se": error, "seeds": count}
        for width, quantile in LEVELS:
            half = np.where(count > 1, stdtrit(np.maximum(count - 1, 1), quantile), np.nan) * error
            found |= {f"low{width}": mean - half, f"high{width}": mean + half}
        chance = np.where(error > 0, stdtr(np.maximum(count - 1, 1), mean / error), np.where(mean > 0, 1.0, 0.0))
    return found | {"p_positive": np.where((count < 2) | (error == 0) & (mean == 0), np.nan, chance)}


def error_within(values: np.ndarray) -> np.ndarray:
    """Return the part of the standard error of the mean over seeds that comes from drawing within seeds.

    values: seeds x draws x anything, draws independent within a seed. The variance of a mean over S seeds with K draws
    each is, by draws, the mean over seeds of s^2 / K, over S. Missing with a single draw; seeds with a missing value
    are left out.
    """
    draws = values.shape[1]
    if draws < 2:
        return np.full(values.shape[2:], np.nan)
    within = values.var(axis=1, ddof=1) / draws
    known = np.isfinite(within)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(np.where(known, within, 0.0).sum(axis=0)) / known.sum(axis=0)
