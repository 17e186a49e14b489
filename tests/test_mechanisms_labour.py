"""First-order effects in the labour market: who applies where, who is taken, and what wages do."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim.codes import FOUNDER, Life, Status
from cluster_sim.month import births, hiring, moves, studying, wages
from cluster_sim.records import EMPLOYER, TALENT
from cluster_sim.state import Vacancies


def applications(model, weights, cells=(0, 0), skills=(1.0,), home=0, seeds=500):
    """Return how often each of two vacancies is chosen, and by which row, over many seeds."""
    people = np.zeros(len(skills), TALENT)
    people["id"], people["status"], people["skill"] = np.arange(1, len(skills) + 1), Status.SEEKING, skills
    people["cell"] = home
    employers = np.zeros(2, EMPLOYER)
    employers["cell"] = cells
    chosen, rows = np.zeros(2), []
    for seed in range(seeds):
        vacancies = Vacancies(np.array([0, 2, 2, 2, 2, 2, 2]), np.array([0, 1]), np.zeros(2, np.int64),
                              np.array(weights, np.float32), np.full(2, -1.0, np.float32), np.zeros(2, np.int64),
                              np.full(2, -1, np.int64))
        hiring.apply(people, employers, vacancies, model.labour.commute, model.city_state,
                     model.rules._replace(seed=seed), 0, model.month.levers["vacancies_seen"])
        chosen += vacancies.row >= 0
        rows += vacancies.row[vacancies.row >= 0].tolist()
    return chosen, rows


def test_seekers_choose_by_weight():
    """A vacancy that weighs twice as much gets about twice as many of the seekers (a logit)."""
    model = build(1)
    model.rules.p["labour_reservation"] = 0.0
    equal, _ = applications(model, (1.0, 1.0))
    better, _ = applications(model, (2.0, 1.0))
    assert equal.sum() == better.sum() == 500
    assert equal[0] / equal[1] == pytest.approx(1.0, abs=0.25)
    assert 1.5 < better[0] / better[1] < 2.7


def test_seekers_choose_near_work_and_may_wait():
    model = build(1)
    far, _ = applications(model, (1.0, 1.0), cells=(0, model.side - 1))
    assert far[0] > far[1] * 1.15 and far[1] > 0
    model.rules.p["labour_reservation"] = 10.0
    waiting, _ = applications(model, (0.5, 0.5))
    assert waiting.sum() < 0.7 * far.sum()


def test_the_best_applicant_is_taken():
    model = build(1)
    model.rules.p["labour_reservation"] = 0.0
    _, rows = applications(model, (1.0, 0.0), skills=(0.6, 0.7, 1.6, 0.8), seeds=200)       # all want the same place
    assert np.mean(np.array(rows) == 2) > 0.95


@pytest.mark.parametrize("column, higher, weight", [
    ("reputation", 2.0, lambda p: np.exp(2.0 * p["labour.reputation_weight"])),
    ("slack", 1.0, lambda p: np.exp(p["labour.slack_weight"]))])
def test_what_draws_seekers_to_a_studio(column, higher, weight):
    model = build(1)
    row = alive(model)[0]
    s = model.studios.used
    s["reputation"][row], s["slack"][row] = 0.0, 0.0
    before = hiring.look_at_employers(model)["attraction"][row]
    s[column][row] = higher
    assert hiring.look_at_employers(model)["attraction"][row] / before == pytest.approx(weight(model.par), rel=1e-5)


def test_a_better_offer_for_a_specialism_draws_seekers_to_its_vacancies_alone():
    model, other = build(2), build(2)
    for each, offer in ((model, 1.0), (other, 1.2)):
        s = each.studios.used
        s["offer"] = 1.0
        s["expected"], s["cash"] = 3.0 * s["capacity"], 1e9
        s["offer"][:, 2] = offer
        hiring.post_vacancies(each)
    plain, raised = model.agenda.vacancies, other.agenda.vacancies
    there = plain.specialism == 2
    assert there.sum() > 5 and np.array_equal(plain.firm, raised.firm)
    assert raised.weight[there] / plain.weight[there] == pytest.approx(1.2 ** model.par["labour.wage_weight"], rel=1e-5)
    assert np.array_equal(raised.weight[~there], plain.weight[~there])


def test_seekers_wait_more_readily_when_others_find_work():
    """The wage curve, built in: what waiting is worth falls with unemployment as a wage would."""
    waiting = []
    for unemployment in (0.01, 0.2):
        model = build(1)
        model.rules.p["labour_reservation"] = 3.0
        model.city_state["unemployment"] = unemployment
        waiting.append(500 - applications(model, (1.0, 1.0))[0].sum())
    assert waiting[0] > 1.3 * waiting[1] > 0


def moved(filled, posted=100, pay=0.0):
    """Return growth of the market wage, and studios' offers, after a month in which this part of posts was filled."""
    model = build(2, par={"labour.tightness_pay": pay})
    s = model.studios.used
    s["vacancies"], s["filled"] = 0, 0
    rows = alive(model)[:3]
    s["vacancies"][rows], s["filled"][rows] = posted, np.round(posted * np.array(filled))[:, None]
    model.outside["rest_wage_growth"][:] = 0.0
    before = model.city_state["market_wage"][0].copy()
    wages.adjust_wages(model)
    return model.city_state["market_wage"][0] / before - 1.0, s["offer"], rows, model.par


