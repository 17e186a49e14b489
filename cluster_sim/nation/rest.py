"""Rest is the zero point: burn-in to it, and the named gaps from which a history starts.

`layout` makes a nation that is at rest without luck.  With luck, years of burn-in bring jobs, wages and people
to where a nation with luck stays; luck itself starts in its stationary distribution.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cluster_sim.nation.demand import first_luck
from cluster_sim.nation.month import AT_REST, step
from cluster_sim.nation.parameters import NationParameters
from cluster_sim.nation.state import Outside, Rest, State, at_rest

BURN_IN = 600           # technical: months with luck, five times the slowest speed of the default parameters
MOST_YEARS = 500        # technical: after which a nation is taken never to rest


class Gaps(NamedTuple):
    """Factors by which the start of a history differs from rest, scalars or shaped like what they move; 1 is no gap."""

    wage: np.ndarray | float = 1.0
    """Wages offered."""
    capacity: np.ndarray | float = 1.0
    """Jobs; who is at work beyond rest comes from the city's other sectors."""
    attraction: np.ndarray | float = 1.0
    """Level of attraction to clients, which stays: what the jobs of the start do not yet show."""
    people: np.ndarray | float = 1.0
    """Seekers of the city; the others come from the pool outside."""


def burn_in(parameters: NationParameters, rest: Rest, *, seed: int, months: int = BURN_IN) -> State:
    """Return a nation after months of luck in a frozen world, the months before the month 0 of a run."""
    state = at_rest(rest, parameters)
    state.luck[:] = first_luck(parameters, state.luck.shape, seed)
    for t in range(-months, 0):
        step(parameters, rest, state, seed=seed, t=t)
    return state


def settle(parameters: NationParameters, rest: Rest, state: State, outside: Outside = AT_REST, *,
           tolerance: float = 1e-8, most: int = MOST_YEARS) -> int:
    """Move a nation without luck, in place, until no wage or job moves by more than the tolerance a year.

    Return the years that took; ValueError if it does not come to rest.
    """
    for year in range(1, most + 1):
        jobs, wage = state.jobs.copy(), state.wage.copy()
        for _ in range(12):
            step(parameters, rest, state, outside)
        if max(np.abs(state.jobs / jobs - 1.0).max(), np.abs(state.wage / wage - 1.0).max()) < tolerance:
            return year
    raise ValueError(f"the nation does not come to rest within {most} years; see nation.returns for its loop gain")


def open_gaps(rest: Rest, state: State, gaps: Gaps) -> Rest:
    """Open the gaps in a state, in place, and return the rest that it now tends to; nobody appears or vanishes."""
    state.wage[:] *= gaps.wage
    hired = state.jobs * (np.asarray(gaps.capacity, float) - 1.0)
    came = state.seekers * (np.asarray(gaps.people, float) - 1.0)
    state.jobs[:] += hired
    state.other[:] -= hired.sum(1)
    state.seekers[:] += came
    state.pool[0] -= came.sum()
    if min(state.jobs.min(), state.seekers.min(), state.other.min(), state.pool.min()) < 0.0:
        raise ValueError("gaps at the start need more people than there are")
    return rest._replace(appeal=rest.appeal * gaps.attraction)
