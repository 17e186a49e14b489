"""Money for works: subsidy, incentive and their joint cap, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import SCALE, add_project, alive, build, clear_projects, entry, plain
from instruments import MILLION, by_identity, cash_of, in_force, released, settle

from cluster_sim import balances as B
from cluster_sim import ledger as L
from cluster_sim.codes import Segment, Stage
from cluster_sim.model import ClusterModel
from cluster_sim.month import greenlight
from cluster_sim.records import PROPOSAL


# ------------------------------------------------------------------------------------- production subsidy
@pytest.mark.parametrize("cost, coinvest, aid", [(20.0, 0.0, 4.0), (20.0, 0.5, 2.0), (100.0, 0.0, 15.0),
                                                 (0.5, 0.0, 0.0)])
def test_production_subsidy_pays_a_share_of_audited_cost_at_release(cost, coinvest, aid):
    """Rate times the owner's cost, up to the cap of one work, nothing for works that are too small."""
    model, instrument = in_force("production_subsidy", rate=0.2, cap=15.0, smallest=1.0)
    row = released(model, cost, coinvest=coinvest)
    owner = model.projects.rows["owner"][row]
    cash = model.studios.used["cash"][owner]
    instrument.after_release(model)
    assert model.studios.used["cash"][owner] - cash == pytest.approx(aid * MILLION, abs=1)
    assert model.projects.rows["aid_claim"][row] == pytest.approx(aid * MILLION, abs=1)
    assert model.month.flow[L.GRANTS_CITY] + model.month.flow[L.GRANTS_PROVINCE] == pytest.approx(aid * MILLION, abs=1)
    assert model.month.flow[L.GRANTS_CITY] == pytest.approx(0.5 * aid * MILLION, abs=1)


def test_production_subsidy_is_not_paid_before_or_after_release_or_to_other_segments():
    model, instrument = in_force("production_subsidy", rate=0.2)
    for stage in (Stage.APPROVAL, Stage.TESTING, Stage.READY):
        released(model, stage=stage)
        model.projects.used["released"] = -1
    old = released(model)
    model.projects.rows["released"][old] = model.t - 1
    released(model, segment=3)
    instrument.after_release(model)
    assert instrument.outlay == 0.0 == model.month.flow.sum()


def test_expected_aid_brings_works_to_the_green_light():
    """A studio that has the money counts on the aid: with it more proposals are worth their cost, none are lost."""
    greenlit = []
    for rate in (0.0, 0.5):
        law = {"production_subsidy": [entry("production_subsidy", rate=rate, cap=100.0, smallest=0.0)]}
        models = [build(1, seed=seed, policies=law, par={"segments.idea_rate.film": 0.9,
                                                         "segments.idea_rate.scifi": 0.9}) for seed in range(8)]
        for model in models:
            model.studios.used["cash"] += 1e8
            model.books.studios_cash = float(model.studios.used["cash"].sum())
        greenlit.append(sum(model.run().series()["green_lit"][0] for model in models))
    assert greenlit[1] > greenlit[0] > 0


def test_expected_aid_is_what_will_be_paid():
    model, instrument = in_force("production_subsidy", rate=0.2, cap=15.0)
    proposals = np.zeros(3, PROPOSAL)
    proposals["budget"], proposals["segment"], proposals["coinvest"] = 20e6, (0, 4, 1), 0.25
    instrument.expect_aid(model, proposals)
    assert proposals["aid"].tolist() == [3e6, 3e6, 0.0]


# ------------------------------------------------------------------------------------- box-office incentive
@pytest.mark.parametrize("gross, reward", [(49.0, 0.0), (50.0, 0.0), (90.0, 4.0), (110.0, 6.0), (5000.0, 6.0)])
def test_box_office_incentive_pays_after_the_run_and_never_above_its_cap(gross, reward):
    model, instrument = in_force("box_office_incentive", threshold=50.0, rate=0.1, cap=6.0)
    row = released(model, gross=gross * MILLION)
    owner = model.projects.rows["owner"][row]
    instrument.after_release(model)
    assert instrument.outlay == 0.0                       # still running
    cash = model.studios.used["cash"][owner]
    model.projects.rows["stage"][row] = Stage.DONE
    instrument.after_release(model)
    assert model.studios.used["cash"][owner] - cash == pytest.approx(reward * MILLION, abs=1) == model.month.flow[
        L.GRANTS_PROVINCE]


