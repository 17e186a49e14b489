"""The map of the city: creative employment by cell, with districts, zones and parks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from . import lattice, style

_HALO = [withStroke(linewidth=1.6, foreground=style.PAPER)]
_ZONE_COLOURS = (style.VERMILION, style.PURPLE, style.ORANGE, style.YELLOW)
_EMPTY = style.PAPER
_BORDER = 0.55
_LARGEST = 6  # classes of density
_DOT = 2.7  # mm across a park's numbered dot


def city_map(
    cells: Mapping[str, Any],
    *,
    column: str = "employment",
    label: str | None = None,
    scale: float | None = None,
    note: str = "",
    width: float = style.PAGE,
) -> Figure:
    """Density of `column` by cell, in classes, with what is needed to find one's way.

    cells: `x`, `y` (cell indices, y to the north) and `column`, one value a cell; and where they are known
    `side`, `cell_km`, `district` (index into `districts`, -1 outside), `zones` (bits in the order of
    `zone_names`), `park_x`, `park_y`, `park_names`. What is missing is left out of the figure.
    scale: share of the city that was simulated; counts are divided by it, so that the map of a small city can be
    read against the true one. Column `rent` is drawn as it is, every other as a count per square kilometre.
    Raises ValueError where `x`, `y` or `column` is missing.
    """
    missing = [name for name in ("x", "y", column) if name not in cells]
    if missing:
        raise ValueError(f"the map has no column '{missing[0]}'")
    side = int(cells.get("side") or max(np.max(cells["x"]), np.max(cells["y"])) + 1)
    km = float(np.ravel(cells.get("cell_km", 1.0))[0])
    part = float(scale or np.ravel(cells.get("scale", 1.0))[0])
    grid = _grid(cells, column, side)
    if column != "rent":
        grid = grid / (km * km * part)
    districts = _grid(cells, "district", side, fill=-1).astype(int) if "district" in cells else None
    label = label or _label(column)
    with style.house():
        height = width * 0.60
        figure = style.canvas(width, height)
        axes = figure.add_axes((0.008, 0.075, 0.915 * height / width, 0.915))
        axes.set(xlim=(-0.02 * side, side * 1.02), ylim=(-0.02 * side, side * 1.02), aspect="equal")
        axes.axis("off")
        entries = _tiles(axes, grid, districts, column)
        zone_entries = _zones(axes, cells, side)
        dots, names = _parks(axes, cells, side, 0.915 * height)
        if districts is not None:
            axes.add_collection(LineCollection(lattice.borders(districts), colors=style.INK, lw=_BORDER, zorder=4,
                                               capstyle="projecting"))
            zone_entries.append(Line2D([], [], color=style.INK, lw=_BORDER, label="district border"))
            _district_names(figure, axes, cells, districts, dots)
        _scale_bar(axes, side, km)
        _key(figure, 0.93 * height / width + 0.035, label, entries, zone_entries, names, note)
    return figure


def _label(column: str) -> str:
    known = {"employment": "Creative jobs per km²", "studios": "Creative studios per km²",
             "rent": "Office rent, yuan/m² a month"}
    return known.get(column, f"{column.replace('_', ' ').capitalize()} per km²")


def _grid(cells: Mapping[str, Any], column: str, side: int, fill: float = np.nan) -> np.ndarray:
    """Lay a column out as (side, side), indexed [y, x]."""
    grid = np.full((side, side), float(fill))
    grid[np.asarray(cells["y"], int), np.asarray(cells["x"], int)] = np.asarray(cells[column], float)
    return grid


def classes(values: np.ndarray, counts: bool = True) -> np.ndarray:
    """Bounds of at most six classes: 1, 3, 10, 30 ... for counts, equal steps of round size otherwise.

    The highest class of counts is open: one park with many jobs in one cell must not take all the shades.
    """
    positive = values[np.isfinite(values) & (values > 0)]
    if not len(positive):
        return np.array([0.0, 1.0])
    if not counts:
        ticks = MaxNLocator(nbins=_LARGEST, steps=[1, 2, 2.5, 5, 10])
        return np.asarray(ticks.tick_values(positive.min(), positive.max()))
    top = float(np.quantile(positive, 0.99))
    ladder = [mantissa * 10.0**power for power in range(-3, 9) for mantissa in (1, 3)]
    last = max((k for k, bound in enumerate(ladder) if bound < top), default=0)
    first = max(last - _LARGEST + 2, 0)
    while first < last and ladder[first] < positive.min():
        first += 1
    return np.array([0.0, *ladder[first : last + 1], np.inf])


def _tiles(axes: Axes, grid: np.ndarray, districts: np.ndarray | None, column: str) -> list[Any]:
    """Draw the cells; returns the classes for the key, highest first."""
    side = len(grid)
    land = np.isfinite(grid) if districts is None else (districts >= 0)
    bounds = classes(grid[land], counts=column != "rent")
    shades = style.DENSITY(np.linspace(0.18, 1.0, len(bounds) - 1)) if len(bounds) > 2 else style.DENSITY([0.6])
    shown = np.ma.masked_where(~land | ~(grid > 0), grid)
    axes.pcolormesh(np.arange(side + 1), np.arange(side + 1), np.ma.masked_where(~land, np.zeros_like(grid)),
                    cmap=ListedColormap([_EMPTY]), edgecolors=style.PAPER if side <= 30 else "face",
                    lw=0.5 if side <= 30 else 0.1, zorder=1)
    axes.pcolormesh(np.arange(side + 1), np.arange(side + 1), shown, cmap=ListedColormap(shades),
                    norm=BoundaryNorm(np.minimum(bounds, 1e12), len(bounds) - 1),
                    edgecolors=style.PAPER if side <= 30 else "face", lw=0.5 if side <= 30 else 0.1, zorder=2)
    entries = []
    for low, high, shade in zip(bounds[:-1], bounds[1:], shades, strict=True):
        text = f"below {high:,g}" if low == 0 else f"{low:,g}–{high:,g}" if np.isfinite(high) else f"above {low:,g}"
        entries.append(Patch(facecolor=shade, edgecolor=style.RULE, lw=0.4, label=text))
    entries.reverse()
    if column != "rent":
        entries.append(Patch(facecolor=_EMPTY, edgecolor=style.RULE, lw=0.4, label="none"))
    return entries


def _zones(axes: Axes, cells: Mapping[str, Any], side: int) -> list[Any]:
    """Outline every zone in its colour, each a little further in than the last."""
    zones = cells.get("zones")
    if zones is None:
        return []
    bits = np.asarray(zones).astype(np.int64)
    names = list(cells.get("zone_names") or [])
    names += [f"zone {k + 1}" for k in range(len(names), int(bits.max(initial=0)).bit_length())]
    entries = []
    for k, name in enumerate(names):
        grid = np.zeros((side, side), bool)
        grid[np.asarray(cells["y"], int), np.asarray(cells["x"], int)] = (bits >> k) & 1 > 0
        if not grid.any():
            continue
        colour = _ZONE_COLOURS[k % len(_ZONE_COLOURS)]
        casing = style.INK if colour == style.YELLOW else style.PAPER
        for rim in lattice.rims(grid, inset=side * 0.006 * (1 + k % 2)):
            axes.fill(*rim.T, fill=False, ec=casing, lw=2.4 if casing == style.PAPER else 1.9, joinstyle="round",
                      zorder=5)
            axes.fill(*rim.T, fill=False, ec=colour, lw=1.2, joinstyle="round", zorder=5.1)
        entries.append(Line2D([], [], color=colour, lw=1.4, label=spoken(name),
                              path_effects=[withStroke(linewidth=2.1, foreground=casing)]))
    return entries


def spoken(name: str) -> str:
    """A zone's name as in scenario files, in words."""
    text = name.replace("_", " ").replace("hi tech", "hi-tech")
    return text[:1].upper() + text[1:]


