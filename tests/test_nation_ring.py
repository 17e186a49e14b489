"""A ring of equal cities without policy or events: nobody grows for no reason, and a reason moves a level."""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import live, log_jobs, one_city, world

from cluster_sim.nation import returns
from cluster_sim.nation.demand import first_luck
from cluster_sim.nation.rest import Gaps, burn_in, open_gaps, settle
from cluster_sim.nation.state import Outside, at_rest


def test_without_luck_equal_cities_stay_equal_for_sixty_years():
    p, rest, state = world(segments=3)
    start = state.copy()
    live(p, rest, state, 60)
    for name in state._fields:
        now, then = getattr(state, name), getattr(start, name)
        assert np.abs(now - then).max() <= 1e-10 * max(1.0, np.abs(then).max()), name


def test_equal_cities_stay_equal_on_a_path_of_their_nation():
    """Growth of the market, of wages and of tools is the same for all: shares stay."""
    p, rest, state = world(segments=2)
    for year in range(20):
        live(p, rest, state, 1, Outside(demand=1.06**year, wage=1.03**year, tools=year / 20))
    assert np.ptp(np.log(state.jobs), axis=0).max() < 1e-10
    assert (state.jobs > 1.1 * rest.jobs).all()


def test_a_nation_that_grows_with_outside_wages_stays_at_rest():
    """Spending and outside wages a half higher: the same jobs, and the same wages against others."""
    p, rest, state = world(segments=2)
    live(p, rest, state, 5, Outside(demand=1.5, wage=1.5))
    assert state.jobs == pytest.approx(rest.jobs, rel=1e-10)
    assert state.wage == pytest.approx(np.ones_like(rest.jobs), rel=1e-10)


def test_a_shock_to_jobs_fades():
    """5% more jobs, filled by people of other sectors: less than a fifth is left after 20 years."""
    p, rest, state = world()
    open_gaps(rest, state, Gaps(capacity=one_city(rest, 1.05)))
    assert state.people() == pytest.approx(rest.people, rel=1e-12)
    live(p, rest, state, 20)
    left = log_jobs(rest, state)[0, 0] / np.log(1.05)
    assert 0.0 < left < 0.2


def variance_of_shares(state):
    """Return the variance of log shares across cities, of the nation's jobs."""
    return np.log(state.jobs / state.jobs.sum()).var()


def test_luck_does_not_spread_cities_apart():
    """Mean-corrected luck in every city: the variance of log shares grows by less than 10% from year 20 to 40.

    Each seed's last 20 years are lived twice, from rest (a year 20) and from 20 years of other luck (a year
    40), with the same draws, so that the difference is what the years before left.
    """
    p, rest, _ = world(luck_spread=0.05)
    twenty, forty = [], []
    for seed in range(48):
        old = at_rest(rest, p)
        old.luck[:] = first_luck(p, old.luck.shape, seed)
        live(p, rest, old, 20, seed=seed)
        young = at_rest(rest, p)
        young.luck[:] = old.luck
        for state, found in ((young, twenty), (old, forty)):
            live(p, rest, state, 20, seed=seed, first=240)
            found.append(variance_of_shares(state))
    growth = np.mean(forty) / np.mean(twenty) - 1.0
    error = np.std(np.array(forty) - np.array(twenty), ddof=1) / np.sqrt(len(forty)) / np.mean(twenty)
    assert np.mean(twenty) > 1e-3                                   # luck does something
    assert error < 0.03
    assert growth < 0.10


def test_luck_starts_where_it_stays_and_its_exponential_has_mean_one():
    p, rest, state = world(cities=400, luck_spread=0.4, luck_memory=0.9)
    state.luck[:] = first_luck(p, state.luck.shape, 3)
    spreads, means = [], []
    for t in range(60):
        live(p, rest, state, 1 / 12, seed=3, first=t)
        spreads.append(state.luck.std())
        means.append(np.exp(state.luck - 0.5 * p.luck_spread**2).mean())
    assert np.mean(spreads[:10]) == pytest.approx(0.4, rel=0.06)
    assert np.mean(spreads[-10:]) == pytest.approx(0.4, rel=0.06)
    assert np.mean(means) == pytest.approx(1.0, abs=0.02)


def test_burn_in_with_luck_leaves_the_nation_near_its_rest():
    p, rest, _ = world(luck_spread=0.05)
    state = burn_in(p, rest, seed=1)
    assert state.jobs.sum() == pytest.approx(rest.jobs.sum(), rel=0.02)
    assert log_jobs(rest, state).std() > 0.005


def cheaper(p, rest, state):
    """Return the log gain of jobs of a city with own costs 1% lower, after 20, 40 and 60 years."""
    gains = []
    for _ in range(3):
        live(p, rest, state, 20, Outside(own_cost=one_city(rest, 0.99)))
        gains.append(log_jobs(rest, state)[0, 0])
    return np.array(gains)


@pytest.mark.parametrize(("values", "most"), [({}, 0.2), ({"eta": 1.5, "sigma": 3.0}, 0.2), ({"theta": 0.9}, 0.2)])
def test_a_cheaper_city_gains_a_level_and_not_a_growth_rate(values, most):
    p, rest, state = world(cities=40, **values)
    after = cheaper(p, rest, state)
    formula = 0.01 * returns.check(p).answer[0]
    assert (after[2] - after[1]) < 0.1 * after[0]
    assert after[2] == pytest.approx(formula, rel=most)


def test_the_gain_is_what_the_finite_nation_s_formula_says():
    p, rest, state = world(cities=8, segments=3)
    cut = one_city(rest, np.exp(-1e-4))
    settle(p, rest, state, Outside(own_cost=cut))
    expected = returns.response(p, rest, -np.log(cut))
    assert log_jobs(rest, state) == pytest.approx(expected, rel=0.005, abs=1e-8)


def test_gaps_close_by_the_model_s_own_speeds_except_attraction():
    p, rest, state = world(cities=8)
    open_gaps(rest, state, Gaps(wage=one_city(rest, 0.9), people=one_city(rest, 1.5)))
    assert state.people() == pytest.approx(rest.people, rel=1e-12)
    live(p, rest, state, 50)
    assert abs(log_jobs(rest, state)).max() < 2e-3
    better = open_gaps(rest, state, Gaps(attraction=one_city(rest, 1.05)))
    live(p, better, state, 50)
    assert log_jobs(rest, state)[0, 0] > 0.05


def test_gaps_that_need_more_people_than_there_are_are_refused():
    _, rest, state = world(cities=4)
    with pytest.raises(ValueError, match="more people than there are"):
        open_gaps(rest, state, Gaps(capacity=one_city(rest, 30.0)))
