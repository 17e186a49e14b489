"""Discovery: known boxes found, chance not taken for a box, regret by hand, files refused with their place."""

from __future__ import annotations

import figures
import numpy as np
import pandas as pd
import pytest
from analysis_fake import X, Y, Z, base
from scipy import stats

import cluster_sim as cs
from cluster_sim.analysis.discovery import prim, reading
from cluster_sim.analysis.discovery.regret import regret_table, regrets
from cluster_sim.scenario import ScenarioError

FACTORY = "analysis_fake:Known"


def sample(count=600, dimensions=5, seed=1):
    return np.random.default_rng(seed).random((count, dimensions))


# boxes -----------------------------------------------------------------------------------------------


def test_a_known_box_is_found():
    points = sample()
    cases = (points[:, 0] > 0.6) & (points[:, 2] < 0.5) & (points[:, 2] > 0.1)
    (box, peeling), *more = prim.cover(points, cases, density=0.9)
    assert not more and box.density >= 0.9 and box.coverage >= 0.9
    assert list(box.restricted) == [True, False, True, False, False]
    assert box.low[0] == pytest.approx(0.6, abs=0.05)
    assert (box.low[2], box.high[2]) == pytest.approx((0.1, 0.5), abs=0.05)
    assert np.isinf(box.high[0]) and peeling[0].coverage == 1 and peeling[0].density == cases.mean()
    assert box.coverage == pytest.approx((box.holds(points) & cases).sum() / cases.sum())
    assert max(np.nanmax(box.quasi_low), np.nanmax(box.quasi_high)) < 0.05


def test_a_known_box_is_found_through_noise_and_holds_on_unseen_points():
    points = sample(800)
    cases = ((points[:, 1] < 0.4) & (points[:, 3] > 0.5)) ^ (np.random.default_rng(2).random(800) < 0.08)
    box, _ = prim.find(points, cases)
    assert box.restricted[[1, 3]].all() and box.high[1] == pytest.approx(0.4, abs=0.1)
    again = prim.again(points, cases)
    assert again.limited[[1, 3]].min() > 0.9 and again.limited[[0, 2, 4]].max() < 0.5
    assert again.density == pytest.approx(box.density, abs=0.1) and again.density > 2 * cases.mean()


def test_two_boxes_one_after_the_other():
    points = sample(1500, 3)
    cases = ((points[:, 0] > 0.7) & (points[:, 1] > 0.5)) | (points[:, 2] < 0.12)
    corner, slab = (box for box, _ in prim.cover(points, cases, density=0.95))
    assert corner.low[:2] == pytest.approx([0.7, 0.5], abs=0.06) and corner.density >= 0.95
    assert list(slab.restricted) == [False, False, True] and slab.high[2] == pytest.approx(0.12, abs=0.02)
    assert (corner.holds(points) | slab.holds(points))[cases].mean() > 0.9


def test_chance_draws_no_box():
    drawn = 0
    for seed in range(20):
        points = sample(200, 4, seed)
        drawn += len(prim.cover(points, np.random.default_rng(seed + 99).random(200) < 0.3))
    assert drawn <= 4


def test_peels_take_the_patient_share_and_keep_equal_values_together():
    points = sample(400, 3)
    cases = points[:, 0] > 0.8
    boxes = prim.peel(points, cases, alpha=0.1)
    kept = [round(box.mass * 400) for box in boxes]
    assert all(a - b <= 0.1 * a + 1 for a, b in zip(kept, kept[1:], strict=False))
    assert all(b.density >= a.density for a, b in zip(boxes, boxes[1:], strict=False))
    steps = np.floor(points * 4) / 4  # four levels: a peel takes a whole level
    box, _ = prim.find(steps, steps[:, 0] > 0.6)
    assert box.low[0] == pytest.approx(0.625) and box.coverage == box.density == 1


def test_pasting_widens_what_was_peeled_too_far():
    points = sample(500, 2)
    cases = points[:, 0] > 0.5
    tight = prim.Box(np.array([0.7, -np.inf]), np.full(2, np.inf)).measured(points, cases)
    wide = prim.paste(tight, points, cases)
    assert wide.density == 1 and wide.low[0] == pytest.approx(0.5, abs=0.03) and wide.coverage > 0.93


def test_quasi_p_values_are_binomial_tests():
    points, low, high = sample(300, 2), np.array([0.6, -np.inf]), np.array([np.inf, 0.8])
    cases = (points[:, 0] > 0.6) ^ (np.random.default_rng(5).random(300) < 0.2)
    box = prim.quasi_p(prim.Box(low, high).measured(points, cases), points, cases)
    inside, without = (points[:, 0] >= 0.6) & (points[:, 1] <= 0.8), points[:, 1] <= 0.8
    test = stats.binomtest(int(cases[inside].sum()), int(inside.sum()), cases[without].mean(), alternative="greater")
    assert box.quasi_low[0] == pytest.approx(test.pvalue, rel=1e-9) and np.isnan(box.quasi_low[1])
    without = points[:, 0] >= 0.6
    test = stats.binomtest(int(cases[inside].sum()), int(inside.sum()), cases[without].mean(), alternative="greater")
    assert box.quasi_high[1] == pytest.approx(test.pvalue, rel=1e-9) and box.quasi_high[1] > 0.05
    assert list(prim.significant(box, points, cases).restricted) == [True, False]


def test_boxes_agree_with_the_ema_workbench_where_it_is_installed():
    theirs = pytest.importorskip("ema_workbench.analysis.prim")
    points = sample(500, 4)
    cases = (points[:, 0] > 0.6) & (points[:, 1] < 0.5)
    found = theirs.Prim(pd.DataFrame(points, columns=list("abcd")), cases, threshold=0.8).find_box()
    last = found.box_lims[-1]
    ours = prim.peel(points, cases)[-1]
    assert ours.low[0] == pytest.approx(last["a"].iloc[0], abs=0.05)
    assert ours.high[1] == pytest.approx(last["b"].iloc[1], abs=0.05)


