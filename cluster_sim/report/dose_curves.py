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
"""Panels in a row, at most."""
LOW = 1e-3
"""Outlay (billion yuan a year) below which nothing is drawn."""
PANEL, TOP, BOTTOM = 41.0, 0.5, 15.0
"""Millimetres a row of panels, above and below them."""
LETTERS = 25
"""Letters of a heading that fit above one of four panels in a row."""
OWN_AXIS = 2.5
"""How many times the reach of the comparators a panel may have before it gets an axis of its own."""
LOOKS = {"wage_subsidy": (style.VERMILION, "--"), "wage_subsidy_matched": (style.PURPLE, ":"),
         "tax_cut": (style.GREEN, "-.")}


def aims(result: Any) -> Figure:
    """Draw each instrument's effect on the column that it is for, each panel with a unit and an axis of its own."""
    return _multiples(result, "aim", "", "Change of the instrument's aim, in the unit of each panel")


def value_added(result: Any) -> Figure:
    """Draw each instrument's effect on value added, in percent, beside comparators."""
    return _multiples(result, "value_added", "_percent", "Change of value added (%)")


def jobs(result: Any) -> Figure:
    """Draw each instrument's effect on jobs in the city, in percent, beside comparators."""
    return _multiples(result, "jobs", "_percent", "Change of jobs in the city (%)")


