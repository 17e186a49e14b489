"""Dose curves as small multiples: an effect over outlay, instrument by instrument, the comparators beside."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from cluster_sim.indicators import indicator
from cluster_sim.report import style

ACROSS = 4
"""Panels in a row."""
LOW, HIGH = 1e-3, 100.0
"""Ends of the axis of outlay (billion yuan a year): what pays less than a million is not drawn."""
PANEL, TOP, BOTTOM = 35.0, 2.0, 15.0
"""Millimetres a row of panels, above and below them."""
LOOKS = (("wage_subsidy", style.VERMILION, "--"), ("wage_subsidy_matched", style.PURPLE, ":"),
         ("tax_cut", style.GREEN, "-."))
TITLES = {"value_added": "value added", "jobs": "jobs in the city"}


def aims(result: Any) -> Figure:
    """Draw each instrument's effect on the column that it is for, in percent, each panel with an axis of its own."""
    return _multiples(result, "aim", "Effect on the aim named in each panel (%)")


def value_added(result: Any) -> Figure:
    """Draw each instrument's effect on value added, in percent, beside comparators; all panels have one axis."""
    return _multiples(result, "value_added", "Effect on value added (%)")


def jobs(result: Any) -> Figure:
    """Draw each instrument's effect on jobs in the city, in percent, beside comparators; all panels have one axis."""
    return _multiples(result, "jobs", "Effect on jobs in the city (%)")


def _multiples(result: Any, effect: str, label: str) -> Figure:
    """Small multiples of one effect. Raises ValueError if no dose of any instrument paid anything."""
    shown = [curve for curve in result.spec.curves if not curve.comparator or effect == "aim" and not _beside(result)]
    table = result.doses[result.doses["outlay"] > LOW]
    shown = [curve for curve in shown if (result.doses["curve"] == curve.label).any()]
    if not len(table) or not shown:
        raise ValueError("no dose of any instrument paid anything")
    beside = [] if effect == "aim" else _beside(result)
    down = -(-(len(shown) + 1) // ACROSS)
    height = down * PANEL + TOP + BOTTOM
    limits = _limits(table[table["curve"].isin([curve.label for curve in (*shown, *beside)])], effect)
    with style.house():
        figure = style.canvas(style.PAGE, height)
        for k, curve in enumerate(shown):
            axes = _axes(figure, k, height)
            for one in beside:
                look = next((each for each in LOOKS if each[0] == one.label), ("", style.FAINT, "--"))
                rows = table[table["curve"] == one.label].sort_values("outlay")
                axes.plot(rows["outlay"], rows[f"{effect}_percent"], color=look[1], ls=look[2], lw=0.9, zorder=2)
            _curve(axes, table[table["curve"] == curve.label].sort_values("outlay"), effect)
            _finish(axes, curve.title, indicator(curve.aim.column).title if effect == "aim" else "",
                    None if effect == "aim" else limits)
            if k // ACROSS < (len(shown) - 1) // ACROSS and k + ACROSS < len(shown):
                axes.tick_params(labelbottom=False)
        figure.text(0.5, 8.2 / height, "Public outlay (billion yuan a year, 2017 prices; logarithmic)", ha="center",
                    fontsize=7.0)
        figure.text(1.2 / style.PAGE, 0.5 + BOTTOM / height / 2, label, rotation=90, ha="left", va="center",
                    fontsize=7.0)
        figure.legend(handles=_legend(beside), loc="lower center", bbox_to_anchor=(0.5, 1.0 / height), ncols=5,
                      columnspacing=1.2)
    return figure


def _beside(result: Any) -> list[Any]:
    return list(result.spec.comparators)


def _axes(figure: Figure, k: int, height: float) -> Axes:
    wide = (style.PAGE - 8.0) / ACROSS
    left, top = 8.0 + (k % ACROSS) * wide + 5.5, height - TOP - (k // ACROSS) * PANEL
    return figure.add_axes((left / style.PAGE, (top - PANEL + 4.5) / height, (wide - 8.0) / style.PAGE,
                            (PANEL - 12.0) / height))


def _curve(axes: Axes, rows: Any, effect: str) -> None:
    """Draw the points of a curve with their intervals; what is told from zero is filled."""
    x, mean, low, high = (rows[name].to_numpy(float) for name in (
        "outlay", f"{effect}_percent", f"{effect}_percent_low", f"{effect}_percent_high"))
    told = (low > 0.0) | (high < 0.0)
    axes.plot(x, mean, color=style.BLUE, lw=1.0, zorder=3)
    axes.vlines(x, low, high, color=style.BLUE, lw=0.8, zorder=3)
    for chosen, fill in ((told, style.BLUE), (~told, style.PAPER)):
        axes.plot(x[chosen], mean[chosen], "o", ms=2.8, mfc=fill, mec=style.BLUE, mew=0.8, zorder=4, clip_on=False)


def _limits(table: Any, effect: str) -> tuple[float, float]:
    """Ends of an axis that all panels share: the means whole, intervals as far as they go not too far beyond."""
    mean = table[f"{effect}_percent"].to_numpy(float)
    low, high = (np.nanpercentile(table[f"{effect}_percent{end}"], q) for end, q in (("_low", 3), ("_high", 97)))
    ends = min(low, np.nanmin(mean), 0.0), max(high, np.nanmax(mean), 0.0)
    room = 0.05 * (ends[1] - ends[0])
    return float(ends[0] - room), float(ends[1] + room)


def _finish(axes: Axes, title: str, aim: str, limits: tuple[float, float] | None) -> None:
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    axes.set_xscale("log")
    axes.set_xlim(LOW, HIGH)
    axes.xaxis.set_major_locator(FixedLocator([0.001, 0.01, 0.1, 1, 10, 100]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}".lstrip("0") or "0"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    if limits:
        axes.set_ylim(*limits)
    style.rows(axes)
    heading = textwrap.wrap(title, 34)[:2]
    axes.set_title("\n".join(heading), loc="left", fontsize=6.5, fontweight="bold", pad=8.0 if aim else 3.5)
    if aim:
        axes.annotate(aim, xy=(0, 1), xycoords="axes fraction", xytext=(0, 2.0), textcoords="offset points",
                      fontsize=6.0, color=style.SOFT, va="bottom")


def _legend(beside: list[Any]) -> list[Any]:
    entries: list[Any] = [Line2D([], [], color=style.BLUE, marker="o", ms=2.8, lw=1.0,
                                 label="instrument, 95% interval; filled: it leaves 0 out")]
    for curve in beside:
        look = next((each for each in LOOKS if each[0] == curve.label), ("", style.FAINT, "--"))
        entries.append(Line2D([], [], color=look[1], ls=look[2], lw=0.9, label=curve.title))
    return entries
