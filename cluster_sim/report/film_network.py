"""The network of one title: who works with its owner, how far away, at what craft.

Distance is the radius, on a logarithmic scale with a gap at the city's edge, so that a studio down the corridor
and one a thousand kilometres off share one picture. The angle only keeps the partners apart: by specialism within
the city, by the cities' distance outside it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from . import style

_NEAR, _EDGE, _FAR = 0.05, 60.0, 4000.0  # km: same park, end of the city, end of the figure
_INNER, _RIM, _OUTER = 0.13, 0.56, 0.92  # radii that stand for them (outside starts at 0.70)
_START = 0.70
BEYOND = "Other cities"
"""What a city's table of other places calls those beyond the named cities."""
KINDS = {"film": "A film", "games": "A game", "audio_video": "An audio and video title", "design": "A design",
         "scifi": "A sci-fi title", "other": "A title"}
"""Segment -> one of its titles."""
_NEEDED = ("project_id", "title", "partner_id", "outside", "city", "specialism", "effort", "distance_km")


def film_network(credits: Any, project: Any = None, *, title: str | None = None,
                 months: Mapping[Any, Any] | None = None, width: float = style.PAGE) -> Figure:
    """The partners of the title with the largest team, or of `project` (an id).

    credits: one row a credit with `project_id`, `title`, `partner_id`, `outside` (index of another city, -1 for a
    studio of this city), `city`, `specialism`, `effort` (person-months), `distance_km`, and with several runs `run_id`
    and `seed`. months: project -> month of release (dates), to tell a title that has no name of its own.
    A studio credited for two crafts is one partner, drawn in the craft of its largest effort. Raises ValueError
    where a needed column is missing or no title has a partner.
    """
    data = credits if isinstance(credits, pd.DataFrame) else pd.DataFrame(dict(credits))
    missing = [name for name in _NEEDED if name not in data.columns]
    if missing:
        raise ValueError(f"the credits have no column '{missing[0]}'")
    one = largest(data) if project is None else data[data["project_id"] == project]
    if not len(one):
        raise ValueError("no title with a partner to draw")
    if project is not None and "run_id" in one.columns:
        one = one[one["run_id"] == one["run_id"].iloc[0]]
    team = partners(one)
    name = title or spoken(str(one["title"].iloc[0]), (months or {}).get(one["project_id"].iloc[0]))
    run = f"Run with seed {one['seed'].iloc[0]}. " if "seed" in one.columns else ""
    with style.house():
        height = width * 0.64
        figure = style.canvas(width, height)
        span = 0.99 * height / width
        axes = figure.add_axes((0.0, 0.005, span, 0.99))
        axes.set(xlim=(-1.13, 1.13), ylim=(-1.13, 1.13), aspect="equal")
        axes.axis("off")
        _rings(axes)
        local, outside = team[team["outside"] < 0], team[team["outside"] >= 0]
        _local(axes, local)
        _outside(axes, outside)
        axes.add_patch(Circle((0, 0), 0.045, fc=style.INK, ec=style.PAPER, lw=1.0, zorder=6))
        _panels(figure, span + 0.075, team, name, whereabouts(team), run)
    return figure


def spoken(title: str, month: Any = None) -> str:
    """Return a title as people would say it: one that is only a segment and a number goes by its month of release."""
    found = re.fullmatch(rf"({'|'.join(KINDS)}) \d+", title)
    if not found:
        return "A title in production" if title == "in production" else title[:1].upper() + title[1:].replace("_", " ")
    return KINDS[found[1]] + (f" released in {month:%Y-%m}" if month is not None else "")


def whereabouts(team: pd.DataFrame) -> str:
    """Say how many partners are in this city and how many in how many others; those beyond the named are no city."""
    away = team[team["outside"] >= 0]
    named = away["city"][away["city"] != BEYOND].nunique()
    cities = f"{named} other cit{'y' if named == 1 else 'ies'}" if named or not len(away) else ""
    beyond = "smaller ones" if cities else "smaller cities"
    places = " and ".join(part for part in (cities, beyond * bool((away["city"] == BEYOND).any())) if part)
    return f"{len(team) - len(away)} here, {len(away)} in {places}"


def largest(credits: pd.DataFrame) -> pd.DataFrame:
    """The credits of the largest team: of films if there are any, else of other titles, else of what is being made.

    The same title in two runs is two teams. Films are told by their titles ("film 000123" or a name of their own).
    """
    keys = [name for name in ("run_id", "project_id") if name in credits.columns]
    if not len(credits):
        return credits
    kinds = credits["title"].astype(str)
    released = kinds != "in production"
    other = kinds.str.fullmatch(rf"({'|'.join(kind for kind in KINDS if kind != 'film')}) \d+")
    credits = next(part for part in (credits[released & ~other], credits[released], credits) if len(part))
    sizes = credits.groupby(keys, sort=True, observed=True).size()
    chosen = sizes.idxmax()
    chosen = chosen if isinstance(chosen, tuple) else (chosen,)
    keep = np.ones(len(credits), bool)
    for key, value in zip(keys, chosen, strict=True):
        keep &= (credits[key] == value).to_numpy()
    return credits[keep]


