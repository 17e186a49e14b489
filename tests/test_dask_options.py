"""What the Dask engine says and decides without a cluster: options, profiles, folders."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys

import pytest
import yaml
from dask_cluster import ROOT, wait_for
from runs_fake import scenario
from test_runs_store import content, do

from cluster_sim.cli.main import main
from cluster_sim.runs import dask_profile, dask_worker
from cluster_sim.runs.claims import FOLDER, Claim
from cluster_sim.runs.dask_engine import DaskEngine
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import plan

GOOD = """
system: slurm
jobs: 2
workers: 4
memory: 8 GB
walltime: "01:00:00"
queue: compute
directives: ["--constraint=skylake"]
prologue: ["module load python/3.12"]
python: python3
interface: lo
"""


@pytest.mark.parametrize("words, message", [
    (["--engine", "dask"], "--scheduler ADDRESS"),
    (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--profile", "x"], "one of"),
    (["--scheduler", "tcp://127.0.0.1:1"], "goes with --engine dask"),
    (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], "local engine"),
    (["--engine", "dask", "--scheduler", "no/such/file.json"], "no scheduler file"),
    (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"], "no Dask scheduler answers at tcp://127.0.0.1:1"),
    (["--engine", "dask", "--scheduler", "nonsense://x:y:z"], "no Dask scheduler answers at nonsense"),
    (["--engine", "dask", "--profile", "nowhere"], "no profile 'nowhere'"),
])
def test_options_that_do_not_go_together(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("cluster_sim.runs.dask_engine.CONNECT_SECONDS", 0.5)
    out = tmp_path / "out"
    assert main(["run", "--scale", "1/200", "--seeds", "1", "--out", str(out), *words]) == 2
    said = capsys.readouterr().err
    assert message in said and "Traceback" not in said
    assert not out.exists()


def test_a_missing_extra_says_what_to_install(tmp_path):
    code = ("import sys; sys.modules['distributed'] = None\n"
            "from cluster_sim.cli.main import main\n"
            "sys.exit(main(['run', '--engine', 'dask', '--scheduler', 'tcp://127.0.0.1:1', '--out', sys.argv[1]]))")
    words = [sys.executable, "-c", code, str(tmp_path / "out")]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert not (tmp_path / "out").exists() and result.returncode == 2, result.stderr
    assert "pip install 'cluster_sim[cluster]'" in result.stderr and "Traceback" not in result.stderr


def test_a_folder_is_known_by_the_claim_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_worker, "SIGHT", 0.2)
    claim, other = Claim(tmp_path / "here"), Claim(tmp_path / "there")
    claim.take()
    other.take()
    assert "does not see" in dask_worker.folder_fault(tmp_path / "a", claim.name)
    assert "another folder" in dask_worker.folder_fault(tmp_path / "there", claim.name)
    assert dask_worker.folder_fault(tmp_path / "here", claim.name) == ""
    assert [p.name for p in (tmp_path / "here").rglob("*") if p.is_file()] == [claim.name]
    claim.close()
    assert not (tmp_path / "here").exists()
    other.close()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() == 0, reason="needs a folder that cannot be written to")
def test_a_folder_without_the_right_to_write(tmp_path):
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "t").touch()
    tmp_path.chmod(0o555)
    assert "cannot write" in dask_worker.folder_fault(tmp_path, "t")
    tmp_path.chmod(0o755)


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DASK_CONFIG", str(tmp_path / "config"))
    (tmp_path / "profiles").mkdir()
    return tmp_path / "profiles"


def test_a_profile_becomes_a_job_script(profiles, monkeypatch):
    (profiles / "campus.yaml").write_text(GOOD)
    found = dask_profile.load("campus")
    assert found["jobs"] == 2 and found["prologue"] == ["module load python/3.12"] and found["wait"] > 0
    commands(profiles.parent, monkeypatch)
    with dask_profile.cluster(found) as cluster:
        script = cluster.job_script()
    for line in ("#SBATCH -p compute", "#SBATCH -t 01:00:00", "#SBATCH --cpus-per-task=4", "#SBATCH --mem=8G",
                 "#SBATCH --constraint=skylake", "module load python/3.12"):
        assert line in script.splitlines(), script
    command = script.splitlines()[-1]
    assert command.startswith("python3 -m cluster_sim.runs.dask_start tcp://")
    assert "--nthreads 1 " in command and "--nworkers 4" in command and "--interface lo" in command


def test_the_profile_of_the_guide_is_a_good_one(profiles):
    guide = (ROOT / "docs" / "clusters.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", guide, flags=re.MULTILINE | re.DOTALL)
    (profiles / "campus.yaml").write_text(text)
    found = dask_profile.load("campus")
    assert set(dask_profile.KEYS) == set(yaml.safe_load(text)), "the guide shows every key"
    assert found["wait"] == dask_profile.WAIT


def test_a_profile_of_the_user_is_found_and_others_are_named(profiles):
    home = profiles.parent / "config" / "cluster_sim" / "profiles"
    home.mkdir(parents=True)
    (home / "mine.yaml").write_text(GOOD)
    assert dask_profile.load("mine")["workers"] == 4
    assert dask_profile.load(str(home / "mine.yaml"))["workers"] == 4
    with pytest.raises(InputError, match="no profile 'yours' in .*; there is mine"):
        dask_profile.load("yours")


@pytest.mark.parametrize("text, faults", [
    ("system: slurm\njobs: 2\nworkers: 4\n", ["the key 'memory' is missing"]),
    (GOOD + "quue: x\n", ["unknown key 'quue'", "did you mean 'queue'?"]),
    (GOOD.replace("slurm", "condor").replace("jobs: 2", "jobs: 0"), ["unknown system 'condor'", "jobs: "]),
    (GOOD.replace("8 GB", "plenty"), ["memory: plenty should be a size"]),
    (GOOD.replace('["module load python/3.12"]', "module load"), ["prologue: expected a list, found module load"]),
    ("- a\n- b\n", ["expected a mapping"]),
    ("system: [\n", ["not YAML"]),
])
def test_a_bad_profile_gives_one_message_with_every_fault(profiles, capsys, text, faults):
    (profiles / "bad.yaml").write_text(text)
    assert main(["run", "--engine", "dask", "--profile", "bad", "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert all(fault in said for fault in faults), said
    assert "bad.yaml:" in said and "Traceback" not in said
    assert not (profiles.parent / "out").exists()


def test_a_profile_where_no_job_can_be_handed_in(profiles, monkeypatch, capsys):
    (profiles / "campus.yaml").write_text(GOOD)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["run", "--engine", "dask", "--profile", "campus", "--out", "out"]) == 2
    assert "no command sbatch here" in capsys.readouterr().err


def commands(folder, monkeypatch, sbatch="exit 1"):
    """Put an `sbatch` and an `scancel` of ours in front of the path."""
    bodies = {"sbatch": sbatch, "scancel": 'for job in "$@"; do kill -9 -- "-$job"; done'}
    (folder / "bin").mkdir()
    for name, body in bodies.items():
        path = folder / "bin" / name
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder / "bin"), prepend=os.pathsep)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the loopback interface is called lo")
def test_a_profile_from_its_job_to_its_results(profiles, monkeypatch):
    """A stand-in for sbatch runs the job script on this machine: all of the way but Slurm itself."""
    folder = profiles.parent
    commands(folder, monkeypatch, f'cp "$1" "{folder}/job-$$.sh"\n'
             f'setsid timeout 120 bash "{folder}/job-$$.sh" >"{folder}/job.log" 2>&1 &\necho "Submitted batch job $!"')
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tests")]), prepend=os.pathsep)
    monkeypatch.setenv("FAKE_LOG", str(folder / "log"))
    (profiles / "here.yaml").write_text(
        f"system: slurm\njobs: 1\nworkers: 2\nmemory: 1 GB\nwalltime: '00:10:00'\ninterface: lo\nwait: 60\n"
        f"python: {sys.executable}\nlocal_directory: {folder}\nprologue: ['export MALLOC_TRIM_THRESHOLD_=65536']\n")
    with DaskEngine(profile="here", factory="dask_cluster:Untrimmed") as engine:
        report = execute(plan(scenario(sleep=0.002), range(1, 13), 0.05), folder / "a",
                         factory="dask_cluster:Untrimmed", engine=engine)
        cluster = engine.cluster
    assert len(report.done) == 12 and not report.failed, report.failed[:1] or (folder / "job.log").read_text()
    assert cluster.status.name == "closed"
    pids = {int(line.split()[1]) for line in (folder / "log").read_text().splitlines()}
    assert len(pids) == 2
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids), 10.0, "workers outlive their job")
    do(folder / "b", range(1, 13), 0, sleep=0.002)
    assert content(folder / "a") == content(folder / "b")


@pytest.mark.slow
def test_a_batch_system_that_takes_no_job(profiles, monkeypatch, capsys):
    commands(profiles.parent, monkeypatch, 'echo "sbatch: error: invalid account" >&2; exit 1')
    (profiles / "campus.yaml").write_text(GOOD)
    assert main(["run", "--engine", "dask", "--profile", "campus", "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert "invalid account" in said and "Traceback" not in said


def test_a_file_that_is_no_scheduler_file(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InputError, match="is no scheduler file of Dask"):
        DaskEngine(str(tmp_path / "x.json")).connect()
