"""Finance: public funds and the ladder's grants, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build, entry
from instruments import EAGER_FUNDS, LOW_LADDER, MILLION, by_identity, cash_of, in_force, settle

from cluster_sim import ledger as L
from cluster_sim.codes import FundKind, Tier
from cluster_sim.month import births, finance, hiring, treasury


# ------------------------------------------------------------------------------------- guidance fund
def test_the_guidance_funds_size_is_a_commitment_and_capital_is_called_in_parts():
    model, instrument = in_force("guidance_fund", size=60_000.0, years=5)
    size = 60_000.0 * MILLION * model.scale
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
    assert model.month.flow[[L.CALLS_CITY, L.CALLS_PROVINCE]].sum() == instrument.called
    assert model.month.flow[L.CALLS_CITY] == pytest.approx(0.7 * instrument.called, rel=1e-6)


def test_the_guidance_fund_invests_beside_others_from_its_first_round_on():
    law = {"guidance_fund": [entry("guidance_fund", size=300000.0, first_round=2, years=1)]}
    model = build(48, policies=law, par=EAGER_FUNDS).run()
    row = model.instruments[0].row
    mine = model.stakes[model.stakes["fund"] == row]
    assert model.funds.rows["invested"][row] > 0 and mine.size and (mine["round"] >= 2).all()
    assert model.funds.rows["kind"][row] == FundKind.GUIDANCE
    assert model.funds.rows["cash"][row] >= 0


def test_the_guidance_fund_survives_a_full_table_of_funds():
    """Its row may be the one that makes the table grow; nothing that was paid may be lost then."""
    room = build(1).funds.rows.size
    corporate = int((build(1).funds.used["kind"] == FundKind.CORPORATE).sum())
    law = {"guidance_fund": [entry("guidance_fund", size=30000.0, first_round=1)]}
    model = build(6, policies=law, par={"finance.private_funds": 200 * (room - corporate)} | EAGER_FUNDS)
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
    assert model.month.flow[L.GRANTS_CITY] == 26.3 * MILLION == s["public"][row]


def test_ladder_grants_in_a_run_are_paid_to_whoever_moves_up_and_to_nobody_else():
    law = {"ladder_grants": [entry("ladder_grants", nestling=1.0, chick=1.0, grower=1.0, unicorn=1.0)]}
    model = build(48, policies=law, par=LOW_LADDER)
    grants = 0
    while not model.finished:
        model.step()
        grants += model.state["promotions"] + model.state["new_listed"]
    assert grants > 5 and model.instruments[0].outlay == grants * MILLION

# ------------------------------------------------------------------------------------- venture fund of the zone
@pytest.mark.parametrize("zones", [["zone_east"], ["hi_tech_south"], []])
def test_the_zones_fund_invests_early_and_only_in_its_zones(zones):
    """A zone that the city does not have is nowhere; no zone at all is everywhere."""
    law = {"zone_venture_fund": [entry("zone_venture_fund", size=100_000.0, years=1, last_round=2, zones=zones)]}
    model = build(36, policies=law, par=EAGER_FUNDS)
    deals, inside = 0, []
    while not model.finished:
        zone = model.studio_zones()
        t = model.t
        model.step()
        mine = model.stakes[(model.stakes["fund"] == model.instruments[0].row) & (model.stakes["month"] == t)]
        deals += mine.size
        inside += zone[mine["studio"]].tolist()
        assert (mine["round"] <= 2).all()
    bit = 1 << model.places.zone_index["zone_east"]
    if zones == ["zone_east"]:
        assert deals > 0 and all(z & bit for z in inside)
    elif zones:
        assert deals == 0
    else:
        assert deals > 0 and not all(z & bit for z in inside)
    assert model.funds.rows["kind"][model.instruments[0].row] == 1
    assert model.ledger_table()["capital_calls_city"].sum() * MILLION == pytest.approx(model.instruments[0].outlay)


def test_a_fund_that_finds_nobody_stops_calling():
    model, fund = in_force("zone_venture_fund", size=60_000.0, years=5)
    for _ in range(12):
        fund.finance(model)
    assert fund.called == pytest.approx(6 * 60_000.0 * MILLION * model.scale / 60, rel=1e-6)


# ------------------------------------------------------------------------------------- the ladder's other rungs
def listed(count: int = 1, **keys):
    """Return a model with the ladder in force and so many listed studios, the others on no rung."""
    model, ladder = in_force("ladder_grants", **keys)
    s = model.studios.used
    s["tier"], s["perk"], s["credit"] = 0, 0.0, 0.0
    rows = by_identity(model, count, segment=0)
    s["tier"][rows] = Tier.CHICK
    return model, ladder, rows


def test_listed_studios_have_a_part_of_their_rent_paid_up_to_the_cap():
    model, ladder, rows = listed(2, rent=0.5, rent_cap=0.036)
    settle(model, rows, "", area=np.array([60.0, 200.0]), rent=70.0)
    cash = cash_of(model, rows)
    ladder.support(model)
    assert (cash_of(model, rows) - cash).tolist() == [2100.0, 3000.0]      # half of 4,200; a twelfth of the cap
    assert ladder.outlay == 5100.0 == model.month.flow[L.RENT_SUBSIDY_CITY]
    assert model.studios.used["rent_relief"][rows] == pytest.approx([0.5, 3000.0 / 14000.0])


def test_a_credit_line_keeps_a_studio_open_longer():
    model, ladder, rows = listed(2, credit=3.0)
    s = model.studios.used
    ladder.open(model)
    month = s["unit_cost"][rows] * np.maximum(s["capacity"][rows], 0.5)
    assert s["credit"][rows] == pytest.approx(3.0 * month, abs=1) and (s["credit"] > 0).sum() == 2
    s["tier"][rows[1]] = 0
    ladder.open(model)
    model.rules.p["births_close"] = 0.0
    model.rules.p["money_known"] = model.rules.p["money_known_large"] = 0.0
    s["receivable"][rows], s["payable"][rows] = 0.0, 0.0

    def closes(debts: float) -> list[bool]:
        s["cash"][rows], s["loan"][rows], gone = -debts * month, 0.0, np.zeros(s.size, np.int64)
        treasury.settle_with_banks(s, model.rules, model.t, model.month.flow)
        count = births.select_exits(s, model.rules, model.t, gone)[0]
        return np.isin(rows, gone[:count]).tolist()

    assert closes(1.9) == [False, True] and s["loan"][rows[0]] > 0.0 == s["loan"][rows[1]]
    assert closes(model.par["births.overdraft"] + 3.5) == [True, True]


def test_works_under_way_are_worth_a_guaranteed_loan():
    model, ladder, rows = listed(2, intellectual_property=0.4)
    s = model.studios.used
    s["works"][rows] = 3e6, 0.0
    ladder.open(model)
    assert s["credit"][rows].tolist() == [1.2e6, 0.0] and s["credit"].sum() == 1.2e6


def test_the_guarantor_pays_its_share_of_the_line_when_the_studio_fails():
    model, ladder, rows = listed(3, credit=3.0, guaranteed=0.5)
    s = model.studios.used
    s["credit"][rows], s["receivable"][rows] = 1e6, 0.0
    s["cash"][rows] = -0.4e6, -5e6, 0.3e6
    ladder.closing(model, rows)
    assert ladder.outlay == 0.2e6 + 0.5e6 == model.month.flow[L.GUARANTEES_CITY]
    assert s["cash"][rows].tolist() == [-0.4e6, -5e6, 0.3e6]       # it goes to the bank


def test_an_allowance_makes_offers_of_listed_studios_worth_more_and_is_paid_for_each_who_comes():
    model, ladder, rows = listed(1, talent=0.05)
    s, other = model.studios.used, int(np.setdiff1d(alive(model), rows)[0])
    s["offer"] = 1.0
    before = hiring.look_at_employers(model)["attraction"].astype(float)
    ladder.open(model)
    after = hiring.look_at_employers(model)["attraction"].astype(float)
    raise_ = 0.05 * MILLION / ladder.year_wage(model)
    worth = (1.0 + raise_) ** model.par["labour.wage_weight"]
    assert after[rows[0]] / before[rows[0]] == pytest.approx(worth, rel=1e-5) and worth > 1.5
    assert after[other] == before[other]
    s["filled"][rows[0], :2], s["filled"][other] = (2, 1), 4
    ladder.support(model)
    assert ladder.outlay == 3 * 50_000 == model.month.flow[L.TALENT_AID_CITY]


def test_the_reward_for_listing_comes_once_with_the_last_round():
    model, ladder, rows = listed(3, listing=5.0)
    s = model.studios.used
    s["round"][rows], s["round_month"][rows] = (5, 5, 4), (0, -1, 0)
    cash = cash_of(model, rows)
    ladder.support(model)
    assert (cash_of(model, rows) - cash).tolist() == [5 * MILLION, 0.0, 0.0]


def test_without_money_the_ladder_gives_no_credit_and_promises_nothing():
    model, ladder, rows = listed(1, credit=3.0, talent=0.05, budget=0.0)
    ladder.open(model)
    assert model.studios.used["credit"][rows] == 0.0 == model.studios.used["perk"][rows]


def test_a_larger_fund_writes_larger_tickets_and_sees_more():
    """Its bids grow with its size, by less than it; a fund of usual size bids as private ones do."""
    def fund_of(size: float) -> tuple[float, float]:
        model, instrument = in_force("guidance_fund", size=size)
        instrument.finance(model)
        row = model.funds.rows[instrument.row]
        return float(row["ticket"]), float(row["looks"])

    usual = build(1).par["finance.fund_size"]
    same, hundredfold = fund_of(usual), fund_of(100.0 * usual)
    assert same[0] == build(1).par["finance.ticket"] == build(1).funds.used["ticket"][0]
    assert hundredfold[0] == pytest.approx(100.0 ** build(1).par["finance.ticket_growth"] * same[0]) and same[0] > 0.0
    assert hundredfold[1] == pytest.approx(100.0 * same[1])


def test_a_fund_bids_by_its_ticket():
    model = build(1)
    row, funds = int(alive(model, anchor=0)[0]), model.funds.used
    model.rules.p["finance_bar"], funds["looks"], funds["cash"] = -100.0, 20.0, 1e9
    funds["first_round"], funds["last_round"], funds["ticket"][0] = 1, 5, 3.0
    bids = np.zeros((model.funds.high, 1))
    finance.bid(funds, model.studios.used, np.array([row]), np.array([2e6]), model.studio_zones(), model.city_state,
                model.rules, 0, bids)
    assert bids[0, 0] == 6e6 and bids[1, 0] == pytest.approx(model.par["finance.ticket"] * 2e6)
