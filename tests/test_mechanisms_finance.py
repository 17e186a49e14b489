"""First-order effects in finance: who applies, who is chosen, and that no fund spends what it has not."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim import ledger as L
from cluster_sim.codes import FundKind, Life
from cluster_sim.month import finance
from cluster_sim.records import STAKE

EAGER = {"finance.bar": -1.0, "finance.fund_size": 2000.0, "finance.screened": 200, "finance.deals": 10,
         "finance.age_bound": 180, "finance.growth_needed": 0.5}


def bids_on(model, row, rounds=100):
    """Return how often a studio is bid for over several months of luck, all funds with money."""
    m = model
    m.funds.used["looks"], m.funds.used["cash"] = 2.0, 1e9         # every fund sees it, and could pay
    count = 0
    for seed in range(rounds):
        bids = np.zeros((m.funds.high, 1))
        finance.bid(m.funds.used, m.studios.used, np.array([row]), np.array([5e6]), m.studio_zones(), m.city_state,
                    m.rules._replace(seed=seed), 0, bids)
        count += int((bids > 0).sum())
    return count


@pytest.mark.parametrize("column, low, high", [("tier", 0, 4), ("reputation", 0.0, 3.0), ("quality", -0.5, 0.5),
                                               ("revenue_year", 1e7, 3e7)])
def test_what_funds_look_for(column, low, high):
    chosen = []
    for value in (low, high):
        model = build(1)
        row = int(alive(model, anchor=0)[0])
        model.studios.used["revenue_last"][row], model.studios.used["tier"][row] = 1e7, 0
        model.studios.used[column][row] = value
        chosen.append(bids_on(model, row))
    assert chosen[1] > chosen[0] + 5


def test_sentiment_moves_every_bid():
    gloomy, cheerful = build(1), build(1)
    row = int(alive(gloomy, anchor=0)[0])
    gloomy.funds.used["sentiment"], cheerful.funds.used["sentiment"] = -1.0, 1.0
    assert bids_on(cheerful, row) > bids_on(gloomy, row) + 5


def test_a_fund_keeps_to_its_rounds_and_to_its_money():
    model = build(1)
    m, row = model, int(alive(model, anchor=0)[0])
    m.rules.p["finance_bar"], m.funds.used["looks"], m.funds.used["cash"] = -100.0, 20.0, 3e6
    m.studios.used["round"][row] = 2
    bids = np.zeros((m.funds.high, 1))
    finance.bid(m.funds.used, m.studios.used, np.array([row]), np.array([2e6]), m.studio_zones(), m.city_state, m.rules,
                0, bids)
    rung = (m.funds.used["first_round"] <= 3) & (m.funds.used["last_round"] >= 3)
    assert (bids[~rung] == 0).all() and (bids[rung] > 0).any()
    assert (bids[:, 0] <= 0.5 * m.funds.used["cash"]).all()
    m.funds.used["cash"] = 0.0
    bids[:] = 0.0
    finance.bid(m.funds.used, m.studios.used, np.array([row]), np.array([2e6]), m.studio_zones(), m.city_state, m.rules,
                0, bids)
    assert not bids.any()


def close(model, row, offers, aim=10e6, held=None):
    """Close one round with the given bids (yuan) beside the stakes held; return the new stakes and the cash raised."""
    m = model
    bids = np.zeros((m.funds.high, 1))
    bids[: len(offers), 0] = offers
    stakes = np.zeros(20, STAKE)
    before = m.studios.used["cash"][row]
    m.month.flow[:] = 0.0
    count, rounds = finance.close_rounds(m.funds.used, m.studios.used, np.array([row]), np.array([aim]), bids,
                                         np.zeros(0, STAKE) if held is None else held, m.rules.p, 0, stakes,
                                         m.month.flow)
    return stakes[:count], m.studios.used["cash"][row] - before, rounds


def test_a_round_that_gathers_too_little_fails_and_one_that_gathers_more_is_cut_back():
    model = build(1)
    row = int(alive(model, anchor=0)[0])
    quorum = model.par["finance.quorum"]
    assert close(model, row, [10e6 * quorum * 0.9])[1:] == (0.0, 0)
    model.funds.used["cash"] = 1e9
    cash = model.funds.used["cash"].copy()
    stakes, raised, rounds = close(model, row, [10e6, 6e6, 4e6])
    more = 2.0 ** model.par["finance.round_growth"]         # offered twice its aim, the round grows by far less
    assert rounds == 1 and len(stakes) == 3 and raised == pytest.approx(10e6 * more, abs=3) and 1.0 < more < 1.25
    assert stakes["cost"] == pytest.approx(np.array([5e6, 3e6, 2e6]) * more, abs=1)
    assert cash[:3] - model.funds.used["cash"][:3] == pytest.approx(stakes["cost"])
    assert model.month.flow[L.EQUITY] == raised
    assert model.studios.used["round"][row] == 1 and 0 < stakes["share"].sum() < 1
    stakes, raised, _ = close(model, row, [10e6 * quorum])
    assert raised == pytest.approx(10e6 * quorum, abs=1)


def test_earlier_investors_are_diluted_by_a_later_round():
    model = build(1)
    row = int(alive(model)[0])
    first, _, _ = close(model, row, [10e6])
    share = float(first["share"][0])
    model.funds.used["cash"] = 1e9
    value = float(model.studios.used["valuation"][row])
    second, raised, _ = close(model, row, [10e6], held=first)
    assert float(first["share"][0]) == pytest.approx(share * value / (value + raised))
    assert float(second["share"][0]) == pytest.approx(raised / (value + raised))


def test_funds_never_overspend_and_stakes_are_what_was_paid():
    model = build(36, par=EAGER)
    paid = 0.0
    while not model.finished:
        model.step()
        assert (model.funds.used["cash"] >= 0).all()
        paid += model.month.flow[L.EQUITY]
    assert paid > 0 and model.funds.used["invested"].sum() == paid
    assert model.series()["venture_capital"].sum() == pytest.approx(paid / 1e6)
    assert model.series()["funding_rounds"].sum() > 5
    owned = np.array([model.stakes["share"][model.stakes["studio_id"] == i].sum()
                      for i in np.unique(model.stakes["studio_id"])])
    assert (owned < 1.0).all()


def test_rounds_come_one_after_another_with_pauses():
    model = build(60, par=EAGER)
    seen: dict[int, list[tuple[int, int]]] = {}
    while not model.finished:
        model.step()
        s = model.studios.used
        for row in np.flatnonzero((s["alive"] == Life.ALIVE) & (s["round_month"] == model.t - 1)):
            seen.setdefault(int(s["id"][row]), []).append((model.t - 1, int(s["round"][row])))
    again = [dates for dates in seen.values() if len(dates) > 1]
    assert again
    for dates in again:
        months, numbers = zip(*dates, strict=True)
        assert list(numbers) == list(range(numbers[0], numbers[0] + len(numbers)))
        assert np.diff(months).min() >= model.par["finance.pause"]


def test_stakes_in_closed_studios_are_written_off():
    model = build(30, par=EAGER | {"births.close": 0.03})
    while not model.finished:
        before = model.studios.used["id"][alive(model)]
        model.step()
        assert np.isin(model.stakes["studio_id"], [*before, *model.studios.used["id"][alive(model)]]).all()
    assert model.funds.used["write_offs"].sum() > 0 and model.stakes.size


def test_stakes_are_sold_after_years_at_the_firms_value():
    model = build(60, par=EAGER | {"finance.holding": 12, "finance.sale": 0.1})
    model.run()
    assert model.funds.used["exits"].sum() > 0
    assert model.ledger_table()["stake_sales"].sum() * 1e6 == pytest.approx(model.funds.used["proceeds"].sum())
    assert model.ledger_table()["stake_sales"][:12].sum() == 0


def test_anchors_and_the_sixth_segment_do_not_apply():
    model = build(2, par=EAGER)
    model.studios.used["want"] = 1e6
    order = model.studios.order()
    applicants, aims = np.zeros(order.size, np.int64), np.zeros(order.size)
    count = finance.apply_for_money(model.studios.used, order, model.rules, 0, applicants, aims)
    chosen = model.studios.used[applicants[:count]]
    assert count > 20 and (chosen["anchor"] != 1).all() and (chosen["segment"] != 5).all()
    assert (aims[:count] >= model.par["finance.seed"] * 1e6).all()
    assert (aims[:count] <= model.par["finance.round_bound"] * 1e6).all()


def test_private_capital_is_called_in_parts_up_to_the_commitment():
    model = build(3)
    f = model.funds.used
    before = f["cash"].copy()
    model.month.flow[:] = 0.0
    finance.call_capital(model)
    called = f["cash"] - before
    private = f["kind"] == FundKind.PRIVATE
    assert called[private] == pytest.approx(np.floor(model.par["finance.inflow"] * f["committed"][private]))
    assert called[private].sum() == model.month.flow[L.CALLS_PRIVATE]
    f["cash"] = f["committed"]
    finance.call_capital(model)
    assert np.array_equal(f["cash"], f["committed"])
