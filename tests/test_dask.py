"""The Dask engine with a real scheduler and two real worker processes on the loopback interface."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import distributed
import pytest
from dask_cluster import ROOT, DaskCluster, wait_for
from runs_fake import FACTORY, scenario
from test_runs_store import content, do
from test_sweep_runs import sweep_of

import cluster_sim as cs
from cluster_sim.runs import claims
from cluster_sim.runs.dask_engine import DaskEngine
from cluster_sim.runs.errors import EngineGone, InputError, StoreFull
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import ordinal, plan
from cluster_sim.runs.progress import Silent
from cluster_sim.runs.sweeps import plan_sweep

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]

CHILD = """
import sys
import cluster_sim.runs.plan
cluster_sim.runs.plan.code_version = lambda: sys.argv[5]  # the sources may be edited while a test runs
from cluster_sim.runs.execution import execute
from cluster_sim.runs.dask_engine import DaskEngine
from cluster_sim.runs.errors import Interrupted
from runs_fake import FACTORY, scenario
address, folder, seeds, sleep = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
try:
    with DaskEngine(address, factory=FACTORY) as engine:
        execute(cluster_sim.runs.plan.plan(scenario(sleep=sleep), list(range(1, seeds + 1)), 0.05), folder,
                factory=FACTORY, engine=engine)
except Interrupted as stop:
    print(stop.done, stop.planned)
    sys.exit(130)
