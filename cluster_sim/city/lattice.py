"""The lattice at full size: districts as a Voronoi diagram of their seats, pinned sites, fields by cell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

CELLS = np.dtype([("district", "i2"), ("floor_m2", "f8"), ("other_m2", "f8"), ("amenity", "f8"),
                  ("rent_index", "f8"), ("zones", "u4")])
PARKS = np.dtype([("x", "i2"), ("y", "i2"), ("floor_m2", "f8"), ("opened", "i4"), ("zones", "u4"), ("hub", "u1")])
UNIVERSITIES = np.dtype([("x", "i2"), ("y", "i2"), ("weight", "f8")])
EARTH_KM = 6371.0                       # technical: radius of the earth
KM_NORTH, KM_EAST = 110.57, 111.32      # technical: of a degree, the second at the equator


def great_circle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance (km) between two points given as (longitude, latitude) in degrees (haversine).

    >>> round(great_circle((104.06, 30.66), (116.40, 39.90)))       # Chengdu to Beijing
    1517
    """
    lon1, lat1, lon2, lat2 = (math.radians(v) for v in (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2.0 * EARTH_KM * math.asin(math.sqrt(h))


@dataclass(frozen=True)
class Grid:
    """A square lattice: cells along a side, cell size (km), south-west corner and centre (lon, lat)."""

    side: int
    cell_km: float
    origin: tuple[float, float]
    centre: tuple[float, float]

    @classmethod
    def around(cls, centre: tuple[float, float], side: int, cell_km: float) -> Grid:
        """Return the grid whose middle is ``centre``."""
        half = side * cell_km / 2.0
        lat = half / KM_NORTH
        lon = half / (KM_EAST * math.cos(math.radians(centre[1])))
        return cls(side, cell_km, (centre[0] - lon, centre[1] - lat), centre)

    def position(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the place in km east and north of the south-west corner."""
        east = (lon - self.origin[0]) * KM_EAST * math.cos(math.radians(self.centre[1]))
        return east, (lat - self.origin[1]) * KM_NORTH

    def cell(self, lon: float, lat: float) -> tuple[int, int]:
        """Return the cell (x, y) of a point; points outside are put into the nearest edge cell."""
        east, north = self.position(lon, lat)
        clip = [min(self.side - 1, max(0, int(v // self.cell_km))) for v in (east, north)]
        return clip[0], clip[1]

    def middles(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the km coordinates of the cells' middles, row-major."""
        k = np.arange(self.side * self.side)
        return (k % self.side + 0.5) * self.cell_km, (k // self.side + 0.5) * self.cell_km


def lay_districts(grid: Grid, seats: list[tuple[str, str, float, float]],
                  polygons: list[dict[str, Any]]) -> tuple[tuple[str, ...], np.ndarray]:
    """Return district names and each cell's district: the nearest seat, or the polygon that holds it."""
    x, y = grid.middles()
    points = np.array([grid.position(lon, lat) for _, _, lon, lat in seats])
    nearest = np.hypot(x[:, None] - points[:, 0], y[:, None] - points[:, 1]).argmin(1)
    names = tuple(name for name, _, _, _ in seats)
    known = {n: k for k, seat in enumerate(seats) for n in seat[:2]}
    for shape in polygons:
        title = shape["properties"].get("name_zh") or shape["properties"].get("name")
        if title in known:
            nearest[_inside(grid, shape["geometry"], x, y)] = known[title]
    return names, nearest.astype(np.int16)


def _inside(grid: Grid, geometry: dict[str, Any], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return which points lie in a GeoJSON polygon or multi-polygon (even-odd rule)."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    hit = np.zeros(x.size, bool)
    for rings in polygons:
        for ring in rings:
            corner = np.array([grid.position(lon, lat) for lon, lat, *_ in ring])
            for (x1, y1), (x2, y2) in zip(corner, np.roll(corner, -1, 0), strict=True):
                cuts = (y1 > y) != (y2 > y)
                with np.errstate(divide="ignore", invalid="ignore"):
                    hit ^= cuts & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return hit


def lay_zones(grid: Grid, zones: dict[str, dict[str, float]]) -> np.ndarray:
    """Return a bit mask by cell: bit k is set inside the k-th zone's disc."""
    x, y = grid.middles()
    mask = np.zeros(x.size, np.uint32)
    for k, disc in enumerate(zones.values()):
        east, north = grid.position(disc["lon"], disc["lat"])
        mask[np.hypot(x - east, y - north) <= disc["radius_km"]] |= np.uint32(1 << k)
    return mask


def pin(grid: Grid, lon: float, lat: float, district: int, district_of: np.ndarray) -> tuple[int, int]:
    """Return the cell of a site, moved to the nearest cell of the district that its row lists, if it has any."""
    x, y = grid.cell(lon, lat)
    if district < 0 or district_of[y * grid.side + x] == district or not (district_of == district).any():
        return x, y
    inside = np.flatnonzero(district_of == district)
    gap = np.hypot(inside % grid.side - x, inside // grid.side - y)
    best = int(inside[gap.argmin()])
    east, north = grid.position(lon, lat)
    outside_window = not (0 <= east < grid.side * grid.cell_km and 0 <= north < grid.side * grid.cell_km)
    return (x, y) if outside_window else (best % grid.side, best // grid.side)


def lay_fields(grid: Grid, district_of: np.ndarray, zone_bits: np.ndarray, y: dict[str, Any],
               parks: np.ndarray) -> np.ndarray:
    """Return the cells with floor area, other tenants, amenity and start rent (fields named in city.yaml)."""
    ex, ny = grid.middles()
    cells = np.zeros(ex.size, CELLS)
    floor = y["floor"]
    field = np.full(ex.size, float(floor.get("background", 0.0)))
    nearest = np.full(ex.size, np.inf)
    for c in floor["centres"]:
        east, north = grid.position(c["lon"], c["lat"])
        d = np.hypot(ex - east, ny - north)
        field += c["weight"] * np.exp(-d / c["reach_km"])
        nearest = np.minimum(nearest, d / np.sqrt(c["weight"]))
    cells["floor_m2"] = field / field.sum() * float(floor["total_m2"])
    cells["other_m2"] = cells["floor_m2"] * float(floor["other_share"])
    cells["rent_index"] = np.exp(-nearest / float(y["rent"]["slope_km"]))
    cells["rent_index"] /= np.average(cells["rent_index"], weights=cells["floor_m2"])
    amenity = np.full(ex.size, float(y["amenity"]["background"]))
    for c in y["amenity"].get("places") or []:
        east, north = grid.position(c["lon"], c["lat"])
        amenity += c["weight"] * np.exp(-((np.hypot(ex - east, ny - north) / c["reach_km"]) ** 2))
    cells["amenity"] = np.minimum(1.0, amenity)
    cells["district"], cells["zones"] = district_of, zone_bits
    return cells
