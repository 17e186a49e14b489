"""What the tests of the policy instruments share: one instrument in force, works, places, generous amounts."""

from __future__ import annotations

import numpy as np
from engine import JANUARY_2017, add_project, alive, build, clear_projects, entry

from cluster_sim.analysis.public_money import doses
from cluster_sim.codes import Stage

MILLION = 1e6
EAGER_FUNDS = {"finance.bar": -1.0, "finance.fund_size": 2000.0, "finance.screened": 200, "finance.age_bound": 180,
               "finance.growth_needed": 0.5}
LOW_LADDER = {"ladder.nestling_revenue": 8.0, "ladder.nestling_growth": 0.1, "ladder.chick_revenue": 40.0}
"""Rungs that the studios of a small town reach."""
ZONES = ["zone_east", "zone_west"]

# What a generous government would pay, by instrument; tests multiply the amounts by up to ten.
GENEROUS = {
    "amenity": {"spending": 2000.0, "zones": ["zone_east"]},
    "anchor_attraction": {"anchors": 2, "jobs": 2000, "grant": 100.0, "fund": 500.0, "zones": ["zone_east"]},
    "approvals": {"files": 2000},
    "box_office_incentive": {"rate": 0.1, "cap": 6.0, "threshold": 0.5},
    "competition_conference": {"entrants": 4000, "participants": 4000, "prizes": 400},
    "compute_vouchers": {"share": 0.3},
    "culture_technology": {"projects": 2400, "smallest": 5},
    "distribution_abroad": {"works": 2000, "smallest": 0.1, "dubbing": 0.02},
    "education_places": {"places": 40000, "aid": 0.5, "placements": 20000},
    "guidance_fund": {"size": 3000.0, "first_round": 1},
    "hub": {"teams": 300, "largest": 20},
    "ladder_grants": {"nestling": 0.3, "chick": 1.0, "grower": 5.0, "unicorn": 20.0, "rent": 0.3, "credit": 3.0,
                      "talent": 0.02, "listing": 5.0},
    "pilot_zones": {"scenarios": 2000, "session_cost": 0.1, "zones": ZONES},
    "production_subsidy": {"rate": 0.1, "cap": 15.0, "smallest": 0.1, "bridged": 0.5},
    "scifi_13": {"work_rate": 0.1, "rights_rate": 0.1, "founding": 0.5, "park": 2.0, "tenants": 1, "fair": 10.0},
    "tax_cut": {"rate": 0.5},
    "talent_subsidies": {"allowance": 0.05, "people": 8000, "awards": 400, "fairs": 4},
    "template_commons": {"documents": 200},
    "wage_subsidy": {"rate": 0.05},
    "workspace": {"floor": 200000.0, "zones": ["zone_east"]},
    "zone_venture_fund": {"size": 3000.0, "zones": ["zone_east"]},
}


def generous(name: str, factor: float, budget: float | None = None, since: int = JANUARY_2017) -> dict:
    """Return a generous entry of an instrument, its amounts multiplied; none goes above its bound."""
    whole = {name: [entry(name, since, **GENEROUS[name], budget=budget)]}
    return doses.times(whole, factor)[name][0]


def in_force(name: str, months: int = 40, par=None, **keys):
    """Return a model with one instrument in force in its first month, without works, and the instrument."""
    model = build(months, policies={name: [entry(name, **keys)]}, par=par)
    clear_projects(model)
    model.instruments[0].enact(model)
    model.begin_month()
    return model, model.instruments[0]


def released(model, cost: float = 20.0, stage: int = Stage.RUNNING, segment: int = 0, **columns) -> int:
    """Add a work that was released this month at a cost in million yuan; return its row."""
    owner = int(alive(model, segment=segment, anchor=0)[0])
    return add_project(model, owner, stage=stage, released=model.t, cost=cost * MILLION, budget=cost * MILLION,
                       **columns)


def by_identity(model, count: int, **equal) -> np.ndarray:
    """Return so many ordinary studios (rows) in the order of their identities."""
    rows = alive(model, **{"anchor": 0, **equal})
    rows = rows[np.argsort(model.studios.used["id"][rows])][:count]
    assert rows.size == count
    return rows


def cell_of(model, zone: str) -> int:
    """Return the first cell of a zone; '' for one in no zone."""
    zones = model.space.cells["zones"]
    return int(np.flatnonzero(zones & (1 << model.places.zone_index[zone]) if zone else zones == 0)[0])


def settle(model, rows, zone: str, area: float = 100.0, rent: float = 70.0) -> None:
    """Put studios into a zone ('' for none), with a floor area (m2) and a rent (yuan a m2) as if billed."""
    s = model.studios.used
    s["cell"][rows], s["park"][rows] = cell_of(model, zone), -1
    s["rent_per_m2"][rows], s["area"][rows] = rent, area


def cash_of(model, rows) -> np.ndarray:
    """Return a copy of studios' cash (yuan)."""
    return model.studios.used["cash"][rows].copy()
