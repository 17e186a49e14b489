"""Two terminals and one results folder: who comes second with other runs is told; no store mixes two scales."""

from __future__ import annotations

import json
import subprocess
import time

import duckdb
import pytest
from nothing_lost import TINY, command, environment, ready, refused, words_of

pytestmark = pytest.mark.slow


def scales(folder):
    """Return the scales of the runs in a store."""
    found = duckdb.sql(f"SELECT DISTINCT scale FROM read_parquet('{folder}/runs/part-*.parquet')").fetchall()
    return sorted(row[0] for row in found)


def long_job(folder, *words):
    """Start a command that takes a while; return its process once it has begun."""
    job = subprocess.Popen(words_of("run", "baseline", "--seeds", "6", "--until", "2019-12", "--no-figures", "--quiet",
                                    *words), cwd=folder, env=environment(), stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    out = folder / "results" / "baseline"
    end = time.monotonic() + 60
    while not (out / "manifest.json").is_file() and time.monotonic() < end:
        time.sleep(0.05)
    assert job.poll() is None
    return job


@pytest.mark.parametrize("more", [(), ("--fresh",)], ids=["another scale", "fresh"])
def test_the_second_with_another_scale_is_told(tmp_path, more):
    job = long_job(tmp_path, "--scale", "1/50")
    try:
        done = command(tmp_path, "run", "baseline", *TINY, "--seeds", "2", *more)
        assert job.wait(120) == 0
    finally:
        job.kill()
        job.communicate()
    assert [scales(path.parent) for path in tmp_path.rglob("manifest.json")] == [[0.02]]
    refused(done, "results", "1/50", "--out")


def test_two_of_the_same_kind_share_the_work(tmp_path):
    words = ("--seeds", "6", "--until", "2019-12", "--scale", "1/100", "--no-figures", "--quiet")
    job = long_job(tmp_path, "--scale", "1/100")
    try:
        ready(command(tmp_path, "run", "baseline", *words))
        assert job.wait(120) == 0
    finally:
        job.kill()
        job.communicate()
    assert scales(tmp_path / "results" / "baseline") == [0.01]


@pytest.mark.parametrize(("key", "value"), [("scale", "1/20"), ("until", "2018-03"), ("seeds", [1, 7]),
                                            ("months", 5), ("first_month", "2016-01")])
def test_reproduce_holds_the_manifest_against_the_runs(tmp_path, key, value):
    ready(command(tmp_path, "run", "baseline", *TINY, "--seeds", "2", "--out", "store"))
    path = tmp_path / "store" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    done = command(tmp_path, "reproduce", "store")
    assert done.returncode in (1, 2) and key in done.stdout + done.stderr
