"""A full disk: one sentence, status 3, nothing half-written, and the same command goes on once there is room."""

from __future__ import annotations

import json
import sys

import pytest
from nothing_lost import DISCOVER, SEARCH, SWEEP, YEAR, command, enlarge, ready, small_disk

pytestmark = pytest.mark.slow
FILES = {"sweep": SWEEP, "search": SEARCH, "discover": DISCOVER}
SCENARIOS = {
    "run": ("baseline", *YEAR, "--seeds", "6"), "compare": ("baseline", "no_policy", *YEAR, "--seeds", "4"),
    "audit": ("baseline", "--instrument", "workspace", *YEAR, "--seeds", "4"),
    "attribute": ("baseline", *YEAR, "--seeds", "2", "--permutations", "2")}


def told(done):
    """Hold that a command ended with status 3 and says in words that the disk is full and how to go on."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 3, (done.returncode, done.stderr)
    assert "disk is full" in done.stderr and "same command" in done.stderr, done.stderr


def fill(tmp_path, sizes, *words, elsewhere=False):
    """Do a command on disks of several sizes (KB): wherever it stops it says so, and goes on when there is room.

    elsewhere: processes that are there already write as well, so that a limit on those of the command is none.
    """
    for size in sizes:
        with small_disk(tmp_path / f"disk{size}", size) as (disk, limit):
            if limit and elsewhere:
                pytest.skip("needs the right to mount a file system")
            told(command(tmp_path, *words, "--out", disk / "out", seconds=300.0, **limit))
            assert [p for p in (disk / "out").rglob("*.parquet") if p.stat().st_size == 0] == []
            for notes in (disk / "out").rglob("manifest.json"):
                json.loads(notes.read_text(encoding="utf-8"))
            again = command(tmp_path, *words, "--out", disk / "out", seconds=300.0, **enlarge(disk, 20_000))
            assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("workers", [(), ("--workers", "0")], ids=["processes", "one"])
def test_run(tmp_path, workers):
    fill(tmp_path, (40, 100), "run", *SCENARIOS["run"], *workers)


@pytest.mark.parametrize("name", ["compare", "audit", "attribute"])
def test_commands_of_several_scenarios(tmp_path, name):
    fill(tmp_path, (60,), name, *SCENARIOS[name])


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_workers_of_a_dask_cluster(tmp_path, cluster, name):
    fill(tmp_path, (60,), name, *SCENARIOS[name], "--engine", "dask", "--scheduler", cluster.address, elsewhere=True)


@pytest.mark.parametrize("name", sorted(FILES))
def test_commands_that_read_a_file(tmp_path, name):
    (tmp_path / "file.yaml").write_text(FILES[name], encoding="utf-8")
    fill(tmp_path, (60,), name, "file.yaml", *YEAR, "--seeds", "2")


def test_export_and_report(tmp_path):
    for size in (20, 40):
        with small_disk(tmp_path / f"disk{size}", size) as (disk, limit):
            ready(command(tmp_path, "run", *YEAR, "--seeds", "1", "--out", "store", "--quiet"))
            told(command(tmp_path, "export", "store", "--out", disk / "csv", **limit))
