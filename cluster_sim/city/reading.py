"""Reading a city: `load_city` turns a folder (city.yaml and its CSV files) into a `City`."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.city import lattice, paths, places
from cluster_sim.city.checking import MONTH, CityError, check, read_yaml

FOLDER = Path(__file__).resolve().parent.parent / "cities"
OUTSIDE = np.dtype([("distance_km", "f8"), ("market", "f8"), ("strength", "f8"), ("wage_index", "f8"),
                    ("lon", "f8"), ("lat", "f8")])


class Row(dict[str, Any]):
    """A row of a CSV file that knows where it stands."""

    where: str = ""


@dataclass(frozen=True)
class City:
    """A city at full size; arrays are described in city/lattice.py and city/paths.py.

    ``cells`` are row-major (y * side + x) from the south-west corner; ``outside`` are other cities;
    ``home_market`` and ``outside['market']`` are shares of the nation's demand and sum to one.
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
        """Return the multipliers of demand and release by month and segment, (months, segments) each."""
        return paths.pandemic(self, first, months)

    def reference(self, first: int, months: int) -> dict[str, np.ndarray] | None:
        """Return the frozen reference path by month since the start (whenever that is), or None if there is none."""
        return paths.reference(self, months)


def read_csv(folder: Path, name: str, columns: tuple[str, ...] = ()) -> list[Row]:
    """Return the rows of a CSV file of the city's folder; a missing file or column is a `CityError`."""
    path = folder / name
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in columns if c not in (reader.fieldnames or ())]
            if missing:
                raise CityError(f"{path}:1: no column {', '.join(missing)} (needed: {', '.join(columns)})")
            rows = []
            for found in reader:
                row = Row(found)
                row.where = f"{path}:{reader.line_num}"
                rows.append(row)
            return rows
    except FileNotFoundError:
        raise CityError(f"{path}: no such file (named in {folder / 'city.yaml'})") from None


