"""The nation around the city: thirty aggregate cities made in the likeness of ours, at rest beside it.

What a city does with jobs, wages and prices is the same everywhere; so the numbers of the other cities are those of
the agent city where it has them, and what it shows at the start (own cost in the price, labour in own cost).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import N_SEGMENTS, Life, Status
from cluster_sim.month.guards import LEAST_CAPACITY
from cluster_sim.month.rivals import Rivals
from cluster_sim.nation import layout
from cluster_sim.nation.parameters import NationParameters, defaults, specification
from cluster_sim.nation.rest import burn_in
from cluster_sim.nation.state import at_rest

SAME = {"theta": "commissioning.size", "sigma": "commissioning.price_weight", "gamma": "production.gamma",
        "distance_decay": "commissioning.distance_decay", "markup": "commissioning.markup",
        "knowhow_weight": "production.phi", "knowhow_speed": "knowledge.depreciation",
        "eta": "labour.eta", "other_return": "labour.other_return",
        "switch_rate": "labour.switch_rate", "emigration_rate": "labour.emigration_rate",
        "give_up": "labour.give_up", "quit_rate": "labour.quit", "fill_rate": "labour.fill_rate",
        "layoff_speed": "labour.layoff_speed", "posting_speed": "labour.posting_speed",
        "growth_bound": "labour.growth_bound", "offer_speed": "labour.offer_speed",
        "tightness_pay": "labour.tightness_pay", "tightness_speed": "labour.tightness_speed",
        "premium_speed": "commissioning.premium_speed", "use": "labour.use_of_capacity", "lead": "commissioning.lead",
        "housing": "population.housing", "housing_share": "population.housing_share",
        "crowding": "population.crowding", "most_practice": "knowledge.most_use",
        "most_slack": "commissioning.most_slack"} | {name: f"nation.{name}" for name in (
            "matching", "plan_speed", "lapse", "luck_memory", "luck_spread", "links_local", "links_national")}
"""Numbers of the aggregate cities that are those of the agent city, or parameters of their own."""
LEAST_JOBS, LEAST_SALES = 1.0, 1e3          # technical: of a branch that a very small city may lack
LEAST_WEIGHT = np.array([[1.0], [1e-3]])    # technical: its weight with clients at home and abroad


def parameters_of(model: Any) -> NationParameters:
    """Return the numbers of the other cities: the city's own, as it shows them now, and the nation's."""
    par, s, g = model.par, model.studios.used, model.city_state[0]
    s = s[(s["alive"] == Life.ALIVE) & (s["staff"] > 0)]
    people = model.talents.used
    skill = people["skill"][(people["status"] == Status.EMPLOYED)]
    cost, sales = (s["unit_cost"] * s["capacity"]).sum(), s["price"] * s["capacity"]
    fee = 1.0 - (sales * model.rules.segments["inputs"][s["segment"]]).sum() / sales.sum()
    gain = np.maximum(0.0, 1.0 - par["ai.novice_slope"] * (skill - par["ai.novice_skill"]))
    gain = np.average(gain, weights=skill)
    size = np.average(np.log1p(s["staff"]), weights=s["staff"])
    grown = 1.0 + par["ai.adoption_size"] * size / par["ai.adoption_log"]
    practice = np.minimum(par["knowledge.most_use"], s["load"] / np.maximum(s["capacity"], LEAST_CAPACITY))
    learnt = par["knowledge.doing"] * np.average(practice, weights=s["staff"])
    first = model.people.first
    values = {name: par[key] for name, key in SAME.items()} | {
        "own_cost": g["own_part"], "labour_part": s["wages"].sum() / cost, "studios": s.size / s["staff"].sum(),
        "pass_through": np.average(g["outside_pass_through"], weights=jobs_of(model)),
        "scarcity": par["commissioning.price_of_use"] * fee,
        "other_ratio": first[P.OTHER] / first[P.AT_WORK], "unemployment": first[P.SEEKING] / first[P.AT_WORK],
        "room": model.labour.room / first[:P.ELSEWHERE].sum() - 1.0,
        "knowhow_work": learnt / (par["knowledge.depreciation"] * np.average(s["knowhow"], weights=s["staff"])),
        "tools_quality": par["commissioning.quality_weight"] * par["production.quality_skill"],
        "ai_gain": par["ai.gain"] * gain, "ai_speed": par["ai.adoption"] * grown,
        "ai_cost": par["ai.compute_cost"] * 1e6 * s["staff"].sum() / cost}
    within = {name: np.clip(value, *specification()[name]["bounds"]) for name, value in values.items()}
    return defaults(N_SEGMENTS).with_values(**within)


def jobs_of(model: Any) -> np.ndarray:
    """Return the city's jobs by segment, at least one in each."""
    s = model.studios.used
    mine = s["alive"] == Life.ALIVE
    return np.maximum(np.bincount(s["segment"][mine], s["staff"][mine], N_SEGMENTS), LEAST_JOBS)


def settle_nation(model: Any, sales: np.ndarray, abroad: np.ndarray) -> None:
    """Let the nation rest beside a city with its jobs of now that sells so much (yuan a month, in all and abroad).

    The other cities sell what the city's share of the nation's industry leaves them.  People outside all cities are
    those whom the city counts as elsewhere.
    """
    city, segments, first = model.city, model.rules.segments, model.people.first
    p, jobs = parameters_of(model), jobs_of(model)
    sales = np.maximum(sales, LEAST_SALES)
    outside = city.outside
    exports = np.vstack([abroad / sales, np.tile(segments["abroad_share"], (outside.size, 1))])
    rest = layout.from_city(p, outside, outside["lon"], outside["lat"], city.centre, city.home_market, jobs,
                            sales / jobs, segments["national_share"], exports)
    rest = layout.with_trades(rest, model.rules.mix, model.labour.wage)._replace(pool=float(first[P.ELSEWHERE]))
    rest.residents[0] = first[:P.ELSEWHERE].sum()
    rest.other[0] = rest.residents[0] - rest.jobs[0].sum() - rest.seekers[0].sum()
    rest.room[0] = model.labour.room
    first[P.CITIES] = model.people.stock[P.CITIES] = rest.residents[1:].sum()
    model.rivals = Rivals(p, rest, at_rest(rest, p), np.stack([sales, abroad]))


def let_luck_spread(model: Any) -> None:
    """Let the other cities live with luck until they are spread as luck spreads them, the city itself at rest."""
    rivals, people = model.rivals, model.people
    rivals.state, rivals.lucky = burn_in(rivals.parameters, rivals.rest, seed=model.seed), True
    for now, then in zip(rivals.state, at_rest(rivals.rest, rivals.parameters), strict=True):
        if now.size > 1:                    # all but the pool
            now[0] = then[0]
    people.stock[P.ELSEWHERE], people.stock[P.CITIES] = rivals.state.pool[0], rivals.state.residents()[1:].sum()
