"""The world outside by month: the paths of the city's files, stopped or changed as the scenario says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from cluster_sim.city import City
from cluster_sim.codes import N_SEGMENTS, SEGMENTS

BASE_MONTH = 2017 * 12      # month whose outside values a frozen scenario repeats, unless it names another
CHANGED = {"market": ("market", "release"), "foreign": ("foreign_market",), "rest_gdp": ("rest_gdp",),
           "outside_wage": ("outside_wage",)}
"""The paths of the model that a scenario's change moves: the nation buys contracts and titles."""
LEAST_GROWTH = -0.99        # a year, so that a path that shrinks never ends below nothing


def still_month(setup: Any) -> int:
    """Return the month whose outside values a frozen scenario repeats, and the years before any start."""
    return setup.outside.get("freeze_at", BASE_MONTH) if setup.outside.get("freeze") else setup.start


def still_outside(setup: Any) -> dict[str, Any]:
    """Return the outside conditions of a world that stands still as it is in the first month, changes left out.

    How AI tools grow is a fact of that world too, where a run begins after they do.
    """
    held = {"freeze": True, "freeze_at": still_month(setup)}
    return held | {"ai": setup.outside["ai"]} if "ai" in setup.outside else held


def first_month(setup: Any, city: City) -> dict[str, np.ndarray]:
    """Return the paths of the world at rest, one month long: what a state of rest depends on."""
    still = SimpleNamespace(start=setup.start, end=setup.start, outside=still_outside(setup), events=[],
                            parameters=setup.parameters)
    return outside_paths(still, city)


def outside_paths(setup: Any, city: City) -> dict[str, np.ndarray]:
    """Return what happens outside the city by month: markets, wages, tools, pandemics, and the reference path.

    Markets and other cities' wages are over their first month's; the reference path is missing where a city has none.
    """
    first, months, outside = setup.start, setup.end - setup.start + 1, setup.outside
    freeze = still_month(setup) if outside.get("freeze") else None
    raw = city.paths(first, months, b=setup.parameters["accounts.statistical_break"], freeze=freeze,
                     half=outside.get("ai", {}).get("half"))
    out: dict[str, np.ndarray] = dict(raw)
    out["market"] = np.stack([raw[f"market_{s}"] / raw[f"market_{s}"][0] for s in SEGMENTS], 1)
    names = [f"release_{s}" for s in SEGMENTS]
    out["release"] = np.stack([raw[n] / raw[n][0] if n in raw else np.ones(months) for n in names], 1)
    out["foreign_market"] = raw["foreign_market"] / raw["foreign_market"][0]
    out["outside_wage"] = raw["outside_wage"] / raw["outside_wage"][0]
    out["rest_wage"] = raw["rest_wage"] * 1000.0
    out["rest_wage_growth"] = np.concatenate([[0.0], np.diff(np.log(out["rest_wage"]))])
    for name, growth in (("floor_growth", "property.growth"), ("other_growth", "property.other_growth")):
        out[name] = np.full(months, 0.0 if freeze is not None else setup.parameters[growth])
    out["pandemic_demand"], out["pandemic_release"] = np.ones((2, months, N_SEGMENTS))
    for event in setup.events:
        if event["kind"] == "pandemic":
            effect = city.pandemic(first, months)
            at = np.arange(months) + first
            inside = (at >= event.get("from", 0)) & (at <= event.get("to", 10**6))
            for what in ("demand", "release"):
                out[f"pandemic_{what}"] = np.where(inside[:, None], effect[what], 1.0)
    reference = city.reference(first, months)
    if reference is not None:
        # in a frozen world what is counted against it stands still as well
        out |= {f"reference_{name}": path if freeze is None else np.full_like(path, path[:12].mean())
                for name, path in reference.items()}
    out["other_wage"] = out["outside_wage"]         # of other work elsewhere: a scenario changes creative wages alone
    for name, moved in CHANGED.items():
        if name in outside:
            out |= {path: changed(out[path], outside[name], first) for path in moved}
    return out


def changed(path: np.ndarray, change: dict[str, Any], first: int) -> np.ndarray:
    """Return a path, (months,) or (months, segments), with the factor and the further growth of a scenario.

    change: `from` (an ordinal), `factor`, and `growth`, points added to the growth a year: after twelve months the
    path stands at (1 + g + growth) times what it was, where it would have stood at (1 + g).  first: ordinal of the
    path's first month; a change from before it is in force from the start, its growth counted from there.
    """
    begin = max(0, change["from"] - first)
    found = path.copy()
    if begin >= path.shape[0]:
        return found
    found[begin:] *= change["factor"]
    if change["growth"] != 0.0:
        yearly = (path[begin + 1:] / path[begin:-1]) ** 12
        faster = np.maximum(yearly + change["growth"], 1.0 + LEAST_GROWTH) / yearly
        found[begin + 1:] *= np.cumprod(faster ** (1.0 / 12.0), axis=0)
    return found
