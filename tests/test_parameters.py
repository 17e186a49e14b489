"""The annotated file of parameters and the records made from it."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_sim import parameters
from cluster_sim.codes import SEGMENTS
from cluster_sim.parameters import STATUSES, read_specification

ENTRY = "{value: %s, unit: '%s', bounds: %s, symbol: s, status: %s, source: x, text: t}"


def file(value="0.5", unit="1", bounds="[0, 1]", status="assumed", group="g"):
    return f"{group}:\n  a: " + ENTRY % (value, unit, bounds, status)


def test_every_parameter_is_well_formed():
    specification = parameters.specification()
    assert len(specification) > 50
    for name, each in specification.items():
        assert each.name == name and each.admits(each.value), name
        assert each.text and each.unit and each.source and each.symbol, name
        assert each.status in STATUSES, name
        assert each.status != "measured" or each.source.lower() not in ("", "assumed"), name


def test_defaults_are_complete_and_fresh():
    first = parameters.defaults()
    first[next(iter(first))] = math.nan
    assert list(parameters.defaults()) == list(parameters.specification())
    assert not any(math.isnan(value) for value in parameters.defaults().values())


def test_records_hold_every_value_once():
    values = {name: float(k) for k, name in enumerate(parameters.specification())}
    p, seg = parameters.records(values)
    assert p.shape == (1,) and seg.shape == (6,) and p.dtype.isalignedstruct
    assert len(p.dtype.names) + 6 * len(seg.dtype.names or ()) == len(values)
    for name, value in values.items():
        if name.startswith("segments."):
            _, field, segment = name.split(".")
            assert seg[field][SEGMENTS.index(segment)] == value
        else:
            assert p[name.replace(".", "_")][0] == value
    assert all(p.dtype[name] == np.float64 for name in p.dtype.names)


def test_records_want_every_parameter():
    values = parameters.defaults()
    del values[next(iter(values))]
    with pytest.raises(KeyError):
        parameters.records(values)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (file(value="2"), "outside"),
        (file(value="'x'"), "not a number"),
        (file(value="1e-3"), "1.0e-3"),
        (file(status="guessed"), "status"),
        (file().replace("text: t", "text: t, role: odd"), "role"),
        (file(bounds="[1, 0]"), "bounds"),
        (file(bounds="3"), "bounds"),
        (file(value="{film: 0.1}", group="segments"), "exactly one value"),
        (file(value="0.1", group="segments"), "exactly one value"),
        ("g:\n  a: 3", "not a mapping"),
        ("g:\n  a: {value: 3, color: red}", "unknown"),
    ],
)
def test_a_malformed_entry_is_named(text, says):
    with pytest.raises(ValueError, match=says) as caught:
        read_specification(text)
    assert ".a" in str(caught.value)


def test_kinds():
    switch = read_specification(file(value="true"))["g.a"]
    count = read_specification(file(value="3", unit="count", bounds="[0, 9]"))["g.a"]
    assert (switch.kind, switch.value) == ("switch", 1.0)
    assert switch.role == "" and parameters.specification()["births.founder_wage"].role == parameters.TECHNICAL
    assert count.kind == "count" and count.admits(4) and not count.admits(4.5)
    assert pickle.loads(pickle.dumps(count)) == count


@given(st.floats())
def test_only_what_is_finite_and_in_bounds_is_admitted(value):
    each = read_specification(file())["g.a"]
    assert each.admits(value) == (math.isfinite(value) and 0 <= value <= 1)