def test_offers_rise_where_posts_stay_open_and_fall_where_they_fill_and_the_market_wage_is_their_mean():
    speed, usual = build(1).par["labour.offer_speed"], build(1).par["labour.fill_rate"]
    growth, _, _, _ = moved((0.0, 0.0, 0.0))
    assert growth == pytest.approx(np.exp(speed * usual) - 1.0)
    assert moved((1.0, 1.0, 1.0))[0] == pytest.approx(np.exp(speed * (usual - 1.0)) - 1.0)
    assert moved((usual, usual, usual))[0] == pytest.approx(0.0, abs=1e-12)
    growth, offer, rows, _ = moved((0.0, usual, 1.0))
    assert (offer[rows[0]] > offer[rows[1]]).all() and (offer[rows[1]] > offer[rows[2]]).all()
    assert offer[rows].mean(0) == pytest.approx(1.0, abs=1e-6)               # over a market wage that is their mean
    assert np.delete(offer, rows, 0)[alive(build(2))[3:] - 3] == pytest.approx(build(2).studios.used["offer"][3:])


@pytest.mark.parametrize("filled", [0.0, 0.55, 1.0])
def test_new_matches_are_paid_what_a_tight_market_asks_for(filled):
    """Beyond what studios learn, all offers for a specialism go with what lately stayed open, and so does the wage."""
    learned, offer, _, par = moved((filled, filled, filled))
    growth, same, _, _ = moved((filled, filled, filled), pay=0.3)
    tighter = par["labour.tightness_speed"] * ((1.0 - filled) - (1.0 - par["labour.fill_rate"]))
    assert np.log((1.0 + growth) / (1.0 + learned)) == pytest.approx(0.3 * tighter, abs=1e-12)
    assert np.array_equal(offer, same)


def test_a_tight_market_pays_more_only_as_long_as_it_is_tight():
    """The same pressure at the beginning and the end of some years leaves the wage where offers have learned to be."""
    paid = []
    for pay in (0.0, 0.3):
        model = build(240, par={"labour.tightness_pay": pay, "labour.offer_speed": 0.0005})
        model.outside["rest_wage_growth"][:] = 0.0
        s = model.studios.used
        path = []
        for month in range(240):
            s["vacancies"], s["filled"] = 20, 5 if month < 60 else 11
            wages.adjust_wages(model)
            path.append(float(model.city_state["market_wage"][0].mean()))
        paid.append(np.log(path))
    premium = paid[1] - paid[0]
    assert premium[59] == pytest.approx(0.3 * 0.3, rel=0.02) and abs(premium[-1]) < 1e-5


def test_better_matching_does_not_read_as_scarcity():
    """What stays open decides, not how few people seek: with the same part filled, wages do not move."""
    few, many = build(2), build(2)
    few.talents.used["status"][few.talents.used["status"] == Status.SEEKING] = Status.FREE
    growth = []
    for model in (few, many):
        model.studios.used["vacancies"], model.studios.used["filled"] = 20, 11
        before = model.city_state["market_wage"][0].copy()
        wages.adjust_wages(model)
        growth.append(model.city_state["market_wage"][0] / before)
    assert np.array_equal(*growth)


def test_a_tight_market_raises_wages_in_a_run():
    """More work for the same people means higher wages: seen with demand as the only difference."""
    slack, tight = (build(36, par={"gaps.attraction": x}).run().series() for x in (-0.1, 0.5))
    assert tight["relative_wage"][-1] > slack["relative_wage"][-1] * 1.005
    assert tight["unemployment"][12:].mean() < slack["unemployment"][12:].mean()


def test_studios_plan_for_expected_work_within_their_cash():
    model = build(2)
    model.step()
    row = alive(model, solo=0)[5]
    s = model.studios.used

    def plan(expected, cash):
        s["expected"][row], s["cash"][row] = expected, cash
        hiring.plan(s, model.city_state["premium"][0], model.rules, 5)
        return s["vacancies"][row].sum(), s["layoff"][row]

    much, rich = 3.0 * s["capacity"][row], 1e9
    assert plan(much, rich)[0] >= 1 and plan(much, rich)[1] == 0
    assert plan(much, 0.0) == (0, 0.0)
    posted, layoff = plan(0.2 * s["capacity"][row], rich)
    assert posted == 0 and layoff > 0
    assert plan(s["capacity"][row] * model.par["labour.use_of_capacity"], -1.0)[1] > 0      # cannot pay


