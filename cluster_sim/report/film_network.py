"""The network of one work: its maker, the partner studios of the city, and those of other cities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style

CITY_RING = 2.1


def film_network(credits: Any, *, width: float = style.PAGE, height: float = 118.0) -> Figure:
    """Draw the work with most partners: local studios in the inner disc, other cities on the outer ring.

    credits: frame or mapping with project_id, title, partner_id, outside (-1 for a local studio), city,
    specialism, effort (person-months), distance_km; one row a credit.  Local partners stand at a radius that
    grows with their distance from the maker, ordered by specialism; a city's mark grows with its number of
    partners.  Raises ValueError if there are no credits.
    """
    data = credits if isinstance(credits, pd.DataFrame) else pd.DataFrame(dict(credits))
    if not len(data):
        raise ValueError("no credits in the store: no work had partners")
    keys = [k for k in ("run_id", "project_id") if k in data.columns]
    group = max(data.groupby(keys, sort=True), key=lambda pair: len(pair[1]))[1]
    local = group[group["outside"] < 0].sort_values(["specialism", "distance_km", "partner_id"])
    away = group[group["outside"] >= 0]
    cities = away.groupby("city").agg(partners=("effort", "size"), effort=("effort", "sum"),
                                      distance=("distance_km", "first"),
                                      specialism=("specialism", lambda s: s.mode().iloc[0]))
    cities = cities.sort_values("distance")
    with style.house():
        figure = style.canvas(width, height)
        axes = figure.add_axes((0.02, 0.02, 0.70, 0.96))
        _local(axes, local)
        _cities(axes, cities)
        axes.plot(0, 0, marker="o", markersize=11, color=style.INK, zorder=6)
        axes.text(0, -0.115, "maker", ha="center", va="top", fontsize=6.5, zorder=7,
                  bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "alpha": 0.8, "linewidth": 0})
        axes.set_aspect("equal")
        axes.set_xlim(-3.1, 3.1)
        axes.set_ylim(-2.85, 2.85)
        axes.axis("off")
        _legend(figure, group, local, away, cities)
    return figure


def _radius(distance: np.ndarray) -> np.ndarray:
    """Place local partners: next door near the middle, far across town at the edge of the inner disc."""
    return 0.35 + 1.25 * np.sqrt(np.clip(distance, 0.0, 40.0) / 40.0)


def _local(axes: Axes, local: pd.DataFrame) -> None:
    if not len(local):
        return
    angle = np.linspace(0.5 * np.pi, -1.5 * np.pi, len(local), endpoint=False)
    radius = _radius(local["distance_km"].to_numpy(float))
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    colours = [style.SPECIALISM_COLOURS[s] for s in local["specialism"]]
    axes.add_collection(LineCollection([[(0, 0), p] for p in zip(x, y, strict=True)], colors=colours, linewidths=0.45,
                                       alpha=0.45))
    effort = local["effort"].to_numpy(float)
    axes.scatter(x, y, s=7 + 34 * np.sqrt(effort / max(effort.max(), 1e-9)), c=colours, edgecolors="white",
                 linewidths=0.4, zorder=4)
    ring = np.linspace(0, 2 * np.pi, 200)
    for km in (1.0, 10.0, 40.0):
        r = float(_radius(np.array([km]))[0])
        axes.plot(r * np.cos(ring), r * np.sin(ring), color=style.RULE, linewidth=0.5, zorder=0)
        axes.text(r * np.cos(0.62), r * np.sin(0.62), f"{km:g} km", fontsize=5.6, color=style.SOFT, ha="center",
                  va="center", bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "linewidth": 0}, zorder=5)


def _cities(axes: Axes, cities: pd.DataFrame) -> None:
    n = len(cities)
    if not n:
        return
    angle = np.linspace(0.5 * np.pi, -1.5 * np.pi, n, endpoint=False) - np.pi / max(n, 2)
    for (name, row), a in zip(cities.iterrows(), angle, strict=True):
        r = CITY_RING
        x, y = r * np.cos(a), r * np.sin(a)
        colour = style.SPECIALISM_COLOURS[row["specialism"]]
        axes.plot([0, x], [0, y], color=style.FAINT, linewidth=0.35 + 0.22 * row["partners"], alpha=0.5, zorder=1)
        axes.scatter([x], [y], s=16 + 12 * row["partners"], c=[colour], marker="s", edgecolors="white",
                     linewidths=0.5, zorder=4)
        turn = np.degrees(a) % 360
        flip = 90 < turn < 270
        axes.text((r + 0.13) * np.cos(a), (r + 0.13) * np.sin(a), f"{name} {int(row['partners'])}", fontsize=6.0,
                  rotation=turn - 180 if flip else turn, rotation_mode="anchor", ha="right" if flip else "left",
                  va="center")


def _legend(figure: Figure, group: pd.DataFrame, local: pd.DataFrame, away: pd.DataFrame, cities: pd.DataFrame) -> None:
    title = str(group["title"].iloc[0]).replace("_", "-").capitalize() if "title" in group else ""
    title = title if str(group["title"].iloc[0])[-6:].isdigit() else str(group["title"].iloc[0])
    figure.text(0.725, 0.93, title, fontsize=9.0, fontweight="bold", va="top")
    facts = [f"{len(group)} partners", f"{len(local)} studios of the city",
             f"{len(away)} in {len(cities)} other cities", f"{group['effort'].sum():,.0f} person-months bought"]
    if "repeated" in group:
        facts.append(f"{100 * group['repeated'].mean():.0f}% known from earlier work")
    figure.text(0.725, 0.87, "\n".join(facts), fontsize=7.0, va="top", linespacing=1.5)
    used = [s for s in style.SPECIALISMS if s in set(group["specialism"])]
    entries = [Line2D([], [], linestyle="", marker="o", markersize=5, color=style.SPECIALISM_COLOURS[s], label=s)
               for s in used]
    entries += [Line2D([], [], linestyle="", marker="s", markersize=5, color=style.FAINT,
                       label="other city (partners)")]
    figure.legend(handles=entries, loc="upper left", bbox_to_anchor=(0.715, 0.56), title="specialism bought",
                  title_fontsize=7.0, alignment="left")
    figure.text(0.725, 0.10, "Dots: studios, larger with more effort,\nfurther out with distance from the maker.\n"
                "Squares: cities, nearest first, clockwise.", fontsize=6.0, color=style.SOFT, va="bottom")
