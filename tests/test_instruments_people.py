"""Education and talent: places, aid, placements, allowances, awards and fairs, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, build, entry
from instruments import MILLION, in_force

from cluster_sim import ledger as L
from cluster_sim.codes import Origin, Status
from cluster_sim.month import moves

SCARCE = {"education.places": 20_000.0}       # fewer than wish to study


def enrolled(par=None, months: int = 21, **keys):
    """Return the number who enrol in the Septembers of a run, and the model."""
    model = build(months, policies={"education_places": [entry("education_places", **keys)]}, par=par).run()
    return model.series()["enrolled"][8::12], model


# ------------------------------------------------------------------------------------- education places
def test_places_admit_more_students_only_where_they_bind():
    usual, model = enrolled()
    assert (enrolled(places=10_000, aid=0.0)[0] == usual).all()
    scarce, more = enrolled(SCARCE)[0], enrolled(SCARCE, places=10_000, aid=0.0)[0]
    assert (scarce == round(20_000 * model.scale)).all() and (more == round(30_000 * model.scale)).all()


def test_funded_places_cost_the_public_a_twelfth_a_month_while_they_study():
    model, education = in_force("education_places", places=10_000, cost=0.02, aid=0.0, months=40)
    model.t, model.state["enrolled"] = 8, 180
    education.study(model)
    month = np.floor(50 * 0.02 * MILLION / 12.0)
    assert education.outlay == month == model.month.flow[[L.PROGRAMMES_CITY, L.PROGRAMMES_PROVINCE]].sum()
    model.t = 8 + int(model.par["education.months"])
    education.study(model)
    assert education.outlay == month                                # they have graduated


def test_aid_to_the_cost_of_study_raises_the_wish_of_the_next_year_and_is_paid_to_students():
    usual, _ = enrolled()
    aided, model = enrolled(places=36_000, aid=0.5)
    assert aided[0] == usual[0] and aided[1] > 1.02 * usual[1]
    table = model.ledger_table()
    assert table["talent_aid_city"].sum() + table["talent_aid_province"].sum() > 0
    half, _ = enrolled(places=18_000, aid=0.5)                      # aid on half of the places is half the aid
    assert usual[1] < half[1] < aided[1]


def test_no_more_places_are_opened_than_the_budget_can_carry():
    budget = 5_000 * 0.02
    more, model = enrolled(SCARCE, places=10_000, aid=0.0, budget=budget)
    assert more.tolist() == [125.0, 100.0]                          # the second year's money is the first year's class
    assert model.instruments[0].spent_this_year <= budget * MILLION * model.scale


def test_a_placement_teaches_students_what_months_of_work_would():
    model, education = in_force("education_places", placements=2_000, months=6, stipend=0.012)      # ten students
    people = model.talents.used
    students = np.flatnonzero(people["status"] == Status.STUDENT)
    people["graduation"][students] = 40
    soon = students[:30]
    people["graduation"][soon], people["skill"][students], people["experience"][students] = 7, 1.0, 0
    model.t = 5                                                     # June
    education.study(model)
    placed = soon[people["experience"][soon] == 6]
    assert placed.size == 10 and (people["experience"][students] > 0).sum() == 10
    learning, ceiling = model.par["labour.learning"], model.par["labour.skill_ceiling"]
    skill = 1.0
    for _ in range(6):
        skill += learning * (ceiling - skill)
    assert people["skill"][placed] == pytest.approx(skill, rel=1e-6) and skill > 1.01
    assert (people["skill"][np.setdiff1d(students, placed)] == 1.0).all()
    assert education.outlay == 10 * 0.012 * MILLION
    model.t = 6
    education.study(model)
    assert education.outlay == 10 * 0.012 * MILLION                 # once a year


# ------------------------------------------------------------------------------------- talent subsidies
def test_an_allowance_raises_the_number_of_migrants_by_the_logit_in_pay():
    without, model = build(2), build(2, policies={"talent_subsidies": [entry("talent_subsidies", allowance=0.1,
                                                                              people=1_000_000)]})
    counts = []
    for each in (without, model):
        each.begin_month()
        for instrument in each.instruments:
            instrument.enact(each)
        each.par["labour.emigration_rate"] = 0.05      # so many that the whole number says enough
        moves.migrate(each)
        counts.append(each.state["migrants"])
    year = 12.0 * model.labour.mean_wage
    assert model.month.levers["newcomer_aid"] == pytest.approx(0.1 * MILLION / year, rel=1e-3)
    assert counts[1] == pytest.approx(counts[0] * (1.0 + 0.1 * MILLION / year) ** 1.5, rel=0.02)
    assert model.instruments[0].outlay == counts[1] * 100_000 == model.month.flow[L.TALENT_AID_CITY]


def test_an_allowance_reaches_no_more_people_than_it_has_places_or_money_for():
    for keys in ({"people": 2_400}, {"people": 1_000_000, "budget": 200.0}):        # one a month, one in all
        model, talent = in_force("talent_subsidies", allowance=1.0, **keys)
        model.state["migrants"] = 10
        talent.open(model)
        assert model.month.levers["newcomer_aid"] == pytest.approx(0.1 * MILLION / talent.year_wage(model))
        talent.welcome(model, np.arange(10))
        assert talent.outlay == MILLION


def test_awards_are_paid_to_who_accepts_and_only_who_would_not_have_come_is_one_more():
    model, talent = in_force("talent_subsidies", awards=12 * 200 * 400, award=1.0, taken=0.3, skill=2.0)   # 400 offers
    before = model.talents.used["id"].copy()
    talent.welcome(model, np.arange(0))
    people = model.talents.used
    new = people[~np.isin(people["id"], before) & (people["status"] > 0)]
    odds = talent.odds(model)
    accepted, came = talent.outlay / MILLION, new.size
    assert odds > 0.3 / 0.7
    assert accepted == pytest.approx(400 * odds / (1.0 + odds), abs=30)
    assert accepted - came == pytest.approx(400 * 0.3, abs=30)      # they are among the migrants already
    assert (new["status"] == Status.SEEKING).all() and (new["origin"] == Origin.MIGRANT).all()
    assert new["skill"] == pytest.approx(model.par["labour.migrant_skill"] * np.exp(0.5))
    assert model.month.flow[L.TALENT_AID_CITY] == talent.outlay
    larger, more = in_force("talent_subsidies", awards=12 * 200 * 400, award=3.0, taken=0.3)
    assert more.odds(larger) > odds


def test_no_award_without_money():
    model, talent = in_force("talent_subsidies", awards=12 * 200 * 40, award=1.0, taken=0.9, budget=600.0)
    talent.welcome(model, np.arange(0))
    assert talent.outlay == 3 * MILLION


@pytest.mark.parametrize("fairs, months", [(2, [6, 12]), (3, [4, 8, 12]), (1, [12])])
def test_fairs_show_seekers_more_vacancies_in_their_months_only(fairs, months):
    law = {"talent_subsidies": [entry("talent_subsidies", fairs=fairs, vacancies=4, fair_cost=2.0)]}
    model, usual, seen = build(12, policies=law), int(build(1).par["labour.samples"]), []
    for month in range(1, 13):
        model.step()
        seen += [month] if model.month.levers["vacancies_seen"] == usual + 4 else []
        assert model.month.levers["vacancies_seen"] in (usual, usual + 4)
    assert seen == months and model.instruments[0].outlay == fairs * 2 * MILLION * model.scale


def test_who_sees_more_vacancies_finds_work_more_often():
    """A month with a fair against one without: the same people, the same vacancies, fewer who go without."""
    hired = []
    for fairs in (0, 12):
        law = {"talent_subsidies": [entry("talent_subsidies", JANUARY_2017 + 9, fairs=fairs, vacancies=40)]}
        runs = [build(10, seed=seed, policies=law).run() for seed in range(12)]
        hired.append(sum(run.state["hires"] - run.state["outsiders"] for run in runs))
    assert hired[1] > hired[0] > 0