def test_wages_are_raised_once_a_year_and_never_cut():
    model = build(14)
    before = model.talents.used.copy()
    model.city_state["market_wage"] *= 1.5
    wages.raise_wages(model.talents.used, model.studios.used, model.city_state, model.rules.p, 0)
    after = model.talents.used
    moved = after["wage"] != before["wage"]
    anniversary = (before["status"] == Status.EMPLOYED) & (before["since"] % 12 == 0)
    assert (after["wage"][moved] > before["wage"][moved]).all() and moved.sum() > 50
    assert not (moved & ~anniversary).any()
    model.city_state["market_wage"] *= 0.1
    again = after["wage"].copy()
    wages.raise_wages(model.talents.used, model.studios.used, model.city_state, model.rules.p, 0)
    assert np.array_equal(again, model.talents.used["wage"])


def test_work_teaches_and_search_does_not():
    model = build(2)
    before = model.talents.used.copy()
    model.step()
    after = model.talents.used[: before.size]
    same = (before["id"] == after["id"]) & (before["status"] == after["status"])
    work = same & (before["status"] == Status.EMPLOYED) & (before["employer"] == after["employer"])
    expected = before["skill"] + model.par["labour.learning"] * np.maximum(
        0.0, model.par["labour.skill_ceiling"] - before["skill"])
    assert np.allclose(after["skill"][work], expected[work], rtol=1e-5) and work.sum() > 1000
    idle = same & (before["status"] == Status.SEEKING)
    assert idle.any() and np.array_equal(after["skill"][idle], before["skill"][idle])
    assert (after["experience"][work] == before["experience"][work] + 1).all()


def test_a_closing_studios_people_look_for_work():
    model = build(6)
    model.step()
    rows = alive(model, anchor=0)
    row = rows[np.argsort(model.studios.used["staff"][rows])[-3]]
    crew = np.flatnonzero((model.talents.used["employer"] == row) & (model.talents.used["status"] == Status.EMPLOYED))
    assert crew.size > 5
    model.studios.used["cash"][row] = -1e12
    births.close_studios(model)
    people = model.talents.used[crew]
    assert (people["status"] == Status.SEEKING).all() and (people["employer"] == -1).all()
    assert (people["since"] == model.t).all() and (people["trained"] < FOUNDER).all()
    assert model.studios.used["alive"][row] == Life.ENDED and model.studios.used["cash"][row] == 0.0
    others = np.setdiff1d(np.flatnonzero(model.talents.used["status"] == Status.EMPLOYED), crew)
    assert others.size > 1000


def test_overload_drives_people_away():
    model = build(2)
    s = model.studios.used
    row = alive(model)[0]
    s["load"][row] = s["capacity"][row]
    calm = hiring.look_at_employers(model)["quit"][row]
    s["load"][row] = 2.0 * s["capacity"][row]
    busy = hiring.look_at_employers(model)["quit"][row]
    assert busy == pytest.approx(calm * (1.0 + model.par["labour.quit_overload"]), rel=1e-5)


@pytest.mark.parametrize("column, value, sign", [("market_wage", 1e4, 1), ("buzz_mean", 1.0, 1),
                                                 ("unemployment", 0.2, -1)])
def test_what_draws_people_to_the_city(column, value, sign):
    came, stay = [], []
    for change in (False, True):
        model = build(1, par={"labour.emigration_rate": 0.02})
        if change:
            model.city_state[column] = value
            model.city_state["relative_wage"] = (model.city_state["market_wage"][0] / model.labour.wage).mean()
        moves.look_around(model)
        moves.migrate(model)
        came.append(model.state["migrants"])
        stay.append(float(model.city_state["stay"][0]))
    assert sign * (came[1] - came[0]) > 0 and sign * (stay[1] - stay[0]) > 0


def test_amenity_draws_people():
    stay = []
    for amenity in (0.2, 0.9):
        model = build(1)
        model.space.cells["amenity"] = amenity
        moves.look_around(model)
        stay.append(float(model.city_state["stay"][0]))
    assert stay[1] > stay[0]


def test_students_come_in_september_and_enter_the_market_when_they_graduate():
    model = build(60)
    enrolled = []
    while not model.finished:
        before = (model.talents.used["status"] == Status.STUDENT).sum()
        month = model.month_of_year
        model.step()
        after = (model.talents.used["status"] == Status.STUDENT).sum()
        enrolled.append((month, int(after) - int(before)))
    grown = [change for month, change in enrolled if change > 0]
    assert {month for month, change in enrolled if change > 0} == {9} and len(grown) == 5
    assert model.par["education.intake"] * model.scale * 0.5 < grown[0]
    series = model.series()
    july = series["graduates"][6::12]
    assert (july > 0).all() and series["graduates"].sum() == july.sum()


def test_the_wish_to_study_answers_wages_but_places_bind():
    low, high = build(2), build(2)
    high.city_state["relative_wage"] = 1.5
    for model in (low, high):
        studying.enrol(model)
    assert high.state["students_wish"] > low.state["students_wish"]
    full = build(2)
    full.state["students_wish"] = 100.0
    before = (full.talents.used["status"] == Status.STUDENT).sum()
    studying.enrol(full)
    assert (full.talents.used["status"] == Status.STUDENT).sum() - before == round(full.month.levers["places"])
