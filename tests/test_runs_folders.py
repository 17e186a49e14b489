"""Folders that are ours and those that are not, who works where, and disks that are full; with a small model."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from nothing_lost import small_disk
from runs_fake import FACTORY, scenario

from cluster_sim.cli import main as cli
from cluster_sim.cli import output
from cluster_sim.runs import claims, export, folders, manifest
from cluster_sim.runs.errors import InputError, StoreFull, is_full
from cluster_sim.runs.execution import execute
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.files import append, whole, write_text
from cluster_sim.runs.log import Log
from cluster_sim.runs.plan import plan
from cluster_sim.runs.read import View
from cluster_sim.runs.reproduce import reproduce
from cluster_sim.runs.store import Store

ROOT = Path(__file__).resolve().parents[1]


def new(folder, **options):
    return Experiment(folder, workers=0, factory=FACTORY, **options)


def done(folder, scale=0.05, seeds=(1, 2), **options):
    """Do runs with a small model in a folder and return it."""
    new(folder, **options).run({folder: plan(scenario(), list(seeds), scale)})
    return folder


def other_process(folder):
    """Start a process that claims a folder; it says so and waits."""
    code = ("import sys; from pathlib import Path; from cluster_sim.runs.claims import Claim\n"
            "claim = Claim(Path(sys.argv[1])); claim.take(); print('there', flush=True); sys.stdin.read()")
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], env=os.environ | {"PYTHONPATH": str(ROOT)},
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "there\n"
    return process


# whose folder ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "manifest.json"])
def test_a_folder_with_files_of_others_is_refused(tmp_path, name):
    (tmp_path / name).write_text("{}")
    for fresh in (False, True):
        with pytest.raises(InputError, match="nothing in it was touched. Give another --out"):
            done(tmp_path, fresh=fresh)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_a_kill_leaves_before_there_is_a_manifest_is_no_hindrance(tmp_path):
    for name in (".lock", ".manifest.json.123"):
        (tmp_path / name).touch()
    assert folders.free(tmp_path) and folders.ours(done(tmp_path))


def test_nothing_is_written_through_a_link_or_beside_the_folder(tmp_path):
    done(tmp_path / "a")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "a" / "figures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="leads out of the results folder"):
        done(tmp_path / "a", seeds=[1, 2, 3])
    planned = plan(scenario(), [1], 0.05)
    with pytest.raises(InputError, match="leads out of the results folder"):
        new(tmp_path / "b").run({tmp_path / "b" / ".." / "c": planned})
    assert not (tmp_path / "c").exists() and not list((tmp_path / "elsewhere").iterdir())


def test_a_folder_of_several_stores_is_ours_before_the_first(tmp_path):
    new(tmp_path).run({tmp_path / name: plan(scenario(), [1], 0.05) for name in ("one", "two")})
    assert manifest.load(tmp_path)["stores"] == ["one", "two"]


def test_exported_files_do_not_replace_those_of_others(tmp_path):
    view = View(done(tmp_path / "a"))
    assert export.to_csv(view, tmp_path / "a" / "csv") == export.to_csv(view, tmp_path / "a" / "csv")
    (tmp_path / "series.csv").write_text("mine")
    with pytest.raises(InputError, match="series.csv is there already"):
        export.to_csv(view, tmp_path)
    assert (tmp_path / "series.csv").read_text() == "mine" and not (tmp_path / "runs.csv").exists()


# who is at work -----------------------------------------------------------------------------------------


def test_who_comes_with_other_runs_is_told_and_a_killed_one_is_forgotten(tmp_path):
    done(tmp_path / "a")
    process = other_process(tmp_path / "a")
    for options in ({"scale": 0.1}, {"scale": 0.1, "named": False}, {"fresh": True}):
        with pytest.raises(InputError, match=rf"at work there since .*process {process.pid} on .*give another --out"):
            done(tmp_path / "a", **options)
    done(tmp_path / "a", seeds=[1, 2, 3])  # the same kind of runs: both go on
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done(tmp_path / "a", scale=0.1, named=False)
    assert (tmp_path / "a.old-1").is_dir() and manifest.load(tmp_path / "a")["scale"] == "1/10"


def test_a_claim_ends_with_its_command_and_leaves_nothing(tmp_path):
    claim = claims.Claim(tmp_path / "new")
    claim.take()
    assert claim.others() == [] and (tmp_path / "new" / claims.FOLDER).is_dir()
    claim.close()
    assert not (tmp_path / "new").exists()


def test_a_job_that_begins_looks_again_whose_runs_are_there(tmp_path, monkeypatch):
    """Another command may have begun between the first look and the lock."""
    done(tmp_path / "a")
    monkeypatch.setattr(manifest, "check", lambda *_, real=manifest.check, seen=[]: seen and real(*_) or seen.append(1))
    with pytest.raises(InputError, match="the scale differs"):
        execute(plan(scenario(), [1], 0.1), tmp_path / "a", 0, factory=FACTORY)
    assert manifest.load(tmp_path / "a")["scale"] == "1/20"


# a full disk ---------------------------------------------------------------------------------------------


def test_files_are_whole_or_not_there_on_a_full_disk(tmp_path):
    with small_disk(tmp_path / "disk", 20) as (disk, limit):
        if limit:
            pytest.skip("no small file system here")
        for write in (lambda: write_text(disk / "a", "x" * 40_000), lambda: append(disk / "log", "x" * 40_000),
                      lambda: output.write_frames(disk, {"f": pd.DataFrame({"x": range(20_000)})}),
                      lambda: Log(disk).note("x" * 40_000)):
            with pytest.raises(StoreFull, match="disk is full at .*the same command again"):
                write()
        assert [path.name for path in disk.iterdir() if path.stat().st_size] == []


@pytest.mark.parametrize("size", [8, 12, 16, 24, 32, 48, 64])
def test_a_job_stops_wherever_the_disk_is_full_and_goes_on(tmp_path, size):
    with small_disk(tmp_path / "disk", size) as (disk, limit):
        if limit:
            pytest.skip("no small file system here")
        with pytest.raises(StoreFull, match="disk is full"):
            done(disk / "a", seeds=range(1, 41))
        for notes in disk.rglob("manifest.json"):
            json.loads(notes.read_text(encoding="utf-8"))
        subprocess.run(["mount", "-o", "remount,size=20000k", str(disk)], check=True)
        assert len(View(done(disk / "a", seeds=range(1, 41))).run_ids) == 40


def test_a_full_disk_is_found_behind_other_errors():
    try:
        try:
            raise OSError(errno.EFBIG, "File too large")
        except OSError as error:
            raise ValueError("a library's own words") from error
    except ValueError as error:
        assert is_full(error) and not is_full(ValueError()) and not is_full(OSError(errno.EACCES, ""))


def test_a_figure_on_a_full_disk_is_not_a_drawing_that_failed(tmp_path, monkeypatch):
    import argparse

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    args = argparse.Namespace(no_figures=False, quiet=True)
    with pytest.raises(OSError, match="No space"):
        output.write_figure(tmp_path, "f", full, args)


def test_a_draft_goes_with_what_broke_it(tmp_path):
    write_text(tmp_path / "a", "old")
    with pytest.raises(ValueError), whole(tmp_path / "a") as draft:
        draft.write_text("half")
        raise ValueError
    assert (tmp_path / "a").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


# damaged ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [None, "[]", "{}", '{"scale": "1/2'], ids=["absent", "list", "empty", "cut"])
@pytest.mark.parametrize("command", ["status", "report", "export", "reproduce"])
def test_a_store_without_a_manifest_is_a_sentence(tmp_path, capsys, command, text):
    path = done(tmp_path / "a") / "manifest.json"
    path.unlink()
    if text is not None:
        path.write_text(text)
    assert cli.main([command, str(tmp_path / "a")]) == 2
    said = capsys.readouterr().err
    assert "manifest" in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("kind", ["runs", "series", "map"])
def test_a_missing_part_is_said(tmp_path, capsys, kind):
    done(tmp_path / "a")
    assert manifest.gaps(Store(tmp_path / "a")) == [] and cli.main(["status", str(tmp_path / "a")]) == 0
    assert "; done;" in capsys.readouterr().out
    next((tmp_path / "a" / kind).iterdir()).unlink()
    assert cli.main(["status", str(tmp_path / "a")]) == 0
    said = capsys.readouterr().out
    assert "a part is missing" in said and f"{kind}/part-" in said and "; done;" not in said
    if kind != "runs":
        assert cli.main(["export", str(tmp_path / "a")]) == 1
        assert "is missing" in capsys.readouterr().err
    done(tmp_path / "a")
    assert manifest.gaps(Store(tmp_path / "a")) == []


@pytest.mark.parametrize(("key", "value"), [
    ("scale", "1/200"), ("until", "2030-12"), ("seeds", [1, 7]), ("seeds", [1]), ("months", 5), ("planned", 1),
    ("first_month", "2016-01"), ("code_version", "0" * 16), ("city_version", "1" * 16), ("scenario", "x"),
    ("name", "x"), ("runs", 9), ("tables", ["series"])])
def test_the_manifest_is_held_against_the_runs(tmp_path, key, value):
    path = done(tmp_path / "a") / "manifest.json"
    assert reproduce(tmp_path / "a", 0, factory=FACTORY).same
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    found = reproduce(tmp_path / "a", 0, factory=FACTORY)
    assert [one.table for one in found.differences] == [key], found.differences
