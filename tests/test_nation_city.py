"""The agent city among the outside cities: what it tells, what it gets, and a nation made from its files."""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import chengdu, live, one_city, world

from cluster_sim.city import load_city
from cluster_sim.nation import demand, layout, people, returns
from cluster_sim.nation.month import step
from cluster_sim.nation.parameters import defaults, from_dict, specification
from cluster_sim.nation.state import OurCity, Outside, at_rest


def test_a_nation_from_a_city_s_files_is_at_rest():
    p, rest, jobs, value, share = chengdu()
    assert rest.jobs[0] == pytest.approx(jobs)
    assert rest.sales[0] / rest.sales.sum(0) == pytest.approx(share)
    state = at_rest(rest, p)
    live(p, rest, state, 5)
    assert state.jobs == pytest.approx(rest.jobs, rel=1e-9)
    assert state.won == pytest.approx(rest.sales, rel=1e-9)
    assert returns.check(p).gain.min() > 0.0


def test_distances():
    km = layout.distances(np.array([104.06, 116.40]), np.array([30.67, 39.90]))     # Chengdu, Beijing
    assert km[0, 1] == pytest.approx(1520.0, rel=0.02) and km[0, 0] == 0.0


def test_a_market_without_a_seller_is_an_error():
    p = defaults(1)
    with pytest.raises(ValueError, match="without a seller"):
        layout.settle(p, np.ones((3, 1)), np.ones((3, 1)), np.full((3, 3), np.inf), np.ones(3))


def as_told(rest, parameters, state):
    """Return what an agent city would tell that does just what the aggregate city of row 0 does."""
    weight = np.empty_like(rest.jobs)
    demand.weigh(parameters, rest, state, np.ones_like(rest.jobs), False, 0, 0, weight)
    return weight[0] / rest.appeal[0]


def test_an_agent_city_that_acts_like_the_aggregate_one_wins_the_same():
    """The same attraction and sales in row 0: the same orders for it, divided by market, and for all others.

    (Nearly: an agent city invites nobody of the pool by wages, so others draw a few people more.)
    """
    p, rest, *_ = chengdu()
    state = at_rest(rest, p)
    boom = Outside(demand=1.1, abroad=1.05, orders=1.0)      # without a premium, which the others alone would set
    live(p, rest, state, 2, boom)
    twin = state.copy()
    sales = (state.output * state.price * rest.value)[0]
    step(p, rest, state, boom)
    ours = OurCity(as_told(rest, p, state), sales, arrivals=state.came[0], departures=state.left[0])
    won = step(p, rest, twin, boom, ours=ours)
    assert won.home + won.nation + won.abroad == pytest.approx(state.won[0], rel=1e-5)
    assert twin.won[1:] == pytest.approx(state.won[1:], rel=1e-5)
    assert won.rival_sales == pytest.approx(state.won[1:].sum(), rel=1e-5)
    assert won.home.min() > 0.0 and won.abroad.min() > 0.0 and won.nation.min() > won.abroad.min()
    assert won.rivals.shape == rest.spending.shape


def test_a_better_city_wins_more_and_its_rivals_less():
    p, rest, *_ = chengdu()
    totals = []
    for attraction in (1.0, 1.1):
        state = at_rest(rest, p)
        won = step(p, rest, state, ours=OurCity(np.full(6, attraction), rest.sales[0]))
        totals.append((won.home + won.nation + won.abroad, won.rival_sales))
    gain = np.log(totals[1][0] / totals[0][0]) / np.log(1.1)
    assert (gain > 0.8).all() and (gain < 1.0).all()
    mine = (rest.appeal[0] * 1.1)[:, None] * rest.reach[0]
    mine[:, -1] *= rest.abroad[0]
    money = rest.spending * mine / (mine + won.rivals)              # what an agent city can work out itself
    assert money[:, 1:-1].sum(1) == pytest.approx(won.nation) and money[:, -1] == pytest.approx(won.abroad)
    lost = totals[0][1] - totals[1][1]
    assert lost == pytest.approx((totals[1][0] - totals[0][0]).sum(), rel=0.1)


def test_people_who_move_to_the_agent_city_leave_the_pool():
    p, rest, *_ = chengdu()
    state = at_rest(rest, p)
    before = people.count(state)
    won = step(p, rest, state, ours=OurCity(np.ones(6), rest.sales[0], arrivals=5000, departures=2000))
    after = people.count(state)
    assert after[0] - before[0] == pytest.approx(3000.0)
    assert after.sum() == pytest.approx(before.sum(), rel=1e-12)
    others = (state.came - state.left)[1:].sum()
    assert after[-1] - before[-1] == pytest.approx(-3000.0 - others, abs=1e-3)
    assert won.pool == pytest.approx(after[-1] / rest.pool)


def test_luck_is_keyed_and_belongs_to_the_seed():
    p, rest, state = world(cities=5, segments=2)
    states = [state.copy() for _ in range(3)]
    for s, seed in zip(states, (1, 1, 2), strict=True):
        live(p, rest, s, 2, seed=seed)
    assert (states[0].jobs == states[1].jobs).all()
    assert not np.allclose(states[0].jobs, states[2].jobs, rtol=1e-6)


def test_parameters_come_from_a_dictionary_and_say_what_is_wrong():
    values = {name: entry["value"] for name, entry in specification().items()}
    assert from_dict(values).theta == values["theta"]
    with pytest.raises(ValueError, match="missing: eta"):
        from_dict({k: v for k, v in values.items() if k != "eta"})
    with pytest.raises(ValueError, match="unknown: eat"):
        from_dict({**values, "eat": 1.0})
    with pytest.raises(ValueError, match=r"nation\.eta is .* outside its bounds"):
        from_dict({**values, "eta": -1.0})
    with pytest.raises(ValueError, match="more than the price"):
        from_dict({**values, "own_cost": 0.99})


def test_values_and_priors_lie_within_the_bounds_and_have_sources():
    for name, entry in specification().items():
        low, high = entry["bounds"]
        values = entry["value"].values() if isinstance(entry["value"], dict) else [entry["value"]]
        assert low <= entry["plausible"][0] < entry["plausible"][1] <= high, name
        if not isinstance(entry["value"], dict):
            assert entry["plausible"][0] <= entry["value"] <= entry["plausible"][1], name
        assert all(low <= value <= high for value in values), name
        assert entry["source"] and entry["text"] and entry["status"] in ("measured", "literature", "assumed")


def test_one_city_is_left_alone_where_it_counts_itself():
    p, rest, state = world(cities=3)
    state.wage[0] = 2.0
    step(p, rest, state, Outside(orders=one_city(rest, 2.0)), ours=OurCity(np.ones(1), rest.sales[0]))
    assert state.jobs[0] == rest.jobs[0] and state.wage[0] == 2.0 and state.seekers[0] == rest.seekers[0]
