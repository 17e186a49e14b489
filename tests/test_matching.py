"""Vacancies and seekers meet at sourced rates: how long a vacancy lasts, how hires answer those who look for work."""

from __future__ import annotations

import numpy as np
import pytest
from engine import build

from cluster_sim.codes import Status
from cluster_sim.model import ClusterModel
from cluster_sim.month import hiring
from cluster_sim.scenario import load_scenario

PARTS = 20                                      # a twentieth of the seekers is taken away, each twentieth in turn
AT_REST = ({"gaps.attraction": 0.0}, range(180, 240, 5))    # by then jobs and wages stand; all months of the year alike
GROWING = ({}, range(60, 120, 5))               # jobs grow by some 6% a year
SEEDS = (1, 2, 3)


def hires(apply, people, employers, vacancies, rest, gone):
    """Return how many would be hired if these seekers (rows) did not apply; nothing is changed."""
    people = people.copy()
    people["status"][gone] = Status.STUDENT     # who looks at no vacancy
    fresh = vacancies._replace(score=vacancies.score.copy(), applicant=vacancies.applicant.copy(),
                               row=vacancies.row.copy())
    apply(people, employers, fresh, *rest)
    return int((fresh.row >= 0).sum())


def elasticity(market, seekers):
    """Return the elasticity of all hires to these seekers (rows), vacancies and all other seekers kept."""
    usual = hires(*market, seekers[:0])
    lost = [usual - hires(*market, seekers[part::PARTS]) for part in range(PARTS)]
    return sum(lost) / usual                    # the mean part lost, over a twentieth


@pytest.fixture(scope="module", params=[AT_REST, GROWING], ids=["at rest", "growing"])
def answers(request):
    """Return the elasticities of hires to (all who look for work, the unemployed alone), each as (seeds,).

    Who left a studio this month and looks for the next has been without work in no month yet: a job changer.
    """
    par, months = request.param
    found, apply = [], hiring.apply
    for seed in SEEDS:
        model = build(months.stop, scale=1 / 50, seed=seed, outside={"freeze": True}, par=par)
        here = []

        def look(people, employers, vacancies, *rest, model=model, here=here):
            if model.t in months:
                seekers = np.flatnonzero(people["status"] == Status.SEEKING)
                changer = (people["wage"][seekers] > 0) & (people["since"][seekers] == model.t)
                market = apply, people, employers, vacancies, rest
                here.append([elasticity(market, rows) for rows in (seekers, seekers[~changer])])
            apply(people, employers, vacancies, *rest)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hiring, "apply", look)
            model.run()
        found.append(np.mean(here, axis=0))
    return request.param is AT_REST, np.array(found).T


def holds(sample):
    """Say whether the mean over seeds lies in .5 to .7 (Petrongolo & Pissarides 2001), by two standard errors."""
    return sample.mean() == pytest.approx(0.6, abs=0.1 + 2.0 * sample.std(ddof=1) / len(sample) ** 0.5)


def test_hires_answer_the_unemployed_as_sourced(answers):
    """The estimates are of the unemployed, with whom those who change jobs compete; it holds in growth, too.

    A town at rest lies at the lower end (.48; Chengdu .50), since it fills more of its vacancies than one that grows.
    """
    at_rest, (_, unemployed) = answers
    assert 0.45 < unemployed.mean() < 0.6 if at_rest else holds(unemployed), unemployed


def test_hires_answer_all_seekers_as_sourced_where_offers_rest(answers):
    """In growth fewer vacancies are filled, and hires answer all who look for work by somewhat more."""
    at_rest, (everybody, _) = answers
    assert holds(everybody) if at_rest else 0.6 < everybody.mean() < 0.8, everybody


def test_job_changers_compete_with_the_unemployed(answers):
    """More people out of work take posts from those who change jobs, and so raise hires by less than both would."""
    _, (everybody, unemployed) = answers
    assert (everybody - unemployed > 0.1).all(), (everybody, unemployed)


def test_vacancies_last_as_long_as_sourced():
    """A vacancy lasts 28 to 56 days, so that .42 to .66 are filled in a month, where nothing grows."""
    series = build(120, scale=1 / 50, outside={"freeze": True}).run().series()
    assert 0.42 < series["hires"][24:].sum() / series["vacancies"][24:].sum() < 0.66


def test_unemployment_at_rest_is_that_of_urban_graduates():
    """Between the surveyed rates of graduates, 3.1%, and of everybody, 5.2% (2023)."""
    still = {"outside.freeze": True, "gaps.attraction": 0.0, "gaps.people": 0.0, "end": "2026-12"}
    series = ClusterModel(load_scenario("baseline", set=still), seed=1, scale=1 / 50).run().series()
    assert 0.031 < (series["seekers"] / (series["seekers"] + series["employment"])).mean() < 0.052
