"""Nations that the tests of `cluster_sim.nation` share: rings of equal cities with one trade or more."""

from __future__ import annotations

import numpy as np

from cluster_sim.city import load_city
from cluster_sim.nation.layout import from_city, ring
from cluster_sim.nation.month import step
from cluster_sim.nation.parameters import NationParameters, defaults
from cluster_sim.nation.state import Outside, Rest, State, at_rest


def world(cities: int = 30, segments: int = 1, **values) -> tuple[NationParameters, Rest, State]:
    """Return the default parameters with other values, a ring of equal cities, and its rest."""
    p = defaults(segments, **values)
    rest = ring(cities, p)
    return p, rest, at_rest(rest, p)


def live(p: NationParameters, rest: Rest, state: State, years: float, outside: Outside | None = None, *,
         seed: int | None = None, first: int = 0) -> None:
    """Live some years in place; first: number of the first month, for luck."""
    for t in range(first, first + round(12 * years)):
        step(p, rest, state, outside or Outside(), seed=seed, t=t)


def log_jobs(rest: Rest, state: State) -> np.ndarray:
    """Return log jobs against rest, (C, S)."""
    return np.log(state.jobs / rest.jobs)


def one_city(rest: Rest, factor: float) -> np.ndarray:
    """Return factors by city and segment: one for city 0, 1 for the others."""
    factors = np.ones_like(rest.jobs)
    factors[0] = factor
    return factors


def chengdu():
    """Return parameters and the rest of a nation with the default city in row 0."""
    city = load_city("chengdu")
    p = defaults()
    n = city.outside.size
    jobs = np.array([40e3, 30e3, 75e3, 75e3, 10e3, 160e3])
    value = np.array([40e3, 45e3, 60e3, 45e3, 40e3, 55e3])
    share = np.array([0.030, 0.040, 0.035, 0.022, 0.060, 0.022])
    angle = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
    lon, lat = 104.06 + 8.0 * np.cos(angle), 30.63 + 8.0 * np.sin(angle)
    rest = from_city(p, city.outside, lon, lat, (104.06, 30.63), city.home_market, jobs, value, share,
                            np.array([0.03, 0.12, 0.03, 0.05, 0.05, 0.08]))
    return p, rest, jobs, value, share
