"""An experiment: runs asked for in several folders, room made for them, shards, failures; used by all commands."""

from __future__ import annotations

import argparse

import pytest
from runs_fake import FACTORY, scenario

from cluster_sim.cli import main as cli
from cluster_sim.cli import output
from cluster_sim.runs.errors import InputError, Interrupted
from cluster_sim.runs.experiment import Experiment, NothingRan, Unfinished, place_of
from cluster_sim.runs.plan import plan, shard_numbers
from cluster_sim.runs.store import Store

COMMANDS = {"run": (), "compare": ("base", "plus"), "audit": (), "attribute": ("history",), "engine": (),
            "econometrics": (), "sweep": ("any",), "sensitivity": ("any",), "search": ("any",), "discover": ("any",),
            "doses": ("any",)}
TOGETHER = {
    ("--workers", "-1"): "--workers is a number of processes (0 runs everything in this one)\n",
    ("--scheduler", "tcp://node1:8786"): "--scheduler goes with --engine dask\n",
    ("--engine", "dask"): "--engine dask needs one of --scheduler ADDRESS and --profile NAME\n",
    ("--engine", "dask", "--profile", "x", "--workers", "2"):
        "--workers is for the local engine: a Dask cluster has the workers that it has\n",
    ("--shard", "3/2"): "'3/2' is not a shard; write 2/8 for the second of eight\n"}


@pytest.mark.parametrize("words", TOGETHER)
@pytest.mark.parametrize("command", COMMANDS)
def test_options_that_do_not_go_together_are_said_by_all_commands(tmp_path, monkeypatch, capsys, command, words):
    monkeypatch.chdir(tmp_path)
    assert cli.main([command, *COMMANDS[command], *words]) == 2
    said = capsys.readouterr()
    assert not said.out and said.err == TOGETHER[words] and not list(tmp_path.iterdir())


def planned(scale=1.0, seeds=(1, 2), **parameters):
    return plan(scenario(**parameters), list(seeds), scale)


def new(folder, **options):
    return Experiment(folder, workers=0, factory=FACTORY, **options)


@pytest.fixture
def filled(tmp_path):
    """A folder with the store of one of two variants in it."""
    new(tmp_path / "out").run({tmp_path / "out" / "one": planned()})
    return tmp_path / "out"


def both(folder, scale=1.0, **options):
    """Ask for two variants in a folder; return the words that were said."""
    said = []
    new(folder, say=said.append, **options).run({folder / name: planned(scale) for name in ("one", "two")})
    return said


# room --------------------------------------------------------------------------------------------------


def test_runs_that_belong_here_stay(filled):
    assert both(filled, named=False) == both(filled) == [] and not filled.with_name("out.old-1").exists()


def test_other_runs_are_set_aside_only_where_nobody_named_the_folder(filled):
    with pytest.raises(InputError, match="the scale differs"):
        both(filled, 0.5)
    assert not (filled / "two").exists(), "nothing is written before all folders are looked at"
    aside = filled.with_name("out.old-1")
    assert both(filled, 0.5, named=False) == [f"what {filled} held is now in {aside} (the scale differs)"]
    assert (aside / "one" / "manifest.json").is_file()


def test_fresh_sets_runs_aside_and_nothing_else(filled):
    assert both(filled, fresh=True) == [f"what {filled} held is now in {filled}.old-1"]
    other = filled.with_name("letters")
    other.mkdir()
    (other / "letters.txt").write_text("not of this program")
    with pytest.raises(InputError, match="letters is not empty and no results folder"):
        both(other, fresh=True)
    assert [path.name for path in other.iterdir()] == ["letters.txt"]


def test_room_is_made_once(tmp_path):
    one = new(tmp_path / "r", fresh=True)
    one.run({one.folder: planned(seeds=[1])})
    one.run({one.folder: planned(seeds=[1, 2])})
    assert one.new_runs == 2 and not (tmp_path / "r.old-1").exists()


def test_a_folder_in_which_shards_work_is_left_to_them(filled):
    for options in ({"fresh": True}, {"named": False, "scale": 0.5}):
        with pytest.raises(InputError, match="out holds other runs, and shards may be at work there"):
            both(filled, shard=(1, 2), **options)
    assert (filled / "one" / "manifest.json").is_file()


# runs --------------------------------------------------------------------------------------------------


