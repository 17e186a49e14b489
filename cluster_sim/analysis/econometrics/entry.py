"""Where a zone's effect comes from: studios that are new, that moved in, or that were there before.

Lu, Wang & Zhu (2019, American Economic Journal: Economic Policy 11) split the growth of areas in zones between two
censuses into births and deaths, relocations, and incumbents: the first explain most. The parts of a cell's output
are taken over its output before, so that their effects add up to the effect on the whole (as in the growth
rates of Davis & Haltiwanger 1992):

    part[k,s,c,t] / output before[s,c] = b[k] * zone[c] * after[t] + cell effect + year effect + e

weighted by output before, errors clustered by cell. With accounts of runs without the zone, the left side is the
difference between both runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.analysis.econometrics.estimate import Estimate
from cluster_sim.analysis.econometrics.panel import SMALLEST, Window, add_before, by_place, effects_of, few, in_both
from cluster_sim.analysis.econometrics.regression import regress
from cluster_sim.runs.errors import InputError

PARTS = ("incumbents", "new", "moved")
TITLES = {"total": "Zone effect on local output, sum of its parts", "incumbents": "of it: studios that were there",
          "new": "of it: studios founded since", "moved": "of it: studios that moved"}
SOURCE = "Lu, Wang & Zhu 2019: mostly by entry"


def output_parts(accounts: Any, window: Window) -> Any:
    """Return output by seed, cell, year and part (million yuan), with `zones` and `staff_months` of the cell.

    A studio is `new` if its first accounts are of the treatment's year or later, `incumbents` if it stands in the
    cell of its last accounts before, and `moved` if it stands elsewhere.
    """
    early = accounts[accounts["year"] < window.switched]
    home = early.sort_values("year", kind="stable").groupby(["seed", "studio_id"])["cell"].last().rename("home")
    rows = accounts[accounts["year"].isin(window.years)].join(home, on=["seed", "studio_id"])
    late = rows["year"] >= window.switched
    part = np.where(~late, "incumbents", np.where(rows["home"].isna(), "new",
                                                  np.where(rows["home"] == rows["cell"], "incumbents", "moved")))
    keys = ["seed", "cell", "year"]
    wide = rows.assign(part=part).pivot_table(index=keys, columns="part", values="output", aggfunc="sum",
                                              observed=True, fill_value=0.0)
    wide = wide.reindex(columns=list(PARTS), fill_value=0.0)
    rest = rows.groupby(keys, observed=True).agg(zones=("zones", "first"), staff_months=("staff_months", "sum"))
    return wide.join(rest).reset_index()


def part_panel(accounts: Any, zones: int, window: Window, without: Any = None, smallest: float = SMALLEST) -> Any:
    """Return the panel of parts over the cell's mean output before; less the same of runs `without` the zone.

    Years in which a cell has no studio count as no output. Cells of less than `smallest` workers before are out.
    """
    import pandas as pd

    cells = add_before(output_parts(by_place(accounts, zones), window), window)
    cells = cells[cells["before"] >= smallest]
    units = cells.groupby(["seed", "cell"]).agg(zones=("zones", "first"), before=("before", "first"))
    base = cells[cells["year"] < window.switched].groupby(["seed", "cell"])["incumbents"].sum() / window.before
    units = units.join(base.rename("base"))
    units = units[units["base"] > 0]
    if not len(units):
        raise InputError(f"no cell has {smallest:g} workers in the years before: take a larger scale")
    index = pd.MultiIndex.from_tuples([(*unit, year) for unit in units.index for year in window.years],
                                      names=["seed", "cell", "year"])

    def filled(parts: Any) -> Any:
        return parts.set_index(["seed", "cell", "year"])[list(PARTS)].reindex(index, fill_value=0.0)

    panel = filled(cells)
    if without is not None:
        panel = panel - filled(output_parts(by_place(without, zones), window))
    panel = panel.reset_index().join(units, on=["seed", "cell"])
    for part in PARTS:
        panel[part] = panel[part] / panel["base"]
    panel["total"] = panel[list(PARTS)].sum(axis=1)
    panel["treated"] = (panel["zones"].astype(np.int64) & zones) != 0
    panel["unit"] = panel["seed"].astype(np.int64) * 1_000_000 + panel["cell"]
    if not panel["treated"].any() or panel["treated"].all():
        raise InputError("all cells are inside the zones, or none is: nothing to compare")
    return in_both(panel, window).reset_index(drop=True)


def zone_parts(panel: Any, window: Window) -> list[Estimate]:
    """Estimate the effect on each part, in per cent of output before, and the share of entry in the whole.

    The share is two-stage least squares of the new studios' part on the whole, with zone x after as the
    instrument: the ratio of both effects, with its clustered error. Published: mostly by entry, so 50 to 100%.
    It is left out where the whole is not told from zero (95%): a share of nothing.
    """
    import pandas as pd

    x = pd.DataFrame({"zone_after": (panel["treated"] & (panel["year"] >= window.first)).astype(float)})
    effects, freedom = effects_of(panel), few(panel)
    found = []
    for part in ("total", *PARTS):
        fit = regress(100.0 * panel[part], x, effects, panel["cell"], panel["base"], freedom=freedom)
        found.append(fit.estimate("zone_after", f"zones.{part}", TITLES[part], "% of output before"))
    if found[0].low95 <= 0.0 <= found[0].high95:
        return found
    share = regress(100.0 * panel["new"], panel[["total"]], effects, panel["cell"], panel["base"], instruments=x,
                    freedom=freedom)
    return [*found, share.estimate("total", "zones.entry_share", "Part of the zone effect that is entry", "%",
                                   published_low=50.0, published_high=100.0, source=SOURCE)]
