"""Everybody in the nation is somewhere: at work, seeking, in other sectors of a city, or in the pool outside.

People leave at given rates; who comes follows a logit in the relative real wage, so that in the long run
creative people over people elsewhere move with it to the power eta (the supply of Tombe & Zhu 2019, Bryan &
Morten 2019).  Stocks deplete and refill: a move takes people from where they are.  Housing and commuting cost
more as residents approach what the city's plan has room for.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.jit import inline, kernel
from cluster_sim.nation.parameters import NationParameters
from cluster_sim.nation.state import State

TOLERANCE = 1e-9
"""Largest part of the people of a place that rounding may lose in a month."""


class PeopleError(RuntimeError):
    """Somebody came from nowhere or went nowhere."""


@kernel
def count(s):
    """Return who is where: (C + 1,) residents of each city, and the pool."""
    cities = s.jobs.shape[0]
    where = np.empty(cities + 1)
    for c in range(cities):
        where[c] = s.jobs[c].sum() + s.seekers[c].sum() + s.other[c]
    where[cities] = s.pool[0]
    return where


@inline
def living_cost(p, rest, c, residents):
    """Return city c's cost of living, 1 at rest: housing and commuting rise with residents, and without bound
    as the part of the plan's room that is taken nears one."""
    start = rest.residents[c]
    taken = min(max((residents - start) / (rest.room[c] - start), 0.0), 1.0 - 1e-6)
    return (residents / start) ** (p.housing_share * p.housing) / (1.0 - taken**2) ** p.crowding


@inline
def housed(p, rest, c, homes, wanted):
    """Return the part of those who want to move to city c that find a home there, 1 at rest.

    homes: what the plan's room leaves free with those vacated in the month.  However many come, they fill a
    part of the homes: 1 - exp(-a wanted / homes), with a such that the flows of rest hold.
    """
    vacated = p.emigration_rate * rest.residents[c]
    usual = vacated / (rest.room[c] - rest.residents[c] + vacated)
    homes = max(homes, 0.0) + 1e-12 * rest.room[c]
    if wanted <= 0.0:
        return 1.0
    return homes / wanted * -math.expm1(math.log1p(-usual) / usual * wanted / homes)


@kernel
def move(p, rest, s, first):
    """Let people move at the wages now offered; return who was where before, as `count` does.

    They move between work, search, other sectors and the pool.  Who comes decides by a logit: the chance is
    rate * pull / (1 + sum of rate * (pull - 1)) over the moves open to a person, with the rates of rest.  The
    pull is (wage there / wage here)^eta, from the pool with the wage over the cost of living.  Wages in other
    sectors and outside the cities rise as people leave them, since land and capital stay.
    Cities before ``first`` are left alone (an agent city counts its own people).
    """
    cities, segments = s.jobs.shape
    trades = s.seekers.shape[1]
    before = count(s)
    s.came[first:] = 0.0
    s.left[first:] = 0.0
    to_work = np.exp(p.eta * np.log(s.wage))
    to_city, to_other, invited = np.empty(cities), np.empty(cities), np.empty(cities)
    share = p.emigration_rate / rest.pool
    from_pool = (s.pool[0] / rest.pool) ** (p.other_return * p.eta)
    open_moves = 1.0
    for c in range(first, cities):
        to_city[c] = living_cost(p, rest, c, before[c]) ** -p.eta * from_pool
        to_other[c] = (s.other[c] / rest.other[c]) ** (-p.other_return * p.eta)
        creative = 0.0
        for k in range(trades):
            creative += (rest.workers[c, k] + rest.seekers[c, k]) * to_work[c, k]
        invited[c] = share * to_city[c] * (rest.other[c] * to_other[c] + creative)
        open_moves += invited[c] - share * rest.residents[c]
    pool = s.pool[0] / open_moves
    for c in range(first, cities):
        open_moves = 1.0
        for k in range(trades):
            rate = (rest.workers[c, k] * p.switch_rate + rest.seekers[c, k] * p.give_up) / rest.other[c]
            open_moves += rate * (to_work[c, k] / to_other[c] - 1.0)
        elsewhere = s.other[c] / open_moves
        gone = p.emigration_rate * elsewhere
        working = s.jobs[c].sum() + s.seekers[c].sum()
        homes = rest.room[c] - before[c] + p.emigration_rate * working + gone
        arriving = share * to_city[c] * pool * housed(p, rest, c, homes, invited[c] * pool)
        settlers = arriving * rest.other[c] * to_other[c]
        s.other[c] += settlers - gone
        s.came[c] += settlers
        s.left[c] += gone
        for k in range(trades):
            seeking = s.seekers[c, k]
            gave_up, went = p.give_up * seeking, p.emigration_rate * seeking
            rate = (rest.workers[c, k] * p.switch_rate + rest.seekers[c, k] * p.give_up) / rest.other[c]
            joined = rate * to_work[c, k] / to_other[c] * elsewhere
            came = arriving * (rest.workers[c, k] + rest.seekers[c, k]) * to_work[c, k]
            s.seekers[c, k] += joined + came - gave_up - went
            s.other[c] += gave_up - joined
            s.came[c] += came
            s.left[c] += went
        for k in range(segments):
            at_work = s.jobs[c, k]
            quits, switched, emigrated = p.quit_rate * at_work, p.switch_rate * at_work, p.emigration_rate * at_work
            s.jobs[c, k] -= quits + switched + emigrated
            for j in range(trades):
                s.seekers[c, j] += quits * rest.mix[k, j]
            s.other[c] += switched
            s.left[c] += emigrated
        s.pool[0] += s.left[c] - s.came[c]
    return before


