"""Ratios of paired effects, such as yuan of value added per yuan of net outlay or yuan a job-year, with intervals.

Both effects come from the same pairs of runs, so they move together, and either may be near to zero. The ratio is that
of the mean effects: the mean of the ratios of single pairs would be ruled by the pairs whose outlay happens to be
small. Its interval is Fieller's (1954), which keeps its coverage whatever the denominator, at a price that is worth
paying: where the denominator cannot be told from zero the set of ratios that the data allow has no end, and then it
says so. (Zerbe 1978 has the form used here; von Luxburg & Franz 2009 the geometry of the three kinds of set.)
A bootstrap over pairs stands beside it, for effects whose distribution is not normal.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from cluster_sim.analysis.spread import LEVELS

RESAMPLES = 9999
"""Resamples of the bootstrap: ends at 2.5% are then good to about a twentieth of the interval's width."""
INTERVAL, OUTSIDE, EVERYTHING = "interval", "outside", "everything"
"""Kinds of a Fieller set: between two ends; all numbers but those between them; all numbers."""


def ratio(numerator: np.ndarray, denominator: np.ndarray, key: str = "") -> dict[str, Any]:
    """Return the ratio of two mean effects from N pairs (both of length N, in the order of seeds) and its intervals.

    - `ratio`: mean of `numerator` over mean of `denominator`; None if the latter is zero.
    - `numerator`, `denominator`: the means; `pairs`: how many were complete (pairs with a missing value are left out).
    - `kind80`, `kind95`: what Fieller's set is: an `interval` from `low80` to `high80`; `outside`, every number *but*
      those between `hole80`'s two ends; `everything`. Only an interval has ends, the others give None for them.
    - `bounded80`, `bounded95`: whether the set is an interval; `t_denominator`: the denominator over its standard
      error, which decides that (an interval if it is beyond the quantile of Student's t).
    - `too_near_zero`: whether the 95% set has no end, so that the data say little or nothing about the ratio.
    - `boot_low80` ... `boot_high95`: percentile bootstrap over pairs, its draws keyed by `key` and N alone: the same
      on every machine, and the same resamples for every ratio of one key. `boot_flips` is the share of resamples whose
      mean denominator is zero or has the other sign; where a tail could hide in them, the ends are None.

    Units are those of numerator over denominator. With one pair there are no intervals; with none, nothing.
    """
    above, below = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    if above.shape != below.shape or above.ndim != 1:
        raise ValueError(f"a ratio needs two lists of the same length, not {above.shape} and {below.shape}")
    known = np.isfinite(above) & np.isfinite(below)
    above, below = above[known], below[known]
    n = len(above)
    if not n:
        return {"pairs": 0}
    a, b = _mean(above), _mean(below)
    found: dict[str, Any] = {"ratio": a / b if b else None, "numerator": a, "denominator": b, "pairs": n}
    if n < 2:
        return found | dict.fromkeys((*_fieller_keys(), *_boot_keys(), "t_denominator", "too_near_zero"))
    cov = _covariance(above, below) / n
    error = float(np.sqrt(cov[1, 1]))
    found["t_denominator"] = b / error if error else None
    for width, quantile in LEVELS:
        found |= fieller(a, b, cov, n - 1, width, quantile)
    found["too_near_zero"] = not found["bounded95"]
    return found | bootstrap(above, below, key)


def fieller(a: float, b: float, cov: np.ndarray, freedom: int, width: int, quantile: float) -> dict[str, Any]:
    """Return Fieller's set for a / b, from their estimates and the covariance of these (2 x 2).

    The ratios r that a t test of a - r b = 0 does not reject:
    (b^2 - t^2 var b) r^2 - 2 (a b - t^2 cov) r + (a^2 - t^2 var a) <= 0.
    """
    from scipy.special import stdtrit

    t2 = float(stdtrit(freedom, quantile)) ** 2
    square, half, constant = b * b - t2 * cov[1, 1], a * b - t2 * cov[0, 1], a * a - t2 * cov[0, 0]
    inside = half * half - square * constant
    kind, low, high, hole = EVERYTHING, None, None, None
    if square > 0:
        root = float(np.sqrt(max(inside, 0.0)))     # never below zero here but for rounding
        kind, low, high = INTERVAL, (half - root) / square, (half + root) / square
    elif square < 0 and inside > 0:
        root = float(np.sqrt(inside))
        kind, hole = OUTSIDE, sorted(((half + root) / square, (half - root) / square))
    return {f"kind{width}": kind, f"bounded{width}": kind == INTERVAL, f"low{width}": low, f"high{width}": high,
            f"hole{width}": hole}


def bootstrap(above: np.ndarray, below: np.ndarray, key: str = "") -> dict[str, Any]:
    """Return percentile intervals of the ratio of means over resampled pairs (Efron & Tibshirani 1993, chapter 13).

    Where the denominator's sign flips in more resamples than a tail holds, the ratio's ends are passing through
    infinity and are None.
    """
    weights = resamples(len(above), key)
    up, down = weights @ above, weights @ below
    sign = np.sign(_mean(below))
    flips = float((np.sign(down) != sign).mean()) if sign else 1.0
    found: dict[str, Any] = {"boot_flips": flips}
    usable = down != 0
    ratios = up[usable] / down[usable]
    for width, quantile in LEVELS:
        ends = np.quantile(ratios, (1 - quantile, quantile)) if flips <= 1 - quantile else (None, None)
        found |= {f"boot_low{width}": _number(ends[0]), f"boot_high{width}": _number(ends[1])}
    return found


def resamples(n: int, key: str = "", count: int = RESAMPLES) -> np.ndarray:
    """Return the weights of `count` resamples of n pairs (count x n, rows add up to 1), keyed by `key` and n."""
    words = np.frombuffer(hashlib.sha256(f"{key}|{n}".encode()).digest(), np.uint32)
    draws = np.random.Generator(np.random.Philox(np.random.SeedSequence(words.tolist())))
    picked = (draws.random((count, n)) * n).astype(np.int64)
    flat = np.bincount((picked + np.arange(count)[:, None] * n).ravel(), minlength=count * n)
    return flat.reshape(count, n) / n


def _mean(values: np.ndarray) -> float:
    """Return the mean; of values that agree to the last bit, the value itself."""
    return float(values[0]) if np.ptp(values) == 0 else float(values.mean())


def _covariance(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return the covariance matrix of pairs (2 x 2), exactly zero where values agree to the last bit."""
    apart = np.stack([values - _mean(values) for values in (above, below)])
    return apart @ apart.T / (len(above) - 1)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _fieller_keys() -> list[str]:
    return [f"{key}{width}" for width, _ in LEVELS for key in ("kind", "bounded", "low", "high", "hole")]


def _boot_keys() -> list[str]:
    return ["boot_flips", *(f"boot_{end}{width}" for width, _ in LEVELS for end in ("low", "high"))]
