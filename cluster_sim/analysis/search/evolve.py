"""NSGA-III as a sequence of questions and answers that only its seed and the answers decide.

Deb & Jain (2014), by pymoo (Blank & Deb 2020). A search that was stopped is asked the same questions again: answers
that are known cost nothing, so no state has to be kept and none can be torn.
"""

from __future__ import annotations

import warnings
from math import comb
from typing import Any

import numpy as np

from cluster_sim.runs.errors import InputError

STEPS = 200
"""A share of a factor's range is read to one part in so many: a mix that a law could state."""
FAILED = 1e9
"""Violation of the budget by a mix that could not be run."""


class Evolution:
    """Asks for mixes generation by generation; every mix is a row of shares of the factors' ranges.

    aims: number of aims, all to be made small. population: mixes a generation.
    """

    def __init__(self, dimensions: int, aims: int, population: int, seed: int) -> None:
        try:
            from pymoo.algorithms.moo.nsga3 import NSGA3
            from pymoo.core.problem import Problem
            from pymoo.operators.selection.tournament import TournamentSelection
        except ImportError as error:
            raise InputError("a search needs the library pymoo: pip install 'cluster-sim[experiments]'") from error
        from scipy.stats import qmc

        first = qmc.LatinHypercube(dimensions, seed=np.random.default_rng(seed)).random(population)
        self.problem = Problem(n_var=dimensions, n_obj=aims, n_ieq_constr=1, xl=0.0, xu=1.0)
        self.algorithm = NSGA3(directions(aims, population), pop_size=population, sampling=first,
                               selection=TournamentSelection(func_comp=tournament))
        self.algorithm.setup(self.problem, termination=("n_gen", 1_000_000), seed=seed, verbose=False)
        self.asked: Any = None

    def ask(self) -> np.ndarray:
        """Return the next mixes (population, dimensions), on the grid of `STEPS`."""
        self.asked = self.algorithm.ask()
        return np.round(self.asked.get("X") * STEPS) / STEPS

    def tell(self, aims: np.ndarray, over: np.ndarray) -> None:
        """Say how the mixes did: aims (population, M) to be made small, and how far each is over the budget.

        A mix with a missing value counts as far beyond the budget.
        """
        from pymoo.core.evaluator import Evaluator
        from pymoo.problems.static import StaticProblem

        broken = ~np.isfinite(aims).all(axis=1) | ~np.isfinite(over)
        values = np.where(broken[:, None], 0.0, aims)
        limits = np.where(broken, FAILED, over)[:, None]
        with warnings.catch_warnings():  # pymoo's NSGA-III silences every warning of the process and leaves it so
            Evaluator().eval(StaticProblem(self.problem, F=values, G=limits), self.asked)
            self.algorithm.tell(infills=self.asked)


def directions(aims: int, population: int) -> np.ndarray:
    """Return evenly spread reference directions (Das & Dennis 1998), as many as fit in the population."""
    from pymoo.util.ref_dirs import get_reference_directions

    parts = 1
    while comb(aims + parts, parts + 1) <= population:
        parts += 1
    return get_reference_directions("das-dennis", aims, n_partitions=parts)


def tournament(pop: Any, pairs: np.ndarray, random_state: Any = None, algorithm: Any = None, **_: Any) -> np.ndarray:
    """Choose the parents: within the budget before beyond it, then by lot.

    pymoo's own draws the lot between two mixes equally far beyond the budget from an unseeded generator, so that the
    same search would not give the same mixes twice.
    """
    lots = algorithm.random_state if algorithm is not None else random_state
    chosen = []
    for a, b in pairs:
        one, other = float(np.sum(pop[a].CV)), float(np.sum(pop[b].CV))
        chosen.append(a if one < other else b if other < one else lots.choice([a, b]))
    return np.array(chosen, int)[:, None]


def undominated(aims: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Say which rows (N,) no other allowed row beats: as good in every aim (N, M, small is good), better in one."""
    known = allowed & np.isfinite(aims).all(axis=1)
    found = known.copy()
    for k in np.flatnonzero(known):
        others = aims[known]
        better = (others <= aims[k]).all(axis=1) & (others < aims[k]).any(axis=1)
        found[k] = not better.any()
    return found


def hypervolume(aims: np.ndarray, allowed: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Return the share of the space between `low` and `high` that the undominated rows dominate (0 to 1)."""
    from pymoo.indicators.hv import Hypervolume

    rows = aims[undominated(aims, allowed)]
    if not len(rows):
        return 0.0
    spread = np.where(high > low, high - low, 1.0)
    volume = Hypervolume(ref_point=np.full(aims.shape[1], 1.1))((rows - low) / spread)
    return float(volume) / 1.1 ** aims.shape[1]
