"""The loop gain: its formula, the numbers printed for it, and draws that run away."""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import live, log_jobs, one_city, world

from cluster_sim.nation import returns
from cluster_sim.nation.parameters import defaults
from cluster_sim.nation.people import supply_elasticity
from cluster_sim.nation.rest import settle
from cluster_sim.nation.state import Outside


def textbook(**values):
    """Return parameters with kappa .27 and no push-back of housing, as the printed examples have them."""
    base = {"pass_through": 1.0, "markup": 0.0, "own_cost": np.array([0.27]), "theta": 1.0, "sigma": 4.0,
            "gamma": 0.05, "housing": 0.0, "room": 2.0}
    return defaults(1, **{**base, **values})


@pytest.mark.parametrize(("eta", "labour_part", "gain"), [(3.0, 1.0, 0.4325), (10.0, 1.0, 0.1175),
                                                          (3.0, 0.68, 0.2885), (10.0, 0.68, 0.0743)])
def test_the_formula(eta, labour_part, gain):
    assert returns.loop_gain(textbook(eta=eta, labour_part=labour_part))[0] == pytest.approx(gain, abs=2e-4)


def test_the_answer_to_a_cut_is_the_elasticity_over_the_gain():
    found = returns.check(textbook(eta=3.0, labour_part=0.68))
    assert found.answer[0] == pytest.approx(5.0 * 0.27 / 0.2885, rel=1e-3)
    assert not found.flagged


def test_small_loop_gains_are_flagged():
    assert returns.check(textbook(eta=10.0, labour_part=0.68)).flagged


def test_a_prior_s_draws_are_screened_and_counted():
    draws = [textbook(eta=eta, theta=theta, labour_part=0.68) for eta in (3.0, 10.0) for theta in (1.0, 1.1)]
    kept, rejected, flagged = returns.screen(draws)
    assert [d.eta for d in kept] == [3.0, 3.0, 10.0] and rejected == 1 and flagged == 1


def test_a_loop_that_runs_away_is_refused_and_says_why():
    with pytest.raises(returns.ReturnsError, match=r"B = -0\.0\d+ .*theta 1\.1 \(comm.*, eta 10 \(lab"):
        returns.check(textbook(theta=1.1, eta=10.0, labour_part=0.68))


def test_what_is_refused_does_run_away():
    """The same numbers in the months: one cheaper city keeps growing, and the growth does not slow."""
    p, rest, state = world(cities=25, theta=1.15, eta=10.0, distance_decay=0.0)
    assert returns.loop_gain(p)[0] < 0.0
    size = []
    for _ in range(3):
        live(p, rest, state, 20, Outside(own_cost=one_city(rest, 0.999)))
        size.append(log_jobs(rest, state)[0, 0])
    assert size[2] - size[1] > 1.5 * (size[1] - size[0]) > 0.0


def test_housing_takes_a_part_of_the_elasticity_of_labour():
    p = defaults(1)
    free = p.with_values(housing=0.0, room=2.0)
    assert supply_elasticity(free) == pytest.approx(p.eta, rel=1e-3)
    assert 0.9 * p.eta < supply_elasticity(p) < p.eta
    assert supply_elasticity(p.with_values(other_ratio=1.0)) < supply_elasticity(p)


def test_the_labour_force_follows_the_wage_with_that_elasticity():
    """By impulse: a city with more orders, at its new rest, has people in proportion to its wage."""
    p, rest, state = world(cities=20, other_ratio=2.0, pool_ratio=50.0, housing=1.0)
    settle(p, rest, state, Outside(orders=one_city(rest, 1.00001)))
    force = np.log((state.jobs + state.seekers) / (rest.jobs + rest.seekers))[0, 0]
    assert force / np.log(state.wage[0, 0]) == pytest.approx(supply_elasticity(p), rel=0.01)


@pytest.mark.parametrize("name", ["theta", "eta", "gamma"])
def test_more_of_each_loop_means_a_larger_answer_in_the_months(name):
    """theta, eta and gamma each make a cheaper city gain more, as the formula says.

    gamma does so as (sigma + 1) kappa is above 1.
    """
    low, high = {"theta": (0.9, 1.0), "eta": (1.5, 3.0), "gamma": (0.0, 0.06)}[name]
    gains = []
    for value in (low, high):
        p, rest, state = world(cities=20, **{"own_cost": np.array([0.3]), name: value})
        settle(p, rest, state, Outside(own_cost=one_city(rest, 0.999)))
        gains.append((log_jobs(rest, state)[0, 0], returns.check(p).answer[0]))
        expected = returns.response(p, rest, -np.log(one_city(rest, 0.999)))
        assert gains[-1][0] == pytest.approx(expected[0, 0], rel=0.02)
    assert gains[1][0] > gains[0][0] and gains[1][1] > gains[0][1]
