"""The fan chart: the sector's share of city GDP, model against the published points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, MultipleLocator

from . import frames, style

BREAK = 2018
"""First year of today's definition (a national reclassification), where the series have the older one before it."""
PUBLISHED = "gdp_share_published"
_LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90)


def fan_chart(
    series: Any,
    observed: Any = None,
    *,
    column: str | None = None,
    fitted: tuple[int, int] | None = None,
    width: float = style.COLUMN,
    height: float = 66.0,
) -> Figure:
    """Median and 50% and 80% bands over runs, in percent, with observed points.

    series: frame (or mapping of columns) with `month`, `column` (a fraction) and, where there is
    more than one run, `run_id` and `scenario`. observed: year -> {share_pct, status, low?, high?}
    or None. column: by default the share as published in its year, or `gdp_share` where nothing was
    published. fitted: first and last year that calibration used, None for a city that was not
    calibrated; observed years after them were not fitted, and what comes later still is a forecast on
    condition of the outside paths. With fewer than five runs the runs themselves are drawn, for a
    band would claim too much; with several scenarios each gets one colour, its median and its 80%
    band. Falls back to `gdp_share` where `column` is missing. Raises ValueError when there is nothing
    to draw.
    """
    data = frames.frame(series)
    points = frames.observations(observed)
    if column is None or not frames.has(data, column):
        column = PUBLISHED if points and frames.has(data, PUBLISHED) else "gdp_share"
        if not frames.has(data, column):
            raise ValueError("the series have no share of GDP to draw (runs shorter than a year?)")
    with style.house():
        figure = style.canvas(width, height)
        axes = figure.add_axes((0.125, 0.145, 0.855, 0.83))
        entries = _draw_model(axes, data, column)
        _frame(axes, points, column)
        if points and fitted:
            _periods(axes, fitted[1] + 0.5, points[-1]["year"] + 0.5)
        if column == PUBLISHED and redefined(data):
            _redefinition(axes)
        entries += _draw_observed(axes, points, fitted)
        axes.legend(handles=entries, loc="lower right", bbox_to_anchor=(1.0, 0.01))
        style.fit(figure, axes)
    return figure


def _draw_model(axes: Axes, data: pd.DataFrame, column: str) -> list[Any]:
    """The model's paths; returns the entries for the legend."""
    names = frames.scenarios(data)
    entries: list[Any] = []
    for name, colour in zip(names, _colours(len(names)), strict=True):
        table = frames.paths(data[data["scenario"].astype(str) == name], column) * 100
        x = frames.position(table.index)
        label = "Model" if len(names) == 1 else (name or "Model")
        runs = table.shape[1]
        if runs < frames.RUNS_FOR_BAND:
            entries += _lines(axes, x, table, colour, label)
            continue
        band = frames.bands(table, _LEVELS)
        axes.fill_between(x, band[0.10], band[0.90], color=colour, alpha=0.18, lw=0, zorder=2)
        if len(names) == 1:
            axes.fill_between(x, band[0.25], band[0.75], color=colour, alpha=0.30, lw=0, zorder=2)
        axes.plot(x, band[0.50], color=colour, lw=1.4, zorder=3)
        entries.append(Line2D([], [], color=colour, lw=1.4, label=f"{label}, median of {runs}"))
        if len(names) == 1:
            entries.append(Patch(color=colour, alpha=0.45, lw=0, label="50% of runs"))
        if name == names[-1]:
            shade = colour if len(names) == 1 else style.FAINT
            entries.append(Patch(color=shade, alpha=0.22, lw=0, label="80% of runs"))
    return entries


def _lines(axes: Axes, x: np.ndarray, table: pd.DataFrame, colour: str, label: str) -> list[Any]:
    """One line a run where runs are few, and their median where there are at least three."""
    runs = table.shape[1]
    if runs == 1:
        axes.plot(x, table.iloc[:, 0], color=colour, lw=1.4, zorder=3)
        return [Line2D([], [], color=colour, lw=1.4, label=f"{label}, one run")]
    axes.plot(x, table.to_numpy(), color=colour, lw=0.6, alpha=0.55, zorder=2)
    thin = Line2D([], [], color=colour, lw=0.6, alpha=0.7, label=f"{label}, {runs} runs")
    if runs == 2:
        return [thin]
    axes.plot(x, frames.bands(table, (0.5,))[0.5], color=colour, lw=1.4, zorder=3)
    return [Line2D([], [], color=colour, lw=1.4, label=f"{label}, median"), thin]