def test_box_office_incentive_in_a_run_is_paid_once_a_work():
    law = {"box_office_incentive": [entry("box_office_incentive", rate=0.2, threshold=0.1, cap=1.0)]}
    model = build(60, policies=law).run()
    titles = model.projects_table()
    paid = titles["aid"] > 0
    assert paid.any() and titles["aid"].max() <= 1.0
    own = np.isin(titles["segment"], ["film", "scifi"])
    done = titles["stage"] == "done"
    due = np.floor(np.minimum(0.2 * np.maximum(titles["gross"] * MILLION - 1e5, 0.0), 1e6)) / MILLION
    assert titles["aid"][own & done] == pytest.approx(due[own & done], abs=1e-5)
    assert not paid[~own | ~done].any()


# ------------------------------------------------------------------------------------- joint cap
def test_all_aids_to_one_work_stay_under_the_joint_cap():
    law = {"production_subsidy": [entry("production_subsidy", rate=0.5, cap=15.0)],
           "box_office_incentive": [entry("box_office_incentive", rate=0.5, cap=15.0, threshold=1.0)]}
    model = build(3, policies=law)
    clear_projects(model)
    for instrument in model.instruments:
        instrument.enact(model)
    model.begin_month()
    row = released(model, cost=40.0, gross=500 * MILLION)
    owner = model.projects.rows["owner"][row]
    subsidy = next(i for i in model.instruments if i.name == "production_subsidy")
    incentive = next(i for i in model.instruments if i.name == "box_office_incentive")
    subsidy.after_release(model)
    assert model.projects.rows["aid_claim"][row] == 15 * MILLION
    model.projects.rows["stage"][row] = Stage.DONE
    model.projects.rows["released"][row] = model.t - 3
    incentive.after_release(model)
    cap = model.par["aid.joint_cap"] * MILLION
    assert model.projects.rows["aid_claim"][row] == cap == 21 * MILLION
    assert model.studios.used["public"][owner] == cap == subsidy.outlay + incentive.outlay

# ------------------------------------------------------------------------------------- loans and lotteries
def just_begun(model, cost: float = 20.0, segment: int = 0, **columns) -> int:
    """Add a work that has its green light this month; return its row."""
    owner = int(alive(model, segment=segment, anchor=0)[0])
    return add_project(model, owner, stage=Stage.APPROVAL, started=model.t, budget=cost * MILLION, **columns)


def test_a_bank_lends_a_part_of_the_aid_and_is_paid_back_with_interest_at_release():
    model, subsidy = in_force("production_subsidy", rate=0.2, cap=15.0, bridged=0.5)
    row = just_begun(model)
    owner, j = model.projects.rows["owner"][row], model.projects.rows[row]
    cash = model.studios.used["cash"][owner]
    subsidy.green_light(model, np.array([row]))
    assert model.studios.used["cash"][owner] - cash == j["loan"] == model.month.flow[L.BANK_LOANS] == 2 * MILLION
    assert subsidy.outlay == 0.0                                    # a loan is no outlay
    model.t = 10
    j["stage"], j["released"], j["cost"] = Stage.RUNNING, model.t, 20 * MILLION
    subsidy.after_release(model)
    interest = np.floor(2 * MILLION * model.par["costs.interest"] * 10)
    assert model.studios.used["cash"][owner] - cash == 4 * MILLION - interest
    assert j["loan"] == 0.0 and model.month.flow[L.INTEREST] == interest
    assert model.month.flow[L.LOAN_REPAYMENTS] == 2 * MILLION
    assert subsidy.outlay == 4 * MILLION
    subsidy.after_release(model)
    assert model.month.flow[L.LOAN_REPAYMENTS] == 2 * MILLION             # once


def test_a_studio_that_closes_owes_its_bank():
    model, subsidy = in_force("production_subsidy", rate=0.2, bridged=0.5)
    row = just_begun(model)
    owner = model.projects.rows["owner"][row]
    subsidy.green_light(model, np.array([row]))
    model.studios.used["cash"][owner] = 0.5 * MILLION
    subsidy.closing(model, np.array([owner]))
    assert model.studios.used["cash"][owner] == -1.5 * MILLION      # births.close books it as the banks' bad debt
    assert model.month.flow[L.LOAN_REPAYMENTS] == 2 * MILLION and model.projects.rows["loan"][row] == 0.0


