"""The installed package without the clone: every file that it needs travels along, and it writes only where one is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
SMALL = ("--scale", "1/200", "--until", "2017-02", "--seeds", "1", "--no-figures")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder into which the wheel was installed."""
    wheels, folder = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "-w", wheels, ROOT], check=True)
    subprocess.run([*pip, "install", "-q", "--no-deps", "--target", folder, *wheels.glob("*.whl")], check=True)
    return folder


def files_of(folder: Path) -> set[Path]:
    """Return the files below a folder but for compiled Python."""
    return {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_a_wheel_works_in_an_empty_folder(site, tmp_path):
    """All commands that look for files by name, one after the other as a newcomer would."""
    here, home, temporary = tmp_path / "here", tmp_path / "home", tmp_path / "temporary"
    for folder in (here, home, temporary):
        folder.mkdir()
    shutil.copytree(site / "cluster_sim" / "cities" / "synthetic", here / "my_city")
    installed = files_of(site)
    own = {name: os.environ[name] for name in ("CLUSTER_SIM_CACHE", "XDG_CACHE_HOME") if name in os.environ}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site), "HOME": str(home), "TMPDIR": str(temporary),
                   "OPENBLAS_NUM_THREADS": "1"} | own

    def command(*words: str) -> str:
        done = subprocess.run([sys.executable, "-m", "cluster_sim", *words], cwd=here, env=environment,
                              capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout + done.stderr

    command("schema")
    assert "python -m cluster_sim run mine.yaml" in command("new", "mine")
    assert "$schema=schema.json" in (here / "mine.yaml").read_text()
    assert "no_policy" in command("list") and "gdp_share" in command("explain", "gdp_share")
    command("run", "./my_city", *SMALL)
    command("run", "mine", *SMALL)
    command("run", "baseline", *SMALL)
    command("sweep", "subsidy_and_distance", "--shard", "1/100", *SMALL)
    command("status")
    stores = {folder.name for folder in (here / "results").iterdir() if (folder / "runs").is_dir()}
    assert {"my_city", "mine", "baseline", "subsidy_and_distance"} <= stores
    assert files_of(site) == installed and list(temporary.iterdir()) == []
    assert {path.relative_to(home).parts[:2] for path in files_of(home)} <= {(".cache", "cluster_sim"),
                                                                            (".cache", "matplotlib")}
