"""One month of the outside cities: people move, studios hire, clients choose, studios work.

The order is that of the agent city's month.  All steps of a city read its own state; cities meet in the pool
of people and in the clients' choice.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from cluster_sim.nation import demand, labour, people, prices
from cluster_sim.nation.parameters import NationParameters
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


def step(parameters: NationParameters, rest: Rest, state: State, outside: Outside = AT_REST, *,
         seed: int | None = None, t: int = 0, ours: OurCity | None = None) -> Won | None:
    """Move the nation on by a month, in place; return what the agent city of row 0 wins, if there is one.

    seed: of the cities' luck in month t, None for none.  PeopleError if somebody is lost.
    """
    p, s, first = parameters, state, 0 if ours is None else 1
    prices.set_productivity(p, rest, s, float(outside.tools))
    before = people.move(p, rest, s, first)
    held = None
    if ours is not None:
        _move_ours(s, ours)
        held = [array[0].copy() for array in (s.jobs, s.seekers, s.wage)]
    labour.hire(p, rest, s)
    if held is not None:
        s.jobs[0], s.seekers[0], s.wage[0] = held
    people.check(s, before)

    shape = s.jobs.shape
    sales = s.output * s.price * rest.value * outside.wage * np.exp(s.premium)
    prices.set_prices(p, rest, s, spread(outside.own_cost, shape))
    weight, everybody = np.empty(shape), np.empty(rest.spending.shape)
    better = (1.0 + p.ai_gain * float(outside.tools) * s.tools) ** p.tools_quality
    demand.weigh(p, rest, s, spread(outside.appeal, shape) * better[:, None], seed is not None, seed or 0, t, weight)
    export = _ones(shape)
    if ours is not None:
        weight[0] = rest.appeal[0] * ours.attraction
        sales[0] = ours.sales
        export = export.copy()
        export[0] = ours.export
    paths = spread(outside.demand, shape[1:]), spread(outside.abroad, shape[1:])
    demand.sell(p, rest, s, weight, export, sales, *paths, everybody)
    demand.work(p, rest, s, spread(outside.orders, shape), float(outside.wage))
    won = None if ours is None else _won_by_ours(p, rest, s, weight[0], export[0], sales, paths, everybody)
    demand.ration(p, rest, s, float(outside.wage), first)
    return won


def spread(values: np.ndarray | float, shape: tuple[int, ...]) -> np.ndarray:
    """Return values as an array of the shape that kernels expect."""
    if isinstance(values, np.ndarray):
        return np.ascontiguousarray(np.broadcast_to(values, shape), float)
    return _ones(shape) if values == 1.0 else np.full(shape, float(values))


@functools.cache
def _ones(shape: tuple[int, ...]) -> np.ndarray:
    return np.ones(shape)


def _move_ours(state: State, ours: OurCity) -> None:
    """Let the agent city decide who comes to it and leaves it; its people stand among the other sectors here."""
    state.came[0], state.left[0] = ours.arrivals, ours.departures
    state.other[0] += ours.arrivals - ours.departures
    state.pool[0] += ours.departures - ours.arrivals


def _won_by_ours(parameters: NationParameters, rest: Rest, state: State, weight: np.ndarray, export: np.ndarray,
                 sales: np.ndarray, paths: tuple[np.ndarray, np.ndarray], everybody: np.ndarray) -> Won:
    part = parameters.links_national
    domestic = (1.0 - part) * paths[0] + part * sales.sum(0) / rest.sales.sum(0)
    mine = weight[:, None] * rest.reach[0]
    mine[:, -1] *= rest.abroad[0] * export * np.exp(-parameters.sigma * state.premium)
    spent = rest.spending * domestic[:, None]
    spent[:, -1] = rest.spending[:, -1] * paths[1]
    money = spent * mine / everybody
    nearby = parameters.links_local * rest.sales[0] * sales[0].sum() / rest.sales[0].sum()
    spent[:, 0] += nearby
    return Won(home=money[:, 0] + nearby, nearby=nearby, nation=money[:, 1:-1].sum(1), abroad=money[:, -1],
               rivals=everybody - mine, rival_sales=float(state.won[1:].sum()), spent=spent,
               pool=float(state.pool[0]) / rest.pool)
