"""One small run whose indicators are known: a change of a rule shows here first (see golden/README.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from engine import build
from instruments import GENEROUS, generous
from test_ledger import EVENTS

from cluster_sim.parameters import defaults

FILE = Path(__file__).parent / "golden" / "town.yaml"
INDICATORS = ("gdp_share", "creative_value_added", "city_gdp", "studios", "employment", "students", "mean_wage",
              "mean_rent", "localisation", "collaboration_distance", "export_share", "public_outlay", "tax_receipts",
              "project_receipts", "work_in_progress", "knowhow", "reputation", "buzz", "ai_adoption",
              "venture_capital", "use_of_capacity", "market_share_nation", "unemployment")


def golden_run(parameters: dict[str, float]):
    """Return the finished run: the town, seed 11, four years, every instrument, a hit and a pandemic year."""
    law = {name: [generous(name, 1.0, budget=400.0)] for name in GENEROUS}
    return build(48, seed=11, policies=law, events=EVENTS, par=parameters).run()


def rows_of(model) -> dict[str, dict[str, float]]:
    """Return the indicators by month, one row a half-year, rounded to five digits."""
    series = model.series()
    return {str(series["month"][t]): {name: float(f"{series[name][t]:.5g}") for name in INDICATORS
                                      if np.isfinite(series[name][t])} for t in range(5, len(series["month"]), 6)}


def test_the_golden_run_has_not_moved():
    known = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    now = rows_of(golden_run({name: value for name, value in known["parameters"].items() if name in defaults()}))
    assert list(now) == list(known["rows"])
    for month, expected in known["rows"].items():
        assert now[month] == pytest.approx(expected, rel=1e-3, abs=1e-6), f"{month}; see tests/golden/README.md"
