"""Finance: public funds and the ladder's grants, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build, entry
from instruments import EAGER_FUNDS, LOW_LADDER, MILLION, in_force

from cluster_sim import ledger as L


# ------------------------------------------------------------------------------------- guidance fund
def test_the_guidance_funds_size_is_a_commitment_and_capital_is_called_in_parts():
    model, instrument = in_force("guidance_fund", size=3000.0, years=5)
    size = 3000.0 * MILLION * model.scale
    part = size / 60.0
    instrument.finance(model)
    fund = model.funds.rows[instrument.row]
    assert fund["committed"] == size and fund["cash"] == pytest.approx(part, abs=1) == instrument.outlay
    calls = [instrument.outlay]
    for _ in range(80):
        before = instrument.outlay
        instrument.finance(model)
        calls.append(instrument.outlay - before)
    cash = model.funds.rows["cash"][instrument.row]
    assert cash <= 6.01 * part and max(calls) <= part             # not more than has a use
    for _ in range(100):
        model.funds.rows["cash"][instrument.row] = 0.0            # it invests all that it has
        instrument.finance(model)
    assert instrument.called <= size and instrument.called == pytest.approx(size, rel=1e-5)
    assert model.flow[[L.CALLS_CITY, L.CALLS_PROVINCE]].sum() == instrument.called
    assert model.flow[L.CALLS_CITY] == pytest.approx(0.7 * instrument.called, rel=1e-6)


def test_the_guidance_fund_invests_beside_others_from_its_first_round_on():
    law = {"guidance_fund": [entry("guidance_fund", size=300000.0, first_round=2, years=1)]}
    model = build(48, policies=law, par=EAGER_FUNDS).run()
    row = model.instruments[0].row
    mine = model.stakes[model.stakes["fund"] == row]
    assert model.funds.rows["invested"][row] > 0 and mine.size and (mine["round"] >= 2).all()
    assert model.funds.rows["kind"][row] == 2
    assert model.funds.rows["cash"][row] >= 0


def test_the_guidance_fund_survives_a_full_table_of_funds():
    """Its row may be the one that makes the table grow; nothing that was paid may be lost then."""
    room = build(1).funds.rows.size
    corporate = int((build(1).funds.used["kind"] == 3).sum())
    law = {"guidance_fund": [entry("guidance_fund", size=30000.0, first_round=1)]}
    model = build(6, policies=law, par={"finance.private_funds": room - corporate} | EAGER_FUNDS)
    assert model.funds.high == room
    model.studios.used["want"] = 1e6
    model.step()
    assert model.funds.rows.size > room and model.state["rounds"] > 0


# ------------------------------------------------------------------------------------- ladder grants
def test_ladder_grants_come_once_a_tier():
    model, grants = in_force("ladder_grants", nestling=0.3, chick=1.0, grower=5.0, unicorn=20.0)
    s = model.studios.used
    row = int(alive(model)[0])
    s["listed"] = -100

    def granted(tier, listed):
        s["tier"][row], s["listed"][row] = tier, listed
        cash = s["cash"][row]
        grants.after_ladder(model)
        return (s["cash"][row] - cash) / MILLION

    assert granted(1, model.t) == 0.3 and granted(1, model.t - 1) == 0.0
    assert granted(2, model.t) == 1.0 and granted(3, model.t) == 5.0 and granted(4, model.t) == 20.0
    assert granted(4, model.t - 12) == 0.0 and granted(0, model.t) == 0.0
    assert model.flow[L.GRANTS_CITY] == 26.3 * MILLION == s["public"][row]


def test_ladder_grants_in_a_run_are_paid_to_whoever_moves_up_and_to_nobody_else():
    law = {"ladder_grants": [entry("ladder_grants", nestling=1.0, chick=1.0, grower=1.0, unicorn=1.0)]}
    model = build(48, policies=law, par=LOW_LADDER)
    grants = 0
    while not model.finished:
        model.step()
        grants += model.ladder_counts[0] + model.ladder_counts[2]
    assert grants > 5 and model.instruments[0].outlay == grants * MILLION
