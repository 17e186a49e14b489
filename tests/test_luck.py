"""Luck with clients starts where it stays, and more of it does not make the city larger."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim.month import commissioning


def spread(par: dict[str, float], staff: np.ndarray) -> np.ndarray:
    """Return the stationary spread of an AR(1) whose shocks shrink with size."""
    shock = par["commissioning.appeal_shock"] / np.sqrt(1.0 + staff / par["commissioning.appeal_size"])
    return shock / np.sqrt(1.0 - par["commissioning.appeal_memory"] ** 2)


def luck_only(memory: float, months: int):
    """Return a city in which nothing but luck has moved for some months, and each studio's luck in spreads."""
    model = build(1, scale=1 / 10, par={"commissioning.appeal_memory": memory})
    s, m = model.studios.used, model
    for t in range(months):
        commissioning.weigh(s, m.city_state, m.rules, t, m.markets.weight_home, m.markets.weight_abroad)
    rows = alive(model)
    return model, (s["appeal"] / spread(model.par, s["staff"]))[rows]


@pytest.mark.parametrize("memory", [0.9, 0.97, 0.99])
@pytest.mark.parametrize("months", [0, 60])
def test_luck_has_its_stationary_spread_from_the_first_month(memory, months):
    _, luck = luck_only(memory, months)
    assert luck.size > 1000
    assert luck.std() == pytest.approx(1.0, abs=4.0 / np.sqrt(2.0 * luck.size))
    assert abs(luck.mean()) < 4.0 / np.sqrt(luck.size)


@pytest.mark.parametrize("memory", [0.9, 0.97, 0.99])
def test_the_mean_weight_of_a_lucky_city_is_that_of_one_without_luck(memory):
    model, _ = luck_only(memory, 12)
    rows = alive(model)
    s = model.studios.used[rows]
    lucky = s["weight"].copy()
    calm = build(1, scale=1 / 10, par={"commissioning.appeal_memory": memory, "commissioning.appeal_shock": 0.0})
    calm.studios.used["appeal"] = 0.0
    commissioning.weigh(calm.studios.used, calm.city_state, calm.rules, 0, calm.markets.weight_home,
                        calm.markets.weight_abroad)
    ratio = lucky / calm.studios.used["weight"][rows]
    error = np.sqrt(np.expm1(spread(model.par, s["staff"]) ** 2).mean() / rows.size)
    assert ratio.mean() == pytest.approx(1.0, abs=4.0 * error)


def test_a_newcomer_draws_from_the_same_distribution():
    model = build(60, scale=1 / 10, par={"commissioning.appeal_shock": 0.12, "population.founding_rate": 0.01})
    drawn = []
    for _ in range(60):
        model.step()
        s = model.studios.used
        fresh = s[(s["alive"] == 1) & (s["born"] >= model.t)]     # founded this month: not yet open, luck as drawn
        drawn += dict(zip(fresh["id"].tolist(), fresh["appeal"].tolist(), strict=True)).items()
    luck = np.array(list(dict(drawn).values()))
    assert luck.size > 100
    assert luck.std() == pytest.approx(float(spread(model.par, np.array(1.0))), rel=4.0 / np.sqrt(2.0 * luck.size))
