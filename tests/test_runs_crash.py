"""Killed workers, raised errors, two processes on one store, Ctrl-C, a parent that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from runs_fake import FACTORY, scenario
from test_runs_store import content, do

import cluster_sim as cs
from cluster_sim.runs.execution import execute
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.plan import plan

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

CHILD = """
import sys
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import plan
from cluster_sim.runs.errors import Interrupted
from runs_fake import FACTORY, scenario
import cluster_sim.runs.plan
folder, seeds, workers, sleep = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
cluster_sim.runs.plan.code_version = lambda: sys.argv[5]  # the sources may be edited while a test runs
try:
    steer = {name: int(seed) for name, seed in (word.split("=") for word in sys.argv[6:])}
    execute(plan(scenario(sleep=sleep, **steer), list(range(1, seeds + 1)), 0.05), folder, workers, factory=FACTORY)
except Interrupted as stop:
    print(stop.done, stop.planned)
    sys.exit(130)
"""


def child(folder, seeds, workers=2, sleep=0.005, log=None, **steer):
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = os.environ | {"PYTHONPATH": path} | ({"FAKE_LOG": str(log)} if log else {})
    words = [sys.executable, "-c", CHILD, str(folder), str(seeds), str(workers), str(sleep), code_version()]
    words += [f"{name}={seed}" for name, seed in steer.items()]
    return subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)


def wait_for(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def started(log):
    return len(log.read_text().splitlines()) if log.exists() else 0


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_worker_costs_only_its_own_run(tmp_path):
    report = do(tmp_path / "a", range(1, 9), 2, kill_seed=3)
    assert [record["seed"] for record in report.failed] == [3]
    assert len(report.done) == 7
    record = json.loads((tmp_path / "a" / "failures.jsonl").read_text())
    assert record["kind"] == "killed" and "signal 9" in record["traceback"]
    assert cs.open(tmp_path / "a").runs["seed"].tolist() == [1, 2, 4, 5, 6, 7, 8]


def test_a_worker_killed_once_leaves_no_trace(tmp_path):
    first = do(tmp_path / "a", [1, 2, 4], 2, rationale=str(tmp_path), kill_once_seed=4)
    assert not first.failed and len(first.done) == 3
    do(tmp_path / "b", [1, 2, 4], 0, rationale=str(tmp_path), kill_once_seed=4)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_a_run_that_raises_is_recorded_and_tried_again_later(tmp_path):
    report = do(tmp_path / "a", [1, 2, 3], 2, raise_seed=2)
    assert report.failed[0]["kind"] == "raised" and "do not balance" in report.failed[0]["traceback"]
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["status"] == "failed runs"
    again = do(tmp_path / "a", [1, 2, 3], 0, raise_seed=2)
    assert len(again.already) == 2 and len(again.failed) == 1


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("steer", ["raise_seed", "kill_seed"])
def test_a_run_that_goes_wrong_is_tried_twice_and_no_more(tmp_path, monkeypatch, workers, steer):
    """The log is the model's own: how often a run was begun, whatever the record says of it."""
    if workers == 0 and steer == "kill_seed":
        pytest.skip("there is no process but this one")
    log = tmp_path / "log"
    process = child(tmp_path / "a", 3, workers, 0.0, log, **{steer: 2})
    output = process.communicate(timeout=60)
    assert process.returncode == 0, output
    begun = [int(line.split()[0]) for line in log.read_text().splitlines()]
    assert sorted(begun) == [1, 2, 2, 3]
    assert json.loads((tmp_path / "a" / "failures.jsonl").read_text())["tries"] == 2


def test_a_model_that_cannot_be_loaded_says_so(tmp_path):
    with pytest.raises(RuntimeError, match="cannot be loaded"):
        execute(plan(scenario(), [1], 0.05), tmp_path / "a", 1, factory="tests.nothing_here:Model")


def test_two_processes_share_one_store(tmp_path):
    log = tmp_path / "log"
    both = [child(tmp_path / "a", 12, 1, 0.005, log) for _ in range(2)]
    for process in both:
        output = process.communicate(timeout=60)
        assert process.returncode == 0, output
    seeds = [int(line.split()[0]) for line in log.read_text().splitlines()]
    assert sorted(seeds) == list(range(1, 13)), "a run was done twice"
    do(tmp_path / "b", range(1, 13), 0, sleep=0.005)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_ctrl_c_stops_at_once_and_keeps_what_is_done(tmp_path):
    log = tmp_path / "log"
    process = child(tmp_path / "a", 40, 2, 0.02, log)
    wait_for(lambda: started(log) >= 5)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    status = process.wait(timeout=20)
    assert time.monotonic() - began < 2.0
    output, errors = process.communicate(timeout=20)
    assert status == 130, errors
    assert "Traceback" not in errors
    done, planned = map(int, output.split())
    assert planned == 40 and 0 < done == len(cs.open(tmp_path / "a").run_ids)
    assert not (tmp_path / "a" / "staging").exists()


def test_a_killed_parent_takes_its_workers_along_and_its_runs_stay(tmp_path):
    log = tmp_path / "log"
    process = child(tmp_path / "a", 12, 2, 0.004, log)
    wait_for(lambda: started(log) >= 5)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    workers = {int(line.split()[1]) for line in log.read_text().splitlines()}
    wait_for(lambda: not any(alive(pid) for pid in workers), 3.0)
    kept = len(cs.open(tmp_path / "a").run_ids)
    assert kept >= 3
    report = do(tmp_path / "a", range(1, 13), 0, sleep=0.004)
    assert len(report.already) == kept and len(report.done) == 12 - kept
    do(tmp_path / "b", range(1, 13), 0, sleep=0.004)
    one, two = cs.open(tmp_path / "a").series, cs.open(tmp_path / "b").series
    assert one.equals(two)


def test_workers_load_no_plots_and_no_database(tmp_path):
    report = execute(plan(scenario(), [1], 0.05), tmp_path / "a", 1, factory="runs_fake:Nosy")
    assert not report.failed, report.failed[0]["traceback"]
