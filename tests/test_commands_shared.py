"""Every command that does runs: killed workers, shards, a Dask cluster, and still the same answer."""

from __future__ import annotations

import json
import signal
import sys

import fake_command
import killed_once
import pytest
from fake_command import call

FACTORS = """
factors:
  collaboration.tau_max: {low: 0.2, high: 0.8}
  labour.raise: {low: 0.02, high: 0.1}
base: recent.yaml
scale: 1/200
until: 2017-12
"""
FILES = {
    "sweep": "design: lhs\nsamples: 3\nseeds: 2\n",
    "sensitivity": "design: morris\ntrajectories: 2\nbase_points: 2\n",
    "search": "budget: none\ngenerations: 1\npopulation: 4\ncheck_seeds: 2\n",
    "discover": "samples: 4\naim: {column: gdp_share_published, at_least: 0.06}\n"}
DOSES = """
base: recent.yaml
scale: 1/200
until: 2017-12
doses: [1, 10]
seeds: 2
instruments: {workspace: {aim: studios, amounts: {floor: 20000 m2}}}
comparators: {wage_subsidy: {amounts: {rate: 0.01}}}
"""
SCENARIOS = {
    "recent": "extends: baseline\nparameters: {start.rest_months: 24}\n",
    "no_policy": "extends: recent.yaml\npolicies: none\n",
    "no_ne_zha": "extends: recent.yaml\nevents: [{remove: Ne Zha}, {remove: Ne Zha 2}]\n"}
"""Two years of burn-in, for what is asked here does not depend on rest, and each sample has one of its own."""
SMALL = ("--scale", "1/200", "--until", "2017-12", "--seeds", "2")
COMMANDS = {
    "run": ("recent.yaml", *SMALL), "compare": ("recent.yaml", "no_policy.yaml", *SMALL),
    "audit": ("recent.yaml", "--instrument", "workspace", *SMALL),
    "attribute": ("recent.yaml", *SMALL, "--permutations", "2"),
    "engine": ("no_ne_zha.yaml", *SMALL, "--until", "2018-12"),
    "econometrics": ("recent.yaml", "--scale", "1/200", "--seeds", "2", "--date", "2023-01"),
    "doses": ("doses.yaml",), **{name: (f"{name}.yaml",) for name in FILES}}
PASSING = {"seconds", "new_runs", "out", "figures", "tables", "shard", "scenarios", "variants"}
"""Keys of an answer that tell of the way to it."""


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A folder with the files of the commands, and one in which a death can be noted."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(FACTORS + text)
    (tmp_path / "doses.yaml").write_text(DOSES)
    for name, text in SCENARIOS.items():
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}\nrationale: a test\n{text}")
    (tmp_path / "mishap").mkdir()
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(capsys, command, *words):
    """Return a command's answer, which must be one JSON object and exit status 0."""
    status, out, err = call(capsys, command, *COMMANDS[command], "--no-figures", "--json", *words)
    assert status == 0, err
    return json.loads(out)


def same(one, other):
    """Hold two answers against each other, but for what tells of the way to them."""
    assert {key: value for key, value in one.items() if key not in PASSING} == {
        key: value for key, value in other.items() if key not in PASSING}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What each command answers when nothing happens, worked out once."""
    return {}


@pytest.fixture
def expected(whole, place, capsys, request):
    """The answer of the command at hand, in one process and at one go."""
    command = request.getfixturevalue("command")
    if command not in whole:
        whole[command] = ask(capsys, command, "--workers", "0", "--out", "whole")
    return whole[command]


QUICK = ("compare", "sweep")


@pytest.fixture(params=[name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in COMMANDS])
def command(request):
    """The name of a command."""
    if request.param == "econometrics":
        pytest.importorskip("linearmodels")
    return request.param


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_worker_changes_no_answer(command, expected, place, capsys, monkeypatch):
    fake_command.use(killed_once.factory(place / "mishap"), monkeypatch, workers=2)
    same(ask(capsys, command, "--out", "r"), expected)
    assert (place / "mishap" / "killed").is_file()


def test_shards_together_give_the_answer_of_one(command, expected, place, capsys):
    """Two shards take turns until both have the whole; what one of them lacks is said, and no error."""
    answers = []
    for _ in range(8):
        for number in (1, 2):
            answers.append(ask(capsys, command, "--workers", "0", "--out", "r", "--shard", f"{number}/2"))
        if not answers[-2].get("missing"):
            break
    assert answers[0]["new_runs"] and answers[1]["new_runs"], "both have a share"
    if command != "sweep":
        assert answers[0]["missing"] > 0 and answers[0]["shard"] == "1/2"
    same(answers[-1], expected)
    again = ask(capsys, command, "--workers", "0", "--out", "r")
    assert again["new_runs"] == 0
    same(again, expected)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("command", ["compare", "search"], indirect=True)
def test_a_killed_dask_worker_changes_no_answer(command, expected, cluster, place, capsys, monkeypatch):
    monkeypatch.setattr("cluster_sim.runs.single_run.FACTORY", killed_once.factory(place / "mishap"))
    same(ask(capsys, command, "--out", "r", "--engine", "dask", "--scheduler", cluster.address), expected)
    assert (place / "mishap" / "killed").is_file()
