"""What titles of a whole run show: heavy tails of their receipts, and the largest title's share of a month."""

from __future__ import annotations

import numpy as np
import pytest
from engine import build

from cluster_sim.codes import Stage


def test_most_own_projects_lose_money_and_success_is_concentrated():
    """Heavy tails in a run: over half of the works do not earn their cost back, a fifth brings most receipts."""
    receipts, cost = [], []
    for seed in range(4):
        titles = build(72, seed=seed).run().projects_table()
        ended = titles["stage"] == "done"
        receipts += titles["receipts"][ended].tolist()
        cost += titles["cost"][ended].tolist()
    receipts, cost = np.array(receipts), np.array(cost)
    assert receipts.size > 200
    assert 0.4 < (receipts < cost).mean() < 0.85
    top = np.sort(receipts)[::-1]
    assert 0.5 < top[: top.size // 5].sum() / top.sum() < 0.97


def test_the_largest_titles_share_is_of_titles_that_run_in_the_month():
    """Titles whose run ended in an earlier month do not count, whether or not another one ended since."""
    model, checked = build(40), 0
    while not model.finished:
        before = {int(j["id"]) for j in model.projects.used[model.projects.used["stage"] == Stage.RUNNING]}
        model.step()
        works = model.projects.used
        running = works[works["stage"] == Stage.RUNNING]
        if model.state["exits"]:
            continue                # titles of a studio that closed are in the month's share, but gone by now
        ended = model.kept.ended if model.kept.ended is not None else running[:0]
        checked += 1
        assert {int(i) for i in ended["id"]} <= before | {int(i) for i in ended["id"][ended["released"] == model.t - 1]}
        gross = np.concatenate([running["gross"], ended["gross"]])
        share = model.series()["top1_share"][-1]
        assert share == pytest.approx(gross.max() / gross.sum()) if gross.sum() else np.isnan(share)
    assert checked > 15
