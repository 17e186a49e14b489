"""First-order effects of the policy instruments with everything else held fixed, and what binds them."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, add_project, alive, build, clear_projects, differences, entry
from test_ledger import GENEROUS, generous

from cluster_sim import ledger as L
from cluster_sim import policies
from cluster_sim.agents.columns import APPROVAL, DONE, PROPOSAL, READY, RUNNING, TESTING
from cluster_sim.policies.base import Instrument

MILLION = 1e6
EAGER_FUNDS = {"finance.bar": -1.0, "finance.fund_size": 2000.0, "finance.screened": 200, "finance.age_bound": 180,
               "finance.growth_needed": 0.5}


def in_force(name: str, months: int = 40, par=None, **keys):
    """Return a model with one instrument in force in its first month, without works, and the instrument."""
    model = build(months, policies={name: [entry(name, **keys)]}, par=par)
    clear_projects(model)
    model.instruments[0].enact(model)
    model.begin_month()
    return model, model.instruments[0]


def released(model, cost: float = 20.0, stage: int = RUNNING, segment: int = 0, **columns) -> int:
    """Add a work that was released this month at a cost in million yuan; return its row."""
    owner = int(alive(model, segment=segment, anchor=0)[0])
    return add_project(model, owner, stage=stage, released=model.t, cost=cost * MILLION, budget=cost * MILLION,
                       **columns)


# ------------------------------------------------------------------------------------- production subsidy
@pytest.mark.parametrize("cost, coinvest, aid", [(20.0, 0.0, 4.0), (20.0, 0.5, 2.0), (100.0, 0.0, 15.0),
                                                 (0.5, 0.0, 0.0)])
def test_production_subsidy_pays_a_share_of_audited_cost_at_release(cost, coinvest, aid):
    """Rate times the owner's cost, up to the cap of one work, nothing for works that are too small."""
    model, instrument = in_force("production_subsidy", rate=0.2, cap=15.0, smallest=1.0)
    row = released(model, cost, coinvest=coinvest)
    owner = model.projects.rows["owner"][row]
    cash = model.studios.used["cash"][owner]
    instrument.after_release(model)
    assert model.studios.used["cash"][owner] - cash == pytest.approx(aid * MILLION, abs=1)
    assert model.projects.rows["aid_claim"][row] == pytest.approx(aid * MILLION, abs=1)
    assert model.flow[L.GRANTS_CITY] + model.flow[L.GRANTS_PROVINCE] == pytest.approx(aid * MILLION, abs=1)
    assert model.flow[L.GRANTS_CITY] == pytest.approx(0.5 * aid * MILLION, abs=1)


def test_production_subsidy_is_not_paid_before_or_after_release_or_to_other_segments():
    model, instrument = in_force("production_subsidy", rate=0.2)
    for stage in (APPROVAL, TESTING, READY):
        released(model, stage=stage)
        model.projects.used["released"] = -1
    old = released(model)
    model.projects.rows["released"][old] = model.t - 1
    released(model, segment=3)
    instrument.after_release(model)
    assert instrument.outlay == 0.0 == model.flow.sum()


def test_expected_aid_brings_works_to_the_green_light():
    """A studio counts on the aid: with it more proposals are worth their cost, none are lost."""
    greenlit = []
    for rate in (0.0, 0.5):
        law = {"production_subsidy": [entry("production_subsidy", rate=rate, cap=100.0, smallest=0.0)]}
        greenlit.append(sum(build(1, seed=seed, policies=law, par={"segments.idea_rate.film": 0.9,
                                                                   "segments.idea_rate.scifi": 0.9}).run().series()[
            "green_lit"][0] for seed in range(8)))
    assert greenlit[1] > greenlit[0] > 0


def test_expected_aid_is_what_will_be_paid():
    model, instrument = in_force("production_subsidy", rate=0.2, cap=15.0)
    proposals = np.zeros(3, PROPOSAL)
    proposals["budget"], proposals["segment"], proposals["coinvest"] = 20e6, (0, 4, 1), 0.25
    instrument.expect_aid(model, proposals)
    assert proposals["aid"].tolist() == [3e6, 3e6, 0.0]


