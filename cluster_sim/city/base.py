"""What the files of a city say, at full size; `city/reading.py` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.inputs.errors import ScenarioError

OUTSIDE = np.dtype([("distance_km", "f8"), ("market", "f8"), ("strength", "f8"), ("wage_index", "f8"),
                    ("lon", "f8"), ("lat", "f8")])


class CityError(ScenarioError, ValueError):
    """A city's files cannot be used; `faults` holds everything that is wrong, each with its place."""


@dataclass(frozen=True)
class CityData:
    """What is known of a city; arrays are described in city/lattice.py and city/paths.py.

    ``cells`` are row-major (y * side + x) from the south-west corner; ``outside`` are other cities;
    ``home_market`` and ``outside['market']`` are shares of the nation's demand and sum to one.
    ``source`` is city.yaml with the rows of its tables in the place of their names.
    """

    name: str
    title: str
    folder: Path
    side: int
    cell_km: float
    origin: tuple[float, float]
    centre: tuple[float, float]
    cells: np.ndarray
    districts: tuple[str, ...]
    zones: tuple[str, ...]
    parks: np.ndarray
    park_names: tuple[str, ...]
    universities: np.ndarray
    university_names: tuple[str, ...]
    outside: np.ndarray
    outside_names: tuple[str, ...]
    home_market: float
    start: dict[str, Any]
    parameters: dict[str, float]
    observed: dict[int, dict[str, Any]]
    source: dict[str, Any] = field(repr=False)
