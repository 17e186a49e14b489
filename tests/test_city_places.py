"""The city's map: districts, pinned sites, distances, and what a smaller scale keeps."""

from __future__ import annotations

import csv
import pickle

import numpy as np
import pytest

from cluster_sim.city import lattice, load_city
from cluster_sim.city.reading import FOLDER

CITIES = sorted(p.parent.name for p in FOLDER.glob("*/city.yaml"))


@pytest.fixture(scope="module")
def chengdu():
    return load_city("chengdu")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / "chengdu" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_site_inside_the_window_lies_in_the_district_that_its_row_lists(chengdu):
    english = {r["name_zh"]: r["name_en"] for r in rows("districts.csv")}
    grid = lattice.Grid.around(chengdu.centre, chengdu.side, chengdu.cell_km)
    places = dict(zip(chengdu.park_names, chengdu.parks, strict=True))
    places |= dict(zip(chengdu.university_names, chengdu.universities, strict=True))
    checked = 0
    for r in rows("sites.csv"):
        site = places[r["name"]]
        east, north = grid.position(float(r["lon"]), float(r["lat"]))
        if 0 <= east < grid.side * grid.cell_km and 0 <= north < grid.side * grid.cell_km:
            district = chengdu.cells["district"][site["y"] * chengdu.side + site["x"]]
            assert chengdu.districts[district] == english[r["district"]], r["name"]
            checked += 1
        else:
            assert {int(site["x"]), int(site["y"])} & {0, chengdu.side - 1}, f"{r['name']} must enter at the edge"
    assert checked >= 25


def test_cells_belong_to_the_nearest_seat(chengdu):
    grid = lattice.Grid.around(chengdu.centre, chengdu.side, chengdu.cell_km)
    seats = [grid.position(float(r["seat_lon"]), float(r["seat_lat"])) for r in rows("districts.csv")]
    for k in range(0, chengdu.side**2, 37):
        x, y = k % chengdu.side + 0.5, k // chengdu.side + 0.5
        gaps = [np.hypot(x - east, y - north) for east, north in seats]
        assert gaps[chengdu.cells["district"][k]] == min(gaps)


def test_known_distances_between_cities(chengdu):
    known = {"Beijing": 1515, "Shanghai": 1660, "Chongqing": 270, "Guangzhou": 1240}       # km, as the crow flies
    for name, km in known.items():
        found = chengdu.outside["distance_km"][chengdu.outside_names.index(name)]
        assert found == pytest.approx(km, rel=0.03), name
    assert len(chengdu.outside_names) == 30


@pytest.mark.parametrize("name", CITIES)
def test_shares_and_fields_are_in_their_bounds(name):
    city = load_city(name)
    assert city.outside["market"].sum() + city.home_market == pytest.approx(1.0)
    assert city.outside["strength"].sum() == pytest.approx(1.0)
    assert (city.cells["floor_m2"] > 0).all() and (city.cells["other_m2"] < city.cells["floor_m2"]).all()
    assert (city.cells["amenity"] >= 0).all() and (city.cells["amenity"] <= 1).all()
    assert np.average(city.cells["rent_index"], weights=city.cells["floor_m2"]) == pytest.approx(1.0)
    assert all(((city.cells["zones"] >> k) & 1).any() for k in range(len(city.zones))), "a zone without a cell"


@pytest.mark.parametrize("name", CITIES)
@pytest.mark.parametrize("scale", [1.0, 0.5, 1 / 20, 1 / 100, 1 / 1000])
def test_resizing_keeps_totals_places_and_width(name, scale):
    city = load_city(name)
    places = city.resize(scale)
    for column in ("floor_m2", "other_m2"):
        assert places.cells[column].sum() == pytest.approx(scale * city.cells[column].sum(), rel=1e-12)
    assert places.parks["floor_m2"].sum() == pytest.approx(scale * city.parks["floor_m2"].sum())
    assert len(places.parks) == len(city.parks) and len(places.universities) == len(city.universities)
    assert places.side * places.cell_km == pytest.approx(city.side * city.cell_km)
    assert places.cells.size == places.side**2 and places.distance_km.shape == (places.side, places.side)
    for sites in (places.parks, places.universities):
        assert ((sites["x"] >= 0) & (sites["x"] < places.side) & (sites["y"] < places.side)).all()


