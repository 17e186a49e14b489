"""Answers of the aggregate city to demand, cost and people, and the speeds found back from them."""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import world

from cluster_sim.nation import impulse, returns
from cluster_sim.nation.parameters import defaults


def test_answers_have_the_signs_of_theory():
    p = defaults(1)
    jobs, wage, price = range(3)
    demand, cost, people = impulse.answers(p)
    assert (demand[jobs] > 0.0).all() and (demand[wage] > 0.0).all() and (demand[price] > 0.0).all()
    assert (np.diff(demand[jobs]) > 0.0).all()
    assert (cost[jobs] < 0.0).all() and (cost[wage] < 0.0).all() and cost[price, 0] > 0.0
    assert (people[jobs] < 0.0).all() and people[wage, 0] > 0.0
    assert people[jobs, 2] > people[jobs, 1]                        # those who are missed come back, slowly


def test_people_who_are_taken_from_a_city_are_in_the_pool():
    _, rest, state = world(cities=4)
    impulse._shocked("people", rest, state)
    assert state.residents()[0] == pytest.approx(0.95 * rest.residents[0])
    assert state.people() == pytest.approx(rest.people, rel=1e-12)


def test_rivals_matter_less_to_a_city_that_is_small_in_its_markets():
    """Rivals lose attraction with their orders: in a nation of three the city gains more than beside a wall."""
    gaps = []
    for cities in (3, 60):
        p, rest, _ = world(cities=cities, distance_decay=0.0)
        live, alone = (impulse.answer(p, "demand", rest=rest, years=(20,), alone=alone)[0, 0]
                       for alone in (False, True))
        gaps.append(live / alone - 1.0)
    assert gaps[0] > 0.05 > 0.02 > abs(gaps[1])


def test_the_answer_to_cost_tends_to_the_formula():
    p, rest, _ = world(cities=60)
    after = impulse.answer(p, "cost", rest=rest, years=(60,))[0, 0]
    assert after == pytest.approx(-np.log(1.01) * returns.check(p).answer[0], rel=0.2)


def test_speeds_are_found_back_from_their_own_answers():
    """Known speeds must be recovered before real answers are fitted."""
    true = defaults(1, plan_speed=0.25, offer_speed=0.012, switch_rate=0.008, emigration_rate=0.003)
    target = impulse.answers(true)
    found = impulse.fit(target, defaults(1))
    for name in impulse.FREE:
        assert getattr(found.parameters, name) == pytest.approx(getattr(true, name), rel=0.05), name
    assert found.cost < 1e-3


def test_answers_with_noise_give_speeds_within_a_quarter():
    true = defaults(1, plan_speed=0.10, offer_speed=0.04)
    target = impulse.answers(true)
    noisy = target * (1.0 + 0.03 * np.random.default_rng(2).normal(size=target.shape))
    found = impulse.fit(noisy, defaults(1), free=("plan_speed", "offer_speed"))
    for name in ("plan_speed", "offer_speed"):
        assert getattr(found.parameters, name) == pytest.approx(getattr(true, name), rel=0.25), name
    assert np.abs(found.miss).max() < 0.2 * np.abs(target).max()