def test_what_banks_lent_in_a_run_is_paid_back_or_still_owed():
    law = {"production_subsidy": [entry("production_subsidy", rate=0.5, cap=15.0, smallest=0.0, bridged=1.0)]}
    model = build(48, policies=law, par={"segments.idea_rate.film": 0.5, "births.close": 0.01})
    settled = []            # by a loss of the bank, or by claims on clients that it took over

    def look(model):
        claims = model.books.claims
        settled.append(claims.lost[B.LOANS] + claims.passed[0].sum())

    model.run(look)
    table, j = model.ledger_table(), model.projects.used
    owed = j["loan"][j["stage"] > Stage.FREE].sum() + model.studios.used["loan"].sum()
    lent, back = (table[name].sum() * MILLION for name in ("bank_loans", "loan_repayments"))
    assert back > 0 and sum(settled) > 0 and lent - back - sum(settled) == pytest.approx(owed, abs=1)


def test_a_loan_on_the_aid_lets_a_studio_begin_what_it_could_not_pay():
    """Half of an aid of 80% is lent, so that own money carries as much again as two thirds of itself."""
    accepted, parts = [], []
    for bridged in (0.0, 0.5):
        model, subsidy = in_force("production_subsidy", rate=0.8, cap=100.0, bridged=bridged)
        proposals = np.zeros(2, PROPOSAL)
        proposals["owner"], proposals["budget"] = int(alive(model, segment=0, anchor=0)[0]), 1e7
        proposals["cost"], proposals["expected"] = 1e7, (1e9, 0.9e7)        # the second is worth it with the aid only
        least = 1.0 - model.par["greenlight.coinvest_bound"]
        proposals["own"] = 0.7 * least * 1e7
        proposals["coinvest"] = 1.0 - 0.7 * least, 1.0
        subsidy.expect_aid(model, proposals)
        greenlight.choose(proposals, model.studios.used, model.rules.p)
        accepted.append(proposals["accepted"].tolist())
        parts.append(proposals["coinvest"].tolist())
    assert accepted == [[0, 0], [1, 0]]             # co-investors still stay away from what does not pay by itself
    assert 1.0 - parts[1][0] == pytest.approx(0.7 * least / (1.0 - 0.5 * 0.8)) and parts[1][1] == 1.0


def test_a_loan_on_the_aid_can_stand_for_co_investors_who_stay_away():
    """The owner lacks a part of what co-investors leave to it: the bank lends it, and their usual part is enough."""
    model, subsidy = in_force("production_subsidy", rate=0.5, cap=100.0, bridged=0.5)
    usual = float(model.rules.segments["coinvest"][0])
    proposals = np.zeros(2, PROPOSAL)
    proposals["budget"], proposals["cost"], proposals["expected"], proposals["coinvest"] = 1e7, 1e7, 0.9e7, 1.0
    proposals["own"] = (1.0 - usual) * 1e7 * np.array([0.76, 0.74])         # a quarter can be lent
    subsidy.expect_aid(model, proposals)
    assert proposals["coinvest"].tolist() == [usual, 1.0]
    assert proposals["aid"][0] == pytest.approx(0.5 * (1.0 - usual) * 1e7, abs=1) and proposals["aid"][1] == 0.0


def test_in_a_lottery_the_same_works_win_at_the_green_light_and_at_release():
    model, subsidy = in_force("production_subsidy", rate=0.2, lottery=0.4, smallest=0.0, bridged=0.5)
    rows = np.array([just_begun(model, 10.0) for _ in range(60)])
    j = model.projects.rows
    proposals = np.zeros(60, PROPOSAL)
    proposals["id"], proposals["budget"] = j["id"][rows], 10e6
    subsidy.expect_aid(model, proposals)
    won = proposals["aid"] > 0
    assert 10 < won.sum() < 38 and (proposals["aid"][won] == 2e6).all()
    assert (proposals["applied"] == np.where(won, 3, 1)).all()
    subsidy.green_light(model, rows)
    assert ((j["loan"][rows] > 0) == won).all()
    model.t = 15
    j["stage"][rows], j["released"][rows], j["cost"][rows] = Stage.RUNNING, model.t, 10e6
    subsidy.after_release(model)
    assert (j["aid_claim"][rows] == np.where(won, 2e6, 0.0)).all()  # losers get nothing


