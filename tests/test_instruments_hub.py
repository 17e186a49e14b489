"""The hub and the pilot zones: places in a queue, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import add_project, alive, build, entry
from instruments import MILLION, in_force

from cluster_sim import ledger as L
from cluster_sim.codes import Stage


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
    s["area"][rows], s["rent_per_m2"][rows], s["compute"][rows] = 10.0, 70.0, 1000.0
    cash, subsidies = s["cash"][rows].copy(), s["subsidies"][rows].copy()
    hub.support(model)
    computing = 500.0
    assert s["cash"][rows] - cash == pytest.approx([700.0 + computing] * 3, abs=1)
    assert s["subsidies"][rows] - subsidies == pytest.approx([700.0 + computing] * 3, abs=1)
    flow = model.month.flow
    assert flow[L.RENT_SUBSIDY_CITY] == 2100.0 and flow[L.COMPUTE_SUBSIDY_CITY] == pytest.approx(
        3 * computing, abs=3)
    assert model.month.flow[L.GRANTS_CITY] == 0.0


@pytest.mark.parametrize("account", ["grant", "rent", "compute"])
def test_no_payment_of_an_instrument_raises_value_added_by_itself(account):
    """A grant is a capital transfer; a subsidy is income of the studio that value added at basic prices leaves out."""
    model, hub, rows = hub_with(3)
    s = model.studios.used
    before = L.value_added(model.month.flow, 0.0), s["subsidies"].sum(), s["cash"].sum()
    hub.pay(model, rows, np.full(3, 1000.0), account)
    assert L.value_added(model.month.flow, 0.0) == before[0] and s["cash"].sum() == before[2] + 3000.0
    assert s["subsidies"].sum() - before[1] == (0.0 if account == "grant" else 3000.0) == L.role_total(
        model.month.flow, "subsidy")


# ------------------------------------------------------------------------------------- pilot zones
def in_testing(count: int, fits, zone: str = "zone_east", par=None, **keys):
    """Return a model with works in testing by one studio in a zone, and their rows in the order of identities."""
    keys = {"scenarios": 600, "works_a_month": 1.0, "zones": [zone], "mended": 0.3, "session_cost": 0.0} | keys
    model, instrument = in_force("pilot_zones", par=par, **keys)
    owner = int(alive(model, segment=0, anchor=0)[0])
    bit = 1 << model.places.zone_index["zone_east"]
    model.studios.used["cell"][owner] = int(np.flatnonzero(model.space.cells["zones"] & bit)[0])
    rows = np.array([add_project(model, owner, stage=Stage.TESTING, fit=fit) for fit in np.resize(fits, count)])
    return model, instrument, rows


def test_places_to_test_are_a_queue():
    model, pilot, rows = in_testing(5, -0.5, patience=2)
    works = model.projects.rows
    pilot.before_release(model)
    assert works["tests"][rows].tolist() == [1, 1, 1, 0, 0]           # 600 places at a scale of 1/200
    assert works["fund_wait"][rows].tolist() == [0, 0, 0, 1, 1]
    assert works["wait"][rows].tolist() == [0, 0, 0, 1, 1]            # who was served goes on to clearance
    pilot.before_release(model)
    assert works["tests"][rows].tolist() == [2, 1, 1, 1, 1]           # who waited comes first
    works["stage"][rows[:1]] = 0


def test_rounds_take_place_while_a_work_waits_for_clearance_and_delay_nothing():
    model, pilot, rows = in_testing(3, -0.5, rounds=2)
    works = model.projects.rows
    works["stage"][rows], works["wait"][rows] = Stage.CLEARANCE, [2, 1, 0]
    pilot.before_release(model)
    pilot.before_release(model)
    pilot.before_release(model)
    assert works["tests"][rows].tolist() == [2, 2, 0] and works["wait"][rows].tolist() == [2, 1, 0]
    works["wait"][rows] = 0


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
    assert model.studios.used["cash"][owner] - cash == 0.2 * MILLION == model.month.flow[L.GRANTS_CITY]


def test_pilot_zones_shorten_permits_and_approvals_only_inside():
    model, pilot, rows = in_testing(2, 0.0, months_saved=2, entry_months_saved=1)
    model.projects.rows["wait"][rows] = 3
    pilot.green_light(model, rows)
    assert model.projects.rows["wait"][rows].tolist() == [1, 1]
    wait = np.full(model.space.quarters.size, 3.0)
    pilot.shorten_entry(model, wait)
    inside = model.space.quarters["zones"] & (1 << model.places.zone_index["zone_east"]) != 0
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
