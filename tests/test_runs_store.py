"""The store: the same bytes for any number of workers, nothing twice, nothing half, nothing mixed."""

from __future__ import annotations

import errno
import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from runs_fake import FACTORY, scenario

import cluster_sim as cs
from cluster_sim.runs import manifest, tables
from cluster_sim.runs.errors import InputError, StoreFull
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import plan
from cluster_sim.runs.store import Store

KINDS = ("series", "projects", "credits", "ledger", "map", "parks")


def do(folder, seeds, workers=0, scenario=scenario, **parameters):
    return execute(plan(scenario(**parameters), list(seeds), 0.05), folder, workers, factory=FACTORY)


def begun(folder, planned):
    """Return a store in which a job has begun and been killed."""
    store = Store(folder)
    lock = store.work()
    manifest.begin(store, planned, {}, lock)
    lock.close()
    return store


def content(folder):
    """Return the bytes of all parts but `runs` (which hold seconds)."""
    return {p.relative_to(folder).as_posix(): p.read_bytes()
            for p in sorted(Path(folder).glob("*/part-*.parquet")) if p.parent.name != "runs"}


def test_same_bytes_for_any_number_of_workers(tmp_path):
    for workers in (0, 1, 3):
        do(tmp_path / str(workers), range(1, 8), workers)
    first = content(tmp_path / "0")
    assert {Path(name).parent.name for name in first} == set(KINDS)
    assert content(tmp_path / "1") == first
    assert content(tmp_path / "3") == first


def test_a_second_start_skips_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))
    do(tmp_path / "a", [1, 2])
    before = content(tmp_path / "a")
    report = do(tmp_path / "a", [1, 2, 3])
    assert len(report.already) == 2 and len(report.done) == 1
    assert len((tmp_path / "log").read_text().splitlines()) == 3
    assert before.items() <= content(tmp_path / "a").items()
    assert cs.open(tmp_path / "a").runs["seed"].tolist() == [1, 2, 3]


def test_part_belongs_to_its_runs_whatever_the_division(tmp_path, monkeypatch):
    monkeypatch.setattr("cluster_sim.runs.plan.RUNS_PER_PART", 2)
    do(tmp_path / "a", range(1, 6))
    assert len(list((tmp_path / "a" / "series").iterdir())) == 3
    view = cs.open(tmp_path / "a")
    assert view.series["seed"].tolist() == np.repeat([1, 2, 3, 4, 5], 24).tolist()


def test_staged_runs_are_read_and_taken_up(tmp_path):
    planned = plan(scenario(), [1, 2], 0.05)
    store = begun(tmp_path / "a", planned)
    from cluster_sim.runs.single_run import simulate

    store.stage(planned.runs[0], simulate(planned.runs[0], factory=FACTORY), "d", planned.code)
    view = cs.open(tmp_path / "a")
    assert view.runs["seed"].tolist() == [1] and len(view.frame("series", ["gdp_share"])) == 24
    assert view.sql("select count(*) as n from series")["n"][0] == 24
    report = execute(planned, tmp_path / "a", 0, factory=FACTORY)
    assert len(report.done) == 1
    do(tmp_path / "b", [1, 2])
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert not (tmp_path / "a" / "staging").exists()


def test_a_table_without_its_commit_does_not_count(tmp_path):
    do(tmp_path / "a", [1, 2])
    before = content(tmp_path / "a")
    for path in (tmp_path / "a" / "runs").iterdir():
        path.unlink()
    with pytest.raises(InputError):
        cs.open(tmp_path / "a").runs  # noqa: B018
    report = do(tmp_path / "a", [1, 2])
    assert len(report.done) == 2 and content(tmp_path / "a") == before


def test_a_damaged_staged_run_is_done_again(tmp_path):
    planned = plan(scenario(), [1, 2], 0.05)
    store = begun(tmp_path / "a", planned)
    from cluster_sim.runs.single_run import simulate

    spec = planned.runs[0]
    store.stage(spec, simulate(spec, factory=FACTORY), "d", planned.code)
    path = store.staged_file(spec.run_id)
    path.write_bytes(path.read_bytes()[:-40])
    execute(planned, tmp_path / "a", 0, factory=FACTORY)
    assert cs.open(tmp_path / "a").run_ids == [spec.run_id for spec in planned.runs]


def test_runs_of_another_kind_are_refused_and_nothing_is_touched(tmp_path):
    do(tmp_path / "a", [1])
    before = {p: p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    with pytest.raises(InputError, match="the scenario"):
        do(tmp_path / "a", [1], sleep=0.001)
    assert {p: p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()} == before


def fail_at(monkeypatch, name, number):
    """Let the disk be full at the `number`-th call of a writing function."""
    module, _, attribute = name.rpartition(".")
    real, calls = getattr(import_module(module), attribute), []

    def full(*args, **options):
        calls.append(1)
        if len(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **options)

    monkeypatch.setattr(name, full)


def test_a_store_of_another_code_says_so_when_opened(tmp_path, monkeypatch, recwarn):
    do(tmp_path / "a", [1])
    cs.open(tmp_path / "a")
    assert not recwarn
    monkeypatch.setattr("cluster_sim.runs.read.code_version", lambda: "f" * 16)
    with pytest.warns(UserWarning, match="another version of the code.*here ffffffffffffffff"):
        assert len(cs.open(tmp_path / "a").run_ids) == 1


def test_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(StoreFull, match="disk is full"):
        fail_at(patch, "cluster_sim.runs.staged.write", 2)
        do(tmp_path / "a", [1, 2, 3])
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["status"] == "unfinished"
    report = do(tmp_path / "a", [1, 2, 3])
    assert len(report.already) == 1 and len(report.done) == 2


def test_full_disk_while_a_part_is_written(tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(StoreFull):
        fail_at(patch, "pyarrow.parquet.write_table", 3)
        do(tmp_path / "a", [1, 2])
    assert not list((tmp_path / "a").rglob("*.draft")) and not list((tmp_path / "a").glob("runs/*"))
    assert len(do(tmp_path / "a", [1, 2]).already) == 2
    do(tmp_path / "b", [1, 2])
    assert content(tmp_path / "a") == content(tmp_path / "b")


@pytest.mark.parametrize("values", [
    np.array([1.5, np.nan, -0.0]), np.array([1, 2, 3], dtype=np.int16), np.array([True, False, True]),
    np.array(["a", "哪吒", ""]), np.array(["2017-01", "2017-02", "2035-12"], dtype="datetime64[M]"),
    np.arange(6.0)[::2], np.array([1.5, 2.5, 3.5], dtype=np.float32)])
def test_columns_come_back_as_they_were(tmp_path, values):
    tables.write(tables.to_table({"x": values}, {"seed": 3}), tmp_path / "x.parquet")
    back = tables.read(tmp_path / "x.parquet")
    assert back["seed"].to_pylist() == [3, 3, 3]
    expected = values.astype("datetime64[D]") if values.dtype.kind == "M" else values
    np.testing.assert_array_equal(back["x"].to_numpy(), expected)


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="rows"):
        tables.to_table({"x": np.zeros(2), "y": np.zeros(3)})


def test_one_byte_flipped_in_a_page_is_noticed(tmp_path):
    path = tmp_path / "x.parquet"
    tables.write(tables.to_table({"x": np.random.default_rng(1).random(1000)}), path)
    data = bytearray(path.read_bytes())
    data[400] ^= 1
    path.write_bytes(data)
    with pytest.raises(OSError):
        tables.read(path)
