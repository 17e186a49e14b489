"""A city at full size, as everything else knows it: its data, its places at a scale, its outside paths."""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.city import paths, places
from cluster_sim.city.base import CityData


class City(CityData):
    """A city at full size; what it holds stands in `CityData`."""

    def resize(self, scale: float) -> places.Places:
        """Return the city's places at a scale: a coarser map of the same densities and distances."""
        return places.resize(self, scale)

    def paths(self, first: int, months: int, **options: Any) -> dict[str, np.ndarray]:
        """Return the outside paths by month from the ordinal ``first``; options as `city.paths.outside_paths` has."""
        return paths.outside_paths(self, first, months, **options)

    def pandemic(self, first: int, months: int) -> dict[str, np.ndarray]:
        """Return the multipliers of demand and release by month and segment, (months, 6) each."""
        return paths.pandemic(self, first, months)

    def reference(self, first: int, months: int) -> dict[str, np.ndarray] | None:
        """Return the frozen reference path by month since the start (whenever that is), or None if there is none."""
        return paths.reference(self, months)
