"""Sweeps carried out: factors in the results, common luck, resumed, shared, divided, damaged, reproduced."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from runs_fake import FACTORY, scenario
from test_runs_crash import ROOT, alive, started, wait_for
from test_runs_store import content, fail_at

import cluster_sim as cs
from cluster_sim.runs.errors import InputError, StoreFull
from cluster_sim.runs.execution import execute, shard_of
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.plan import shard_numbers
from cluster_sim.runs.progress import Events
from cluster_sim.runs.reproduce import reproduce
from cluster_sim.runs.sweeps import load_sweep, plan_sweep
from cluster_sim.runs.worker import do_run

TAUS = (0.1, 0.2, 0.4)
CHILD = """
import sys
import cluster_sim.runs.plan, cluster_sim.runs.sweeps
code = lambda: sys.argv[4]  # the sources may be edited while a test runs
cluster_sim.runs.plan.code_version = cluster_sim.runs.sweeps.code_version = code
from test_sweep_runs import planned
from runs_fake import FACTORY
from cluster_sim.runs.execution import execute
execute(planned(int(sys.argv[2]), sleep=float(sys.argv[3])), sys.argv[1], int(sys.argv[5]), factory=FACTORY)
"""


def sweep_of(seeds=2, taus=TAUS, outputs=(), **steer):
    base = scenario(**{"collaboration.tau_max": 0.8, **steer})
    return load_sweep({"name": "Fake sweep", "base": base, "design": "grid", "seeds": seeds, "scale": "1/20",
                       "factors": {"collaboration.tau_max": list(taus), "outside.freeze": ["no", "yes"]},
                       "outputs": list(outputs)})


def planned(seeds=2, **steer):
    return plan_sweep(sweep_of(seeds, **steer))


def do(folder, seeds=2, workers=0, shard=None, **steer):
    return execute(planned(seeds, **steer), folder, workers, factory=FACTORY, shard=shard)


def series_of(folder):
    """The series, in an order that does not depend on parts."""
    return cs.open(folder).series.sort_values(["run_id", "month"], ignore_index=True)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr("cluster_sim.runs.plan.RUNS_PER_PART", 4)


def test_factors_are_columns_and_only_the_series_is_kept(tmp_path):
    view = cs.sweep(sweep_of(), out=tmp_path / "a", workers=0, factory=FACTORY)
    assert {path.parent.name for path in (tmp_path / "a").glob("*/part-*")} == {"series", "runs", "sums"}
    assert view.factors == ["collaboration_tau_max", "outside_freeze"] and view.is_sweep
    assert view.runs["point"].tolist() == np.repeat(range(6), 2).tolist()
    assert view.runs["collaboration_tau_max"].tolist() == np.repeat(TAUS, 4).tolist()
    assert view.runs["outside_freeze"].tolist() == ["no", "no", "yes", "yes"] * 3
    assert view.indicators.loc[(2, 1)]["outside_freeze"].eq("no").all()
    assert view.indicators.index.is_monotonic_increasing and len(view.indicators) == 12 * 24
    query = "select collaboration_tau_max as tau, avg(creative_value_added) as share from series group by 1 order by 1"
    mean = view.sql(query)
    assert mean["tau"].tolist() == list(TAUS) and mean["share"].is_monotonic_increasing
    assert view.sweep.digest() == sweep_of().digest()
    points = view.by_point("gdp_share", "2018-06")
    assert points["collaboration_tau_max"].tolist() == np.repeat(TAUS, 2).tolist() and points["runs"].eq(2).all()
    assert points["mean"].iloc[-1] - points["mean"].iloc[0] == pytest.approx(0.003, abs=1e-7)
    assert len(view.by_point()) == 6


def test_tables_that_are_asked_for_are_kept(tmp_path):
    view = cs.sweep(sweep_of(outputs=["projects", "ledger"]), out=tmp_path / "a", workers=0, factory=FACTORY)
    assert len(view.projects) == 12 * 2 and len(view.ledger) == 12
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["tables"] == ["series", "projects", "ledger"]


def test_all_points_have_the_same_luck(tmp_path):
    view = cs.sweep(sweep_of(seeds=3), out=tmp_path / "a", workers=0, factory=FACTORY)
    wide = view.series.pivot(index=["seed", "month"], columns="point", values="gdp_share").dropna()
    np.testing.assert_allclose(wide[2] - wide[0], 0.01 * (0.2 - 0.1), atol=1e-8)
    assert wide.groupby("seed").mean().nunique()[0] == 3


def test_the_manifest_names_base_and_design(tmp_path):
    do(tmp_path / "a")
    notes = json.loads((tmp_path / "a" / "manifest.json").read_text())
    sweep = sweep_of()
    assert notes["scenario_digest"] == sweep.base.digest() and notes["sweep_digest"] == sweep.digest()
    assert (notes["design"], notes["planned"], notes["status"], notes["seeds"]) == ("grid", 12, "done", [1, 2])
    with pytest.raises(InputError, match="the design"):
        do(tmp_path / "a", taus=(0.1, 0.3))
    with pytest.raises(InputError, match="the scenario"):
        do(tmp_path / "a", sleep=0.001)
    report = do(tmp_path / "a", seeds=3)
    assert len(report.already) == 12 and len(report.done) == 6
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["planned"] == 18


def test_other_points_of_the_same_design_are_refused(tmp_path, monkeypatch):
    """Another version of a sampler must not mix its points with those that are there."""
    base = scenario(**{"collaboration.tau_max": 0.8})
    sweep = load_sweep({"base": base, "design": "lhs", "samples": 3, "seeds": 1,
                        "factors": {"collaboration.tau_max": {"low": 0, "high": 1}}})
    execute(plan_sweep(sweep), tmp_path / "a", 0, factory=FACTORY)
    assert not execute(plan_sweep(sweep), tmp_path / "a", 0, factory=FACTORY).done
    monkeypatch.setattr("cluster_sim.scenario.designs.unit_sample", lambda sweep: np.full((3, 1), 0.5))
    with pytest.raises(InputError, match="another version of SciPy or SALib"):
        execute(plan_sweep(sweep), tmp_path / "a", 0, factory=FACTORY)


def test_any_number_of_workers_writes_the_same_bytes(tmp_path, small_parts):
    do(tmp_path / "a")
    do(tmp_path / "b", workers=2)
    assert len(content(tmp_path / "a")) == 3 and content(tmp_path / "a") == content(tmp_path / "b")


def child(folder, seeds, sleep, log, workers=2):
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = os.environ | {"PYTHONPATH": path, "FAKE_LOG": str(log)}
    words = [sys.executable, "-c", CHILD, str(folder), str(seeds), str(sleep), code_version(), str(workers)]
    return subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_killed_twice_and_resumed_is_as_if_undisturbed(tmp_path):
    log = tmp_path / "log"
    for wanted in (4, 9):
        process = child(tmp_path / "a", 4, 0.004, log)
        wait_for(lambda wanted=wanted: started(log) >= wanted)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        workers = {int(line.split()[1]) for line in log.read_text().splitlines()}
        wait_for(lambda workers=workers: not any(alive(pid) for pid in workers), 5.0)
    process = child(tmp_path / "a", 4, 0.004, log)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 0, errors
    times = Counter((line.split()[0], line.split()[2]) for line in log.read_text().splitlines())
    assert len(times) == 12 and sum(times.values()) - 24 <= 4, "a run was done twice that was not in flight"
    do(tmp_path / "b", 4, sleep=0.004)
    assert series_of(tmp_path / "a").equals(series_of(tmp_path / "b"))
    assert content(tmp_path / "a") == content(tmp_path / "b")
    text = (tmp_path / "a" / "log.txt").read_text()
    assert text.count("begin: 24 runs of 'Fake sweep'") == 3 and "24 to do" in text and "0 left after" in text


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_two_processes_share_a_sweep(tmp_path):
    log = tmp_path / "log"
    both = [child(tmp_path / "a", 3, 0.003, log, workers=1) for _ in range(2)]
    for process in both:
        errors = process.communicate(timeout=60)[1]
        assert process.returncode == 0, errors
    assert started(log) == 18, "a run was done twice"
    do(tmp_path / "b", 3, sleep=0.003)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_shards_together_are_the_whole(tmp_path, small_parts):
    for number in (1, 2, 3):
        report = do(tmp_path / "a", seeds=4, shard=(number, 3))
        assert len(report.done) == 8
        notes = json.loads((tmp_path / "a" / "manifest.json").read_text())
        assert notes["status"] == ("done" if number == 3 else "unfinished") and notes["planned"] == 24
        do(tmp_path / f"only-{number}", seeds=4, shard=(number, 3))
    assert notes["shards"]["2/3"] == "8 runs done, 0 failed"
    do(tmp_path / "b", seeds=4)
    assert series_of(tmp_path / "a").equals(series_of(tmp_path / "b"))
    assert sum(len(cs.open(tmp_path / f"only-{n}").run_ids) for n in (1, 2, 3)) == 24
    assert not do(tmp_path / "a", seeds=4).done


def test_shards_of_many_parts_keep_the_parts():
    chunks = [(i,) * 10 for i in range(40)]
    found = [shard_of(chunks, (number, 4)) for number in (1, 2, 3, 4)]
    assert sorted(chunk for shard in found for chunk in shard) == chunks
    few = [shard_of(chunks[:3], (number, 5)) for number in range(1, 6)]
    assert {sum(map(len, shard)) for shard in few} <= {5, 6, 7} and sum(len(c) for s in few for c in s) == 30
    for wrong in ("0/3", "4/3", "a", "1"):
        with pytest.raises(InputError):
            shard_numbers(wrong)
    assert shard_numbers("2/8") == (2, 8) and shard_numbers(None) is None


@pytest.mark.parametrize("kind", ["series", "runs"])
@pytest.mark.parametrize("harm", ["cut", "flip", "end", "gone"])
def test_a_damaged_part_is_named_set_aside_and_done_again(tmp_path, small_parts, kind, harm):
    do(tmp_path / "a")
    before = content(tmp_path / "a")
    path = sorted((tmp_path / "a" / kind).glob("part-*"))[1]
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        place = len(whole) // 2 if harm == "flip" else len(whole) - 6
        flipped = whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1:]
        path.write_bytes(whole[:len(whole) // 2] if harm == "cut" else flipped)
    notes = []

    class Notes(Events):
        def _tell(self, event, **values):
            notes.append((event, values.get("text", "")))

    report = execute(planned(), tmp_path / "a", 0, Notes(), FACTORY)
    assert len(report.done) == 4 and len(report.already) == 8
    assert content(tmp_path / "a") == before
    if not (kind == "runs" and harm == "gone"):
        said = [text for event, text in notes if event == "note"]
        assert len(said) == 1 and f"{kind}/{path.name}" in said[0] and "done again" in said[0]
        assert said[0] in (tmp_path / "a" / "log.txt").read_text()
        aside = {p.name for p in (tmp_path / "a" / "damaged").glob("*/*")}
        assert aside == ({"runs.parquet"} if (kind, harm) == ("series", "gone") else {"series.parquet", "runs.parquet"})
    assert series_of(tmp_path / "a").notna().any(axis=None)
    assert not do(tmp_path / "a").done


def test_a_part_without_its_sums_is_read_page_by_page(tmp_path, small_parts):
    do(tmp_path / "a")
    for path in (tmp_path / "a" / "sums").iterdir():
        path.unlink()
    assert not do(tmp_path / "a").done
    path = next((tmp_path / "a" / "series").iterdir())
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="is damaged"):
        cs.open(tmp_path / "a").series  # noqa: B018
    assert len(do(tmp_path / "a").done) == 4
    assert len(cs.open(tmp_path / "a").series) == 12 * 24


def test_failures_cost_themselves_alone(tmp_path):
    with pytest.warns(UserWarning, match="4 of 12 runs failed"):
        view = cs.sweep(plan_source := sweep_of(raise_seed=2, taus=(0.1, 0.2), seeds=3), out=tmp_path / "a", workers=0,
                        factory=FACTORY)
    assert len(view.runs) == 8 and plan_source.seeds == (1, 2, 3)
    records = [json.loads(line) for line in (tmp_path / "a" / "failures.jsonl").read_text().splitlines()]
    assert [record["seed"] for record in records] == [2] * 4
    assert records[0]["factors"] == {"collaboration_tau_max": 0.1, "outside_freeze": "no"}
    assert "do not balance" in records[0]["traceback"] and records[0]["tries"] == 2
    with pytest.raises(RuntimeError, match="do not balance"):
        cs.sweep(sweep_of(raise_seed=1, seeds=1), workers=0, factory=FACTORY)


def test_a_full_disk_leaves_a_sweep_that_goes_on(tmp_path, monkeypatch, small_parts):
    places = [("cluster_sim.runs.staged.write", 5), ("pyarrow.parquet.write_table", 4),
              ("cluster_sim.runs.manifest.write_text", 1), ("cluster_sim.runs.store.append", 1)]
    for number, (name, call) in enumerate(places):
        folder = tmp_path / str(number)
        steer = {"raise_seed": 1} if name.endswith("append") else {}
        with monkeypatch.context() as patch, pytest.raises(StoreFull, match="disk is full"):
            fail_at(patch, name, call)
            do(folder, **steer)
        assert not list(folder.rglob("*.draft"))
        report = do(folder, **steer)
        assert len(report.done) + len(report.already) + len(report.failed) == 12
    do(tmp_path / "b")
    assert content(tmp_path / "0") == content(tmp_path / "1") == content(tmp_path / "b")


def again(folder):
    return reproduce(folder, workers=0, factory=FACTORY)


def test_a_sweep_is_reproduced_from_base_and_factors(tmp_path, small_parts):
    do(tmp_path / "a")
    found = again(tmp_path / "a")
    assert found.same and (found.runs, found.files) == (12, 3), found.differences


@pytest.mark.parametrize(("file", "old", "new", "point", "says"), [
    ("scenario.yaml", "end: 2018-12", "end: 2018-11", 0, "not the scenario"),
    ("scenario.yaml", "tau_max: 0.8", "tau_max: 0.9", 0, "not the base"),
    ("sweep.yaml", "- 0.2", "- 0.3", 2, "not the design"),
    ("sweep.yaml", "collaboration.tau_max", "collaboration.beta2", 0, "unknown path"),
    ("sweep.yaml", "collaboration.tau_max", "labour.dissimilarity", 0, "not those that it was made with"),
    ("sweep.yaml", "column: collaboration_tau_max", "column: collaboration_tau_min", 0, "does not fit"),
])
def test_one_byte_of_a_parameter_names_the_first_run_that_differs(tmp_path, file, old, new, point, says):
    do(tmp_path / "a")
    path = tmp_path / "a" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    found = again(tmp_path / "a")
    first = planned().runs[2 * point]
    assert not found.same and found.differences[0].run_id == first.run_id, found.differences
    assert says in found.differences[0].what


def test_a_workers_own_view_of_the_store_stays_right(tmp_path, small_parts):
    """`do_run` asks for one run at a time, and sees parts that others have committed meanwhile."""
    from cluster_sim.runs.store import Store
    from cluster_sim.runs.worker import Job

    mine, whole = Store(tmp_path / "a"), planned()
    lock = mine.lock()
    assert not mine.has(whole.runs[0].run_id)
    do(tmp_path / "a")
    assert all(mine.has(spec.run_id) for spec in whole.runs)
    assert do_run(mine, lock, whole.runs[5], Job(str(tmp_path / "a"), FACTORY, whole.code)).kind == "there"


def test_the_parents_memory_does_not_grow_with_results(tmp_path):
    """Five times the runs, and the parent holds some bytes a run more: their names, not their 60 kB of results."""
    code = ("import sys, tracemalloc; from test_sweep_runs import *\n"
            "tracemalloc.start(); whole = planned(int(sys.argv[2]))\n"
            "execute(whole, sys.argv[1], 1, factory='runs_fake:Wide'); print(tracemalloc.get_traced_memory()[0])")
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    held = []
    for seeds in (4, 20):
        words = [sys.executable, "-c", code, str(tmp_path / str(seeds)), str(seeds)]
        done = subprocess.run(words, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True)
        held.append(int(done.stdout))
    assert held[1] - held[0] < 96 * 3_000, held
    assert len(cs.open(tmp_path / "20").frame("series", ["w299"])) == 120 * 24
