"""A full disk: one sentence, status 3, nothing half-written, and the same command goes on once there is room."""

from __future__ import annotations

import json

import pytest
from nothing_lost import DISCOVER, SEARCH, SWEEP, YEAR, command, enlarge, ready, small_disk

pytestmark = pytest.mark.slow
FILES = {"sweep": SWEEP, "search": SEARCH, "discover": DISCOVER}


def told(done):
    """Hold that a command ended with status 3 and says in words that the disk is full and how to go on."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 3, (done.returncode, done.stderr)
    assert "disk is full" in done.stderr and "same command" in done.stderr, done.stderr


def fill(tmp_path, sizes, *words):
    """Do a command on disks of several sizes (KB): wherever it stops it says so, and goes on when there is room."""
    for size in sizes:
        with small_disk(tmp_path / f"disk{size}", size) as (disk, limit):
            told(command(tmp_path, *words, "--out", disk / "out", **limit))
            assert [p for p in (disk / "out").rglob("*.parquet") if p.stat().st_size == 0] == []
            for notes in (disk / "out").rglob("manifest.json"):
                json.loads(notes.read_text(encoding="utf-8"))
            again = command(tmp_path, *words, "--out", disk / "out", **enlarge(disk, 20_000))
            assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("workers", [(), ("--workers", "0")], ids=["processes", "one"])
def test_run(tmp_path, workers):
    fill(tmp_path, (40, 100), "run", "baseline", *YEAR, "--seeds", "6", *workers)


def test_compare(tmp_path):
    fill(tmp_path, (60,), "compare", "baseline", "no_policy", *YEAR, "--seeds", "4")


@pytest.mark.parametrize("name", sorted(FILES))
def test_commands_that_read_a_file(tmp_path, name):
    (tmp_path / "file.yaml").write_text(FILES[name], encoding="utf-8")
    fill(tmp_path, (60,), name, "file.yaml", *YEAR, "--seeds", "2")


def test_export_and_report(tmp_path):
    for size in (20, 40):
        with small_disk(tmp_path / f"disk{size}", size) as (disk, limit):
            ready(command(tmp_path, "run", *YEAR, "--seeds", "1", "--out", "store", "--quiet"))
            told(command(tmp_path, "export", "store", "--out", disk / "csv", **limit))
