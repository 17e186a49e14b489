"""Markets in the first month: prices, demand, and what other cities offer, solved so that the start is in balance.

Outside studios' attraction is solved so that the first month's demand is what the city's studios sell.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import N_SEGMENTS, N_SPECIALISMS
from cluster_sim.initial import money, nation
from cluster_sim.month import commissioning, founding, partner_search, population, prices, production, rivals
from cluster_sim.month import property as property_market
from cluster_sim.month.hiring import look_at_employers
from cluster_sim.records import PAYROLL
from cluster_sim.state import Markets


def set_returns(model) -> None:
    """Split the fitted spread of log returns into a systematic part and luck, and work out the mean return.

    The mean of exp(sd * skew-normal) is 2 exp(s^2 w^2 / 2 - s w mu) Phi(s w delta) with w the scale that makes
    the variance one (Azzalini 1985).
    """
    city, segments = model.city_state[0], model.rules.segments
    city["residual_sd"] = np.sqrt(np.maximum(segments["return_sd"] ** 2 - segments["systematic_sd"] ** 2, 0.0))
    for k in range(N_SEGMENTS):
        delta = segments["skewness"][k] / math.sqrt(1.0 + segments["skewness"][k] ** 2)
        mean = delta * math.sqrt(2.0 / math.pi)
        w = city["residual_sd"][k] / math.sqrt(1.0 - mean * mean)
        phi = 0.5 * (1.0 + math.erf(w * delta / math.sqrt(2.0)))
        city["mean_return"][k] = math.exp(segments["location"][k] - w * mean + 0.5 * w * w) * 2.0 * phi


def set_prices(model) -> None:
    """Set what a unit of effort costs and earns at the start, and the studios' first state."""
    count_capacity(model)
    par, s, city, rules = model.par, model.studios.used, model.city_state[0], model.rules
    s["load"] = s["capacity"] * par["labour.use_of_capacity"]
    price_effort(model)
    s["price"], s["fee"] = city["price"][s["segment"]], city["fee"][s["segment"]]
    s["expected"] = s["load"]
    s["orders"] = s["load"] * par["commissioning.lead"]
    s["target"] = s["staff"]
    s["served"] = 1.0
    s["cash"] = money.first_cash(s, rules)
    s["revenue_year"] = np.floor(12.0 * s["load"] * s["price"])
    s["revenue_last"] = s["revenue_year"] / par["start.revenue_growth"]
    s["surplus_year"] = money.first_surplus(s, rules.segments)
    founding.set_usual_income(model)
    s["valuation"] = par["ladder.price_to_sales"] * s["revenue_year"]
    bounds = np.array([par[f"ladder.{tier}_revenue"] for tier in ("nestling", "chick", "grower")]) * 1e6
    s["tier"] = np.where(s["solo"] == 0, np.searchsorted(bounds, s["revenue_year"], side="right"), 0)
    s["tier"] = np.where((s["tier"] == 1) & (-s["born"] > 12 * par["ladder.nestling_age"]), 0, s["tier"])


def price_effort(model, weight: float = 1.0) -> None:
    """Move what a unit of effort usually costs and earns by segment (yuan) toward what it does now, by a weight.

    A price is such that the work now done gives the value added per worker of the accounts; a branch of a very small
    city that hardly works counts as half at work.
    """
    par, s, city, segments = model.par, model.studios.used, model.city_state[0], model.rules.segments
    for k in range(N_SEGMENTS):
        mine = s["segment"] == k
        capacity, delivered = s["capacity"][mine].sum(), np.minimum(s["load"][mine], s["capacity"][mine]).sum()
        if not capacity * delivered > 0.0:
            continue                # a branch that has died out in a very small city
        cost = (s["unit_cost"][mine] * s["capacity"][mine]).sum() / capacity
        head = max(delivered, par["start.least_use"] * capacity) / s["staff"][mine].sum()
        price = segments["value_added_per_worker"][k] * 1e6 / 12.0 / (1.0 - segments["inputs"][k]) / head
        price *= 1.0 + par["start.price_allowance"]
        city["unit_cost"][k] += weight * (cost - city["unit_cost"][k])
        city["price"][k] += weight * (price - city["price"][k])
    city["fee"] = city["price"] * (1.0 - segments["inputs"])
    own_cost = city["unit_cost"] / par["labour.use_of_capacity"] / city["price"]
    # no more than what bought inputs leave of the price
    city["own_part"] = np.minimum(own_cost, (1.0 - segments["inputs"]) / (1.0 + par["commissioning.markup"]))
    prices.mean_pass_through(s, model.rules.p, city["outside_pass_through"])


