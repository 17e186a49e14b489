"""The months of the outside cities against the slow second writing in whole people (tests/reference/nation.py).

Both get the same numbers and the same shock; people of the reference move by chance, so its mean over some
seeds is compared, with the tolerance of its noise and of the whole people that it rounds to.
"""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import live, one_city
from reference.nation import Nation

from cluster_sim.nation.layout import ring
from cluster_sim.nation.parameters import defaults
from cluster_sim.nation.state import Outside, at_rest

CITIES, JOBS, YEARS = 5, 80_000, (1, 3, 10, 25)


def slow(parameters, *, cost=None, demand=1.0, seeds=4):
    """Return mean log jobs, wage and price of city 0 and of city 2 by year, (years, 2, 3)."""
    runs = []
    for seed in range(seeds):
        nation = Nation(parameters, CITIES, JOBS, 40_000.0, 3_000.0, seed)
        rows = []
        for month in range(1, 12 * max(YEARS) + 1):
            nation.month({0: cost} if cost else None, demand)
            if month in [12 * y for y in YEARS]:
                towns = nation.towns[0], nation.towns[2]
                rows.append([[np.log(t.jobs / JOBS), np.log(t.wage), np.log(t.price)] for t in towns])
        runs.append(rows)
    return np.mean(runs, 0)


def fast(parameters, outside):
    rest = ring(CITIES, parameters, jobs=JOBS, round_km=3_000.0)
    state = at_rest(rest, parameters)
    rows, past = [], 0
    for year in YEARS:
        live(parameters, rest, state, year - past, outside(rest))
        past = year
        rows.append([[np.log(state.jobs[c, 0] / JOBS), np.log(state.wage[c, 0]), np.log(state.price[c, 0])]
                     for c in (0, 2)])
    return np.array(rows)


@pytest.mark.parametrize("values", [{}, {"eta": 1.5, "theta": 0.9, "labour_part": 0.8}])
def test_a_city_with_lower_costs(values):
    p = defaults(1, **values)
    expected = fast(p, lambda rest: Outside(own_cost=one_city(rest, 0.83)))
    assert slow(p, cost=0.83) == pytest.approx(expected, abs=0.012)
    assert expected[-1, 0, 0] > 0.10                                # far beyond the tolerance


def test_a_larger_market():
    p = defaults(1)
    expected = fast(p, lambda rest: Outside(demand=1.5))
    assert slow(p, demand=1.5) == pytest.approx(expected, abs=0.012)
    assert expected[-1, 1, 0] > 0.15


def test_rest():
    p = defaults(1)
    assert slow(p) == pytest.approx(np.zeros((len(YEARS), 2, 3)), abs=0.008)
