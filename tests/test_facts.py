"""Facts that the model has to show by itself: firms, partners and rents, and the rules that bring them about."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build
from facts import facts, tail_exponent

from cluster_sim.month import founding

SEEDS = (1, 2, 3, 4)


def test_the_tail_exponent_is_that_of_a_pareto_law():
    luck = np.random.default_rng(3)
    sizes = 1.0 / luck.random(200_000) ** (1.0 / 1.1)
    assert tail_exponent(sizes) == pytest.approx(1.1, rel=0.02)


def test_the_rent_index_moves_with_rents_and_not_with_where_studios_are():
    model = build(3)
    model.step()
    cells, parks, observer = model.space.cells, model.space.parks, model.kept.observer
    before = observer.rent_at_start_weights(model)
    cells["staff"][:], parks["staff"][:] = cells["staff"][::-1].copy(), 0.0
    assert observer.rent_at_start_weights(model) == before > 0.0
    cells["rent"] *= 1.5
    parks["rent"] *= 1.5
    assert observer.rent_at_start_weights(model) == pytest.approx(1.5 * before)


def test_founding_answers_profits_against_wages():
    """Wages that rise faster than profits make founding less attractive; at rest the pull is 1."""
    model = build(2)
    model.step()
    s, g = model.studios.used, model.city_state[0]
    founding.set_usual_income(model)
    g["buzz_mean"] = 0.0
    assert founding.pull(model) == pytest.approx(1.0)
    small = alive(model)[(s["staff"][alive(model)] <= model.par["population.founding_small"])]
    s["surplus_year"][small] = np.maximum(s["surplus_year"][small], 0.0) + 1e6
    assert founding.pull(model) > 1.0
    founding.set_usual_income(model)
    s["wage_bill"] *= 2.0
    assert founding.pull(model) < 1.0


@pytest.fixture(scope="module")
def usual():
    """Facts of four seeds of the baseline."""
    return [facts([], seed, 1 / 50) for seed in SEEDS]


@pytest.mark.slow
def test_as_many_studios_close_as_sources_count(usual):
    """5 to 8.5% a year."""
    assert 5.0 <= np.mean([run["closures"] for run in usual]) <= 8.5


@pytest.mark.slow
def test_most_closures_come_from_money_and_ties_repeat(usual):
    """Most studios close for want of money; more than half of the ties of teams repeat; inputs are bought here."""
    mean = {name: np.mean([run[name] for run in usual]) for name in usual[0]}
    assert mean["bankruptcies"] > 0.5 * mean["closures"] > 1.0
    assert 0.6 <= mean["repeated ties"] <= 0.85
    assert 0.026 <= mean["with inputs bought here, % of sales"] / 100.0 <= 0.08


@pytest.mark.slow
def test_a_sixfold_price_of_coordination_costs_the_city_a_part_of_its_share(usual):
    """Working together is part of what effort costs, so that dear coordination loses clients."""
    share = "share of GDP 2024, %"
    lost = np.array([run[share] - facts([], seed, 1 / 50, 6.0)[share] for run, seed in zip(usual, SEEDS, strict=True)])
    assert lost.mean() > 0.1 and lost.mean() > 2.0 * lost.std(ddof=1) / 2.0
