"""What a scenario changes, from paired runs: both of a pair have the same seed and so the same luck.

Random numbers are keyed by seed, purpose, entity and month (docs/random_numbers.md), so a run of the later
scenario and a run of the first one share all luck that the change does not touch. The effect in a year is the
mean over seeds of the difference within pairs; its interval is Student's, on those differences (common random
numbers: Law 2015, Simulation Modeling and Analysis, section 11.2).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.analysis.spread import means
from cluster_sim.analysis.yearly import Yearly
from cluster_sim.indicators import INDICATORS, indicator

POWER, UPPER = 0.80, 0.975
MOST_SEEDS = 1_000_000
"""Where not even so many seeds would tell an effect from zero, none are named."""

MAIN = tuple(INDICATORS[name] for name in (
    "gdp_share", "creative_value_added", "employment", "mean_wage", "mean_rent", "studios", "export_share"))
"""What tables and figures show first, in this order."""


def seeds_needed(mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return the number of pairs that would tell each effect from zero: 80% power, two-sided at 5%.

    Exact, by the noncentral t distribution of the paired test (Cohen 1988, section 2.3), taking the mean and the
    standard deviation of the differences at their estimates. NaN where the effect is zero or unknown, or where
    `MOST_SEEDS` would not do.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(mean) / deviation
    size = np.where((deviation == 0) & (mean != 0), np.inf, size)
    low, high = np.full(size.shape, 1.0), np.full(size.shape, float(MOST_SEEDS))
    possible = np.isfinite(mean) & (mean != 0) & (_power(size, high) >= POWER)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = _power(size, np.maximum(middle, 2.0)) >= POWER
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.where(possible, np.maximum(high, 2.0), np.nan)


def _power(size: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the power of a paired t test for standardised effects of some size."""
    from scipy.special import nctdtr, ndtr, stdtrit

    freedom, shift = pairs - 1, size * np.sqrt(pairs)
    edge = stdtrit(freedom, UPPER)
    with np.errstate(invalid="ignore"):
        exact = 1 - nctdtr(freedom, np.minimum(shift, 30.0), edge)
        plain = ndtr(shift - edge)
    return np.where(np.isnan(size), 0.0, np.where((shift > 30) & (shift > 2 * edge), 1.0,
                                                  np.where(freedom > 1000, plain, exact)))


def paired(first: np.ndarray, later: np.ndarray, heavy: bool = False) -> dict[str, float | int | None]:
    """Return the effect from the values of pairs (both of length N, in the order of seeds).

    `mean` with its 80% and 95% intervals; `p_positive`, the probability that the mean effect is above zero (its t
    distribution, under a flat prior), missing where all pairs agree to the last bit; `share_positive` of the
    seeds; `median`; `seeds_needed`; `variance_ratio` of unpaired to paired differences; for `heavy` columns
    the mean of the log ratio, where all values are above zero. Unknown values are None; pairs with a missing
    value are left out.
    """
    known = np.isfinite(first) & np.isfinite(later)
    first, later = first[known].astype(np.float64), later[known].astype(np.float64)
    gain, n = later - first, int(known.sum())
    if not n:
        return {}
    found = {key: float(value) for key, value in means(gain).items()}
    del found["seeds"]
    spread = found.pop("se") * np.sqrt(n)
    apart = float(first.var(ddof=1) + later.var(ddof=1)) if n > 1 else np.nan
    cell: dict[str, Any] = found | {
        "share_positive": float((gain > 0).mean()), "median": float(np.median(gain)),
        "first_mean": float(first.mean()), "pairs": n,
        "seeds_needed": float(seeds_needed(np.array([found["mean"]]), np.array([spread]))[0]),
        "variance_ratio": apart / spread**2 if spread > 0 else np.nan}
    if heavy:
        cell |= _log_ratio(first, later)
    cell = {key: _finite(value) for key, value in cell.items()}
    if cell["seeds_needed"] is not None:
        cell["seeds_needed"] = int(cell["seeds_needed"])
    return cell


def _log_ratio(first: np.ndarray, later: np.ndarray) -> dict[str, float]:
    """Return the mean log ratio of pairs and its 95% interval; missing unless all values are above zero."""
    from scipy.special import stdtrit

    n = len(first)
    if n < 2 or min(first.min(), later.min()) <= 0:
        return dict.fromkeys(("log_ratio", "log_ratio_low95", "log_ratio_high95"), np.nan)
    ratio = np.log(later) - np.log(first)
    half = float(stdtrit(n - 1, UPPER) * ratio.std(ddof=1) / np.sqrt(n))
    mean = float(ratio.mean())
    return {"log_ratio": mean, "log_ratio_low95": mean - half, "log_ratio_high95": mean + half}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


Effects = dict[str, dict[str, dict[str, Any]]]
"""Column -> year -> what `paired` says."""


def effects(first: Yearly, later: Yearly) -> Effects:
    """Return the effects of runs against others, both in the order of the pairs."""
    found: Effects = {}
    for column, years in first.items():
        if column in later:
            heavy = indicator(column).heavy_tailed
            cells = {str(year): paired(values, later[column][year], heavy) for year, values in years.items()
                     if year in later[column]}
            found[column] = {year: cell for year, cell in cells.items() if cell}
    return found


def variance_ratios(found: Effects) -> dict[str, float | None]:
    """Return, by column, how many times the variance falls by pairing (median over years), and their `median`.

    The ratio is that of the variance of unpaired differences (the sum of both variances) to that of the paired.
    A column whose pairs never differ, or always by the same amount, has none.
    """
    ratios: dict[str, float | None] = {}
    for column, years in found.items():
        known = [cell["variance_ratio"] for cell in years.values() if cell["variance_ratio"] is not None]
        ratios[column] = float(np.median(known)) if known else None
    known = [ratio for ratio in ratios.values() if ratio is not None]
    return {"median": float(np.median(known)) if known else None, **ratios}


def told_from_zero(cell: dict[str, Any]) -> bool:
    """Say whether the 95% interval leaves out zero."""
    return cell["low95"] is not None and (cell["low95"] > 0 or cell["high95"] < 0)
