"""Files written whole, drafts of processes that were killed, and lines after one that was cut."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nothing_lost import command
from runs_fake import FACTORY, scenario

from cluster_sim.runs import claims, files
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.plan import plan
from cluster_sim.runs.store import Store

ROOT = Path(__file__).resolve().parents[1]
KILLED = """
import os, signal, sys
from pathlib import Path
from cluster_sim.runs.claims import Claim
from cluster_sim.runs.files import together
folder = Path(sys.argv[1])
Claim(folder).take()
with together(*(folder / name for name in sys.argv[2:])) as drafts:
    for draft in drafts:
        draft.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def do(folder, **options):
    """Do two runs of a small model."""
    Experiment(folder, workers=0, factory=FACTORY, **options).run({folder: plan(scenario(), [1, 2], 0.05)})


def killed(folder, *names):
    """Let a process be killed that writes these files in a folder; return its drafts."""
    before = set(hidden(folder))
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), *names], env=os.environ | {
        "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = sorted(set(hidden(folder)) - before)
    assert len([name for name in left if name.endswith(".draft")]) == len(names)
    return left


def hidden(folder):
    """Return the names below a folder that begin with a dot, without the lock file."""
    return [p.relative_to(folder).as_posix() for p in sorted(folder.rglob(".*")) if p.name != ".lock"]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_drafts_and_claims_of_a_killed_process_go_with_the_next_command(tmp_path):
    out = tmp_path / "out"
    do(out)
    killed(out, "manifest.json", "series/part-1.parquet", "figures/share.png")
    assert (out / claims.FOLDER).is_dir()
    do(out)
    assert hidden(out) == [] and Store(out).finished()


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize("words", [("export",), ("export", "--out", "mine"), ("report",)])
def test_commands_that_do_no_runs_remove_them_too(tmp_path, words):
    out = tmp_path / "out"
    do(out)
    killed(out, "tables/points.csv")
    if "--out" in words:
        killed(tmp_path / "mine", "series.csv")
    command(tmp_path, words[0], "out", *words[1:])
    assert [name for name in hidden(tmp_path) if name.endswith(".draft")] == []


def test_drafts_of_those_who_live_and_of_other_machines_stay(tmp_path, monkeypatch):
    living = files.draft_of(tmp_path / "a.csv")
    names = [living.name, ".a.csv.elsewhere.1.draft", ".notes.draft", "a.csv.here.1.draft"]
    for name in names:
        (tmp_path / name).write_text("half")
    files.remove_drafts(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(names)
    old = (tmp_path / names[1]).stat().st_mtime - 1.1 * files.DAY
    for name in names:
        os.utime(tmp_path / name, (old, old))
    files.remove_drafts(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted({*names} - {names[1]})
    monkeypatch.setattr(files, "alive", lambda pid: pid != os.getpid())
    files.remove_drafts(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(names[2:])


def test_a_folder_of_somebody_is_not_searched_below(tmp_path):
    for home in (tmp_path, tmp_path / "below"):
        home.mkdir(exist_ok=True)
        (home / f".a.csv.{files.HOST}.999999999.draft").write_text("half")
    files.remove_drafts(tmp_path, below=False)
    assert hidden(tmp_path) == [f"below/.a.csv.{files.HOST}.999999999.draft"]


def test_a_line_begins_after_one_that_was_cut(tmp_path):
    log = tmp_path / "log.txt"
    files.append(log, "first\n")
    files.append(log, "second\n")
    log.write_bytes(log.read_bytes()[:-3])
    files.append(log, "third\n")
    assert log.read_text() == "first\nseco\nthird\n"


def test_a_failure_is_read_after_one_that_was_cut(tmp_path):
    store = Store(tmp_path)
    store.add_failure({"run_id": "a"})
    (tmp_path / "failures.jsonl").write_bytes((tmp_path / "failures.jsonl").read_bytes()[:-4])
    store.add_failure({"run_id": "b"})
    assert store.failures() == [{"run_id": "b"}]
