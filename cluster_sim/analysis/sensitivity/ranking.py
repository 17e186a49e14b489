"""How far a ranking of factors can be trusted: intervals, ranks and pairs of ranks over resamples.

A ranking is read against the dummy, a factor that is inert for the model: what does not stand out from it has no
rank (Khorashadi Zadeh et al. 2017; convergence of rankings as in Sarrazin, Pianosi & Wagener 2016).
"""

from __future__ import annotations

from typing import Any

import numpy as np

DUMMY = "dummy"
"""Name of the factor that the model never sees: it only renames the luck of a point."""
SURE = 0.95
"""Share of resamples in which a pair of ranks must keep its order to be called certain."""
RESAMPLES = 500


def ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks along the last axis, 1 for the largest; equal values keep the order of the columns."""
    order = np.argsort(-values, axis=-1, kind="stable")
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.broadcast_to(np.arange(1, values.shape[-1] + 1), order.shape), -1)
    return found


def interval(resamples: np.ndarray, width: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the percentile interval of each column of `resamples` (resamples x factors)."""
    low, high = np.quantile(resamples, [(1 - width) / 2, (1 + width) / 2], axis=0)
    return low, high


def pairs(names: list[str], point: np.ndarray, resamples: np.ndarray) -> Any:
    """Return, for each two factors, how often the one that stands higher does so over resamples (a frame).

    point: (D,) the index of each factor. resamples: (R, D) the same from resampled data. Columns: `first` (the
    higher), `second`, `kept` (a share; a tie counts half). Sorted by rank.
    """
    import pandas as pd

    order = np.argsort(-point, kind="stable")
    rows = []
    for i, a in enumerate(order):
        for b in order[i + 1:]:
            gap = resamples[:, a] - resamples[:, b]
            kept = np.mean(gap > 0) + np.mean(gap == 0) / 2
            rows.append({"first": names[a], "second": names[b], "kept": float(kept)})
    return pd.DataFrame(rows, columns=["first", "second", "kept"])


def table(names: list[str], point: np.ndarray, resamples: np.ndarray, **more: np.ndarray) -> Any:
    """Return one row a factor, from the highest: index, interval, rank with its interval, told from the dummy or not.

    `above_next` is the share of resamples in which the factor stays above the one ranked next; `told` is whether
    its interval lies above the dummy's (missing for the dummy itself and where there is no dummy). `more` are
    further columns of length D.
    """
    import pandas as pd

    low, high = interval(resamples)
    place = ranks(resamples)
    low_rank = np.quantile(place, 0.025, axis=0, method="lower")
    high_rank = np.quantile(place, 0.975, axis=0, method="higher")
    frame = pd.DataFrame({
        "factor": names, "value": point, "low95": low, "high95": high, "rank": ranks(point),
        "rank_low": low_rank.astype(int), "rank_high": high_rank.astype(int), **more})
    noise = high[names.index(DUMMY)] if DUMMY in names else np.nan
    frame["told"] = pd.array([None if name == DUMMY or np.isnan(noise) else bool(value > noise)
                              for name, value in zip(names, low, strict=True)], dtype="boolean")
    frame = frame.sort_values("rank", ignore_index=True)
    kept = pairs(names, point, resamples).set_index(["first", "second"])["kept"]
    ordered = list(frame["factor"])
    frame["above_next"] = [float(kept[a, b]) for a, b in zip(ordered, ordered[1:], strict=False)] + [np.nan]
    return frame


def verdict(frame: Any, kept: Any, what: str, size: str, factor: float = 1.0) -> str:
    """Say in words what the ranking in `frame` (of `table`) and its `pairs` can bear.

    what: name of the index, such as "Sobol index of total order". size: what a larger sample would have more of.
    factor: from the index to the unit in which it is shown.
    """
    real = frame[frame["factor"] != DUMMY]
    if real["told"].isna().all():
        return f"{what}: no dummy in the sample, so nothing says where noise ends."
    told = list(real.loc[real["told"].fillna(False).astype(bool), "factor"])
    rest = [name for name in real["factor"] if name not in told]
    noise = frame[frame["factor"] == DUMMY].iloc[0]
    value, low, high = (f"{noise[key] * factor:.3g}" for key in ("value", "low95", "high95"))
    floor = f"the dummy's {value} ({low} to {high})"
    if not told:
        return (f"{what}: the sample is too small to rank. {_many(len(rest))} "
                f"{floor}; take more {size}.")
    inside = kept[kept["first"].isin(told) & kept["second"].isin(told)]
    doubtful = inside[inside["kept"] < SURE]
    text = f"{what}: {', '.join(told)} stand{'s' * (len(told) == 1)} out from {floor}."
    if rest:
        them = "it" if len(rest) == 1 else "them"
        text += f" No rank: {', '.join(rest)} (too small a sample to tell {them} from noise)."
    if len(told) > 1:
        listed = ", ".join(f"{a} over {b} ({k:.0%})" for a, b, k in doubtful.head(4).itertuples(index=False))
        more = len(doubtful) - 4
        text += (f" The order of {len(inside) - len(doubtful)} of {len(inside)} pairs holds in {SURE:.0%} of resamples"
                 + (f"; in doubt: {listed}{f' and {more} more' if more > 0 else ''}." if len(doubtful) else "."))
    return text


def _many(count: int) -> str:
    one = "The interval of the one parameter overlaps"
    return one if count == 1 else f"The intervals of all {count} parameters overlap"

