"""Where things lie: the home folder, a city of one's own, temporary folders; and how a last month may be said."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from cluster_sim.city import load_city
from cluster_sim.cli import main as command_line
from cluster_sim.inputs.errors import ScenarioError
from cluster_sim.inputs.program import program
from cluster_sim.runs import temporary
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import first_month, ordinal
from cluster_sim.runs.read import open as open_store
from cluster_sim.runs.temporary import Temporary, folder_of
from cluster_sim.scenario import load_scenario
from cluster_sim.scenario.sweep_sources import find as find_sweep

ROOT = Path(__file__).resolve().parents[1]
DECEMBER_2018 = 2018 * 12 + 11


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder with a city, a scenario and a sweep; the user is elsewhere."""
    folder, here = tmp_path / "home", tmp_path / "here"
    shutil.copytree(ROOT / "cluster_sim" / "cities" / "synthetic", folder / "my_city")
    (folder / "plan.yaml").write_text("extends: baseline\n")
    (folder / "design.yaml").write_text("base: baseline\ndesign: grid\nfactors: {collaboration.tau_max: [0, 1]}\n")
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder


def test_home_is_meant_by_a_tilde(home):
    assert load_scenario("~/plan.yaml").slug == "plan"
    assert find_sweep("~/design.yaml") == home / "design.yaml"
    assert load_city("~/my_city").folder == home / "my_city"
    assert folder_of("~/there") == (home / "there", None)
    with pytest.raises(InputError, match="there is no folder .*runs"):
        open_store("~/runs")


@pytest.mark.parametrize("words", [("status", "~/runs"), ("report", "~/runs"), ("export", "~/runs"),
                                   ("reproduce", "~/runs")])
def test_commands_look_at_home(home, words, capsys):
    (home / "runs").write_text("no folder")
    assert command_line.main(words) == 2
    assert "~" not in capsys.readouterr().err


def test_files_are_written_at_home(home, capsys):
    assert command_line.main(["new", "~/mine.yaml", "--from", "~/plan.yaml"]) == 0
    assert command_line.main(["schema", "--out=~/schema.json"]) == 0
    assert (home / "mine.yaml").is_file() and (home / "schema.json").is_file() and not Path("~").exists()


def test_a_city_of_ones_own_is_a_scenario(home):
    """Its folder, a scenario that names it, and a setting mean the same city; none has a policy."""
    shutil.copytree(home / "my_city", "my_city")
    folder = Path("my_city").resolve()
    alone = load_scenario("./my_city")
    assert (alone.city, alone.slug, alone.policies, alone.events) == (str(folder), "my_city", {}, [])
    assert load_scenario("synthetic", [f"city={home / 'my_city'}"]).city == str(home / "my_city")
    assert command_line.main(["new", "mine", "--from", "./my_city"]) == 0
    assert load_scenario("mine").city == load_scenario("./mine").city == str(folder)


def test_a_folder_named_like_a_shipped_city_or_scenario_is_its_own(home):
    shutil.copytree(home / "my_city", "chengdu")
    shutil.copytree(home / "my_city", "baseline")
    assert load_scenario("./chengdu").city == str(Path("chengdu").resolve())
    assert load_scenario("baseline").city == "chengdu" and load_scenario("./baseline").slug == "baseline"


def test_a_city_with_a_fault_says_its_place(home):
    path = home / "my_city" / "city.yaml"
    path.write_text(path.read_text().replace("side: 30", "side: wide"))
    with pytest.raises(ScenarioError, match="city.yaml:4"):
        load_scenario("~/my_city")


@pytest.mark.parametrize("said", [2018, "2018", "2018-12", DECEMBER_2018])
def test_a_year_is_its_december(said):
    assert ordinal(said) == DECEMBER_2018


@pytest.mark.parametrize("setting", ["end=2018", "until=2018", "until=2018-12"])
def test_a_setting_may_say_when_it_ends(setting):
    assert load_scenario("baseline", [setting]).end == DECEMBER_2018


@pytest.mark.parametrize(("said", "why"), [("soon", "'soon' is not a month"), (2056, "no run goes beyond 2055-12"),
                                           ("2018-1", "write 2018-01"), (3, "'3' is not a month"),
                                           ("9999", "not between 1990 and 2100"), (True, "'True' is not a month")])
def test_what_is_no_last_month_is_one_sentence(said, why):
    with pytest.raises(InputError, match=why) as caught:
        ordinal(said)
    assert len(str(caught.value).splitlines()) == 1


def test_a_beginning_is_a_month():
    assert first_month("2018-12") == DECEMBER_2018
    with pytest.raises(InputError, match="'2018' is not a month: .*; a month of that year, 2018-01 to 2018-12"):
        first_month("2018")


@pytest.mark.parametrize(("called", "said"), [
    ("run_sim.py", "python run_sim.py"), ("/a b/run_sim.py", "python '/a b/run_sim.py'"),
    ("/bin/cluster-sim", "cluster-sim"), ("/x/cluster_sim/__main__.py", "python -m cluster_sim"),
    ("my_script.py", "python run_sim.py"), ("/x/pytest/__main__.py", "python run_sim.py"), ("", "python run_sim.py")])
def test_messages_name_the_command_as_it_was_called(monkeypatch, called, said):
    monkeypatch.setattr(sys, "argv", [called])
    assert program() == said


HOLD = """
import os, sys, tempfile
tempfile.tempdir = sys.argv[1]
from cluster_sim.runs.temporary import Temporary
held = Temporary()
held.folder.mkdir()
(held.folder / "a").touch()
print(held.folder.parent, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def owner(tmp_path, monkeypatch):
    """Another process that holds a temporary folder, and the folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdin
    yield process, Path(process.stdout.readline().strip())
    process.kill()
    process.communicate()


@pytest.mark.skipif(temporary.fcntl is None, reason="no locks")
def test_a_killed_process_leaves_its_folder_only_till_the_next_start(owner):
    process, folder = owner
    temporary.remove_abandoned()
    assert (folder / "runs" / "a").is_file()
    process.kill()
    process.wait()
    temporary.remove_abandoned()
    assert not folder.exists()


def test_a_process_that_ends_takes_its_folder_along(owner):
    process, folder = owner
    process.communicate("end\n")
    assert not folder.exists()


@pytest.mark.skipif(temporary.fcntl is None, reason="no locks")
def test_no_folder_of_somebody_else_is_removed(tmp_path, monkeypatch):
    """One's own, one that is just being made, one of another user and one that a link leads to."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Temporary() as mine:
        made, linked = tmp_path / f"{temporary.PREFIX}made", tmp_path / "linked"
        made.mkdir()
        linked.mkdir()
        (linked / "owner").touch()
        (tmp_path / f"{temporary.PREFIX}link").symlink_to(linked)
        temporary.remove_abandoned()
        assert mine.parent.is_dir() and made.is_dir() and (linked / "owner").is_file()
        other = tmp_path / f"{temporary.PREFIX}other"
        other.mkdir()
        (other / "owner").touch()
        monkeypatch.setattr(temporary.os, "geteuid", lambda: -1)
        temporary.remove_abandoned()
        assert other.is_dir()
    assert not mine.parent.exists()
