"""The points of a sweep: an indicator against one factor, or a map of it over a grid of two."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import stdtrit

from cluster_sim.analysis import sweep_contrasts
from cluster_sim.indicators import Indicator, indicator
from cluster_sim.report import style
from cluster_sim.runs.summary import drawable
from cluster_sim.scenario.factors import Factor

LETTER = 1.3
"""Millimetres that a letter of a label takes (6.5 points, sans serif)."""
SMALLEST = 5.0
"""Points of the smallest numbers that are written into the cells of a map; where they do not fit, none are."""


def points(runs: Any, *, column: str = "gdp_share_published", month: str | None = None, width: float = style.COLUMN,
           height: float = 66.0) -> Figure:
    """Draw the mean over seeds at each point of a sweep; bars: 95% interval of the difference from the first point.

    The difference is taken seed by seed; with one seed there are no bars. `month` (`"2030-12"`) is the month shown,
    None the last one; flows are shown as twelve times the month's. Raises ValueError where a sweep has more factors
    than a plane, or nothing to show.
    """
    if not runs.is_sweep or not drawable(runs.sweep):
        raise ValueError("the figure of points shows sweeps of one factor, or of two on a grid")
    table, each, factors = runs.by_point(column, month), indicator(column), runs.sweep.factors
    if not table["mean"].notna().any():
        raise ValueError(f"no run has a value of {column} in the month shown")
    to_shown = each.for_people(float(runs.sweep.scale)) * (12.0 if each.kind == "flow" else 1.0)
    mean, error = (table[name].to_numpy(float) * to_shown for name in ("mean", "difference_se"))
    ends = [_entries(factor, table[factor.column]) for factor in factors]
    listed = len(factors) == 2 or isinstance(ends[0], list)
    labels = max(len(text(value)) for value in ends[0]) if listed else 5
    title = textwrap.wrap(f"{each.heading}, {_when(runs, each, month)} ({each.shown})", int(width / 1.35))
    note = textwrap.wrap(_note(table, np.abs(error), len(factors), each), int(width / 1.25))
    left, bottom, top = 7.5 + LETTER * labels, 11.5 + 2.6 * len(note), 2.5 + 3.2 * len(title)
    right = 13.0 if len(factors) == 2 else 3.0
    with style.house():
        figure = style.canvas(width, height)
        axes = figure.add_axes((left / width, bottom / height, (width - left - right) / width,
                                (height - bottom - top) / height))
        figure.text(1.5 / width, 1 - 1.5 / height, "\n".join(title), fontsize=7.0, va="top")
        if len(factors) == 2:
            _map(figure, axes, table.assign(mean=mean), ends)
            axes.set_ylabel(_heading(factors[0], height - bottom - top))
            axes.set_xlabel(_heading(factors[1], width - left - right))
        else:
            half = stdtrit(np.maximum(table["runs"].to_numpy(float) - 1, 1), 0.975) * np.abs(error)
            _line(axes, ends[0], mean, np.nan_to_num(half))
            (axes.set_ylabel if listed else axes.set_xlabel)(_heading(factors[0], height if listed else width))
        figure.text(1.5 / width, 1.0 / height, "\n".join(note), fontsize=6.3, color=style.SOFT, va="bottom")
    return figure


def _when(runs: Any, each: Indicator, month: str | None) -> str:
    """The month shown, in words."""
    last = pd.Timestamp(month) if month else pd.Timestamp(runs.sweep.until // 12, runs.sweep.until % 12 + 1, 1)
    return f"{last:%B %Y}{', a year at this rate' if each.kind == 'flow' else ''}"


def _note(table: pd.DataFrame, error: np.ndarray, factors: int, each: Indicator) -> str:
    """What is drawn, and how much of it may be luck."""
    seeds = int(table["runs"].max())
    if seeds == 1:
        return "One seed: luck and the factors cannot be told apart."
    if factors == 1:
        return (f"Mean over {seeds} seeds; bars: 95% interval of the difference from the first point (open), "
                "paired by seed.")
    if not np.isfinite(error[1:]).any():        # parts of a sweep: the first cell's runs are not here
        return f"Mean over {seeds} seeds."
    return (f"Mean over {seeds} seeds. Difference from the cell at the bottom left, paired by seed: standard error "
            f"{np.nanmedian(error[1:]):.2g} {each.change_unit} (median of the cells).")


def _heading(factor: Factor, room: float) -> str:
    """A factor for people with its unit, shortened to so many millimetres: `Production subsidy: rate (%)`."""
    words = factor.path.removeprefix("policies.").removeprefix("parameters.").replace("_", " ").split(".")
    unit = {"share": " (%)", "1": ""}.get(factor.unit, f" ({factor.unit})")
    name = ": ".join([words[0][0].upper() + words[0][1:], *words[1:]])
    return style.shortened(name, int(room / 1.4) - len(unit)) + (unit if factor.kind in ("number", "count") else "")


def _entries(factor: Factor, values: pd.Series) -> np.ndarray | list[str]:
    """The values of a factor at the points, in the unit of its heading; words where not all are numbers."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values) or values.isna().any():
        return [style.shortened(text(value), 22) for value in values]
    return values.to_numpy(float) * (100.0 if factor.unit == "share" else 1.0)


