"""National demand shared among all cities: a logit in attraction, price and distance.

A city's weight is appeal * (jobs / jobs at rest)^theta * price^-sigma * luck, so that sigma is the elasticity
of expenditure; a market spends on a city in proportion to weight times the decay of distance.  Luck is an
AR(1) in logs whose exponential has mean one.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.draws import CITY_LUCK, draw, normal, stream
from cluster_sim.jit import kernel
from cluster_sim.nation.parameters import NationParameters

MOST_SEGMENTS = 64      # technical: keeps apart the draws of a city's segments


@kernel
def fill_normals(seed, t, out):
    """Fill a (C, S) array with standard normals keyed by seed, month, city and segment."""
    base = stream(seed, CITY_LUCK, t)
    for c in range(out.shape[0]):
        for k in range(out.shape[1]):
            out[c, k] = normal(draw(base, c * MOST_SEGMENTS + k))


def first_luck(parameters: NationParameters, shape: tuple[int, int], seed: int) -> np.ndarray:
    """Return log luck drawn from its stationary distribution."""
    out = np.empty(shape)
    fill_normals(seed, -1, out)
    return parameters.luck_spread * out


@kernel
def weigh(p, rest, s, appeal, lucky, seed, t, weight):
    """Set each city's weight with clients, (C, S); appeal: (C, S) factors.

    Where luck counts, its log moves on a month first: memory, and a shock that keeps its stationary spread.
    """
    base = stream(seed, CITY_LUCK, t)
    shock = p.luck_spread * math.sqrt(1.0 - p.luck_memory**2)
    for c in range(s.jobs.shape[0]):
        for k in range(s.jobs.shape[1]):
            log = p.theta * math.log(s.jobs[c, k] / rest.jobs[c, k]) - p.sigma * math.log(s.price[c, k])
            if lucky:
                s.luck[c, k] = p.luck_memory * s.luck[c, k] + shock * normal(draw(base, c * MOST_SEGMENTS + k))
                log += s.luck[c, k] - 0.5 * p.luck_spread**2
            weight[c, k] = rest.appeal[c, k] * appeal[c, k] * math.exp(log)


@kernel
def sell(p, rest, s, weight, export, sales, demand, abroad, everybody):
    """Share out what clients spend, and what studios buy from their own city's studios, into orders won.

    export: (C, S) factors on the weight abroad.  sales: (C, S) yuan of last month.  Of the nation's spending the
    part that is studios' own purchases follows their sales; it was taken out of final demand, so that links are no
    gain.
    Who sells in the nation asks its premium, so that it matters abroad alone.
    demand, abroad: (S,) indices.  everybody: (S, M), set to the weight of all sellers in each market.
    """
    cities, segments = weight.shape
    markets = rest.reach.shape[1]
    s.won[:] = 0.0
    mine = np.empty(cities)
    for k in range(segments):
        growth = sales[:, k].sum() / rest.sales[:, k].sum()
        domestic = (1.0 - p.links_national) * demand[k] + p.links_national * growth
        dear = math.exp(-p.sigma * s.premium[k])
        for m in range(markets):
            total = rest.foreign[k, m]
            for c in range(cities):
                mine[c] = weight[c, k] * rest.reach[c, m]
                if m == cities:
                    mine[c] *= rest.abroad[c, k] * export[c, k] * dear
                total += mine[c]
            everybody[k, m] = total
            spent = rest.spending[k, m] * (domestic if m < cities else abroad[k]) / total
            for c in range(cities):
                s.won[c, k] += mine[c] * spent
    for c in range(cities):
        nearby = p.links_local * sales[c].sum() / rest.sales[c].sum()
        for k in range(segments):
            s.won[c, k] += nearby * rest.sales[c, k]


@kernel
def work(p, rest, s, orders, wage):
    """Book the orders, work them off within capacity; clients take back part of what is beyond it.

    orders: (C, S) factors on what is won; wage: index of outside wages, in which prices are measured.
    """
    for c in range(s.jobs.shape[0]):
        for k in range(s.jobs.shape[1]):
            s.won[c, k] *= orders[c, k]
            s.backlog[c, k] += s.won[c, k] / (s.price[c, k] * rest.value[c, k] * wage * math.exp(s.premium[k]))
            due = s.backlog[c, k] / p.lead
            capacity = s.jobs[c, k] * s.productive[c, k] / p.use
            s.use[c, k] = due / capacity
            s.output[c, k] = min(due, capacity)
            s.backlog[c, k] -= s.output[c, k] + p.lapse * max(due - capacity, 0.0)
            s.planned[c, k] += p.plan_speed * (due - s.planned[c, k])


@kernel
def ration(p, rest, s, wage, first):
    """Move the nation's premium by segment toward the price at which its clients' money buys what can be done.

    What they spend in the month is given, so that the price that clears is their spending over what the capacity of
    all cities from ``first`` on is worth at prices that cost explains; there is no premium while that is below one.
    Orders not yet done are money too, and buy less as it rises.
    """
    for k in range(s.jobs.shape[1]):
        spent = 0.0
        worth = 0.0
        for c in range(first, s.jobs.shape[0]):
            spent += s.won[c, k]
            worth += s.jobs[c, k] * s.productive[c, k] / p.use * s.price[c, k] * rest.value[c, k] * wage
        change = p.premium_speed * (max(0.0, math.log(spent / worth)) - s.premium[k])
        s.premium[k] += change
        for c in range(s.jobs.shape[0]):
            s.backlog[c, k] *= math.exp(-change)
