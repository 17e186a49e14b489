"""Approvals, workspace, amenity and anchors: time and places, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import add_project, alive, build, entry
from instruments import MILLION, ZONES, by_identity, cash_of, cell_of, in_force, settle
from test_mechanisms_births import with_founder

from cluster_sim import ledger as L
from cluster_sim.codes import FOUNDER, FundKind, Life, Stage
from cluster_sim.month import births, moves
from cluster_sim.month import property as property_market


# ------------------------------------------------------------------------------------- approvals
def files(count: int, stage: int = Stage.CLEARANCE, wait: int = 7, **keys):
    """Return a model with works that wait, the oldest first, and a desk for three files a month."""
    model, desk = in_force("approvals", **({"files": 600, "months_before_release": 2} | keys))
    owner = by_identity(model, 1, segment=0)[0]
    model.studios.used["cell"][owner] = cell_of(model, "zone_east")
    rows = np.array([add_project(model, owner, stage=stage, wait=wait, started=-20 - n) for n in range(count)])[::-1]
    return model, desk, rows


def test_the_desk_shortens_the_wait_of_the_oldest_files_and_the_next_waits():
    model, desk, rows = files(5)
    wait = model.projects.rows["wait"]
    desk.open(model)
    assert wait[rows].tolist() == [5, 5, 5, 7, 7]
    assert desk.outlay == 3 * 0.01 * MILLION == model.month.flow[L.PROGRAMMES_CITY]
    desk.open(model)
    assert wait[rows].tolist() == [5, 5, 5, 5, 5]                   # each file once
    desk.open(model)
    assert wait[rows].tolist() == [5, 5, 5, 5, 5] and desk.outlay == 5 * 0.01 * MILLION


def test_a_work_just_begun_gets_what_the_desk_has_left():
    model, desk, rows = files(2)
    desk.open(model)
    owner = model.projects.rows["owner"][rows[0]]
    new = np.array([add_project(model, owner, stage=Stage.APPROVAL, wait=2, started=0) for _ in range(2)])
    desk.green_light(model, new)
    assert sorted(model.projects.rows["wait"][new]) == [1, 2] and desk.free == 0


def test_a_file_is_handled_only_where_it_saves_a_month():
    model, desk, rows = files(2, wait=1)
    desk.open(model)
    assert (model.projects.rows["wait"][rows] == 1).all() and desk.outlay == 0.0
    model, desk, rows = files(2, wait=3, months_before_release=24)
    desk.open(model)
    assert (model.projects.rows["wait"][rows] == 1).all()


def test_the_desk_serves_its_zones_and_stops_where_the_budget_ends():
    model, desk, rows = files(3, zones=["zone_west"])
    desk.open(model)
    assert (model.projects.rows["wait"][rows] == 7).all()
    model, desk, rows = files(3, budget=0.025 * 200)
    desk.open(model)
    assert model.projects.rows["wait"][rows].tolist() == [5, 5, 7] and desk.outlay == 0.02 * MILLION


def test_works_come_out_sooner_by_the_months_saved():
    """The same work, begun in the same month, with and without a desk that takes every file."""
    law = {"approvals": [entry("approvals", files=100_000, months_before_start=1, months_before_release=1)]}
    months = []
    for policies in ({}, law):
        t = build(72, policies=policies, par={"segments.idea_rate.film": 0.3}).run().projects_table()
        own = (t["segment"] == "film") & (t["started"] >= np.datetime64("2017-01"))
        time = (t["month"].astype("datetime64[M]") - t["started"].astype("datetime64[M]")).astype(int)
        months.append(dict(zip(t["project_id"][own].tolist(), time[own].tolist(), strict=True)))
    both = [i for i in months[0] if i in months[1]]
    saved = np.array([months[0][i] - months[1][i] for i in both])
    assert len(both) > 5 and np.median(saved) == 2


def test_permits_are_shorter_only_in_its_zones():
    model, desk = in_force("approvals", entry_months_saved=2, zones=["zone_east"])
    wait = np.full(model.space.quarters.size, 3.0)
    desk.shorten_entry(model, wait)
    inside = model.space.quarters["zones"] & (1 << model.places.zone_index["zone_east"]) != 0
    assert (wait[inside] == 1.0).all() and (wait[~inside] == 3.0).all() and inside.any()
    model, person, _ = with_founder(policies={"approvals": [entry("approvals", entry_months_saved=2)]})
    births.found_studios(model)
    row = model.talents.used["employer"][person]
    assert model.studios.used["born"][row] == model.t + round(model.par["approvals.entry_months"]) - 2


# ------------------------------------------------------------------------------------- workspace
def tenants(count: int, floor: float, zone: str = "zone_east", **keys):
    """Return a model with young studios of 100 m2 at 70 yuan in a zone that has so much floor (m2), oldest first."""
    model, scheme = in_force("workspace", floor=floor * 200, zones=["zone_east"], **keys)
    model.studios.used["born"] = -200
    rows = by_identity(model, count)
    settle(model, rows, zone)
    model.studios.used["born"][rows] = -5 + np.arange(count)
    model.studios.used["staff"][rows] = 10
    return model, scheme, rows


def paid(model, scheme, rows) -> list[float]:
    """Return what studios are paid this month."""
    cash, model.studios.used["rent_relief"] = cash_of(model, rows), 0.0
    scheme.support(model)
    return (cash_of(model, rows) - cash).tolist()


def test_rent_is_paid_in_full_in_the_first_year_and_by_half_in_the_second():
    model, scheme, rows = tenants(2, 250.0)
    assert paid(model, scheme, rows) == [7000.0, 7000.0]
    assert model.month.flow[L.RENT_SUBSIDY_CITY] == 14_000.0 and (model.studios.used["rent_relief"][rows] == 1.0).all()
    for t, each in ((11, 7000.0), (12, 3500.0), (23, 3500.0), (24, 0.0)):
        model.t = t
        assert paid(model, scheme, rows) == [each, each]


def test_the_floor_is_a_limit_and_the_studio_beyond_it_waits():
    model, scheme, rows = tenants(3, 250.0)
    assert paid(model, scheme, rows) == [7000.0, 7000.0, 0.0] and scheme.let == 200.0
    model.studios.used["cell"][rows[0]] = cell_of(model, "")        # one leaves the zone and loses its place
    assert paid(model, scheme, rows) == [0.0, 7000.0, 7000.0]
    model.studios.used["area"][rows[1:]] = 150.0                                   # they grow: the floor does not
    assert sum(paid(model, scheme, rows)) == 250.0 * 70.0 and scheme.let == 250.0


@pytest.mark.parametrize("column, value", [("staff", 51), ("born", -30), ("hub", 1), ("anchor", 1)])
def test_who_is_large_old_or_housed_already_is_not_admitted(column, value):
    model, scheme, rows = tenants(1, 250.0)
    model.studios.used[column][rows] = value
    assert paid(model, scheme, rows) == [0.0]


def test_only_so_much_floor_for_one_studio():
    model, scheme, rows = tenants(1, 1000.0, each=25.0)
    assert paid(model, scheme, rows) == [1750.0]
    assert paid(*tenants(1, 1000.0, zone="zone_west")) == [0.0]


def test_young_studios_see_the_lower_rent_in_the_zone_as_long_as_there_is_floor():
    model, scheme, rows = tenants(3, 300.0)
    scheme.open(model)
    zones = model.space.quarters["zones"]
    inside, lever = scheme.among(model, zones), model.month.lever_row[0]
    expected = [property_market.relief_in(bits, True, lever) for bits in zones]
    assert (expected == np.where(inside, 0.75, 0.0)).all() and inside.any() and not inside.all()
    assert lever["relief_age"] == 24 and property_market.relief_in(zones[inside][0], False, lever) == 0.0
    scheme.support(model)
    model.set_levers()
    scheme.open(model)                                              # all is let
    assert model.month.levers["relief"] == 0.0 and model.month.levers["relief_age"] == 0.0


def test_without_zones_the_lower_rent_is_expected_everywhere():
    model, scheme = in_force("workspace", floor=60_000.0, zones=[])
    scheme.open(model)
    zones = model.space.quarters["zones"]
    assert all(property_market.relief_in(bits, True, model.month.lever_row[0]) == 0.75 for bits in zones)


def test_a_lower_rent_draws_young_studios_into_the_zone():
    law = {"workspace": [entry("workspace", floor=1e8, zones=["zone_west"], oldest=120)]}
    par = {"property.look": 0.3, "population.founding_rate": 0.003, "property.r0": 200.0}
    inside = []
    for policies in ({}, law):
        count = 0
        for seed in range(3):
            model = build(24, seed=seed, policies=policies, par=par).run()
            s = model.studios.used
            west = model.studio_zones() & (1 << model.places.zone_index["zone_west"]) != 0
            count += int(((s["alive"] == Life.ALIVE) & west & (s["born"] > model.t - 120)).sum())
        inside.append(count)
    assert inside[1] > 1.2 * inside[0]


# ------------------------------------------------------------------------------------- amenity
def test_money_buys_amenity_in_the_zones_only_and_it_wears_off():
    model, amenity = in_force("amenity", spending=1200.0, price=400.0, wear=0.12, zones=["zone_west"])
    before, built = amenity.before.copy(), amenity.built.copy()
    part = amenity.covered(model, "floor")
    here = part > 0.0
    area = amenity.covered(model, "area").sum() * float(model.places.cell_km) ** 2
    assert built[here] == pytest.approx(100.0 / 400.0 / area * part[here] * (1.0 - before[here]))
    assert (built[~here] == 0.0).all()
    assert model.space.cells["amenity"][here] == pytest.approx(before[here] + built[here])
    assert amenity.outlay == 100 * MILLION * model.scale
    amenity.now["spending"] = 0.0
    for _ in range(12):
        amenity.open(model)
    assert amenity.built[here] == pytest.approx(built[here] * 0.99**12)
    assert amenity.outlay == 100 * MILLION * model.scale


def test_a_city_without_the_zones_buys_no_amenity():
    model, amenity = in_force("amenity", spending=1200.0, zones=["nowhere"])
    before = model.space.cells["amenity"].copy()
    amenity.open(model)
    assert amenity.outlay == 0.0 and (model.space.cells["amenity"] == before).all()


def test_amenity_raises_the_rate_of_ideas_there_and_the_pull_on_migrants():
    par = {"segments.idea_rate.film": 0.4, "segments.idea_rate.games": 0.4, "greenlight.amenity": 3.0}
    law = {"amenity": [entry("amenity", spending=1e5, price=100.0, zones=ZONES)]}
    ideas, pull = [], []
    for policies in ({}, law):
        model = build(1, policies=policies, par=par).run()
        ideas.append(model.state["proposed"])
        moves.look_around(model)
        pull.append(float(model.city_state["standing"][0]))
    assert ideas[1] > ideas[0] > 0 and pull[1] > pull[0]


# ------------------------------------------------------------------------------------- anchors
def with_anchors(months: int, par=None, **keys):
    """Return a model with attracted companies after some months, and the rows that they have."""
    keys = {"anchors": 2, "jobs": 4000, "grant": 100.0, "zones": ["zone_west"]} | keys
    model = build(60, policies={"anchor_attraction": [entry("anchor_attraction", **keys)]}, par=par)
    before = alive(model).size
    for _ in range(months):
        model.step()
    offices = model.instruments[0]
    return model, offices.rows_of(model, (i for i, _ in offices.arrived)).tolist(), before


def test_companies_come_once_into_the_zone_with_a_grant_each():
    model, rows, _ = with_anchors(18)
    s = model.studios.used
    assert len(rows) == 2 and (s["alive"][rows] == Life.ALIVE).all() and sorted(s["anchor"][rows]) == [100, 101]
    west = model.space.cells["zones"] & (1 << model.places.zone_index["zone_west"]) != 0
    assert west[s["cell"][rows]].all() and (s["anchor"] >= 100).sum() == 2
    assert model.instruments[0].outlay == 2 * 100 * MILLION * model.scale == s["public"][rows].sum()
    model, rows, before = with_anchors(1, budget=150.0)             # one grant is all that there is money for
    assert len(rows) == 1
    model, rows, _ = with_anchors(1, fund=500.0)
    funds = model.funds.used
    assert np.sort(funds["committed"][funds["id"] != 0])[-2:].tolist().count(500 * MILLION * model.scale) <= 2
    assert (funds["kind"] == FundKind.CORPORATE).sum() == (build(1).funds.used["kind"] == FundKind.CORPORATE).sum() + 2


def test_a_company_hires_up_to_its_jobs_and_is_kept_busy_by_its_parent():
    model, rows, _ = with_anchors(48, anchors=1, brought=0.2, ramp=12)
    assert 0.7 * 20 < model.studios.used["staff"][rows[0]] < 2.0 * 20       # it wins other clients, too
    few, rows, _ = with_anchors(1, anchors=1)
    assert few.studios.used["staff"][rows[0]] <= 6


def test_a_company_buys_from_studios_here():
    model, rows, _ = with_anchors(12, anchors=1, jobs=20_000, par={"collaboration.search_outside": 0.0})
    s, company = model.studios.used, rows[0]
    partners = set()
    for _ in range(12):
        model.step()
        partners |= set(s["sub_id"][company][s["sub"][company] >= 0].tolist())
    assert partners
    office = model.studios.rows[company].copy()
    office["sub"], office["sub_lack"], office["orders"], office["pending"] = 0, 0.25 / 6, 0.0, 0.0
    model.instruments[0].order(model, office, -100)
    assert office["pending"].sum() == pytest.approx(office["orders"] / 3.0) and office["orders"] > 0


def test_spin_offs_come_from_the_companies_people():
    model, rows, _ = with_anchors(1, anchors=1, jobs=20_000, brought=0.5,
                                  par={"population.founding_rate": 0.02, "population.founding_experience": 6})
    company, spin_offs = rows[0], 0
    for _ in range(24):
        people = model.talents.used
        mine = set(people["id"][people["employer"] == company].tolist())
        known = set(model.studios.used["id"].tolist())
        model.step()
        founders = model.talents.used[model.talents.used["trained"] >= FOUNDER]
        studio = model.studios.rows["id"][founders["employer"]]
        spin_offs += sum(int(f) in mine and int(i) not in known for f, i in zip(founders["id"], studio, strict=True))
    assert spin_offs > 0
