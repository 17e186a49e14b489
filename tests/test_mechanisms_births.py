"""First-order effects in births and deaths: who founds, with what, when it opens, and who closes."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim import balances as B
from cluster_sim import ledger as L
from cluster_sim.codes import FOUNDER, Life, Stage, Status
from cluster_sim.draws import FOUND, identity
from cluster_sim.month import births


def with_founder(**options):
    """Return a model in which one experienced employee is about to found a studio, and that person's row."""
    model = build(30, **options)
    model.step()
    model.begin_month()
    people = model.talents.used
    old = alive(model, segment=0, solo=0)
    staff = model.studios.used["staff"][old]
    boss = int(old[staff.argmax()])
    person = int(np.flatnonzero((people["employer"] == boss) & (people["status"] == Status.EMPLOYED)
                                & (people["trained"] < FOUNDER))[0])
    model.agenda.founders = np.array([person])
    model.rules.p["births_close"] = 0.0
    return model, person, boss


def test_a_spin_off_takes_capital_knowhow_and_time():
    model, person, boss = with_founder()
    old = model.studios.used[boss].copy()
    wage = float(model.talents.used["wage"][person])
    births.found_studios(model)
    row = int(model.talents.used["employer"][person])
    s = model.studios.used[row]
    assert row != boss and model.state["entries"] == 1
    assert s["id"] == identity(FOUND, int(model.talents.used["id"][person]), model.t)
    assert s["cash"] + s["equipment"] == model.month.flow[L.FOUNDERS_CAPITAL] > s["equipment"] > 0
    assert s["knowhow"] == pytest.approx(0.5 + 0.5 * old["knowhow"])
    assert s["reputation"] == pytest.approx(model.par["births.reputation"] * old["reputation"])
    assert s["born"] == model.t + round(model.par["approvals.entry_months"]) and s["staff"] == 1
    assert model.talents.used["wage"][person] < wage


def test_a_spin_off_opens_near_the_old_employer_or_at_home():
    for near in (1.0, 0.0):
        model, person, boss = with_founder()
        model.rules.p["births_near"] = near
        births.found_studios(model)
        row = int(model.talents.used["employer"][person])
        place = model.studios.used["cell"][boss] if near else model.talents.used["cell"][person]
        assert model.studios.used["cell"][row] == place


def test_a_super_individual_works_alone():
    model, person, _ = with_founder()
    model.agenda.founders = np.array([-person - 1])
    births.found_studios(model)
    row = int(model.talents.used["employer"][person])
    assert model.talents.used["status"][person] == Status.SOLO and model.studios.used["solo"][row] == 1
    assert model.studios.used["ai"][row] >= 0.5


def test_a_founder_who_has_left_founds_nothing():
    model, person, _ = with_founder()
    model.talents.used["status"][person] = Status.SEEKING
    births.found_studios(model)
    assert model.state["entries"] == 0 and model.month.flow[L.FOUNDERS_CAPITAL] == 0


def test_founding_answers_buzz_and_experience():
    calm, loud = (build(48, par={"population.founding_rate": 0.002, "population.founding_buzz": b,
                                 "knowledge.buzz_of_hit": 2.0, "release.hit_threshold": 20.0}).run().series()
                  for b in (0.0, 2.0))
    assert loud["buzz"].mean() > 0.1 and loud["spin_offs"].sum() > calm["spin_offs"].sum() * 1.1
    green = build(24, par={"population.founding_rate": 0.003, "population.founding_experience": 120}).run().series()
    eager = build(24, par={"population.founding_rate": 0.003, "population.founding_experience": 6}).run().series()
    assert eager["spin_offs"].sum() > green["spin_offs"].sum()


def test_permits_that_take_longer_delay_the_opening():
    opens = []
    for months in (1, 9):
        model, person, _ = with_founder(par={"approvals.entry_months": months})
        births.found_studios(model)
        opens.append(int(model.studios.used["born"][model.talents.used["employer"][person]]))
    assert opens[1] - opens[0] == 8


def closing(model) -> np.ndarray:
    gone = np.zeros(model.studios.high, np.int64)
    count = births.select_exits(model.studios.used, model.rules, model.t, gone)[0]
    return gone[:count]


def healthy():
    model = build(12)
    model.step()
    model.rules.p["births_close"] = 0.0
    model.studios.used["cash"] = 1e7
    model.studios.used["months_red"] = 0
    assert closing(model).size == 0
    return model


@pytest.mark.parametrize("column, value", [("cash", -1e11), ("staff", 0)])
def test_a_studio_that_cannot_pay_or_has_nobody_closes(column, value):
    model = healthy()
    row = int(alive(model, anchor=0)[4])
    model.studios.used[column][row] = value
    assert closing(model).tolist() == [row]


def test_months_in_the_red_are_counted_and_forgiven_once():
    model = healthy()
    row = int(alive(model, anchor=0)[4])
    limit = int(model.par["births.red_months"])
    model.studios.used["cash"][row] = -1.0
    for _ in range(limit):
        assert closing(model).size == 0
    model.studios.used["cash"][row] = 1.0
    assert closing(model).size == 0 and model.studios.used["months_red"][row] == 0
    model.studios.used["cash"][row] = -1.0
    for _ in range(limit):
        assert closing(model).size == 0
    assert closing(model).tolist() == [row]


