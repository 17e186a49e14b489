"""The city at a scale: fewer cells that hold as many people as before, a coarser map of the same city.

A cell keeps its floor and its people, so rents and densities by cell stay; the cells stand further apart, so
that distances, and with them the cost of collaboration and the reach of commuting, stay too.  A map shrunk
in kilometres as well was tried and moved the share path by a point; see docs/decisions.md.  A park stays a
park, with less floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cluster_sim.city.base import CityData


@dataclass(frozen=True)
class Places:
    """Cells, parks, universities and the table of distances at one scale."""

    side: int
    cell_km: float
    cells: np.ndarray
    zones: tuple[str, ...]
    parks: np.ndarray
    universities: np.ndarray
    distance_km: np.ndarray

    @cached_property
    def zone_index(self) -> dict[str, int]:
        """The number of each zone, which is its bit in `cells['zones']`."""
        return {name: k for k, name in enumerate(self.zones)}


def distance_table(side: int, cell_km: float) -> np.ndarray:
    """Return (side, side) centroid distances (km) by cells apart in x and y; the same cell counts 0.5 km."""
    k = np.arange(side) * cell_km
    table = np.hypot.outer(k, k)
    table[0, 0] = 0.5 * cell_km
    return table


def resize(city: CityData, scale: float) -> Places:
    """Return the city's places at a scale in (0, 1]: totals of floor shrink with it, densities stay."""
    if not 0.0 < scale <= 1.0:
        raise ValueError(f"scale must be above 0 and at most 1, not {scale}")
    side = max(3, round(city.side * np.sqrt(scale)))
    if side == city.side:
        cells, parks, universities = city.cells.copy(), city.parks.copy(), city.universities.copy()
    else:
        position = (np.arange(side) + 0.5) / side * city.side
        full = position.astype(int)
        index = (full[:, None] * city.side + full[None, :]).ravel()
        cells = city.cells[index].copy()
        parks, universities = city.parks.copy(), city.universities.copy()
        for sites in (parks, universities):
            for axis in ("x", "y"):
                sites[axis] = np.minimum(side - 1, (sites[axis] + 0.5) / city.side * side).astype(int)
    for name in ("floor_m2", "other_m2"):
        cells[name] *= city.cells[name].sum() * scale / cells[name].sum()
    cells["rent_index"] /= np.average(cells["rent_index"], weights=cells["floor_m2"])
    parks["floor_m2"] *= scale
    width = city.cell_km * city.side / side
    return Places(side, width, cells, city.zones, parks, universities, distance_table(side, width))


def zones_without_cells(city: CityData, scale: float) -> list[str]:
    """Name the zones in whose disc no cell's middle lies on the map of a scale: nothing can happen there."""
    bits = int(np.bitwise_or.reduce(resize(city, scale).cells["zones"]))
    return [name for k, name in enumerate(city.zones) if not bits >> k & 1]
