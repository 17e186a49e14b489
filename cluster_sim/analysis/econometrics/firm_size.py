"""Effects by firm size: does a subsidy make small firms grow, and large ones take it and stay as they are?

Published design. Criscuolo, Martin, Overman & Van Reenen (2019, Some Causal Effects of an Industrial Policy,
American Economic Review 109): areas that became eligible for a higher investment subsidy against others, log
employment with area (or firm) and year effects, errors clustered by area. Ten points of subsidy raise employment
by about 10 per cent, solely in small firms; large ones accept the money without more activity.

Here eligibility is by segment, as the production subsidy's law has it, and size is that of the last year before:

    log workers[i,t] = b * small[i] * eligible[i] * after[t] + B * large[i] * eligible[i] * after[t]
                       + studio effect[i] + trend[i] * t + year effect[s,t] by size + e

over studios that had accounts in the last year before; clustered by studio. Segments are on paths of their own,
which areas were less: hence a trend for each studio. Paired runs, with and without the subsidy on the same luck,
give the same effects with closures counted as zero and no trend in the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.analysis.econometrics.estimate import Estimate, about_zero, published
from cluster_sim.analysis.econometrics.panel import Window
from cluster_sim.analysis.econometrics.regression import interval, regress
from cluster_sim.runs.errors import InputError

CUT = 50.0
"""Workers (mean of the last year before) from which a studio is large."""
SIZES = ("small", "large")
OUTCOMES = {"staff_months": "employment", "output": "output"}
LARGE = "Criscuolo et al. 2019: no effect on large firms"


def firms(accounts: Any, window: Window, cut: float = CUT) -> Any:
    """Return seed, studio_id, segment and `size` of the studios with accounts in the last year before."""
    last = accounts[(accounts["year"] == window.switched - 1) & (accounts["staff_months"] > 0)]
    workers = last["staff_months"] / last["months"]
    return last[["seed", "studio_id", "segment"]].assign(size=np.where(workers < cut, "small", "large"))


def paired_effects(with_it: Any, without: Any, segments: list[str], window: Window, outcome: str = "staff_months",
                   cut: float = CUT) -> list[Estimate]:
    """Estimate the subsidy's effect on small and on large eligible studios, and the difference, from paired runs.

    with_it, without: accounts of runs with and without the subsidy on the same seeds. For each seed the log of
    the sum of the outcome over all studios of a size (closed ones count nothing), with less without, over the
    years after; mean over seeds with Student's interval, in per cent.
    """
    base = firms(without, window, cut)
    base = base[base["segment"].isin(segments)]
    sums = [_sums(accounts, base, window, outcome) for accounts in (with_it, without)]
    ratio = np.log(sums[0] / sums[1]).replace([np.inf, -np.inf], np.nan).dropna()
    if len(ratio) < 2 or any(size not in ratio for size in SIZES):
        raise InputError("effects by firm size need at least two seeds with eligible studios of both sizes")
    columns = {"small": ratio["small"], "large": ratio["large"], "difference": ratio["small"] - ratio["large"]}
    found = []
    for name, values in columns.items():
        se = float(values.std(ddof=1) / np.sqrt(len(values)))
        count = int(len(base) if name == "difference" else (base["size"] == name).sum())
        found.append(interval(100 * float(values.mean()), 100 * se, len(values) - 1, n=count, clusters=len(values),
                              **_words(name, outcome, "paired")))
    return found


def _sums(accounts: Any, base: Any, window: Window, outcome: str) -> Any:
    """Return the outcome over the years after by seed and size."""
    years = range(window.first, window.first + window.after)
    late = accounts[accounts["year"].isin(years)].merge(base[["seed", "studio_id", "size"]], on=["seed", "studio_id"])
    return late.groupby(["seed", "size"])[outcome].sum().unstack("size")


def size_panel(accounts: Any, segments: list[str], window: Window, outcome: str = "staff_months",
               cut: float = CUT) -> Any:
    """Return one row a studio and year: `log_outcome`, `size`, `eligible`, `studio`; full years only."""
    rows = accounts[accounts["year"].isin(window.years) & (accounts["months"] == 12) & (accounts[outcome] > 0)]
    rows = rows.merge(firms(accounts, window, cut)[["seed", "studio_id", "size"]], on=["seed", "studio_id"])
    rows = rows.assign(eligible=rows["segment"].isin(segments), log_outcome=np.log(rows[outcome]),
                       studio=rows.groupby(["seed", "studio_id"]).ngroup())
    late = rows["year"] >= window.first
    return rows[late.groupby(rows["studio"]).transform("nunique") == 2].reset_index(drop=True)


def did_effects(panel: Any, window: Window, outcome: str = "staff_months") -> list[Estimate]:
    """Estimate the same by difference-in-differences on eligibility, from runs with the subsidy alone.

    panel: of `size_panel`. Estimating equation, sample and clustering: this file's docstring.
    """
    import pandas as pd

    exposed = (panel["eligible"] & (panel["year"] >= window.first)).astype(float)
    x = pd.DataFrame({size: exposed * (panel["size"] == size) for size in SIZES})
    year = panel["seed"].astype(np.int64) * 10_000 + panel["year"]
    effects = pd.DataFrame({"studio": panel["studio"], "year": year * 2 + (panel["size"] == "large")})
    fit = regress(panel["log_outcome"], 0.01 * x, effects, panel["studio"],
                  trends=(panel["studio"], panel["year"] - window.switched))
    weights = {"small": {"small": 1.0}, "large": {"large": 1.0}, "difference": {"small": 1.0, "large": -1.0}}
    return [fit.estimate(w, **_words(name, outcome, "did")) for name, w in weights.items()]


def _words(size: str, outcome: str, design: str) -> dict[str, Any]:
    """Return name, title, unit and published range of one of the estimates."""
    what = f"{OUTCOMES[outcome]}, " + {"paired": "paired runs", "did": "eligible segments"}[design]
    names = {"name": f"firm_size.{design}.{OUTCOMES[outcome]}.{size}", "unit": "%"}
    if size == "difference":
        return names | {"title": f"Subsidy, small less large: {what}"} | published("subsidy_small_minus_large")
    rest = about_zero(LARGE) if size == "large" else {}
    return names | {"title": f"Subsidy, {size} studios: {what}", **rest}
