"""Computing, co-operation and templates: what spreads know-how, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build, entry
from instruments import MILLION, by_identity, cash_of, in_force

from cluster_sim import ledger as L
from cluster_sim.codes import Life, Segment, Specialism, Stage
from cluster_sim.month import knowledge
from cluster_sim.month.partner_search import pair_cost, tie_between


# ------------------------------------------------------------------------------------- compute vouchers
def users(count: int, cost: float = 10_000.0, **keys):
    """Return a model with studios whose computing costs so much (yuan) this month, the others' nothing."""
    model, vouchers = in_force("compute_vouchers", **({"share": 0.3, "cap": 1.0} | keys))
    s, rows = model.studios.used, by_identity(model, count, segment=0)
    s["compute"] = 0.0
    s["compute"][rows], s["staff"][rows] = cost, 20
    return model, vouchers, rows


def test_vouchers_pay_their_share_of_computing_up_to_the_cap_of_the_year():
    model, vouchers, rows = users(2, cap=0.008)
    s = model.studios.used
    seen = []
    for t in range(13):
        model.t, s["compute_relief"] = t, 0.0
        if t == 12:
            vouchers.enact(model)
        cash = cash_of(model, rows)
        vouchers.support(model)
        seen.append((cash_of(model, rows) - cash).tolist())
        assert s["compute_relief"][rows] == pytest.approx(np.array(seen[-1]) / 10_000.0)
    assert seen == [[3000.0] * 2, [3000.0] * 2, [2000.0] * 2] + [[0.0] * 2] * 9 + [[3000.0] * 2]
    assert model.month.flow[L.COMPUTE_SUBSIDY_CITY] == vouchers.outlay == 22_000.0


@pytest.mark.parametrize("column, value", [("staff", 301), ("hub", 1), ("segment", 3), ("compute", 0.0)])
def test_who_is_large_or_elsewhere_has_no_voucher(column, value):
    model, vouchers, rows = users(1)
    model.studios.used[column][rows] = value
    vouchers.support(model)
    assert vouchers.outlay == 0.0


def test_a_new_studio_in_an_old_row_has_its_own_account():
    model, vouchers, rows = users(1, cap=0.003)
    model.t = 1
    vouchers.support(model)
    model.studios.used["compute_relief"] = 0.0
    vouchers.support(model)
    assert vouchers.outlay == 3000.0
    model.studios.used["id"][rows] += 1
    vouchers.support(model)
    assert vouchers.outlay == 6000.0


def test_a_lower_price_speeds_the_adoption_of_ai_by_its_elasticity_and_lowers_the_cost_of_effort():
    gains = {}
    for share in (0.0, 0.5):
        model, vouchers, rows = users(1, share=share)
        s = model.studios.used
        model.city_state["ai"], s["ai"] = 0.5, 0.2
        vouchers.support(model)
        knowledge.spread(model)
        gains[share] = float(s["ai"][rows[0]]) - 0.2
    assert gains[0.5] == pytest.approx(gains[0.0] * 0.5 ** -model.par["ai.adoption_price"]) and gains[0.0] > 0
    law = {"compute_vouchers": [entry("compute_vouchers", share=0.5, cap=10.0, largest=10_000)]}
    ai, cost = [], []
    for policies in ({}, law):
        model = build(24, start=2019 * 12, policies=policies).run()
        s = model.studios.used[alive(model)]
        mine = s[np.isin(s["segment"], (0, 1, 2, 4))]
        ai.append(mine["ai"].mean())
        cost.append((mine["unit_cost"] * mine["capacity"]).sum() / mine["staff"].sum())
    assert ai[1] > 1.05 * ai[0]


# ------------------------------------------------------------------------------------- culture and technology
def pairs(monthly: int = 1, **keys):
    """Return a model with co-operation projects in force, whose culture studios are rich and large enough."""
    keys = {"projects": monthly * 12 * 200, "share": 0.5, "cap": 2.0, "effort": 60.0, "own_effort": 15.0} | keys
    model, projects = in_force("culture_technology", **keys)
    model.studios.used["cash"] = 1e9
    return model, projects


