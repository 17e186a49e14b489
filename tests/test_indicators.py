"""What is said of indicators stands in one place, and following its first lines adds one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cluster_sim import indicators
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.single_run import narrow

ROOT = Path(__file__).resolve().parents[1]
LOOK = """
from cluster_sim import ClusterModel, load_scenario
from cluster_sim.analysis.measures import measure
from cluster_sim.runs.single_run import narrow
from cluster_sim.scenario.explain import topics_of

model = ClusterModel(load_scenario("baseline"), seed=1, scale=1 / 400)
model.step()
column = narrow(model.series())["studios_founded_twice"]
print(list(column) == [2 * model.state["entries"]], column.dtype, measure("studios_founded_twice").unit,
      "Twice the studios" in topics_of("studios_founded_twice")[0]["text"])
"""


@pytest.fixture()
def copy(tmp_path):
    """A copy of the package, with the scenarios beside it."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return Path(shutil.copytree(ROOT / "cluster_sim", tmp_path / "cluster_sim", ignore=ignore))


def replaced(path: Path, before: str, after: str) -> None:
    """Replace the one place where a text stands in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.slow
def test_an_indicator_is_one_entry_and_one_line(copy):
    with (copy / "indicators.yaml").open("a", encoding="utf-8") as file:
        file.write('studios_founded_twice: {unit: count, kind: flow, precision: single, text: "Twice the studios"}\n')
    line = '            "consumption":'
    replaced(copy / "month" / "observe.py", line,
             '            "studios_founded_twice": 2 * s["entries"],\n' + line)
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, cwd=copy.parent,
                          env=os.environ | {"PYTHONPATH": str(copy.parent)})
    assert done.stdout.split() == ["True", "float32", "number", "a", "year", "True"], done.stderr


def test_only_names_and_precision_enter_the_code_version(copy):
    def version() -> str:
        code_version.cache_clear()
        indicators.columns.cache_clear()
        return code_version(copy)

    before = version()
    replaced(copy / "indicators.yaml", "People hired in the month", "Hires of the month")
    assert version() == before
    replaced(copy / "indicators.yaml", "hires: {unit", "hires: {precision: single, unit")
    assert version() != before


def test_entries_hold_together():
    for name, each in indicators.columns().items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name) and each.text and each.title, name
        assert each.kind in (*indicators.YEAR_VALUES, "key") and each.precision in ("single", "double"), name
        assert each.scale in ("same", "proportional") and isinstance(each.factor, int | float), name
    assert indicators.KEYS == ("run_id", "scenario", "seed", "month")


def test_rates_are_kept_in_single_precision_and_money_is_not():
    kept = narrow({name: np.ones(2) for name in ("gdp_share", "creative_value_added", "mean_wage", "of_a_user")})
    assert [str(values.dtype) for values in kept.values()] == ["float32", "float64", "float32", "float64"]


def test_units_for_people():
    share, value = indicators.INDICATORS["gdp_share"], indicators.INDICATORS["creative_value_added"]
    assert (share.shown, share.change_unit, share.for_people(0.05)) == ("%", "percentage points", 100)
    assert value.shown == "bn yuan a year" and value.for_people(0.05) == pytest.approx(1e-3 / 0.05)
    assert indicators.indicator("enrolled").year_value == "sum", "admissions of a year add up"
