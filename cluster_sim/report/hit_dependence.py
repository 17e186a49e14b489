"""The figure of `engine`: the city against the nation with and without its hits, and what that says."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from cluster_sim.analysis.hit_dependence.pipeline import FLOWS, SUMMED
from cluster_sim.analysis.hit_dependence.plan import BASE
from cluster_sim.analysis.hit_dependence.posterior import CLASSES, LEVEL
from cluster_sim.analysis.hit_dependence.top_titles import MEASURES, windows
from cluster_sim.analysis.hit_dependence.verdict import KEPT, MANY, ONE_TITLE
from cluster_sim.indicators import INDICATORS
from cluster_sim.report import style

if TYPE_CHECKING:
    from cluster_sim.analysis.hit_dependence.answer import HitDependence

LOOKS: dict[str, tuple[str, Any]] = {
    BASE: (style.INK, "-"), "without": (style.VERMILION, (0, (3, 1.4))), "top_1": (style.VERMILION, (0, (3, 1.4))),
    "half_hits": (style.SKY, "-"), "no_hits": (style.BLUE, "-")}
"""Colour and dashes of each world, the same in all panels."""
BELOW, ABOVE, LEFT = 0.165, 0.64, 0.06


def hit_dependence(report: HitDependence, *, width: float = style.PAGE, height: float = 132.0) -> Figure:
    """Draw the report on a page: the city against the nation, growth that rests on hits, flows kept, the verdict."""
    with style.house():
        figure = style.canvas(width, height)
        _share(figure.add_axes((LEFT, ABOVE, 0.25, 0.30)), report)
        _volume_and_prices(figure.add_axes((0.395, ABOVE, 0.25, 0.30)), report)
        _effect(figure.add_axes((0.735, ABOVE, 0.25, 0.30)), report)
        figure.legend(handles=_worlds(report), loc="upper center", bbox_to_anchor=(0.52, 0.592), ncols=5,
                      columnspacing=1.6, handlelength=2.2)
        _lost(figure.add_axes((0.125, BELOW, 0.185, 0.29)), report)
        _kept(figure.add_axes((0.455, BELOW, 0.19, 0.29)), report)
        if report.question.worlds is None:
            _largest(figure.add_axes((0.735, BELOW + 0.01, 0.25, 0.28)), report)
        else:
            _probabilities(figure.add_axes((0.83, BELOW, 0.155, 0.29)), report)
        figure.text(0.012, 0.008, _note(report), fontsize=6.3, color=style.SOFT, va="bottom")
    return figure


def _names(report: HitDependence) -> dict[str, str]:
    """Return the worlds that every panel shows and what they are called."""
    first = f"without {report.title}" if report.question.hit else "largest title flops"
    return {BASE: "with all hits", report.without: first, "half_hits": "half of the hits", "no_hits": "no hits at all"}


def _worlds(report: HitDependence) -> list[Any]:
    """Return the entries of the legend."""
    lines: list[Any] = [Line2D([], [], color=LOOKS[label][0], ls=LOOKS[label][1], label=name)
                        for label, name in _names(report).items()]
    return [*lines, Patch(color=style.FAINT, alpha=0.4, lw=0, label="80% of runs with all hits")]


def _mark(axes: Axes, report: HitDependence) -> None:
    """Mark the year of the hit's release, the years being those of sums over a year."""
    if report.question.hit:
        axes.axvline(report.question.hit["month"] // 12, color=style.FAINT, lw=0.7, ls=(0, (1, 1.5)), zorder=1)


def _years(axes: Axes, report: HitDependence) -> None:
    """Lay out an axis of years."""
    _mark(axes, report)
    style.rows(axes)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.margins(x=0.02)


def _share(axes: Axes, report: HitDependence) -> None:
    """Panel a: the city's part of the contract work that all cities sell, in the worlds."""
    years = report.question.years
    for label in _names(report):
        found = report.yearly(label)
        part = 100 * found["contract_sales"] / (found["contract_sales"] + found["rival_sales"])
        if label == BASE:
            axes.fill_between(years, *np.quantile(part, (0.1, 0.9), axis=0), color=style.SOFT, alpha=0.25, lw=0)
        axes.plot(years, part.mean(0), color=LOOKS[label][0], ls=LOOKS[label][1], zorder=3 if label == BASE else 4,
                  lw=1.6 if label == BASE else 1.0)
    _years(axes, report)
    axes.set_ylim(bottom=0)
    style.letter(axes, "a", "Share of the nation's contract work (%)")


def _volume_and_prices(axes: Axes, report: HitDependence) -> None:
    """Panel b: sales against those of other cities since the first year, volume and prices apart, with all hits."""
    years, found = report.question.years, report.yearly(BASE)
    against = 100 * np.log(found["contract_sales"] / found["rival_sales"])
    prices = 100 * np.log(found["relative_price"])
    lines = {"sales": against, "volume": against - prices, "prices": prices}
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    looks = {"sales": (style.INK, "-", 1.6), "volume": (style.GREEN, "-", 1.0), "prices": (style.ORANGE, "-", 1.0)}
    for name, values in lines.items():
        since = values - values[:, :1]
        colour, dashes, thick = looks[name]
        axes.fill_between(years, *np.quantile(since, (0.1, 0.9), axis=0), color=colour, alpha=0.14, lw=0)
        axes.plot(years, since.mean(0), color=colour, ls=dashes, lw=thick, label=name)
    _years(axes, report)
    style.letter(axes, "b", "Sales against other cities (100 × log)")
    axes.legend(loc="upper left", handlelength=1.6)


def _effect(axes: Axes, report: HitDependence) -> None:
    """Panel c: what value added loses in the worlds with fewer hits, by year."""
    described = INDICATORS["creative_value_added"]
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    for label in list(_names(report))[1:]:
        rows = report.effects[(report.effects["scenario"] == label) & (report.effects["column"] == described.name)]
        rows = rows.sort_values("year")
        shown = rows[["mean", "low95", "high95"]] * described.for_people(report.scale)
        axes.fill_between(rows["year"], shown["low95"], shown["high95"], color=LOOKS[label][0], alpha=0.14, lw=0)
        axes.plot(rows["year"], shown["mean"], color=LOOKS[label][0], ls=LOOKS[label][1])
    _years(axes, report)
    style.letter(axes, "c", "Effect on value added (bn yuan)")


def _ranges(axes: Axes, rows: list[tuple[str, float, float, float, str]]) -> None:
    """Draw one mark with its interval a row: name, value, low, high, colour; the first on top."""
    for y, (_, value, low, high, colour) in enumerate(rows):
        if np.isfinite([low, high]).all():
            axes.plot([low, high], [y, y], color=colour, lw=1.0, zorder=2)
        axes.plot(value, y, marker="o", ms=4.0, color=colour, zorder=3)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _lost(axes: Axes, report: HitDependence) -> None:
    """Panel d: what part of the growth above the nation's is lost with fewer hits, both summed over the years."""
    names = {report.without: "without the\nlargest hit", "half_hits": "with half\nof the hits",
             "no_hits": "without\nany hit"}
    above = 100 * float(report.losses[BASE].mean())
    rows = []
    for label, name in names.items():
        lost = 100 * report.losses[label] / report.losses[BASE].mean()
        low, high = np.quantile(lost, (0.1, 0.9))
        rows.append((name, float(lost.mean()), float(low), float(high), LOOKS[label][0]))
    axes.axvline(0, color=style.SOFT, lw=0.7, zorder=1)
    for least in (ONE_TITLE, MANY):
        axes.axvline(100 * least, color=style.FAINT, lw=0.7, ls=(0, (1, 1.5)), zorder=1)
    _ranges(axes, rows)
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, -30.0), min(max(high, 28.0), 110.0))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_xlabel(f"% of that growth, {above:.0f}% of value\nadded over all years")
    style.letter(axes, "d", "Growth above the nation's lost")


