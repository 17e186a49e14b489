"""Consoles, home folders and statistics of sweeps: what a user meets on another machine."""

from __future__ import annotations

import subprocess
import sys

import pytest
from nothing_lost import ROOT, SWEEP, TINY, YEAR, command, environment, ready

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("console", ["ascii", "gbk", "cp936"])
def test_no_result_is_lost_to_a_print(tmp_path, console):
    done = command(tmp_path, "compare", "baseline", "no_policy", *YEAR, "--seeds", "2", PYTHONIOENCODING=console)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-500:]


def test_a_name_that_the_console_lacks(tmp_path):
    (tmp_path / "s.yaml").write_text("name: 成都\nextends: baseline\n", encoding="utf-8")
    done = command(tmp_path, "run", "s.yaml", *TINY, "--seeds", "1", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr[-500:]


def test_home_in_a_path(tmp_path):
    (tmp_path / "home").mkdir()
    done = command(tmp_path, "run", "baseline", *TINY, "--seeds", "1", "--out", "~/there", HOME=str(tmp_path / "home"))
    assert done.returncode == 0 and (tmp_path / "home" / "there" / "runs").is_dir() and not (tmp_path / "~").exists()


def test_until_by_set(tmp_path):
    done = command(tmp_path, "run", "baseline", "--scale", "1/200", "--seeds", "1", "--no-figures", "--set",
                   "until=2017", "--json")
    assert done.returncode == 0 and '"until": "2017-12"' in done.stdout, done.stderr


def test_stepping_again_after_an_error(tmp_path):
    program = ("import cluster_sim as cs\n"
               "model = cs.ClusterModel(cs.load_scenario('baseline'), seed=1, scale=1/200)\n"
               "model.EVENTS = (lambda model: {}['gone'],)\n"
               "for _ in range(2):\n"
               "    try:\n        model.step()\n"
               "    except KeyError:\n        pass\n"
               "    except RuntimeError as error:\n        print('told:', error)\n")
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment(), capture_output=True,
                          text=True, timeout=60)
    assert "told:" in done.stdout, done.stderr


def test_points_of_a_sweep_are_paired(tmp_path):
    """Both points are run on the same seeds: the difference's standard error is that of pairs."""
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    done = ready(command(tmp_path, "sweep", "sweep.yaml", *YEAR, "--seeds", "3"))
    assert "against" in done.stdout or "paired" in done.stdout or "contrast" in done.stdout, done.stdout


def test_the_bias_of_a_small_city_is_said(tmp_path):
    done = ready(command(tmp_path, "run", "baseline", *YEAR, "--seeds", "1"))
    assert "bias" in done.stdout, done.stdout