# ------------------------------------------------------------------------------------- box-office incentive
@pytest.mark.parametrize("gross, reward", [(49.0, 0.0), (50.0, 0.0), (90.0, 4.0), (110.0, 6.0), (5000.0, 6.0)])
def test_box_office_incentive_pays_after_the_run_and_never_above_its_cap(gross, reward):
    model, instrument = in_force("box_office_incentive", threshold=50.0, rate=0.1, cap=6.0)
    row = released(model, gross=gross * MILLION)
    owner = model.projects.rows["owner"][row]
    instrument.after_release(model)
    assert instrument.outlay == 0.0                       # still running
    cash = model.studios.used["cash"][owner]
    model.projects.rows["stage"][row] = DONE
    instrument.after_release(model)
    assert model.studios.used["cash"][owner] - cash == pytest.approx(reward * MILLION, abs=1) == model.flow[
        L.GRANTS_PROVINCE]


def test_box_office_incentive_in_a_run_is_paid_once_a_work():
    law = {"box_office_incentive": [entry("box_office_incentive", rate=0.2, threshold=0.1, cap=1.0)]}
    model = build(60, policies=law).run()
    titles = model.projects_table()
    paid = titles["aid"] > 0
    assert paid.any() and titles["aid"].max() <= 1.0
    own = np.isin(titles["segment"], ["film", "scifi"])
    done = titles["stage"] == "done"
    due = np.floor(np.minimum(0.2 * np.maximum(titles["gross"] * MILLION - 1e5, 0.0), 1e6)) / MILLION
    assert titles["aid"][own & done] == pytest.approx(due[own & done], abs=1e-5)
    assert not paid[~own | ~done].any()


# ------------------------------------------------------------------------------------- joint cap
def test_all_aids_to_one_work_stay_under_the_joint_cap():
    law = {"production_subsidy": [entry("production_subsidy", rate=0.5, cap=15.0)],
           "box_office_incentive": [entry("box_office_incentive", rate=0.5, cap=15.0, threshold=1.0)]}
    model = build(3, policies=law)
    clear_projects(model)
    for instrument in model.instruments:
        instrument.enact(model)
    model.begin_month()
    row = released(model, cost=40.0, gross=500 * MILLION)
    owner = model.projects.rows["owner"][row]
    subsidy = next(i for i in model.instruments if i.name == "production_subsidy")
    incentive = next(i for i in model.instruments if i.name == "box_office_incentive")
    subsidy.after_release(model)
    assert model.projects.rows["aid_claim"][row] == 15 * MILLION
    model.projects.rows["stage"][row] = DONE
    model.projects.rows["released"][row] = model.t - 3
    incentive.after_release(model)
    cap = model.par["aid.joint_cap"] * MILLION
    assert model.projects.rows["aid_claim"][row] == cap == 21 * MILLION
    assert model.studios.used["public"][owner] == cap == subsidy.outlay + incentive.outlay


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


# ------------------------------------------------------------------------------------- hub
def hub_with(candidates: int, **keys):
    """Return a model with a hub and so many young teams that want to join, in the order of their identities."""
    model, instrument = in_force("hub", **({"teams": 600, "floor": 1e6} | keys))
    s = model.studios.used
    s["born"], s["ai"] = -200, 0.0
    rows = alive(model, anchor=0)
    rows = rows[s["segment"][rows] < 5]
    rows = rows[np.argsort(s["id"][rows])][:candidates]
    s["born"][rows], s["ai"][rows], s["staff"][rows] = model.t, 0.9, 1
    assert rows.size == candidates
    return model, instrument, rows


def test_the_hub_admits_as_many_teams_as_it_has_places_and_the_next_waits():
    model, hub, rows = hub_with(5)
    s = model.studios.used
    assert hub.places(model) == 3
    hub.open(model)
    assert s["hub"][rows].tolist() == [1, 1, 1, 0, 0] and len(hub.waiting) == 2
    assert (s["cell"][rows[:3]] == model.hub_cell).all()
    hub.open(model)
    assert s["hub"].sum() == 3
    s["staff"][rows[0]] = 50                              # one team has outgrown the hub
    model.t = 2
    hub.open(model)
    assert s["hub"][rows].tolist() == [0, 1, 1, 1, 0] and len(hub.waiting) == 1
    model.t = 2 + int(hub.get("months"))                  # the time of all is over; the last waited too long
    hub.open(model)
    assert s["hub"].sum() == 0 and not hub.waiting