def parties(model, projects, n: int = 0) -> list[int]:
    """Return the rows of the studio and the firm of a running project."""
    return projects.rows_of(model, projects.running[n][1:]).tolist()


def test_a_studio_buys_work_from_a_technology_firm_and_the_public_pays_a_share():
    model, projects = pairs()
    s, before = model.studios.used, model.studios.used.copy()
    projects.support(model)
    studio, firm = parties(model, projects)
    assert s["segment"][firm] == Segment.GAMES or s["anchor"][firm] > 0 or (
        s["skill_by"][firm, Specialism.ENGINEERING] > 0.4 * s["skill_by"][firm].sum())
    assert s["segment"][studio] in (0, 2, 3, 4)
    bill = np.floor(5.0 * s["fee"][firm] + 0.5)
    assert model.month.flow[L.SALES_LOCAL_PARTNER] == bill == s["sales"][firm] - before["sales"][firm]
    assert s["inputs"][studio] - before["inputs"][studio] == bill == s["cash"][firm] - before["cash"][firm]
    assert projects.outlay == np.floor(0.5 * bill) == model.month.flow[L.GRANTS_CITY]
    assert s["cash"][studio] - before["cash"][studio] == projects.outlay - bill
    assert s["duty"][firm] == 5.0 and s["duty"][studio] == 15.0 / 12.0          # the work is in their load
    ties = model.partners.ties
    assert tie_between(ties, studio, s["id"][firm]) == tie_between(ties, firm, s["id"][studio]) == 1.0


def test_the_firm_is_the_nearest_that_is_free_and_a_project_lasts_a_year():
    model, projects = pairs(monthly=3)
    projects.support(model)
    s = model.studios.used
    assert len(projects.running) == 3 and len({run[2] for run in projects.running}) == 3
    tech = np.flatnonzero((s["alive"] == Life.ALIVE) & (s["staff"] >= 10) & (s["solo"] == 0)
                          & (s["segment"] == Segment.GAMES))
    studio, firm = parties(model, projects)
    x, y = s["cell"] % model.side, s["cell"] // model.side
    km = model.space.distance[abs(x[tech] - x[studio]), abs(y[tech] - y[studio])]
    assert model.space.distance[abs(x[firm] - x[studio]), abs(y[firm] - y[studio])] <= km.min()
    projects.now["projects"] = 0                                    # repealed: what runs goes on to its end
    bills = [projects.outlay]
    for t in range(1, 14):
        model.t = t
        projects.support(model)
        bills.append(projects.outlay)
    steps = np.diff(bills)
    assert (steps[:11] == bills[0]).all() and (steps[11:] == 0.0).all() and not projects.running


def test_the_cap_holds_and_money_must_be_there_on_both_sides():
    model, projects = pairs(cap=0.012)
    projects.support(model)
    assert projects.outlay == 1000.0                                # a twelfth of the cap
    model, projects = pairs()
    model.studios.used["cash"] = 1000.0
    projects.support(model)
    assert not projects.running and projects.outlay == 0.0          # nobody can pay the own share
    model, projects = pairs(monthly=4, cap=0.012, budget=2000e-6 * 200)
    projects.support(model)
    assert len(projects.running) == 2 and projects.outlay == 2000.0


def test_know_how_of_the_studio_rises_toward_the_firms():
    model, projects = pairs()
    without = pairs()[0]
    projects.support(model)
    (row, firm), gains = parties(model, projects), []
    for each in (without, model):
        s = each.studios.used
        each.partners.ties["strength"][each.partners.ties["id"] != s["id"][firm]] = 0.0
        s["knowhow"] = np.where(s["segment"] == Segment.GAMES, 3.0, 1.0)
        knowledge.spread(each)
        gains.append(float(s["knowhow"][row]) - 1.0)
    assert gains[1] - gains[0] == pytest.approx(2.0 * model.par["knowledge.partners"])