def test_an_anchor_stays():
    model = healthy()
    model.studios.used["cash"][alive(model)] = -1e12
    assert not np.isin(alive(model, anchor=1), closing(model)).any()


def test_the_young_the_small_and_the_losing_close_more_often():
    def rate(**columns):
        model = healthy()
        model.rules.p["births_close"] = 0.01
        for name, value in (("born", -300), ("staff", 10), ("surplus_year", 1e6), *columns.items()):
            model.studios.used[name] = value
        model.studios.used["anchor"] = 0
        total = 0
        for seed in range(60):
            gone = np.zeros(model.studios.high, np.int64)
            total += births.select_exits(model.studios.used, model.rules._replace(seed=seed), model.t, gone)[0]
        return total / 60 / alive(model).size

    usual = rate()
    assert 0.004 < usual < 0.012
    assert rate(born=0) > 1.5 * usual and rate(surplus_year=-1.0) > 1.5 * usual and rate(staff=600) < 0.5 * usual


def test_closing_pays_out_cash_or_leaves_a_bad_debt():
    for cash, kind in ((12345.0, L.LIQUIDATION), (-12345.0, L.BANK_LOANS)):
        model, claims, row = about_to_close(cash=cash)
        births.wind_up(np.array([row]), model.studios.used, model.month.flow, claims.lost, claims.passed)
        assert model.month.flow[kind] == 12345.0 == model.month.flow.sum()
        assert claims.lost[B.LOANS] == max(0.0, -cash) == claims.lost.sum()


def about_to_close(**columns):
    """Return a model in a new month, its books of claims, and the row of a studio that owns what is given only."""
    model = healthy()
    model.begin_month()
    row = int(alive(model, anchor=0)[4])
    s = model.studios.used
    for name in ("cash", "loan", "payable", "receivable", "equipment"):
        s[name][row] = columns.get(name, 0.0)
    return model, model.books.claims, row


def test_banks_come_first_then_suppliers_and_owners_take_the_rest():
    """Cash 100, clients owe 50, 60, 70: the bank's 120 take 20 of the first claims, suppliers 40, owners the rest."""
    model, claims, row = about_to_close(cash=100.0, receivable=[50.0, 60.0, 70.0], loan=120.0, payable=[10.0, 30.0],
                                        equipment=500.0)
    scrapped = births.wind_up(np.array([row]), model.studios.used, model.month.flow, claims.lost, claims.passed)
    assert scrapped == 500.0 and model.month.flow[L.LOAN_REPAYMENTS] == 100.0 == model.month.flow.sum()
    assert claims.passed.tolist() == [[20, 0, 0], [10, 0, 0], [20, 10, 0], [0, 50, 70]]
    assert not claims.lost.any()


def test_what_creditors_do_not_get_is_lost_and_no_payment():
    model, claims, row = about_to_close(cash=100.0, receivable=[50.0, 0.0, 0.0], loan=500.0, payable=[10.0, 30.0])
    births.wind_up(np.array([row]), model.studios.used, model.month.flow, claims.lost, claims.passed)
    assert claims.lost[B.PAYABLE:B.ESTATES].tolist() == [10.0, 30.0, 350.0]
    assert model.month.flow.sum() == 100.0 and claims.passed.sum() == 50.0


def test_who_is_solvent_is_given_months_and_who_is_not_is_closed():
    model = healthy()
    row = int(alive(model, anchor=0)[4])
    s = model.studios.used
    s["cash"][row], s["receivable"][row] = -1e6, 1e8
    assert closing(model).size == 0
    s["receivable"][row], s["payable"][row] = 0.0, 1e8
    assert closing(model).tolist() == [row]


def test_unfinished_works_of_a_closed_studio_are_written_off_and_finished_ones_forgotten():
    model = healthy()
    model.begin_month()
    works = model.projects.used
    busy = np.flatnonzero((works["stage"] == Stage.PRODUCTION) & (works["cost"] > 0))
    row = int(works["owner"][busy[0]])
    mine = (works["owner"] == row) & (works["stage"] > Stage.FREE) & (works["stage"] < Stage.RUNNING)
    cost = works["cost"][mine].sum()
    model.studios.used["alive"][row] = Life.ENDED
    lost = births.close(model.studios.used, works, model.credits.used, model.talents.used, model.t)
    assert lost == cost > 0 and (works["stage"][mine] == Stage.ABANDONED).all()
    credits = model.credits.used
    assert not np.isin(credits["project_id"][credits["alive"] == Life.ALIVE], works["id"][mine]).any()


def test_employees_of_other_studios_keep_their_work():
    model, person, boss = with_founder()
    people = model.talents.used
    crew = np.flatnonzero((people["employer"] == boss) & (people["status"] == Status.EMPLOYED)
                          & (np.arange(people.size) != person))
    assert crew.size > 10
    births.close_studios(model)
    births.found_studios(model)
    assert (model.talents.used["status"][crew] == Status.EMPLOYED).all()
    assert (model.talents.used["employer"][crew] == boss).all()


def test_titles_in_the_market_stay_in_the_record_when_their_studio_closes():
    """Every release counted in the series is in the table of titles, whoever has closed since."""
    model = build(60, par={"births.close": 0.03, "population.founding_rate": 0.003}).run()
    titles = model.projects_table()
    assert len(titles["month"]) == model.series()["released"].sum() > 50
    assert (~titles["owner_alive"]).any() and titles["owner_alive"].any()