def _kept(axes: Axes, report: HitDependence) -> None:
    """Panel e: what is kept of entry, students, migrants and finance with fewer hits, over all years."""
    labels = list(_names(report))[1:]
    found = {(row["world"], row["flow"]): row for row in report.lasting.to_dict("records")}
    axes.axvline(1, color=style.SOFT, lw=0.7, zorder=1)
    for place, flow in enumerate(SUMMED):
        for k, label in enumerate(labels):
            row, y = found[label, flow], place + (k - (len(labels) - 1) / 2) * 0.24
            if row["ratio"] is None or not np.isfinite(row["ratio"]):
                continue
            if row["low95"] is not None:
                axes.plot([row["low95"], row["high95"]], [y, y], color=LOOKS[label][0], lw=0.9)
            axes.plot(row["ratio"], y, marker="o", ms=3.4, color=LOOKS[label][0])
        if place:
            axes.axhline(place - 0.5, color=style.RULE, lw=0.5, zorder=0)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.985 * KEPT), max(high, 1.05))
    axes.axvline(KEPT, color=style.FAINT, lw=0.7, ls=(0, (1, 1.5)), zorder=1)
    axes.xaxis.set_major_locator(FixedLocator(list(_ticks(*axes.get_xlim()))))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(SUMMED)), [textwrap.fill(FLOWS[flow][0].capitalize(), 14) for flow in SUMMED])
    axes.set_ylim(len(SUMMED) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("over that with all hits")
    style.letter(axes, "e", "Flows kept with fewer hits")


def _ticks(low: float, high: float) -> np.ndarray:
    """Return three to five round ratios within an axis."""
    for step in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0):
        ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
        if len(ticks) <= 5:
            return np.round(ticks[ticks > 0], 4)
    return np.array([1.0])