def _line(axes: Axes, x: np.ndarray | list[str], mean: np.ndarray, half: np.ndarray) -> None:
    """Draw one factor: along its numbers, or as a list where it has none; the first point is open."""
    look: dict[str, Any] = {"color": style.BLUE, "elinewidth": 0.8, "capsize": 2.0, "lw": 0.0}
    if isinstance(x, list):
        places = np.arange(len(x), dtype=float)
        axes.errorbar(mean, places, xerr=half, **look)
        style.listed(axes, list(places), x)
        across, up = mean, places
    else:
        order = np.argsort(x, kind="stable")
        axes.plot(x[order], mean[order], color=style.BLUE)
        axes.errorbar(x, mean, yerr=half, **look)
        style.rows(axes)
        across, up = x, mean
    axes.plot(across[1:], up[1:], "o", ms=3.2, color=style.BLUE)
    axes.plot(across[:1], up[:1], "o", ms=3.4, mfc=style.PAPER, mec=style.BLUE, mew=0.9)


def _map(figure: Figure, axes: Axes, table: pd.DataFrame, ends: Sequence[np.ndarray | list[str]]) -> None:
    """Draw two factors as a map, the first one upwards."""
    places = [[text(value) for value in one] for one in ends]
    orders = [list(dict.fromkeys(one)) for one in places]
    cells = table.assign(up=places[0], along=places[1]).pivot_table(index="up", columns="along", values="mean")
    values = cells.reindex(index=orders[0], columns=orders[1]).to_numpy(float)
    drawn = axes.pcolormesh(values, cmap=style.DENSITY, edgecolors=style.PAPER, linewidth=0.5)
    box = axes.get_window_extent()
    millimetres = 25.4 / figure.dpi
    most = max(5, int(box.width * millimetres / len(orders[1]) / LETTER) - 1)
    along = [style.shortened(tick, most) if isinstance(ends[1], list) else tick for tick in orders[1]]
    for axis, ticks, room, size in ((axes.yaxis, orders[0], box.height, 3.2),
                                    (axes.xaxis, along, box.width, LETTER * max(map(len, along)) + 1.0)):
        step = int(np.ceil(len(ticks) * size / (room * millimetres)))
        axis.set_ticks(np.arange(len(ticks))[::step] + 0.5, ticks[::step])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    _write(axes, values, drawn)
    wide = figure.get_figwidth() / style.MM
    place = axes.get_position()
    bar = figure.colorbar(drawn, cax=figure.add_axes((place.x1 + 1.5 / wide, place.y0, 2.0 / wide, place.height)))
    bar.outline.set_visible(False)
    bar.locator = style.MaxNLocator(nbins=5)


def _write(axes: Axes, values: np.ndarray, drawn: Any) -> None:
    """Write the values into the cells, with as many decimals as tell them apart, where they fit legibly."""
    spread = float(np.nanmax(values) - np.nanmin(values))
    decimals = int(np.clip(np.ceil(-np.log10(spread / 10)), 0, 4)) if spread else 2
    room = 0.9 * axes.get_window_extent().width / values.shape[1] * 72.0 / axes.figure.dpi
    letters = max(len(f"{value:.{decimals}f}") for value in values[np.isfinite(values)])
    size = min(5.5, room / (0.6 * letters), 0.8 * axes.get_window_extent().height / len(values) * 72 / axes.figure.dpi)
    if size < SMALLEST:
        return
    for (row, line), value in np.ndenumerate(values):
        if np.isfinite(value):
            light = _luminance(drawn.cmap(drawn.norm(value)))
            axes.text(line + 0.5, row + 0.5, f"{value:.{decimals}f}", ha="center", va="center", fontsize=size,
                      color=style.PAPER if light < 0.27 else style.INK)


def _luminance(colour: Sequence[float]) -> float:
    """The relative luminance of a colour (WCAG 2): white is read better than ink on one below about a quarter."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def text(value: Any) -> str:
    """Write an entry of a factor's column; what is missing is the base's own value."""
    return "base" if value is None or value != value else sweep_contrasts.text(value)
