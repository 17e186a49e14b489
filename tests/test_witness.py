"""The witness finds what it is there for: a factor on a flow, another type, a lost column, another missing value."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

from witness import differences

MONTHS = np.array(["2017-01-01", "2017-02-01", "2017-03-01"], "datetime64[D]")


def tables(**columns):
    """Return a series of three months with columns of its own."""
    flow = {"month": MONTHS, "run_id": np.array(["a", "a", "a"], object), "wages": np.array([10.0, np.nan, 12.0])}
    return {"series": flow | columns}


def test_the_same_is_the_same():
    assert differences(tables(), tables()) == []


def test_a_new_column_does_not_count():
    assert differences(tables(), tables(fresh=np.zeros(3))) == []


def test_the_run_id_may_change():
    assert differences(tables(), tables(run_id=np.array(["b", "b", "b"], object))) == []


@pytest.mark.parametrize("wages", [
    np.array([10.0, np.nan, 12.0]) * 1.0005,                  # what the golden run let pass
    np.array([10.0, np.nan, np.nextafter(12.0, 13.0)]),       # the last bit
    np.array([10.0, np.nan, 12.0], np.float32),
    np.array([10.0, np.nan]),
    np.array([10.0, 0.0, 12.0]),
    np.array([10.0, np.copysign(np.nan, -1.0), 12.0]),
])
def test_a_changed_column_is_found(wages):
    assert [said.split(":")[0] for said in differences(tables(), tables(wages=wages))] == ["series.wages"]


def test_the_first_month_is_named():
    said, = differences(tables(), tables(wages=np.array([10.0, np.nan, 13.0])))
    assert "2017-03-01" in said and "1 of 3" in said


def test_words_and_lost_columns_are_found():
    old = tables(title=np.array(["a", "b", "c"], object))
    assert differences(old, tables()) == ["series.title: missing"]
    assert differences(old, {}) == ["series: missing"]
    assert differences({"map": {"names": np.array(["a"], object)}}, {"map": {"names": np.array(["b"], object)}})
    assert differences({"map": {"side": 8}}, {"map": {"side": 9}}) == ["map.side: 8 became 9"]
