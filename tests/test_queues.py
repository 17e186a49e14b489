"""Where work waits, a free studio asks what waiting clients pay, and does not win the city's orders alone."""

from __future__ import annotations

import numpy as np
import pytest
from engine import build

from cluster_sim.codes import Life
from cluster_sim.month import prices


def quoted(use):
    """Return the fees of the first segment's studios when all but one have a load of so many times their capacity."""
    model = build(2)
    model.step()
    s = model.studios.used
    mine = np.flatnonzero((s["alive"] == Life.ALIVE.value) & (s["staff"] > 0) & (s["segment"] == 0))
    s["load"][s["segment"] == 0] = use * s["capacity"][s["segment"] == 0]
    s["load"][mine[0]] = 0.0
    prices.set_prices(model)
    return s["fee"][mine]


def test_a_free_studio_asks_more_where_work_waits_with_the_others():
    calm, full, queue = (quoted(use) for use in (0.9, 1.2, 30.0))
    assert full[0] == pytest.approx(calm[0], rel=1e-12)             # no queue to speak of: nothing changes
    assert queue[0] > 5.0 * calm[0]
    assert queue[0] / np.median(queue[1:]) > 0.5


def test_in_a_hundredfold_market_no_studio_is_left_with_the_orders_of_the_city():
    model = build(40, scale=1 / 100, par={"population.founding_rate": 0.002}, outside={
        "freeze": True, "market": {"from": 2018 * 12, "factor": 100.0, "growth": 0.0}})
    worst = 0.0
    while not model.finished:
        model.step()
        s = model.studios.used[model.studios.used["alive"] == Life.ALIVE.value]
        worst = max(worst, float((s["load"] / np.maximum(s["capacity"], 0.1)).max()))
    assert 10.0 < worst < 1000.0
