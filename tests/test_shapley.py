"""Shapley values of games whose values are known, their axioms, the drawing of orders, and means over seeds."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cluster_sim.analysis.attribution.shapley import (
    Design,
    all_coalitions,
    entered,
    marginals,
    order,
    shapley,
    without_one,
)
from cluster_sim.analysis.spread import error_within, means

FIVE = ("a", "b", "c", "d", "e")


def game(values):
    """Return the value function of a game given by coalition (a text of its players) -> value; others are 0."""
    return lambda coalition: np.array([float(values.get("".join(sorted(coalition)), 0.0))])


def random_game(seed, players=FIVE, dummy=None):
    """Return a game of random values; `dummy` changes nothing wherever it enters."""
    draws = np.random.default_rng(seed)
    drawn = {coalition: draws.normal(size=3) for coalition in all_coalitions(players)}
    return lambda coalition: drawn[coalition - {dummy}]


def by_all_orders(players, value):
    return np.mean([marginals(players, sequence, value) for sequence in permutations(players)], axis=0)


# exact values ----------------------------------------------------------------------------------------


def test_the_glove_game():
    """One left glove, two right ones, only a pair is worth anything: 2/3, 1/6, 1/6 (Shapley & Shubik 1969)."""
    value = game({"lr": 1, "ls": 1, "lrs": 1})
    assert shapley("lrs", value)[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-15)
    assert without_one("lrs", value)[:, 0].tolist() == [1, 0, 0]


def test_the_airport_game():
    """Costs of a runway shared by those who need its length (Littlechild & Owen 1973): 1/3, 1/3 + 1/2, ... ."""
    need = {"a": 1.0, "b": 2.0, "c": 4.0}
    found = shapley("abc", lambda coalition: np.array([max((need[p] for p in coalition), default=0.0)]))
    assert found[:, 0] == pytest.approx([1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 2], abs=1e-14)


def test_a_council_with_a_veto():
    """One veto and two of three others: the veto decides in third or last place, half of all orders."""
    need = [s for s in all_coalitions("vxyz") if "v" in s and len(s) >= 3]
    found = shapley("vxyz", lambda coalition: np.array([float(coalition in need)]))[:, 0]
    assert found == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6], abs=1e-15)


def test_the_weights_are_the_mean_over_all_orders():
    value = random_game(3)
    assert shapley(FIVE, value) == pytest.approx(by_all_orders(FIVE, value), abs=1e-13)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([2, 4, 6]))
def test_efficiency_symmetry_and_dummy(seed, orders):
    """The parts add up to the whole, whoever changes nothing gets nothing, and equals get the same."""
    value = random_game(seed, dummy="c")
    whole = value(frozenset(FIVE)) - value(frozenset())
    for design in (Design(FIVE, 0), Design(FIVE, orders)):
        parts = design.parts(seed, value)
        assert parts.sum(axis=1) == pytest.approx(np.broadcast_to(whole, (len(parts), 3)), abs=1e-12)
        assert np.all(parts[:, 2] == 0.0) and np.all(without_one(FIVE, value)[2] == 0.0)

    def alike(coalition):           # "a" and "b" are the same by name only
        return value(frozenset({"a"}) | coalition - {"a", "b"} if coalition & {"a", "b"} else coalition)

    first, second, *_ = shapley(FIVE, alike)
    assert first == pytest.approx(second, abs=1e-13)


# drawn orders ----------------------------------------------------------------------------------------


def test_orders_come_in_reversed_pairs_and_do_not_depend_on_who_else_plays():
    for seed in range(5):
        first, second = Design(FIVE, 4).sequences(seed)[2:]
        assert first == second[::-1] and sorted(first) == sorted(FIVE)
        assert [p for p in order((*FIVE, "f"), seed, 2) if p != "f"] == list(first)
    assert len({order(FIVE, seed, 0) for seed in range(600)}) == 120


def test_orders_are_drawn_evenly():
    """Every player stands in every place equally often, and so does every pair of neighbours."""
    drawn = [order(FIVE, seed, 2 * k) for seed in range(600) for k in range(2)]
    place = np.array([[sequence.index(p) for p in FIVE] for sequence in drawn])
    for player in range(5):
        assert stats.chisquare(np.bincount(place[:, player], minlength=5)).pvalue > 1e-3
    codes = np.array([place[:, a] < place[:, b] for a, b in combinations(range(5), 2)])
    assert np.abs(codes.mean(axis=1) - 0.5).max() < 0.06


def test_one_pair_is_exact_where_instruments_meet_two_by_two():
    """An interaction of two players falls to the later one: in an order and its reverse, to each of them once."""
    draws = np.random.default_rng(1)
    own, both = dict(zip(FIVE, draws.normal(size=5), strict=True)), draws.normal(size=(5, 5))

    def value(coalition):
        meet = sum(both[FIVE.index(a), FIVE.index(b)] for a, b in combinations(sorted(coalition), 2))
        return np.array([sum(own[p] for p in coalition) + meet])

    assert Design(FIVE, 2).parts(9, value)[0] == pytest.approx(shapley(FIVE, value), abs=1e-13)


def test_drawn_orders_find_the_value_within_their_error():
    value = random_game(11)
    each = np.stack([Design(FIVE, 4).parts(seed, value) for seed in range(400)])
    found, error = each.mean(axis=(0, 1)), error_within(each)
    far = (found - shapley(FIVE, value)) / error
    assert np.abs(far).max() < 3.5 and 0.5 < np.sqrt((far**2).mean()) < 1.6


def test_coalitions_of_a_seed_are_each_listed_once_and_hold_all_that_is_needed():
    design = Design(FIVE, 4)
    found = design.coalitions(3)
    assert found[0] == frozenset(FIVE) and found[1] == frozenset() and len(found) == len(set(found))
    needed = {c for sequence in design.sequences(3) for c in entered(sequence)} | {frozenset(FIVE) - {p} for p in FIVE}
    assert set(found) == needed
    assert set(Design(FIVE, 0).coalitions(3)) == set(all_coalitions(FIVE)) and Design(FIVE, 0).exact


# means over seeds ------------------------------------------------------------------------------------


def test_means_are_those_of_the_t_test():
    values = np.random.default_rng(2).normal(0.4, 1.0, (12, 3))
    values[4, 1] = np.nan
    found = means(values)
    for k in range(3):
        mine = values[np.isfinite(values[:, k]), k]
        test = stats.ttest_1samp(mine, 0.0)
        for width in (80, 95):
            ends = test.confidence_interval(width / 100)
            assert (found[f"low{width}"][k], found[f"high{width}"][k]) == pytest.approx((ends.low, ends.high))
        assert found["p_positive"][k] == pytest.approx(1 - stats.ttest_1samp(mine, 0.0, alternative="greater").pvalue)
    assert found["seeds"].tolist() == [12, 11, 12]


def test_means_at_the_edges():
    found = means(np.array([[0.0, 0.1, 1.0, np.nan, np.nan], [0.0, 0.1, np.nan, np.nan, np.nan]]))
    assert found["mean"][:3].tolist() == [0.0, 0.1, 1.0] and np.isnan(found["mean"][3])
    assert found["low95"][:2].tolist() == [0.0, 0.1] and np.isnan(found["low95"][2])
    assert np.isnan(found["p_positive"][0]) and found["p_positive"][1] == 1.0


def test_the_error_of_drawing_is_told_from_that_of_luck():
    """Seeds with luck of size 2 and four draws each of size 1: errors of 1/sqrt(4 S), and all of both."""
    draws = np.random.default_rng(7)
    each = draws.normal(0, 2, (3000, 1, 1)) + draws.normal(0, 1, (3000, 4, 1))
    assert error_within(each)[0] == pytest.approx(1 / np.sqrt(4 * 3000), rel=0.05)
    assert means(each.mean(axis=1))["se"][0] == pytest.approx(np.sqrt((4 + 1 / 4) / 3000), rel=0.05)
    assert np.isnan(error_within(each[:, :1])[0])