# regret ----------------------------------------------------------------------------------------------


def test_regret_by_hand():
    values = np.array([[3.0, 1.0, 2.0], [0.0, 4.0, 4.0], [1.0, np.nan, 1.0]])
    lost = regrets(values)
    assert np.array_equal(lost[:2], [[0, 2, 1], [4, 0, 0]]) and np.isnan(lost[2]).all()
    assert np.array_equal(regrets(values, higher=False)[:2], [[2, 0, 1], [0, 4, 4]])
    table = regret_table(["a", "b", "c"], values, values < 2).set_index("policy")
    assert list(table["mean_regret"]) == [2, 1, 0.5] and list(table["worst_regret"]) == [4, 2, 1]
    assert list(table["least_worst"]) == [False, False, True] and list(table["best"]) == [0.5, 0.5, 0.5]
    assert list(table["fails"]) == [0.5, 0.5, 0] and (table["futures"] == 2).all()
    assert (table["low95"] <= table["mean_regret"]).all() and (table["high95"] >= table["mean_regret"]).all()


# on runs ---------------------------------------------------------------------------------------------


def inquiry(**keys):
    """The share is x + 2 y: it stays below 0.8 where both are small, and z does not matter."""
    content = {"base": base(), "samples": 120, "scale": 1, "seeds": 1, "aim": {"column": "gdp_share_published",
               "at_least": 0.8}, "factors": {name: {"low": 0, "high": 1} for name in (X, Y, Z)}}
    return content | keys


def test_where_a_policy_fails_on_runs(tmp_path):
    found = cs.discover(inquiry(), out=tmp_path / "d", workers=0, factory=FACTORY)
    rows = found.boxes[found.boxes["box"] == 1].set_index("factor")
    assert Y in rows.index and Z not in rows.index and np.isnan(rows.loc[Y, "low"])
    assert 0.2 < rows.loc[Y, "high"] < 0.6 and rows.loc[Y, "density"] >= 0.75
    futures = found.futures
    assert np.allclose(futures["value"], futures["collaboration_tau_max"] + 2 * futures["labour_raise"])
    assert (futures["fails"] == (futures["value"] < 0.8)).all() and len(futures) == 120
    assert "fails where" in found.verdicts[0]
    again = cs.discover(inquiry(), out=tmp_path / "d", workers=0, factory=FACTORY)
    assert again.new_runs == 0 and again.boxes.equals(found.boxes)
    assert bool(cs.reproduce(tmp_path / "d" / "Fake", workers=0, factory=FACTORY))


def test_regret_of_policies_on_runs_and_the_figure():
    """Both policies meet the same futures; the second has luck of its own on top."""
    policies = {"base": base(), "policies": {"as_it_is": base(), "noisy": base(luck=0.5)}}
    found = cs.discover(inquiry(**policies, seeds=2, samples=40), workers=0, factory=FACTORY)
    assert list(found.regret["policy"]) == ["as_it_is", "noisy"]
    wide = found.futures.pivot(index="future", columns="policy", values="value")
    lost = (wide.max(axis=1) - wide["as_it_is"]).mean()
    assert found.regret.set_index("policy").loc["as_it_is", "mean_regret"] == pytest.approx(lost)
    figure = found.plot()
    text = figures.words(figure)
    assert not figures.cut(figure)
    assert "Futures of as_it_is" in text and "Regret" in text and "percentage points" in text


def test_too_few_failures_are_said_to_be_too_few():
    found = cs.discover(inquiry(aim={"column": "gdp_share_published", "at_least": 0.05}, samples=40), workers=0,
                        factory=FACTORY)
    assert len(found.boxes) == 0 and "too few" in found.verdicts[0]
    assert found.plot() is not None


# files -----------------------------------------------------------------------------------------------

FILE = """
base: baseline
policies: [baseline, no_policy]
samples: 50
factors:
  collaboration.tau_max: {low: 0, high: 1}
aim: {column: mean_rent, year: 2030, at_most: 90}
seeds: 2
"""


def test_a_file_is_read(tmp_path):
    (tmp_path / "a.yaml").write_text(FILE)
    found = reading.read(tmp_path / "a.yaml")
    assert found.labels == ("baseline", "no_policy") and found.sweep.samples == 50 and not found.higher
    assert (found.aim.column, found.aim.first, found.level) == ("mean_rent", 2030, 90)
    assert list(found.fails(np.array([80.0, 95.0, np.nan]))) == [False, True, False]


@pytest.mark.parametrize("change, words", [
    (("at_most: 90", "at_mst: 90"), "at_most"),
    ((", at_most: 90", ""), "at_least or at_most"),
    (("column: mean_rent", "column: mean_rant"), "mean_rent"),
    (("no_policy]", "no_polcy]"), "no_polcy"),
    (("no_policy]", "synthetic]"), "another city"),
    (("no_policy]", "baseline]"), "twice"),
    (("{low: 0, high: 1}", "[0, 1]"), "range of numbers"),
    (("samples: 50", "samples: few"), "samples"),
    (("aim:", "aims:"), "aim"),
    (("year: 2030", "year: 2040"), "a.yaml:7:32: aim: the runs have no whole year 2040"),
])
def test_faults_have_their_place(tmp_path, change, words):
    (tmp_path / "a.yaml").write_text(FILE.replace(*change))
    with pytest.raises(ScenarioError) as error:
        reading.read(tmp_path / "a.yaml")
    assert words in str(error.value)