@kernel
def find_fault(s, before):
    """Return the first place (cities, then the pool) whose people do not add up, and by how many; -1 if none."""
    after = count(s)
    change = s.came - s.left
    for c in range(after.size):
        moved = change[c] if c < change.size else -change.sum()
        gap = after[c] - before[c] - moved
        if not abs(gap) <= TOLERANCE * max(before[c], 1.0):
            return c, gap
    for c in range(change.size):
        least = min(s.jobs[c].min(), s.seekers[c].min(), s.other[c])
        if not least >= 0.0:
            return c, least
    return (-1, 0.0) if s.pool[0] >= 0.0 else (change.size, s.pool[0])


def check(state: State, place: int, gap: float) -> None:
    """Raise PeopleError unless every place changed by who came less who left, and nowhere is less than nobody.

    place, gap: what `find_fault` found.
    """
    if place >= 0:
        name = f"city {place}" if place < state.other.size else "outside the cities"
        raise PeopleError(f"{name}: {gap:+.6g} people came from nowhere or went nowhere")


def push_back(parameters: NationParameters) -> float:
    """Return the slope b of the log cost of living in log residents at rest, the lack of homes included.

    Who finds a home is d ln = -g (d ln wanted - d ln homes); at a new rest as many arrive as leave, in
    proportion to residents, and homes fall by residents.  Lack counts like a cost that lowers arrivals as much.
    """
    p = parameters
    usual = p.emigration_rate / (p.room + p.emigration_rate)
    tried = -math.log1p(-usual)
    g = 1.0 - tried * math.exp(-tried) / usual
    lack = g / (1.0 - g) * (1.0 + (1.0 - p.emigration_rate) / (p.room + p.emigration_rate))
    return p.housing_share * p.housing + lack / p.eta


def supply_elasticity(parameters: NationParameters) -> float:
    """Return the long-run elasticity of one city's creative people to its wage, housing's push-back taken off.

    With people elsewhere given, in logs: creative people F = eta (w - h), other sectors O = eta (w_o - h) with
    w_o = -a O, cost of living h = b R, residents R = f F + (1 - f) O.  So 1 / elasticity is
    1 / eta + b f / (1 + (1 - f) eta b / (1 + eta a)).
    """
    p = parameters
    creative = 1.0 + p.unemployment
    part = creative / (creative + p.other_ratio)
    slope = push_back(p)
    crowded = 1.0 + (1.0 - part) * p.eta * slope / (1.0 + p.eta * p.other_return)
    return 1.0 / (1.0 / p.eta + slope * part / crowded)
