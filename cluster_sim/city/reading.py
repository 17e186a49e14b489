"""Reading a city: `load_city` turns a folder (city.yaml and its CSV files) into a `City`, or says all its faults."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.city import file_shapes, lattice
from cluster_sim.city.base import OUTSIDE, CityError
from cluster_sim.city.paths import BASE, NAMES
from cluster_sim.city.polygons import read_polygons
from cluster_sim.city.whole import City
from cluster_sim.inputs.csv_reader import read_table
from cluster_sim.inputs.errors import Fault, Faults, Mark, ScenarioError, did_you_mean, listing
from cluster_sim.inputs.files import display, inside, is_file, path_of
from cluster_sim.inputs.validation import required_keys, validate
from cluster_sim.inputs.yaml_reader import read_file

FOLDER = Path(__file__).resolve().parent.parent / "cities"
MOST_ZONES = 32         # technical: bits of a number
"""Zones are bits of one 32-bit number."""
TABLES = {"districts": file_shapes.DistrictRow, "sites": file_shapes.SiteRow, "outside": file_shapes.OtherCity,
          "observed": file_shapes.ObservedRow, "growth": file_shapes.GrowthRow, "pandemic": file_shapes.PandemicRow}
"""Keys of city.yaml under which the name of a CSV file may stand, with the shape of its rows."""


def find(name_or_path: str | Path) -> Path:
    """Return the folder of a city given by its name or by a path to a folder or city.yaml."""
    path = path_of(name_or_path)
    for folder in (FOLDER / str(name_or_path), path, path.parent if path.name == "city.yaml" else path):
        if is_file(folder / "city.yaml"):
            return folder
    known = sorted(p.parent.name for p in FOLDER.glob("*/city.yaml"))
    hint = f"expected one of {listing(known)}, or a folder that holds city.yaml"
    raise CityError([Fault("", f"no city '{name_or_path}'", did_you_mean(str(name_or_path), known, hint))])


def load_city(name_or_path: str | Path) -> City:
    """Return a city by its name, or from a user's own folder or city.yaml.

    Raises `CityError`, which holds every fault of its files with its place.
    """
    folder = find(name_or_path).resolve()
    try:
        return _load(folder)
    except CityError:
        raise
    except ScenarioError as error:
        raise CityError(error.faults) from None


@lru_cache(maxsize=8)
def _load(folder: Path) -> City:
    files = _Files(folder)
    y = files.read()
    centre = y["centre"]["lon"], y["centre"]["lat"]
    grid = lattice.Grid.around(centre, y["side"], float(y.get("cell_km", 1.0)))
    seats = [(r["name_en"], r.get("name_zh") or r["name_en"], r["seat_lon"], r["seat_lat"]) if "name_en" in r
             else (r["name"], r["name"], r["lon"], r["lat"]) for r in y["districts"]]
    districts, district_of = lattice.lay_districts(grid, seats, files.polygons)
    zone_bits = lattice.lay_zones(grid, y.get("zones") or {})
    numbers = {name: k for k, seat in enumerate(seats) for name in seat[:2]}
    parks, universities = [], []
    for r in y["sites"]:
        x, yy = lattice.pin(grid, r["lon"], r["lat"], numbers.get(r.get("district", ""), -1), district_of)
        if r["kind"] == "park":
            zones = zone_bits[yy * grid.side + x]
            parks.append((x, yy, r["floor_m2"], r.get("opened", 0), zones, r.get("hub", 0)))
        else:
            universities.append((x, yy, r["weight"]))
    parks_array = np.array(parks, lattice.PARKS)
    return City(
        name=y["name"], title=y.get("title", y["name"]), folder=folder, side=grid.side, cell_km=grid.cell_km,
        origin=grid.origin, centre=centre, cells=lattice.lay_fields(grid, district_of, zone_bits, y, parks_array),
        districts=districts, zones=tuple(y.get("zones") or {}), parks=parks_array,
        park_names=tuple(r["name"] for r in y["sites"] if r["kind"] == "park"),
        universities=np.array(universities, lattice.UNIVERSITIES),
        university_names=tuple(r["name"] for r in y["sites"] if r["kind"] == "university"),
        outside=_outside(y, centre), outside_names=tuple(r["name"] for r in y["outside"]),
        home_market=y["home_market"], start=y["start"], parameters=dict(y.get("parameters") or {}),
        observed=_observed(y), source=y)


def _outside(y: dict[str, Any], centre: tuple[float, float]) -> np.ndarray:
    """The other cities; their shares of demand and the city's own sum to one."""
    table = np.zeros(len(y["outside"]), OUTSIDE)
    for k, r in enumerate(y["outside"]):
        for key in ("lon", "lat", "market", "strength", "wage_index"):
            table[key][k] = r[key]
        table["distance_km"][k] = lattice.great_circle(centre, (r["lon"], r["lat"]))
    table["market"] *= (1.0 - y["home_market"]) / table["market"].sum()
    table["strength"] /= table["strength"].sum()
    return table