def number(row: dict[str, Any], key: str, where: str) -> float:
    """Return a finite number of a row, or say which file and row lacks it."""
    try:
        value = float(row[key])
    except (KeyError, TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        where = getattr(row, "where", "") or where
        raise CityError(f"{where}: '{key}' must be a number, not {row.get(key)!r}") from None
    return value


def find(name_or_path: str | Path) -> Path:
    """Return the folder of a city given by its name or by a path to a folder or city.yaml."""
    path = Path(name_or_path)
    for folder in (FOLDER / str(name_or_path), path, path.parent if path.name == "city.yaml" else path):
        if (folder / "city.yaml").is_file():
            return folder
    known = ", ".join(sorted(p.parent.name for p in FOLDER.glob("*/city.yaml")))
    raise CityError(f"no city '{name_or_path}': expected one of {known}, or a folder that holds city.yaml")


def load_city(name_or_path: str | Path) -> City:
    """Return a city by its name, or from a user's own folder or city.yaml.

    Raises `CityError` with file and key if something is missing or has the wrong form.
    """
    return _load(find(name_or_path).resolve())


@lru_cache(maxsize=8)
def _load(folder: Path) -> City:
    file = folder / "city.yaml"
    y, lines = read_yaml(file)
    check(y, lines, file, paths.NAMES)
    centre = (number(y["centre"], "lon", f"{file}: centre"), number(y["centre"], "lat", f"{file}: centre"))
    grid = lattice.Grid.around(centre, int(y["side"]), float(y.get("cell_km", 1.0)))
    districts, district_of = lattice.lay_districts(grid, _districts(folder, y), folder, y.get("geojson"))
    zones = tuple(y.get("zones") or {})
    zone_bits = lattice.lay_zones(grid, y.get("zones") or {})
    parks, park_names, universities, university_names = _sites(folder, y, grid, districts, district_of, zone_bits)
    cells = lattice.lay_fields(grid, district_of, zone_bits, y, parks)
    outside, outside_names = _outside(folder, y, centre)
    return City(name=str(y["name"]), title=str(y.get("title", y["name"])), folder=folder, side=grid.side,
                cell_km=grid.cell_km, origin=grid.origin, centre=centre, cells=cells, districts=districts, zones=zones,
                parks=parks, park_names=park_names, universities=universities, university_names=university_names,
                outside=outside, outside_names=outside_names, home_market=float(y["home_market"]),
                start=y["start"], parameters=dict(y.get("parameters") or {}), observed=_observed(folder, y), source=y)


def _districts(folder: Path, y: dict[str, Any]) -> list[tuple[str, str, float, float]]:
    if isinstance(y["districts"], str):
        return [(r["name_en"], r.get("name_zh") or r["name_en"], number(r, "seat_lon", y["districts"]),
                 number(r, "seat_lat", y["districts"])) for r in read_csv(folder, y["districts"], ("name_en",))]
    where = "districts"
    return [(r["name"], r["name"], number(r, "lon", where), number(r, "lat", where)) for r in y["districts"]]


def _sites(folder: Path, y: dict[str, Any], grid: lattice.Grid, districts: tuple[str, ...], district_of: np.ndarray,
           zone_bits: np.ndarray) -> tuple[np.ndarray, tuple[str, ...], np.ndarray, tuple[str, ...]]:
    needed = ("name", "kind", "lon", "lat")
    rows: list[dict[str, Any]] = [*read_csv(folder, y["sites"], needed)] if isinstance(y.get("sites"), str) else []
    rows += [{"kind": "park", **r} for r in y.get("parks") or []]
    rows += [{"kind": "university", **r} for r in y.get("universities") or []]
    names = {name: k for k, seat in enumerate(_districts(folder, y)) for name in seat[:2]}
    parks, universities = [], []
    for r in rows:
        where = getattr(r, "where", "") or f"{folder / 'city.yaml'}: {r.get('name', 'site')}"
        lon, lat = number(r, "lon", where), number(r, "lat", where)
        district = r.get("district") or ""
        if district and district not in names:
            raise CityError(f"{where}: no district {district!r} (known: {', '.join(districts)})")
        if r["kind"] not in ("park", "university"):
            raise CityError(f"{where}: 'kind' must be park or university, not {r['kind']!r}")
        x, yy = lattice.pin(grid, lon, lat, names.get(district, -1), district_of)
        if r["kind"] == "park":
            opened = str(r.get("opened") or "")
            if opened and not MONTH.fullmatch(opened):
                raise CityError(f"{where}: 'opened' must be a month such as 2017-01, not {opened!r}")
            month = int(opened[:4]) * 12 + int(opened[5:7]) - 1 if opened else 0
            parks.append((x, yy, number(r, "floor_m2", where), month, zone_bits[yy * grid.side + x],
                          int(r.get("hub") or 0)))
        else:
            universities.append((x, yy, number(r, "weight", where)))
    park_names = tuple(r["name"] for r in rows if r["kind"] == "park")
    university_names = tuple(r["name"] for r in rows if r["kind"] == "university")
    if not universities:
        raise CityError(f"{folder / 'city.yaml'}: the city needs at least one university")
    return (np.array(parks, lattice.PARKS), park_names, np.array(universities, lattice.UNIVERSITIES), university_names)


def _outside(folder: Path, y: dict[str, Any], centre: tuple[float, float]) -> tuple[np.ndarray, tuple[str, ...]]:
    listed = y["outside"]
    rows: list[dict[str, Any]] = [*read_csv(folder, listed, ("name",))] if isinstance(listed, str) else listed
    table = np.zeros(len(rows), OUTSIDE)
    for k, r in enumerate(rows):
        where = f"outside city {r.get('name', k)}"
        for key in ("lon", "lat", "market", "strength", "wage_index"):
            table[key][k] = number(r, key, where)
        table["distance_km"][k] = lattice.great_circle(centre, (table["lon"][k], table["lat"][k]))
    table["market"] *= (1.0 - float(y["home_market"])) / table["market"].sum()
    table["strength"] /= table["strength"].sum()
    return table, tuple(r["name"] for r in rows)


def _observed(folder: Path, y: dict[str, Any]) -> dict[int, dict[str, Any]]:
    result: dict[int, dict[str, Any]] = {}
    if "observed" not in y:
        return result
    needed = ("year", "gdp_bn_yuan", "creative_bn_yuan", "share_pct", "status", "source")
    for r in read_csv(folder, y["observed"], needed):
        found = {key: (number(r, key, "observed") if r[key] else None) for key in needed[1:4]}
        result[int(number(r, "year", "observed"))] = found | {
            "gdp_bn": number(r, "gdp_bn_yuan", "observed"), "creative_bn": found["creative_bn_yuan"],
            "status": r["status"], "source": r["source"]}
    return result
