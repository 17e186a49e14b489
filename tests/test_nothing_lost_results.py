"""report, export, reproduce and status on the folders of every command, whole and damaged."""

from __future__ import annotations

import json
import shutil

import duckdb
import pyarrow.parquet as pq
import pytest
from nothing_lost import DISCOVER, SEARCH, SWEEP, TINY, YEAR, command, ready

pytestmark = pytest.mark.slow
SENSITIVITY = """
base: baseline
design: morris
trajectories: 2
base_points: 2
factors: {gaps.attraction: {low: 0.2, high: 0.4}, gaps.people: {low: 0.1, high: 0.5}}
"""
FILES = {"sweep": SWEEP, "search": SEARCH, "discover": DISCOVER, "sensitivity": SENSITIVITY}
PAIRS = ("--scale", "1/200", "--seeds", "2", "--no-figures")
COMMANDS = {
    "run": ("run", "baseline", *TINY, "--seeds", "2"),
    "compare": ("compare", "baseline", "no_policy", *YEAR, "--seeds", "2"),
    "audit": ("audit", "baseline", "--instrument", "production_subsidy", *PAIRS, "--until", "2018-12"),
    "attribute": ("attribute", "baseline", *YEAR, "--seeds", "2", "--permutations", "2"),
    "engine": ("engine", "no_ne_zha", *PAIRS, "--until", "2018-12"),
    "econometrics": ("econometrics", "baseline", *PAIRS, "--date", "2023-01"),
    **{name: (name, f"{name}.yaml", *YEAR, "--seeds", "1") for name in FILES}}
FIGURES = {"run": "indicators", "attribute": "attribution", "compare": "effects",
           "audit": "public_money", "engine": "engine", "search": "front",
           "sweep": "points", "discover": "discovery"}
"""The figure that a command draws, where it is not the command's name."""
READERS = ("status", "report", "export", "reproduce")


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Small results folders by command, made when first asked for."""
    folder, made = tmp_path_factory.mktemp("stores"), set()

    def store(name):
        if name not in made:
            if name in FILES:
                (folder / f"{name}.yaml").write_text(FILES[name], encoding="utf-8")
            ready(command(folder, *COMMANDS[name], "--out", name, "--quiet", seconds=400))
            made.add(name)
        return folder / name
    return store


@pytest.fixture
def run_store(stores, tmp_path):
    """A copy of two runs' store, to be damaged."""
    return shutil.copytree(stores("run"), tmp_path / "store")


def in_words(done):
    """Hold that a command ended with a status of its own and no traceback."""
    assert "Traceback" not in done.stderr, done.stderr[-800:]
    assert done.returncode in (0, 2), (done.returncode, done.stderr)
    assert done.returncode == 0 or done.stderr.strip()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_folder_of_every_command(stores, name, reader, tmp_path):
    """All of them are read from any folder, report draws what the command draws, and nothing is run for it."""
    if name == "econometrics":
        pytest.importorskip("linearmodels")
    store = stores(name)
    before = sorted(store.rglob("part-*"))
    done = command(tmp_path, reader, store, seconds=400)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "no manifest" not in done.stdout and "0 of 0" not in done.stdout, done.stdout
    assert sorted(store.rglob("part-*")) == before
    if reader == "report":
        assert (store / "figures" / f"{FIGURES.get(name, name)}.png").is_file(), (done.stdout, done.stderr)
    if reader == "export":
        assert len(list(store.rglob("csv/series.csv"))) == len(list(store.rglob("scenario.yaml")))


def test_report_does_no_runs(stores, tmp_path):
    """What is missing is said, and stays missing."""
    broken = shutil.copytree(stores("compare"), tmp_path / "broken")
    for part in broken.glob("no_policy/runs/part-*"):
        part.unlink()
    done = command(tmp_path, "report", "broken")
    assert done.returncode == 2 and "lacks 2 of the runs" in done.stderr
    assert not list(broken.glob("no_policy/runs/part-*"))


@pytest.mark.parametrize("table", ["series", "projects"])
def test_export_says_what_is_missing(run_store, table):
    for part in (run_store / table).glob("part-*"):
        part.unlink()
    done = command(run_store.parent, "export", "store")
    assert done.returncode != 0 and table in done.stderr


@pytest.mark.parametrize("table", ["series", "projects"])
def test_status_is_not_done_with_a_part_missing(run_store, table):
    for part in (run_store / table).glob("part-*"):
        part.unlink()
    done = command(run_store.parent, "status", "store")
    assert "; done;" not in done.stdout and table in done.stdout + done.stderr


@pytest.mark.parametrize("text", ["[]", "null", '{"seeds": 5}', ""], ids=["list", "null", "number", "absent"])
def test_a_manifest_that_is_none(run_store, text):
    (run_store / "manifest.json").unlink()
    if text:
        (run_store / "manifest.json").write_text(text)
    for reader in READERS:
        in_words(command(run_store.parent, reader, "store"))
    in_words(command(run_store.parent, "run", "baseline", *TINY, "--seeds", "2", "--out", "store"))


def test_a_manifest_cut_short(run_store):
    text = (run_store / "manifest.json").read_text()
    (run_store / "manifest.json").write_text(text[:len(text) // 2])
    for reader in READERS:
        done = command(run_store.parent, reader, "store")
        in_words(done)
        assert done.returncode == 2 and "manifest.json" in done.stderr


def test_missing_values_are_nulls(run_store):
    """The share of GDP is missing before the twelfth month: averages in SQL pass over it."""
    part, = (run_store / "series").glob("part-*")
    assert pq.read_table(part, columns=["gdp_share"])["gdp_share"].null_count == 6
    mean = duckdb.sql(f"SELECT avg(collaboration_distance) FROM read_parquet('{part}')").fetchall()[0][0]
    assert mean is None or mean == mean


def test_missing_values_are_empty_in_csv(run_store):
    ready(command(run_store.parent, "export", "store"))
    lines = (run_store / "csv" / "series.csv").read_text(encoding="utf-8").splitlines()
    place = lines[0].replace('"', "").split(",").index("gdp_share")
    assert {line.split(",")[place] for line in lines[1:]} == {""}


def test_the_manifest_of_a_store_is_json(run_store):
    assert json.loads((run_store / "manifest.json").read_text(encoding="utf-8"))["status"] == "done"