def _multiples(result: Any, effect: str, unit: str, label: str) -> Figure:
    """Small multiples of one effect, in its unit or in percent. ValueError if no dose of any instrument was paid."""
    table = result.doses[result.doses["outlay"] > LOW]
    shown = [curve for curve in result.spec.curves if not curve.comparator]
    if not table["curve"].isin([curve.label for curve in shown]).any():
        raise ValueError("no dose of any instrument paid anything")
    beside = [] if effect == "aim" else list(result.spec.comparators)
    curves = {curve.label: _values(table, curve.label, effect, unit) for curve in (*shown, *beside)}
    common = max((np.abs(curves[one.label][1]).max(initial=0.0) for one in beside), default=np.inf) * OWN_AXIS
    limits = _limits([curves[one.label] for one in (*shown, *beside)
                      if np.abs(curves[one.label][1]).max(initial=0.0) <= common])
    across = min(ACROSS, len(shown))
    height = -(-len(shown) // across) * PANEL + TOP + BOTTOM
    outlays = _decades(np.concatenate([values[0] for values in curves.values()]))
    with style.house():
        figure = style.canvas(style.PAGE, height)
        for k, curve in enumerate(shown):
            axes = _axes(figure, k, across, height)
            for one in beside:
                colour, dashes = LOOKS.get(one.label, (style.FAINT, "--"))
                axes.plot(*curves[one.label][:2], color=colour, ls=dashes, lw=0.9, zorder=2)
            _curve(axes, *curves[curve.label])
            own = np.abs(curves[curve.label][1]).max(initial=0.0) > common
            aim = indicator(curve.aim.column)
            under = f"{aim.title} ({aim.change_unit})" if effect == "aim" else "own axis" if own else ""
            _finish(axes, curve.title, under, ACROSS / across, outlays)
            if effect != "aim" and not own:
                axes.set_ylim(*limits)
        figure.text(0.5, 8.2 / height, "Public outlay (billion yuan a year, 2017 prices; logarithmic)", ha="center",
                    fontsize=7.0)
        figure.text(1.2 / style.PAGE, 0.5 + BOTTOM / height / 2, textwrap.fill(label, int((height - BOTTOM) / 1.3)),
                    rotation=90, ha="left", va="center", fontsize=7.0 if len(shown) > across else 6.2)
        figure.legend(handles=_legend(beside), loc="lower center", bbox_to_anchor=(0.5, 1.0 / height), ncols=5,
                      columnspacing=1.2)
    return figure


def _values(table: Any, label: str, effect: str, unit: str) -> tuple[np.ndarray, ...]:
    """Return outlay, mean and the ends of the interval of a curve, by outlay."""
    rows = table[table["curve"] == label].sort_values("outlay")
    ends = ("_percent_low", "_percent_high") if unit else ("_low95", "_high95")
    return tuple(rows[name].to_numpy(float) for name in ("outlay", f"{effect}{unit}", *(effect + end for end in ends)))


def _axes(figure: Figure, k: int, across: int, height: float) -> Axes:
    """The place of panel k of so many `across`, with room for two lines of heading and one below it."""
    wide = (style.PAGE - 7.0) / across
    left, top = 7.0 + (k % across) * wide + 7.0, height - TOP - (k // across) * PANEL
    return figure.add_axes((left / style.PAGE, (top - PANEL + 4.5) / height, (wide - 11.0) / style.PAGE,
                            (PANEL - 19.0) / height))


def _curve(axes: Axes, x: np.ndarray, mean: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """Draw the points of a curve with their intervals; what is told from zero is filled."""
    if not x.size:
        axes.annotate("paid nothing", (0.5, 0.6), xycoords="axes fraction", ha="center", fontsize=6.0, color=style.SOFT)
    told = (low > 0.0) | (high < 0.0)
    axes.plot(x, mean, color=style.BLUE, lw=1.0, zorder=3)
    axes.vlines(x, low, high, color=style.BLUE, lw=0.8, zorder=3)
    for chosen, fill in ((told, style.BLUE), (~told, style.PAPER)):
        axes.plot(x[chosen], mean[chosen], "o", ms=2.8, mfc=fill, mec=style.BLUE, mew=0.8, zorder=4)


def _decades(outlays: np.ndarray) -> tuple[float, float]:
    """Ends of an axis of outlay that all panels share: whole powers of ten around what was paid."""
    ends = np.floor(np.log10(outlays.min())), np.ceil(np.log10(outlays.max()))
    return float(10.0 ** ends[0]), float(10.0 ** max(ends[1], ends[0] + 1))


def _limits(curves: list[tuple[np.ndarray, ...]]) -> tuple[float, float]:
    """Ends of an axis that panels share: the means whole, nearly all intervals."""
    means, lows, highs = (np.concatenate([curve[k] for curve in curves]) if curves else np.zeros(1) for k in (1, 2, 3))
    if not means.size:
        return -1.0, 1.0
    ends = (min(np.nanpercentile(lows, 5), np.nanmin(means), 0.0),
            max(np.nanpercentile(highs, 95), np.nanmax(means), 0.0))
    room = 0.06 * (ends[1] - ends[0]) or 1.0
    return float(ends[0] - room), float(ends[1] + room)


def _finish(axes: Axes, title: str, under: str, wide: float, outlays: tuple[float, float]) -> None:
    """Set axes, heading and what stands under it; wide: how much wider the panel is than one of four in a row."""
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    axes.set_xscale("log")
    low, high = outlays
    axes.set_xlim(low / 1.15, high * 1.15)
    decades = range(round(np.log10(low)), round(np.log10(high)) + 1)
    axes.xaxis.set_major_locator(FixedLocator([10.0**n for n in decades]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}".removeprefix("0")))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    style.rows(axes)
    notes = textwrap.wrap(under, int(34 * wide))
    heading = "\n".join(textwrap.wrap(title, int(LETTERS * wide))[:2])
    axes.set_title(heading, loc="left", fontsize=6.5, pad=3.5 + 7.8 * len(notes))
    axes.annotate("\n".join(notes), xy=(0, 1), xycoords="axes fraction", xytext=(0, 3.0), textcoords="offset points",
                  fontsize=5.8, color=style.SOFT, va="bottom")


def _legend(beside: list[Any]) -> list[Any]:
    entries: list[Any] = [Line2D([], [], color=style.BLUE, marker="o", ms=2.8, lw=1.0,
                                 label="instrument, 95% interval; filled: it leaves 0 out")]
    for curve in beside:
        colour, dashes = LOOKS.get(curve.label, (style.FAINT, "--"))
        entries.append(Line2D([], [], color=colour, ls=dashes, lw=0.9, label=curve.title))
    return entries