def test_the_hubs_floor_binds_too():
    model, hub, _ = hub_with(5, floor=2500 / 2)
    assert hub.places(model) == int(2500 / 2 / 5 * model.scale + 0.5)


@pytest.mark.parametrize("column, value", [("staff", 6), ("ai", 0.1), ("segment", 5), ("born", -13)])
def test_who_does_not_fit_is_not_admitted(column, value):
    model, hub, rows = hub_with(3)
    model.studios.used[column][rows] = value
    hub.open(model)
    assert model.studios.used["hub"].sum() == 0 and not hub.waiting


def test_free_rent_is_a_subsidy_at_the_market_rent_and_computing_is_shared():
    model, hub, rows = hub_with(3, rent=1.0, compute=0.5)
    hub.open(model)
    s = model.studios.used
    model.areas[rows], s["rent_per_m2"][rows] = 10.0, 70.0
    cash, subsidies = s["cash"][rows].copy(), s["subsidies"][rows].copy()
    hub.support(model)
    computing = np.floor(0.5 * 0.9 * model.par["ai.compute_cost"] * MILLION)
    assert s["cash"][rows] - cash == pytest.approx([700.0 + computing] * 3, abs=1)
    assert s["subsidies"][rows] - subsidies == pytest.approx([700.0 + computing] * 3, abs=1)
    assert model.flow[L.RENT_SUBSIDY_CITY] == 2100.0 and model.flow[L.COMPUTE_SUBSIDY_CITY] == pytest.approx(
        3 * computing, abs=3)
    assert model.flow[L.GRANTS_CITY] == 0.0


@pytest.mark.parametrize("account", ["grant", "rent", "compute"])
def test_no_payment_of_an_instrument_raises_value_added_by_itself(account):
    """A grant is a capital transfer; a subsidy is income of the studio that value added at basic prices leaves out."""
    model, hub, rows = hub_with(3)
    s = model.studios.used
    before = L.value_added(model.flow, 0.0), s["subsidies"].sum(), s["cash"].sum()
    hub.pay(model, rows, np.full(3, 1000.0), account)
    assert L.value_added(model.flow, 0.0) == before[0] and s["cash"].sum() == before[2] + 3000.0
    assert s["subsidies"].sum() - before[1] == (0.0 if account == "grant" else 3000.0) == L.role_total(
        model.flow, "subsidy")


# ------------------------------------------------------------------------------------- pilot zones
def in_testing(count: int, fits, zone: str = "zone_east", par=None, **keys):
    """Return a model with works in testing by one studio in a zone, and their rows in the order of identities."""
    keys = {"scenarios": 600, "works_a_month": 1.0, "zones": [zone], "mended": 0.3, "session_cost": 0.0} | keys
    model, instrument = in_force("pilot_zones", par=par, **keys)
    owner = int(alive(model, segment=0, anchor=0)[0])
    bit = 1 << model.zone_index["zone_east"]
    model.studios.used["cell"][owner] = int(np.flatnonzero(model.cells["zones"] & bit)[0])
    rows = np.array([add_project(model, owner, stage=TESTING, fit=fit) for fit in np.resize(fits, count)])
    return model, instrument, rows


def test_places_to_test_are_a_queue():
    model, pilot, rows = in_testing(5, -0.5, patience=2)
    works = model.projects.rows
    pilot.before_release(model)
    assert works["tests"][rows].tolist() == [1, 1, 1, 0, 0]           # 600 places at a scale of 1/200
    assert works["fund_wait"][rows].tolist() == [0, 0, 0, 1, 1]
    assert (works["wait"][rows] == 1).all()                           # nobody goes on: a second round, or the queue
    pilot.before_release(model)
    assert works["tests"][rows].tolist() == [2, 1, 1, 1, 1]           # who waited comes first
    works["stage"][rows[:1]] = 0


def test_patience_ends():
    model, pilot, rows = in_testing(4, -0.5, scenarios=200, patience=1)
    for _ in range(3):
        pilot.before_release(model)
    waits = model.projects.rows["wait"][rows][model.projects.rows["tests"][rows] == 0]
    assert waits.size and (waits == 0).all()                          # released without a test


