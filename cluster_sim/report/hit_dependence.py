"""The figure of `engine`: what growth rests on, the paths without the hit, and the pipeline around it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from cluster_sim.analysis.hit_dependence.pipeline import COMPARISONS, FLOWS
from cluster_sim.analysis.hit_dependence.table import SHOWN, group
from cluster_sim.analysis.hit_dependence.top_titles import MEASURES, TOPS, summary, windows
from cluster_sim.analysis.hit_dependence.verdict import KEPT
from cluster_sim.indicators import INDICATORS
from cluster_sim.report import style

if TYPE_CHECKING:
    from cluster_sim.analysis.hit_dependence.answer import HitDependence

COLOURS = {"without": style.VERMILION, "top_1": style.VERMILION, "later": style.BLUE, "elsewhere": style.GREEN}
SHADES = (style.VERMILION, style.SKY, style.BLUE, style.INK)
"""Of the hit itself, then of the largest titles by their number."""
AROUND = (-3, 4)
"""Years from the hit in which hits are counted: the third before to the fourth after."""


def hit_dependence(report: HitDependence, *, width: float = style.PAGE, height: float = 152.0) -> Figure:
    """Draw the report on a page: shares of growth, the share of GDP, hits, effects over time, flows as ratios."""
    with style.house():
        figure = style.canvas(width, height)
        _shares(figure.add_axes((0.055, 0.765, 0.365, 0.185)), report)
        _path(figure.add_axes((0.485, 0.765, 0.23, 0.185)), report)
        _hits(figure.add_axes((0.78, 0.765, 0.205, 0.185)), report)
        for k, column in enumerate(SHOWN):
            _effect(figure.add_axes((0.06 + 0.243 * k, 0.472, 0.19, 0.165)), report, column, "defg"[k])
        figure.legend(handles=_legend(report), loc="upper center", bbox_to_anchor=(0.52, 0.443), ncols=4,
                      columnspacing=1.6)
        _ratios(figure.add_axes((0.16, 0.155, 0.36, 0.19)), report, COMPARISONS[:2], "h",
                "Year after over year before the hit", labels=True)
        _ratios(figure.add_axes((0.60, 0.155, 0.36, 0.19)), report, COMPARISONS[2:], "i",
                "Without over with the hit", labels=False)
        figure.text(0.055, 0.015, _note(report), fontsize=6.3, color=style.SOFT, va="bottom")
    return figure


def _shares(axes: Axes, report: HitDependence) -> None:
    """Panel a: what part of growth rests on few titles, paired effect (filled) and receipts (open)."""
    spans = windows(report.question.years)
    counts = [*([0] if report.question.hit else []), *TOPS]
    table = report.growth[report.growth["measure"] == MEASURES[0]].set_index(["first", "last", "part", "titles"])
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    for x, window in enumerate(spans):
        for k, count in enumerate(counts):
            for part, shift in (("paired", -0.035), ("receipts", 0.035)):
                row = table.loc[(*window, part, count)]
                if row["seeds"] == 0:
                    continue
                place, colour = x + (k - (len(counts) - 1) / 2) * 0.2 + shift, SHADES[-len(counts):][k]
                axes.plot([place, place], [100 * row["p10"], 100 * row["p90"]], color=colour, lw=0.9, zorder=2,
                          alpha=1.0 if part == "paired" else 0.55)
                axes.plot(place, 100 * row["mean"], marker="o", ms=3.4, color=colour, zorder=3, mew=0.8,
                          mfc=colour if part == "paired" else style.PAPER)
    axes.set_xticks(range(len(spans)), [f"{a}–{b}" for a, b in spans])
    axes.set_xlim(-0.5, len(spans) - 0.5)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.margins(y=0.12)
    style.rows(axes)
    axes.tick_params(axis="x", length=0)
    style.letter(axes, "a", "Share of growth that rests on the largest titles (%)")
    names = [Line2D([], [], marker="o", ms=3.4, lw=0, color=SHADES[-len(counts):][k], label=group(report, count))
             for k, count in enumerate(counts)]
    names += [Line2D([], [], marker="o", ms=3.4, lw=0.9, color=style.SOFT, label="paired effect"),
              Line2D([], [], marker="o", ms=3.4, lw=0.9, color=style.SOFT, mfc=style.PAPER, label="receipts")]
    axes.legend(handles=names, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, columnspacing=1.2,
                handletextpad=0.3, handlelength=1.2)


def _path(axes: Axes, report: HitDependence) -> None:
    """Panel b: the share of GDP with the hit (band of the seeds) and without it."""
    months, found = report.columns("with", ["gdp_share"])
    x = months / 12
    values = 100 * found["gdp_share"]
    known = np.isfinite(values).all(axis=0)
    low, high = np.quantile(values[:, known], (0.1, 0.9), axis=0)
    axes.fill_between(x[known], low, high, color=style.SOFT, alpha=0.25, lw=0)
    axes.plot(x[known], values[:, known].mean(axis=0), color=style.INK)
    gone = 100 * report.columns(report.without, ["gdp_share"])[1]["gdp_share"]
    axes.plot(x[known], gone[:, known].mean(axis=0), color=style.VERMILION, ls=(0, (3, 1.6)))
    if report.question.hit:
        _mark(axes, report.question.hit["month"] / 12)
    style.rows(axes)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.margins(x=0.02)
    style.letter(axes, "b", "Creative share of GDP (%)")
    axes.legend(handles=[Line2D([], [], color=style.INK, label="with the hit; 80% of seeds"),
                         Line2D([], [], color=style.VERMILION, ls=(0, (3, 1.6)), label="without it")],
                loc="lower right", handlelength=1.8)


def _mark(axes: Axes, x: float) -> None:
    """Mark the time of the hit's release."""
    axes.axvline(x, color=style.FAINT, lw=0.7, ls=(0, (1, 1.5)), zorder=1)


