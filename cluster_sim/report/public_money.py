"""Where public money goes and what it buys: windfall by instrument, and value added for each yuan paid."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from cluster_sim.analysis.public_money.acts import band_in_words
from cluster_sim.report import style

FARTHEST = 30.0
"""Yuan of value added a yuan: what lies beyond is shown by an arrow at the edge."""


def public_money(audit: Any, *, width: float = style.PAGE, row: float = 6.2) -> Figure:
    """Draw an `Audit`: (a) outlay a year split into windfall and additional; (b) value added for a yuan of outlay.

    Instruments stand in the order of their outlay, those that paid nothing are left out; bars in million yuan a year of
    the whole city, intervals 95%, of the windfall at its bar. Raises ValueError if none paid anything.
    """
    frame = audit.summary.set_index(["instrument", "flow"])["mean"] / audit.years
    paid = {name: float(frame[name, "outlay"]) for name in dict.fromkeys(audit.flows["instrument"])}
    names = sorted((name for name, outlay in paid.items() if outlay > 0), key=paid.__getitem__)
    if not names:
        raise ValueError("no instrument paid anything in these runs")
    places = np.arange(len(names))
    with style.house():
        height = 31.0 + row * len(names)
        figure = style.canvas(width, height)
        bottom, top = 18.0 / height, 1.0 - 10.0 / height
        left = figure.add_axes((0.20, bottom, 0.36, top - bottom))
        right = figure.add_axes((0.62, bottom, 0.355, top - bottom))
        windfall = np.array([float(frame[name, "windfall"]) for name in names])
        extra = np.array([float(frame[name, "additional"]) for name in names])
        left.barh(places, windfall, height=0.62, color=style.FAINT, lw=0)
        left.barh(places, extra, left=windfall, height=0.62, color=style.BLUE, lw=0)
        for k, total in enumerate(windfall + extra):
            left.annotate(band_in_words(audit.summary, names[k]), (total, k), xytext=(3, 0),
                          textcoords="offset points", va="center", fontsize=6.5, color=style.SOFT)
        left.set_yticks(places, [name.replace("_", " ") for name in names])
        left.set_xlabel("Outlay, million yuan a year (2017 prices)")
        left.set_xlim(0, 1.28 * max(float((windfall + extra).max()), 1e-9))
        left.tick_params(axis="y", length=0)
        style.letter(left, "a", "Would have happened anyway?")
        left.legend(handles=[Patch(color=style.FAINT, lw=0, label="windfall (at the bar: its share, 95%)"),
                             Patch(color=style.BLUE, lw=0, label="additional")], loc="lower right")
        right.axvline(0, color=style.SOFT, lw=0.6)
        right.axvline(1, color=style.SOFT, lw=0.6, ls=(0, (2, 2)))
        right.annotate("1 yuan", xy=(1, 1), xycoords=right.get_xaxis_transform(), xytext=(2, 1),
                       textcoords="offset points", fontsize=6.0, color=style.SOFT)
        for k, name in enumerate(names):
            found = audit.ratios[name]["value_added_per_yuan"]
            if found.get("ratio") is None or found.get("low95") is None:
                right.annotate("cannot tell", (1, k), xytext=(3, 0), textcoords="offset points", va="center",
                               fontsize=6.5, color=style.SOFT)
                continue
            low, high = (float(np.clip(found[key], -FARTHEST, FARTHEST)) for key in ("low95", "high95"))
            right.plot((low, high), (k, k), color=style.BLUE, lw=1.2, solid_capstyle="butt")
            for edge, mark in ((low, "<"), (high, ">")):
                if abs(edge) >= FARTHEST:
                    right.plot(edge, k, mark, color=style.BLUE, ms=3.2, clip_on=False)
            right.plot(np.clip(found["ratio"], -FARTHEST, FARTHEST), k, "o", color=style.BLUE, ms=3.2)
        right.set_yticks(places, [""] * len(names))
        right.tick_params(axis="y", length=0)
        right.set_ylim(left.get_ylim())
        right.set_xlim(-FARTHEST, FARTHEST)
        right.set_xlabel("Value added for each yuan paid, yuan (95% interval)")
        style.letter(right, "b", "What does a yuan buy?")
        figure.text(0.02, 1.2 / height, f"Means over {len(audit.seeds):,} pairs of runs of {audit.years:g} years each, "
                    "one with and one without the instrument; dashed: as much value added as was paid.",
                    fontsize=6.3, color=style.SOFT, va="bottom")
    return figure
