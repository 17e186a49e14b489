"""The map: where the creative sector works, by cell, with districts, parks and zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import style


def edges(field: np.ndarray) -> list[list[tuple[float, float]]]:
    """Return the line segments between cells of different value, in cells; field: (side, side)."""
    upright, level = (np.argwhere(a != b).tolist() for a, b in ((field[:, 1:], field[:, :-1]),
                                                               (field[1:, :], field[:-1, :])))
    lines = [[(x + 1.0, float(y)), (x + 1.0, y + 1.0)] for y, x in upright]
    return lines + [[(float(x), y + 1.0), (x + 1.0, y + 1.0)] for y, x in level]


def city_map(cells: Mapping[str, Any], *, width: float = style.COLUMN, height: float = 84.0) -> Figure:
    """Workers of the sector per square kilometre at the end of the run, on a logarithmic scale.

    cells: mapping as `ClusterModel.map()` gives it: x, y, employment, district, zones by cell; side, cell_km,
    districts, zone_names, park_x, park_y, park_names, park_staff.  Raises ValueError without employment.
    """
    if "employment" not in cells:
        raise ValueError("the map has no employment by cell")
    side = int(np.max(np.asarray(cells["x"]))) + 1
    km = float(np.asarray(cells.get("cell_km", 1.0)).ravel()[0])

    def grid(name: str) -> np.ndarray:
        field = np.zeros((side, side))
        field[np.asarray(cells["y"], int), np.asarray(cells["x"], int)] = np.asarray(cells[name], float)
        return field

    density = grid("employment") / km**2
    with style.house():
        figure = style.canvas(width, height)
        axes = figure.add_axes((0.02, 0.06, 0.80, 0.90))
        top = max(float(density.max()), 1.0)
        shown = np.ma.masked_less_equal(density, 0.0)
        low = max(top / 3000.0, float(density[density > 0].min()) if (density > 0).any() else 0.1)
        image = axes.imshow(shown, origin="lower", extent=(0, side, 0, side), cmap=style.DENSITY,
                            norm=LogNorm(vmin=low, vmax=top), interpolation="nearest")
        axes.set_facecolor(style.WASH)
        if "district" in cells:
            axes.add_collection(LineCollection(edges(grid("district")), colors="white", linewidths=1.1))
            axes.add_collection(LineCollection(edges(grid("district")), colors=style.SOFT, linewidths=0.35))
        entries = [Line2D([], [], color=style.SOFT, lw=0.5, label="district")]
        if "zones" in cells and grid("zones").any():
            axes.add_collection(LineCollection(edges(grid("zones") > 0), colors=style.VERMILION, linewidths=1.0))
            entries.append(Line2D([], [], color=style.VERMILION, lw=1.0, label="zone (placement assumed)"))
        entries += _parks(axes, cells)
        _districts(axes, cells, grid("district") if "district" in cells else None, grid("employment"))
        _scale_bar(axes, side, km)
        axes.set_xlim(0, side)
        axes.set_ylim(0, side)
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(True)
        bar = figure.colorbar(image, cax=figure.add_axes((0.85, 0.16, 0.025, 0.62)))
        bar.outline.set_visible(False)
        bar.set_label("creative workers per km²", labelpad=2)
        figure.legend(handles=entries, loc="lower center", ncol=len(entries), bbox_to_anchor=(0.45, 0.0), fontsize=6.0,
                      columnspacing=1.2)
    return figure


def _parks(axes: Axes, cells: Mapping[str, Any]) -> list[Line2D]:
    if "park_x" not in cells or not len(np.asarray(cells["park_x"])):
        return []
    x, y = np.asarray(cells["park_x"], float) + 0.5, np.asarray(cells["park_y"], float) + 0.5
    axes.plot(x, y, linestyle="", marker="^", markersize=3.6, markerfacecolor=style.ORANGE, markeredgecolor="white",
              markeredgewidth=0.5)
    return [Line2D([], [], linestyle="", marker="^", markersize=4, markerfacecolor=style.ORANGE,
                   markeredgecolor="white", label="park")]


def _districts(axes: Axes, cells: Mapping[str, Any], district: np.ndarray | None, employment: np.ndarray) -> None:
    """Write the districts' names where there is room for them, at the middle of their cells."""
    names = list(cells.get("districts", ()))
    if district is None or not names:
        return
    side = district.shape[0]
    for k, name in enumerate(names):
        ys, xs = np.nonzero(district == k)
        if xs.size < 0.045 * side * side:
            continue
        short = str(name).split(" (")[0].replace(" District", "").replace(" County", "").replace(" City", "")
        axes.text(xs.mean() + 0.5, ys.mean() + 0.5, short, fontsize=5.6, ha="center", va="center", color=style.INK,
                  bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "alpha": 0.65, "linewidth": 0})


def _scale_bar(axes: Axes, side: int, km: float) -> None:
    length = 10.0 / km
    left, base = 0.05 * side, 0.045 * side
    axes.plot([left, left + length], [base, base], color=style.INK, linewidth=1.4, solid_capstyle="butt")
    axes.text(left + length / 2, base + 0.015 * side, "10 km", ha="center", va="bottom", fontsize=6.0)
    axes.annotate("N", xy=(0.955 * side, 0.965 * side), xytext=(0.955 * side, 0.875 * side), ha="center", va="center",
                  fontsize=6.5, arrowprops={"arrowstyle": "-|>", "color": style.INK, "linewidth": 0.7, "shrinkA": 0})
