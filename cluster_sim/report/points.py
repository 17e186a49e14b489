"""The points of a sweep: an indicator against one factor, or a map of it over a grid of two."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.special import stdtrit

from cluster_sim import parameters
from cluster_sim.indicators import indicator
from cluster_sim.report import style
from cluster_sim.runs.summary import drawable

MOST_WRITTEN = 144
"""Cells of a map in which the value is still written."""


def points(runs: Any, *, column: str = "gdp_share_published", month: str | None = None, width: float = style.COLUMN,
           height: float = 66.0) -> Figure:
    """Draw the mean over seeds at each point of a sweep; bars: 95% interval of the difference from the first point.

    The difference is taken seed by seed; with one seed there are no bars. `month` (`"2030-12"`) is the month shown,
    None the last one. Raises ValueError where a sweep has more factors than a plane, or nothing to show.
    """
    if not runs.is_sweep or not drawable(runs.sweep):
        raise ValueError("the figure of points shows sweeps of one factor, or of two on a grid")
    table, each = runs.by_point(column, month), indicator(column)
    factor = each.for_people(float(runs.sweep.scale))
    if not table["mean"].notna().any():
        raise ValueError(f"no run has a value of {column} in the month shown")
    label = f"{each.heading} ({each.shown})"
    with style.house():
        figure = style.canvas(width, height)
        axes = figure.add_axes((0.10, 0.24, 0.87, 0.73))
        titles = [heading(each.path, each.unit) for each in runs.sweep.factors]
        if len(runs.factors) == 1:
            _line(axes, table, runs.factors[0], factor)
            axes.set(xlabel=titles[0], ylabel=label)
            places = [axes]
        else:
            places = [axes, _map(figure, axes, table, runs.factors, factor, label)]
            axes.set(xlabel=titles[1], ylabel=titles[0])
        note = _note(table, len(runs.factors), factor, each.change_unit)
        figure.text(0.02, 0.02, textwrap.fill(f"{month or runs.manifest['until']}. {note}", 82), fontsize=6.0,
                    color=style.SOFT, va="bottom", linespacing=1.3)
        style.fit(figure, *places)
    return figure


def heading(path: str, unit: str) -> str:
    """Name a factor in words, with its unit: a parameter by its meaning, a key by its instrument."""
    known = parameters.specification().get(path)
    if known is not None:
        words, unit = known.text, known.unit
    else:
        words = ", ".join(part.replace("_", " ") for part in path.removeprefix("policies.").split("."))
    named = f" ({unit})" if unit not in ("", "1", "text", "bool") and not unit.endswith("name") else ""
    return textwrap.fill(words[:1].upper() + words[1:] + named, 38)


def _note(table: pd.DataFrame, factors: int, factor: float, unit: str) -> str:
    """Say of how many seeds a point is the mean, and how far luck moves it."""
    seeds = int(table["runs"].max())
    if seeds < 2:
        return "One seed at each point, which tells no error."
    errors = table["sd"].to_numpy(float) / np.sqrt(table["runs"].to_numpy(float)) * abs(factor)
    low, high = (f"{edge:.2g}" for edge in (np.nanmin(errors), np.nanmax(errors)))
    error = f"its standard error is {low if low == high else f'{low} to {high}'} {unit}"
    bars = "; bars: 95% interval of the difference from the first point, paired by seed" * (factors == 1)
    return f"Mean over {seeds} seeds; {error}{bars}."


def _line(axes: Any, table: pd.DataFrame, name: str, factor: float) -> None:
    """Draw one factor: along its numbers, or side by side where it has none."""
    values = table[name]
    plain = pd.api.types.is_numeric_dtype(values) and np.isfinite(values).all()
    if plain:
        table = table.sort_values(name)
    x = table[name].to_numpy(float) if plain else np.arange(len(table))
    half = stdtrit(np.maximum(table["runs"].to_numpy(float) - 1, 1), 0.975) * table["difference_se"].to_numpy(float)
    axes.errorbar(x, table["mean"].to_numpy(float) * factor, yerr=np.nan_to_num(half) * abs(factor), color=style.BLUE,
                  marker="o", ms=3.0, capsize=2.0, lw=1.2 if plain else 0.0, elinewidth=0.8)
    if not plain:
        axes.set_xticks(x, [style.shortened(text(value), 14) for value in table[name]])
    style.rows(axes)


def digits(values: np.ndarray) -> int:
    """Return how many decimals tell values apart: those in which a twentieth of their range shows."""
    spread = float(np.nanmax(values) - np.nanmin(values))
    return 1 if not spread else int(np.clip(np.ceil(-np.log10(spread / 20)), 0, 6))


def _map(figure: Figure, axes: Any, table: pd.DataFrame, names: list[str], factor: float, label: str) -> Any:
    """Draw two factors as a map, the first one upwards; returns the axes of its colour bar."""
    grid = table.assign(**{name: table[name].map(text) for name in names})
    order = [list(dict.fromkeys(grid[name])) for name in names]
    cells = grid.pivot_table(index=names[0], columns=names[1], values="mean").reindex(index=order[0], columns=order[1])
    values = cells.to_numpy(float) * factor
    drawn = axes.pcolormesh(values, cmap=style.DENSITY, edgecolors=style.PAPER, linewidth=0.5)
    for place, ticks in ((axes.yaxis, order[0]), (axes.xaxis, order[1])):
        step = -(-len(ticks) // 8)
        place.set_ticks(np.arange(len(ticks))[::step] + 0.5, [style.shortened(one, 14) for one in ticks[::step]])
    if values.size <= MOST_WRITTEN:
        middle, places = (np.nanmin(values) + np.nanmax(values)) / 2, digits(values)
        for (row, line), value in np.ndenumerate(values):
            if np.isfinite(value):
                axes.text(line + 0.5, row + 0.5, f"{value:,.{places}f}", ha="center", va="center", fontsize=5.5,
                          color=style.PAPER if value > middle else style.INK)
    box = axes.get_position()
    axes.set_position((box.x0, box.y0, 0.86 * box.width, box.height))
    bar = figure.colorbar(drawn, cax=figure.add_axes((box.x0 + 0.88 * box.width, box.y0, 0.035, box.height)))
    bar.set_label(label)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    return bar.ax


def text(value: Any) -> str:
    """Write an entry of a factor's column; what is missing is the base's own value."""
    if value is None or value != value:
        return "base"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
