"""Small multiples of the main indicators: median and 80% band over runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator, StrMethodFormatter

from cluster_sim.indicators import INDICATORS

from . import frames, style

PANELS = tuple(INDICATORS[name] for name in (
    "employment", "studios", "mean_wage", "mean_rent", "collaboration_distance", "project_receipts"))


def indicators(series: Any, *, scale: float = 1.0, observed: int | None = None, width: float = style.PAGE,
               height: float = 102.0) -> Figure:
    """Draw six indicators; jobs, studios and receipts are divided by the scale of the city.

    series: frame or mapping of columns as in the store. Jobs and studios are those of the month, the others are
    means or sums of twelve months. A tick is its year's January. observed: last year whose share of GDP was published;
    what comes later is shaded as a forecast, nothing if None. Raises ValueError if none of the columns is there.
    """
    data = frames.frame(series)
    panels = [each for each in PANELS if frames.has(data, each.name)]
    if not panels:
        raise ValueError("the series hold none of the indicators that are drawn")
    with style.house():
        figure = style.canvas(width, height)
        span, runs = (np.inf, -np.inf), 0
        drawn = []
        for k, each in enumerate(panels):
            axes = figure.add_axes((0.06 + 0.325 * (k % 3), 0.605 - 0.455 * (k // 3), 0.265, 0.33))
            table = frames.paths(data, each.name)
            window = table.rolling(12, min_periods=12)
            values = {"stock": lambda table=table: table, "flow": window.sum, "rate": window.mean}[each.kind]()
            values = values * each.for_people(scale)
            x, runs = frames.calendar(table.index), values.shape[1]
            band = frames.bands(values, (0.1, 0.5, 0.9))
            if runs >= frames.RUNS_FOR_BAND:
                axes.fill_between(x, band[0.1], band[0.9], color=style.BLUE, alpha=0.22, lw=0, zorder=2)
            axes.plot(x, band[0.5], color=style.BLUE, zorder=3)
            style.rows(axes)
            style.letter(axes, "abcdef"[k], f"{each.heading} ({each.shown})")
            drawn_to = np.nanmax([band[0.9] if runs >= frames.RUNS_FOR_BAND else band[0.5], np.zeros(len(x))])
            axes.set_ylim(0, 1.08 * drawn_to or 1)
            axes.xaxis.set_major_locator(MultipleLocator(5) if x[-1] - x[0] > 8 else MaxNLocator(6, integer=True))
            axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
            axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
            span = min(span[0], x[0]), max(span[1], x[-1])
            drawn.append(axes)
        end = np.inf if observed is None else observed + 1.0
        for axes in drawn:
            axes.set_xlim(span[0] - 0.2, span[1] + 0.2)
            if span[1] > end:
                axes.axvspan(max(end, span[0] - 0.2), span[1] + 0.2, color="#e7ebee", lw=0, zorder=0)
        figure.text(0.05, 0.015, _note(runs, span[1] > end), fontsize=6.3, color=style.SOFT, va="bottom")
    return figure


def _note(runs: int, ahead: bool) -> str:
    what = "One run." if runs == 1 else f"Lines: median of {runs} runs."
    what += " Bands: 80% of runs." if runs >= frames.RUNS_FOR_BAND else ""
    what += " Grey: forecast on condition of the outside paths." if ahead else ""
    return what + (
        "\nWhole city, money at 2017 prices. Wage, rent, distance and receipts: over the twelve months to each month."
    )