def _hits(axes: Axes, report: HitDependence) -> None:
    """Panel c: hits by year from the release, mean of the seeds, with and without the hit; it is not counted."""
    months, _ = report.columns("with", ["studios"])
    release = report.release
    places = [k for k in range(*AROUND) if k]
    for label, colour, shift in (("with", style.INK, -0.09), (report.without, style.VERMILION, 0.09)):
        counted = report.hits_by_month(label, months)
        for k in places:
            first, last = (12 * k, 12 * k + 11) if k < 0 else (12 * k - 11, 12 * k)
            sums = [counted[s, (months >= m + first) & (months <= m + last)].sum() for s, m in enumerate(release)
                    if m >= 0 and months[0] <= m + first and m + last <= months[-1]]
            if len(sums) < 2:
                continue
            mean, low, high = (float(summary(np.array(sums))[key] or 0) for key in ("mean", "low95", "high95"))
            axes.plot([k + shift] * 2, [low, high], color=colour, lw=0.9)
            axes.plot(k + shift, mean, marker="o", ms=3.4, mew=0.8, color=colour,
                      mfc=colour if label == "with" else style.PAPER)
    _mark(axes, 0)
    axes.set_xticks(places, [f"{k:+d}".replace("-", "−") for k in places])
    axes.set_xlim(AROUND[0] - 0.5, AROUND[1] - 0.5)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Year from the hit")
    style.rows(axes)
    style.letter(axes, "c", "Other hits a year")


