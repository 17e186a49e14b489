"""Bars of what each instrument contributes: Shapley value and leaving it out, with 80% and 95% intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cluster_sim.indicators import indicator
from cluster_sim.report import style

ROW = 6.2
"""Height of an instrument's row in mm."""
HEAD, FOOT = 7.5, 21.5
"""Space above and below the rows in mm."""
APART = 0.6
"""Gap between the instruments and the whole, in rows."""


def attribution(effects: pd.DataFrame, totals: pd.DataFrame, *, column: str = "gdp_share", year: int | None = None,
                scale: float = 1.0, width: float = style.COLUMN) -> Figure:
    """Draw the parts of the whole effect on a column in a year (the last one if None), the largest on top.

    effects, totals: frames of `attribute(...)`; amounts are divided by `scale`. Below the instruments stands the
    whole; a note says what leaving out does not explain. Raises ValueError if column or year are not there.
    """
    rows, whole, year = _select(effects, totals, column, year)
    described = indicator(column)
    title, factor = described.title, described.for_people(scale)
    rows = rows.sort_values(["shapley", "instrument"], ascending=[False, True], kind="stable")
    count = len(rows)
    height = HEAD + ROW * (count + 1 + APART) + FOOT
    with style.house():
        figure = style.canvas(width, height)
        labels = [str(name).replace("_", " ") for name in rows["instrument"]]
        left = (3.5 + 1.16 * max(len("all together"), *map(len, labels))) / width
        axes = figure.add_axes((left, FOOT / height, 0.97 - left, 1 - (HEAD + FOOT) / height))
        axes.axvline(0, color=style.SOFT, lw=0.6, zorder=1)
        for place, row in enumerate(rows.to_dict("records")):
            _bar(axes, place - 0.17, row, "shapley", "", factor, style.BLUE, style.SKY)
            _mark(axes, place + 0.25, row, "leave_one_out", "loo_", factor)
        last, cell = count + APART, whole.to_dict()
        _bar(axes, last, cell, "total", "", factor, style.INK, style.FAINT)
        axes.axhline(count - 0.5 + APART / 2, color=style.RULE, lw=0.6)
        style.listed(axes, [*range(count), last], [*labels, "all together"])
        axes.set_xlabel(described.change_unit)
        heading = f"Contribution to {'the ' * title.startswith('share')}{title} in {year}, {cell['seeds']:.0f} seeds"
        figure.text(1.5 / width, 1 - 2.0 / height, heading, fontsize=7.0, va="top")
        figure.legend(handles=_legend(), loc="lower left", bbox_to_anchor=(0.01, 3.2 / height), ncols=2,
                      columnspacing=1.4)
        figure.text(1.5 / width, 1.2 / height, _note(cell, factor), fontsize=6.0, color=style.SOFT, va="bottom")
    return figure


def _note(cell: dict[str, Any], factor: float) -> str:
    """Say how much of the whole the effects of leaving out, added up, miss."""
    value, low, high = (cell[f"interaction{key}"] * factor + 0.0 for key in ("", "_low95", "_high95"))
    digits = 3 if max(abs(value), abs(low), abs(high)) < 1 else 1
    text = f"Whole less the sum of those left out: {value:.{digits}f} (95%: {low:.{digits}f} to {high:.{digits}f})"
    return text.replace("-", "\N{MINUS SIGN}")


def _select(effects: pd.DataFrame, totals: pd.DataFrame, column: str, year: int | None
            ) -> tuple[pd.DataFrame, pd.Series, int]:
    """Return the rows of one column and year, and the whole."""
    rows = effects[effects["column"] == column]
    if not len(rows):
        raise ValueError(f"nothing was attributed in '{column}'")
    year = int(rows["year"].max()) if year is None else year
    rows = rows[rows["year"] == year]
    if not len(rows):
        raise ValueError(f"there is no year {year} in '{column}'")
    return rows, totals[(totals["column"] == column) & (totals["year"] == year)].iloc[0], year


def _bar(axes: Any, place: float, row: dict[str, Any], key: str, prefix: str, factor: float, ink: str,
         fill: str) -> None:
    """Draw a bar with a thin 95% and a thick 80% interval on it."""
    axes.barh(place, row[key] * factor, height=0.34, color=fill, alpha=0.75, zorder=2)
    _interval(axes, place, row, prefix, factor, ink)


def _mark(axes: Any, place: float, row: dict[str, Any], key: str, prefix: str, factor: float) -> None:
    """Draw an open diamond with its intervals."""
    _interval(axes, place, row, prefix, factor, style.VERMILION)
    axes.plot(row[key] * factor, place, "D", color=style.VERMILION, mfc=style.PAPER, ms=3.0, mew=0.9, zorder=4)


def _interval(axes: Any, place: float, row: dict[str, Any], prefix: str, factor: float, ink: str) -> None:
    for width, thickness in ((95, 0.7), (80, 1.8)):
        ends = [row[f"{prefix}{end}{width}"] * factor for end in ("low", "high")]
        axes.plot(ends, [place, place], color=ink, lw=thickness, solid_capstyle="butt", zorder=3)


def _legend() -> list[Any]:
    return [Patch(color=style.SKY, alpha=0.75, lw=0, label="Shapley value (these add up)"),
            Line2D([], [], color=style.VERMILION, marker="D", mfc=style.PAPER, ms=3.0, mew=0.9, lw=0.9,
                   label="left out alone (these need not)"),
            Line2D([], [], color=style.INK, lw=1.8, solid_capstyle="butt", label="80% interval"),
            Line2D([], [], color=style.INK, lw=0.7, solid_capstyle="butt", label="95% interval")]
