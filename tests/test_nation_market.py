"""Prices pass on what costs are, clients choose among all cities, and the market clears at any size."""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import live, one_city, world

from cluster_sim.nation import demand, labour, prices
from cluster_sim.nation.layout import settle
from cluster_sim.nation.month import step
from cluster_sim.nation.state import Outside, at_rest


@pytest.mark.parametrize("level", [0.5, 1.0, 3.0])
def test_pass_through_by_impulse(level):
    """d ln p = rho (1 + mark-up) (own cost / price) d ln own cost, at any level of cost."""
    p, rest, state = world(cities=3, segments=6)
    log = {}
    for sign in (-1, 1):
        prices.set_prices(p, rest, state, np.full_like(rest.jobs, level * np.exp(sign * 1e-5)))
        log[sign] = np.log(state.price)
    prices.set_prices(p, rest, state, np.full_like(rest.jobs, level))
    own_over_price = p.own_cost * level / state.price
    slope = (log[1] - log[-1]) / 2e-5
    assert slope == pytest.approx(p.pass_through * (1.0 + p.markup) * own_over_price, rel=1e-6)


def test_a_price_asks_more_where_orders_press():
    p, rest, state = world(cities=2)
    state.use[0] = 1.2 * p.use
    prices.set_prices(p, rest, state, np.ones_like(rest.jobs))
    assert state.price[:, 0] == pytest.approx([1.0 + 0.2 * p.use * p.scarcity, 1.0])


def test_density_know_how_and_tools_lower_cost():
    p, rest, state = world(cities=4)
    state.jobs[1] *= 1.2
    state.knowhow[2] = -0.5
    prices.set_productivity(p, rest, state, 0.0)
    assert state.productive[1, 0] == pytest.approx(1.2**p.gamma)
    assert state.productive[2, 0] == pytest.approx(np.exp(-0.5 * p.knowhow_weight * (1.0 - p.knowhow_speed)))
    state.tools[3] = 1.0
    prices.set_productivity(p, rest, state, 1.0)
    prices.set_prices(p, rest, state, np.ones_like(rest.jobs))
    assert state.cost[3, 0] == pytest.approx((1.0 + p.ai_cost) / (1.0 + p.ai_gain))
    assert state.cost[1, 0] < 1.0 < state.cost[2, 0]


def test_tools_cost_everybody_the_same():
    """Free tools would be a gain: with tools everywhere, costs fall by the gain less what tools cost."""
    p, rest, state = world(cities=3)
    live(p, rest, state, 40, Outside(tools=1.0))
    assert state.tools == pytest.approx(1.0, abs=1e-4)
    assert np.ptp(state.jobs) < 1e-6
    free = p.with_values(ai_cost=0.0)
    other = state.copy()
    prices.set_prices(p, rest, state, np.ones_like(rest.jobs))
    prices.set_prices(free, rest, other, np.ones_like(rest.jobs))
    assert (other.cost < state.cost).all()


def shares(**values):
    """Return what a logit gives city 0 of a ring of four when its jobs, price or luck differ."""
    p, rest, state = world(cities=4, distance_decay=0.0, luck_spread=0.1)
    for name, value in values.items():
        getattr(state, name)[0] = getattr(state, name)[0] * value if name != "luck" else value
    weight, everybody = np.empty_like(rest.jobs), np.empty(rest.spending.shape)
    fixed = p._replace(luck_memory=1.0)
    demand.weigh(fixed, rest, state, np.ones_like(rest.jobs), "luck" in values, 1, 0, weight)
    demand.sell(p, rest, state, weight, np.ones_like(weight), rest.sales, np.ones(1), np.ones(1), everybody)
    contested = state.won - p.links_local * rest.sales
    return p, contested[:, 0] / contested.sum()


def test_clients_spend_by_size_price_and_luck():
    p, size = shares(jobs=1.1)
    _, price = shares(price=1.1)
    _, luck = shares(luck=0.1)
    assert size[0] / size[1] == pytest.approx(1.1**p.theta)
    assert price[0] / price[1] == pytest.approx(1.1**-p.sigma)
    assert luck[0] / luck[1] == pytest.approx(np.exp(0.1))


def test_nearby_clients_buy_more_from_a_city_than_distant_ones():
    p, rest, state = world(cities=12)
    weight, everybody = np.empty_like(rest.jobs), np.empty(rest.spending.shape)
    demand.weigh(p, rest, state, np.ones_like(rest.jobs), False, 0, 0, weight)
    demand.sell(p, rest, state, weight, np.ones_like(weight), rest.sales, np.ones(1), np.ones(1), everybody)
    part = weight[0, 0] * rest.reach[0] / everybody[0]
    assert part[0] > part[1] > part[6] > 0.0
    assert state.won.sum() == pytest.approx(rest.sales.sum())


