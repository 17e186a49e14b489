"""Step 5, commissioning: contract work won from studios of other cities.

Clients in the home city, in thirty other cities and abroad spend a given amount by segment (an outside
path).  What our city wins is a logit over all studios in price, quality, reputation and distance:
``share_c = V d_c / (V d_c + A_c)``, with V the sum of our studios' weights, d_c the decay of distance and
A_c the outside studios' attraction to clients of c.  Near markets are won first; as they fill and as wages
rise, growth slows.  Within the city each studio's part is its weight over V; contracts come in lumps.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import Life
from cluster_sim.draws import APPEAL, ORDERS, again, draw, dyadic, normal, poisson, stream
from cluster_sim.jit import kernel


@kernel
def weigh(studios, city, rules, t, weight_home, weight_abroad):
    """Set every studio's price and weight in the market; add the weights up by segment (exact sums).

    Price is for effort with all inputs; the fee is for effort alone, what a partner asks.  The price is the
    outside price moved by the studio's relative unit cost and by its use of capacity.  Appeal
    is a studio's luck with clients, an AR(1) in logs, so that growth rates have fat tails and memory.
    """
    g = city[0]
    p = rules.p[0]
    base = stream(rules.seed, APPEAL, t)
    weight_home[:] = 0.0
    weight_abroad[:] = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        s.weight = 0.0
        if s.alive == Life.FREE or s.born > t or s.staff < 1:
            continue
        segment = s.segment
        z = normal(draw(base, s.id))
        s.appeal = p.commissioning_appeal_memory * s.appeal + p.commissioning_appeal_shock * z / math.sqrt(
            1.0 + s.staff / p.commissioning_appeal_size)
        use = s.load / max(s.capacity, 0.1)
        relative = max(0.3, s.unit_cost / (g.unit_cost[segment] * g.outside_cost)) ** p.commissioning_pass_through
        relative *= 1.0 + p.commissioning_price_of_use * min(0.5, max(-0.5, use - p.labour_use_of_capacity))
        relative = min(2.5, max(0.5, relative))
        s.price = g.price[segment] * g.outside_cost * relative
        s.fee = g.fee[segment] * g.outside_cost * relative
        known = s.staff ** p.commissioning_size
        s.weight = dyadic(known * math.exp(-p.commissioning_price_weight * math.log(relative)
                                           + p.commissioning_quality_weight * s.quality
                                           + p.commissioning_reputation_weight * s.reputation + s.appeal))
        weight_home[segment] += s.weight
        weight_abroad[segment] += dyadic(s.weight * s.export)


@kernel
def win(studios, rules, markets, money_home, money_abroad, t):
    """Give each studio its contracts of the month: a Poisson number of lumps around its expected part.

    money_home, money_abroad: yuan a month won by segment by the city's studios at home and in the nation, abroad.
    A contract's size grows with the studio, so that volatility falls with size but slowly (Stanley 1996).
    """
    p = rules.p[0]
    segments = rules.segments
    weight_home, weight_abroad = markets.weight_home, markets.weight_abroad
    base = stream(rules.seed, ORDERS, t)
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.weight <= 0.0:
            continue
        segment = s.segment
        here = money_home[segment] * s.weight / weight_home[segment]
        there = money_abroad[segment] * dyadic(s.weight * s.export) / max(weight_abroad[segment], 1e-12)
        expected = here + there
        lump = segments[segment].contract_size * s.price * s.staff ** p.commissioning_contract_growth
        count = poisson(again(draw(base, s.id)), expected / lump)
        effort = count * lump / s.price
        lapse = 1.0 - p.commissioning_lapse * max(0.0, min(1.0, s.load / max(s.capacity, 0.1) - 1.5))
        s.orders = s.orders * lapse
        s.abroad += 0.1 * (there / max(expected, 1e-9) - s.abroad)
        helped = s.sub_lack * effort if s.sub != -1 else 0.0
        s.pending += helped
        s.orders += effort - helped


def spending(model) -> np.ndarray:
    """Return what clients at home and in the nation spend on contracts this month, by segment and city (yuan)."""
    outside = model.outside
    return model.markets.demand * (outside["market"][model.t] * outside["pandemic_demand"][model.t])[:, None]


def share_markets(model) -> tuple[np.ndarray, np.ndarray]:
    """Return what the city's studios win at home and in the nation, and abroad, by segment (yuan a month)."""
    markets, outside, state, t = model.markets, model.outside, model.state, model.t
    spend = spending(model)
    ours = markets.weight_home[:, None] * markets.decay[None, :]
    won = spend * ours / (ours + markets.rivals)
    abroad = markets.demand_abroad * outside["foreign_market"][t] * outside["pandemic_demand"][t]
    won_abroad = abroad * markets.weight_abroad / (markets.weight_abroad + markets.rivals_abroad)
    model.city_state["home_part"] = won[:, 0] / np.maximum(won.sum(1), 1e-9)
    state["won_home"], state["won_nation"] = float(won[:, 0].sum()), float(won[:, 1:].sum())
    state["won_abroad"] = float(won_abroad.sum())
    state["rival_sales"] = float((spend - won).sum() + (abroad - won_abroad).sum())
    return won.sum(1), won_abroad


def set_prices(model) -> None:
    """Let studios set their prices and weigh in the market for contracts."""
    weigh(model.studios.used, model.city_state, model.rules, model.t, model.markets.weight_home,
          model.markets.weight_abroad)


def win_contracts(model) -> None:
    """Let clients spend, and studios win their parts of it."""
    home, abroad = share_markets(model)
    win(model.studios.used, model.rules, model.markets, home, abroad, model.t)
