"""Ratios of paired effects: Fieller's three kinds of set against their definition, coverage, and the bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cluster_sim.analysis import ratios
from cluster_sim.analysis.ratios import EVERYTHING, INTERVAL, OUTSIDE, ratio

BOOT = ("boot_low80", "boot_high80", "boot_low95", "boot_high95")


def p_value(above, below, r):
    """Return how far the pairs speak against a ratio r: the t test of above - r below, which defines the set."""
    return stats.ttest_1samp(above - r * below, 0.0).pvalue


def pairs(seed, n=12, a=3.0, b=2.0, noise=1.0, common=0.6):
    draws = np.random.default_rng(seed)
    shared = draws.normal(size=n)
    return [centre + noise * (common * shared + (1 - common**2) ** 0.5 * draws.normal(size=n)) for centre in (a, b)]


# Fieller ---------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(0, 2.5), st.floats(-0.9, 0.9))
def test_the_set_is_that_of_the_t_tests_which_do_not_reject(seed, a, b, common):
    """Whatever its kind, a number lies in the set if and only if the test of it is not significant."""
    above, below = pairs(seed, a=a, b=b, common=common)
    found = ratio(above, below)
    for width in (80, 95):
        kind, level = found[f"kind{width}"], 1 - width / 100
        low, high = found[f"hole{width}"] if kind == OUTSIDE else (found[f"low{width}"], found[f"high{width}"])
        if kind != EVERYTHING:
            assert low < high
            assert p_value(above, below, low) == pytest.approx(level, rel=1e-5)
            assert p_value(above, below, high) == pytest.approx(level, rel=1e-5)
        for r in (-1e6, -30.0, -2.0, 0.0, 0.7, 5.0, 1e6):
            if kind != EVERYTHING and min(abs(r - low), abs(r - high)) < 1e-9 * abs(r):
                continue
            inside = kind == EVERYTHING or (low < r < high) == (kind == INTERVAL)
            assert inside == (p_value(above, below, r) > level)
        assert found[f"bounded{width}"] == (kind == INTERVAL)
        assert found[f"bounded{width}"] == (stats.ttest_1samp(below, 0.0).pvalue < level)


def test_the_three_kinds_by_hand():
    """Means 4 and 2, standard errors 1 and s, no covariance, t = 2: r solves (4 - 4 s^2) r^2 - 16 r + 12 = 0."""
    freedom, quantile = 10**9, stats.norm.cdf(2.0)
    near = ratios.fieller(4, 2, np.diag([1.0, 0.25]), freedom, 95, quantile)     # 3 r^2 - 16 r + 12 = 0
    assert near["kind95"] == INTERVAL
    assert (near["low95"], near["high95"]) == pytest.approx(((8 - 28**0.5) / 3, (8 + 28**0.5) / 3), rel=1e-6)
    far = ratios.fieller(4, 2, np.diag([1.0, 2.0]), freedom, 95, quantile)       # -4 r^2 - 16 r + 12 = 0
    assert far["kind95"] == OUTSIDE and far["low95"] is None and not far["bounded95"]
    assert far["hole95"] == pytest.approx([-2 - 7**0.5, -2 + 7**0.5], rel=1e-6)
    none = ratios.fieller(1, 2, np.diag([1.0, 2.0]), freedom, 95, quantile)      # neither mean told from zero
    assert none["kind95"] == EVERYTHING and none["hole95"] is None and none["low95"] is None


def test_a_denominator_without_error_gives_the_t_interval():
    above = np.random.default_rng(3).normal(5, 2, 10)
    found, ends = ratio(above, np.full(10, 4.0)), stats.ttest_1samp(above, 0).confidence_interval(0.95)
    assert (found["low95"], found["high95"]) == pytest.approx((ends.low / 4, ends.high / 4), rel=1e-12)
    assert found["ratio"] == pytest.approx(above.mean() / 4) and found["t_denominator"] is None
    assert not found["too_near_zero"] and found["boot_flips"] == 0


def test_a_fixed_proportion_has_an_interval_of_no_width():
    below = np.random.default_rng(5).normal(8, 1, 9)
    found = ratio(2.5 * below, below)
    assert [found[key] for key in ("ratio", "low95", "high95", *BOOT)] == pytest.approx([2.5] * 7, rel=1e-6)


def test_the_set_covers_the_truth_as_often_as_it_says_also_near_zero():
    """1,000 samples whose denominator is one standard error from zero: coverage 95%, and most sets have no end."""
    covered, without_end, naive = 0, 0, 0
    for seed in range(1000):
        above, below = pairs(seed, n=8, a=0.9, b=0.3, noise=1.0)
        found = ratio(above, below, "coverage") if seed < 3 else None
        cov = np.cov(above, below) / 8
        cell = ratios.fieller(above.mean(), below.mean(), cov, 7, 95, 0.975)
        assert found is None or found["kind95"] == cell["kind95"]
        covered += p_value(above, below, 3.0) > 0.05 if cell["kind95"] == EVERYTHING else (
            (cell["low95"] <= 3 <= cell["high95"]) if cell["kind95"] == INTERVAL
            else not cell["hole95"][0] < 3 < cell["hole95"][1])
        without_end += not cell["bounded95"]
        slope = above.mean() / below.mean()
        half = stats.t.ppf(0.975, 7) * np.sqrt(cov[0, 0] - 2 * slope * cov[0, 1] + slope**2 * cov[1, 1]) / abs(
            below.mean())
        naive += abs(slope - 3) <= half
    assert 0.93 < covered / 1000 < 0.97 and without_end > 700
    assert naive / 1000 < covered / 1000            # what the delta method would have promised


# the point, and too little to say anything -----------------------------------------------------------


def test_the_ratio_is_that_of_the_means_not_the_mean_of_ratios():
    above, below = np.array([1.0, 2.0, 3.0]), np.array([0.01, 2.0, 3.99])
    found = ratio(above, below)
    assert found["ratio"] == pytest.approx(1.0) and (above / below).mean() > 30
    assert (found["numerator"], found["denominator"], found["pairs"]) == pytest.approx((2, 2, 3))


def test_a_denominator_that_may_be_zero_is_said():
    above, below = pairs(2, n=10, a=5.0, b=0.05)
    found = ratio(above, below)
    assert found["too_near_zero"] and found["kind95"] == OUTSIDE and abs(found["t_denominator"]) < 2.2
    assert {found[key] for key in ("low95", "high95", "boot_low95", "boot_high95")} == {None}
    assert found["boot_flips"] > 0.025
    clear = ratio(*pairs(2, n=10, a=5.0, b=20.0))
    assert not clear["too_near_zero"] and clear["hole95"] is None and clear["t_denominator"] > 10


def test_nothing_over_nothing_is_no_number():
    found = ratio(np.zeros(5), np.zeros(5))
    assert found["ratio"] is None and found["too_near_zero"] and found["kind95"] == EVERYTHING
    assert {found[key] for key in BOOT} == {None}
    effectless = ratio(np.zeros(5), np.array([2.0, 3.0, 4.0, 2.0, 3.0]))
    assert [effectless[key] for key in ("ratio", "low95", "high95", *BOOT)] == [0.0] * 7


def test_few_pairs_and_missing_ones():
    assert ratio(np.array([]), np.array([])) == {"pairs": 0}
    one = ratio(np.array([3.0, np.nan]), np.array([2.0, 1.0]))
    assert one["ratio"] == 1.5 and one["pairs"] == 1 and one["low95"] is None and one["too_near_zero"] is None
    many = ratio(*pairs(1))
    assert set(one) == set(many)
    assert ratio(np.array([3.0, np.nan, 5.0, 4.0]), np.array([2.0, 1.0, 2.5, np.inf]))["pairs"] == 2
    with pytest.raises(ValueError, match="same length"):
        ratio(np.zeros(3), np.zeros(4))


def test_units_go_through():
    """Yuan instead of million yuan above the line changes the ratio and its ends by that factor alone."""
    above, below = pairs(4)
    one, other = ratio(above, below), ratio(1e6 * above, below)
    for key in ("ratio", "low80", "high80", "low95", "high95", *BOOT):
        assert other[key] == pytest.approx(1e6 * one[key], rel=1e-9)


# the bootstrap ---------------------------------------------------------------------------------------


def test_the_bootstrap_is_keyed():
    above, below = pairs(6)
    assert ratio(above, below, "hub") == ratio(above, below, "hub")
    assert ratio(above, below, "hub")["boot_low95"] != ratio(above, below, "zones")["boot_low95"]
    weights = ratios.resamples(12, "hub")
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)))
    assert weights.mean(axis=0) == pytest.approx(np.full(12, 1 / 12), rel=0.04)
    assert (weights * 12).var(axis=0) == pytest.approx(np.full(12, 1 - 1 / 12), rel=0.1)


def test_the_bootstrap_agrees_with_that_of_scipy():
    above, below = pairs(8, n=25)
    found = ratio(above, below)
    other = stats.bootstrap((above, below), lambda x, y, axis: x.mean(axis) / y.mean(axis), paired=True,
                            vectorized=True, method="percentile", n_resamples=20000,
                            rng=np.random.default_rng(1)).confidence_interval
    width = other.high - other.low
    assert found["boot_low95"] == pytest.approx(other.low, abs=0.04 * width)
    assert found["boot_high95"] == pytest.approx(other.high, abs=0.06 * width)
    assert found["boot_low95"] < found["boot_low80"] < found["ratio"] < found["boot_high80"] < found["boot_high95"]
