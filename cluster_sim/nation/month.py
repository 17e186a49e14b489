"""One month of the outside cities: people move, studios hire, clients choose, studios work.

The order is that of the agent city's month.  All steps of a city read its own state; cities meet in the pool
of people and in the clients' choice.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from cluster_sim.jit import inline, kernel
from cluster_sim.nation.demand import ration, sell, weigh, work
from cluster_sim.nation.labour import hire
from cluster_sim.nation.parameters import NationParameters
from cluster_sim.nation.people import check, find_fault, move
from cluster_sim.nation.prices import set_prices, set_productivity
from cluster_sim.nation.state import OurCity, Outside, Rest, State

AT_REST = Outside()


class Won(NamedTuple):
    """What the agent city in row 0 gets back from the month, in real yuan."""

    home: np.ndarray
    """(S,) orders from clients of the city, its own studios included."""
    nearby: np.ndarray
    """(S,) of them, orders from its own studios."""
    nation: np.ndarray
    """(S,) orders from clients of the other cities."""
    abroad: np.ndarray
    """(S,) orders from abroad."""
    rivals: np.ndarray
    """(S, M) weight of all other sellers in each market."""
    rival_sales: float
    """Orders won by all other cities."""
    spent: np.ndarray
    """(S, M) what clients spend in each market, purchases by studios of other cities included."""
    pool: float
    """People outside all cities over those of rest: a factor on the inflow of migrants."""


class Trade(NamedTuple):
    """What the month gives to the nation's market, in the shapes that the kernel expects."""

    own_cost: np.ndarray
    """(C, S) factors on own cost."""
    appeal: np.ndarray
    """(C, S) factors on the weight with clients."""
    orders: np.ndarray
    """(C, S) factors on the orders won."""
    demand: np.ndarray
    """(S,) index of the nation's spending."""
    abroad: np.ndarray
    """(S,) index of the spending abroad."""
    wage: float
    """Index of outside wages."""
    sales: np.ndarray
    """(C, S) sales of last month, yuan."""
    weight: np.ndarray
    """(S,) weight of the agent city with clients in the nation; empty if there is no agent city."""
    export: np.ndarray
    """(S,) factor on its weight abroad."""


@kernel
def move_and_hire(p, rest, s, tools, first):
    """Let cities take up new tools and know-how, people move and studios hire.

    first: 1 if an agent city stands in row 0, which moves and hires its own people.  Return the first place whose
    people do not add up and by how many, as `find_fault` does.
    """
    set_productivity(p, rest, s, tools)
    before = move(p, rest, s, first)
    if first == 0:
        hire(p, rest, s)
        return find_fault(s, before)
    s.other[0] += s.came[0] - s.left[0]             # its people stand among the other sectors here
    s.pool[0] += s.left[0] - s.came[0]
    jobs, seekers, wage = s.jobs[0].copy(), s.seekers[0].copy(), s.wage[0].copy()
    hire(p, rest, s)
    s.jobs[0], s.seekers[0], s.wage[0] = jobs, seekers, wage
    return find_fault(s, before)


@inline
def share_of_first(p, rest, weight, abroad, trade, everybody):
    """Return what the city in row 0 wins in each market, what it orders at home, what clients spend, who else sells.

    weight, abroad: (S,) its weight in the nation, and the factor on it abroad.  Yuan, (S, M), and (S,) at home.
    """
    segments, markets = everybody.shape
    spent, money, others = np.empty((segments, markets)), np.empty((segments, markets)), np.empty((segments, markets))
    nearby = p.links_local * rest.sales[0] * trade.sales[0].sum() / rest.sales[0].sum()
    for k in range(segments):
        links = p.links_national * trade.sales[:, k].sum() / rest.sales[:, k].sum()
        domestic = (1.0 - p.links_national) * trade.demand[k] + links
        for m in range(markets):
            mine = weight[k] * rest.reach[0, m]
            if m == markets - 1:
                mine *= abroad[k]
            spent[k, m] = rest.spending[k, m] * (domestic if m < markets - 1 else trade.abroad[k])
            money[k, m] = spent[k, m] * mine / everybody[k, m]
            others[k, m] = everybody[k, m] - mine
        spent[k, 0] += nearby[k]
    return money, nearby, spent, others


@kernel
def sell_and_work(p, rest, s, trade, dear, lucky, seed, t, first):
    """Let studios set prices, clients choose, and studios work; return what `share_of_first` does.

    dear: (S,) what the nation's premium takes off the weight abroad.  lucky, seed, t: whether cities have luck, the
    key of its draws and the month.  first: 1 if an agent city stands in row 0.
    """
    set_prices(p, rest, s, trade.own_cost)
    weight, export = np.empty(s.jobs.shape), np.ones(s.jobs.shape)
    everybody = np.empty(rest.spending.shape)
    weigh(p, rest, s, trade.appeal, lucky, seed, t, weight)
    if first:
        weight[0], export[0] = trade.weight, trade.export
    sell(p, rest, s, weight, export, trade.sales, trade.demand, trade.abroad, everybody)
    work(p, rest, s, trade.orders, trade.wage)
    ours = share_of_first(p, rest, weight[0], rest.abroad[0] * export[0] * dear, trade, everybody)
    ration(p, rest, s, trade.wage, first)
    return ours


def step(parameters: NationParameters, rest: Rest, state: State, outside: Outside = AT_REST, *,
         seed: int | None = None, t: int = 0, ours: OurCity | None = None) -> Won | None:
    """Move the nation on by a month, in place; return what the agent city of row 0 wins, if there is one.

    seed: of the cities' luck in month t, None for none.  PeopleError if somebody is lost.
    """
    p, s, shape = parameters, state, state.jobs.shape
    wage, tools = float(outside.wage), float(outside.tools)
    asked, dear = np.exp(s.premium), np.exp(-p.sigma * s.premium)
    sales = s.output * s.price * rest.value * wage * asked
    if ours is not None:
        s.came[0], s.left[0] = ours.arrivals, ours.departures
        sales[0] = ours.sales
    first = 0 if ours is None else 1
    check(s, *move_and_hire(p, rest, s, tools, first))
    better = (1.0 + p.ai_gain * tools * s.tools) ** p.tools_quality
    trade = Trade(
        spread(outside.own_cost, shape), spread(outside.appeal, shape) * better[:, None],
        spread(outside.orders, shape), spread(outside.demand, shape[1:]), spread(outside.abroad, shape[1:]), wage,
        sales, weight=_ones(shape[1:]) if ours is None else rest.appeal[0] * ours.attraction,
        export=_ones(shape[1:]) if ours is None else spread(ours.export, shape[1:]))
    money, nearby, spent, others = sell_and_work(p, rest, s, trade, dear, seed is not None, seed or 0, t, first)
    if ours is None:
        return None
    return Won(home=money[:, 0] + nearby, nearby=nearby, nation=money[:, 1:-1].sum(1), abroad=money[:, -1],
               rivals=others, rival_sales=float(s.won[1:].sum()), spent=spent, pool=float(s.pool[0]) / rest.pool)


def spread(values: np.ndarray | float, shape: tuple[int, ...]) -> np.ndarray:
    """Return values as an array of the shape that kernels expect."""
    if isinstance(values, np.ndarray):
        return np.ascontiguousarray(values if values.shape == shape else np.broadcast_to(values, shape), float)
    return _ones(shape) if values == 1.0 else np.full(shape, float(values))


@functools.cache
def _ones(shape: tuple[int, ...]) -> np.ndarray:
    return np.ones(shape)
