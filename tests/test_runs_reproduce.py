"""Reproducing a store byte for byte, and what names a run."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from runs_fake import FACTORY, FakeModel, scenario

import cluster_sim as cs
from cluster_sim.runs import identity, tables
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import ordinal, part_size, plan, scale_of, scale_text, seed_list
from cluster_sim.runs.reproduce import first_difference


@pytest.fixture
def store(tmp_path):
    execute(plan(scenario(), [1, 2, 3], 0.05), tmp_path / "a", 0, factory=FACTORY)
    return tmp_path / "a"


def again(folder):
    return cs.reproduce(folder, workers=0, factory=FACTORY)


def test_an_untouched_store_is_reproduced(store):
    found = again(store)
    assert found.same and found.runs == 3 and found.files == 6


def test_every_flipped_byte_is_found(store):
    for kind in ("series", "ledger", "runs"):
        path = next((store / kind).iterdir())
        whole = path.read_bytes()
        for place in (0, len(whole) // 3, len(whole) - 1):
            damaged = bytearray(whole)
            damaged[place] ^= 1
            path.write_bytes(damaged)
            if kind == "runs" and place == len(whole) // 3:
                continue  # seconds are not compared
            assert not again(store).same, (kind, place)
        path.write_bytes(whole)
    assert again(store).same


def test_a_changed_value_is_named_with_run_column_and_month(store):
    path = next((store / "series").iterdir())
    table = tables.read(path)
    values = table["creative_value_added"].to_pylist()
    values[24 + 5] += 1e-9
    place = table.schema.get_field_index("creative_value_added")
    tables.write(table.set_column(place, "creative_value_added", pa.array(values)), path)
    found = again(store)
    assert not found
    first = found.differences[0]
    assert first.seed == 2 and first.table == "series" and "creative_value_added in 2017-06" in first.what


def test_a_changed_scenario_names_the_first_run(store):
    path = store / "scenario.yaml"
    path.write_text(path.read_text().replace("end: 2018-12", "end: 2018-11"))
    found = again(store)
    assert not found.same and found.differences[0].seed == 1
    assert found.differences[0].table == "scenario.yaml"


def test_a_missing_file_is_a_difference(store):
    next((store / "credits").iterdir()).unlink()
    found = again(store)
    assert [d.what for d in found.differences] == ["missing in the store"]


def test_other_code_is_noted_and_its_values_compared(store, monkeypatch):
    monkeypatch.setattr("cluster_sim.runs.reproduce.code_version", lambda: "0" * 16)
    found = again(store)
    assert found.same and "was written by code" in found.notes[0]


def test_no_results_is_the_users_input(tmp_path):
    with pytest.raises(InputError):
        again(tmp_path / "nothing")
    with pytest.raises(InputError):
        again(tmp_path)


def test_missing_values_agree_bit_by_bit():
    one = pa.table({"x": pa.array([1.0, float("nan"), -0.0])})
    assert first_difference(one, one, "series") is None
    assert first_difference(one, pa.table({"x": pa.array([1.0, float("nan"), 0.0])}), "series") is not None


def test_what_names_a_run():
    base = plan(scenario(a=1.0), [1], 0.05).runs[0].run_id
    assert plan(replace(scenario(a=1.0), name="Other", rationale="why"), [1], 0.05).runs[0].run_id == base
    others = [plan(scenario(a=2.0), [1], 0.05), plan(scenario(a=1.0), [2], 0.05), plan(scenario(a=1.0), [1], 0.1),
              plan(scenario(a=1.0), [1], 0.05, ordinal("2018-11"))]
    assert len({base, *(p.runs[0].run_id for p in others)}) == 5


def test_code_version_follows_what_can_change_results(tmp_path):
    package = tmp_path / "cluster_sim"
    shutil.copytree(identity.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = identity.code_version(package)
    (package / "report").mkdir(exist_ok=True)
    (package / "report" / "more.py").write_text("x = 1\n")
    model = package / "model.py"
    model.write_bytes(model.read_bytes().replace(b"\n", b"\r\n"))
    identity.code_version.cache_clear()
    assert identity.code_version(package) == before
    model.write_text(model.read_text() + "# another model\n")
    identity.code_version.cache_clear()
    assert identity.code_version(package) != before


def test_months_scales_and_seeds_as_people_write_them():
    assert ordinal("2035-12") == 2035 * 12 + 11 and ordinal(None) is None
    assert scale_of("1/20") == 0.05 and scale_of(1) == 1.0 and scale_of(".5") == 0.5
    assert scale_text(0.05) == "1/20" and scale_text(1.0) == "1" and scale_text(0.3) == "0.3"
    assert seed_list(3) == [1, 2, 3] and seed_list(2, 7) == [7, 8] and seed_list(None, 7) == [7]
    assert seed_list([5, 5, 2]) == [5, 2] and part_size(1.0) == 5 and part_size(0.01) == 100
    assert ordinal("2035") == ordinal(2035) == ordinal("2035-12")
    for wrong in ("2035-13", "20355", "Dec"):
        with pytest.raises(InputError):
            ordinal(wrong)
    for wrong in ("0", "2", "1/0", "abc", "-1/2", "1e-2x"):
        with pytest.raises(InputError):
            scale_of(wrong)
    with pytest.raises(InputError):
        seed_list(0)


def test_a_single_run_gives_frames():
    result = cs.run(scenario(), scale="1/50", seed=3, until="2018-06", factory=FACTORY)
    assert len(result.indicators) == 18 and result.indicators.index.name == "month"
    assert result.indicators["gdp_share"].isna().sum() == 11
    assert result.projects["title"].tolist() == ["a", "b"] and len(result.map) == 4
    assert result.by_year().index.tolist() == [2017]
    assert "seed 3, scale 1/50" in repr(result)


def test_a_map_comes_back_from_the_store_as_the_model_gave_it(store, monkeypatch):
    class City:
        districts, zones = ("North", "South"), ("pilot",)

    monkeypatch.setattr("cluster_sim.city.load_city", lambda name: City)
    given = FakeModel(scenario()).map()
    back = cs.open(store).city_map()
    assert set(back) == set(given)
    for name, values in given.items():
        assert np.array_equal(back[name], values), name
    assert cs.open(store).map["district_name"].tolist()[:4] == ["North", "North", "South", ""]


def test_an_ensemble_gives_frames_and_answers_sql(tmp_path):
    view = cs.ensemble(scenario(), seeds=[4, 2], workers=0, factory=FACTORY)
    assert view.indicators.index.names == ["seed", "month"] and len(view.indicators) == 48
    assert view.sql("select max(seed) as top from series")["top"][0] == 4
    assert view.by_year()["mean"].between(0.05, 0.08).all()
    assert view.scenario == scenario()
    with pytest.raises(RuntimeError, match="do not balance"):
        cs.ensemble(scenario(raise_seed=2), seeds=[2], workers=0, factory=FACTORY)


def test_export_gives_the_same_numbers(store, tmp_path):
    import pandas as pd
    from scipy.io import netcdf_file

    from cluster_sim.runs import export

    view = cs.open(store)
    files = export.to_csv(view, tmp_path / "csv")
    assert {path.stem for path in files} == {"runs", "series", "projects", "credits", "ledger", "map", "parks"}
    read = pd.read_csv(tmp_path / "csv" / "series.csv")
    assert read["creative_value_added"].tolist() == view.series["creative_value_added"].tolist()
    path = export.to_netcdf(view, tmp_path / "x.nc")
    with netcdf_file(path, mmap=False) as file:
        assert file.variables["creative_value_added"].shape == (3, 24)
        assert b"".join(file.variables["run_id"][0].tolist()).decode() == view.run_ids[0]
        assert file.variables["creative_value_added"][1].tolist() == view.series[
            "creative_value_added"][24:48].tolist()


def test_parts_are_packed_as_promised(store):
    meta = pq.ParquetFile(next((store / "series").iterdir())).metadata.row_group(0)
    columns = {meta.column(i).path_in_schema: meta.column(i) for i in range(meta.num_columns)}
    assert all(column.compression == "ZSTD" for column in columns.values())
    assert "BYTE_STREAM_SPLIT" in columns["creative_value_added"].encodings
    assert columns["gdp_share"].physical_type == "FLOAT" and columns["creative_value_added"].physical_type == "DOUBLE"
