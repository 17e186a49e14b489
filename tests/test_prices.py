"""What a change of own cost does to prices and orders: the formula of pass-through, by impulse."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim.month import commissioning, prices, production, rivals

SMALL = 1e-4


def asked(model, cost: np.ndarray | float = 1.0) -> np.ndarray:
    """Return what every studio asks with its own cost times a factor, everything else held."""
    studios = model.studios.used
    kept = studios["unit_cost"].copy()
    studios["unit_cost"] *= cost
    prices.quote(studios, model.city_state, model.rules, 0)
    studios["unit_cost"] = kept
    return studios["price"].copy()


def won(model, cost: np.ndarray | float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return money won in the nation by segment and the studios' weights, at own costs times a factor."""
    m, studios = model, model.studios.used
    asked(model, cost)
    luck = studios["appeal"].copy()
    commissioning.weigh(studios, m.city_state, m.rules, 0, m.markets.weight_home, m.markets.weight_abroad)
    studios["appeal"] = luck
    return commissioning.share_markets(model)[0], studios["weight"].copy()


@pytest.mark.parametrize("level", [0.7, 1.0, 1.5])
@pytest.mark.parametrize("pass_through", [0.6, 1.0])
def test_pass_through_by_impulse_of_one_studio_and_at_every_level_of_cost(level, pass_through):
    """d ln p = rho (1 + mark-up) (own cost / p) d ln own cost, at normal use of capacity."""
    model = build(1, par={"commissioning.pass_through": pass_through})
    par, s, g = model.par, model.studios.used, model.city_state[0]
    s["unit_cost"] = level * g["unit_cost"][s["segment"]]
    s["load"] = par["labour.use_of_capacity"] * s["capacity"]
    moved = np.log(asked(model, 1.0 + SMALL) / asked(model)) / np.log1p(SMALL)
    asked(model)
    own_cost = s["unit_cost"] / par["labour.use_of_capacity"] / s["price"]
    rho = 1.0 - (1.0 - pass_through) * s["staff"] / (s["staff"] + par["commissioning.pass_through_size"])
    rows = alive(model)
    expected = (rho * (1.0 + par["commissioning.markup"]) * own_cost)[rows]
    assert moved[rows] == pytest.approx(expected, rel=1e-3)
    assert 0.05 < expected.min() and expected.max() < 0.5       # bought inputs are most of a price


def test_large_studios_pass_on_less():
    model = build(1)
    s = model.studios.used
    moved = np.log(asked(model, 1.01) / asked(model))
    own = model.city_state[0]["own_part"][s["segment"]]
    rows = alive(model)
    large, small = rows[s["staff"][rows] > 100], rows[s["staff"][rows] < 5]
    assert (moved / own)[large].mean() < 0.93 * (moved / own)[small].mean()


def test_a_cheaper_studio_wins_orders_by_sigma_and_its_rivals_prices_stay():
    model = build(1)
    row = alive(model)[3]
    cost = np.ones(model.studios.used.size)
    cost[row] = 0.99
    price, (_, weight) = asked(model), won(model)
    cheaper, (_, after) = asked(model, cost), won(model, cost)
    others = np.arange(price.size) != row
    assert np.array_equal(price[others], cheaper[others])
    sigma = model.par["commissioning.price_weight"]
    assert np.log(after[row] / weight[row]) == pytest.approx(-sigma * np.log(cheaper[row] / price[row]), rel=1e-3)


def test_a_cheaper_segment_wins_what_the_logit_gives():
    """Money won moves by -sigma kappa (1 - share) per cent for one per cent of own cost, market by market."""
    model = build(1)
    k, sigma = 0, model.par["commissioning.price_weight"]
    mine = model.studios.used["segment"] == k
    price, (before, weight) = asked(model), won(model)
    m, nation = model.markets, model.rivals.rest
    look = rivals.look(model)
    ours = (nation.appeal[0] * m.weight_home / m.usual_home)[k] * nation.reach[0, :-1]
    share = ours / (ours + look.rivals[k, :-1])
    spent = nation.spending[k, :-1] * share
    kept = (spent * (1.0 - share)).sum() / before[k]         # orders of the city's own studios do not answer
    cost = np.where(mine, 1.0 - SMALL, 1.0)
    cheaper = asked(model, cost)
    fall = np.average(np.log(cheaper / price)[mine], weights=weight[mine])
    gain = np.log(won(model, cost)[0] / before)
    assert gain[k] == pytest.approx(-sigma * fall * kept, rel=1e-3) and gain[k] > 0
    assert np.abs(np.delete(gain, k)).max() == 0.0


def test_where_cost_follows_the_outside_world_the_city_is_as_dear_as_others():
    model = build(1)
    g, s = model.city_state[0], model.studios.used
    g["outside_wage"], nation = 1.3, model.rivals
    nation.state.cost[:] = 1.1 / 1.3
    p = nation.parameters
    nation.state.price[:] = 1.0 + p.pass_through * (1.0 + p.markup) * p.own_cost * (nation.state.cost - 1.0)
    rivals.follow(model)
    assert g["outside_cost"] == pytest.approx(1.1)
    s["unit_cost"] = g["outside_cost"] * g["unit_cost"][s["segment"]]
    s["load"] = model.par["labour.use_of_capacity"] * s["capacity"]
    relative = asked(model) / g["outside_price"][s["segment"]]
    for k in range(6):
        rows = alive(model, segment=k)
        # other cities pass on the mean part over all segments
        assert np.average(relative[rows], weights=s["capacity"][rows]) == pytest.approx(1.0, abs=2e-3)


def test_bought_inputs_cost_what_they_cost_outside_whatever_a_studio_asks():
    """A studio that works at half the cost buys the same inputs for the same effort."""
    bought = []
    for factor in (1.0, 0.5):
        model = build(1)
        s, flow = model.studios.used, model.month.flow
        s["unit_cost"] *= factor
        prices.set_prices(model)
        s["inputs"] = s["sales"] = s["asked"] = 0.0
        production.deliver(s, model.rules.segments, model.other_cities.wage_index, model.city_state, model.rules.p,
                           flow)
        bought.append((s["inputs"].copy(), s["sales"].copy()))
    assert np.array_equal(bought[0][0], bought[1][0]) and (bought[1][1] < bought[0][1]).any()
