"""One parameter at a time: how much each number of the model moves the share of GDP (a tornado table).

``python -m cluster_sim.analysis.one_at_a_time [NUMBER OF ROWS]`` moves every parameter by a fifth of its value down and
up (within its bounds) and prints those that move the share most, on common random numbers.  It is a first
look, blind to interactions.
"""

from __future__ import annotations

import sys

import numpy as np

from cluster_sim.model import ClusterModel
from cluster_sim.parameters import specification
from cluster_sim.scenario import load_scenario

YEARS = (2021, 2024, 2035)


def shares(changes: dict[str, float], seeds: tuple[int, ...], scale: float) -> np.ndarray:
    """Return the mean published share (percent) in December of `YEARS`."""
    setup = load_scenario("baseline", set=changes)
    at = [(year - 2017) * 12 + 11 for year in YEARS]
    return 100.0 * np.mean([ClusterModel(setup, seed=s, scale=scale).run().series()["gdp_share_published"][at]
                            for s in seeds], 0)


def tornado(seeds: tuple[int, ...] = (1, 2), scale: float = 0.02, step: float = 0.2) -> list[tuple[str, np.ndarray]]:
    """Return (parameter, half the difference between up and down, percentage points by year), largest first."""
    rows = []
    for name, parameter in specification().items():
        low, high = parameter.bounds
        value = float(parameter.value)
        down, up = (min(high, max(low, value * f)) for f in (1.0 - step, 1.0 + step))
        if isinstance(parameter.value, bool) or down == up:
            continue
        rows.append((name, 0.5 * (shares({name: up}, seeds, scale) - shares({name: down}, seeds, scale))))
    return sorted(rows, key=lambda row: -abs(row[1][-1]))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    print("parameter".ljust(40), *(f"{year:>8}" for year in YEARS))
    for name, effect in tornado()[:count]:
        print(name.ljust(40), *(f"{e:+8.2f}" for e in effect))
