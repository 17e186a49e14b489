"""A user's own city: from a folder, with district polygons, and with messages that name file, line and key."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cluster_sim.city import CityError, load_city
from cluster_sim.city.reading import FOLDER

SYNTHETIC = (FOLDER / "synthetic" / "city.yaml").read_text(encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder that holds a user's city, a copy of the synthetic one."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "city.yaml").write_text(SYNTHETIC.replace("name: synthetic", "name: mine"), encoding="utf-8")
    return folder


def change(folder: Path, old: str, new: str) -> int:
    """Replace a piece of city.yaml once and return its line."""
    file = folder / "city.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[:text.index(old)].count("\n") + 1


def faults(folder: Path) -> list[str]:
    """The faults of a city, each as one text: place, message, line with caret, hint."""
    with pytest.raises(CityError) as caught:
        load_city(folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_city_from_a_folder_and_from_its_file(own):
    assert load_city(own) is load_city(own / "city.yaml")
    city = load_city(own)
    assert city.name == "mine" and city.side == 30 and len(city.parks) == 0
    assert set(np.unique(city.cells["district"])) == {0, 1, 2}


def test_unknown_cities_are_named_with_the_known_ones():
    with pytest.raises(CityError, match="expected one of chengdu, synthetic"):
        load_city("atlantis")


def test_district_polygons_replace_the_nearest_seat(own):
    square = [[-0.05, -0.05], [0.05, -0.05], [0.05, 0.05], [-0.05, 0.05], [-0.05, -0.05]]
    hole = [[-0.02, -0.02], [0.02, -0.02], [0.02, 0.02], [-0.02, 0.02], [-0.02, -0.02]]
    shape = {"type": "Feature", "properties": {"name": "North"},
             "geometry": {"type": "Polygon", "coordinates": [square, hole]}}
    (own / "d.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}), encoding="utf-8")
    change(own, "side: 30", "geojson: d.geojson\nside: 30")
    city = load_city(own)
    of = city.cells["district"].reshape(30, 30)
    north, centre = city.districts.index("North"), city.districts.index("Centre")
    assert of[15, 15] == centre, "the hole keeps the nearest seat"
    assert of[15, 11] == north and of[11, 15] == north and of[15, 25] == centre


@pytest.mark.parametrize("text, expected", [
    ("not json", "d.geojson:1:1: not JSON"), ("{}", "features: Field required"), ("[" * 100_000, "d.geojson"),
    ('{"features": [{"properties": {}, "geometry": {"type": "Point", "coordinates": [0, 0]}}]}',
     "features.0.geometry: Input tag 'Point'"),
    ('{"features": [{"properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1]]]}}]}',
     "features.0.geometry.Polygon.coordinates.0"),
    ('{"features": [{"properties": {}, "geometry": {"type": "Polygon", "coordinates": [[' + "[0, 0]," * 20_001 +
     "[1, 1]]]}}]}", "more than 20,000 corners"),
    (None, "no such file")])
def test_bad_polygons_are_explained(own, text, expected):
    change(own, "side: 30", "geojson: d.geojson\nside: 30")
    if text is not None:
        (own / "d.geojson").write_text(text, encoding="utf-8")
    assert expected in faults(own)[0]


@pytest.mark.parametrize("old, new, key, expected", [
    ("side: 30", "side: many", "side", "expected a whole number, found 'many'"),
    ("side: 30", "side: 1", "side", "1 is out of bounds"),
    ("home_market: 0.05", "home_market: 1.5", "home_market", "expected 1e-09 to 1"),
    ("rest_wage: 5.0\nai", "rest_wagee: 5.0\nai", "unknown key 'rest_wagee'", "did you mean 'rest_wage'?"),
    ("half: 2026-06", "half: 2026-13", "ai.half", "there is no month 13"),
    ("half: 2026-06, ", "half: 2026-06, bend: 1, ", "ai", "unknown key 'bend'"),
    ("market: 4.0", "markets: 4.0", "growth", "unknown path 'markets'"),
    ("gdp_2017: 400000", "# none", "gdp_2017", "needs its GDP"),
    ("studios: 4000", "studios: 0", "start.studios", "out of bounds"),
    ("weight: 1.0}\noutside", "weight: heavy}\noutside", "universities.weight", "expected a number"),
    ("weight: 1.0}\noutside", "weight: 0}\noutside", "universities", "at least one university with a weight"),
    ("radius_km: 4.0", "radius_km: -4.0", "zones.zone_a.radius_km", "out of bounds"),
    (", radius_km: 4.0", "", "zones.zone_a", "the key 'radius_km' is missing"),
    ("anchors: []", "anchors: [{name: A, segment: opera, jobs: 5}]", "start.anchors.segment", "one of film, games"),
    ("anchors: []", "anchors: [{name: A, segment: film, jobs: 5, zone: moon}]", "start.anchors.zone", "no zone 'moon'"),
    ("anchors: []", "anchors: 3", "start.anchors", "expected a list, found 3"),
    ("cell_km: 1.0", "side: 20", "the key 'side'", "given twice"),
    ("side: 30", "observed: ../../x.csv\nside: 30", "observed", "outside the city's folder"),
    ("side: 30", "observed: /etc/passwd\nside: 30", "observed", "outside the city's folder"),
])
def test_a_fault_names_file_line_and_key(own, old, new, key, expected):
    line = change(own, old, new)
    found = faults(own)
    assert len(found) == 1, found
    assert found[0].startswith(f"{own / 'city.yaml'}:")
    assert f": {key}" in found[0] and expected in found[0], found
    if key not in ("gdp_2017", "universities"):
        assert found[0].startswith(f"{own / 'city.yaml'}:{line}:"), (line, found)


def test_a_table_is_not_followed_out_of_the_folder_by_a_link(own, tmp_path):
    (tmp_path / "secret.csv").write_text("year,gdp_bn_yuan\n2017,1\n", encoding="utf-8")
    (own / "seen.csv").symlink_to(tmp_path / "secret.csv")
    change(own, "side: 30", "observed: seen.csv\nside: 30")
    assert "outside the city's folder" in faults(own)[0]


def test_all_faults_at_once_in_the_order_of_the_file(own):
    change(own, "side: 30", "side: many")
    change(own, "home_market: 0.05", "home_market: 2")
    change(own, "students: 30000", "students: some")
    (own / "years.csv").write_text("year,gdp_bn_yuan\n2017,much\nsoon,1\n", encoding="utf-8")
    change(own, "gdp_2017: 400000", "observed: years.csv")
    found = faults(own)
    assert [f.split(": ")[1] for f in found] == ["side", "home_market", "start.students", "gdp_bn_yuan", "year"]
    assert found[3].startswith(f"{own / 'years.csv'}:2:6: gdp_bn_yuan: expected")


def test_broken_yaml_and_no_mapping(own):
    (own / "city.yaml").write_text("name: [a\nside: 3\n", encoding="utf-8")
    assert "city.yaml:" in faults(own)[0]
    (own / "city.yaml").write_text("- a\n", encoding="utf-8")
    assert "expected a mapping of name, title" in faults(own)[0]


@pytest.mark.parametrize("file, old, new, expected", [
    ("sites.csv", "武侯区", "无此区", "no district"),
    ("sites.csv", "2011-10", "2011-1", "write 2011-01"),
    ("sites.csv", "name,kind", "name,sort", "no column kind"),
    ("sites.csv", ",park,", ",pub,", "unknown kind 'pub'"),
    ("outside_cities.csv", "106.55", "east", "lon: expected a number in degree, found 'east'"),
    ("observed.csv", "1217.023", "", "the key 'gdp_bn_yuan' is missing"),
    ("pandemic.csv", "demand,2020", "demand,2020.5", "year: expected a whole number"),
    ("observed.csv", "2016,", '"2016,', "not CSV"),
    ("growth.csv", "market_film,2018", "market_opera,2018", "unknown path 'market_opera'"),
])
def test_a_fault_in_a_table_names_its_row(tmp_path, file, old, new, expected):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER / "chengdu", folder)
    text = (folder / file).read_text(encoding="utf-8")
    line = text[:text.index(old)].count("\n") + 1
    (folder / file).chmod(0o644)
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = faults(folder)[0]
    assert expected in found and (f"{file}:{line}" in found or expected == "not CSV"), found


def test_a_missing_table_is_named(tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER / "chengdu", folder)
    (folder / "outside_cities.csv").unlink()
    assert "city.yaml:11:10: outside: there is no such file 'outside_cities.csv'" in faults(folder)[0]


def test_no_code_says_the_name_of_a_city():
    """A city's name may stand as a default of a scenario, never in the code of cities, months or agents."""
    package = FOLDER.parent
    for part in ("city", "month", "agents"):
        for file in (package / part).glob("*.py"):
            assert "chengdu" not in file.read_text(encoding="utf-8").lower(), file.name
