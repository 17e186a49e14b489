"""First-order effects in the market for contract work: price, quality, distance, saturation."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, alive, build

from cluster_sim.month import commissioning, prices, rivals


def weights(model) -> np.ndarray:
    """Return every studio's weight in the market, without the month's luck moving between two looks."""
    m = model
    appeal = m.studios.used["appeal"].copy()
    prices.quote(m.studios.used, m.city_state, m.rules, 0)
    commissioning.weigh(m.studios.used, m.city_state, m.rules, 0, m.markets.weight_home, m.markets.weight_abroad)
    m.studios.used["appeal"] = appeal
    return m.studios.used["weight"].copy()


@pytest.mark.parametrize("column, key", [("quality", "quality_weight"), ("reputation", "reputation_weight")])
def test_quality_and_reputation_win_clients(column, key):
    model = build(1)
    row = alive(model)[3]
    before = weights(model)[row]
    model.studios.used[column][row] += 0.5
    expected = np.exp(0.5 * model.par[f"commissioning.{key}"])
    assert weights(model)[row] / before == pytest.approx(expected, rel=1e-4) and expected > 1


def test_full_books_raise_the_price():
    model = build(1)
    row = alive(model)[3]
    s = model.studios.used
    weights(model)
    price = s["price"][row]
    s["load"][row] *= 1.3
    weights(model)
    assert s["price"][row] > price


def test_near_markets_are_won_first_and_fill():
    """Twice the weight wins less than twice the work, and least so near home, where most is already won."""
    model = build(1)
    weights(model)
    m = model

    def shares():
        won = rivals.look(m)
        return won.home.sum() / won.spent[:, 0].sum(), won.nation.sum() / won.spent[:, 1:-1].sum()

    once = shares()
    assert once[0] > 2.0 * once[1] > 0.0
    before = commissioning.share_markets(m)[0]
    m.markets.weight_home[:] *= 2.0
    twice = shares()
    after = commissioning.share_markets(m)[0]
    assert (after > before).all() and (after < 2.0 * before).all()
    assert twice[0] / once[0] < twice[1] / once[1]


def test_demand_of_a_pandemic_year_moves_what_is_won():
    quiet = build(24)
    ill = build(24, events=[{"kind": "pandemic", "from": JANUARY_2017 + 12, "to": JANUARY_2017 + 23}])
    for model in (quiet, ill):
        weights(model)
        model.t = 14
    ratio = commissioning.share_markets(ill)[0] / commissioning.share_markets(quiet)[0]
    # what studios buy from each other follows their sales of the month before
    assert ratio == pytest.approx(ill.outside["pandemic_demand"][14], abs=0.05)
    assert ratio[0] < 1.0 < ratio[2]
    assert (ill.outside["pandemic_demand"][:12] == 1.0).all()


def test_export_capability_wins_work_abroad_only():
    model = build(1)
    weights(model)
    home, abroad = commissioning.share_markets(model)
    model.studios.used["export"] *= 2.0
    weights(model)
    home2, abroad2 = commissioning.share_markets(model)
    assert np.array_equal(home, home2) and (abroad2 > 1.5 * abroad).all()


def test_contracts_add_up_to_what_was_won():
    """Lumps are luck; over many draws each segment gets the money that its studios won, by weight."""
    model = build(1)
    weights(model)
    m, s = model, model.studios.used
    money = np.full(6, 3e7)
    rounds = 400
    s["orders"] = s["pending"] = 0.0
    s["load"] = 0.0                                # no studio turns work away
    for seed in range(rounds):
        commissioning.win(s, m.city_state, m.rules._replace(seed=seed), m.markets, money, np.zeros(6), 0)
    got = (s["orders"] + s["pending"].sum(1)) * s["price"]
    by_segment = np.bincount(s["segment"], weights=got, minlength=6)
    assert by_segment == pytest.approx(money * rounds, rel=0.03)
    expected = money[s["segment"]] * s["weight"] / m.markets.weight_home[s["segment"]] * rounds
    big = expected > np.percentile(expected, 50)
    assert got[big] == pytest.approx(expected[big], rel=0.3)


def test_a_studio_lets_work_lapse_when_its_backlog_is_long():
    model = build(1)
    weights(model)
    m, s = model, model.studios.used
    s["orders"] = 100.0
    s["load"] = 5.0 * s["capacity"]
    nothing = np.zeros(6)
    commissioning.win(s, m.city_state, m.rules, m.markets, nothing, nothing, 0)
    rows = alive(model)
    assert s["orders"][rows] == pytest.approx(100.0 * (1.0 - m.par["commissioning.lapse"]))


def test_what_is_won_is_spent_on_partners_only_where_specialisms_lack():
    model = build(1)
    weights(model)
    m, s = model, model.studios.used
    s["orders"] = s["pending"] = 0.0
    s["sub"], s["sub_lack"] = -1, 0.1
    row = alive(model)[0]
    s["sub"][row, :3] = -2                        # partners in other cities for three of the six
    for seed in range(50):
        commissioning.win(s, m.city_state, m.rules._replace(seed=seed), m.markets, np.full(6, 3e7), np.zeros(6), 0)
    others = np.setdiff1d(alive(model), [row])
    assert (s["pending"][others] == 0).all()
    left = s["pending"][row]
    assert left[:3] / (left.sum() + s["orders"][row]) == pytest.approx([0.1] * 3, rel=0.02) and (left[3:] == 0).all()
