"""The city at a scale: fewer cells that hold as many people as before, a coarser map of the same city.

A cell of the coarse map takes together the cells of the full one whose middle lies in it: it has the mean of their
floor, so rents and densities by cell stay; the cells stand further apart, so that distances, and with them the cost of
collaboration and the reach of commuting, stay too.  A map shrunk in kilometres as well was tried and moved the share
path by a point; see docs/decisions.md.  A park stays a park, with less floor.

The border of a zone runs through coarse cells.  Such a cell has quarters, one for each set of zones that its cells of
the full map lie in, and who is in a cell is in one of its quarters by lot, with the chance that the quarter's floor
gives.  So a zone has the same share of floor, and of all who are treated by where they are, at every scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cluster_sim.city.base import CityData
from cluster_sim.records import QUARTER

LEAST_SIDE = 3          # technical: cells along a side, so that one has neighbours all around


@dataclass(frozen=True)
class Places:
    """Cells, parks, universities and the table of distances at one scale; quarters (QUARTER) by cell."""

    side: int
    cell_km: float
    cells: np.ndarray
    quarters: np.ndarray
    zones: tuple[str, ...]
    parks: np.ndarray
    universities: np.ndarray
    distance_km: np.ndarray

    @cached_property
    def zone_index(self) -> dict[str, int]:
        """The number of each zone, which is its bit in `quarters['zones']`."""
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
    side = max(LEAST_SIDE, round(city.side * np.sqrt(scale)))
    line = ((np.arange(city.side) + 0.5) / city.side * side).astype(int)
    block = (line[:, None] * side + line[None, :]).ravel()          # the coarse cell of each cell
    parks, universities = city.parks.copy(), city.universities.copy()
    if side == city.side:
        cells = city.cells.copy()
    else:
        cells = coarse_cells(city.cells, block, side)
        for sites in (parks, universities):
            for axis in ("x", "y"):
                sites[axis] = line[sites[axis]]
    for name in ("floor_m2", "other_m2"):
        cells[name] *= city.cells[name].sum() * scale / cells[name].sum()
    cells["rent_index"] /= np.average(cells["rent_index"], weights=cells["floor_m2"])
    parks["floor_m2"] *= scale
    width = city.cell_km * city.side / side
    return Places(side, width, cells, lay_quarters(city.cells, block), city.zones, parks, universities,
                  distance_table(side, width))


def coarse_cells(cells: np.ndarray, block: np.ndarray, side: int) -> np.ndarray:
    """Return the cells of a coarser map: sums of floor, means by floor of what is felt, most of the rest.

    cells: those of the full map; block: the coarse cell of each.  A coarse cell lies in a zone, as a map draws it, if
    half of its floor does; if none does so, the cell with most of the zone.
    """
    count = side * side
    floor = cells["floor_m2"]
    total = np.bincount(block, floor, count)
    coarse = np.zeros(count, cells.dtype)
    coarse["floor_m2"], coarse["other_m2"] = total, np.bincount(block, cells["other_m2"], count)
    for name in ("amenity", "rent_index"):
        coarse[name] = np.bincount(block, floor * cells[name], count) / total
    districts = int(cells["district"].max()) + 1
    by_district = np.bincount(block * districts + cells["district"], floor, count * districts)
    coarse["district"] = by_district.reshape(count, districts).argmax(1)
    for k in range(int(cells["zones"].max()).bit_length()):
        inside = (cells["zones"] >> np.uint32(k) & np.uint32(1)) == 1
        part = np.bincount(block[inside], floor[inside], count) / total
        coarse["zones"][part >= min(0.5, part.max())] |= np.uint32(1 << k)
    return coarse


def lay_quarters(cells: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Return the quarters (QUARTER) of all coarse cells, in the order of cells and, within a cell, of zones.

    cells: those of the full map; block: the coarse cell of each.
    """
    keys, which = np.unique(np.stack([block, cells["zones"].astype(np.int64)], 1), axis=0, return_inverse=True)
    which = which.ravel()
    quarters = np.zeros(len(keys), QUARTER)
    quarters["cell"], quarters["zones"] = keys.T
    floor = np.bincount(which, cells["floor_m2"])
    quarters["floor"] = floor / np.bincount(quarters["cell"], floor)[quarters["cell"]]
    quarters["area"] = np.bincount(which) / (block.size / (block.max() + 1))
    before = np.cumsum(quarters["floor"])
    first = np.searchsorted(quarters["cell"], quarters["cell"])
    quarters["upto"] = before - np.where(first > 0, before[first - 1], 0.0)
    return quarters
