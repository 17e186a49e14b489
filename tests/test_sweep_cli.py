"""The command `sweep`: what it prints, writes, and with which status it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import fake_command
import pytest
from runs_fake import FACTORY
from test_runs_crash import ROOT, started, wait_for

from cluster_sim.cli.main import main
from cluster_sim.runs import estimate
from cluster_sim.runs import execution as module

FILE = """\
name: Small
base: baseline
design: grid
factors:
  collaboration.tau_max: [0.2, 0.8]
  events.Ne Zha.month: [2019-07, 2020-07]
seeds: 3
scale: 1/100
until: 2018-12
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A folder with a sweep file, and a model of a few lines behind the command."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(FILE)

    def use(factory=FACTORY):
        monkeypatch.setattr(module, "execute", real)
        fake_command.use(factory, monkeypatch)
        monkeypatch.setattr(estimate, "execute", lambda plan, folder, workers, progress, name: real(
            plan, folder, workers, progress, factory))

    real = module.execute
    use()
    return use


def test_a_sweep_shows_what_it_did_and_goes_on(fake, capsys):
    assert main(["sweep", "small.yaml", "--workers", "0"]) == 0
    out = capsys.readouterr().out
    assert "Small: 12 of 12 runs done (12 now); 4 points of a grid, 3 seeds each, scale 1/100, to 2018-12" in out
    rows = dict(re.findall(r"^    (\S+) +([\d.]+) .* 6$", out, re.M))
    assert set(rows) == {"0.2", "0.8", "2019-07", "2020-07"}
    assert float(rows["0.8"]) - float(rows["0.2"]) == pytest.approx(0.6, abs=0.002)
    assert "collaboration.tau_max (against 0.2)" in out and re.search(r"^    0.8 .* \+0.600 +0.000 ", out, re.M), out
    assert Path("results/small/figures/points.png").is_file()
    assert main(["sweep", "small.yaml", "--workers", "0", "--json"]) == 0
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert (answer["runs"], answer["done"], answer["new_runs"], answer["out"]) == (12, 12, 0, "results/small")
    assert answer["factors"] == {
        "collaboration_tau_max": "collaboration.tau_max", "ne_zha_month": "events.Ne Zha.month"}
    events = [json.loads(line) for line in said.err.splitlines()]
    assert [event["event"] for event in events] == ["begin", "end"] and events[0]["there"] == 12
    assert main(["status"]) == 0
    line = "results/small: 12 of 12 runs; grid sweep of Baseline, scale 1/100, to 2018-12; done"
    assert line in capsys.readouterr().out


def test_other_runs_are_set_aside_but_not_in_a_named_folder(fake, capsys):
    assert main(["sweep", "small.yaml", "--workers", "0", "--quiet"]) == 0
    assert main(["sweep", "small.yaml", "--workers", "0", "--quiet", "--scale", "1/50"]) == 0
    assert "the scale" in capsys.readouterr().err and Path("results/small.old-1").is_dir()
    assert main(["sweep", "small.yaml", "--workers", "0", "--out", "results/small"]) == 2
    assert "holds other runs: the scale differs" in capsys.readouterr().err
    assert main(["sweep", "small.yaml", "--shard", "1/2", "--workers", "0"]) == 2
    assert "shards may be at work" in capsys.readouterr().err


def test_dry_run_measures_and_keeps_nothing(fake, capsys):
    assert main(["sweep", "small.yaml", "--dry-run", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "Small: 12 runs (4 points, 3 seeds each) at scale 1/100, 24 months" in out
    assert re.search(r"^time   about \d+ s with 1 workers", out, re.M)
    assert re.search(r"^disk   about \d.* MB", out, re.M)
    assert "Measured on 3 runs" in out and not Path("results").exists()
    assert main(["sweep", "small.yaml", "--dry-run", "--workers", "1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["runs"], answer["points"], answer["months"], answer["tables"]) == (12, 4, 24, ["series"])
    assert 0 < answer["megabytes"] < 1 and answer["seconds"] >= 0


def test_faults_end_with_status_2_and_nothing_written(fake, capsys):
    Path("bad.yaml").write_text(FILE.replace("tau_max", "tau_mx").replace("seeds: 3", "seeds: x"))
    assert main(["sweep", "bad.yaml"]) == 2
    err = capsys.readouterr().err
    assert "bad.yaml:5:3: factors: unknown path 'collaboration.tau_mx'" in err and "bad.yaml:7:8: seeds" in err
    assert "2 faults. Nothing was run." in err
    for words in (["nothing.yaml"], ["small.yaml", "--shard", "3/2"], ["small.yaml", "--scale", "7"],
                  ["small.yaml", "--until", "2016-01"], ["small.yaml", "--workers", "-1"]):
        assert main(["sweep", *words]) == 2
        assert capsys.readouterr().err.strip()
    assert not Path("results").exists()


def test_failed_runs_end_with_status_3_and_a_summary(fake, capsys):
    fake("runs_fake:Fails")
    assert main(["sweep", "small.yaml", "--workers", "0"]) == 3
    said = capsys.readouterr()
    assert "8 of 12 runs done (8 now, 4 failed)" in said.out
    assert "4 of 12 runs failed" in said.err and "8 are done" in said.err and "collaboration_tau_max 0.2" in said.err
    assert "cannot be" in said.err and "failures.jsonl" in said.err
    fake()
    assert main(["sweep", "small.yaml", "--workers", "0"]) == 0
    assert "12 of 12 runs done (4 now)" in capsys.readouterr().out
    assert main(["status", "results/small", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["stores"][0]
    assert (row["done"], row["planned"], row["failed"], row["status"]) == (12, 12, 0, "done")


def test_status_names_shards_and_damage(fake, capsys):
    assert main(["sweep", "small.yaml", "--shard", "1/2", "--workers", "0", "--quiet"]) == 0
    assert main(["status"]) == 0
    text = capsys.readouterr().out
    assert "results/small: 6 of 12 runs" in text and "unfinished" in text
    assert "shards: 1/2 6 runs done, 0 failed" in text
    path = next(Path("results/small/runs").glob("part-*"))
    path.write_bytes(path.read_bytes()[:100])
    assert main(["status"]) == 0
    assert f"{path} is damaged" in capsys.readouterr().out
    assert main(["sweep", "small.yaml", "--workers", "0"]) == 0
    assert "is cut short; the part is set aside in damaged/" in capsys.readouterr().err
    assert main(["status"]) == 0
    assert "12 of 12 runs" in (text := capsys.readouterr().out) and "1 damaged part set aside" in text


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_prints_the_command_that_goes_on(fake, tmp_path, capsys):
    code = fake_command.WITH_MODEL.format(factory="runs_fake:Slow")
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = os.environ | {"PYTHONPATH": path, "FAKE_LOG": str(tmp_path / "log")}
    process = subprocess.Popen([sys.executable, "-c", code, "sweep", "small.yaml", "--workers", "2"], env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_for(lambda: started(tmp_path / "log") >= 1)
    assert main(["status"]) == 0
    assert "at work" in capsys.readouterr().out
    wait_for(lambda: started(tmp_path / "log") >= 4)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=20) == 130 and time.monotonic() - began < 2.0
    errors = process.communicate(timeout=20)[1]
    found = re.search(r"Stopped. (\d+) of 12 runs are done and kept.\nTo go on: .* sweep small.yaml --worke", errors)
    assert found and int(found[1]) >= 2, errors
    assert main(["sweep", "small.yaml", "--workers", "0", "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["new_runs"] == 12 - int(found[1])
