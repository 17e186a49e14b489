"""The flat wage subsidy and the tax cut that instruments are held against, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build, entry
from instruments import MILLION, cash_of, in_force

from cluster_sim import ledger as L
from cluster_sim.month import production, rivals


def test_the_wage_subsidy_pays_everybody_the_same_part_of_wages():
    model, subsidy = in_force("wage_subsidy", rate=0.1)
    production.pay_costs(model)
    rows = alive(model)
    s, cash = model.studios.used, cash_of(model, rows)
    subsidy.support(model)
    paid = cash_of(model, rows) - cash
    assert paid == pytest.approx(0.1 * s["wages"][rows], abs=1.0) and (paid > 0.0).all()
    assert paid.sum() == subsidy.outlay == model.month.flow[[L.WAGE_SUBSIDY_CITY, L.WAGE_SUBSIDY_PROVINCE]].sum()
    assert s["subsidies"][rows] == pytest.approx(paid) and s["wage_relief"][rows] == pytest.approx(0.1, rel=1e-3)


def test_studios_count_with_the_subsidy_in_their_costs():
    model, subsidy = in_force("wage_subsidy", rate=0.1)
    production.pay_costs(model)
    rows, s = alive(model), model.studios.used
    before = s["unit_cost"][rows].copy()
    subsidy.support(model)
    relief = 0.1 * s["wages"][rows] / np.maximum(s["capacity"][rows], 0.05)
    production.pay_costs(model)
    assert before - s["unit_cost"][rows] == pytest.approx(relief, rel=1e-3)
    production.pay_costs(model)
    assert s["unit_cost"][rows] == pytest.approx(before)            # what is not paid again is not counted on


def test_a_short_budget_is_shared_by_all_alike():
    model, subsidy = in_force("wage_subsidy", rate=0.5, budget=10.0)
    production.pay_costs(model)
    rows, s = alive(model), model.studios.used
    subsidy.support(model)
    assert subsidy.outlay == pytest.approx(10.0 * MILLION * model.scale, abs=rows.size)
    assert np.ptp(s["wage_relief"][rows]) < 0.03 * s["wage_relief"][rows].mean()     # whole yuan


def test_matched_subsidies_make_other_cities_cheaper_and_cost_us_nothing():
    def asked(matched: float) -> tuple[float, float]:
        law = {"wage_subsidy": [entry("wage_subsidy", rate=0.1, matched=matched)]}
        model = build(6, policies=law).run()
        return float(model.rivals.state.price[1:].mean()), model.instruments[0].outlay

    alone, half, whole = asked(0.0), asked(0.5), asked(1.0)
    assert whole[0] < half[0] < alone[0]
    assert whole[1] == pytest.approx(alone[1], rel=0.05)


def test_no_subsidy_to_match_leaves_other_cities_as_they_are():
    model = build(2)
    model.begin_month()
    assert rivals.outside_of(model).own_cost == 1.0
    model.month.levers["matched_relief"] = 0.1
    part = model.rivals.parameters.labour_part
    assert rivals.outside_of(model).own_cost == pytest.approx(1.0 - 0.1 * part) and 0.0 < part < 1.0


def test_the_tax_cut_pays_back_a_part_of_the_profit_tax_of_last_month():
    model = build(8, policies={"tax_cut": [entry("tax_cut", rate=0.4)]})
    cut, tax = model.instruments[0], []
    kinds = [L.PROFIT_TAX_CENTRE, L.PROFIT_TAX_PROVINCE, L.PROFIT_TAX_CITY]
    refunds = [L.REFUNDS_CENTRE, L.REFUNDS_PROVINCE, L.REFUNDS_CITY]
    while not model.finished:
        model.step()
        tax.append(model.month.flow[kinds])
        if model.t > 1:
            back = model.month.flow[refunds]
            gone = 0.4 * tax[-2].sum() - back.sum()             # who closed has nothing paid back
            assert -1.0 * alive(model).size <= gone + alive(model).size and gone <= 0.02 * tax[-2].sum() + 1000.0
            assert back == pytest.approx(back.sum() * np.array([0.6, 0.14, 0.26]), abs=3.0 + 1e-6 * back.sum())
    assert cut.outlay > 0.0


def test_who_earns_nothing_has_nothing_paid_back():
    model, cut = in_force("tax_cut", rate=1.0)
    s, rows = model.studios.used, alive(model)
    s["surplus"], s["surplus_year"], s["equipment"] = -1.0, 1e6, 0.0
    s["surplus"][rows[0]], s["surplus"][rows[1]], s["surplus_year"][rows[1]] = 1e6, 1e6, -1.0
    cash = cash_of(model, rows)
    cut.support(model)
    paid = cash_of(model, rows) - cash
    assert paid[0] == pytest.approx(1e6 * model.par["costs.profit_tax"], abs=1.0) and (paid[1:] == 0.0).all()


def test_each_government_gives_up_its_own_part_of_the_tax_that_is_cut():
    """What is declared is what the parameters say; other parts of the tax are other parts of the cut."""
    model, cut = in_force("tax_cut", rate=0.4)
    assert cut.shares(model) == pytest.approx(cut.payer)
    model, cut = in_force("tax_cut", rate=0.4, par={"costs.tax_to_centre": 0.5})
    assert cut.shares(model) == pytest.approx({"city": 0.36, "province": 0.14, "centre": 0.5})
