"""Where a policy fails: futures with their box, the peeling behind it, and the regret of all policies."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from cluster_sim.report import style

HEIGHT = 66.0
LETTER = 1.24
"""Millimetres that a letter of a label takes."""


def discovery(result: Any, policy: str | None = None) -> Figure:
    """Draw the futures of a policy (`analysis.discovery.study.Discovery`) with its first box, the peeling, the regret.

    policy: by its label; the first that has a box if None. Without a box the futures stand on the two factors that
    part failures from the rest most.
    """
    labels = list(result.spec.labels)
    with_box = list(dict.fromkeys(result.boxes["policy"])) if len(result.boxes) else []
    policy = policy or (with_box[0] if with_box else labels[0])
    if policy not in labels:
        raise ValueError(f"there is no policy {policy!r}; have {', '.join(labels)}")
    several = len(labels) > 1
    with style.house():
        figure = style.canvas(style.PAGE, HEIGHT)
        names = max(len(label) for label in labels) * LETTER + 3 if several else 0.0
        wide = (style.PAGE - 14.0 - 18.0 - (names + 12.0 if several else 4.0)) / (3 if several else 2)
        first = figure.add_axes(_place(14.0, wide))
        _futures(first, result, policy)
        style.letter(first, "a", f"Futures of {policy}")
        second = figure.add_axes(_place(14.0 + wide + 18.0, wide))
        _peeling(second, result, policy)
        style.letter(second, "b", "Boxes on the way")
        if several:
            third = figure.add_axes(_place(14.0 + 2 * wide + 18.0 + names + 8.0, wide - 1.0))
            _regret(third, result)
            style.letter(third, "c", "Regret")
        figure.legend(handles=_legend(several), loc="lower left", bbox_to_anchor=(4 / style.PAGE, 0.6 / HEIGHT),
                      ncols=7, columnspacing=0.9)
    return figure


def _place(left: float, wide: float) -> tuple[float, float, float, float]:
    return left / style.PAGE, 17.0 / HEIGHT, wide / style.PAGE, (HEIGHT - 27.0) / HEIGHT


def _futures(axes: Axes, result: Any, policy: str) -> None:
    """Futures on two factors: those that the first box limits most, else those that part the failures most.

    Further boxes are dashed, where they limit nothing but these two.
    """
    table = result.futures[(result.futures["policy"] == policy) & result.futures["value"].notna()]
    x, y = _axes_of(result, policy, table)
    fails = table["fails"].to_numpy(bool)
    across, up = table[x.column].to_numpy(float), table[y.column].to_numpy(float)
    axes.scatter(across[~fails], up[~fails], s=7, facecolors=style.PAPER, edgecolors=style.FAINT, linewidths=0.7,
                 zorder=2)
    axes.scatter(across[fails], up[fails], s=8, color=style.VERMILION, linewidths=0, zorder=3)
    names = dict(zip((factor.path for factor in result.spec.sweep.factors), result.spec.names, strict=True))
    for number, rows in result.boxes[result.boxes["policy"] == policy].groupby("box"):
        box = rows.set_index("factor")
        limits = [_span(box, names[factor.path], factor) for factor in (x, y)]
        rest = [name for name in box.index if name not in (names[x.path], names[y.path])]
        if number == 1 or not rest:
            axes.add_patch(Rectangle((limits[0][0], limits[1][0]), np.ptp(limits[0]), np.ptp(limits[1]), fill=False,
                                     edgecolor=style.INK, lw=1.0, ls="-" if number == 1 else (0, (3, 2)), zorder=4))
        if number == 1 and rest:
            axes.annotate(f"and limits on {len(rest)} more", (1, 1), xycoords="axes fraction", ha="right", va="bottom",
                          fontsize=6.0, color=style.SOFT)
    for factor, set_label, scale in ((x, axes.set_xlabel, axes.set_xscale), (y, axes.set_ylabel, axes.set_yscale)):
        if factor.log:
            scale("log")
        set_label(style.shortened(names[factor.path], 34))
    if not x.log:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    if not y.log:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))


def _axes_of(result: Any, policy: str, table: Any) -> tuple[Any, Any]:
    """The two factors to draw."""
    factors, names = list(result.spec.sweep.factors), result.spec.names
    box = result.boxes[(result.boxes["policy"] == policy) & (result.boxes["box"] == 1)]
    certain = box.assign(p=box[["quasi_p_low", "quasi_p_high"]].min(axis=1)).sort_values("p", kind="stable")
    chosen = [factors[names.index(name)] for name in certain["factor"]]
    fails = table["fails"].to_numpy(bool)
    gap = np.zeros(len(factors))
    if fails.any() and not fails.all():
        values = [table[factor.column].to_numpy(float) for factor in factors]
        gap = np.array([abs(one[fails].mean() - one[~fails].mean()) / max(np.ptp(one), 1e-300) for one in values])
    chosen += [factors[k] for k in np.argsort(gap)[::-1] if factors[k] not in chosen]
    chosen += chosen[:1]
    return chosen[0], chosen[1]


def _span(box: Any, name: str, factor: Any) -> tuple[float, float]:
    """The limits of a factor in a box; its range where there is none."""
    low, high = (box.loc[name, "low"], box.loc[name, "high"]) if name in box.index else (np.nan, np.nan)
    return (factor.low if np.isnan(low) else low, factor.high if np.isnan(high) else high)


def _peeling(axes: Axes, result: Any, policy: str) -> None:
    """Coverage and density of the boxes of each peeling, and the box that was kept."""
    steps = result.trajectories[result.trajectories["policy"] == policy]
    kept = result.boxes[result.boxes["policy"] == policy].drop_duplicates("box")
    for number, rows in steps.groupby("box"):
        if number == 1:
            axes.plot(rows["coverage"], rows["density"], ".-", color=style.FAINT, lw=0.8, ms=3.2, zorder=1)
    axes.plot(kept["coverage"], kept["density"], "s", ms=6.0, mfc="none", mec=style.INK, mew=1.0, zorder=3)
    for row in kept.to_dict("records"):
        axes.annotate(f"box {row['box']}", (row["coverage"], row["density"]), xytext=(-5.5, 0),
                      textcoords="offset points", ha="right", va="center", fontsize=6.0)
        if row["density_fresh"] == row["density_fresh"]:
            axes.plot(row["coverage_fresh"], row["density_fresh"], "x", ms=5.0, color=style.VERMILION, mew=1.1,
                      zorder=4)
    if not len(steps):
        axes.annotate("no box", (0.5, 0.5), xycoords="axes fraction", ha="center", color=style.SOFT)
    axes.set_xlim(-0.04, 1.06)
    axes.set_ylim(-0.04, 1.06)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel("coverage of the failures")
    axes.set_ylabel("density: futures inside that fail")
    axes.grid(True)


def _regret(axes: Axes, result: Any) -> None:
    """Mean regret with its interval, and the worst, by policy."""
    measure = result.spec.shown
    for place, row in enumerate(result.regret.to_dict("records")):
        low, mean, high, worst = (row[key] * measure.factor
                                  for key in ("low95", "mean_regret", "high95", "worst_regret"))
        axes.plot([mean, worst], [place] * 2, color=style.RULE, lw=1.0, zorder=1)
        axes.plot([low, high], [place] * 2, color=style.BLUE, lw=1.4, zorder=2)
        axes.plot(mean, place, "o", ms=3.8, color=style.BLUE, zorder=3)
        axes.plot(worst, place, "D", ms=3.4, mec=style.ORANGE, mfc=style.ORANGE if row["least_worst"] else style.PAPER,
                  mew=0.9, zorder=3)
    axes.axvline(0, color=style.SOFT, lw=0.6)
    style.listed(axes, range(len(result.regret)), list(result.regret["policy"]), ticks=4)
    axes.set_xlabel(f"{measure.title}, {measure.years}\n({measure.change_unit})")


def _legend(several: bool) -> list[Any]:
    entries: list[Any] = [
        Line2D([], [], ls="", marker="o", ms=3.2, color=style.VERMILION, label="fails"),
        Line2D([], [], ls="", marker="o", ms=3.0, mfc=style.PAPER, color=style.FAINT, label="does not"),
        Line2D([], [], color=style.FAINT, marker=".", ms=4, lw=0.8, label="peeling"),
        Line2D([], [], ls="", marker="s", ms=5.0, mfc="none", color=style.INK, label="box kept"),
        Line2D([], [], ls="", marker="x", ms=4.5, color=style.VERMILION, mew=1.1, label="unseen futures")]
    if several:
        entries += [Line2D([], [], color=style.BLUE, marker="o", ms=3.8, label="mean regret, 95%"),
                    Line2D([], [], ls="", marker="D", ms=3.4, mfc=style.PAPER, color=style.ORANGE,
                           label="worst (filled: the least)")]
    return entries
