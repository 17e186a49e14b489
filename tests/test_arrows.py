"""No circle and no arrow upward, counting also what import-linter cannot see: imports in functions and for types, names
in strings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from arrows import House, circles

ROOT = Path(__file__).resolve().parents[1]
DECLARED = {("cluster_sim.plots", "cluster_sim.report.registry")}
"""The one door upward: results ask for figures by name, and only when somebody wants one."""


def layers() -> dict[str, int]:
    """Return the floor of each unit of the package, the top one 0, as pyproject.toml draws them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return {unit: floor for floor, layer in enumerate(contract["layers"]) for unit in re.findall(r"\w+", layer)}


@pytest.fixture(scope="module")
def house():
    """The package as it stands, without the declared and the open arrows."""
    found = House(ROOT / "cluster_sim")
    assert found.arrows >= DECLARED
    found.arrows -= DECLARED
    return found


def unit(module: str) -> str:
    """Return a file or folder directly in the package."""
    return (module.split(".") + [""])[1]


def test_no_circle_of_files(house):
    assert circles(house.arrows) == []


def test_no_circle_of_folders(house):
    """A file directly in the package stands for itself, every other for its folder."""
    assert circles(house.between(lambda module: module if house.folder(module) == "cluster_sim"
                                 else house.folder(module))) == []


def test_every_unit_has_a_floor(house):
    faces = {"", "__main__"}
    assert {unit(module) for module in house.modules} - faces == set(layers()) - {"app"}


def test_no_arrow_points_upward(house):
    floor = layers()
    upward = [(a, b) for a, b in sorted(house.arrows)
              if unit(a) in floor and unit(b) in floor and floor[unit(a)] > floor[unit(b)]]
    assert upward == []


def test_only_the_top_floor_enters_by_the_front_door(house):
    """Inside the package nobody goes through `cluster_sim/__init__.py`, which hands on names of every floor."""
    assert {a for a, b in house.arrows if b == "cluster_sim" and unit(a) not in ("cli", "__main__")} == set()


@pytest.mark.parametrize("source", [
    "from house import low", "import house.low.door", "def f():\n    from .low import door",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.low.door import Door",
    "table = {'door': 'house.low.door'}", "FACTORY = 'house.low.door:Door'",
    "from importlib import import_module\nimport_module(f'house.low.{name}')"])
def test_every_way_to_reach_a_module_is_seen(tmp_path, source):
    package = tmp_path / "house"
    (package / "low").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "low" / "__init__.py").touch()
    (package / "low" / "door.py").write_text("from house import high\n")
    (package / "high.py").write_text(source + "\n")
    found = House(package)
    assert any(a == "house.high" and b.startswith("house.low") for a, b in found.arrows)
    assert ("house.low.door", "house.high") in found.arrows
    assert circles(found.between(found.folder)) == [["house", "house.low"]]
