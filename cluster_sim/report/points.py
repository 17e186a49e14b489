"""The points of a sweep: an indicator against one factor, or a map of it over a grid of two."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.special import stdtrit

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
        axes = figure.add_axes((0.16, 0.24, 0.80, 0.70))
        if len(runs.factors) == 1:
            _line(axes, table, runs.factors[0], factor)
            axes.set_ylabel(label)
        else:
            _map(figure, axes, table, runs.factors, factor, label)
        seeds = int(table["runs"].max())
        bars = "; bars: 95% interval of the difference from the first point, paired by seed"
        note = f"Mean over {seeds} seed{'s' * (seeds > 1)}{bars if seeds > 1 and len(runs.factors) == 1 else ''}."
        figure.text(0.02, 0.02, note, fontsize=6.3, color=style.SOFT, va="bottom")
    return figure


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
    axes.set_xlabel(name)
    style.rows(axes)


def _map(figure: Figure, axes: Any, table: pd.DataFrame, names: list[str], factor: float, label: str) -> None:
    """Draw two factors as a map, the first one upwards."""
    grid = table.assign(**{name: table[name].map(text) for name in names})
    order = [list(dict.fromkeys(grid[name])) for name in names]
    cells = grid.pivot_table(index=names[0], columns=names[1], values="mean").reindex(index=order[0], columns=order[1])
    values = cells.to_numpy(float) * factor
    drawn = axes.pcolormesh(values, cmap=style.DENSITY, edgecolors=style.PAPER, linewidth=0.5)
    for place, ticks in ((axes.yaxis, order[0]), (axes.xaxis, order[1])):
        step = -(-len(ticks) // 8)
        place.set_ticks(np.arange(len(ticks))[::step] + 0.5, [style.shortened(one, 14) for one in ticks[::step]])
    if values.size <= MOST_WRITTEN:
        middle = (np.nanmin(values) + np.nanmax(values)) / 2
        for (row, line), value in np.ndenumerate(values):
            if np.isfinite(value):
                axes.text(line + 0.5, row + 0.5, f"{value:.3g}", ha="center", va="center", fontsize=5.5,
                          color=style.PAPER if value > middle else style.INK)
    axes.set_ylabel(names[0])
    axes.set_xlabel(names[1])
    bar = figure.colorbar(drawn, ax=axes, pad=0.02)
    bar.set_label(label)


def text(value: Any) -> str:
    """Write an entry of a factor's column; what is missing is the base's own value."""
    if value is None or value != value:
        return "base"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