def test_resizing_leaves_the_city_as_it_was(chengdu):
    before = chengdu.cells.tobytes(), chengdu.parks.tobytes()
    chengdu.resize(1.0).cells["floor_m2"][:] = 0.0
    chengdu.resize(0.05).parks["floor_m2"][:] = 0.0
    assert (chengdu.cells.tobytes(), chengdu.parks.tobytes()) == before
    with pytest.raises(ValueError, match="at most 1"):
        chengdu.resize(1.5)


def test_distances_are_symmetric_and_grow(chengdu):
    table = chengdu.resize(1.0).distance_km
    assert table[0, 0] == 0.5 and table[0, 1] == 1.0 and table[3, 4] == 5.0
    assert np.array_equal(table, table.T) and (np.diff(table, axis=1) > 0).all()


def test_a_city_can_be_sent_to_another_process(chengdu):
    copy = pickle.loads(pickle.dumps(chengdu))
    assert copy.cells.tobytes() == chengdu.cells.tobytes() and copy.zones == chengdu.zones


def test_a_third_is_vacant_at_the_start_at_most(chengdu):
    """About a quarter of the floor stands empty with 390,000 creative workers at 10 m2 each (see city.yaml)."""
    low, central, high = chengdu.start["jobs_estimate"]
    floor, other = chengdu.cells["floor_m2"].sum(), chengdu.cells["other_m2"].sum()
    assert 0.20 <= 1.0 - (other + central * 10.0) / floor <= 0.33
    assert low < central < high


@pytest.mark.parametrize("scale", [1.0, 1 / 4, 1 / 20, 1 / 50, 1 / 100, 1 / 200])
def test_a_zone_keeps_its_share_of_floor_and_its_area_at_every_scale(chengdu, scale):
    places = chengdu.resize(scale)
    quarters, floor = places.quarters, places.cells["floor_m2"]
    for k, zone in enumerate(chengdu.zones):
        whole = (chengdu.cells["zones"] >> np.uint32(k) & np.uint32(1)) == 1
        inside = (quarters["zones"] >> np.uint32(k) & np.uint32(1)) == 1
        share = (floor[quarters["cell"]] * quarters["floor"])[inside].sum() / floor.sum()
        assert share == pytest.approx(chengdu.cells["floor_m2"][whole].sum() / chengdu.cells["floor_m2"].sum()), zone
        km2 = quarters["area"][inside].sum() * places.cell_km**2
        assert km2 == pytest.approx(whole.sum() * chengdu.cell_km**2), zone
        assert (places.cells["zones"] >> np.uint32(k) & np.uint32(1)).any(), f"no cell is drawn for {zone}"
    assert np.bincount(quarters["cell"], quarters["floor"]) == pytest.approx(np.ones(places.cells.size))
    last = np.searchsorted(quarters["cell"], np.arange(places.cells.size), side="right") - 1
    assert quarters["upto"][last] == pytest.approx(np.ones(places.cells.size))


def test_the_whole_city_has_one_quarter_a_cell(chengdu):
    places = chengdu.resize(1.0)
    assert np.array_equal(places.quarters["cell"], np.arange(places.cells.size))
    assert np.array_equal(places.quarters["zones"], chengdu.cells["zones"])
    assert (places.quarters["upto"] == 1.0).all() and (places.quarters["area"] == 1.0).all()
    assert places.cells.tobytes() == chengdu.cells.tobytes()


@pytest.mark.parametrize("scale", [1 / 20, 1 / 50, 1 / 100])
def test_a_coarse_map_has_the_amenity_and_the_districts_of_the_whole(chengdu, scale):
    places, whole = chengdu.resize(scale), chengdu.cells
    for name in ("amenity", "rent_index"):
        assert np.average(places.cells[name], weights=places.cells["floor_m2"]) == pytest.approx(
            np.average(whole[name], weights=whole["floor_m2"]))
    assert set(places.cells["district"]) <= set(whole["district"])
