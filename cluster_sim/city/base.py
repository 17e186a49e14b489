"""A city at full size, as everything else knows it; `city/reading.py` makes it from files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.city import paths, places
from cluster_sim.inputs.errors import ScenarioError

OUTSIDE = np.dtype([("distance_km", "f8"), ("market", "f8"), ("strength", "f8"), ("wage_index", "f8"),
                    ("lon", "f8"), ("lat", "f8")])


class CityError(ScenarioError, ValueError):
    """A city's files cannot be used; `faults` holds everything that is wrong, each with its place."""


@dataclass(frozen=True)
class City:
    """A city at full size; arrays are described in city/lattice.py and city/paths.py.

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

    def resize(self, scale: float) -> places.Places:
        """Return the city's places at a scale: a coarser map of the same densities and distances."""
        return places.resize(self, scale)

    def paths(self, first: int, months: int, *, b: float = 1.0, freeze: int | None = None) -> dict[str, np.ndarray]:
        """Return the outside paths by month from the ordinal ``first``; see city/paths.py."""
        return paths.outside_paths(self, first, months, b=b, freeze=freeze)

    def pandemic(self, first: int, months: int) -> dict[str, np.ndarray]:
        """Return the multipliers of demand and release by month and segment, (months, 6) each."""
        return paths.pandemic(self, first, months)

    def reference(self, first: int, months: int) -> dict[str, np.ndarray] | None:
        """Return the frozen reference path by month since the start (whenever that is), or None if there is none."""
        return paths.reference(self, months)