def _observed(y: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The observed years; what was not published is None."""
    return {r["year"]: {"gdp_bn": r["gdp_bn_yuan"], "creative_bn": r.get("creative_bn_yuan"),
                        "share_pct": r.get("share_pct"), "status": r.get("status", ""), "source": r.get("source", "")}
            for r in y.get("observed", ())}


class _Files:
    """The files of a city, checked together; `marks` are the places of rows by key."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.faults = folder, Faults()
        self.marks: dict[str, list[Mark]] = {}
        self.polygons: list[dict[str, Any]] = []

    def read(self) -> dict[str, Any]:
        """city.yaml with rows in the place of the names of its tables; ScenarioError holds all faults."""
        file = self.folder / "city.yaml"
        self.root = read_file(file, display(file), self.faults)
        y = validate(file_shapes.CityFile, self.root, "", self.faults)
        for key, shape in TABLES.items():
            listed = self.root.value.get(key) if self.root.kind == "mapping" else None
            if listed is not None and isinstance(listed.value, str):
                y[key] = self._table(key, listed.value, shape)
            elif listed is not None and listed.kind == "list":
                self.marks[key] = [row.mark for row in listed.value]
        y["sites"] = [*y.get("sites", ()), *self._listed(y, "parks", "park"),
                      *self._listed(y, "universities", "university")]
        if isinstance(y.get("deflator"), str):
            self._path("deflator", y["deflator"])
        reference = self.folder / "reference_path.csv"
        if reference.is_file():
            y["reference"] = self._rows("reference", reference, file_shapes.ReferenceRow)
        if isinstance(y.get("geojson"), str):
            path = self._path("geojson", y["geojson"])
            self.polygons = read_polygons(path, self.faults) if path else []
        self._together(y)
        self.faults.stop()
        return y

    def _path(self, key: str, name: str) -> Path | None:
        """A file that city.yaml names, inside the city's own folder; None and a fault otherwise."""
        path, mark = inside(name, self.folder, self.folder), self.root.value[key].mark
        if path is None:
            self.faults.add(key, f"'{name[:60]}' lies outside the city's folder", "", mark)
        elif not is_file(path):
            self.faults.add(key, f"there is no such file '{name[:60]}'", "", mark)
            return None
        return path

    def _table(self, key: str, name: str, shape: Any) -> list[dict[str, Any]]:
        path = self._path(key, name)
        return [] if path is None else self._rows(key, path, shape)

    def _rows(self, key: str, path: Path, shape: Any) -> list[dict[str, Any]]:
        """The rows of a table; columns that nothing asks for are left out."""
        try:
            rows = read_table(path, required_keys(shape), self.faults, len(self.marks) + 1)
        except ScenarioError as error:
            self.faults.found += [each for each in error.faults if each not in self.faults.found]
            rows = []
        self.marks[key] = [row.mark for row in rows]
        return [validate(shape, row, "", self.faults, others=True) for row in rows]

    def _listed(self, y: dict[str, Any], key: str, kind: str) -> list[dict[str, Any]]:
        """Sites that stand in city.yaml itself."""
        rows = y.get(key) or []
        self.marks.setdefault("sites", []).extend(node.mark for node in self.root.value[key].value[:len(rows)]) \
            if rows else None
        return [{"kind": kind, **row} for row in rows]

    def _together(self, y: dict[str, Any]) -> None:
        """What single keys cannot say: names that must be known, sums that must not be nothing."""
        if self.faults.found:
            return
        fault, root = self.faults.add, self.root
        districts = [r[key] for r in y["districts"] for key in ("name", "name_en", "name_zh") if r.get(key)]
        for r, mark in zip(y["sites"], self.marks.get("sites", ()), strict=True):
            if r.get("district") and r["district"] not in districts:
                fault("district", f"no district '{r['district']}'", did_you_mean(r["district"], districts), mark)
            needed = "floor_m2" if r["kind"] == "park" else "weight"
            if needed not in r:
                fault("", f"a {r['kind']} needs '{needed}'", "", mark)
        if not sum(r.get("weight", 0.0) for r in y["sites"] if r["kind"] == "university"):
            fault("universities", "the city needs at least one university with a weight", "", root.mark)
        for key, column in (("districts", ""), ("outside", "market"), ("outside", "strength")):
            if not y[key] or column and not sum(r[column] for r in y[key]):
                fault(key, f"the sum of '{column}' is nothing" if y[key] else "expected at least one", "",
                      root.value[key].mark)
        if not y["floor"]["centres"]:
            fault("floor.centres", "expected at least one", "", root.value["floor"].value["centres"].mark)
        for name in y["growth"] if isinstance(y["growth"], dict) else ():
            if name not in (*NAMES, "market", "release"):
                known = f"known: {listing(NAMES, len(NAMES))}"
                fault("growth", f"unknown path '{name}'", did_you_mean(name, NAMES, known),
                      root.value["growth"].key_mark(name))
        zones = list(y.get("zones") or {})
        if len(zones) > MOST_ZONES:
            fault("zones", f"at most {MOST_ZONES} zones, not {len(zones)}", "", root.value["zones"].mark)
        for k, anchor in enumerate(y["start"].get("anchors") or []):
            if "zone" in anchor and anchor["zone"] not in zones:
                node = root.value["start"].value["anchors"].value[k].value["zone"]
                hint = f"zones: {listing(zones) or 'none'}"
                fault("start.anchors.zone", f"no zone '{anchor['zone']}'", hint, node.mark)
        seen = any(r["year"] == BASE and r.get("creative_bn_yuan") for r in y.get("observed", ()))
        if "gdp_2017" not in y and not (seen and y.get("cutoff", BASE) >= BASE):
            what = f"a city without observed figures of {BASE} needs its GDP of that year (million yuan)"
            fault("gdp_2017", what, "such as gdp_2017: 400000", root.mark)
