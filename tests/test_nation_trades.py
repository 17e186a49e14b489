"""People of the outside cities have trades: one labour market for all segments that need them."""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import chengdu, live, world

from cluster_sim.nation import returns
from cluster_sim.nation.layout import with_trades
from cluster_sim.nation.rest import settle
from cluster_sim.nation.state import Outside, at_rest

MIX = np.array([[0.7, 0.2, 0.1, 0.0], [0.1, 0.2, 0.3, 0.4], [0.0, 0.3, 0.3, 0.4]])
WAGES = np.array([0.9, 1.0, 1.1, 1.4])


def shared(cities: int = 12, mix: np.ndarray = MIX, wages: np.ndarray = WAGES, **values):
    """Return parameters, rest and state of a ring whose segments share trades."""
    p, rest, _ = world(cities=cities, segments=len(mix), **values)
    rest = with_trades(rest, mix, wages)
    return p, rest, at_rest(rest, p)


def boom(rest, factor: float, segment: int = 0) -> Outside:
    """Return more orders for one segment of city 0."""
    orders = np.ones_like(rest.jobs)
    orders[0, segment] = factor
    return Outside(orders=orders)


def test_trades_count_the_same_people_and_rest():
    p, rest, state = shared()
    _, apart, _ = world(cities=12, segments=3)
    assert rest.workers.sum(1) == pytest.approx(rest.jobs.sum(1))
    assert rest.seekers.sum(1) == pytest.approx(apart.seekers.sum(1))
    assert rest.pay.sum(1) == pytest.approx(np.ones(3))
    live(p, rest, state, 5)
    assert state.jobs == pytest.approx(rest.jobs, rel=1e-9)
    assert state.wage == pytest.approx(np.ones((12, 4)), rel=1e-9)


def test_a_trade_for_each_segment_is_what_stood_before():
    """The identity as a mix moves no byte."""
    p, rest, *_ = chengdu()
    told = with_trades(rest, np.eye(6), np.full(6, 2.0))
    states = []
    for world_rest in (rest, told._replace(seekers=rest.seekers)):
        state = at_rest(world_rest, p)
        live(p, world_rest, state, 2, boom(world_rest, 1.5))
        states.append(state)
    for now, then in zip(*states, strict=True):
        assert now.tobytes() == then.tobytes()


def test_a_boom_in_one_segment_takes_people_from_the_others():
    """Its trades earn more for whom else they work: the other segments cost more and shrink, most where they share."""
    p, rest, state = shared()
    live(p, rest, state, 8, boom(rest, 1.3, segment=1))
    change = np.log(state.jobs[0] / rest.jobs[0])
    assert change[1] > 0.1 and change[2] < 1.5 * change[0] < 0.0        # the third shares more trades than the first
    rise = state.wage[0] - 1.0
    assert rise.argmax() == 3 and rise[3] > 1.5 * rise[0] > 0.0
    p, rest, alone = world(cities=12, segments=3)[:3]
    live(p, rest, alone, 8, boom(rest, 1.3, segment=1))
    apart = np.log(alone.jobs[0] / rest.jobs[0])
    assert change[1] > 1.1 * apart[1] and abs(apart[0]) < 0.005         # apart, nobody could come from there


def test_the_linear_answer_knows_the_trades():
    """`returns.response` against the months, for a cut of cost in one segment of one city."""
    p, rest, state = shared(own_cost=np.array([0.3, 0.25, 0.2]))
    factors = np.ones_like(rest.jobs)
    factors[0, 1] = 0.9995
    settle(p, rest, state, Outside(own_cost=factors))
    expected = returns.response(p, rest, -np.log(factors))[0]
    assert np.log(state.jobs[0] / rest.jobs[0]) == pytest.approx(expected, rel=0.03, abs=2e-6)
    assert expected[2] < 0.0 < expected[1]


def test_nobody_is_lost_when_trades_are_laid_off_and_hired():
    p, rest, state = shared(cities=4)
    everybody = state.people()
    for factor in (0.4, 2.5, 1.0):
        live(p, rest, state, 3, boom(rest, factor))
        assert state.people() == pytest.approx(everybody, rel=1e-12)
    assert state.seekers.min() > 0.0
