"""The mixes of a search that no other beats: promised and found in each aim, and what they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cluster_sim.report import style

MOST = 4
"""Aims that are drawn; further ones stand in the tables."""


def front(result: Any) -> Figure:
    """Draw the set of a search (`analysis.search.study.Search`): aims against cost, and the mixes below.

    Hollow: what the search's seeds promised. Filled: what fresh seeds found, with the 95% interval of the gain over
    the base. Raises ValueError if the set is empty.
    """
    from cluster_sim.analysis.search.study import columns

    if result.front is None or not len(result.front):
        raise ValueError("no mix of the search could be run within the budget")
    spec, table = result.spec, result.front
    names = columns(spec)
    across = next((k for k, aim in enumerate(spec.aims) if aim.measure == spec.cost), len(names) - 1)
    shown = [k for k in range(len(names)) if k != across][:MOST - 1]
    factors = list(spec.sweep.factors)
    strip = 4.6 * len(factors)
    height = 65.0 + strip + 21.0
    with style.house():
        figure = style.canvas(style.PAGE, height)
        gap, left, right = 17.0, 13.0, 3.0
        wide = (style.PAGE - left - right - gap * (len(shown) - 1)) / len(shown)
        for place, k in enumerate(shown):
            axes = figure.add_axes(((left + place * (wide + gap)) / style.PAGE, (height - 53) / height,
                                    wide / style.PAGE, 43 / height))
            _aim(axes, result, names, across, k)
            measure = spec.aims[k].measure
            style.letter(axes, "abc"[place], f"{measure.title}\n(change, {measure.change_unit})")
        labels = 44.0
        axes = figure.add_axes((labels / style.PAGE, 11.0 / height, (style.PAGE - labels - 24) / style.PAGE,
                                strip / height))
        _mixes(figure, axes, table, factors, height)
        style.letter(axes, "abcd"[len(shown)], f"Mixes, ordered by cost ({_order(table)})")
        figure.legend(handles=[
            Line2D([], [], ls="", marker="o", ms=3.2, mfc=style.PAPER, color=style.SOFT,
                   label="promised by the search"),
            Line2D([], [], color=style.BLUE, marker="o", ms=3.2, label="found on fresh seeds, 95% interval"),
            Line2D([], [], color=style.FAINT, marker="o", ms=3.2, label="found, and beaten by another mix"),
            Line2D([], [], ls="", marker=".", ms=3, color=style.RULE, label="all mixes within the budget")],
            loc="lower left", bbox_to_anchor=(2.5 / style.PAGE, 0.5 / height), ncols=4, columnspacing=1.0)
    return figure


def _order(table: Any) -> str:
    low, high = table["cost_fresh"].min(), table["cost_fresh"].max()
    return f"{low:,.0f} to {high:,.0f} million yuan a year" if np.isfinite([low, high]).all() else "as promised"


def _aim(axes: Axes, result: Any, names: list[str], across: int, k: int) -> None:
    """One aim against the cost (or the last aim): every mix faint, the set promised and found."""
    spec, table, home = result.spec, result.front, result.base.set_index("seeds")
    x, y = names[across], names[k]
    wide, tall = spec.aims[across].measure.factor, spec.aims[k].measure.factor
    cloud = result.evaluations[result.evaluations["allowed"]]
    axes.plot((cloud[x] - home.loc["search", x]) * wide, (cloud[y] - home.loc["search", y]) * tall, ".", ms=2.4,
              color=style.RULE, zorder=1)
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    axes.axvline(0, color=style.SOFT, lw=0.6, zorder=1)
    for row in table.to_dict("records"):
        colour = style.BLUE if row["holds"] else style.FAINT
        before = (row[f"{x}_gain"] * wide, row[f"{y}_gain"] * tall)
        after = (row[f"{x}_gain_fresh"] * wide, row[f"{y}_gain_fresh"] * tall)
        axes.plot(*zip(before, after, strict=True), color=style.FAINT, lw=0.5, zorder=2)
        axes.plot([after[0]] * 2, [row[f"{y}_low95"] * tall, row[f"{y}_high95"] * tall], color=colour, lw=0.8, zorder=3)
        axes.plot(*before, "o", ms=3.2, mfc=style.PAPER, mec=style.SOFT, mew=0.7, zorder=4)
        axes.plot(*after, "o", ms=3.2, color=colour, zorder=5)
    measure = spec.aims[across].measure
    axes.set_xlabel(f"{measure.title}\n(change, {measure.change_unit})")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    style.rows(axes)


def _mixes(figure: Figure, axes: Axes, table: Any, factors: list[Any], height: float) -> None:
    """Each mix a column, each factor a row: dark where it stands at the top of its range."""
    share = np.array([[_share(factor, value) for value in table[factor.column]] for factor in factors])
    image = axes.pcolormesh(np.arange(len(table) + 1), np.arange(len(factors) + 1), share, cmap=style.DENSITY, vmin=0,
                            vmax=1, edgecolors=style.PAPER, linewidth=0.6)
    axes.set_ylim(len(factors), 0)
    axes.set_yticks(np.arange(len(factors)) + 0.5, [_name(factor.path) for factor in factors])
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    bar = figure.add_axes((1 - 19 / style.PAGE, 11.0 / height, 2.2 / style.PAGE, axes.get_position().height))
    colours = figure.colorbar(image, cax=bar)
    colours.set_ticks([0, 1], labels=["lowest", "highest"])
    colours.outline.set_visible(False)
    bar.tick_params(length=0)


def _share(factor: Any, value: Any) -> float:
    """Where a value stands in the range of its factor, 0 to 1."""
    if factor.values:
        return list(factor.labels).index(value) / max(1, len(factor.labels) - 1) if value in factor.labels else 0.0
    if factor.kind == "month":
        value = value.year * 12 + value.month - 1
    return (float(value) - factor.low) / (factor.high - factor.low) if factor.high > factor.low else 0.0


def _name(path: str, most: int = 34) -> str:
    """A path as a label: the instrument, its key and the month from which it holds."""
    parts = path.removeprefix("policies.").removeprefix("parameters.").split(".")
    dated = next((part for part in parts if part[:4].isdigit()), None)
    text = " ".join(part for part in parts if part != dated).replace("_", " ")
    text = text[0].upper() + text[1:] + (f", {dated}" if dated else "")
    return text if len(text) <= most else text[:most - 1] + "…"
