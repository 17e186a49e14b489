"""A small world for the tests of scenario files: one city, two instruments, a few parameters."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cluster_sim import parameters
from cluster_sim.parameters import read_specification
from cluster_sim.scenario import registry
from cluster_sim.scenario.registry import KeyInfo

ZONES = ("hi_tech_south", "hi_tech_west", "bailuwan")
BASE = """\
name: Base
rationale: where the others start
city: town
start: 2017-01
end: 2030-12
policies:
  subsidy:
    - {from: 2019-01, rate: 0.10, cap: 15 million yuan}
    - {from: 2025-01, rate: 0.15}
  zones:
    - {from: 2025-03, places: 76, zones: [bailuwan, hi_tech_south]}
events:
  - {month: 2019-07, hit: Ne Zha, gross: 5.0 billion yuan}
  - {pandemic: COVID-19, from: 2020-01, to: 2022-12}
parameters:
  collaboration.tau_max: 0.8
"""
SPECIFICATION = """
collaboration:
  tau_max: {value: 0.6, unit: "1", bounds: [0, 3], symbol: tau, status: assumed, source: x,
            text: Largest extra cost of working with a partner far away}
  range: {value: 5.0, unit: km, bounds: [0.1, 100], symbol: d0, status: literature, source: x,
          text: Distance at which it bites}
labour:
  leave: {value: 0.02, unit: 1/month, bounds: [0, 1], symbol: q, status: assumed, source: x,
          text: Share of people who quit}
  pay: {value: 5.0, unit: thousand yuan/month, bounds: [1, 50], symbol: w, status: measured,
        source: x, text: Wage of a newcomer}
  team: {value: 5, unit: count, bounds: [1, 100], symbol: n, status: assumed, source: x,
         text: People in a team}
  fairs: {value: true, unit: "1", bounds: [0, 1], symbol: f, status: assumed, source: x,
          text: Whether there are fairs}
segments:
  markup: {value: {film: 0.3, games: 0.5, audio_video: 0.5, design: 0.3, scifi: 0.3, other: 0.25},
           unit: "1", bounds: [0, 2], symbol: mu, status: assumed, source: x, text: Markup}
"""


class Subsidy:
    """Pays a share of cost."""

    name, title, text, payer = "subsidy", "Subsidy", "Pays a share of cost.", {"city": 1.0}
    keys = {
        "rate": KeyInfo("share", 0.0, 0, 1, "share of audited cost"),
        "cap": KeyInfo("million yuan", 15.0, 0, 1000, "most for one work"),
        "segments": KeyInfo("list of segments", ["film", "scifi"], text="who may apply"),
        "delay": KeyInfo("month", 3, 0, 24, "months until it is paid"),
        "bridged": KeyInfo("bool", False, text="whether a bank bridges it"),
    }


class Zones:
    """Places to test."""

    name, title, text, payer = "zones", "Zones", "Places to test works.", {"city": 1.0}
    keys = {
        "places": KeyInfo("count", 0, 0, 10_000, "places to test"),
        "zones": KeyInfo("list of zones", ["hi_tech_south", "elsewhere"], text="where"),
        "floor": KeyInfo("m2", 100, 0, 1e6, "floor area"),
        "tier": KeyInfo("rank", 1, 1, 4, "lowest tier"),
    }


def paths(first: int, months: int) -> dict[str, np.ndarray]:
    """Prices that rise by a tenth each year, 2017 being 1."""
    years = (first + np.arange(months)) // 12 - 2017
    return {"deflator": 1.1 ** np.maximum(years, 0).astype(float)}


@pytest.fixture
def world(tmp_path, monkeypatch):
    """The small world; gives a function that writes a scenario file and returns its path."""
    city = SimpleNamespace(
        name="town",
        title="A town",
        zones=ZONES,
        districts=("North",),
        park_names=("Park",),
        parameters={"labour.leave": 0.03},
        paths=paths,
    )
    specification = read_specification(SPECIFICATION)
    cities = {"town": city, "chengdu": city}
    monkeypatch.setattr(registry, "city", lambda name: cities.get(name, city))
    monkeypatch.setattr(registry, "city_names", lambda: sorted(cities))
    monkeypatch.setattr(registry, "instruments", lambda: {"subsidy": Subsidy, "zones": Zones})
    monkeypatch.setattr(registry, "scenario_files", lambda: {})
    monkeypatch.setattr(parameters, "specification", lambda: specification)
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "my.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    write(BASE, "base.yaml")
    return write