def _draw_observed(axes: Axes, points: list[dict], fitted: tuple[int, int] | None) -> list[Any]:
    """Observed points: full where calibration saw them, hollow where not; squares are estimates."""
    entries: list[Any] = []
    for seen in (True, False):
        chosen = [p for p in points if (fitted is None or p["year"] <= fitted[1]) == seen]
        face = style.INK if seen else style.PAPER
        edge = style.INK if seen else style.VERMILION
        for point in chosen:
            year, share = point["year"], point["share_pct"]
            low, high = point.get("low"), point.get("high")
            if low is not None and high is not None:
                axes.plot([year, year], [low, high], color=edge, lw=0.7, zorder=4)
            axes.plot(
                [year], [share], marker="o" if _reported(point) else "s", ms=_size(point),
                mfc=face, mec=edge, mew=1.0, ls="none", zorder=5, clip_on=False,
            )  # fmt: skip
        if chosen:
            text = "Observed" + (", used in the fit" if seen else ", not fitted") * (fitted is not None)
            entries.append(_marker("o", face, edge, text))
    if any(not _reported(p) for p in points):
        entries.append(_marker("s", style.FAINT, style.FAINT, "square: derived or estimated"))
    return entries


def _marker(shape: str, face: str, edge: str, label: str) -> Line2D:
    return Line2D(
        [], [], marker=shape, ms=4.0 if shape == "o" else 3.6, mfc=face, mec=edge, mew=1.0,
        ls="none", label=label,
    )  # fmt: skip


def _reported(point: dict) -> bool:
    return point["status"].lower().startswith("report")


def _size(point: dict) -> float:
    return 4.0 if _reported(point) else 3.6


def redefined(data: pd.DataFrame) -> bool:
    """Say whether the published share of the years before `BREAK` is another one than today's definition gives."""
    if not (frames.has(data, PUBLISHED) and frames.has(data, "gdp_share")):
        return False
    before = data[data["month"].dt.year < BREAK]
    return not np.allclose(before[PUBLISHED].astype(float), before["gdp_share"].astype(float), rtol=1e-4,
                           equal_nan=True)


def _frame(axes: Axes, points: list[dict], column: str) -> None:
    """Axes with their ranges, ticks and labels."""
    low, high = axes.dataLim.x0, axes.dataLim.x1
    years = [p["year"] for p in points]
    first = min([low, *years]) - 0.4
    last = max([high, *years]) + 0.4
    top = max([axes.dataLim.y1, *(p["share_pct"] for p in points)])
    axes.set_xlim(first, last)
    axes.set_ylim(0, top * 1.16)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_minor_locator(MultipleLocator(1))
    axes.tick_params(axis="x", which="minor", length=1.5, width=0.5)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    style.rows(axes)
    axes.set_xlabel("Year (twelve months to December)")
    what = "published definition" if column == PUBLISHED else "2018 definition"
    axes.set_ylabel("Creative sector, share of city GDP (%)" + (f"\n{what}" if points else ""), linespacing=1.25)


def _periods(axes: Axes, edge: float, end: float) -> None:
    """Shade the years after those of the fit: not fitted as far as they are observed, a conditional forecast later."""
    first, last = axes.get_xlim()
    spans = [
        (first, edge, "fitted", style.PAPER),
        (edge, end, "not fitted", style.WASH),
        (max(edge, end), last, "conditional forecast", "#e7ebee"),
    ]
    for left, right, text, wash in spans:
        left, right = max(left, first), min(right, last)
        if right - left < 0.3:
            continue
        axes.axvspan(left, right, color=wash, lw=0, zorder=0)
        if right - left > 0.075 * (last - first) * len(text) / 6:
            axes.text(
                (left + right) / 2, 0.985, text, transform=axes.get_xaxis_transform(),
                ha="center", va="top", fontsize=6.5, color=style.SOFT, style="italic",
            )  # fmt: skip


def _redefinition(axes: Axes) -> None:
    """Mark where the definition changes, between the values of the years before and after."""
    first, last = axes.get_xlim()
    if first < BREAK - 1 < last:
        axes.axvline(BREAK - 1 + 1 / 24, color=style.FAINT, lw=0.7, ls=(0, (1.5, 2)), zorder=1)
        axes.annotate(
            "redefined", xy=(BREAK - 1 + 1 / 24, 0.02), xytext=(2.5, 0),
            xycoords=axes.get_xaxis_transform(), textcoords="offset points", rotation=90,
            ha="left", va="bottom", fontsize=6.0, color=style.SOFT,
        )  # fmt: skip


def _colours(count: int) -> list[str]:
    """One colour a scenario; beyond six they repeat, and a fan chart is the wrong figure."""
    return [style.CYCLE[i % len(style.CYCLE)] for i in range(count)]
