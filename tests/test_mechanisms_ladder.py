"""First-order effects of the ladder: tiers by revenue, growth and valuation, once a year of a studio's own age."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim.codes import Tier
from cluster_sim.month import ladder

MILLION = 1e6


def climb(revenue: float, last: float, *, age: int = 23, tier: int = 0, valuation: float = 0.0):
    """Return a studio after its yearly review, with revenues in million yuan, and the counts."""
    model = build(1)
    row = int(alive(model)[0])
    s = model.studios.used
    s["born"] = 1                                   # nobody else has a review this month
    s["born"][row], s["tier"][row], s["listed"][row] = -age, tier, -100
    s["revenue_year"][row], s["revenue_last"][row] = revenue * MILLION * 12.0 / 11.0, last * MILLION
    s["sales"], s["surplus"], s["valuation"] = 0.0, 0.0, 0.0
    s["valuation"][row] = valuation * MILLION
    counts = np.zeros(3, np.int64)
    ladder.climb(s, model.city_state, model.rules.p, 0, counts)
    return s[row], counts, model.par


def need(name: str) -> float:
    return build(1).par[f"ladder.{name}"]


@pytest.mark.parametrize("tier, name", [(1, "nestling"), (2, "chick"), (3, "grower")])
def test_a_tier_wants_revenue_and_growth(tier, name):
    revenue, growth = need(f"{name}_revenue"), need(f"{name}_growth")
    assert climb(1.01 * revenue, 1.01 * revenue / (1.0 + growth) * 0.99)[0]["tier"] == tier
    assert climb(1.01 * revenue, 1.01 * revenue)[0]["tier"] < tier                 # no growth
    assert climb(0.98 * revenue, 0.5 * revenue)[0]["tier"] < tier                  # too small


def test_a_unicorn_is_made_by_its_valuation():
    assert climb(1.0, 1.0, valuation=1.02 * need("unicorn_valuation"))[0]["tier"] == Tier.UNICORN
    assert climb(1.0, 1.0, valuation=0.9 * need("unicorn_valuation"))[0]["tier"] == Tier.NONE


def test_old_firms_are_no_nestlings():
    revenue = need("nestling_revenue") * 1.1
    assert climb(revenue, revenue / 2, age=12 * 20 + 11)[0]["tier"] == Tier.NONE
    assert climb(revenue, revenue / 2, age=11)[0]["tier"] == Tier.NESTLING


def test_the_list_is_reviewed_once_a_year():
    revenue = need("chick_revenue") * 1.2
    for age, tier in ((23, 2), (24, 0), (30, 0), (35, 2)):
        assert climb(revenue, revenue / 2, age=age)[0]["tier"] == tier


def test_moves_are_counted_and_dated():
    revenue = need("chick_revenue") * 1.2
    studio, counts, _ = climb(revenue, revenue / 2)
    assert counts.tolist() == [0, 0, 1] and studio["listed"] == 0           # new on the list
    studio, counts, _ = climb(revenue, revenue / 2, tier=1)
    assert counts.tolist() == [1, 1, 0] and studio["listed"] == 0           # moved up
    studio, counts, _ = climb(revenue, revenue / 2, tier=2)
    assert counts.tolist() == [0, 1, 0] and studio["listed"] == -100        # stays


def test_a_listed_firm_keeps_its_rung_until_it_shrinks():
    for tier, revenue in ((1, "nestling_revenue"), (2, "chick_revenue"), (3, "grower_revenue")):
        keep = need("keep") * need(revenue)
        assert climb(1.05 * keep, 1.05 * keep, tier=tier)[0]["tier"] == tier
        assert climb(0.95 * keep, 0.95 * keep, tier=tier)[0]["tier"] == Tier.NONE


def test_revenue_is_a_trailing_year():
    model = build(1)
    row = int(alive(model)[0])
    s = model.studios.used
    s["revenue_year"][row], s["valuation"][row], s["sales"][row] = 0.0, 0.0, 1e6
    for _ in range(120):
        ladder.climb(s, model.city_state, model.rules.p, 0, np.zeros(3, np.int64))
    assert s["revenue_year"][row] == pytest.approx(12e6, rel=1e-3)
    assert s["valuation"][row] == pytest.approx(model.par["ladder.price_to_sales"] * 12e6, rel=1e-3)


def test_a_run_fills_the_list_slowly():
    series = build(60, scale=1 / 50).run().series()
    assert series["studios_listed"][-1] > series["studios_listed"][0]
    assert series["studios_listed"][-1] < series["studios"][-1]
    assert (series["promotions"] <= series["studios_listed"]).all()