def short(name: str) -> str:
    """A place's name without what stands in brackets or says what kind of district it is."""
    name = re.sub(r"\s*\([^)]*\)", "", str(name)).strip()
    return re.sub(r"\s+(District|County|City)$", "", name)


def _parks(axes: Axes, cells: Mapping[str, Any], side: int, span_mm: float) -> tuple[np.ndarray, list[str]]:
    """Numbered dots at the parks, pushed apart where they would hide each other; returns places and names."""
    if "park_x" not in cells or not len(cells["park_x"]):
        return np.zeros((0, 2)), []
    true = np.column_stack([np.asarray(cells["park_x"], float), np.asarray(cells["park_y"], float)]) + 0.5
    unit = side * 1.04 / span_mm  # cells in a millimetre
    at = _apart(true, _DOT * 1.06 * unit)
    names = [short(n) for n in cells.get("park_names") or [f"park {k + 1}" for k in range(len(true))]]
    size = (_DOT * style.MM * 72) ** 2
    for k, ((x, y), (ox, oy)) in enumerate(zip(at, true, strict=True)):
        if np.hypot(x - ox, y - oy) > 1.5 * _DOT * unit:
            axes.plot([ox, x], [oy, y], color=style.INK, lw=0.5, zorder=6)
        axes.scatter([x], [y], s=size, color=style.PAPER, edgecolor=style.INK, lw=0.6, zorder=7)
        axes.annotate(str(k + 1), (x, y), ha="center", va="center", fontsize=4.8, zorder=8, xytext=(0, -0.15),
                      textcoords="offset points")
    return at, names


def _apart(points: np.ndarray, gap: float) -> np.ndarray:
    """Move points as little as it takes for every two to be `gap` apart (the same way every time)."""
    turn = np.arange(len(points)) * 2.399963  # golden angle: points at one place leave it in all directions
    at = points + 1e-3 * gap * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(200):
        delta = at[:, None] - at[None]
        length = np.hypot(delta[..., 0], delta[..., 1])
        push = np.clip(gap - length, 0, None)
        np.fill_diagonal(push, 0)
        if not (push > 1e-3 * gap).any():
            break
        at = at + 0.5 * (delta / np.maximum(length, 1e-9)[..., None] * push[..., None]).sum(axis=1) * 0.6
    return at


