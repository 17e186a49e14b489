"""Sensitivity indices as dots with intervals, each panel with the dummy's band: what lies in it is noise."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cluster_sim.report import style

MOST = 14
"""Factors shown in a panel, from the highest; the dummy always is."""
DUMMY = "dummy"
STEP, TOP, BOTTOM = 4.6, 8.0, 13.0
"""Millimetres a factor, above and below the dots of a panel."""
LETTER = 1.28
"""Millimetres that a letter of a label takes (6.5 points, sans serif)."""


def indices(result: Any) -> Figure:
    """Draw the indices of a study (`analysis.sensitivity.study.Sensitivity`), one panel a method.

    The rank stands at the right of each panel, with its 95% interval over resamples. Raises ValueError if the
    study has no index.
    """
    panels = _panels(result)
    if not panels:
        raise ValueError("the study has no indices to draw")
    left, right = (panels[:1], panels[1:]) if len(panels) > 1 else (panels, [])
    sides = [_height(side) for side in (left, right) if side]
    width = style.PAGE if right else style.COLUMN
    legend = 6.0 if right else 10.0
    height = max(sides) + legend
    with style.house():
        figure = style.canvas(width, height)
        for start, side in ((0.0, left), (width / 2, right)):
            top = height
            labels = max((len(name) for _, _, frame, *_ in side for name in frame["factor"]), default=0) * LETTER + 3
            labels = min(labels, 42.0)
            for title, label, frame, shown, factor, mark in side:
                tall = STEP * len(frame)
                low, wide = top - TOP - tall, (width / 2 if right else width) - labels - 13
                axes = figure.add_axes(((start + labels) / width, low / height, wide / width, tall / height))
                _draw(axes, frame, factor, shown)
                style.letter(axes, mark, title)
                axes.set_xlabel(label)
                top = low - BOTTOM
        _legend(figure, width, height, any(panel[3] for panel in panels), bool(right))
    return figure


def _height(side: list[Any]) -> float:
    return sum(TOP + BOTTOM + STEP * len(frame) for _, _, frame, *_ in side)


def _panels(result: Any) -> list[tuple[str, str, Any, bool, float, str]]:
    """Title, label of the axis, rows, whether first orders are shown, factor to the unit, letter."""
    measure = result.question.shown
    where = f"{measure.title[0].lower()}{measure.title[1:]}, {measure.years}"
    titles = {"morris": ("Morris screening", f"mean absolute effect of the full range\non {where} "
                         f"({measure.change_unit})", measure.factor),
              "sobol": ("Sobol indices", "share of the variance", 1.0),
              "pawn": ("PAWN", "median distance of distributions", 1.0)}
    return [(*titles[name][:2], _shown(one.table), name == "sobol", titles[name][2], letter)
            for letter, (name, one) in zip("abc", result.methods.items(), strict=False)]


def _shown(frame: Any) -> Any:
    """The highest factors, and the dummy wherever it stands."""
    return frame[(frame["rank"] <= MOST) | (frame["factor"] == DUMMY)].reset_index(drop=True)


def _draw(axes: Axes, frame: Any, factor: float, first: bool) -> None:
    noise = frame[frame["factor"] == DUMMY]
    sure = frame["told"].fillna(False).to_numpy(bool)
    if len(noise):
        axes.axvspan(0, float(noise["high95"].iloc[0]) * factor, color=style.RULE, alpha=0.55, lw=0, zorder=0)
    axes.axvline(0, color=style.SOFT, lw=0.6, zorder=1)
    for place, row in frame.iterrows():
        dummy = row["factor"] == DUMMY
        told = bool(sure[place])
        colour = style.SOFT if dummy else style.BLUE if told else style.FAINT
        shift = 0.17 if first else 0.0
        axes.plot([row["low95"] * factor, row["high95"] * factor], [place - shift] * 2, color=colour, lw=1.1, zorder=3)
        axes.plot(row["value"] * factor, place - shift, "o", ms=3.6, color=colour, zorder=4,
                  mfc=colour if told else style.PAPER, mew=0.9)
        if first:
            ends = [row["first_low95"], row["first_high95"]]
            axes.plot(ends, [place + shift] * 2, color=style.ORANGE, lw=0.8, zorder=2)
            axes.plot(row["first"], place + shift, "D", ms=2.8, color=style.ORANGE, zorder=3, mew=0.7)
        if not dummy:
            span = f"{row['rank_low']}" + (f"–{row['rank_high']}" if row["rank_high"] > row["rank_low"] else "")
            axes.annotate(span, (1, place), xycoords=("axes fraction", "data"), xytext=(4, 0), va="center",
                          textcoords="offset points", fontsize=6.0, color=style.INK if told else style.FAINT)
    axes.annotate("rank", (1, 1), xycoords="axes fraction", xytext=(4, 5), textcoords="offset points",
                  fontsize=6.0, color=style.SOFT, va="baseline")
    style.listed(axes, range(len(frame)), [style.shortened(name) for name in frame["factor"]])
    axes.margins(x=0.03)


def _legend(figure: Figure, width: float, height: float, first: bool, wide: bool) -> None:
    """One line of entries under the panels."""
    entries: list[Any] = [
        Line2D([], [], color=style.BLUE, marker="o", ms=3.6,
               label="stands out from the dummy" + " (total order)" * first),
        Line2D([], [], color=style.FAINT, marker="o", ms=3.6, mfc=style.PAPER, label="does not")]
    if first:
        entries.append(Line2D([], [], color=style.ORANGE, marker="D", ms=2.8, label="first order"))
    entries.append(Patch(color=style.RULE, alpha=0.55, lw=0, label="within the dummy's 95% interval"))
    figure.legend(handles=entries, loc="lower left", bbox_to_anchor=(4 / width, 1.0 / height), ncols=4 if wide else 2,
                  columnspacing=1.4)
