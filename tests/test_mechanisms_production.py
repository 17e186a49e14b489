"""First-order effects in production: density, know-how, AI tools, load, and work in progress at cost."""

from __future__ import annotations

import numpy as np
import pytest
from engine import add_project, alive, build, clear_projects

from cluster_sim import ledger as L
from cluster_sim.codes import Stage, Status
from cluster_sim.month import hiring, population, production
from cluster_sim.records import CREDIT, EMPLOYER, PAYROLL, TALENT


def capacities(model) -> np.ndarray:
    """Return every studio's capacity (effort a month) from today's staff, and book the month's costs."""
    m = model
    sums = m.buffer("payroll", m.studios.high, PAYROLL)
    population.payroll(m.talents.used, hiring.look_at_employers(m), sums, m.city_state, m.rules.p)
    production.capacities(m.studios.used, sums, m.space.cells, m.space.parks, m.city_state, m.rules, m.month.flow)
    return m.studios.used["capacity"].copy()


def test_density_raises_productivity_by_its_elasticity():
    model = build(1)
    before = capacities(model)
    model.space.cells["density"] *= 2.0
    rows = alive(model)
    dense = model.space.cells["density"][model.studios.used["cell"][rows]] / model.city_state["density0"][0] > 0.2
    ratio = capacities(model)[rows] / before[rows]
    assert ratio[dense] == pytest.approx(2.0 ** model.par["production.gamma"]) and dense.sum() > 30


def test_knowhow_raises_productivity_and_quality():
    model = build(1)
    before, quality = capacities(model), model.studios.used["quality"].copy()
    model.studios.used["knowhow"] *= 1.5
    rows = alive(model)
    assert capacities(model)[rows] / before[rows] == pytest.approx(1.5 ** model.par["production.phi"])
    gain = model.studios.used["quality"][rows] - quality[rows]
    assert gain == pytest.approx(model.par["production.quality_knowhow"] * np.log(1.5))


def effective_skill(skill: float, frontier: float, status: int = Status.EMPLOYED) -> float:
    """Return the effective skill of one worker whose studio uses all the AI tools that there are."""
    model = build(1)
    people, employers, sums = np.zeros(1, TALENT), np.zeros(1, EMPLOYER), np.zeros(1, PAYROLL)
    people["id"], people["status"], people["skill"] = 7, status, skill
    employers["ai"] = 1.0
    model.city_state["ai"] = frontier
    population.payroll(people, employers, sums, model.city_state, model.rules.p)
    return float(sums["skill_by"].sum())


def test_ai_tools_help_novices_at_least_twice_as_much_as_experts():
    novice, expert = 0.65, 1.4
    gains = [effective_skill(skill, 1.0) / skill - 1.0 for skill in (novice, expert)]
    assert gains[0] > 0 and gains[0] >= 2.0 * gains[1] >= 0.0
    assert effective_skill(novice, 0.0) == pytest.approx(novice, rel=1e-6)
    half = effective_skill(novice, 0.5) / novice - 1.0
    assert half == pytest.approx(gains[0] / 2.0, rel=1e-4)


def test_a_super_individual_gets_more_out_of_the_tools():
    alone = effective_skill(1.0, 1.0, Status.SOLO) / 1.0 - 1.0
    team = effective_skill(1.0, 1.0) / 1.0 - 1.0
    assert alone == pytest.approx(team * build(1).par["ai.solo_multiple"], rel=1e-4) and alone > team


def test_costs_are_paid_in_full_every_month():
    """Wages, contributions, rent and compute leave the studios' cash and are booked; nothing else is."""
    model = build(1)
    model.studios.used["ai"] = 0.5
    cash = model.studios.used["cash"].sum()
    model.month.flow[:] = 0.0
    capacities(model)
    wages = model.talents.used["wage"][model.talents.used["status"] == Status.EMPLOYED].astype(float).sum()
    assert model.month.flow[L.WAGES] == pytest.approx(wages, rel=1e-9)
    assert model.month.flow[L.SOCIAL_CONTRIBUTIONS] == pytest.approx(wages * model.par["costs.social"], rel=1e-5)
    assert (model.month.flow[[L.RENT, L.COMPUTE]] > 0).all()
    assert cash - model.studios.used["cash"].sum() == model.month.flow.sum()


def month_of_contracts(**columns):
    """Return a model after a month's loads and deliveries, its studios' columns set beforehand."""
    model = build(1)
    clear_projects(model)
    capacities(model)
    s = model.studios.used
    s["orders"], s["pending"], s["coordination"], s["sub"] = 0.0, 0.0, 0.0, -1
    for name, value in columns.items():
        s[name] = value
    production.loads(s, model.projects.used, model.credits.used, model.other_cities.wage_index, model.city_state,
                     model.rules.p, 0)
    model.month.flow[:] = 0.0
    production.deliver(s, model.rules.segments, model.other_cities.wage_index, model.city_state, model.rules.p,
                       model.month.flow)
    return model


def test_work_beyond_capacity_waits():
    lead = build(1).par["commissioning.lead"]
    calm = month_of_contracts(orders=1.0)
    rows = alive(calm)
    assert (calm.studios.used["served"][rows] == 1.0).mean() > 0.9
    assert calm.studios.used["orders"][rows] == pytest.approx(1.0 - calm.studios.used["served"][rows] / lead)
    crowded = month_of_contracts(orders=1e4)
    s = crowded.studios.used[rows]
    assert s["served"] == pytest.approx(s["capacity"] * lead / 1e4) and (s["slack"] == 0).all()
    assert 1e4 - s["orders"] == pytest.approx(s["capacity"])


