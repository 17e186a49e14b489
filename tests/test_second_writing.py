"""The aggregate city and its labour market, written twice: both from the same start, by the same numbers.

The second writing (tests/second_writing/) was made from the text of the model alone; where the text leaves a form
open the two differ (who answers a wage: those who come, or half of them those who would go; the matching function;
the bound of hiring; one wage a city or one a trade).  Such forms move the first years and what is far from rest;
rest, long run and the size of an answer are the text's.  So both must agree
- at rest: to rounding;
- in the long run: within a twentieth of the largest answer of a measure;
- on the way: within a fifth, the tolerance that the text grants the aggregate city itself;
- running freely: within a twentieth of jobs, wages, people and part of the nation, over twenty years of strong growth.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from nation_world import chengdu, world
from second_writing import formula
from second_writing.nation import Nation, on_a_ring
from second_writing.same_start import SHOCKS, answer, nation_of, plain_numbers, shock

from cluster_sim.nation import impulse, returns
from cluster_sim.nation.layout import with_trades
from cluster_sim.nation.month import step
from cluster_sim.nation.people import supply_elasticity
from cluster_sim.nation.state import Outside, at_rest

YEARS = (1, 3, 10, 30)
BARE = {"tightness_pay": 0.0, "knowhow_work": 0.0}
"""What the text leaves out: pay that goes with tightness, know-how that goes with the use of capacity."""


def test_both_agree_on_rest():
    """What the second writing's clients buy is what the first one's cities make, and five years move nothing."""
    p, rest, *_ = chengdu()
    nation = nation_of(p, rest)
    assert np.array(nation.sell()) == pytest.approx(rest.sales, rel=1e-12)
    for _ in range(60):
        nation.month()
    for city, jobs in zip(nation.cities, rest.jobs, strict=True):
        assert city.people.jobs == pytest.approx(jobs, rel=1e-9)
        assert city.people.wage == pytest.approx(1.0, abs=1e-9)


def test_the_second_writing_loses_nobody():
    p, rest, *_ = chengdu()
    nation = nation_of(p, rest)
    shock(nation, "people", -0.3)
    shock(nation, "demand", 0.5)
    everybody = nation.everybody()
    for _ in range(60):
        nation.month()
    assert nation.everybody() == pytest.approx(everybody, rel=1e-12)
    assert min(city.people.seekers for city in nation.cities) > 0.0


@pytest.mark.parametrize("name", SHOCKS)
def test_both_answer_a_shock_alike_on_a_ring(name):
    p, rest, _ = world(cities=20, **BARE)
    first = impulse.answer(p, name, rest=rest, years=YEARS)
    second = answer(nation_of(p, rest), name, SHOCKS[name], YEARS)
    largest = np.abs(first).max(1, keepdims=True)
    assert (np.abs(second - first) < np.array([0.2, 0.2, 0.05, 0.05]) * largest).all(), (first, second)


@pytest.mark.parametrize("name", SHOCKS)
def test_what_the_text_leaves_out_is_gone_in_the_long_run(name):
    p, rest, _ = world(cities=20)
    first = impulse.answer(p, name, rest=rest, years=(1, 30))
    second = answer(nation_of(p, rest), name, SHOCKS[name], (1, 30))
    largest = np.abs(first).max(1)
    assert (np.abs(second - first)[:, 1] < 0.05 * largest).all(), (first, second)


@pytest.mark.parametrize("name", SHOCKS)
def test_both_answer_a_shock_alike_in_the_city_s_nation(name):
    p, rest, *_ = chengdu()
    p = p.with_values(**BARE)
    first = impulse.answer(p, name, rest=rest, years=(1, 3, 10))
    second = answer(nation_of(p, rest), name, SHOCKS[name], (1, 3, 10))
    largest = np.abs(first).max(1, keepdims=True)
    assert (np.abs(second - first) < np.array([0.2, 0.2, 0.08]) * largest).all(), (first, second)


def test_both_answer_a_boom_in_one_segment_alike_where_everybody_can_do_all_work():
    """With the same trades in every segment a city has one labour market, as the second writing has throughout."""
    p, rest, *_ = chengdu()
    p, rest = p.with_values(**BARE), with_trades(rest, np.full((6, 6), 1.0 / 6.0), np.ones(6))
    state, nation = at_rest(rest, p), nation_of(p, rest)
    orders = np.ones_like(rest.jobs)
    orders[0, 1] = nation.cities[0].demand_shift[1] = 1.05
    for month in range(1, 361):
        step(p, rest, state, Outside(orders=orders))
        nation.month()
        if month in (36, 120, 360):
            first = np.log(state.jobs[0] / rest.jobs[0])
            second = np.log(np.array(nation.cities[0].people.jobs) / rest.jobs[0])
            within = (0.15 if month == 36 else 0.1) * np.abs(first).max()
            assert (np.abs(second - first) < within).all(), (first, second)
    assert first[1] > 0.1 and np.delete(first, 1).max() < -0.002


def test_both_run_freely_alike():
    """Twenty years of a growing market, AI tools everywhere, and a city that clients have come to prefer."""
    p, rest, *_ = chengdu()
    liked = rest._replace(appeal=rest.appeal * np.where(np.arange(len(rest.appeal)) == 0, 1.3, 1.0)[:, None])
    state, nation = at_rest(rest, p), nation_of(p, liked)
    for month in range(1, 241):
        market = 1.02 ** (month / 12.0)
        step(p, liked, state, Outside(demand=market, abroad=market, tools=1.0))
        nation.market = market
        for city in nation.cities:
            city.ai += p.ai_speed * (1.0 - city.ai)
        nation.month()
        if month in (12, 36, 120, 240):
            people, sales = nation.cities[0].people, state.won[0].sum() / state.won.sum()
            mix = rest.jobs[0] / rest.jobs[0].sum() @ rest.pay
            assert sum(people.jobs) == pytest.approx(state.jobs[0].sum(), rel=0.05)
            assert people.wage == pytest.approx(math.exp(np.log(state.wage[0]) @ mix), rel=0.05)
            force = state.jobs[0].sum() + state.seekers[0].sum()
            assert sum(people.jobs) + people.seekers == pytest.approx(force, rel=0.05)
            assert nation.pool.people == pytest.approx(state.pool[0], rel=0.01)
            assert nation.share(0) == pytest.approx(sales, rel=0.05)
    assert state.jobs[0].sum() > 2.0 * rest.jobs[0].sum()


def test_the_formula_holds_in_both():
    """The third check: B of the text, of the first writing, and what jobs do after seventy years of work 1% cheaper.

    Where a city is small in every market and housing does not push back; eps is the slope of own cost in jobs, the
    part of labour in own cost over the elasticity of labour.
    """
    p, rest, _ = world(cities=60, distance_decay=0.0, housing=0.0, room=2.0, own_cost=np.array([0.25]))
    kappa = float(p.kappa[0])
    eps = p.labour_part / supply_elasticity(p)
    b = formula.denominator(p.theta, p.sigma, kappa, p.gamma, eps)
    assert returns.loop_gain(p)[0] == pytest.approx(b, rel=1e-6)
    gain = formula.gain_of_cost(0.01, p.theta, p.sigma, kappa, p.gamma, eps)
    nation = on_a_ring(60, rest.jobs[0].tolist(), plain_numbers(p), 6000.0)
    second = answer(nation, "cost", math.exp(-0.01) - 1.0, (70,))[0, 0]
    assert second == pytest.approx(gain, rel=0.1)


def test_a_formula_without_its_loop_would_be_seen():
    """The check has teeth: the gain without density and attraction, the two returns, is far from what jobs do."""
    p, rest, _ = world(cities=60, distance_decay=0.0, housing=0.0, room=2.0, own_cost=np.array([0.25]))
    nation: Nation = on_a_ring(60, rest.jobs[0].tolist(), plain_numbers(p), 6000.0)
    second = answer(nation, "cost", math.exp(-0.01) - 1.0, (70,))[0, 0]
    blind = formula.gain_of_cost(0.01, 0.0, p.sigma, float(p.kappa[0]), 0.0, p.labour_part / p.eta)
    assert second > 1.5 * blind