def test_only_misses_are_mended():
    model, pilot, rows = in_testing(3, [-0.5, 0.0, 0.4])
    pilot.before_release(model)
    assert model.projects.rows["fit"][rows] == pytest.approx([-0.35, 0.0, 0.4])
    pilot.before_release(model)
    assert model.projects.rows["fit"][rows] == pytest.approx([-0.5 * 0.7 * 0.7, 0.0, 0.4])


def test_only_studios_in_the_zones_and_works_of_its_segments_may_test():
    model, pilot, rows = in_testing(2, -0.5, zone="zone_west")
    pilot.before_release(model)
    assert (model.projects.rows["tests"][rows] == 0).all() and (model.projects.rows["wait"][rows] == 0).all()
    model, pilot, rows = in_testing(2, -0.5, segments=["games"])
    pilot.before_release(model)
    assert (model.projects.rows["tests"][rows] == 0).all()


def test_a_session_costs_the_public_and_pays_the_studio():
    model, pilot, rows = in_testing(2, -0.5, session_cost=0.1)
    owner = model.projects.rows["owner"][rows[0]]
    cash = model.studios.used["cash"][owner]
    pilot.before_release(model)
    assert model.studios.used["cash"][owner] - cash == 0.2 * MILLION == model.flow[L.GRANTS_CITY]


def test_pilot_zones_shorten_permits_and_approvals_only_inside():
    model, pilot, rows = in_testing(2, 0.0, months_saved=2, entry_months_saved=1)
    model.projects.rows["wait"][rows] = 3
    pilot.green_light(model, rows)
    assert model.projects.rows["wait"][rows].tolist() == [1, 1]
    wait = np.full(model.cells.size, 3.0)
    pilot.shorten_entry(model, wait)
    inside = model.cells["zones"] & (1 << model.zone_index["zone_east"]) != 0
    assert (wait[inside] == 2.0).all() and (wait[~inside] == 3.0).all() and inside.any()


def test_tests_with_users_improve_what_is_released_in_a_run():
    law = {"pilot_zones": [entry("pilot_zones", scenarios=4000, works_a_month=2.0, zones=["zone_east", "zone_west"],
                                 mended=0.9, session_cost=0.0)]}
    par = {"release.fit_spread": 1.0}
    without, tested = ([build(36, seed=s, policies=p, par=par).run().projects_table() for s in range(3)]
                       for p in ({}, law))
    assert max(t["tests"].max() for t in tested) >= 1 and max(t["tests"].max() for t in without) == 0
    quality = [np.concatenate([t["quality"][np.isin(t["segment"], ["film", "games", "scifi", "audio_video"])]
                               for t in runs]).mean() for runs in (without, tested)]
    assert quality[1] > quality[0]


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


LOW_LADDER = {"ladder.nestling_revenue": 8.0, "ladder.nestling_growth": 0.1, "ladder.chick_revenue": 40.0}
"""Rungs that the studios of a small town reach."""


def test_ladder_grants_in_a_run_are_paid_to_whoever_moves_up_and_to_nobody_else():
    law = {"ladder_grants": [entry("ladder_grants", nestling=1.0, chick=1.0, grower=1.0, unicorn=1.0)]}
    model = build(48, policies=law, par=LOW_LADDER)
    grants = 0
    while not model.finished:
        model.step()
        grants += model.ladder_counts[0] + model.ladder_counts[2]
    assert grants > 5 and model.instruments[0].outlay == grants * MILLION


# ------------------------------------------------------------------------------------- what holds for all of them
@pytest.mark.parametrize("name", sorted(GENEROUS))
@pytest.mark.parametrize("budget", [0.0, 40.0])
def test_a_budget_is_a_limit_for_the_calendar_year(name, budget):
    """What is paid in a year is never more than the budget at the scale of the city, and starts anew in January."""
    young = {"population.founding_rate": 0.003}
    model = build(36, policies={name: [generous(name, 10.0, budget=budget)]}, par=young, seed=5)
    by_year = np.zeros(3)
    while not model.finished:
        year, before = model.t // 12, model.instruments[0].outlay
        model.step()
        by_year[year] += model.instruments[0].outlay - before
    limit = budget * MILLION * model.scale
    assert (by_year <= limit + 0.5).all()
    free = build(36, policies={name: [generous(name, 10.0)]}, par=young, seed=5).run().instruments[0].outlay
    assert free > 0 and (budget > 0 or by_year.sum() == 0)


