"""Which draws of a prior run away: the loop gain B of the city's returns to size, before anything is simulated.

With B <= 0 a larger city attracts more than it needs to grow on, and no rest exists (`nation/returns.py`).  A draw is
judged by its own numbers where it has them; what a city shows only at rest (the part of own cost in prices, of wages
in own cost) is taken from `nation/parameters.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cluster_sim.codes import N_SEGMENTS
from cluster_sim.initial.nation import SAME
from cluster_sim.nation.parameters import defaults, specification
from cluster_sim.nation.returns import loop_gain


def least_gain(parameters: Mapping[str, float], draw: Mapping[str, float]) -> float:
    """Return the smallest loop gain B over the segments for the parameters of a scenario with those of a draw."""
    names = {name: path for name, path in SAME.items() if path in parameters}
    values = {name: draw.get(path, draw.get(f"parameters.{path}", parameters[path])) for name, path in names.items()}
    bounds = {name: specification()[name]["bounds"] for name in values}
    within = {name: float(np.clip(value, *bounds[name])) for name, value in values.items()}
    return float(loop_gain(defaults(N_SEGMENTS).with_values(**within)).min())