def partners(credits: pd.DataFrame) -> pd.DataFrame:
    """One row a partner: outside, city, specialism (of its largest effort), effort, distance_km."""
    data = credits.reset_index(drop=True)
    # studios of other cities carry no number of their own: one a credit
    data["key"] = data["partner_id"].where(data["outside"] < 0, -1 - data.index)
    total = data.groupby("key")["effort"].transform("sum")
    data = data.sort_values(["key", "effort"], ascending=[True, False], kind="stable")
    data["effort"] = total
    team = data.drop_duplicates("key").sort_values(["specialism", "distance_km", "key"], kind="stable")
    return team[["outside", "city", "specialism", "effort", "distance_km"]].reset_index(drop=True)


def radius(distance_km: Any, outside: bool) -> np.ndarray:
    """Place on the radius: logarithmic from the same park to the city's edge, and again beyond it."""
    low, high, start, end = (_EDGE, _FAR, _START, _OUTER) if outside else (_NEAR, _EDGE, _INNER, _RIM)
    km = np.clip(np.nan_to_num(np.asarray(distance_km, float), nan=high), low, high)
    return start + (end - start) * np.log(km / low) / np.log(high / low)


def _rings(axes: Axes) -> None:
    """The city as a pale disc, circles of equal distance, and what they stand for."""
    axes.add_patch(Circle((0, 0), _RIM + 0.045, fc="#f3f5f5", ec="none", zorder=0))
    marks = [(0.05, False, "same park"), (0.5, False, "500 m"), (5, False, "5 km"), (50, False, "50 km"),
             (300, True, "300 km"), (1000, True, "1000 km")]
    for km, outside, text in marks:
        r = float(radius(km, outside))
        axes.add_patch(Circle((0, 0), r, fill=False, ec=style.RULE, lw=0.5, zorder=0.5))
        axes.text(0, r, text, fontsize=5.5, color=style.SOFT, ha="center", va="center", zorder=5,
                  bbox={"fc": "#f3f5f5" if not outside else style.PAPER, "ec": "none", "pad": 0.6})


def _colour(specialism: Any) -> str:
    return style.SPECIALISM_COLOURS.get(str(specialism), style.FAINT)


def _order(found: Iterable[Any]) -> list[str]:
    """Specialisms in the model's order, unknown ones after them."""
    present = {str(s) for s in found}
    return [s for s in style.SPECIALISMS if s in present] + sorted(present - set(style.SPECIALISMS))


def _areas(effort: pd.Series, whole: float) -> np.ndarray:
    """Area of a partner's dot (points squared): by effort, within what can be seen and told apart."""
    share = effort.to_numpy(float) / max(whole, 1e-12)
    return np.clip(12 + 700 * share, 12, 55)


def _local(axes: Axes, team: pd.DataFrame) -> None:
    """Studios of the city: a sector for each specialism, studios spread evenly within it."""
    if not len(team):
        return
    whole = float(team["effort"].sum())
    kinds = _order(team["specialism"])
    gap = 0.10 if len(kinds) > 1 else 0.0
    open_angle = 2 * np.pi - gap * len(kinds) - 0.30  # 0.30: room for the labels of the circles at the top
    angle = np.pi / 2 - 0.15
    for kind in kinds:
        own = team[team["specialism"].astype(str) == kind]
        width = open_angle * len(own) / len(team)
        turns = angle - gap / 2 - width * (np.arange(len(own)) + 0.5) / len(own)
        # neighbours in the ring come from far and near by turns, so that dots do not touch
        rank = np.argsort(np.argsort(-((np.arange(len(own)) * 0.6180339887) % 1.0), kind="stable"))
        own, r = own.iloc[rank], radius(own["distance_km"].iloc[rank], False)
        r = r + 0.018 * np.where(np.arange(len(own)) % 2 == 0, 1, -1)  # equal distances: two lanes
        x, y = r * np.cos(turns), r * np.sin(turns)
        lines = [[(0, 0), (a, b)] for a, b in zip(x, y, strict=True)]
        axes.add_collection(LineCollection(lines, colors=_colour(kind), lw=0.5, alpha=0.45, zorder=2))
        axes.scatter(x, y, s=_areas(own["effort"], whole), color=_colour(kind), edgecolor=style.PAPER, lw=0.5,
                     zorder=4)
        angle -= width + gap


