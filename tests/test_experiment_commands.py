"""The commands sensitivity, search and discover: answers, files, folders and bad input."""

from __future__ import annotations

import json
import signal

import fake_command
import pandas as pd
import pytest
from analysis_fake import X, Y, Z, base
from fake_command import call

SENSITIVITY = f"""
design: morris
trajectories: 4
factors:
  {X}: {{low: 0, high: 1}}
  {Y}: {{low: 0, high: 1}}
  {Z}: {{low: 0, high: 1}}
base_points: 8
scale: 1
"""
SEARCH = f"""
instruments:
  {X}: {{low: 0, high: 1}}
  {Y}: {{low: 0, high: 1}}
budget: 6
aims: {{gdp_share_published: higher, public_outlay: lower}}
generations: 2
population: 8
check_seeds: 2
scale: 1
"""
DISCOVER = f"""
samples: 60
factors:
  {X}: {{low: 0, high: 1}}
  {Y}: {{low: 0, high: 1}}
aim: {{column: gdp_share_published, at_least: 0.3}}
scale: 1
"""
FILES = {"sensitivity": SENSITIVITY, "search": SEARCH, "discover": DISCOVER}


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Let the commands use the fake city, whose base takes the place of any scenario that is read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cluster_sim.scenario.sweep_files.load", lambda *_: base())
    fake_command.use("analysis_fake:Trade", monkeypatch, workers=0)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_sensitivity_answers_and_writes(fake, capsys):
    status, out, _ = call(capsys, "sensitivity", "sensitivity.yaml", "--out", "r", "--json")
    answer = json.loads(out)
    assert status == 0 and out.count("\n") == 1 and answer["methods"][:2] == ["morris", "sobol"]
    rows = {(row["method"], row["factor"]): row for row in answer["indices"]}
    assert rows["morris", X]["value"] == pytest.approx(1) and rows["morris", Y]["value"] == pytest.approx(0)
    assert rows["morris", "dummy"]["told"] is None and answer["verdicts"] and answer["stability"]
    frame = pd.read_csv(fake / "r" / "indices.csv")
    assert len(frame) == len(answer["indices"]) and (fake / "r" / "tables" / "sensitivity.tex").is_file()
    assert (fake / answer["figures"][0]).is_file() and (fake / "r" / "figures" / "sensitivity.pdf").is_file()
    again = json.loads(call(capsys, "sensitivity", "sensitivity.yaml", "--out", "r", "--json")[1])
    assert again["new_runs"] == 0 < answer["new_runs"] and again["indices"] == answer["indices"]
    status, out, err = call(capsys, "sensitivity", "sensitivity.yaml", "--no-figures", "--base-points", "0")
    assert status == 0 and "Morris screening: mean absolute effect" in out and "20 runs" in err
    assert (fake / "results" / "sensitivity-sensitivity" / "runs").is_dir()


def test_search_answers_and_writes(fake, capsys):
    status, out, _ = call(capsys, "search", "search.yaml", "--out", "r", "--json")
    answer = json.loads(out)
    assert status == 0 and out.count("\n") == 1 and answer["mixes"] == 16 and answer["front"]
    for row in answer["front"]:
        assert row["cost"] <= 6 and row["gdp_share_published_gain_fresh"] == pytest.approx(
            row["collaboration_tau_max"] - 0.5)
    assert {row["aim"] for row in answer["optimism"]} == {"gdp_share_published", "public_outlay"}
    assert (fake / "r" / "front.csv").is_file() and (fake / "r" / "tables" / "front.tex").is_file()
    assert (fake / answer["figures"][0]).is_file() and json.loads((fake / "r" / "search.json").read_text())["front"]
    again = json.loads(call(capsys, "search", "search.yaml", "--out", "r", "--json")[1])
    assert again["new_runs"] == 0 and again["front"] == answer["front"]
    status, out, err = call(capsys, "search", "search.yaml", "--out", "r", "--generations", "3", "--no-figures")
    assert status == 0 and "promised" in out and "generation 3 of 3" in err


def test_discover_answers_and_writes(fake, capsys):
    status, out, _ = call(capsys, "discover", "discover.yaml", "--out", "r", "--json")
    answer = json.loads(out)
    assert status == 0 and out.count("\n") == 1 and answer["policies"] == ["Fake"]
    (row,) = answer["boxes"]
    assert row["factor"] == X and row["high"] == pytest.approx(0.3, abs=0.06) and row["low"] is None
    assert answer["regret"][0]["fails"] == pytest.approx(0.3, abs=0.02)
    assert (fake / "r" / "boxes.csv").is_file() and (fake / answer["figures"][0]).is_file()
    status, out, _ = call(capsys, "discover", "discover.yaml", "--out", "r", "--no-figures")
    assert status == 0 and "fails where" in out and "Regret, percentage points" in out


@pytest.mark.parametrize("command", FILES)
def test_a_dry_run_counts_and_writes_nothing(fake, capsys, command):
    before = sorted(fake.rglob("*"))
    status, out, err = call(capsys, command, f"{command}.yaml", "--dry-run")
    assert status == 0 and "runs" in out and not err
    counts = json.loads(call(capsys, command, f"{command}.yaml", "--dry-run", "--json")[1])
    expected = {"sensitivity": 20, "search": 17, "discover": 60}
    assert counts["runs"] == expected[command] and sorted(fake.rglob("*")) == before


@pytest.mark.parametrize("command", FILES)
def test_quiet_says_nothing_and_other_runs_are_not_mixed(fake, capsys, command):
    words = (command, f"{command}.yaml", "--quiet", "--no-figures")
    assert call(capsys, *words) == (0, "", "")
    assert "old-1" in call(capsys, *words, "--scale", "1/2")[2]
    assert call(capsys, *words, "--out", "r")[0] == 0
    status, _, err = call(capsys, *words, "--out", "r", "--scale", "1/2")
    assert status == 2 and "the scale" in err
    assert call(capsys, *words, "--out", "r", "--scale", "1/2", "--fresh")[0] == 0


@pytest.mark.parametrize("command", FILES)
@pytest.mark.parametrize("words", [("nothing.yaml",), ("{}.yaml", "--workers", "-1"), ("{}.yaml", "--seeds", "0"),
                                   ("{}.yaml", "--scale", "3"), ("{}.yaml", "--until", "2016-01"), ()])
def test_bad_input_ends_with_two_and_writes_nothing(fake, capsys, command, words):
    before = sorted(fake.rglob("*"))
    status, out, err = call(capsys, command, *(word.format(command) for word in words))
    assert status == 2 and err and not out and "Traceback" not in err and sorted(fake.rglob("*")) == before


def test_a_fault_in_a_file_has_its_place(fake, capsys):
    for command, text in FILES.items():
        (fake / f"{command}.yaml").write_text(text.replace("low: 0", "low: -7", 1) + "colour: red\n")
        status, out, err = call(capsys, command, f"{command}.yaml")
        assert status == 2 and f"{command}.yaml:" in err and "colour" in err and "2 faults" in err and not out


@pytest.mark.parametrize("command", FILES)
def test_where_nothing_could_be_run(fake, capsys, command, monkeypatch):
    monkeypatch.setattr("cluster_sim.scenario.sweep_files.load", lambda *_: base(break_above=-1.0))
    status, out, err = call(capsys, command, f"{command}.yaml", "--out", "r")
    assert status == 3 and "too much of x" in err and not out
