"""Values of a sweep's factors: means, and differences from the first value on the same seeds."""

from __future__ import annotations

from dataclasses import replace

import figures
import numpy as np
import pandas as pd
import pytest
from runs_fake import FACTORY, scenario
from test_sweep_runs import sweep_of

import cluster_sim as cs
from cluster_sim.analysis.spread import means
from cluster_sim.analysis.sweep_contrasts import BASE, contrasts
from cluster_sim.cli.sweep_table import by_factor, shares
from cluster_sim.report import registry
from cluster_sim.runs.sweeps import load_sweep

LUCK = np.array([3.0, -2.0, 0.5, 4.0])
NOISE = np.array([0.01, -0.02, 0.015, 0.0])
FACTOR = {"collaboration.tau_max": {"values": [0.2, 0.5]}}


def swept(design="grid", factors=None):
    """Return a small sweep."""
    return load_sweep({"base": "baseline", "design": design, "factors": factors or FACTOR, "seeds": 4})


def frame_of(rows):
    """Return runs of points (tuples of a factor's entry and its outcome by seed)."""
    return pd.DataFrame([{"point": point, "seed": seed, "collaboration_tau_max": entry, "share": value}
                         for point, (entry, values) in enumerate(rows) for seed, value in enumerate(values, 1)])


def test_luck_that_two_values_share_falls_out_of_their_difference():
    first, second = contrasts(swept(), frame_of([(0.2, LUCK), (0.5, LUCK + 0.1 + NOISE)]), "share")
    assert first.value == second.against == "0.2" and second.mean == pytest.approx((LUCK + 0.1 + NOISE).mean())
    paired = means((0.1 + NOISE)[:, None])
    assert second.difference == pytest.approx(paired["mean"][0]) and second.se > 1
    assert (second.difference_se, second.low95, second.high95) == pytest.approx(
        [paired[key][0] for key in ("se", "low95", "high95")])
    assert second.difference_se < 0.01 and first.difference == 0


def test_a_seed_that_one_point_lacks_is_no_pair():
    values = LUCK + 0.1
    values[1] = np.nan
    first, second = contrasts(swept(), frame_of([(0.2, LUCK), (0.5, values)]), "share")
    assert (first.seeds, second.seeds, second.runs) == (4, 3, 3)
    assert second.difference == pytest.approx(0.1) and second.difference_se == pytest.approx(0, abs=1e-12)


def test_one_seed_tells_no_error():
    found = contrasts(swept(), frame_of([(0.2, LUCK[:1]), (0.5, LUCK[:1] + 1)]), "share")
    assert np.isnan([found[1].se, found[1].difference_se, found[1].low95]).all() and found[1].difference == 1
    text = "\n".join(by_factor(2030, found))
    assert "one seed" in text and "nan" not in text and " to " not in text and "+1.000" in text


def test_one_at_a_time_is_set_against_the_base_alone():
    """Points in which another factor moves keep the base's value of this one, and are not the base."""
    factors = FACTOR | {"labour.raise": {"values": [0.05]}}
    rows = pd.DataFrame([
        {"point": point, "seed": seed, "collaboration_tau_max": tau, "labour_raise": poaching, "share": value + luck}
        for point, (tau, poaching, value) in enumerate(
            [(np.nan, np.nan, 0.0), (0.2, np.nan, 1.0), (0.5, np.nan, 2.0), (np.nan, 0.05, 50.0)])
        for seed, luck in enumerate(LUCK, 1)])
    found = {(each.path, each.value): each for each in contrasts(swept("oat", factors), rows, "share")}
    assert [each.difference for each in found.values()] == pytest.approx([0, 1, 2, 0, 50])
    assert found["collaboration.tau_max", BASE].runs == 4 and all(each.against == BASE for each in found.values())


def test_points_of_a_sweep_are_not_pooled(tmp_path):
    view = cs.sweep(sweep_of(seeds=3), out=tmp_path / "a", workers=0, factory=FACTORY)
    points = view.by_point("gdp_share")
    first = view.series[view.series["month"] == view.series["month"].max()].pivot(
        index="point", columns="seed", values="gdp_share")
    assert points["difference"].to_numpy() == pytest.approx((first - first.iloc[0]).mean(axis=1).to_numpy())
    assert points["difference"].iloc[0] == points["difference_se"].iloc[0] == 0
    assert points["difference_se"].max() < points["sd"].max() / 3**0.5 / 5
    fans = registry.apart(view)
    assert fans["scenario"].nunique() == 6 and fans.groupby("scenario")["seed"].nunique().eq(3).all()
    with pytest.raises(ValueError, match="differ by 'point'"):
        view.plot("indicators")
    assert not figures.cut(view.plot("points", column="gdp_share"))


@pytest.mark.parametrize("factors", [{"collaboration.tau_max": [0, 0.5, 1.5]},
                                     {"collaboration.tau_max": [0, 0.5, 1.5], "labour.raise": [0.05, 0.1]}])
def test_the_figure_of_points_has_titles_units_and_errors(tmp_path, factors):
    base = replace(scenario(**{"collaboration.tau_max": 0.8}), city="chengdu")
    sweep = load_sweep({"name": "Fake", "base": base, "design": "grid", "seeds": 3, "scale": "1/20",
                        "factors": factors, "outputs": []})
    view = cs.sweep(sweep, out=tmp_path / "a", workers=0, factory=FACTORY)
    figure = view.plot("points")
    text = figures.words(figure).replace("\n", " ")
    assert not figures.cut(figure) and "Collaboration: tau max" in text and "December 2018 (%)" in text
    assert "Mean over 3 seeds" in text
    head, *rows = by_factor(*shares(view.sweep, view.folder))[2:5]
    assert [*map(len, rows)] == [len(head)] * 2 and head.split()[:4] == ["value", "mean", "s.e.", "change"]