def _outside(axes: Axes, team: pd.DataFrame) -> None:
    """Other cities around the rim, nearest first, clockwise; their studios as a fan of dots."""
    if not len(team):
        return
    cities = team.groupby("city", observed=True)["distance_km"].min().sort_values(kind="stable")
    counts = team["city"].value_counts()
    weights = np.array([2.2 + min(counts[c], 9) ** 0.5 for c in cities.index])
    starts = np.concatenate([[0], np.cumsum(weights)])
    full = 2 * np.pi - 0.34
    for k, city in enumerate(cities.index):
        middle = np.pi / 2 - 0.17 - full * (starts[k] + weights[k] / 2) / starts[-1]
        own = team[team["city"] == city]
        kinds = own["specialism"].astype(str)
        own = own.iloc[np.argsort([_order(kinds).index(s) for s in kinds], kind="stable")]
        r = float(radius(cities.iloc[k], True))
        step = 0.034
        per_row = max(int(np.ceil(len(own) ** 0.5)), 1) if len(own) < 10 else 4
        places = np.arange(len(own))
        across = (places % per_row - (min(per_row, len(own)) - 1) / 2) * step
        along = -(places // per_row) * step
        side, out = np.array([-np.sin(middle), np.cos(middle)]), np.array([np.cos(middle), np.sin(middle)])
        x, y = (np.outer(r + along, out) + np.outer(across, side)).T
        root = out * (_RIM + 0.045)
        axes.add_collection(LineCollection([[root, out * (r + along.min() - 0.02)]], colors=style.FAINT,
                                           lw=0.4 + 0.14 * min(len(own), 12), alpha=0.8, zorder=1))
        axes.scatter(x, y, s=11, color=[_colour(s) for s in own["specialism"]], edgecolor=style.PAPER, lw=0.4, zorder=4)
        degrees = np.degrees(middle) % 360
        left = 90 < degrees < 270
        label = f"{city} {len(own)}" if len(own) > 1 else str(city)
        axes.text(out[0] * (r + 0.035), out[1] * (r + 0.035), label, fontsize=5.8,
                  ha="right" if left else "left", va="center",
                  rotation=degrees - 180 if left else degrees, rotation_mode="anchor", zorder=5)


def _panels(figure: Figure, left: float, team: pd.DataFrame, name: str, where: str, run: str) -> None:
    """Title, the count of partners, and bars that are also the key to the colours."""
    width = 0.985 - left
    figure.text(left - 0.055, 0.965, name or "Largest team", fontsize=9.0, fontweight="bold", va="top")
    figure.text(left - 0.055, 0.920, f"{len(team)}", fontsize=20, fontweight="bold", va="top", color=style.BLUE)
    beside = left - 0.055 + 0.029 * len(str(len(team))) + 0.010
    figure.text(beside, 0.900, "partner studio" + "s" * (len(team) != 1),
                fontsize=7.5, va="top")
    figure.text(beside, 0.868,
                textwrap.fill(where, 30), fontsize=6.5, va="top", color=style.SOFT, linespacing=1.3)
    kinds = _order(team["specialism"])
    axes = figure.add_axes((left + 0.03, 0.45, width - 0.03, 0.30))
    place = np.arange(len(kinds))[::-1]
    here = [int(((team["specialism"].astype(str) == k) & (team["outside"] < 0)).sum()) for k in kinds]
    away = [int(((team["specialism"].astype(str) == k) & (team["outside"] >= 0)).sum()) for k in kinds]
    colours = [_colour(k) for k in kinds]
    axes.barh(place, here, 0.62, color=colours)
    axes.barh(place, away, 0.62, left=here, color=colours, alpha=0.35)
    for y, a, b in zip(place, here, away, strict=True):
        axes.annotate(f"{a} + {b}", (a + b, y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=6.0,
                      color=style.SOFT)
    _bare(axes, place, kinds, max(a + b for a, b in zip(here, away, strict=True)))
    axes.set_title("Partners by specialism\nhere (full) + other cities (pale)", fontsize=6.5, fontweight="normal",
                   linespacing=1.3, x=-0.30, color=style.INK)
    bins = [(0, 1, "under 1 km"), (1, 5, "1 to 5 km"), (5, _EDGE, "in the city, farther"),
            (_EDGE, np.inf, "other cities")]
    km, effort = team["distance_km"].to_numpy(float), team["effort"].to_numpy(float)
    km = np.where(team["outside"].to_numpy() >= 0, np.inf, np.minimum(km, _EDGE - 1))
    shares = [100 * effort[(km >= a) & ((km < b) | np.isinf(b))].sum() / max(effort.sum(), 1e-12) for a, b, _ in bins]
    low = figure.add_axes((left + 0.03, 0.145, width - 0.03, 0.20))
    place = np.arange(len(bins))[::-1]
    low.barh(place, shares, 0.62, color=style.DENSITY(0.65))
    for y, share in zip(place, shares, strict=True):
        low.annotate(f"{share:.0f}%", (share, y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=6.0,
                     color=style.SOFT)
    figure.text(left - 0.055, 0.02, "Centre: the studio that owns the title. Radius: distance\n(logarithmic). "
                f"Area of a dot in the city: effort bought.\n{run}".rstrip(), fontsize=6.0, color=style.SOFT,
                va="bottom", linespacing=1.3)
    _bare(low, place, [text for _, _, text in bins], max(shares))
    low.set_title("Bought effort by distance\n(share of person-months)", fontsize=6.5, fontweight="normal",
                  linespacing=1.3, x=-0.30)


def _bare(axes: Axes, place: np.ndarray, names: list[str], top: float) -> None:
    """Bars that carry their own numbers need no axis of numbers."""
    axes.set_yticks(place, names)
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.set_xlim(0, max(top, 1) * 1.28)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.axvline(0, color=style.SOFT, lw=0.6)
