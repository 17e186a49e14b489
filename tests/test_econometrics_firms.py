"""Lottery, density, rents and firm size on made-up data: known coefficients are recovered."""

from __future__ import annotations

import numpy as np
import pytest
from econometrics_world import FIRST, firms, lottery, places

from cluster_sim.analysis.econometrics import density, firm_size, rents
from cluster_sim.analysis.econometrics import lottery as lotteries
from cluster_sim.analysis.econometrics.panel import Window
from cluster_sim.runs.errors import InputError

pytest.importorskip("linearmodels")
WINDOW = Window.around(FIRST * 12)


def holds(estimate, value):
    return estimate.low95 <= value <= estimate.high95


# lottery ----------------------------------------------------------------------------------------------


def test_the_share_that_would_not_have_happened():
    """One in five of the winners' projects is due to the subsidy: 1 - 0.4 / 0.5."""
    proposals = lottery(made_won=0.5, made_lost=0.4, count=20_000)
    found = lotteries.additional_share(proposals, ["seed"], "studio")
    assert found.value == pytest.approx(20, abs=3) and holds(found, 20) and found.inside
    rows = proposals[proposals["applied"]]
    assert (found.n, found.clusters) == (len(rows), rows["studio"].nunique())


def test_without_strata_it_is_the_ratio_of_both_shares():
    proposals = lottery()
    rows = proposals[proposals["applied"]]
    p1, p0 = rows.loc[rows["won"], "made"].mean(), rows.loc[~rows["won"], "made"].mean()
    n1, n0 = rows["won"].sum(), (~rows["won"]).sum()
    found = lotteries.additional_share(proposals)
    assert found.value == pytest.approx(100 * (1 - p0 / p1))
    katz = np.sqrt((1 - p0) / (n0 * p0) + (1 - p1) / (n1 * p1))
    assert found.se == pytest.approx(100 * p0 / p1 * katz, rel=0.01)


def test_a_lottery_for_nothing_is_told_from_zero_as_rarely_as_it_should():
    out = [not holds(lotteries.additional_share(lottery(0.4, 0.4, count=600, spread=0.8, key=k), ["seed"], "studio"), 0)
           for k in range(150)]
    assert 0 < np.mean(out) < 0.12


def test_an_uneven_draw_does_not_matter_within_strata():
    """Runs that draw more winners and make more: without strata that looks like an effect."""
    proposals = lottery(0.4, 0.4, count=20_000)
    rich = proposals["seed"] <= 2
    draws = np.random.default_rng(2)
    proposals["won"] = proposals["applied"] & (draws.random(len(proposals)) < np.where(rich, 0.8, 0.2))
    proposals["made"] = draws.random(len(proposals)) < np.where(rich, 0.6, 0.2)
    assert lotteries.additional_share(proposals).value > 30
    assert holds(lotteries.additional_share(proposals, ["seed"]), 0)


def test_winners_and_losers_are_alike_before_the_draw():
    for one in lotteries.balance(lottery()):
        assert one.inside, one.name
    unfair = lottery()
    unfair["won"] = unfair["applied"] & (unfair["staff"] > 40)
    cost, staff = lotteries.balance(unfair)
    assert cost.inside and staff.verdict == "miss"


@pytest.mark.parametrize("change, message", [
    ({"won": True}, "winners and losers"), ({"won": False}, "winners and losers"),
    ({"made": False}, "no winner made a project"), ({"cost": None}, "lack the column 'cost'")])
def test_what_is_no_lottery_is_refused(change, message):
    proposals = lottery(count=200)
    for name, value in change.items():
        proposals = proposals.drop(columns=name) if value is None else proposals.assign(**{name: value})
    with pytest.raises(InputError, match=message):
        lotteries.additional_share(proposals)


# density and rents ------------------------------------------------------------------------------------


def test_the_elasticity_of_density_is_recovered():
    raw = places(elasticity=0.06)
    for outcome in density.OUTCOMES:
        for instrument in (False, True):
            found = density.density_elasticity(raw, outcome, instrument)
            assert holds(found, 0.06) and found.inside and found.clusters == 60, found.name
    assert density.first_stage(raw) > 1000


