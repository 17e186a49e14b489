"""The command line: exit statuses, what goes to which stream, and how fast help comes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import fake_command
import pytest
from fake_command import call
from runs_fake import FACTORY, scenario

from cluster_sim.cli import main as cli
from cluster_sim.runs import execution, reproduce
from cluster_sim.runs.errors import Interrupted, StoreFull

ROOT = Path(__file__).resolve().parents[1]
OBSERVED = {2017: {"share_pct": 5.7}, 2018: {"share_pct": 7.3}}


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Let every command use the fake model, in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cluster_sim.scenario.load_scenario",
                        lambda path, set=None: scenario(**dict(_number(item) for item in set or [])))
    fake_command.use(FACTORY, monkeypatch, workers=0)
    monkeypatch.setattr(reproduce, "reproduce", partial(reproduce.reproduce, factory=FACTORY))
    monkeypatch.setattr("cluster_sim.runs.summary.observed_shares", lambda city: OBSERVED)
    monkeypatch.setattr("cluster_sim.runs.summary.FITTED", {"nowhere": (2016, 2021)})
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return tmp_path


def _number(item):
    name, _, value = item.partition("=")
    return name, float(value)


def test_run_prints_the_years_against_what_was_observed(fake, capsys):
    status, out, err = call(capsys, "run", "--seeds", "4", "--out", "r", "--no-figures")
    assert status == 0
    row = next(line for line in out.splitlines() if line.startswith("2018"))
    assert "7.3" in row and "fitted" in row
    assert "4 runs (seeds 1 to 4)" in out
    assert json.loads((fake / "r" / "manifest.json").read_text())["arguments"][0] == "run"


def test_run_json_is_one_object(fake, capsys):
    status, out, err = call(capsys, "run", "--seeds", "3", "--until", "2018-11", "--out", "r", "--json", "--no-figures")
    answer = json.loads(out)
    assert status == 0 and out.count("\n") == 1
    assert len(answer["run_ids"]) == 3 and answer["out"] == "r" and answer["months"] == 23
    assert list(answer["gdp_share"]) == ["2017"] and answer["seconds"] > 0
    band = answer["gdp_share"]["2017"]
    assert band["p10"] <= band["mean"] <= band["p90"]


def test_quiet_says_nothing(fake, capsys):
    assert call(capsys, "run", "--seed", "7", "--out", "r", "--no-figures", "--quiet") == (0, "", "")


def test_without_a_command_the_baseline_runs(fake, capsys):
    status, out, _ = call(capsys, "--seeds", "2", "--no-figures")
    assert status == 0 and (fake / "results" / "baseline" / "manifest.json").is_file()


def test_failed_runs_end_with_three(fake, capsys):
    status, out, err = call(capsys, "run", "--set", "raise_seed=2", "--seeds", "3", "--out", "r", "--no-figures",
                            "--json")
    assert status == 3 and json.loads(out)["failed"] == 1
    assert "1 of 3 runs failed" in err and "2 are done" in err and "do not balance" in err


@pytest.mark.parametrize("words", [
    ("rum",), ("run", "--seeds", "many"), ("run", "--scale", "2"), ("run", "--until", "2035-13"),
    ("run", "--until", "2010-01"), ("run", "--seeds", "0"), ("run", "--unknown"), ("run", "--workers", "-1"),
    ("reproduce", "nowhere"), ("export", "nowhere"), ("status", "nowhere")])
def test_the_users_mistakes_end_with_two_and_write_nothing(fake, capsys, words):
    status, out, err = call(capsys, *words)
    assert status == 2 and err and not out and "Traceback" not in err
    assert not list(fake.iterdir())


def test_a_mistyped_command_gets_a_hint(capsys):
    assert "'run'" in call(capsys, "rum")[2]


def test_mistyped_options_get_hints_and_several_are_named_at_once(capsys):
    status, _, err = call(capsys, "run", "--sedes", "5", "--scael=1/20")
    assert status == 2 and "'--seeds' instead of '--sedes'" in err and "'--scale' instead of '--scael" in err
    status, _, err = call(capsys, "run", "--seeds", "0", "--scale", "2", "--until", "soon")
    assert status == 2 and "at least one seed" in err and "scale '2'" in err and "soon" in err


def test_status_looks_at_folders_only_and_names_what_was_set(fake, capsys):
    (fake / "results").mkdir()
    (fake / "results" / "README.md").write_text("what lies here", encoding="utf-8")
    assert call(capsys, "status") == (0, "nothing under results/ yet\n", "")
    words = ("run", "--seeds", "1", "--set", "collaboration.tau_max=0.3", "--no-figures")
    assert "Fake with collaboration.tau_max=0.3: 1 run" in call(capsys, *words)[1]
    status, out, _ = call(capsys, "status")
    assert status == 0 and "Fake with collaboration.tau_max=0.3, scale" in out
    notes = next(fake.glob("results/*/manifest.json"))
    notes.write_text(notes.read_text().replace('"status": "done"', '"status": "unfinished"'))
    assert "stopped (the same command goes on)" in call(capsys, "status")[1]


def test_a_named_folder_is_never_mixed(fake, capsys):
    call(capsys, "run", "--seeds", "1", "--out", "r", "--no-figures")
    status, _, err = call(capsys, "run", "--seeds", "1", "--scale", "1/50", "--out", "r", "--no-figures")
    assert status == 2 and "the scale" in err
    status, _, err = call(capsys, "run", "--seeds", "1", "--scale", "1/50", "--out", "r", "--no-figures", "--fresh")
    assert status == 0 and (fake / "r.old-1" / "runs").is_dir()


def test_the_folder_nobody_named_is_set_aside(fake, capsys):
    call(capsys, "run", "--seeds", "1", "--no-figures")
    status, _, err = call(capsys, "run", "--seeds", "1", "--scale", "1/50", "--no-figures")
    assert status == 0 and "baseline.old-1" in err


def test_ctrl_c_names_the_command_that_goes_on(fake, capsys, monkeypatch):
    def stop(*_, **__):
        raise Interrupted(0, 10)

    call(capsys, "run", "--seeds", "3", "--out", "my results", "--no-figures")
    monkeypatch.setattr(execution, "execute", stop)
    status, out, err = call(capsys, "run", "--seeds", "10", "--out", "my results")
    assert status == 130 and not out
    assert "3 of 10" in err and "run --seeds 10 --out 'my results'" in err


def test_a_full_disk_ends_with_three(fake, capsys, monkeypatch):
    def full(*_, **__):
        raise StoreFull(28, "the disk is full at r")

    monkeypatch.setattr(execution, "execute", full)
    status, _, said = call(capsys, "run", "--out", "r")
    again = cli.again(["run", "--out", "r"])
    assert status == 3 and said.splitlines() == ["the disk is full at r", f"To go on: {again}"]


def test_reproduce_status_and_export(fake, capsys):
    call(capsys, "run", "--seeds", "2", "--out", "r", "--no-figures")
    status, out, _ = call(capsys, "reproduce", "r", "--workers", "0")
    assert status == 0 and "every byte the same" in out
    status, out, _ = call(capsys, "status", "r", "--json")
    assert json.loads(out)["stores"][0]["done"] == 2
    status, out, _ = call(capsys, "export", "r")
    assert status == 0 and "r/csv/series.csv" in out.replace("\\", "/")
    path = next((fake / "r" / "ledger").iterdir())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    status, out, _ = call(capsys, "reproduce", "r", "--workers", "0")
    assert status == 1 and "ledger" in out


IMPATIENT = """
import atexit, sys, time
from cluster_sim.cli import list_, main

