"""Designs: which points of the space of factors a sweep visits. The same sweep always gives the same points.

Samples come from scipy.stats.qmc (Latin hypercube; Sobol sequence, scrambled: Owen 1998) and from SALib
(Saltelli et al. 2010 as extended for Sobol indices; Morris 1991 with trajectories of Campolongo et al. 2007);
both are imported only when a design needs them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from cluster_sim.scenario.sweeps import BY_VALUE, Sweep

Point = dict[str, Any]


def design_points(sweep: Sweep) -> list[Point]:
    """Return the points of a sweep in order, each as path -> value; a path left out keeps the base's own value."""
    if sweep.design in BY_VALUE:
        return list(_BY_VALUE[sweep.design](sweep))
    return [{factor.path: factor.at(float(share)) for factor, share in zip(sweep.factors, row, strict=True)}
            for row in unit_sample(sweep)]


def count_points(sweep: Sweep) -> int:
    """Return the number of points without making them."""
    sizes = [len(factor.values) for factor in sweep.factors]
    if sweep.design == "grid":
        return math.prod(sizes)
    if sweep.design == "list":
        return sizes[0]
    if sweep.design == "oat":
        return 1 + sum(sizes)
    if sweep.design == "morris":
        return (sweep.trajectories or 0) * (len(sizes) + 1)
    if sweep.design == "saltelli":
        return (sweep.samples or 0) * (len(sizes) * (2 if sweep.second_order else 1) + 2)
    return sweep.samples or 0


def problem(sweep: Sweep) -> dict[str, Any]:
    """Return the sweep's factors as SALib describes a problem: on the unit interval, named by their columns."""
    return {"num_vars": len(sweep.factors), "names": list(sweep.columns), "bounds": [[0.0, 1.0]] * len(sweep.factors)}


def unit_sample(sweep: Sweep) -> Any:
    """Return the sample of a design that has one: points by factors, shares of the unit interval."""
    dimensions, number, seed = len(sweep.factors), sweep.samples or 0, sweep.sample_seed
    if sweep.design in ("lhs", "sobol"):
        import numpy as np
        from scipy.stats import qmc

        kind = qmc.LatinHypercube if sweep.design == "lhs" else qmc.Sobol
        return kind(dimensions, seed=np.random.default_rng(seed)).random(number)
    if sweep.design == "saltelli":
        from SALib.sample import sobol

        return sobol.sample(problem(sweep), number, calc_second_order=sweep.second_order, seed=seed)
    from SALib.sample import morris

    return morris.sample(problem(sweep), sweep.trajectories, num_levels=sweep.levels, seed=seed)


def _grid(sweep: Sweep) -> Iterator[Point]:
    """Every combination of the values; the last factor changes fastest."""
    paths = [factor.path for factor in sweep.factors]
    for values in itertools.product(*(factor.values for factor in sweep.factors)):
        yield dict(zip(paths, values, strict=True))


def _list(sweep: Sweep) -> Iterator[Point]:
    """The first values of all factors together, then the second ones."""
    paths = [factor.path for factor in sweep.factors]
    for values in zip(*(factor.values for factor in sweep.factors), strict=True):
        yield dict(zip(paths, values, strict=True))


def _oat(sweep: Sweep) -> Iterator[Point]:
    """The base, then one factor at a time at each of its values."""
    yield {}
    for factor in sweep.factors:
        for value in factor.values:
            yield {factor.path: value}


_BY_VALUE = {"grid": _grid, "list": _list, "oat": _oat}
