"""First-order effects in property: rents and occupancy, supply, and studios that move."""

from __future__ import annotations

import numpy as np
import pytest
from engine import alive, build

from cluster_sim import ledger as L
from cluster_sim.month import property as property_market


def rents_with(factor: float):
    """Return the cells after a month with so many times the workers."""
    model = build(1)
    property_market.occupy(model.studios.used, model.space.cells, model.space.parks)
    model.space.cells["staff"] *= factor
    model.space.parks["staff"] *= factor
    property_market.rents(model.space.cells, model.space.parks, model.city_state, model.rules.p)
    return model


def test_rents_rise_with_occupancy_by_their_elasticity():
    base, full = rents_with(1.0), rents_with(2.0)
    m2, eta = base.par["property.m2_per_worker"], base.par["property.eta"]
    floor = build(1).space.cells

    def occupancy(model):
        return np.maximum(0.3, (model.space.cells["staff"] * m2 + floor["other"]) / floor["capacity"])

    expected = (occupancy(full) / occupancy(base)) ** eta
    assert full.space.cells["rent"] / base.space.cells["rent"] == pytest.approx(expected)
    busy = base.space.cells["staff"] > 0
    assert (full.space.cells["rent"][busy] >= base.space.cells["rent"][busy]).all() and expected.max() > 1.05
    rent, before = full.space.parks["rent"], base.space.parks["rent"]
    assert (rent >= before).all() and rent.max() > before.max()


def test_developers_build_where_floor_is_short_but_not_in_parks():
    model = build(1)
    model.begin_month()
    before, parks = model.space.cells["capacity"].copy(), model.space.parks["floor"].copy()
    property_market.occupy(model.studios.used, model.space.cells, model.space.parks)
    short = int(model.space.cells["capacity"].argmax())
    cells = model.space.cells
    cells["staff"][short] = 10.0 * cells["capacity"][short] / model.par["property.m2_per_worker"]
    property_market.rents(model.space.cells, model.space.parks, model.city_state, model.rules.p)
    growth = model.space.cells["capacity"] / before - 1.0
    assert growth[short] == pytest.approx(model.par["property.supply"] + model.par["property.growth"], rel=0.05)
    assert np.median(growth) == pytest.approx(model.par["property.growth"], rel=0.05)
    assert np.array_equal(parks, model.space.parks["floor"])
    for _ in range(200):                            # building gets harder where much was built already
        property_market.rents(model.space.cells, model.space.parks, model.city_state, model.rules.p)
    before = model.space.cells["capacity"][short]
    property_market.rents(model.space.cells, model.space.parks, model.city_state, model.rules.p)
    assert model.space.cells["capacity"][short] / before - 1.0 < 0.5 * growth[short]


def test_density_counts_neighbours_and_parks():
    model = build(1)
    property_market.occupy(model.studios.used, model.space.cells, model.space.parks)
    assert model.space.cells["staff"].sum() + model.space.parks["staff"].sum() == np.maximum(
        1, model.studios.used["staff"][alive(model)]).sum()
    model.space.cells["staff"] = 0.0
    model.space.parks["staff"] = 0.0
    middle = model.side // 2 * model.side + model.side // 2
    model.space.cells["staff"][middle] = 100.0
    property_market.spread_density(model)
    density = model.space.cells["density"].reshape(model.side, model.side)
    y, x = divmod(middle, model.side)
    assert density[y, x] == pytest.approx(100.0) and density[y, x] > density[y, x + 1] > density[y, x + 3]
    assert density[y, x + 1] == pytest.approx(density[y + 1, x]) == pytest.approx(density[y, x - 1])


def test_studios_move_to_better_places_and_pay_for_it():
    """Everybody looks: those who move win more than the threshold, and the removal is paid."""
    model = build(3, par={"property.look": 1.0})
    model.step()
    m, s = model, model.studios.used
    model.begin_month()
    before, park, cash = s["cell"].copy(), s["park"].copy(), s["cash"].sum()
    for event in (property_market.set_rents, property_market.survey_places, property_market.move_studios):
        event(m)
    moved = np.flatnonzero((s["cell"] != before) | (s["park"] != park))
    assert moved.size == m.state["moves"] > 5 and (s["anchor"][moved] == 0).all()
    assert cash - s["cash"].sum() == m.month.flow[L.MOVING] == pytest.approx(
        (m.par["property.moving_cost"] * 1e6 * np.maximum(1, s["staff"][moved])).sum(), rel=1e-6)
    elsewhere = moved[s["cell"][moved] != before[moved]]
    rent = m.space.cells["rent"][before[elsewhere]] - m.space.cells["rent"][s["cell"][elsewhere]]
    assert elsewhere.size > 3 and np.isfinite(rent).all()


def test_a_high_threshold_keeps_studios_where_they_are():
    restless, settled = (build(24, par={"property.look": 0.2, "property.moving_threshold": x}).run().series()["moves"]
                         for x in (0.0, 0.5))
    assert restless.sum() > 3 * max(settled.sum(), 1)


def value(**cells):
    """Return what a cell is worth to a studio with the given fields of the cell."""
    model = build(1)
    row = alive(model, park=-1)[0]
    cell = model.space.cells[int(model.studios.used["cell"][row])].copy()
    rent, tau = cells.pop("rent", 60.0), cells.pop("tau", 0.3)
    for name, x in cells.items():
        cell[name] = x
    model.studios.used["sub_lack"][row] = 0.05
    table = np.array([cell], model.space.cells.dtype)
    return property_market.place_value(model.studios.used[row], table[0], rent, tau, model.city_state[0],
                                       model.rules.p[0])


@pytest.mark.parametrize("better, worse", [
    ({"density": 400.0}, {"density": 40.0}), ({"access": 5.0}, {"access": 0.5}), ({"amenity": 0.9}, {"amenity": 0.1}),
    ({"tau": 0.1}, {"tau": 0.7}), ({"rent": 40.0}, {"rent": 90.0})],
                         ids=["density", "access", "amenity", "tau", "rent"])
def test_what_makes_a_place_attractive(better, worse):
    assert value(**better) > value(**worse)


def test_rent_counts_by_the_floor_that_a_worker_takes():
    assert value(rent=50.0) - value(rent=60.0) == pytest.approx(10.0 * build(1).par["property.m2_per_worker"])


def test_a_park_takes_studios_only_after_it_has_opened_and_a_hub_none():
    model = build(60, par={"property.look": 0.3})
    late, hub = 2, 3
    assert model.space.parks["opened"][late] == 17 and model.space.parks["hub"][hub] == 1
    while not model.finished:
        model.step()
        inside = model.studios.used["park"][alive(model)]
        assert model.t > 17 or not (inside == late).any()
        assert not (inside == hub).any()
    assert (model.studios.used["park"][alive(model)] == late).any()


def test_dense_cells_pay_higher_rents_in_a_run():
    model = build(48).run()
    cells = model.space.cells
    used = cells["staff"] > 0
    correlation = np.corrcoef(cells["density"][used], cells["rent"][used])[0, 1]
    assert correlation > 0.3