def _district_names(figure: Figure, axes: Axes, cells: Mapping[str, Any], districts: np.ndarray,
                    dots: np.ndarray) -> None:
    """Name the districts that have room for it, large ones first, clear of dots and of each other."""
    names = cells.get("districts")
    if names is None:
        return
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    pixels = axes.transData.transform(dots) if len(dots) else np.zeros((0, 2))
    radius = _DOT * style.MM / 2 * figure.dpi
    (left, _), (right, _) = axes.transData.transform([(0, 0), (len(districts), 0)])
    taken: list[Any] = []
    sizes = [(int((districts == k).sum()), k) for k in range(len(names))]
    for size, k in sorted(sizes, reverse=True):
        if size < max(2, 0.004 * districts.size):
            continue
        inside = np.argwhere(districts == k)[:, ::-1] + 0.5
        order = np.argsort(np.hypot(*(inside - inside.mean(axis=0)).T), kind="stable")
        text = axes.text(0, 0, short(names[k]), fontsize=6.0, ha="center", va="center", zorder=9,
                         color=style.INK, path_effects=_HALO)
        text.set_position((0, 0))
        spread = np.ptp(axes.transData.inverted().transform(text.get_window_extent(renderer)), axis=0)[0] / 2
        clear = [_within(districts, k, x, y, spread) for x, y in inside[order]]
        for x, y in inside[order][np.argsort(~np.array(clear), kind="stable")][:120]:
            text.set_position((x, y))
            box = text.get_window_extent(renderer).padded(2)
            near = np.clip(pixels, [box.x0, box.y0], [box.x1, box.y1])
            if (box.x0 >= left and box.x1 <= right and not any(box.overlaps(other) for other in taken)
                    and not (np.hypot(*(near - pixels).T) < radius).any()):
                taken.append(box)
                break
        else:
            text.remove()


def _within(districts: np.ndarray, k: int, x: float, y: float, spread: float) -> bool:
    """True where a text around (x, y) that reaches `spread` cells to either side stays in district k."""
    side = len(districts)
    columns = np.arange(int(np.floor(x - spread)), int(np.ceil(x + spread)))
    inside = columns[(columns >= 0) & (columns < side)]
    return len(inside) == len(columns) and bool((districts[int(y), inside] == k).all())


def _scale_bar(axes: Axes, side: int, km: float) -> None:
    """A bar of a round number of kilometres below the map, and where north is."""
    length = max(n for n in (0.5, 1, 2, 5, 10, 20, 50, 100) if n <= max(side * km * 0.25, 0.5))
    x0, y0 = 0.0, -0.045 * side
    for k in range(2):
        axes.plot([x0 + k * length / km / 2, x0 + (k + 1) * length / km / 2], [y0, y0], lw=2.2, clip_on=False,
                  color=style.INK if k == 0 else style.FAINT, solid_capstyle="butt")
    axes.text(x0 + length / km + 0.012 * side, y0, f"{length:g} km", ha="left", va="center", fontsize=6.5)
    axes.text(side, y0, "north is up", ha="right", va="center", fontsize=6.0, color=style.SOFT)


def _key(figure: Figure, left: float, label: str, entries: list[Any], zones: list[Any], parks: list[str],
         note: str) -> None:
    """Classes, zones and the list of parks, in a column right of the map."""
    line = 3.6 / (figure.get_figheight() / style.MM)  # one line of text, as a share of the height
    top = 0.975

    def heading(text: str) -> None:
        figure.text(left, top, text, fontweight="bold", fontsize=7.0, va="top")

    heading(label)
    figure.legend(handles=entries, loc="upper left", bbox_to_anchor=(left - 0.004, top - 1.2 * line),
                  labelspacing=0.25, handlelength=1.4, handleheight=1.0)
    top -= (1.6 + 1.0 * len(entries)) * line + 0.9 * line
    if zones:
        heading("Zones and districts")
        figure.legend(handles=zones, loc="upper left", bbox_to_anchor=(left - 0.004, top - 1.2 * line),
                      labelspacing=0.25)
        top -= (1.6 + 0.95 * len(zones)) * line + 0.8 * line
    if parks:
        heading("Parks")
        room = max(int((top - 0.05) / line) - 2, 1)
        shown = parks if len(parks) <= room else [*parks[: room - 1], f"and {len(parks) - room + 1} more"]
        for k, name in enumerate(shown):
            y = top - (1.45 + k) * line
            if k < room - 1 or len(parks) <= room:
                figure.text(left + 0.012, y, str(k + 1), fontsize=6.3, va="top", ha="right", color=style.SOFT)
            figure.text(left + 0.020, y, name if len(name) <= 54 else name[:53].rstrip() + "…", fontsize=6.3, va="top")
    if note:
        figure.text(left, 0.02, note, fontsize=6.0, color=style.SOFT, va="bottom")
