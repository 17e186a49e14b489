"""The thin layer over linearmodels, against dummies written out and statsmodels; and what an estimate says."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cluster_sim.analysis.econometrics.estimate import Estimate, point, published, to_frame
from cluster_sim.analysis.econometrics.regression import interval, regress
from cluster_sim.runs.errors import InputError

sm = pytest.importorskip("statsmodels.api")


@pytest.fixture
def data():
    draws = np.random.default_rng(5)
    n = 600
    frame = pd.DataFrame({"unit": draws.integers(0, 40, n), "time": draws.integers(0, 8, n)})
    frame["group"] = frame["unit"] // 2
    frame["z"] = draws.normal(size=n)
    frame["x"] = 0.8 * frame["z"] + draws.normal(size=n)
    frame["y"] = 0.5 * frame["x"] + 0.1 * frame["unit"] + 0.2 * frame["time"] + draws.normal(size=n)
    frame["w"] = draws.uniform(0.1, 5, n)
    return frame


def dummies(frame, trends=False):
    """Return unit and time dummies as columns (and unit trends), the first time left out."""
    unit = pd.get_dummies(frame["unit"], dtype=float)
    parts = [unit, pd.get_dummies(frame["time"], drop_first=True, dtype=float)]
    if trends:
        parts.append(unit.mul(frame["time"], axis=0).iloc[:, 1:])
    return np.column_stack(parts)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("trends", [False, True])
def test_absorbed_effects_are_dummies(data, weighted, trends):
    """Coefficient and clustered error of dummies written out; effects nested in clusters cost no freedom."""
    fit = regress(data["y"], data[["x"]], data[["unit", "time"]], data["group"], data["w"] if weighted else None,
                  (data["unit"], data["time"]) if trends else None)
    right = np.column_stack([data["x"], dummies(data, trends)])
    reference = sm.WLS(data["y"], right, data["w"] if weighted else 1.0).fit(
        cov_type="cluster", cov_kwds={"groups": data["group"], "use_correction": False})
    factor = 20 / 19 * (len(data) - 1) / (len(data) - 1 - 8)
    value, se = fit.combine({"x": 1.0})
    assert value == pytest.approx(reference.params["x1"], rel=1e-6)
    assert se == pytest.approx(reference.bse["x1"] * np.sqrt(factor), rel=1e-5)
    assert (fit.n, fit.clusters, fit.freedom) == (600, 20, 19)


def test_two_stages_with_absorbed_effects(data):
    from linearmodels.iv import IV2SLS

    fit = regress(data["y"], data[["x"]], data[["unit", "time"]], data["group"], data["w"], instruments=data[["z"]])
    reference = IV2SLS(data["y"], dummies(data), data[["x"]], data[["z"]], weights=data["w"]).fit(
        cov_type="clustered", clusters=data["group"])
    value, se = fit.combine({"x": 1.0})
    assert value == pytest.approx(reference.params["x"], rel=1e-6)
    factor = 20 / 19 * (len(data) - 1) / (len(data) - 1 - 8)
    assert se == pytest.approx(reference.std_errors["x"] * np.sqrt(factor), rel=1e-5)


def test_sums_of_coefficients_and_joint_tests(data):
    two = data[["x", "z"]]
    fit = regress(data["y"], two, data[["unit", "time"]], data["group"])
    again = regress(data["y"], two.assign(z=data["z"] - data["x"]), data[["unit", "time"]], data["group"])
    assert fit.combine({"x": 1.0, "z": 1.0}) == pytest.approx(again.combine({"x": 1.0}), rel=1e-6)
    assert fit.joint_p(["z"]) > 0.01 > fit.joint_p(["x", "z"])
    assert fit.joint_p(["z"]) == pytest.approx(2 * float(stats.t.sf(
        abs(fit.values[1]) / np.sqrt(fit.covariance[1, 1]), 19)), rel=1e-6)


def test_what_cannot_be_estimated_is_said(data):
    with pytest.raises(InputError, match="same everywhere"):
        regress(data["y"], data[["x"]] * 0, data[["unit"]], data["group"])
    with pytest.raises(InputError, match="explain a regressor completely"):
        regress(data["y"], data[["group"]], data[["unit"]], data["group"])
    with pytest.raises(InputError, match="too few observations"):
        regress(data["y"], data[["x"]], data[["unit"]], np.zeros(600))
    with pytest.raises(InputError, match="finite"):
        regress(data["y"] * np.nan, data[["x"]], data[["unit"]], data["group"])


def test_a_missing_library_is_named(data, monkeypatch):
    monkeypatch.setitem(sys.modules, "linearmodels.iv", None)
    with pytest.raises(InputError, match=r"cluster-sim\[econometrics\]"):
        regress(data["y"], data[["x"]], data[["unit"]], data["group"])


def estimate(value, se, **fields):
    return interval(value, se, 1e6, name="a", title="A", unit="%", n=1, clusters=1, **fields)


def test_a_value_is_held_against_its_range():
    ranged = {"published_low": 5.0, "published_high": 25.0}
    words = [estimate(value, se, **ranged).verdict for value, se in ((10, 9), (4, 1), (2, 1), (40, 1))]
    assert words == ["pass", "open", "miss", "miss"]
    assert [estimate(value, 1, **point("x")).inside for value in (0.5, -1.5, 2.5)] == [True, True, False]
    assert estimate(1, 1).inside is None and estimate(1, 1).verdict == ""


def test_published_ranges_come_from_the_targets():
    zone = published("zone_effect_pct")
    assert (zone["published_low"], zone["published_high"]) == (5, 25) and "Alder" in zone["source"]
    assert published("density_elasticity")["published_low"] == 0.02


def test_an_estimate_as_a_row_and_as_json():
    one = estimate(1.0, float("nan"), **point("x"))
    assert one.as_dict()["low95"] is None and one.as_dict()["value"] == 1.0
    frame = to_frame([one, estimate(1.0, 0.1)])
    assert list(frame["verdict"]) == [one.verdict, ""] and frame["value"].tolist() == [1.0, 1.0]


def test_logs_as_per_cent():
    one = estimate(np.log(1.1), 0.01, percent=True)
    assert one.value == pytest.approx(10) and one.se == pytest.approx(1.1)
    assert one.low95 == pytest.approx(100 * (1.1 * np.exp(-0.0196) - 1), abs=0.01)
