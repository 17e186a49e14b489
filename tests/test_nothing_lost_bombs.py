"""Numbers and files that would eat the machine: a sentence with the bound, status 2, within seconds."""

from __future__ import annotations

import pytest
from nothing_lost import ROOT, TINY, command, refused

pytestmark = pytest.mark.slow
LIMITS = {"seconds": 20.0, "gigabytes": 6.0}
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 10))


def sweep(tmp_path, text):
    """Ask what a sweep of this text would take."""
    (tmp_path / "sweep.yaml").write_text("base: baseline\ndesign: grid\n" + text, encoding="utf-8")
    return command(tmp_path, "sweep", "sweep.yaml", "--scale", "1/200", "--dry-run", **LIMITS)


@pytest.mark.parametrize("seeds", ["2147483648", "100000000"])
def test_seeds_of_a_sweep(tmp_path, seeds):
    done = sweep(tmp_path, f"factors: {{collaboration.tau_max: {{low: 0, high: 1, levels: 2}}}}\nseeds: {seeds}\n")
    refused(done, "seeds")


@pytest.mark.parametrize("levels", ["1000000000000", "999999999999999999999999999999"])
def test_levels_of_a_grid(tmp_path, levels):
    done = sweep(tmp_path, f"factors: {{collaboration.tau_max: {{low: 0, high: 1, levels: {levels}}}}}\nseeds: 1\n")
    refused(done, "sweep.yaml:3", "levels")


@pytest.mark.parametrize("words", [("--seeds", "99999999999999999999"), ("--seeds", "100000000")])
def test_seeds_on_the_command_line(tmp_path, words):
    refused(command(tmp_path, "run", "baseline", *TINY, *words, **LIMITS), "seed")


def test_the_first_seed_on_the_command_line(tmp_path):
    done = command(tmp_path, "run", "baseline", *TINY, "--seed", "9" * 23, **LIMITS)
    assert "Traceback" not in done.stderr and done.returncode == 2, done.stderr


@pytest.mark.parametrize("month", ["9999-12", "2070-12"])
def test_no_run_beyond_the_outside_paths(tmp_path, month):
    done = command(tmp_path, "run", "baseline", "--scale", "1/200", "--seeds", "1", "--until", month, "--no-figures",
                   **LIMITS)
    refused(done, "2055")


def test_billion_laughs_in_a_city(tmp_path):
    (tmp_path / "city").mkdir()
    text = (ROOT / "cluster_sim" / "cities" / "synthetic" / "city.yaml").read_text(encoding="utf-8")
    (tmp_path / "city" / "city.yaml").write_text(text + LAUGHS, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("name: Laughs\nextends: baseline\ncity: ./city\n", encoding="utf-8")
    refused(command(tmp_path, "run", "s.yaml", *TINY, "--seeds", "1", **LIMITS), "city.yaml")


@pytest.mark.parametrize("name", ["s.yaml", "sweep.yaml"])
def test_billion_laughs_elsewhere(tmp_path, name):
    """Scenario and sweep files have a reader that bounds them; it names the line."""
    head = {"s.yaml": "name: Laughs\nextends: baseline\n", "sweep.yaml": "base: baseline\ndesign: grid\n"}[name]
    (tmp_path / name).write_text(head + LAUGHS, encoding="utf-8")
    done = command(tmp_path, {"s.yaml": "run", "sweep.yaml": "sweep"}[name], name, "--scale", "1/200", **LIMITS)
    refused(done, f"{name}:3")


def test_a_million_runs_ask_first(tmp_path):
    (tmp_path / "sweep.yaml").write_text(
        "base: baseline\ndesign: grid\nfactors: {collaboration.tau_max: {low: 0, high: 1, levels: 1000}}\n"
        "seeds: 1001\nuntil: 2017-03\n", encoding="utf-8")
    done = command(tmp_path, "sweep", "sweep.yaml", "--scale", "1/200", "--out", "out", **LIMITS)
    assert not (tmp_path / "out").exists()
    refused(done, "--yes", "1,001,000")


def test_too_little_memory_is_said(tmp_path):
    done = command(tmp_path, "run", "baseline", *TINY, "--seeds", "1", "--workers", "0", gigabytes=0.6, seconds=240)
    assert "Traceback" not in done.stderr, done.stderr[-500:]
    assert done.returncode in (0, 2, 3) and (done.returncode == 0 or "memory" in done.stderr)