def test_links_are_no_free_gain():
    """With links or without, the nation at rest sells the same; what it sells outside gives a multiple inside."""
    for links in (0.0, 0.1):
        p, rest, state = world(cities=5, segments=2, links_local=links, links_national=links)
        assert rest.sales == pytest.approx(world(cities=5, segments=2)[1].sales)
        live(p, rest, state, 1)
        assert state.jobs == pytest.approx(rest.jobs, rel=1e-10)
    p, rest, state = world(cities=5, links_local=0.1, links_national=0.0)
    weight, everybody = rest.appeal.copy(), np.empty(rest.spending.shape)
    demand.sell(p, rest, state, weight, np.ones_like(weight), 2.0 * rest.sales, np.ones(1), np.ones(1), everybody)
    assert state.won == pytest.approx(1.1 * rest.sales)


def test_a_hundredfold_market_clears_by_wages_and_prices():
    """No cap binds, wages rise above threefold, orders stay below twice capacity, shares about as they were."""
    p, rest, state = world(cities=20, segments=6)
    boom = Outside(demand=100.0, abroad=100.0)
    live(p, rest, state, 1.5, boom)
    for year in range(2, 30):
        live(p, rest, state, 1, boom)
        assert state.use.max() < 2.0
        assert year < 7 or state.wage.min() > 3.0
    assert state.premium.max() < 0.1                # in the end wages and people have taken up all of it
    assert (state.residents() < 0.985 * rest.room).all()
    assert (state.other > 0.01 * rest.other).all() and state.pool[0] > 0.001 * rest.pool
    assert (state.jobs.sum(1) < state.residents()).all()
    assert (state.seekers > 0.01 * state.jobs).all()
    share, before = state.jobs / state.jobs.sum(0), rest.jobs / rest.jobs.sum(0)
    assert share == pytest.approx(before, rel=1e-3)


def test_a_premium_makes_the_nations_money_buy_what_can_be_done():
    p, rest, state = world(cities=4, segments=2)
    state.won[:, 0] *= 3.0
    state.won[0, 1] *= 3.0                          # one city alone has too much: the nation has not
    state.won[1:, 1] *= 1.0 / 3.0
    backlog = state.backlog.copy()
    for month in range(1, 40):
        demand.ration(p, rest, state, 1.0, 0)
        assert state.premium[0] == pytest.approx(np.log(3.0 * p.use) * (1.0 - (1.0 - p.premium_speed) ** month))
    assert state.premium[1] == 0.0 and (state.backlog[:, 1] == backlog[:, 1]).all()
    assert state.backlog[:, 0] == pytest.approx(backlog[:, 0] * np.exp(-state.premium[0]))
    state.won[:] = rest.sales
    for _ in range(100):
        demand.ration(p, rest, state, 1.0, 0)
    assert state.premium == pytest.approx(0.0, abs=1e-6)


def test_a_premium_hires_raises_offers_and_drives_off_clients_abroad_alone():
    def month(premium):
        p, rest, state = world(cities=3)
        state.premium[:] = premium
        live(p, rest, state, 1 / 12)
        return p, rest, state

    (_, rest, calm), (p, _, dear) = month(0.0), month(0.5)
    assert (dear.vacancies > 1.2 * calm.vacancies).all() and (dear.wage > calm.wage).all()
    bought = 1.0 - (1.0 - p.links_local) * (1.0 - p.links_national)    # what studios buy follows their sales
    assert dear.won == pytest.approx(calm.won * (1.0 + bought * (np.exp(0.5) - 1.0)), rel=1e-3)
    p, rest, state = world(cities=3)
    abroad = rest._replace(reach=np.ones_like(rest.reach), abroad=np.ones_like(rest.abroad),
                           foreign=np.append(rest.foreign[:, :-1], [[1000.0 * rest.appeal.sum()]], 1),
                           spending=np.append(0.0 * rest.spending[:, :-1], [[1.0]], 1))
    sold = []
    for premium in (0.0, 0.1):
        state.premium[:] = premium
        weight, everybody = rest.appeal.copy(), np.empty(rest.spending.shape)
        fixed = p._replace(links_local=0.0)
        demand.sell(fixed, abroad, state, weight, np.ones_like(weight), rest.sales, np.ones(1), np.ones(1), everybody)
        sold.append(state.won.sum())
    assert np.log(sold[1] / sold[0]) == pytest.approx(-0.1 * p.sigma, rel=0.01)


def test_know_how_is_learnt_by_doing_and_forgotten():
    p, rest, state = world(cities=2)
    state.use[0] = 1.1
    prices.set_productivity(p, rest, state, 0.0)
    more = p.knowhow_work * (1.1 / p.use - 1.0)
    assert state.knowhow[0, 0] == pytest.approx(p.knowhow_speed * more) and state.knowhow[1, 0] == 0.0
    for _ in range(2000):
        prices.set_productivity(p, rest, state, 0.0)
    assert state.knowhow[0, 0] == pytest.approx(more)
    assert state.productive[0, 0] == pytest.approx(np.exp(p.knowhow_weight * more))
    state.use[0] = 50.0                             # who has too much to do learns no more than those with enough
    prices.set_productivity(p, rest, state, 0.0)
    assert state.knowhow[0, 0] < more + p.knowhow_speed * (1.2 / p.use - 1.0)