def test_applications_are_on_record_with_who_won():
    law = {"production_subsidy": [entry("production_subsidy", rate=0.5, smallest=0.0, lottery=0.5)]}
    setup = plain(36, policies=law, par={"segments.idea_rate.film": 0.9})
    model = ClusterModel(setup, seed=1, scale=SCALE, keep=("payments",)).run()
    asked, titles = model.applications_table(), model.projects_table()
    assert 0.2 < asked["won"].mean() < 0.8 and set(asked["segment"]) <= {"film", "scifi"}
    winners = set(asked["project_id"][asked["won"]].tolist())
    paid = (titles["aid"] > 0) & (titles["started"] >= np.datetime64("2017-01"))       # others applied before
    assert paid.any() and set(titles["project_id"][paid].tolist()) <= winners


def test_expected_aid_is_under_the_joint_cap():
    """Nobody counts on more than the law pays for one work, however many instruments promise."""
    law = {"production_subsidy": [entry("production_subsidy", rate=1.0, cap=1000.0, smallest=0.0)]}
    model = build(24, policies=law, par={"segments.idea_rate.film": 0.9, "aid.joint_cap": 0.05}).run()
    assert model.projects.used["aid"].max() == 0.05 * MILLION


# ------------------------------------------------------------------------------------- sci-fi
@pytest.mark.parametrize("franchise, aid", [(0.0, 0.1), (0.5, 2.1)])
def test_scifi_works_get_their_capped_share_and_sequels_that_of_rights(franchise, aid):
    model, scifi = in_force("scifi_13", work_rate=0.1, work_cap=0.1, rights_rate=0.1, rights_cap=3.0)
    row = released(model, 20.0, segment=Segment.SCIFI, franchise=franchise)
    released(model, 20.0, segment=0, franchise=franchise)
    owner = model.projects.rows["owner"][row]
    model.studios.used["franchise"][owner] = franchise
    proposals = np.zeros(2, PROPOSAL)
    proposals["owner"], proposals["budget"], proposals["segment"] = owner, 20e6, (Segment.SCIFI, 0)
    scifi.expect_aid(model, proposals)
    assert proposals["aid"].tolist() == [pytest.approx(aid * MILLION), 0.0]
    cash = cash_of(model, owner)
    scifi.after_release(model)
    assert cash_of(model, owner) - cash == pytest.approx(aid * MILLION) == scifi.outlay


def test_new_scifi_firms_get_a_grant_in_the_month_in_which_they_open():
    model, scifi = in_force("scifi_13", founding=0.5)
    model.t = 5
    new, old = by_identity(model, 2, segment=Segment.SCIFI)
    other = by_identity(model, 1, segment=0)
    model.studios.used["born"][np.concatenate([[new], other])] = 5
    cash = cash_of(model, [new, old])
    scifi.support(model)
    assert (cash_of(model, [new, old]) - cash).tolist() == [0.5 * MILLION, 0.0]
    assert scifi.outlay == 0.5 * MILLION


def test_the_operator_of_a_park_with_enough_scifi_tenants_passes_a_part_on_as_lower_rent():
    model, scifi = in_force("scifi_13", park=2.0, tenants=400, passed_on=0.3)       # two tenants at this scale
    rows = by_identity(model, 2, segment=Segment.SCIFI)
    s = model.studios.used
    s["park"] = -1
    settle(model, rows, "", rent=500.0)
    s["park"][rows[:1]] = 0
    scifi.support(model)
    assert scifi.outlay == 0.0                                      # one tenant is not enough
    s["park"][rows] = 0
    month = 2.0 * MILLION * model.scale / 12.0
    scifi.support(model)
    assert model.month.flow[L.OPERATOR_GRANTS_CITY] == pytest.approx(0.7 * month, abs=1)
    assert model.month.flow[L.RENT_SUBSIDY_CITY] == pytest.approx(0.3 * month, abs=2)
    assert s["rent_relief"][rows] == pytest.approx(0.3 * month / 2 / 50_000.0, rel=1e-2)


def test_a_scifi_fair_ties_its_exhibitors_to_partners_elsewhere_once_a_year():
    model, scifi = in_force("scifi_13", fair=10.0, fair_month=10, exhibitors=200, tie=0.5)      # one at this scale
    scifi.support(model)
    assert scifi.outlay == 0.0
    model.t = 9
    scifi.support(model)
    s = model.studios.used
    assert sorted(s["outside_tie"][alive(model, segment=Segment.SCIFI)]) == [0.0, 0.5] and s["outside_tie"].sum() == 0.5
    assert model.month.flow[L.PROGRAMMES_CITY] == 10 * MILLION * model.scale
