"""Panels of cells and years from studios' yearly accounts: what the designs for zones are estimated on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cluster_sim.runs.errors import InputError

SMALLEST = 20.0
"""Mean number of workers before the treatment from which a cell counts; of fewer, most are a studio or two."""
INSIDE = 500_000
"""What is added to the number of a cell for its part inside the zones."""


@dataclass(frozen=True)
class Window:
    """When zones were treated, and the years before and after that count.

    `first` is the first full year of the treatment; the year of the switch is left out if it was not a January.
    """

    first: int
    switched: int
    before: int = 6
    after: int = 5

    @classmethod
    def around(cls, month: int, before: int = 6, after: int = 5) -> Window:
        """Return the window around a month (an ordinal, year * 12 + month - 1)."""
        year = month // 12
        return cls(year if month % 12 == 0 else year + 1, year, before, after)

    @property
    def years(self) -> list[int]:
        """The calendar years of the panel, in order."""
        return [*range(self.switched - self.before, self.switched), *range(self.first, self.first + self.after)]


def zone_mask(names: list[str], zones: tuple[str, ...]) -> int:
    """Return the bit mask of zones by name; `zones` are those of the city, in its order."""
    unknown = [name for name in names if name not in zones]
    if unknown:
        raise InputError(f"there is no zone '{unknown[0]}'; the city has {', '.join(zones)}")
    return sum(1 << zones.index(name) for name in names)


def by_place(accounts: Any, zones: int) -> Any:
    """Return the accounts with the numbers of cells `INSIDE` higher for studios inside the zones.

    So a cell of a coarse map that the zones' border runs through counts as two; on the full map there is none.
    zones: bit mask of the treated zones.
    """
    treated = (accounts["zones"].astype(np.int64) & zones) != 0
    return accounts.assign(cell=accounts["cell"].astype(np.int64) + INSIDE * treated)


def cell_panel(accounts: Any, zones: int, window: Window, smallest: float = SMALLEST) -> Any:
    """Return one row a seed, cell and year, with the cell's output.

    accounts: the table of that name (columns seed, year, cell, zones, output, staff_months); zones: bit mask of
    the treated zones. Columns: `seed`, `cell`, `year`, `output` (million yuan a year), `log_output`, `treated`,
    `before` (mean workers before the treatment), `unit` (a cell in one run). Kept are cells of at least
    `smallest` workers before, in years with output above zero. InputError if no treated or no other cell is left.
    """
    rows = by_place(accounts[accounts["year"].isin(window.years)], zones)
    cells = rows.groupby(["seed", "cell", "year"], observed=True, as_index=False).agg(
        output=("output", "sum"), staff_months=("staff_months", "sum"), zones=("zones", "first"))
    cells = add_before(cells, window)
    cells = cells[(cells["before"] >= smallest) & (cells["output"] > 0)]
    cells = cells.assign(treated=(cells["zones"].astype(np.int64) & zones) != 0, log_output=np.log(cells["output"]),
                         unit=cells["seed"].astype(np.int64) * 1_000_000 + cells["cell"])
    cells = in_both(cells, window)
    if not cells["treated"].any() or cells["treated"].all():
        what = "inside the zones" if not cells["treated"].any() else "outside the zones"
        raise InputError(f"no cell {what} has {smallest:g} workers in the years before and output after: "
                         "take a larger scale")
    return cells.drop(columns=["zones", "staff_months"]).reset_index(drop=True)


def add_before(cells: Any, window: Window) -> Any:
    """Add `before`: mean workers of the seed's cell over the years before (0 where it had none)."""
    early = cells[cells["year"] < window.switched]
    before = early.groupby(["seed", "cell"])["staff_months"].sum() / (12 * window.before)
    return cells.join(before.rename("before"), on=["seed", "cell"]).fillna({"before": 0.0})


def in_both(cells: Any, window: Window) -> Any:
    """Keep units that are seen before and after: others say nothing about a change."""
    late = cells["year"] >= window.first
    sides = late.groupby(cells["unit"]).transform("nunique")
    return cells[sides == 2]


def paired_panel(treated: Any, untreated: Any, window: Window) -> Any:
    """Return the panel of differences between runs with and without the treatment, on the same seeds.

    Both are panels of `cell_panel`; `log_output` becomes the log ratio of the cell's output in the run with the
    treatment to that in the run without. Cells that only one of the runs has in a year are left out.
    """
    keys = ["seed", "cell", "year"]
    both = treated.merge(untreated[[*keys, "log_output"]], on=keys, suffixes=("", "_without"))
    both["log_output"] = both["log_output"] - both.pop("log_output_without")
    return in_both(both, window).reset_index(drop=True)


def effects_of(panel: Any) -> Any:
    """Return the effects of all designs for zones: cells in their run, and years in their run."""
    import pandas as pd

    return pd.DataFrame({"cell": panel["unit"], "year": panel["seed"].astype(np.int64) * 10_000 + panel["year"]})


def few(panel: Any) -> float:
    """Return the degrees of freedom of an interval: the smaller of treated and other cells, less one.

    With few treated clusters, clustered errors are too small and ``G - 1`` degrees too many; the smaller side
    is what there is to learn from (Donald & Lang 2007; MacKinnon & Webb 2017).
    """
    count = panel.groupby("treated")["cell"].nunique()
    return max(float(count.min()) - 1.0, 1.0)
