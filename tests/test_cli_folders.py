"""What all commands that do runs do alike: options that are checked, room made in a folder, failed runs named."""

from __future__ import annotations

import argparse

import pytest
from runs_fake import FACTORY, scenario

from cluster_sim.cli import folders
from cluster_sim.cli import main as cli
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import plan

COMMANDS = {"run": (), "compare": ("base", "plus"), "audit": (), "attribute": ("history",), "engine": (),
            "econometrics": (), "sweep": ("any",), "sensitivity": ("any",), "search": ("any",), "discover": ("any",)}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_number_of_workers_that_cannot_be_is_said_by_all(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    assert cli.main([command, *COMMANDS[command], "--workers", "-1"]) == 2
    said = capsys.readouterr()
    assert not said.out and said.err == "--workers is a number of processes (0 runs everything in this one)\n"
    assert not list(tmp_path.iterdir())


def planned(scale=1.0, seeds=(1, 2)):
    return plan(scenario(), list(seeds), scale)


@pytest.fixture
def filled(tmp_path):
    """A folder with the store of one of two variants in it."""
    execute(planned(), tmp_path / "out" / "one", 0, factory=FACTORY)
    return tmp_path / "out"


def room(out, scale=1.0, named=False, fresh=False, refusal=""):
    args = argparse.Namespace(out=str(out) if named else None, fresh=fresh)
    folders.make_room(out, ((out / name, planned(scale)) for name in ("one", "two")), args, refusal)


def test_runs_that_belong_here_stay(filled, capsys):
    room(filled)
    room(filled, named=True)
    assert (filled / "one" / "manifest.json").is_file() and capsys.readouterr().err == ""


def test_other_runs_are_set_aside_only_where_nobody_named_the_folder(filled, capsys):
    room(filled, scale=0.5, named=True)
    assert filled.is_dir()
    room(filled, scale=0.5)
    aside = filled.with_name("out.old-1")
    assert not filled.exists() and (aside / "one" / "manifest.json").is_file()
    assert capsys.readouterr().err == f"what {filled} held is now in {aside} (the scale differs)\n"


def test_fresh_sets_runs_aside_and_nothing_else(filled, capsys):
    room(filled, named=True, fresh=True)
    assert not filled.exists() and capsys.readouterr().err == f"what {filled} held is now in {filled}.old-1\n"
    filled.mkdir()
    (filled / "letters.txt").write_text("not of this program")
    room(filled, named=True, fresh=True)
    assert (filled / "letters.txt").is_file()


def test_a_folder_in_which_others_work_is_left_to_them(filled):
    with pytest.raises(InputError, match="out is in use"):
        room(filled, named=True, fresh=True, refusal="is in use")
    room(filled, refusal="is in use")
    assert (filled / "one" / "manifest.json").is_file()


def test_failed_runs_of_variants_are_named(tmp_path, capsys):
    failed = [{"scenario": "plus", "seed": 7, "traceback": "Traceback\nValueError: x\n"}] * 2
    assert folders.status([], "5 pairs", tmp_path) == 0 and capsys.readouterr().err == ""
    assert folders.status(failed, "5 pairs", tmp_path) == 3
    assert capsys.readouterr().err == ("2 runs failed; 5 pairs are whole. The first, plus with seed 7: ValueError: x\n"
                                       f"All of them: failures.jsonl in the folders of {tmp_path}\n")