def _effect(axes: Axes, report: HitDependence, column: str, mark: str) -> None:
    """One of the panels d to g: paired effects by year with their 95% bands."""
    described = INDICATORS[column]
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    for label in report.variants:
        rows = report.effects[(report.effects["scenario"] == label) & (report.effects["column"] == column)]
        rows = rows.sort_values("year")
        shown = rows[["mean", "low95", "high95"]] * described.for_people(report.scale)
        axes.fill_between(rows["year"], shown["low95"], shown["high95"], color=COLOURS[label], alpha=0.16, lw=0)
        axes.plot(rows["year"], shown["mean"], color=COLOURS[label],
                  ls=(0, (3, 1.4)) if label == "elsewhere" else "-")
    if report.question.hit:
        _mark(axes, report.question.hit["month"] // 12)
    style.rows(axes)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.margins(x=0.02)
    style.letter(axes, mark, f"{described.heading} ({described.change_unit})")


def _legend(report: HitDependence) -> list[Any]:
    """Entries for the variants and their bands."""
    entries: list[Any] = [Line2D([], [], color=COLOURS[label], label=name, ls=(0, (3, 1.4)) if label == "elsewhere"
                                 else "-") for label, name in report.variants.items()]
    return [*entries, Patch(color=style.FAINT, alpha=0.4, lw=0, label="95% interval")]


def _note(report: HitDependence) -> str:
    """Say what marks and lines are."""
    hit = report.question.hit
    dotted = "its release; " if hit else ""
    text = (f"{len(report.seeds)} paired runs. a: mean and 10–90% of runs, growth from the first to the last year of "
            "each window. b: mean, band 80% of runs. c, h, i: mean or ratio of means and 95% interval; the hit itself "
            "is not counted. d–g: effect against the path with the hit, whole city, money at 2017 prices. Dotted: "
            f"{dotted}in i, nine tenths.")
    return "\n".join(textwrap.wrap(text, 134))


TICKS = (
    (1.25, (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2)), (2.0, (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6)),
    (3.5, (0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0)), (8.0, (0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0)),
    (np.inf, (0.01, 0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0)))
"""Ratios to mark on the axis, by how far it reaches (upper over lower end)."""
STYLES = {
    COMPARISONS[0][0]: (style.INK, True, "with it"),
    COMPARISONS[1][0]: (style.VERMILION, False, "without it"),
    COMPARISONS[2][0]: (style.FAINT, False, "year before"),
    COMPARISONS[3][0]: (style.ORANGE, True, "year after"),
    COMPARISONS[4][0]: (style.VERMILION, True, "three years after")}


def _ratios(axes: Axes, report: HitDependence, comparisons: Any, mark: str, title: str, labels: bool) -> None:
    """Panels h and i: ratios of flows with 95% intervals, one row a flow, one mark a comparison."""
    names = [name for name, *_ in comparisons]
    axes.axvline(1, color=style.SOFT, lw=0.7, zorder=1)
    if not labels:
        _mark(axes, KEPT)
    step = 0.58 / max(1, len(names) - 1)
    for row in report.flow_rows:
        if row["comparison"] not in names or row["ratio"] is None:
            continue
        colour, filled, _ = STYLES[row["comparison"]]
        y = list(FLOWS).index(row["flow"]) + (names.index(row["comparison"]) - (len(names) - 1) / 2) * step * 0.8
        if row["low95"] is not None:
            axes.plot([row["low95"], row["high95"]], [y, y], color=colour, lw=0.9, zorder=2)
        axes.plot(row["ratio"], y, marker="o", ms=3.6, mew=0.8, color=colour, mfc=colour if filled else style.PAPER,
                  zorder=3)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    ticks = [tick for tick in next(t for width, t in TICKS if high / low < width) if low <= tick <= high]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{tick:g}" for tick in ticks])
    axes.set_ylim(len(FLOWS) - 0.5, -0.5)
    axes.set_yticks(range(len(FLOWS)), [name[0].upper() + name[1:] for name, _ in FLOWS.values()] if labels else [])
    for edge in np.arange(0.5, len(FLOWS) - 1):
        axes.axhline(edge, color=style.RULE, lw=0.5, zorder=0)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    style.letter(axes, mark, title)
    axes.legend(handles=[Line2D([], [], marker="o", ms=3.6, lw=0.9, color=STYLES[name][0], label=STYLES[name][2],
                                mfc=STYLES[name][0] if STYLES[name][1] else style.PAPER) for name in names],
                loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=len(names), columnspacing=1.4)