def count_capacity(model) -> None:
    """Count who works where, and set densities, rents, and what studios can do and at what cost."""
    s, space, rules = model.studios.used, model.space, model.rules
    sums = model.buffer("payroll", model.studios.high, PAYROLL)
    model.state["employment"] = population.payroll(model.talents.used, look_at_employers(model), sums, model.city_state,
                                                   rules.p)
    s["staff"] = sums["staff_by"].sum(1)
    property_market.occupy(s, space.cells, space.parks)
    property_market.spread_density(model)
    set_usual_density(model)
    property_market.rents(space.cells, space.parks, model.city_state, rules.p)
    unpaid = np.zeros_like(model.month.flow)
    production.capacities(s, sums, space.cells, space.parks, model.city_state, rules, unpaid)


def set_usual_density(model, weight: float = 1.0) -> None:
    """Move the density at which productivity is usual toward the mean density around a worker now, by a weight."""
    s = model.studios.used
    density = model.space.cells["density"][s["cell"]]
    now = np.exp(np.average(np.log(np.maximum(density, 1e-9)), weights=s["staff"]))
    model.city_state["density0"] += weight * (now - model.city_state["density0"])


def open_markets(model) -> None:
    """Let the nation settle beside the city so that clients order what is sold now, by segment."""
    rules, s, segments = model.rules, model.studios.used, model.rules.segments
    weight_home, weight_abroad = np.zeros((2, N_SEGMENTS))
    prices.quote(s, model.city_state, rules, model.t - 1)
    commissioning.weigh(s, model.city_state, rules, model.t - 1, weight_home, weight_abroad)
    work = np.minimum(s["load"], s["capacity"]) * s["price"] * (1.0 - segments["own_share"][s["segment"]])
    sales = np.bincount(s["segment"], weights=work, minlength=N_SEGMENTS)
    nation.settle_nation(model, sales, sales * segments["abroad_share"])
    home, abroad = np.maximum((weight_home, weight_abroad), nation.LEAST_WEIGHT)
    model.markets = Markets(home, abroad, weight_home, weight_abroad, model.city_state["release_market"][0].copy())
    rivals.follow(model)
    s["abroad"] = segments["abroad_share"][s["segment"]]
    model.state["start_sales"] = float(sales.sum())


def weigh_other_cities(model) -> None:
    """Set the weight of other cities in a search for partners: a multiple of what a worker's studio meets at home."""
    s, partners, cells = model.studios.used, model.partners, model.space.cells
    partner_search.reach_of(s, model.studios.order(), partners, model.rules.p)
    weight = np.bincount(s["cell"], weights=s["staff"], minlength=cells.size)
    at_home, rising = np.zeros((N_SPECIALISMS, cells.size)), np.empty(cells.size)
    for c in np.flatnonzero(weight):
        for k in range(N_SPECIALISMS):
            at_home[k, c] = partner_search.survey(c, model.space.proximity, partners.cell_reach[k], rising)
    typical = (at_home * weight).sum(1) / weight.sum()
    model.other_cities.reach[:] = model.par["collaboration.search_outside"] * typical
    model.city_state["partner_reach0"] = typical.sum()
