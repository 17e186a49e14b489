"""Runs of the real model: the same bytes for any number of processes, and what the commands say of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_runs_store import content

import cluster_sim as cs
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import ordinal, plan

ROOT = Path(__file__).resolve().parents[1]
PROMISED = ("gdp_share", "gdp_share_published", "creative_value_added", "city_gdp", "studios", "employment",
            "students", "released", "hits", "entries", "exits", "mean_wage", "mean_rent",
            "collaboration_distance", "localisation", "top1_share", "export_share", "public_outlay",
            "tax_receipts")


@pytest.fixture(scope="module")
def baseline():
    return cs.load_scenario("baseline")


def test_same_bytes_on_one_two_and_four_processes(baseline, tmp_path):
    planned = plan(baseline, [1, 2, 3, 4], 1 / 200, ordinal("2018-01"))
    for workers in (0, 1, 2, 4):
        execute(planned, tmp_path / str(workers), workers)
    first = content(tmp_path / "0")
    assert len(first) == 6
    for workers in (1, 2, 4):
        assert content(tmp_path / str(workers)) == first
    assert cs.reproduce(tmp_path / "4", workers=2).same


def test_a_run_in_memory_equals_the_run_in_the_store(baseline, tmp_path):
    view = cs.ensemble(baseline, seeds=[3], scale="1/200", until="2017-12", out=tmp_path / "a", workers=0)
    result = cs.run("scenarios/baseline.yaml" if Path("scenarios").is_dir() else "baseline", scale="1/200", seed=3,
                    until="2017-12")
    assert result.run_id == view.run_ids[0]
    for column in PROMISED:
        assert np.array_equal(result.indicators[column].to_numpy(), view.indicators.loc[3][column].to_numpy(),
                              equal_nan=True), column
    given, back = result.city_map(), view.city_map()
    assert set(given) == set(back)
    assert all(np.array_equal(given[name], back[name]) for name in given)


def test_run_json_keeps_its_promises(tmp_path):
    words = [sys.executable, "run_sim.py", "run", "scenarios/baseline.yaml", "--scale", "1/200", "--seeds", "2",
             "--until", "2018-12", "--out", str(tmp_path / "a"), "--json", "--no-figures"]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert len(set(answer["run_ids"])) == 2 and answer["months"] == 24
    assert set(answer["gdp_share"]) == {"2017", "2018"}
    for year in answer["gdp_share"].values():
        assert 0 < year["p10"] <= year["mean"] <= year["p90"] < 1


def test_faults_in_a_scenario_end_with_two_and_leave_no_file(tmp_path):
    (tmp_path / "my.yaml").write_text("name: My\nextends: baseline\nstart: 2017-13\n"
                                      "policies:\n  production_subsidie:\n    - {from: 2019-01, rate: 0.1}\n")
    words = [sys.executable, "run_sim.py", "run", str(tmp_path / "my.yaml"), "--out", str(tmp_path / "out")]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 2 and not result.stdout
    assert "my.yaml:3" in result.stderr and "production_subsidy" in result.stderr
    assert not (tmp_path / "out").exists()
