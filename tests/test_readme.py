"""The README's blocks, executed: commands on a small city for a few months, Python and YAML as they stand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALL = ["--scale", "1/200", "--until", "2017-03"]


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the scenarios and one small store, as a reader would have them after the first command."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    done = call(folder, ["run", "scenarios/baseline.yaml", "--seeds", "2", *SMALL])
    assert done.returncode == 0, done.stderr
    return folder


def call(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder."""
    return run(folder, [sys.executable, str(ROOT / "run_sim.py"), *words])


def run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with this source tree importable."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, timeout=600)


SHORT = {
    "compare": ["--scale", "1/400", "--until", "2017-12", "--seeds", "2", "--out", "results/compared"],
    "attribute": ["--scale", "1/400", "--until", "2018-12", "--seeds", "2", "--permutations", "2"],
    "audit": ["--scale", "1/400", "--until", "2018-12", "--seeds", "2", "--instrument", "production_subsidy"],
    "run": [*SMALL, "--seeds", "1", "--out", "results/again", "--fresh"]}
"""What to put in place of a command's size; those that have tests of their own on small runs are only looked up."""
LOOKED_UP = ("doses", "engine", "econometrics", "sweep", "sensitivity", "discover", "search", "posterior")


def commands() -> list[list[str]]:
    """Return the words after `python run_sim.py` of each command in the table."""
    return [shlex.split(words) for words in re.findall(r"`python run_sim\.py ([^`]+)`", README)]


@pytest.mark.parametrize("words", commands(), ids=lambda words: words[0])
def test_commands_of_the_table(place, words):
    if words[0] in LOOKED_UP:
        assert (ROOT / words[1]).is_file()
        said = call(place, [words[0], "--help"]).stdout
        assert said and all(pair[0] in said for pair in pairs(words[2:]) if pair[0].startswith("--"))
        return
    if words[0] in SHORT:
        words = [w for pair in pairs(words) if pair[0] not in ("--scale", "--until", "--seeds") for w in pair]
        words += SHORT[words[0]]
    done = call(place, words)
    assert done.returncode == 0, done.stderr
    assert (done.stdout + done.stderr).strip()


def pairs(words: list[str]) -> list[list[str]]:
    """Group options with their values."""
    grouped: list[list[str]] = []
    for word in words:
        if grouped and grouped[-1][0].startswith("--") and len(grouped[-1]) == 1 and not word.startswith("--"):
            grouped[-1].append(word)
        else:
            grouped.append([word])
    return grouped


def test_the_scenario_is_valid(place):
    from cluster_sim import load_scenario

    (text,) = blocks("yaml")
    path = place / "scenarios" / "of_the_readme.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = load_scenario(path)
    assert scenario.parameters["collaboration.tau_max"] == 0.4


def test_the_python_block_runs(place):
    (code,) = blocks("python")
    done = run(place, [sys.executable, "-c", code])
    assert done.returncode == 0, done.stderr
    assert "gdp_share" in done.stdout
    assert "Studio" in done.stdout


def test_ci_runs_the_command_that_the_readme_gives():
    """Both set-up commands stand alone under their marks, and .ci/run takes the test command from here."""
    marked = dict(re.findall(r"^<!-- (main|test) -->\n```sh\n(.*?)\n```$", README, flags=re.MULTILINE | re.DOTALL))
    assert marked["main"].endswith(".venv/bin/python run_sim.py")
    assert marked["test"].endswith(".venv/bin/python -m pytest")
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
