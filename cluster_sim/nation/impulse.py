"""How one city's jobs, wage and price answer a shock, and the speeds that match given answers.

The aggregate city is a reduced form of the agent city: both are asked the same three questions, and the few
speeds that no source gives are chosen so that the answers agree.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

from cluster_sim.nation.layout import ring
from cluster_sim.nation.month import step
from cluster_sim.nation.parameters import NationParameters, specification
from cluster_sim.nation.state import Outside, Rest, State, at_rest

SHOCKS = {"demand": 0.05, "cost": 0.01, "people": -0.05}        # technical: sizes of an experiment
"""Orders won for good, own cost for good, and everybody who lives in the city, once."""
MEASURES = ("jobs", "wage", "price")
YEARS = (1, 3, 10)      # technical: when an experiment is read
CITIES = 30             # technical: of the ring on which an experiment takes place
LEAST_ANSWER, LEAST_SPEED = 1e-4, 1e-5           # technical: so that nothing is divided by, or a log taken of, zero
STEP, SCALE, MOST_TRIES = 1e-3, 0.3, 60          # technical: of the search for speeds
FREE = ("plan_speed", "offer_speed", "switch_rate", "emigration_rate")
"""Speeds that no source gives."""


class Fit(NamedTuple):
    """Speeds that match given answers best."""

    parameters: NationParameters
    miss: np.ndarray
    """Answers less the given ones, (shocks, measures, years), log points."""
    cost: float
    """Root of the mean squared miss over the size of the given answers."""


def answer(parameters: NationParameters, shock: str, *, rest: Rest | None = None, years: tuple[int, ...] = YEARS,
           alone: bool = False) -> np.ndarray:
    """Return log changes of jobs, wage and price of city 0 after some years, (measures, years).

    shock: a name of `SHOCKS`.  rest: where the city stands, by default on a ring of thirty.  alone: hold all
    other cities and the pool as they are at rest.  Segments are averaged with the jobs of rest.
    """
    rest = ring(CITIES, parameters) if rest is None else rest
    base = at_rest(rest, parameters)
    state = base.copy()
    outside = _shocked(shock, rest, state)
    mix = rest.jobs[0] / rest.jobs[0].sum()
    rows = []
    for month in range(1, 12 * max(years) + 1):
        step(parameters, rest, state, outside)
        if alone:
            for now, then in zip(state, base, strict=True):     # all rows but city 0; the pool, a single entry, whole
                now[now.size == 1 or slice(1, None)] = then[then.size == 1 or slice(1, None)]
        if month in [12 * year for year in years]:
            rows.append([np.log(state.jobs[0].sum() / rest.jobs[0].sum()), np.log(state.wage[0]) @ (mix @ rest.pay),
                         np.log(state.price[0]) @ mix])
    return np.array(rows).T


def answers(parameters: NationParameters, **options) -> np.ndarray:
    """Return `answer` to all shocks, (shocks, measures, years)."""
    return np.array([answer(parameters, shock, **options) for shock in SHOCKS])


def _shocked(shock: str, rest: Rest, state: State) -> Outside:
    """Return what comes from outside under the shock; a loss of people happens in the state, in place."""
    size = SHOCKS[shock]
    factor = np.ones_like(rest.jobs)
    factor[0] += size
    if shock == "demand":
        return Outside(orders=factor)
    if shock == "cost":
        return Outside(own_cost=factor)
    for stock in (state.jobs, state.seekers, state.other):
        state.pool[0] -= size * stock[0].sum()
        stock[0] *= 1.0 + size
    return Outside()


def fit(target: np.ndarray, parameters: NationParameters, *, free: tuple[str, ...] = FREE, **options) -> Fit:
    """Return the speeds whose answers come nearest to the given ones, by least squares in their logs.

    target: (shocks, measures, years) as `answers` gives them; options are those of `answer`.  Every shock and
    measure counts by its largest answer, so that prices weigh as much as jobs.
    """
    size = np.maximum(np.abs(target).max(2, keepdims=True), LEAST_ANSWER)

    def parameters_at(logs: np.ndarray) -> NationParameters:
        return parameters.with_values(**dict(zip(free, np.exp(logs), strict=True)))

    def miss(logs: np.ndarray) -> np.ndarray:
        return ((answers(parameters_at(logs), **options) - target) / size).ravel()

    low, high = np.log([np.maximum(specification()[name]["bounds"], LEAST_SPEED) for name in free]).T
    inside = 1e-6 * (high - low)
    start = np.clip(np.log([getattr(parameters, name) for name in free]), low + inside, high - inside)
    found = least_squares(miss, start, bounds=(low, high - inside), diff_step=STEP, x_scale=SCALE,
                          max_nfev=MOST_TRIES)
    best = parameters_at(found.x)
    return Fit(best, found.fun.reshape(target.shape) * size, float(np.sqrt(np.mean(found.fun**2))))
