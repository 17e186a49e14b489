"""What is fixed about the outside cities, what changes from month to month, and what comes from outside.

Shapes: cities C, segments S, trades K, markets M (the cities' own markets in their order, and abroad as the last).
Prices, wages, costs and productivity are relative to rest, wages and prices also to the path of outside
wages.  Effort is in jobs: one job at rest delivers an effort of one a month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cluster_sim.nation.parameters import NationParameters


class Rest(NamedTuple):
    """The nation at rest and its geography: what stays as it is during a run."""

    jobs: np.ndarray
    """(C, S) creative jobs."""
    value: np.ndarray
    """(C, S) sales of one job, yuan a month."""
    sales: np.ndarray
    """(C, S) jobs times value."""
    mix: np.ndarray
    """(S, K) what part of a segment's jobs is of each trade; one if each segment is a trade of its own."""
    pay: np.ndarray
    """(S, K) what part of a segment's wages goes to each trade."""
    workers: np.ndarray
    """(C, K) jobs by trade."""
    seekers: np.ndarray
    """(C, K) people looking for creative work."""
    other: np.ndarray
    """(C,) people in other sectors."""
    residents: np.ndarray
    """(C,) people who live in each city: at work, seeking, in other sectors."""
    pool: float
    """People outside all these cities who could move in."""
    appeal: np.ndarray
    """(C, S) a city's attraction to clients with its jobs and price at rest: a level that no formula explains."""
    abroad: np.ndarray
    """(C, S) a city's attraction to clients abroad over that to clients in the nation."""
    reach: np.ndarray
    """(C, M) decay of a city's sales with the distance to a market."""
    spending: np.ndarray
    """(S, M) what clients spend, yuan a month, purchases by studios of other cities included."""
    foreign: np.ndarray
    """(S, M) weight of sellers who are none of these cities (abroad)."""
    room: np.ndarray
    """(C,) residents that a city's plan has room for."""

    @property
    def people(self) -> float:
        """Everybody: residents of all cities and the pool."""
        return float(self.residents.sum() + self.pool)


class State(NamedTuple):
    """The outside cities at the end of a month: arrays that `month.step` moves in place."""

    jobs: np.ndarray
    """(C, S) people at work."""
    seekers: np.ndarray
    """(C, K) people looking for work."""
    other: np.ndarray
    """(C,) people in other sectors."""
    pool: np.ndarray
    """(1,) people outside all cities."""
    came: np.ndarray
    """(C,) people who came from the pool in the month."""
    left: np.ndarray
    """(C,) people who left for the pool in the month."""
    wage: np.ndarray
    """(C, K) wage offered, 1 at rest."""
    still_open: np.ndarray
    """(C, K) part of the posts that lately stayed open in a month."""
    vacancies: np.ndarray
    """(C, S) posts open in the month."""
    hires: np.ndarray
    """(C, S) posts filled in the month."""
    laid_off: np.ndarray
    """(C, S) jobs cut in the month."""
    productive: np.ndarray
    """(C, S) effort of a job, 1 at rest."""
    cost: np.ndarray
    """(C, S) own cost of a unit of effort, 1 at rest."""
    price: np.ndarray
    """(C, S) price asked, 1 at rest, without the nation's premium."""
    premium: np.ndarray
    """(S,) log premium on all prices where the nation's clients want more than its cities can do, 0 at rest."""
    won: np.ndarray
    """(C, S) orders won in the month, real yuan."""
    backlog: np.ndarray
    """(C, S) effort ordered and not yet delivered."""
    planned: np.ndarray
    """(C, S) effort a month that studios count on."""
    output: np.ndarray
    """(C, S) effort delivered in the month."""
    use: np.ndarray
    """(C, S) orders due over capacity."""
    knowhow: np.ndarray
    """(C, S) log of know-how against that of rest."""
    tools: np.ndarray
    """(C,) adoption of AI tools, 0 to 1."""
    luck: np.ndarray
    """(C, S) log luck with clients, before the correction of its mean."""

    def copy(self) -> State:
        """Return a copy that shares nothing."""
        return State(*(array.copy() for array in self))

    def residents(self) -> np.ndarray:
        """(C,) people who live in each city."""
        return self.jobs.sum(1) + self.seekers.sum(1) + self.other

    def people(self) -> float:
        """Everybody: residents of all cities and the pool."""
        return float(self.residents().sum() + self.pool[0])


class Outside(NamedTuple):
    """What the month brings from outside the nation's cities; the defaults are those of rest."""

    demand: np.ndarray | float = 1.0
    """Index of the nation's spending, scalar or (S,), real."""
    abroad: np.ndarray | float = 1.0
    """Index of the spending abroad, scalar or (S,), real."""
    wage: float = 1.0
    """Index of real outside wages, which bought inputs, rents and the prices of rivals at rest follow."""
    tools: float = 0.0
    """Frontier of AI tools, 0 to 1."""
    own_cost: np.ndarray | float = 1.0
    """Factor on own cost, scalar or (C, S): what an experiment changes."""
    appeal: np.ndarray | float = 1.0
    """Factor on the weight with clients, scalar or (C, S): what an experiment changes."""
    orders: np.ndarray | float = 1.0
    """Factor on the orders won, scalar or (C, S): what an experiment changes."""


class OurCity(NamedTuple):
    """What the agent city tells the nation, in whose row 0 it stands instead of an aggregate city."""

    attraction: np.ndarray
    """(S,) the sum of its studios' weights, price and luck included, over that sum at rest."""
    sales: np.ndarray
    """(S,) its sales of last month, real yuan."""
    export: np.ndarray | float = 1.0
    """(S,) the sum of its studios' weights abroad over `attraction`, over that at rest."""
    arrivals: float = 0
    """People who moved from the pool into the city in the month."""
    departures: float = 0
    """People who left the city for the pool in the month."""


def at_rest(rest: Rest, parameters: NationParameters) -> State:
    """Return the nation in its rest, without luck: prices and wages 1, order books of normal length."""
    p, zero = parameters, np.zeros_like(rest.jobs)
    hires = rest.jobs * p.separation
    moving = p.emigration_rate * rest.residents
    return State(
        jobs=rest.jobs.copy(), seekers=rest.seekers.copy(), other=rest.other.copy(), pool=np.array([rest.pool]),
        came=moving, left=moving.copy(), wage=np.ones_like(rest.workers),
        still_open=np.full_like(rest.workers, 1.0 - p.fill_rate), vacancies=hires / p.fill_rate, hires=hires,
        laid_off=zero.copy(), productive=zero + 1.0, cost=zero + 1.0, price=zero + 1.0,
        premium=np.zeros(zero.shape[1]), won=rest.sales.copy(), backlog=rest.jobs * (p.lead - 1.0),
        planned=rest.jobs.copy(), output=rest.jobs.copy(), use=zero + p.use,
        knowhow=zero.copy(), tools=np.zeros(rest.other.size), luck=zero.copy())
