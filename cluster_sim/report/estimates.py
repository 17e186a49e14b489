"""Estimates beside published ranges: a table as CSV and LaTeX, and a figure with the event study of zones."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from matplotlib.ticker import MaxNLocator

from cluster_sim.analysis.econometrics.estimate import Estimate, to_frame
from cluster_sim.report import style, tables

SHOWN = (
    ("zones.plain", "Zones: two-way fixed effects"), ("zones.trends", "Zones: with cell trends"),
    ("zones.paired", "Zones: paired runs"), ("lottery", "Lottery for the subsidy"),
    ("firm_size.paired.employment.difference", "Subsidy, small less large firms"),
    ("density.value_added", "Density"), ("density.value_added.iv", "Density, instrumented"),
    ("rents", "Rents to density"), ("rents.within", "Rents to density, same place"),
    ("rents.taken", "Benefit that rents take"))
"""What the figure shows, from top to bottom, with its label."""
EVENTS = (("plain", "Zones, two-way fixed effects", "placebo"), ("paired", "Zones, paired runs", ""))
"""Kind of event study, its title, and the kind that is drawn beside it."""


def write(found: list[Estimate], folder: Path, stem: str = "estimates") -> list[Path]:
    """Write all estimates as CSV and as LaTeX; return the files."""
    rows = []
    for one in found:
        digits = 3 if one.unit == "1" else 2
        interval = f"$[{one.low95:.{digits}f}, {one.high95:.{digits}f}]$" if math.isfinite(one.low95) else "--"
        title = one.title + ("" if one.unit == "1" else f" ({one.unit})")
        rows.append([tables.escape(title), f"${one.value:.{digits}f}$", f"({one.se:.{digits}f})", interval,
                     published(one, "--"), one.verdict])
    head = ("Design", "Estimate", "(s.e.)", r"95\% interval", "Published", "")
    return tables.write(to_frame(found), folder, stem, tables.tabular("lrrrrl", head, rows))


def published(one: Estimate, dash: str = "–") -> str:
    """Write the published range; empty where there is none."""
    if one.published_low is None or one.published_high is None:
        return ""
    if one.published_low == one.published_high:
        return f"{one.published_low:g}"
    return f"{one.published_low:g}{dash}{one.published_high:g}"


def figure(estimates: list[Estimate], events: dict[str, Any]) -> Any:
    """Draw the event study of zones and the main estimates beside their published ranges.

    Left, difference between zones and other cells by year (per cent, 95% intervals), with the published effect;
    right, one row a design on a scale of its own, from its published range. ValueError if nothing can be shown.
    """
    found = {one.name: one for one in estimates}
    shown = [(found[name], label) for name, label in SHOWN if name in found]
    if not shown:
        raise ValueError("none of the main estimates is there")
    with style.house():
        canvas = style.canvas(style.PAGE, 18.0 + 7.2 * max(len(shown), 6))
        if events:
            _events(canvas, events)
        _forest(canvas, shown, 0.475 if events else 0.27)
    return canvas


def _events(canvas: Any, events: dict[str, Any]) -> None:
    """Draw one panel a kind of event study, above one another."""
    panels = [panel for panel in EVENTS if panel[0] in events]
    for place, (kind, label, beside) in enumerate(panels):
        frame = events[kind]
        axes = canvas.add_axes((0.055, 0.59 - 0.47 * place, 0.20, 0.28))
        axes.axhspan(5, 25, color=style.GREEN, alpha=0.22, lw=0)
        axes.axhline(0, color=style.SOFT, lw=0.6, zorder=1)
        axes.axvline(-0.5, color=style.FAINT, lw=0.6, ls=(0, (2, 2)), zorder=1)
        for other, colour, shift, words in ((beside, style.FAINT, 0.22, "a zone that does nothing"),
                                            (kind, style.BLUE, 0.0, "zone")):
            if other in events:
                data = events[other]
                height = [data["effect"] - data["low95"], data["high95"] - data["effect"]]
                axes.errorbar(data["k"] + shift, data["effect"], yerr=height, fmt="o", ms=2.6, lw=0.9, color=colour,
                              label=words)
        if beside in events:
            axes.legend(loc="upper left", fontsize=6.0, handlelength=0.8, borderaxespad=0.1, frameon=False)
            axes.set_ylim(-100, 250)
        axes.set_xlim(float(frame["k"].min()) - 0.6, float(frame["k"].max()) + 0.8)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        style.rows(axes)
        style.letter(axes, "ab"[place], f"{label}\n(effect on output, %)")
        if place == len(panels) - 1:
            axes.set_xlabel("years since the zones were set up")


def _forest(canvas: Any, shown: list[tuple[Estimate, str]], left: float) -> None:
    """Draw one row an estimate; each has a scale of its own, which shows zero and the published range."""
    top, bottom, width = 0.855, 0.04, 0.19
    step = (top - bottom) / len(shown)
    columns = (left + width + 0.015, left + width + 0.135, left + width + 0.235)
    for place, (one, label) in enumerate(shown):
        axes = canvas.add_axes((left, top - step * (place + 1), width, step * 0.72))
        low, high = bounds(one)
        if one.published_low is not None and one.published_high is not None:
            axes.axvspan(one.published_low, min(one.published_high, high), color=style.GREEN, alpha=0.22, lw=0)
        axes.axvline(0, color=style.SOFT, lw=0.6)
        axes.plot([max(one.low95, low), min(one.high95, high)], [0, 0], color=style.BLUE, lw=1.4,
                  solid_capstyle="butt")
        for edge, inside, mark in ((low, one.low95 >= low, "<"), (high, one.high95 <= high, ">")):
            if not inside:
                axes.plot([edge], [0], mark, color=style.BLUE, ms=3.2, clip_on=False)
        if low <= one.value <= high:
            axes.plot([one.value], [0], "o", color=style.BLUE, ms=3.6)
        axes.set(xlim=(low, high), ylim=(-1, 1), xticks=[], yticks=[])
        for side in axes.spines.values():
            side.set_visible(False)
        middle = top - step * (place + 1) + step * 0.36
        digits = 3 if one.unit == "1" else 1
        value = f"{round(one.value, digits) + 0.0:.{digits}f} ({one.se:.{digits}f})".replace("-", "\u2212")
        words = (value, published(one) + ("" if one.unit == "1" else "%"), one.verdict)
        canvas.text(left - 0.012, middle, label, ha="right", va="center")
        for x, text in zip(columns, words, strict=True):
            canvas.text(x, middle, text, va="center", color=style.VERMILION if text == "miss" else style.INK)
    canvas.text(left - 0.165, 0.955, "c", fontweight="bold", va="bottom")
    canvas.text(left - 0.148, 0.955, "Estimates (95% interval) beside published ranges (green), each on its own scale",
                va="bottom")
    for x, text in zip(columns, ("estimate (s.e.)", "published", ""), strict=True):
        canvas.text(x, 0.885, text, color=style.SOFT, va="bottom")


def bounds(one: Estimate) -> tuple[float, float]:
    """Return the scale of a row: the published range (its lower end, where it is wide) and half as much again."""
    reach = 1.5 * (one.published_high or 1.0)
    if one.published_low == 0 and one.published_high and abs(one.high95) < 0.4 * one.published_high:
        reach = 1.6 * max(abs(one.high95), abs(one.low95))
    return -0.5 * reach, reach
