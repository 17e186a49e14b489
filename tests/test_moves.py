"""People are a stock: who comes from where, what pushes back, and an identity that stops a run that loses somebody."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim import nation
from cluster_sim import people_ledger as P
from cluster_sim.codes import Life, Status
from cluster_sim.month import births, founding, ladder, moves, population, studying
from cluster_sim.nation import people as aggregate

SCALE = 1 / 20


def movers(flow, event, change=lambda model: None, **options):
    """Return how many persons an event books on a flow in the first month, after a change of the state."""
    model = build(2, scale=SCALE, **options)
    model.begin_month()
    change(model)
    event(model)
    return float(model.people.flow[flow])


def pay(factor, specialism=slice(None)):
    """Return a change that raises market wages, of one specialism or of all."""
    def change(model):
        model.city_state["market_wage"][0][specialism] *= factor
    return change


# ------------------------------------------------------------------------------------- who comes
def test_people_of_other_sectors_answer_wages_by_eta():
    eta = build(1).par["labour.eta"]
    usual = movers(P.JOINED, moves.join)
    assert usual > 100
    assert movers(P.JOINED, moves.join, pay(1.2)) / usual == pytest.approx(1.2**eta, rel=0.03)
    assert movers(P.JOINED, moves.join, pay(0.8)) / usual == pytest.approx(0.8**eta, rel=0.04)


def test_specialisms_differ_less_than_creative_work_from_other_work():
    """A wage that rises for one specialism draws people to it by eta over the dissimilarity, mostly from the others."""
    model = build(1)
    equal, plain = moves.choice(model, np.ones(6))
    one = np.ones(6)
    one[3] = 1.1
    pull, weight = moves.choice(model, one)
    plain, weight = np.diff(plain, prepend=0.0) / plain[-1], np.diff(weight, prepend=0.0) / weight[-1]
    within = model.par["labour.eta"] / model.par["labour.dissimilarity"]
    assert equal == pytest.approx(1.0)
    assert (weight[3] / weight[0]) / (plain[3] / plain[0]) == pytest.approx(1.1**within, rel=1e-9)
    assert 1.0 < pull < 1.1 ** model.par["labour.eta"]
    assert pull * weight[0] < plain[0]


def test_other_sectors_run_out_of_people_before_they_are_fewer_than_none():
    def rich(model):
        model.city_state["market_wage"] *= 1000.0
    model = build(2, scale=SCALE)
    before = model.people.now[P.OTHER]
    came = movers(P.JOINED, moves.join, rich)
    assert 0.9 * before < came <= before


def test_higher_creative_wages_drive_nobody_into_other_sectors():
    """Where the market pays more than the own employer, people look for other creative work."""
    usual, rich = ({flow: movers(flow, population.live_careers, pay(factor)) for flow in (P.SWITCHED, P.QUIT)}
                   for factor in (1.0, 1.5))
    assert rich[P.QUIT] > 1.3 * usual[P.QUIT]
    assert 0.9 * usual[P.SWITCHED] < rich[P.SWITCHED] <= usual[P.SWITCHED]      # who quits cannot go as well


def test_wages_in_other_sectors_rise_as_people_leave_them():
    def few(model):
        model.people.stock[P.OTHER] *= 0.5
    usual, half = movers(P.JOINED, moves.join), movers(P.JOINED, moves.join, few)
    par = build(1).par
    expected = 0.5 * 0.5 ** (par["labour.other_return"] * par["labour.eta"])
    assert usual > 100 and half == pytest.approx(expected * usual, abs=1.0)        # whole persons move


def test_at_the_start_as_many_come_of_age_as_retire():
    """Who begins to study comes of age as a student."""
    model = build(1, scale=SCALE)
    par, first = model.par, model.people.first
    students = (1.0 - par["education.from_elsewhere"]) * model.labour.graduates / par["population.graduates_stay"]
    came, retired = (movers(flow, moves.age) for flow in (P.CAME_OF_AGE, P.RETIRED_OTHER))
    assert came + students == pytest.approx(retired + par["population.retirement"] * first[P.AT_WORK], rel=0.01)
    assert students > 0.02 * retired


def test_at_the_start_as_many_come_to_the_city_as_leave_it():
    """Who comes to study and stays counts among those who come."""
    model = build(1, scale=SCALE)
    students = model.par["education.from_elsewhere"] * model.labour.graduates
    came, left = (movers(flow, moves.migrate) for flow in (P.SETTLED, P.LEFT_OTHER))
    assert came + students == pytest.approx(left, rel=0.002) and students > 0.01 * left
    people = model.people.first[P.AT_WORK] + model.people.first[P.SEEKING]
    usual = movers(P.MIGRATED, moves.migrate, lambda model: moves.look_around(model))
    assert usual == pytest.approx(model.par["labour.emigration_rate"] * people, rel=0.1)


def test_the_pool_elsewhere_depletes():
    def few(model):
        model.people.stock[P.ELSEWHERE] *= 0.5
    usual, half = movers(P.MIGRATED, moves.migrate), movers(P.MIGRATED, moves.migrate, few)
    par = build(1).par
    expected = 0.5 ** (1.0 + par["labour.other_return"] * par["labour.eta"])
    assert usual > 50 and half == pytest.approx(expected * usual, abs=1.0)         # whole persons move


def test_a_fuller_city_is_dearer_and_takes_fewer_until_none_finds_a_home():
    came = []
    for part in (0.0, 0.2, 0.4, 1.2):
        def crowd(model, part=part):
            more = part * (model.labour.room - model.people.residents)
            model.people.stock[P.HOME] += more
            moves.look_around(model)
        came.append(movers(P.MIGRATED, moves.migrate, crowd))
    assert came[0] > 1.2 * came[1] > 1.5 * came[2] > 0 and came[3] == 0


def test_homes_and_costs_are_those_of_the_aggregate_city():
    """The agent city and the outside cities push back by one and the same formula."""
    p = nation.parameters.defaults(segments=2)
    par = {f"population.{name}": getattr(p, name) for name in ("housing_share", "housing", "crowding")}

    class Rest:
        residents, room = np.array([1000.0]), np.array([1200.0])

    for residents in (900.0, 1000.0, 1100.0, 1190.0):
        assert moves.living_cost(par, 1000.0, 1200.0, residents) == pytest.approx(
            aggregate.living_cost.py_func(p, Rest, 0, residents))
        homes, wanted = 1200.0 - residents, 7.0
        vacated = p.emigration_rate * 1000.0
        assert moves.housed(vacated, 200.0, homes, wanted) == pytest.approx(
            aggregate.housed.py_func(p, Rest, 0, homes, wanted))


def test_students_come_from_a_stock_too():
    def september(model):
        model.t = 8

    def few(model):
        model.t = 8
        model.people.stock[P.HOME] *= 0.5
    here = movers(P.ENROLLED, studying.study, september)
    assert here > 100 and movers(P.ENROLLED_FROM_ELSEWHERE, studying.study, september) == pytest.approx(here, abs=1)
    assert movers(P.ENROLLED, studying.study, few) == pytest.approx(0.5 * here, rel=0.02)


def test_the_city_says_how_many_there_are():
    model = build(1, city="chengdu", scale=1 / 100)
    known, stock = model.city.start["people"], model.people.first
    assert stock[[P.AT_WORK, P.OTHER]].sum() == pytest.approx(known["employed"] / 100, abs=1)
    assert stock[:P.ELSEWHERE].sum() == pytest.approx(known["residents"] / 100, abs=1)
    assert stock[P.ELSEWHERE] == known["elsewhere"] / 100 and model.labour.room == known["planned"] / 100


# ------------------------------------------------------------------------------------- the identity
def test_everybody_comes_from_somewhere_and_goes_somewhere():
    """Over a run no stock changes but by flows, all together stay as many, and the table is what is booked."""
    model = build(30, scale=1 / 100)
    everybody = model.people.first.sum()
    while not model.finished:
        before = model.people.stock.copy()
        model.step()
        assert model.people.stock.sum() == pytest.approx(everybody, rel=1e-12)
        assert not (model.people.stock == before).all()
    status = np.bincount(model.talents.used["status"], minlength=5)
    assert model.people.stock[P.SEEKING] == status[Status.SEEKING] and model.people.stock[P.STUDYING] == status[1]
    assert model.people.stock[P.AT_WORK] == status[Status.EMPLOYED] + status[Status.SOLO]
    assert (model.people.stock > 0).all()


def lose_a_hire(monkeypatch):
    book = P.People.book
    monkeypatch.setattr(P.People, "book", lambda self, flow, n: book(self, flow, n - (flow == P.HIRED)))


def forget_closures(monkeypatch):
    monkeypatch.setattr(births.P, "CLOSED", P.RETIRED_OTHER)


def forget_the_retired(monkeypatch):
    monkeypatch.setattr(population, "BOOKED", tuple(row for row in population.BOOKED if row[1] != P.RETIRED))


def bring_nobody(monkeypatch):
    monkeypatch.setattr(moves, "settle", lambda model, count, *rest: np.empty(0, np.int64))


@pytest.mark.parametrize("wrong, says", [
    (lose_a_hire, "the flow 'hired'"), (forget_closures, "'out of a closed studio' 0"),
    (forget_the_retired, "'retired from creative work' 0"), (bring_nobody, "'joined from other sectors'")])
def test_one_line_wrong_stops_the_run_with_flow_and_month(monkeypatch, wrong, says):
    model = build(12, scale=1 / 50, par={"births.close": 0.02})
    model.step()
    wrong(monkeypatch)
    with pytest.raises(P.PeopleError, match=r"2017-0[2-9]: people do not add up") as error:
        model.run()
    assert says in str(error.value) and "stopped" in str(error.value)


def test_a_stock_or_flow_below_nobody_is_named():
    people = P.People(np.array([10.0, 5.0, 0.0, 3.0, 2.0, 9.0, 40.0]))
    people.book(P.JOINED, 4)
    with pytest.raises(P.PeopleError, match="2020-01: -1 people are 'other sectors'"):
        people.close("2020-01", (10, 9, 0))
    people.flow[:] = 0.0
    people.book(P.SETTLED, -1)
    with pytest.raises(P.PeopleError, match="the flow 'settled in other sectors' of people is -1"):
        people.close("2020-01", (10, 5, 0))


# ------------------------------------------------------------------------------------- what follows from it
SIZE = 1 / 200
YEARS = 14                          # of which the market is a hundredfold from the third on
SHOCK = {"market": {"from": 2019 * 12, "factor": 100.0, "growth": 0.0}}


def boom(seed, shock):
    """Return a town that starts at rest in a still world, its part of the nation by year, and the queue by month."""
    model = build(YEARS * 12, seed=seed, scale=SIZE, outside={"freeze": True} | shock,
                  par={"start.rest_months": 600.0, "gaps.attraction": 0.0})
    part, queue = [], []
    while not model.finished:
        model.step()
        won = sum(model.state[f"won_{where}"] for where in ("home", "nation", "abroad"))
        studios = model.studios.used[model.studios.used["alive"] == Life.ALIVE]
        part.append(won / (won + model.state["rival_sales"]))
        queue.append(studios["load"].sum() / studios["capacity"].sum())
    return model, np.reshape(part, (-1, 12)).mean(1), np.array(queue)


@pytest.fixture(scope="module")
def booms():
    """Towns of six seeds, each with the hundredfold market and without."""
    return [(boom(seed, SHOCK), boom(seed, {})) for seed in range(1, 7)]


def test_a_hundredfold_market_meets_finite_labour(booms):
    """Wages and prices ration: no stock empties, wages rise above threefold here and elsewhere, jobs stay below people.

    Orders come down below twice what can be done, and the rest of the city produces with the people whom it keeps.
    """
    for (model, _, queue), _ in booms:
        series, people = model.series(), model.people
        assert series["relative_wage"][-1] * model.rivals.wage > 3.0 and model.rivals.wage > 3.0
        assert queue[24] > 20.0 and max(queue[4 * 12:]) < 2.0
        force = people.stock[[P.AT_WORK, P.SEEKING, P.OTHER]].sum()
        assert series["employment"][-1] < 0.95 * force and (people.stock > 0.02 * people.first).all()
        assert people.residents < model.labour.room
        rest = series["city_gdp"] - series["creative_value_added"]
        kept = people.stock[P.OTHER] / people.first[P.OTHER]
        labour = model.par["accounts.labour_share"] * model.par["accounts.poaching_loss"]
        assert (rest > 0).all() and kept < 0.5 and rest[-1] / rest[0] == pytest.approx(kept**labour, rel=0.02)


def test_a_market_that_grows_for_all_cities_leaves_each_its_part(booms):
    """Against the same towns without the shock, in every year; nor do wages run away from those elsewhere."""
    shocked, plain = (np.mean([pair[which][1] for pair in booms], 0) for which in (0, 1))
    assert shocked[:2] == pytest.approx(plain[:2], rel=1e-12)
    assert shocked == pytest.approx(plain, rel=0.35)
    assert shocked[2:].mean() == pytest.approx(plain[2:].mean(), rel=0.25)
    wage = np.mean([pair[0][0].series()["relative_wage"] for pair in booms], 0).reshape(-1, 12).mean(1)
    assert (wage[2:] < 1.2 * wage[:2].mean()).all()


def test_founders_count_a_premium_as_wages_to_come():
    """A premium is no profit that lasts: it does not make more people found, whatever the books show."""
    model = build(3)
    model.step()
    usual = founding.owners_income(model)
    s, rows = model.studios.used, alive(model)
    premium = 30.0 * 12.0 * s["wage_bill"][rows]
    s["surplus_year"][rows] += premium
    assert founding.owners_income(model) > 10.0 * usual
    s["premium_year"][rows] += premium
    assert model.par["population.founding_least"] < founding.owners_income(model) < usual
    model.city_state["premium"] = np.log(2.0)
    s["premium_year"][:] = 0.0
    sales = s["sales"][rows].copy()
    ladder.review(model)
    assert s["premium_year"][rows] == pytest.approx(0.5 * sales)