def test_a_sale_pays_inputs_and_taxes():
    model = month_of_contracts(orders=5.0)
    s, rows = model.studios.used, alive(model)
    sales = s["sales"][rows]
    k, g = s["segment"][rows], model.city_state[0]
    bought = sales / s["price"][rows] * g["price"][k] * g["outside_wage"] * model.rules.segments["inputs"][k]
    flow = model.month.flow
    assert flow[[L.SALES_HOME, L.SALES_NATION, L.SALES_ABROAD]].sum() == sales.sum() > 0
    assert flow[[L.INPUTS_CITY, L.INPUTS_NATION]].sum() == pytest.approx(bought.sum(), rel=1e-5)
    assert flow[L.PRODUCTION_TAX] == pytest.approx(sales.sum() * model.par["costs.production_tax"], rel=1e-4)
    assert flow[L.INPUTS_CITY] / flow[[L.INPUTS_CITY, L.INPUTS_NATION]].sum() == pytest.approx(
        model.par["costs.local_inputs"], rel=1e-4)


def making(cost_of_partners: float = 0.0, load: float = 0.8, coinvest: float = 0.0):
    """Return a model after a month of one work of 60 person-months due in ten months, its row and its owner."""
    model = build(1)
    clear_projects(model)
    capacities(model)
    s = model.studios.used
    owner = int(alive(model, segment=0)[0])
    s["load"], s["served"] = load * s["capacity"], 1.0
    s["wip_change"] = s["inputs"] = s["sales"] = 0.0
    row = add_project(model, owner, stage=Stage.PRODUCTION, earliest=10, need=10.0, coinvest=coinvest)
    if cost_of_partners:
        index = model.credits.allocate(1)
        c = np.zeros(1, CREDIT)
        partner = int(alive(model, segment=0)[1])
        c["project"], c["project_id"], c["alive"], c["effort"], c["price"] = row, 10**6 + row, 1, 20.0, 30000.0
        c["partner"], c["partner_id"], c["outside"] = partner, s["id"][partner], -1
        c["cost"] = cost_of_partners
        model.credits.rows[index] = c
    model.month.flow[:] = 0.0
    wip = production.make(s, model.projects.used, model.credits.used, model.rules.p, 0, model.month.flow)
    return model, row, owner, wip


def test_own_work_is_carried_at_cost():
    model, row, owner, wip = making()
    j, s = model.projects.rows[row], model.studios.used[owner]
    assert j["done_by"] == pytest.approx(np.full(6, 1.0)) and wip == j["cost"] == s["wip_change"]
    assert j["cost"] == pytest.approx(6.0 * s["unit_cost"], abs=1.0)
    assert model.month.flow.sum() == 0.0                   # wages were paid already: nothing moves but the stock


def test_partners_are_paid_and_their_work_is_carried_too():
    model, row, owner, wip = making(cost_of_partners=0.1)
    j, s = model.projects.rows[row], model.studios.used
    partner = int(model.credits.used["partner"][0])
    assert s["sales"][partner] == model.month.flow[L.SALES_LOCAL_PARTNER] == pytest.approx(20.0 / 10 * 30000 *
                                                                                     s["served"][partner])
    assert s["inputs"][owner] == s["sales"][partner]
    assert wip == j["cost"] == pytest.approx(s["sales"][partner] + 6.0 * s["unit_cost"][owner], abs=2.0)
    assert s["coordination"][owner] >= 0.1 * 2.0 - 1e-6


def test_coinvestors_bear_their_share_of_cost():
    model, row, _, wip = making(coinvest=0.4)
    assert model.month.flow[[L.COINVESTMENT, L.COINVESTMENT_CITY]].sum() == pytest.approx(0.4 * wip, abs=1.0)


def test_overload_lowers_the_quality_of_work():
    calm, tired = (making(load=load)[0].projects.rows[0]["merit"].sum() for load in (0.9, 2.0))
    assert tired / calm == pytest.approx(1.0 - build(1).par["production.overload"], rel=1e-5)


def test_finished_work_goes_on_to_tests_and_unfinished_work_does_not():
    for done, stage in ((9.99, Stage.TESTING), (5.0, Stage.PRODUCTION)):
        model, row, _, _ = making()
        model.projects.rows["done_by"][row] = done
        production.advance(model.projects.used, model.credits.used, model.rules.p, 9)
        assert model.projects.rows["stage"][row] == stage


def test_a_late_partner_that_closed_leaves_its_work_to_the_owner():
    model, row, owner, _ = making(cost_of_partners=0.1)
    before = model.projects.rows["need"][row].sum()
    left = float((model.credits.used["effort"] - model.credits.used["done"]).sum())
    model.credits.used["partner_id"] += 1
    production.make(model.studios.used, model.projects.used, model.credits.used, model.rules.p, 1, model.month.flow)
    assert model.projects.rows["need"][row].sum() == pytest.approx(before + left, abs=1e-6) and left > 1.0
    assert (model.credits.used["effort"] == model.credits.used["done"]).all()
