"""Small multiples of the effects of a comparison: paired effect by year with its 80% and 95% intervals."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from cluster_sim.analysis.effects import MAIN
from cluster_sim.report import style


def effects(table: pd.DataFrame, *, scale: float = 1.0, first: str = "", width: float = style.PAGE,
            height: float = 96.0) -> Figure:
    """Draw the main columns; one colour a scenario, the 95% band only where there is a single one.

    table: rows with `scenario`, `column`, `year`, `mean`, `low80`, `high80`, `low95`, `high95`, as
    `compare(...).effects`, and `pairs` where it is known; amounts are divided by `scale`; first: the name of the
    scenario that the others are read against. Raises ValueError if none of the columns is there.
    """
    panels = [each for each in MAIN if len(table) and (table["column"] == each.name).any()]
    if not panels:
        raise ValueError("the effects hold none of the columns that are drawn (runs shorter than a year?)")
    names = list(dict.fromkeys(table["scenario"]))
    with style.house():
        figure = style.canvas(width, height)
        for k, each in enumerate(panels):
            axes = figure.add_axes((0.055 + 0.245 * (k % 4), 0.57 - 0.49 * (k // 4), 0.185, 0.35))
            axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
            for place, name in enumerate(names):
                rows = table[(table["column"] == each.name) & (table["scenario"] == name)].sort_values("year")
                shown = rows[["mean", "low80", "high80", "low95", "high95"]] * each.for_people(scale)
                colour = style.CYCLE[place % len(style.CYCLE)]
                if len(names) == 1:
                    axes.fill_between(rows["year"], shown["low95"], shown["high95"], color=colour, alpha=0.16, lw=0)
                axes.fill_between(rows["year"], shown["low80"], shown["high80"], color=colour, alpha=0.28, lw=0)
                axes.plot(rows["year"], shown["mean"], color=colour, marker="o" if len(rows) == 1 else "", ms=3.0)
            style.rows(axes)
            style.letter(axes, "abcdefg"[k], f"{each.heading}\n({each.change_unit})")
            axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
            axes.margins(x=0.02)
        legend = figure.legend(handles=_legend(names), loc="upper left", bbox_to_anchor=(0.785, 0.42),
                               title=_against(first, table), alignment="left")
        legend.get_title().set_fontsize(6.5)
    return figure


def _against(first: str, table: pd.DataFrame) -> str:
    """Say what the effects are read against, and from how many pairs of runs they are."""
    pairs = int(table["pairs"].max()) if "pairs" in table else 0
    parts = [textwrap.fill(f"Difference from {first}", 30) * bool(first), f"{pairs:,} pairs of runs" * bool(pairs)]
    return "\n".join([*filter(None, parts), ""])


def _legend(names: list[str]) -> list[Any]:
    """Entries for the scenarios and the bands."""
    entries: list[Any] = [Line2D([], [], color=style.CYCLE[k % len(style.CYCLE)], label=f"{name}, mean effect")
                          for k, name in enumerate(names)]
    shade = style.CYCLE[0] if len(names) == 1 else style.FAINT
    entries.append(Patch(color=shade, alpha=0.44, lw=0, label="80% interval"))
    if len(names) == 1:
        entries.append(Patch(color=shade, alpha=0.16, lw=0, label="95% interval"))
    return entries
