"""Difference-in-differences for zones: do cells in a zone grow more after it was set up than others?

Published designs. Alder, Shao & Zilibotti (2016, Economic reforms and industrial policy in a panel of Chinese
cities, Journal of Economic Growth 21): log GDP of 276 cities, 1988-2010, on the zone's being there with city and
year effects; a state-level zone goes with a level of GDP about 20% higher, not with a steeper path for good (as
their working paper of 2013 says). Lu, Wang & Zhu (2019, Place-Based Policies, Creation, and Agglomeration
Economies, American Economic Journal: Economic Policy 11): areas in and out of zones before and after, from two
censuses of firms; births and deaths of firms explain more of the effect than incumbents and relocations.

Here, a cell c (a square of the map) in run s and year t:

    log output[s,c,t] = b * zone[c] * after[t] + cell effect[s,c] + year effect[s,t] + e[s,c,t]

with output the sum of the accounts of the cell's studios, errors clustered by cell over all runs. All zones open
in the same month, so that two-way fixed effects have none of the bias of staggered dates (Goodman-Bacon 2021).
Zones are drawn where the city condenses: cells in and out of them were on different paths before. Cell trends
(``+ g[s,c] * t``), weights by workers before, and the same equation on the
difference between runs with and without the zone answer that, from weakest to strongest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.analysis.econometrics import panel as panels
from cluster_sim.analysis.econometrics.estimate import Estimate, about_zero, point, published
from cluster_sim.analysis.econometrics.regression import regress

LEVEL = "Alder, Shao & Zilibotti 2013, 2016: zones move the level of output, not its growth"


def zone_effect(panel: Any, window: panels.Window, trends: bool = False, weighted: bool = False,
                name: str = "zones", title: str = "Zone effect on local output", placebo: bool = False) -> Estimate:
    """Estimate the effect of zones on local output, in per cent.

    panel: of `cell_panel` or `paired_panel`. Estimating equation, sample and clustering: this file's docstring.
    `trends` adds a linear trend for each cell; `weighted` weights cells by their workers before. A `placebo` is
    read against zero, anything else against the published range of 5 to 25%.
    """
    import pandas as pd

    after = panel["year"] >= window.first
    x = pd.DataFrame({"zone_after": (panel["treated"] & after).astype(float)})
    fit = regress(panel["log_output"], x, panels.effects_of(panel), panel["cell"],
                  panel["before"] if weighted else None,
                  (panel["unit"], panel["year"] - window.switched) if trends else None, freedom=panels.few(panel))
    against = point("a zone that does nothing") if placebo else published("zone_effect_pct")
    return fit.estimate("zone_after", name, title, "%", percent=True, **against)


def zone_slope(panel: Any, window: panels.Window, trends: bool = False, weighted: bool = False,
               name: str = "zones.slope", title: str = "Further growth of zones after the first year") -> Estimate:
    """Estimate by how much zones grow faster a year once they are there, beside the effect on the level.

    ``log output = b * zone * after + g * zone * years since the first + effects``: Alder et al. find a
    higher level and no steeper path, so g is read against next to nothing.
    """
    import pandas as pd

    since = np.maximum(panel["year"] - window.first, 0)
    treated = panel["treated"].astype(float)
    x = pd.DataFrame({"zone_after": treated * (panel["year"] >= window.first), "zone_since": treated * since})
    fit = regress(panel["log_output"], x, panels.effects_of(panel), panel["cell"],
                  panel["before"] if weighted else None,
                  (panel["unit"], panel["year"] - window.switched) if trends else None, freedom=panels.few(panel))
    return fit.estimate("zone_since", name, title, "% a year", percent=True, **about_zero(LEVEL))


def event_study(panel: Any, window: panels.Window, weighted: bool = False) -> Any:
    """Return the difference between zones and other cells by year, against the last year before.

    ``log output = sum over k of b[k] * zone * (year is k years from the first) + effects``, k = -1 left out:
    leads show whether zones were on another path before. One row a year: `year`, `k` (0 is the first full year),
    `effect`, `se`, `low95`, `high95` in per cent; `attrs["pretrend_p"]` is the p value of all leads being zero.
    """
    import pandas as pd

    years = sorted(panel["year"].unique())
    reference = max(year for year in years if year < window.first)
    treated = panel["treated"].astype(float)
    x = pd.DataFrame({f"y{year}": treated * (panel["year"] == year) for year in years if year != reference})
    fit = regress(panel["log_output"], x, panels.effects_of(panel), panel["cell"],
                  panel["before"] if weighted else None, freedom=panels.few(panel))
    rows = []
    for year in years:
        k = year - window.first if year >= window.first else year - window.switched
        if year == reference:
            rows.append({"year": year, "k": k, "effect": 0.0, "se": 0.0, "low95": 0.0, "high95": 0.0})
            continue
        one = fit.estimate(f"y{year}", str(year), "", "%", percent=True)
        rows.append({"year": year, "k": k, "effect": one.value, "se": one.se, "low95": one.low95,
                     "high95": one.high95})
    table = pd.DataFrame(rows)
    table.attrs["pretrend_p"] = fit.joint_p([f"y{year}" for year in years if year < reference])
    return table