def test_what_is_done_is_not_asked_for_again(tmp_path):
    one = new(tmp_path)
    first, more = planned(seeds=[1]), planned(seeds=[1, 2])
    assert one.run({tmp_path: first}) == {first.runs[0].run_id}
    assert one.run({tmp_path: more}) == {spec.run_id for spec in more.runs} and one.new_runs == 2
    again = new(tmp_path)
    assert len(again.run({tmp_path: more})) == 2 and again.new_runs == 0 and again.count() == (2, 2)


def test_a_stop_counts_the_runs_of_all_folders(tmp_path, monkeypatch):
    from cluster_sim.runs import execution

    one = new(tmp_path)
    one.run({tmp_path / "one": planned(seeds=[1, 2, 3])})

    def stop(*_, **__):
        raise Interrupted(0, 2)

    monkeypatch.setattr(execution, "execute", stop)
    with pytest.raises(Interrupted) as stopped:
        one.run({tmp_path / "two": planned(seeds=[4, 5])})
    assert (stopped.value.done, stopped.value.planned) == (3, 5)


def test_failed_runs_are_missing_from_the_answer_and_tried_again(tmp_path):
    bad = planned(seeds=[1, 2, 3], raise_seed=2)
    one = new(tmp_path)
    assert one.run({tmp_path: bad}) == {spec.run_id for spec in bad.runs if spec.seed != 2}
    assert [record["seed"] for record in one.failed] == [2]
    assert place_of(one.failed[0] | {"factors": {"x": 1}}) == "Fake with seed 2 at x 1"
    with pytest.warns(UserWarning, match="1 of 3 runs failed. The first, Fake with seed 2"):
        assert one.deliver(7) == 7
    only = new(tmp_path / "only")
    only.run({only.folder: planned(seeds=[2], raise_seed=2)})
    with pytest.raises(NothingRan, match="do not balance"):
        only.view()


def test_failed_runs_are_named_on_standard_error(tmp_path, capsys):
    one = new(tmp_path)
    assert output.status(one, "5 pairs are whole") == 0 and capsys.readouterr().err == ""
    record = {"run_id": "a", "scenario": "plus", "seed": 7, "kind": "raised", "traceback": "Traceback\nValueError: x\n"}
    one.failures, one.asked = {"a": record, "b": record}, {tmp_path: set("abcde")}
    assert output.status(one, "5 pairs are whole") == 3
    assert capsys.readouterr().err == (
        "2 of 5 runs failed. The first, plus with seed 7: ValueError: x (5 pairs are whole)\n"
        f"All of them: failures.jsonl in {tmp_path}. The same command tries them again.\n")


# shards ------------------------------------------------------------------------------------------------


def test_shards_share_the_runs_of_all_folders_and_the_last_goes_on(tmp_path):
    plans = {tmp_path / name: planned(seeds=range(1, 9), rationale=name) for name in ("one", "two")}
    first = new(tmp_path, shard=(1, 2))
    with pytest.raises(Unfinished) as stop:
        first.run(plans)
    assert (stop.value.done, stop.value.planned, stop.value.missing, first.new_runs) == (8, 16, 8, 8)
    assert all(len(Store(folder).finished()) == 4 for folder in plans), "its share of every folder"
    last = new(tmp_path, shard=(2, 2))
    assert last.run(plans) == {spec.run_id for plan in plans.values() for spec in plan.runs} and last.new_runs == 8


def test_a_run_that_failed_in_another_shard_is_not_waited_for(tmp_path):
    bad = planned(seeds=range(1, 9), raise_seed=1)
    with pytest.raises(Unfinished) as stop:
        new(tmp_path, shard=(1, 2)).run({tmp_path: bad})
    assert stop.value.missing == 4
    last = new(tmp_path, shard=(2, 2))
    assert len(last.run({tmp_path: bad})) == 7 and [record["seed"] for record in last.failed] == [1]


def test_an_unfinished_shard_says_what_is_missing(tmp_path, capsys):
    one = new(tmp_path, shard=(1, 2))
    stop = Unfinished(one, 8, 16, 7)
    args = argparse.Namespace(json=True, quiet=False, shard="1/2", began=0.0, experiment=one)
    assert output.unfinished(stop, args) == 0
    assert '"runs": 16, "done": 8, "missing": 7' in capsys.readouterr().out
    args.json = False
    assert output.unfinished(stop, args) == 0
    assert "shard 1/2 has done its share. 8 of 16 runs are there, 7 are left" in capsys.readouterr().out


def test_shards_are_read():
    assert shard_numbers(" 2 / 8") == (2, 8) and shard_numbers(None) is None
    for text in ("0/2", "3/2", "2", "a/b", "1/0"):
        with pytest.raises(InputError, match="is not a shard"):
            shard_numbers(text)