"""


def far(cluster, folder, seeds, scenario=scenario, **parameters):
    """Do runs of the fake model on the cluster."""
    cluster.wait_for_workers(2)
    with DaskEngine(cluster.address, factory=FACTORY) as engine:
        return execute(plan(scenario(**parameters), list(seeds), 0.05), folder, factory=FACTORY, engine=engine)


def child(cluster, folder, seeds, sleep):
    """Start a job on the cluster in a process of its own."""
    from cluster_sim.runs.identity import code_version

    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    words = [sys.executable, "-c", CHILD, cluster.address, str(folder), str(seeds), str(sleep), code_version()]
    return subprocess.Popen(words, env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, start_new_session=True)


def quiet(cluster):
    """Wait until no run begins or goes on, and return how many have begun since the cluster started."""
    def still():
        before = len(cluster.started())
        time.sleep(0.6)
        return before == len(cluster.started()) and before
    return wait_for(still, 10.0)


def test_same_bytes_as_on_this_machine(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("cluster_sim.runs.plan.RUNS_PER_PART", 5)
    before = len(cluster.started())
    report = far(cluster, tmp_path / "a", range(1, 24), sleep=0.005)
    assert len(report.done) == 23 and not report.failed
    runs = cluster.started()[before:]
    assert sorted(seed for seed, _ in runs) == list(range(1, 24)), "every run is done once"
    assert len({pid for _, pid in runs}) == 2, "both workers take part"
    do(tmp_path / "b", range(1, 24), 2, sleep=0.005)
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert {p.name for p in (tmp_path / "a").iterdir()} == {p.name for p in (tmp_path / "b").iterdir()}
    again = far(cluster, tmp_path / "a", range(1, 25), sleep=0.005)
    assert len(again.already) == 23 and len(again.done) == 1


def test_the_scheduler_keeps_nothing(cluster, tmp_path):
    far(cluster, tmp_path / "a", range(1, 9))
    with cluster.client() as client:
        kept = wait_for(lambda: client.run_on_scheduler(lambda dask_scheduler: not dask_scheduler.tasks), 5.0)
        assert kept and not client.has_what(list(client.nthreads())[0]).get("cluster_sim")


def test_a_run_that_kills_its_worker_costs_itself_alone(cluster, tmp_path):
    report = far(cluster, tmp_path / "a", range(1, 13), kill_seed=7)
    assert [record["seed"] for record in report.failed] == [7] and len(report.done) == 11
    record = json.loads((tmp_path / "a" / "failures.jsonl").read_text())
    assert record["kind"] == "killed" and record["tries"] == 2
    assert cs.open(tmp_path / "a").runs["seed"].tolist() == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]


def test_a_worker_killed_once_leaves_no_trace(cluster, tmp_path):
    (tmp_path / "once").mkdir()
    report = far(cluster, tmp_path / "a", range(1, 9), rationale=str(tmp_path / "once"), kill_once_seed=4)
    assert not report.failed and len(report.done) == 8
    do(tmp_path / "b", range(1, 9), 0, rationale=str(tmp_path / "once"), kill_once_seed=4)
    assert content(tmp_path / "a") == content(tmp_path / "b")


@pytest.mark.parametrize("nanny", [True, False])
def test_a_stuck_worker_ends_itself_and_its_run_is_tried_again(cluster, tmp_path, nanny):
    found = cluster if nanny else DaskCluster(tmp_path, workers=0)
    for _ in range(0 if nanny else 2):
        found.add_worker(options=("--no-nanny",))
    found.wait_for_workers(2)
    factory, said = "dask_cluster:Hangs", []
    try:
        with DaskEngine(found.address, factory=factory, stall=10.0) as engine:
            engine.say = said.append
            planned = plan(scenario(rationale=str(tmp_path), sleep=0.002), range(1, 7), 0.05)
            report = execute(planned, tmp_path / "a", None, None, factory, engine=engine)
    finally:
        if not nanny:
            found.close()
    assert len(report.done) == 6 and not report.failed and not said


def test_a_run_that_raises_is_tried_again_and_recorded(cluster, tmp_path):
    before = len(cluster.started())
    report = far(cluster, tmp_path / "a", range(1, 7), raise_seed=2)
    assert report.failed[0]["kind"] == "raised" and "do not balance" in report.failed[0]["traceback"]
    assert len(report.done) == 5
    assert [seed for seed, _ in cluster.started()[before:]].count(2) == 2


def test_ctrl_c_stops_at_once_and_keeps_what_is_done(cluster, tmp_path):
    before = len(cluster.started())
    process = child(cluster, tmp_path / "a", 400, 0.01)
    wait_for(lambda: len(cluster.started()) >= before + 8)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert time.monotonic() - began < 2.0
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    done, planned = map(int, output.split())
    assert planned == 400 and 0 < done <= len(cs.open(tmp_path / "a").run_ids)
    assert quiet(cluster) < before + 400, "the workers have stopped as well"


def test_killed_with_a_worker_and_resumed_gives_the_same_bytes(cluster, tmp_path):
    before = len(cluster.started())
    process = child(cluster, tmp_path / "a", 24, 0.01)
    wait_for(lambda: len(cluster.started()) >= before + 6)
    os.kill(cluster.started()[-1][1], signal.SIGKILL)
    wait_for(lambda: len(cluster.started()) >= before + 9)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    quiet(cluster)
    report = far(cluster, tmp_path / "a", range(1, 25), sleep=0.01)
    assert len(report.already) >= 4 and len(report.already) + len(report.done) == 24
    do(tmp_path / "b", range(1, 25), 0, sleep=0.01)
    one, two = cs.open(tmp_path / "a"), cs.open(tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert one.series.equals(two.series)


class Kills(Silent):
    """Kills a process once: when a run is done, and somebody can say which (`pid` returns it, or None)."""

    def __init__(self, pid):
        self.pid, self.killed, self.done = pid, None, 0

    def finished(self, spec):
        self.done += 1

    def update(self, running):
        if self.done and not self.killed:
            self.killed = self.pid()
            if self.killed:
                os.kill(self.killed, signal.SIGKILL)


def busy(cluster):
    """Return what tells the process id of a worker that has runs in its hands."""
    client = cluster.client()

    def pid():
        found = [address for address, tasks in client.processing().items() if tasks]
        if not found:
            return None
        with client:
            return client.run(os.getpid, workers=found[:1])[found[0]]
    return pid


def forty(cluster, folder, progress=None, **options):
    """Do forty runs of the fake model on the cluster."""
    with DaskEngine(cluster.address, factory=FACTORY, **options) as engine:
        return execute(plan(scenario(sleep=0.01), range(1, 41), 0.05), folder, None, progress, FACTORY, engine=engine)


def test_the_real_model_with_a_worker_killed_in_mid_run(cluster, tmp_path):
    cluster.wait_for_workers(2)
    planned = plan(cs.load_scenario("baseline"), range(1, 9), 1 / 200, ordinal("2018-03"))
    killer = Kills(busy(cluster))
    with DaskEngine(cluster.file) as engine:
        report = execute(planned, tmp_path / "a", progress=killer, engine=engine)
    assert killer.killed and len(report.done) == 8 and not report.failed
    execute(planned, tmp_path / "b", 2)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_a_sweep_on_a_cluster_that_loses_a_worker(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("cluster_sim.runs.plan.RUNS_PER_PART", 7)
    cluster.wait_for_workers(2)
    swept = sweep_of(seeds=4, sleep=0.004)
    with DaskEngine(cluster.address, factory=FACTORY) as engine:
        report = execute(plan_sweep(swept), tmp_path / "a", None, Kills(busy(cluster)), FACTORY,
                         engine=engine)
    assert len(report.done) == 24 and not report.failed
    execute(plan_sweep(swept), tmp_path / "b", 2, factory=FACTORY)
    assert len(content(tmp_path / "a")) == 4 and content(tmp_path / "a") == content(tmp_path / "b")


def test_the_command_sweep_gives_the_same_bytes_on_both_engines(cluster, tmp_path):
    cluster.wait_for_workers(2)
    (tmp_path / "small.yaml").write_text(
        "name: Small\nbase: baseline\ndesign: grid\nseeds: 2\nscale: 1/200\nuntil: 2018-03\nfactors:\n"
        "  policies.production_subsidy.rate: [0.05, 0.2]\n  collaboration.tau_max: [0.4, 0.8]\n")
    words = [sys.executable, "run_sim.py", "sweep", str(tmp_path / "small.yaml"), "--quiet", "--json", "--out"]
    far_away = ["--engine", "dask", "--scheduler", cluster.address]
    answers = []
    for out, engine in (("a", far_away), ("b", [])):
        result = subprocess.run([*words, str(tmp_path / out), *engine], cwd=ROOT, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        answers.append(json.loads(result.stdout))
    assert answers[0]["new_runs"] == answers[1]["new_runs"] == 8
    assert len(content(tmp_path / "a")) >= 1 and content(tmp_path / "a") == content(tmp_path / "b")
    dry = subprocess.run([*words, str(tmp_path / "c"), "--dry-run", *far_away], cwd=ROOT, capture_output=True,
                         text=True)
    assert dry.returncode == 2 and "measures on this machine" in dry.stderr


def test_a_full_disk_ends_the_job(cluster, tmp_path):
    with pytest.raises(StoreFull, match="disk is full"), DaskEngine(cluster.address, factory="dask_cluster:Full") as e:
        execute(plan(scenario(), [1, 2, 3], 0.05), tmp_path / "a", factory="dask_cluster:Full", engine=e)
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["status"] == "unfinished"


def test_a_model_that_cannot_be_loaded_is_said_before_anything_is_written(cluster, tmp_path):
    with pytest.raises(InputError, match="cannot load the model: ModuleNotFoundError.*nothing_here"):
        with DaskEngine(cluster.address, factory="nothing_here:Model") as engine:
            execute(plan(scenario(), [1], 0.05), tmp_path / "x" / "a", engine=engine)
    assert not (tmp_path / "x").exists()


def test_a_scheduler_of_another_version_of_dask(cluster, monkeypatch):
    real = distributed.versions.get_package_info
    monkeypatch.setattr(distributed.versions, "get_package_info", lambda names: real(names) | {"distributed": "1.0.0"})
    with pytest.raises(InputError, match=r"same versions(.|\n)*distributed *\| 1.0.0"):
        DaskEngine(cluster.address).connect()


def test_a_folder_that_workers_do_not_see(cluster, tmp_path, monkeypatch):
    """The workers look into a folder of the same name that is not the one of this process."""
    real = claims.Claim.take

    def elsewhere(claim):
        real(claim)
        claim.path.unlink()

    monkeypatch.setattr(claims.Claim, "take", elsewhere)
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match="2 of 2 Dask workers.*\n.*sees another folder.*\n.*--out"):
        far(cluster, tmp_path / "a", [1])
    assert not list((tmp_path / "a").iterdir())


def test_other_sources_on_a_worker_end_the_command_with_two(cluster, tmp_path):
    """A worker whose parameters have changed: one message, and nothing written."""
    shutil.copytree(ROOT / "cluster_sim", tmp_path / "other" / "cluster_sim")
    with open(tmp_path / "other" / "cluster_sim" / "draws.py", "a") as file:
        file.write("\n# another version\n")
    worker = cluster.add_worker(first=tmp_path / "other")
    try:
        cluster.wait_for_workers(3)
        words = ["run", "--engine", "dask", "--scheduler", cluster.address, "--scale", "1/200", "--seeds", "1",
                 "--quiet", "--out", str(tmp_path / "out")]
        result = subprocess.run([sys.executable, "run_sim.py", *words], cwd=ROOT, capture_output=True, text=True)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
    assert result.returncode == 2, result.stderr
    assert "1 of 3 Dask workers cannot take part" in result.stderr and "other sources" in result.stderr
    assert "Traceback" not in result.stderr and len(result.stderr.splitlines()) <= 3
    assert not (tmp_path / "out").exists()


def test_a_cluster_that_goes_to_pieces(tmp_path):
    """A worker that knows nothing of the package, none at all, one that is killed for good, one without scheduler."""
    (tmp_path / "empty" / "cluster_sim").mkdir(parents=True)
    (tmp_path / "empty" / "cluster_sim" / "__init__.py").touch()
    found = DaskCluster(tmp_path, workers=0)
    try:
        stranger = found.add_worker("distributed.cli.dask_worker", first=tmp_path / "empty")
        found.wait_for_workers(1)
        with pytest.raises(InputError, match="cannot import cluster_sim"):
            forty(found, tmp_path / "a")
        os.killpg(stranger.pid, signal.SIGKILL)
        with found.client() as client:
            wait_for(lambda: not client.nthreads())
        with pytest.raises(InputError, match="has no workers; start some: python -m"):
            forty(found, tmp_path / "a", patience=0.5)
        assert not (tmp_path / "a").exists()
        alone = found.add_worker()
        found.wait_for_workers(1)
        with pytest.raises(EngineGone, match="no worker left"):
            forty(found, tmp_path / "a", Kills(lambda: alone.pid), patience=1.0)
        found.add_worker()
        found.wait_for_workers(1)
        with pytest.raises(EngineGone, match="does not answer"):
            forty(found, tmp_path / "a", Kills(lambda: found.scheduler.pid))
        kept = len(cs.open(tmp_path / "a").run_ids)
        assert kept >= 1
        assert len(do(tmp_path / "a", range(1, 41), 0, sleep=0.01).already) >= kept
    finally:
        found.close()