def test_a_budget_serves_the_queue_in_order():
    model, instrument = in_force("ladder_grants", nestling=1.0, budget=2.5 / build(1).scale)
    s = model.studios.used
    rows = alive(model)[:4]
    rows = rows[np.argsort(s["id"][rows])]
    paid = instrument.pay(model, rows, np.full(4, MILLION))
    assert paid.tolist() == [MILLION, MILLION, 0.5 * MILLION, 0.0]
    assert instrument.pay(model, rows, np.full(4, MILLION)).sum() == 0.0
    model.t = 12
    instrument.enact(model)
    assert instrument.pay(model, rows[:1], np.full(1, MILLION)).tolist() == [MILLION]


@pytest.mark.parametrize("name", sorted(policies.instruments()))
def test_payers_shares_add_up_and_keys_are_described(name):
    kind = policies.instruments()[name]
    assert sum(kind.payer.values()) == pytest.approx(1.0) and set(kind.payer) <= {"city", "province", "centre"}
    assert kind.title and kind.text and "budget" in kind.keys
    for key in kind.keys.values():
        assert key.text and key.unit and key.status in ("measured", "literature", "assumed", "calibrated")
        if isinstance(key.default, int | float) and not isinstance(key.default, bool):
            assert key.low <= key.default <= key.high


@pytest.mark.parametrize("name", sorted(GENEROUS))
def test_what_an_instrument_pays_reaches_the_ledger_by_its_payers(name):
    young = {"population.founding_rate": 0.003}
    model = build(36, seed=5, policies={name: [generous(name, 5.0)]}, par=young).run()
    table = model.ledger_table()
    outlay = model.instruments[0].outlay
    assert outlay > 0
    for level in ("city", "province", "centre"):
        paid = sum(table[L.KINDS[i].name].sum() for i in L.SUBSIDIES[level]) * MILLION
        share = model.instruments[0].payer.get(level, 0.0)
        assert paid == pytest.approx(share * outlay, rel=1e-3, abs=100.0)


def test_dated_entries_replace_each_other():
    law = {"ladder_grants": [entry("ladder_grants", JANUARY_2017 + 20, nestling=2.0),
                             entry("ladder_grants", JANUARY_2017 + 5, nestling=1.0)]}
    model = build(30, policies=law)
    seen = []
    while not model.finished:
        model.step()
        seen.append(model.instruments[0].get("nestling"))
    assert seen == [0.0] * 5 + [1.0] * 15 + [2.0] * 10


def test_an_instrument_that_is_repealed_pays_nothing_any_more():
    law = {"ladder_grants": [entry("ladder_grants", nestling=5.0, chick=5.0, grower=5.0),
                             entry("ladder_grants", JANUARY_2017 + 24)]}
    outlay = build(48, policies=law, par=LOW_LADDER).run().series()["public_outlay"]
    assert outlay[:24].sum() > 0 and outlay[24:].sum() == 0


def test_a_new_instrument_needs_only_its_own_class():
    """The framework: a class with a name is registered, its moments are called in the order of the month."""
    calls = []

    class Probe(Instrument):
        name = "probe_of_a_test"
        title, text = "Probe", "Writes down when it is called."

        def open(self, model):
            calls.append("open")

        def finance(self, model):
            calls.append("finance")

        def expect_aid(self, model, proposals):
            calls.append("expect_aid")

        def support(self, model):
            calls.append("support")

        def before_release(self, model):
            calls.append("before_release")

        def after_release(self, model):
            calls.append("after_release")

        def after_ladder(self, model):
            calls.append("after_ladder")

        def shorten_entry(self, model, wait):
            calls.append("shorten_entry")

    try:
        probed = build(1, policies={Probe.name: [{"from": JANUARY_2017}]}).run()
        assert calls == ["open", "finance", "expect_aid", "support", "before_release", "after_release",
                         "after_ladder", "shorten_entry"]
        assert differences(build(1).run().series(), probed.series()) == []
    finally:
        policies.base.registered().pop(Probe.name)