def test_a_hundredfold_market_leaves_unequal_cities_with_about_their_shares():
    p, rest, state = world(cities=20)
    size = np.exp(np.random.default_rng(1).normal(0.0, 1.0, (20, 1)))
    km = 100.0 * np.abs(np.subtract.outer(np.arange(20), np.arange(20)))
    rest = settle(p, 50_000.0 * size, np.full((20, 1), 40_000.0), km, size[:, 0])
    state = at_rest(rest, p)
    live(p, rest, state, 40, Outside(demand=100.0))
    share, before = state.jobs / state.jobs.sum(), rest.jobs / rest.jobs.sum()
    assert np.abs(np.log(share / before)).max() < 0.15


def hired(**values):
    """Return the state of one city after a month's hiring with some state or parameters changed."""
    state_values = {name: values.pop(name) for name in ("planned", "seekers") if name in values}
    p, rest, state = world(cities=1, distance_decay=0.0, **values)
    state.jobs[:] *= 1.0 - p.separation
    state.seekers[:] += rest.jobs * p.separation
    for name, value in state_values.items():
        getattr(state, name)[:] *= value
    labour.hire(p, rest, state)
    return p, rest, state


def test_offers_rise_where_posts_stay_open_and_fall_where_they_fill_at_once():
    p, rest, calm = hired()
    assert calm.wage[0, 0] == pytest.approx(1.0) and calm.jobs == pytest.approx(rest.jobs)
    assert (calm.hires / calm.vacancies)[0, 0] == pytest.approx(p.fill_rate)
    assert hired(planned=1.05)[2].wage[0, 0] > 1.0 > hired(planned=0.995)[2].wage[0, 0]
    assert hired(seekers=0.5)[2].wage[0, 0] > 1.0 > hired(seekers=2.0)[2].wage[0, 0]


def test_hires_follow_seekers_with_the_elasticity_of_rest_and_stay_below_both_sides():
    p, _, calm = hired()
    more = hired(seekers=1.001)[2]
    assert np.log(more.hires / calm.hires)[0, 0] / np.log(1.001) == pytest.approx(p.matching, rel=0.01)
    rush = hired(planned=50.0)[2]
    assert rush.hires[0, 0] < rush.vacancies[0, 0] and rush.seekers[0, 0] > 0.0


def test_studios_that_lack_everybody_add_a_part_of_their_people_and_one_each():
    """The bound is that of the city's studios: so many small ones grow faster than as many jobs in one."""
    p, rest, state = world(cities=2, segments=1)
    state.planned[:] *= 1e3
    state.jobs[1] *= 2.0
    hired = state.copy()
    labour.hire(p, rest, hired)
    leavers = p.separation / (1.0 - p.separation) * state.jobs
    added = hired.vacancies * p.fill_rate - leavers
    assert added == pytest.approx(p.growth_bound * state.jobs + p.studios * rest.jobs, rel=1e-9)
    assert p.studios * rest.jobs[0] > 0.5 * p.growth_bound * rest.jobs[0]


def test_surplus_staff_is_laid_off_into_search():
    p, rest, state = hired(planned=0.8)
    _, _, calm = hired()
    assert state.jobs[0, 0] < calm.jobs[0, 0] and state.seekers[0, 0] > calm.seekers[0, 0]


def test_better_matching_never_hurts_jobs():
    """Fairs that match better are non-inferior for jobs after 2, 5 and 10 years."""
    for years in (2, 5, 10):
        p, rest, state = world(cities=3)
        live(p.with_values(matching_gain=1.2), rest, state, years)
        assert (state.jobs >= 0.997 * rest.jobs).all()
        if years == 10:
            assert (state.jobs > rest.jobs).all()


def test_tools_win_clients_as_they_raise_quality():
    p, rest, state = world(cities=3, distance_decay=0.0, links_local=0.0)
    state.tools[1] = 1.0
    step(p, rest, state, Outside(tools=1.0))
    fall = np.log(state.price[1, 0] / state.price[0, 0])
    gained = np.log((1.0 + p.ai_gain * state.tools[1]) / (1.0 + p.ai_gain * state.tools[0]))
    won = np.log(state.won[1, 0] / state.won[0, 0])
    fewer = np.log(state.jobs[1, 0] / state.jobs[0, 0])             # who no longer needs them lays people off
    assert won == pytest.approx(p.tools_quality * gained - p.sigma * fall + p.theta * fewer, rel=1e-6) and fewer < 0.0
