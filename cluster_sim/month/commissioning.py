"""Step 5, commissioning: contract work won from studios of other cities.

Clients in the home city, in thirty other cities and abroad spend a given amount by segment (an outside
path).  What our city wins is a logit over all studios in price, quality, reputation and distance:
``share_c = V d_c / (V d_c + A_c)``, with V the sum of our studios' weights, d_c the decay of distance and
A_c the attraction of the other cities to clients of c, which grows with their jobs as ours does (rivals.py).
Near markets are won first; as they fill and as wages rise, growth slows.  Within the city each studio's part is
its weight over V; contracts come in lumps.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, NOBODY, Life
from cluster_sim.draws import APPEAL, ORDERS, again, draw, dyadic, normal, poisson, stream, yuan
from cluster_sim.jit import kernel
from cluster_sim.month import rivals
from cluster_sim.month.guards import LEAST_CAPACITY
from cluster_sim.month.luck import luck_shock, luck_spread
from cluster_sim.nation.month import Won


@kernel
def weigh(studios, city, rules, t, weight_home, weight_abroad):
    """Set every studio's weight in the market; add the weights up by segment (exact sums).

    A client's expenditure on a studio answers its price, over the usual one at outside wages, with the elasticity
    sigma (Simonovska & Waugh 2014); so do rivals' weights.  Luck moves on a month (luck.py), so that growth rates have
    fat tails and memory.
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
        s.appeal = p.commissioning_appeal_memory * s.appeal + luck_shock(s.staff, p) * z
        lucky = s.appeal - 0.5 * luck_spread(s.staff, p) ** 2
        relative = s.price / (g.price[segment] * g.outside_wage * math.exp(g.premium[segment]))
        known = (s.staff * (1.0 - s.overhead)) ** p.commissioning_size      # people at work for clients
        s.weight = dyadic(known * math.exp(-p.commissioning_price_weight * math.log(relative)
                                           + p.commissioning_quality_weight * s.quality
                                           + p.commissioning_reputation_weight * s.reputation + lucky))
        weight_home[segment] += s.weight
        weight_abroad[segment] += dyadic(s.weight * s.export)


@kernel
def buy_nearby(studios, money, p):
    """Let studios buy creative inputs from the partners in their teams; return what is left for others (yuan a month).

    money: what the city's studios buy from each other, shared by the buyers' sales and, among a buyer's partners here,
    by what each is needed for.  What is bought needs coordination as work does; who has no partner here buys from
    strangers, which costs as much as from the farthest, or as making do.
    """
    p = p[0]
    farthest = min(p.collaboration_makeshift, p.collaboration_c0 * (1.0 + p.collaboration_tau_max))
    sales = 0.0
    for i in range(studios.shape[0]):
        studios[i].links = 0.0
        studios[i].briefing = 0.0
        if studios[i].alive == Life.ALIVE:
            sales += studios[i].sales
    money = yuan(money)
    left = money
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive != Life.ALIVE:
            continue
        budget = money * s.sales / max(sales, 1.0)
        needed = 0.0
        for k in range(N_SPECIALISMS):
            if s.sub[k] >= 0 and studios[s.sub[k]].weight > 0.0:
                needed += s.sub_lack[k]
        if needed <= 0.0:
            s.briefing = farthest * budget / max(s.price, 1.0)
            continue
        for k in range(N_SPECIALISMS):
            if s.sub[k] >= 0 and studios[s.sub[k]].weight > 0.0:
                bought = yuan(budget * s.sub_lack[k] / needed)
                studios[s.sub[k]].links += bought
                s.briefing += s.sub_cost[k] * bought / max(s.price, 1.0)
                left -= bought
    return left


@kernel
def win(studios, city, rules, markets, money_home, money_abroad, t):
    """Give each studio its contracts of the month: a Poisson number of lumps around its expected part.

    money_home, money_abroad: yuan a month won by segment by the city's studios at home and in the nation, abroad.
    Clients have ordered for their money: what is not yet done shrinks as the nation's premium rises.
    A contract's size grows with the studio, so that volatility falls with size but slowly (Stanley 1996).
    """
    g = city[0]
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
        expected = here + there + s.links
        lump = segments[segment].contract_size * s.price * s.staff ** p.commissioning_contract_growth
        count = poisson(again(draw(base, s.id)), expected / lump)
        effort = count * lump / s.price
        waits = s.load / max(s.capacity, LEAST_CAPACITY) - p.commissioning_lapse_load
        lapse = 1.0 - p.commissioning_lapse * max(0.0, min(1.0, waits))
        s.orders = s.orders * lapse * g.repriced[segment]
        s.abroad += p.commissioning_abroad_speed * (there / max(expected, 1e-9) - s.abroad)
        helped = 0.0
        for k in range(N_SPECIALISMS):
            s.pending[k] *= g.repriced[segment]
            if s.sub[k] != NOBODY:
                part = s.sub_lack[k] * effort
                s.pending[k] += part
                helped += part
        s.orders += effort - helped


def share_markets(model, won: Won | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return what the city's studios win at home and in the nation, and abroad, by segment (yuan a month).

    won: what the month brought them; by default what it would bring now.
    """
    state, won = model.state, won or rivals.look(model)
    in_nation = won.home + won.nation
    model.city_state["home_part"] = won.home / np.maximum(in_nation, 1e-9)
    state["won_home"], state["won_nation"] = float(won.home.sum()), float(won.nation.sum())
    state["won_abroad"], state["rival_sales"] = float(won.abroad.sum()), won.rival_sales
    state["spent_home"], state["spent_nation"] = float(won.spent[:, 0].sum()), float(won.spent[:, 1:-1].sum())
    return in_nation, won.abroad


def weigh_studios(model) -> None:
    """Let clients weigh up the city's studios."""
    weigh(model.studios.used, model.city_state, model.rules, model.t, model.markets.weight_home,
          model.markets.weight_abroad)


def win_contracts(model) -> None:
    """Let clients spend, and studios win their parts of it."""
    won = rivals.live_month(model)
    home, abroad = share_markets(model, won)
    money = float(won.nearby.sum())
    home -= won.nearby * (1.0 - buy_nearby(model.studios.used, money, model.rules.p) / max(money, 1.0))
    win(model.studios.used, model.city_state, model.rules, model.markets, home, abroad, model.t)
