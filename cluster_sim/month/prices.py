"""Part of step 5, prices: what a studio asks for effort, and what other cities' studios do.

A price passes on what changes in own cost, as measured by Amiti, Itskhoki & Konings (2019):
``d ln p = rho (1 + mark-up) (own cost / p) d ln own cost``.  Bought inputs are most of a price and are had at
outside prices, so the formula integrates to a straight line in own cost and holds at every level of it.  rho is
one for a small studio and less for a large one; what rivals ask enters through the clients' choice only.

Where the nation's clients want more than all its studios can do, everybody asks a premium on the whole price, such
that their money buys what can be done (nation/demand.py); it is the same in all cities and does not decide who wins.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import N_SEGMENTS, Life
from cluster_sim.draws import dyadic
from cluster_sim.jit import inline, kernel
from cluster_sim.month.guards import LEAST_CAPACITY


@inline
def pass_through(staff, p):
    """Return rho, the part of a change of own cost that a studio of so many people passes on."""
    return 1.0 - (1.0 - p.commissioning_pass_through) * staff / (staff + p.commissioning_pass_through_size)


@inline
def waiting(studios):
    """Return the work that waits, over what can be done in a month: (S,) load over capacity less one, 0 if none waits.

    Loads are rounded to 2**-24, so that the sums are the same in any order.
    """
    load, capacity = np.zeros(N_SEGMENTS), np.zeros(N_SEGMENTS)
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE:
            load[s.segment] += dyadic(s.load)
            capacity[s.segment] += dyadic(s.capacity)
    return np.maximum(load / np.maximum(capacity, LEAST_CAPACITY) - 1.0, 0.0)


@kernel
def quote(studios, city, rules, t):
    """Set every studio's fee (for effort alone, what a partner asks) and price (with all bought inputs).

    Pressing work raises the fee: own effort is what is scarce then, not what is bought.  Where more work waits with
    the segment's studios than they can do, one that is free asks no less than whom it would do it for pays.
    """
    g = city[0]
    p = rules.p[0]
    queue = waiting(studios)
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE or s.born > t or s.staff < 1:
            continue
        k = s.segment
        cost = min(p.commissioning_cost_bound * g.outside_cost, s.unit_cost / g.unit_cost[k])
        passed_on = pass_through(s.staff, p) * (1.0 + p.commissioning_markup) * g.own_part[k]
        inputs = rules.segments[k].inputs
        fee = (1.0 - inputs) * g.outside_wage + passed_on * (cost - g.outside_wage)
        pressed = max(s.load / max(s.capacity, LEAST_CAPACITY), queue[k]) - p.labour_use_of_capacity
        fee *= 1.0 + p.commissioning_price_of_use * max(-p.commissioning_most_slack, pressed)
        bought = g.price[k] * inputs * g.outside_wage
        s.price = (g.price[k] * fee + bought) * math.exp(g.premium[k])
        s.fee = s.price - bought


@kernel
def mean_pass_through(studios, p, out):
    """Set the mean rho of each segment's studios, weighted by capacity."""
    p = p[0]
    weight = out * 0.0
    out[:] = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE:
            out[s.segment] += s.capacity * pass_through(s.staff, p)
            weight[s.segment] += s.capacity
    for k in range(out.shape[0]):
        out[k] = out[k] / weight[k] if weight[k] > 0.0 else 1.0


def set_prices(model) -> None:
    """Let studios set their prices."""
    quote(model.studios.used, model.city_state, model.rules, model.t)
