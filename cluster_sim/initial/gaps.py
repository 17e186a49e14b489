"""The named gaps between the city of the first month and rest; at zero each, a run starts from rest.

They say what a history begins with and the model does not make itself: clients who already want more of the city's
work than it does, people on their way, jobs not yet filled, wages out of line.  A gap closes, or stays as an
advantage of the city, by the model's own rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import FOUNDER, N_SPECIALISMS, Status
from cluster_sim.draws import START_TALENT, uniforms


def open_gaps(model: Any) -> None:
    """Open the gaps of the parameters `gaps.*` in a city at rest."""
    par, g = model.par, model.city_state[0]
    for usual in (model.markets.usual_home, model.markets.usual_abroad):
        usual /= 1.0 + par["gaps.attraction"]
    g["inflow"] = max(0.0, float(g["inflow"]) + par["gaps.people"])
    if par["gaps.wage"]:
        raise_wages(model, 1.0 + par["gaps.wage"])
    if par["gaps.capacity"]:
        let_go(model, -par["gaps.capacity"])


def raise_wages(model: Any, factor: float) -> None:
    """Multiply what everybody earns and what the market pays."""
    g, people = model.city_state[0], model.talents.used
    people["wage"] = np.floor(people["wage"] * np.float32(factor) + np.float32(0.5))
    g["market_wage"] *= factor
    g["relative_wage"] *= factor


def let_go(model: Any, part: float) -> None:
    """Send a part of all employees back to other sectors: the city has yet to hire them."""
    people, s = model.talents.used, model.studios.used
    leaves = uniforms(model.seed, START_TALENT, people["id"], -1) < part
    rows = np.flatnonzero(leaves & (people["status"] == Status.EMPLOYED) & (people["trained"] < FOUNDER))
    gone = np.zeros((s.size, N_SPECIALISMS), np.int32)
    np.add.at(gone, (people["employer"][rows], people["specialism"][rows]), 1)
    kept = 1.0 - gone.sum(1) / np.maximum(s["staff"], 1)
    for name in ("capacity", "wage_bill"):
        s[name] *= kept
    s["skill_by"] *= kept[:, None]
    s["staff_by"] -= gone
    s["staff"] -= gone.sum(1, dtype=np.int32)
    model.talents.release(rows)
    model.people.stock[P.AT_WORK] -= rows.size
    model.people.stock[P.OTHER] += rows.size
