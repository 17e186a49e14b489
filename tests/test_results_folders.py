"""Folders of studies, read by the commands for results: in this process, on a fake city."""

from __future__ import annotations

import json

import pytest
from fake_command import call
from test_experiment_commands import FILES, fake

FIGURES = {"sensitivity": "sensitivity", "search": "front", "discover": "discovery"}


@pytest.mark.parametrize("command", FILES)
def test_report_draws_what_the_command_draws(fake, capsys, command, monkeypatch):
    """From another folder, without a run, and without a word of the command's own."""
    assert call(capsys, command, f"{command}.yaml", "--out", "r", "--no-figures", "--quiet")[0] == 0
    (fake / "elsewhere").mkdir()
    monkeypatch.chdir(fake / "elsewhere")
    monkeypatch.setattr("cluster_sim.runs.execution.execute", None)
    status, out, err = call(capsys, "report", "../r", "--json")
    assert status == 0, err
    assert json.loads(out)["problems"] == [] and out.count("\n") == 1
    assert any(name.endswith(f"figures/{FIGURES[command]}.png") for name in json.loads(out)["files"])
    status, out, _ = call(capsys, "status", "../r")
    assert status == 0 and "; done;" in out and "no manifest" not in out
    status, out, _ = call(capsys, "export", "../r")
    assert status == 0 and "series.csv" in out


def test_what_is_missing_is_said(fake, capsys):
    assert call(capsys, "discover", "discover.yaml", "--out", "r", "--no-figures", "--quiet")[0] == 0
    for part in (fake / "r").glob("*/series/part-*"):
        part.unlink()
    status, _, err = call(capsys, "export", "r")
    assert status == 1 and "series/part-" in err and "is missing" in err
    status, out, _ = call(capsys, "status", "r")
    assert "; done;" not in out and "a part is missing" in out
    for part in (fake / "r").glob("*/runs/part-*"):
        part.unlink()
    status, _, err = call(capsys, "report", "r")
    assert status == 2 and "lacks 60 of the runs" in err