def test_the_load_of_a_project_takes_capacity_from_other_work():
    model, projects = pairs()
    projects.support(model)
    firm = parties(model, projects)[1]
    twin = build(40)
    clear = [m.studios.used["load"][firm] for m in run_a_month(model, twin)]
    assert clear[0] == pytest.approx(clear[1] + 5.0)


def run_a_month(*models):
    """Let only the loads of a month be added up in some models."""
    from cluster_sim.month.production import loads

    for m in models:
        m.studios.used["orders"] = 0.0
        m.projects.used["stage"] = Stage.FREE
        m.credits.used["alive"] = Life.FREE
        loads(m.studios.used, m.projects.used, m.credits.used, m.other_cities.wage_index, m.city_state, m.rules.p, m.t)
    return models


# ------------------------------------------------------------------------------------- template commons
def sellers(documents: int = 600, **keys):
    """Return a model whose commons buys three documents a month, and two studios that may sell, best known first."""
    model, commons = in_force("template_commons", **({"documents": documents, "fee": 0.2, "effort": 6.0} | keys))
    s, rows = model.studios.used, by_identity(model, 2, segment=0)
    s["staff"], s["unit_cost"] = 5, 20_000.0
    s["staff"][rows], s["reputation"][rows] = 20, (2.0, 1.0)
    return model, commons, rows


def test_a_studio_sells_a_document_if_the_fee_covers_its_work():
    model, commons, rows = sellers()
    cash = cash_of(model, rows)
    assert commons.publish(model) == 2.0
    assert (cash_of(model, rows) - cash).tolist() == [0.2 * MILLION] * 2 and commons.outlay == 0.4 * MILLION
    assert (model.studios.used["duty"][rows] == 6.0).all()          # the preparation takes capacity
    assert commons.publish(model) == 0.0                            # not again within a year
    model.t = 12
    assert commons.publish(model) == 2.0
    model, commons, rows = sellers()
    model.studios.used["unit_cost"][rows[0]] = 40_000.0             # the work would cost more than the fee
    assert commons.publish(model) == 1.0 and model.studios.used["duty"][rows].tolist() == [0.0, 6.0]


def test_the_jury_buys_so_many_from_the_best_known_and_no_more_than_it_can_pay():
    model, commons, rows = sellers(documents=200)
    assert commons.publish(model) == 1.0 and model.studios.used["duty"][rows].tolist() == [6.0, 0.0]
    model, commons, rows = sellers(budget=0.3 * 200)
    assert commons.publish(model) == 1.0 and commons.outlay == 0.2 * MILLION


def test_documents_enter_the_commons():
    model, commons, _ = sellers()
    without = build(1)
    for each in (model, without):
        each.city_state["commons"] = 0.5
        knowledge.spread(each)
    gain = model.city_state["commons"][0] - without.city_state["commons"][0]
    norm = model.par["knowledge.publish_norm"] * model.scale
    documents, usual = model.state["documents"], without.state["documents"]
    assert gain == pytest.approx((documents - usual) / norm) and documents >= 2.0


def test_templates_lower_the_cost_of_working_together_more_for_small_studios():
    """Adoption follows the commons; the cost of coordination falls with it, most where the studio is small."""
    costs = []
    for documents in (0, 2000):
        law = {"template_commons": [entry("template_commons", documents=documents)]}
        model = build(24, policies=law).run()
        s = model.studios.used[alive(model)]
        s = s[s["born"] < 0]
        commons = float(model.city_state["commons"][0])
        each = [pair_cost(5.0, 0.0, x, commons, model.rules.p[0]) for x in s["templates"].tolist()]
        size = s["staff"]
        costs.append([np.mean(np.array(each)[size <= 10]), np.mean(np.array(each)[size >= 40])])
    saved_small, saved_large = np.array(costs[0]) - np.array(costs[1])
    assert saved_small > 1.5 * saved_large > 0.0