def slow(args):
    try:
        print("at work", flush=True)
        time.sleep(60)
    finally:
        time.sleep(1)
        print("put away", flush=True)

list_.main = slow
atexit.register(time.sleep, 1)
sys.exit(main.main(["list"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of Unix")
def test_further_interrupts_disturb_neither_putting_away_nor_the_end():
    with subprocess.Popen([sys.executable, "-c", IMPATIENT], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, start_new_session=True) as process:
        assert process.stdout.readline() == "at work\n"
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        assert process.stdout.readline() == "put away\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "\nStopped.\n")


def test_an_option_of_other_commands_is_told_from_a_misspelt_one(capsys):
    status, _, err = call(capsys, "econometrics", "--until", "2030-12")
    assert status == 2 and "there is no --until here: the last month follows from --date" in err
    assert "did you mean '--quiet'" in call(capsys, "econometrics", "--quit")[2]


def test_help_lists_every_command_and_comes_at_once():
    began = time.monotonic()
    result = subprocess.run([sys.executable, "run_sim.py", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0 and time.monotonic() - began < 5
    for name in cli.COMMANDS:
        assert f"  {name} " in result.stdout


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_explains_itself(name, capsys):
    assert cli.main([name, "--help"]) == 0
    assert name in capsys.readouterr().out