def test_the_instrument_cures_what_luck_draws_to_a_place():
    """Places with lucky studios get denser, which least squares takes for an effect of density."""
    raw = places(elasticity=0.06, endogenous=6.0)
    assert density.density_elasticity(raw).low95 > 0.06
    found = density.density_elasticity(raw, instrument=True)
    assert holds(found, 0.06) and found.value < density.density_elasticity(raw).value - 0.01


def test_the_sample_of_the_density_regression():
    raw = places()
    raw.loc[0:20, "value_added"] = -1.0
    raw.loc[raw["studio_id"] == 300, "months"] = 5
    rows = density.sample(raw, "value_added")
    assert set(rows["year"]) == {*range(2018, 2024)} and 300 not in set(rows["studio_id"])
    assert (rows["value_added"] > 0).all()
    with pytest.raises(InputError, match="no full year"):
        density.sample(raw[raw["year"] == 2017], "value_added")


def test_the_rent_gradient_is_recovered():
    raw = places(rent=0.25, endogenous=4.0)
    for within in (False, True):
        found = rents.rent_gradient(raw, within)
        assert found.value == pytest.approx(0.25, abs=0.03) and found.inside


def test_the_part_of_the_benefit_that_rents_take():
    """With both in yuan a worker and little curvature: rent's slope over that of value added before rent."""
    raw = places(elasticity=0.1, rent=0.25)
    found = rents.share_taken(raw)
    slope = {"rent": 0.25 * raw["rent"].mean(), "value_added": 0.1 * raw["value_added"].mean()}
    truth = 100 * slope["rent"] / (slope["value_added"] + slope["rent"])
    assert truth < 10 and found.value == pytest.approx(truth, rel=0.25) and holds(found, truth)


# firm size --------------------------------------------------------------------------------------------


def test_small_firms_grow_and_large_ones_do_not_in_paired_runs():
    with_it, without = firms(small=0.05, large=0.0), firms()
    small, large, gap = firm_size.paired_effects(with_it, without, ["film"], WINDOW)
    assert (small.value, large.value, gap.value) == pytest.approx((5, 0, 5), abs=1e-6)
    assert small.n == large.n == 4 * 30 and gap.inside and large.inside
    again = firm_size.paired_effects(firms(small=0.05, luck=6), without, ["film"], WINDOW, "output")
    assert holds(again[0], 5) and again[0].se > 0


def test_a_closed_firm_counts_as_nothing():
    with_it, without = firms(), firms()
    without = without[~((without["studio_id"] == 2) & (without["year"] >= 2028))]
    small, large, _ = firm_size.paired_effects(with_it, without, ["film"], WINDOW)
    assert small.value == pytest.approx(100 / 30, rel=0.3) and large.value == 0


def test_small_firms_grow_in_eligible_segments():
    raw = firms(small=0.08, large=0.0, count=240, drift=0.03)
    small, large, gap = firm_size.did_effects(firm_size.size_panel(raw, ["film"], WINDOW), WINDOW)
    assert holds(small, 8) and holds(large, 0) and holds(gap, 8)
    assert small.value == pytest.approx(8, abs=1.5) and gap.inside and large.inside
    assert gap.se == pytest.approx(np.hypot(small.se, large.se), rel=0.05)
    assert small.n == 4 * 240 * 11 and small.clusters == 4 * 240


def test_a_law_for_nobody_has_no_effect_by_size():
    found = firm_size.did_effects(firm_size.size_panel(firms(key=9, luck=8, drift=0.02), ["film"], WINDOW), WINDOW)
    assert all(holds(one, 0) for one in found)


def test_effects_by_size_need_both_sizes():
    raw = firms()
    small = raw[raw["staff_months"] < 300]
    with pytest.raises(InputError, match="both sizes"):
        firm_size.paired_effects(small, small, ["film"], WINDOW)
