"""How much of growth rests on a few titles: what the largest earn year by year, against value added.

Growth in a window is the change of creative value added between its first and its last year. Part of it may
rest on single titles in two ways that are measured apart: their producers' receipts (an account of one run), and
the paired effect (what value added loses when the same titles find no audience; from two runs). Concentration
depends on the size of the city (docs/scale.md): a title is as large in a small city as in the whole one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cluster_sim.analysis.spread import means

TOPS = (1, 5, 20)
WINDOWS = ((2017, 2021), (2021, 2025), (2025, 2035))
"""Windows shown beside the whole run, as far as they lie in it: the fit, the years after it, what lies ahead."""
MEASURES = ("at the end", "over the years")
"""Growth at the end: last year less first. Over the years: sum over all later years of what exceeds the first."""

Window = tuple[int, int]


def windows(years: Sequence[int]) -> list[Window]:
    """Return the whole span of the full years, then the windows that lie within it."""
    whole = (years[0], years[-1])
    return [whole, *(w for w in WINDOWS if whole[0] <= w[0] and w[1] <= whole[1] and w != whole)]


def largest(projects: Any, seeds: Sequence[int], count: int) -> dict[int, list[int]]:
    """Return, by seed, the identities of the titles with the largest receipts of the run; equals by identity.

    projects: frame with `seed`, `project_id`, `receipts` (million yuan), one row a title.
    """
    ordered = projects.sort_values(["receipts", "project_id"], ascending=[False, True], kind="stable")
    found = {seed: rows["project_id"].head(count).tolist() for seed, rows in ordered.groupby("seed", sort=False)}
    return {seed: [int(one) for one in found.get(seed, [])] for seed in seeds}


def by_year(released: np.ndarray, receipts: np.ndarray, run: np.ndarray, decay: np.ndarray, years: Sequence[int],
            last: int) -> np.ndarray:
    """Return receipts by title and year, (titles, years), from the totals of titles.

    released and last: ordinals (year * 12 + month - 1); run: months in the market; decay: what is left of a
    month's receipts in the next. A title earns `(1 - decay) * decay ** k` of its potential in its k-th month and
    the rest in its last, as `month/release.py` has it; months after `last` are not lived yet. What the crowd of
    single months takes is not known here and spread alike.
    """
    months = int(run.max(initial=1))
    k = np.arange(months)[None, :]
    weight = np.where(k < run[:, None] - 1, (1.0 - decay[:, None]) * decay[:, None] ** k, 0.0)
    weight[np.arange(len(run)), run - 1] = decay ** (run - 1)
    month = released[:, None] + k
    weight = np.where(month <= last, weight, 0.0)
    weight /= np.maximum(weight.sum(1, keepdims=True), 1e-300)
    earned = weight * receipts[:, None]
    return np.stack([(earned * (month // 12 == year)).sum(1) for year in years], axis=1)


def receipts_by_year(projects: Any, titles: Mapping[int, Sequence[int]], parameters: Mapping[str, float],
                     years: Sequence[int], last: int) -> np.ndarray:
    """Return what the given titles of each seed earn by year, (seeds, years), in million yuan."""
    import pandas as pd

    found = np.zeros((len(titles), len(years)))
    for place, (seed, ids) in enumerate(titles.items()):
        rows = projects[(projects["seed"] == seed) & projects["project_id"].isin(ids)]
        months = pd.DatetimeIndex(rows["month"])
        released = np.asarray(months.year * 12 + months.month - 1, dtype=np.int64)
        run = np.array([round(parameters[f"segments.run.{s}"]) for s in rows["segment"]], dtype=np.int64)
        decay = np.array([parameters[f"segments.run_decay.{s}"] for s in rows["segment"]], dtype=float)
        receipts = rows["receipts"].to_numpy(float)
        found[place] = by_year(released, receipts, run, decay, years, last).sum(0)
    return found


def growth(values: np.ndarray, years: Sequence[int], window: Window, how: str) -> np.ndarray:
    """Return the growth of each seed in a window; values: (seeds, years)."""
    first, last = years.index(window[0]), years.index(window[1])
    gain = values - values[:, [first]]
    return gain[:, last] if how == MEASURES[0] else gain[:, first + 1:last + 1].sum(1)


def shares(part: np.ndarray, whole: np.ndarray, years: Sequence[int], window: Window, how: str) -> np.ndarray:
    """Return the share of growth that a part has, by seed; missing where nothing grew."""
    total = growth(whole, years, window, how)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, growth(part, years, window, how) / total, np.nan)


def summary(values: np.ndarray) -> dict[str, float | int | None]:
    """Return mean over seeds with its 95% interval (Student's t), and the 10-90% band of the seeds."""
    known = values[np.isfinite(values)]
    if not len(known):
        return {**dict.fromkeys(("mean", "p10", "p90", "low95", "high95")), "seeds": 0}
    found = means(known)
    ends = {key: float(found[key]) if len(known) > 1 else None for key in ("low95", "high95")}
    return {"mean": float(found["mean"]), "p10": float(np.quantile(known, 0.1)), "p90": float(np.quantile(known, 0.9)),
            **ends, "seeds": len(known)}