def _largest(axes: Axes, report: HitDependence) -> None:
    """Panel f, over seeds: what part of the growth of value added rests on the 1, 5, 20 largest titles of a run."""
    spans, counts = windows(report.question.years), report.question.tops
    table = report.growth[report.growth["measure"] == MEASURES[0]].set_index(["first", "last", "part", "titles"])
    shades = (style.ORANGE, style.BLUE, style.INK)
    axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
    for x, window in enumerate(spans):
        for k, count in enumerate(counts):
            for part, shift in (("paired", -0.04), ("receipts", 0.04)):
                row, colour = table.loc[(*window, part, count)], shades[k]
                if row["seeds"] == 0:
                    continue
                place = x + (k - (len(counts) - 1) / 2) * 0.24 + shift
                axes.plot([place, place], [100 * row["p10"], 100 * row["p90"]], color=colour, lw=0.9, zorder=2,
                          alpha=1.0 if part == "paired" else 0.55)
                axes.plot(place, 100 * row["mean"], marker="o", ms=3.2, color=colour, zorder=3, mew=0.8,
                          mfc=colour if part == "paired" else style.PAPER)
    axes.set_xticks(range(len(spans)), [f"{a}–\n{b}" for a, b in spans])
    axes.set_xlim(-0.5, len(spans) - 0.5)
    axes.margins(y=0.25)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    style.rows(axes)
    axes.tick_params(axis="x", length=0)
    style.letter(axes, "f", "Growth that rests on titles (%)")
    axes.legend(handles=[Line2D([], [], marker="o", ms=3.2, lw=0, color=shades[k], label=f"{count}")
                         for k, count in enumerate(counts)],
                loc="upper left", title="largest titles", ncols=3, columnspacing=0.8, handletextpad=0.1,
                borderaxespad=0.2)


def _probabilities(axes: Axes, report: HitDependence) -> None:
    """Panel f, over a posterior: the probability of each verdict."""
    found = report.verdict["probabilities"]
    best = report.verdict["verdict"]
    style.letter(axes, "f", "Verdict")
    if not found:
        axes.set_axis_off()
        axes.annotate("too few effective\ndraws for\nprobabilities", (0.5, 0.5), xycoords="axes fraction", ha="center",
                      va="center", fontsize=6.5, color=style.SOFT)
        return
    rows = [(textwrap.fill(name.capitalize(), 16), *(100 * found[name][key] for key in ("p", "low95", "high95")),
             style.VERMILION if name == best else style.INK) for name in CLASSES]
    axes.axvline(100 * LEVEL, color=style.FAINT, lw=0.7, ls=(0, (1, 1.5)), zorder=1)
    _ranges(axes, rows)
    axes.set_xlim(-4, 104)
    axes.set_xticks([0, 50, 100])
    axes.set_xlabel("probability (%)")


def _note(report: HitDependence) -> str:
    """Say what marks, bands and dotted lines are."""
    worlds, above = report.question.worlds, 100 * float(report.accounts[BASE]["above"].mean())
    runs = f"{len(report.seeds)} paired runs; all bands are over luck alone." if worlds is None else (
        f"{len(report.seeds)} paired runs; draws of the posterior: {report.verdict['draws']}.")
    last = ("f: filled, value added lost without audience; open, receipts; 10–90% of runs."
            if worlds is None else "f: 95% interval (Wilson); a verdict needs two thirds (dotted).")
    release = "Dotted in a–c: the hit's release. " if report.question.hit else ""
    text = (f"{runs} a, b: means, 10–90% of runs. c, e: means, 95% intervals, 2017 prices. d: mean, "
            f"10–90% of runs, all years after the first (in the last year alone {above:.0f}% of value added); dotted: "
            f"growth above {ONE_TITLE:.0%} leans on one hit, above {MANY:.0%} runs on hits. Dotted in e: nine tenths. "
            f"{release}{last}")
    return "\n".join(textwrap.wrap(text, 142))
