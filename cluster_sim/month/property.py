"""Step 9, property: density, rents, new floor area, and studios that move.

``rent = r0 * (occupancy / capacity)^eta`` by cell; floor area answers rents across the city, but not in
parks and hubs.  A studio compares what a place costs with what it gives: the productivity of density, the
saving on partners who are near (the same cost function that it pays), seekers who live near, amenity.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import Life
from cluster_sim.draws import (
    ADDRESS,
    KEY_STEP,
    LOCATE,
    MOVE,
    again,
    draw,
    locate,
    low16,
    quantile,
    stream,
    uniform,
    yuan,
)
from cluster_sim.jit import inline, kernel
from cluster_sim.month.guards import LEAST_DENSITY
from cluster_sim.month.quarters import quarter_of

QUARTER = 3             # technical: months between two looks at what places offer


@kernel
def occupy(studios, cells, parks):
    """Count workers and studios by cell and park."""
    for c in range(cells.shape[0]):
        cells[c].staff = 0.0
        cells[c].studios = 0.0
    for q in range(parks.shape[0]):
        parks[q].staff = 0.0
        parks[q].studios = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE:
            staff = max(1, s.staff)
            cells[s.cell].studios += 1.0
            if s.park >= 0:
                parks[s.park].staff += staff
                parks[s.park].studios += 1.0
            else:
                cells[s.cell].staff += staff


@kernel
def smooth(cells, parks, band):
    """Smooth employment over distance with a separable kernel (two passes of a band matrix): density.

    band: weights of a Gaussian of the density's reach; parks count in their cell.
    """
    side = band.shape[0]
    row, field = np.empty(cells.shape[0]), np.empty(cells.shape[0])
    for c in range(cells.shape[0]):
        field[c] = cells[c].staff
    for q in range(parks.shape[0]):
        field[parks[q].cell] += parks[q].staff
    for y in range(side):
        for x in range(side):
            total = 0.0
            for z in range(side):
                total += band[x, z] * field[y * side + z]
            row[y * side + x] = total
    for y in range(side):
        for x in range(side):
            total = 0.0
            for z in range(side):
                total += band[y, z] * row[z * side + x]
            cells[y * side + x].density = total


@kernel
def rents(cells, parks, city, p):
    """Set rents (yuan a m2 a month) from occupancy; let developers add floor where rents are high.

    What they added beyond the city's own growth wears out again.
    """
    g = city[0]
    p = p[0]
    base = p.property_r0
    for c in range(cells.shape[0]):
        cell = cells[c]
        if cell.capacity <= 0.0:
            cell.rent = base * cell.rent_index
            continue
        occupied = (cell.staff * p.property_m2_per_worker + cell.other) / cell.capacity
        ratio = max(p.property_least_occupancy, occupied) / p.property_occupancy_norm
        cell.rent = base * cell.rent_index * ratio ** p.property_eta
        if ratio > 1.0:
            # building gets harder where much was built already
            cell.capacity *= 1.0 + p.property_supply * min(1.0, ratio - 1.0) * (cell.floor / cell.capacity) ** 2
        cell.capacity -= p.property_depreciation * max(0.0, cell.capacity - cell.floor * g.floor_stock)
        cell.capacity += cell.floor * g.floor_growth
        cell.other *= 1.0 + g.other_growth
    for q in range(parks.shape[0]):
        park = parks[q]
        occupied = park.staff * p.property_m2_per_worker / max(park.floor, 1.0)
        ratio = max(p.property_least_occupancy, occupied) / p.property_occupancy_norm
        park.rent = base * cells[park.cell].rent_index * ratio ** (p.property_eta * p.property_park_scarcity)


@kernel
def opportunities(space, reach, p):
    """Say what each cell gives to a studio: access to partners and the expected extra cost of distance.

    reach: weight of the partners in each cell.  access is the weight of those whom one meets there;
    price_of_distance the mean tau over them (the same weights).
    """
    p = p[0]
    cells, proximity, tau = space.cells, space.proximity, space.tau
    side = proximity.shape[0]
    span = 2 * side - 1
    proximity_line = np.empty((side, span))              # by rows apart and columns apart + side - 1
    tau_line = np.empty((side, span))
    for b in range(side):
        for e in range(span):
            proximity_line[b, e] = proximity[abs(e - side + 1), b]
            tau_line[b, e] = tau[abs(e - side + 1), b]
    weight = np.empty(side)
    cost = np.empty(side)
    for y in range(side):
        for x in range(side):
            weight[x] = 0.0
            cost[x] = 0.0
        for d in range(cells.shape[0]):             # each source speaks to a whole row of cells at once
            reach_there = reach[d]
            if reach_there > 0.0:
                first = side - 1 - d % side
                proximity_there = proximity_line[abs(y - d // side), first : first + side]
                tau_there = tau_line[abs(y - d // side), first : first + side]
                for x in range(side):
                    v = proximity_there[x] * reach_there
                    weight[x] += v
                    cost[x] += v * tau_there[x]
        for x in range(side):
            cell = cells[y * side + x]
            cell.access = weight[x]
            cell.price_of_distance = cost[x] / weight[x] if weight[x] > 0.0 else p.collaboration_tau_max


@inline
def place_value(s, cell, rent, tau_here, city, p):
    """Return what a place is worth to a studio in yuan a worker a month, its rent taken off."""
    income = s.fee * s.capacity / max(s.staff, 1) if s.staff > 0 else city.fee[s.segment]     # without inputs
    density = p.production_gamma * math.log(max(LEAST_DENSITY, cell.density / city.density0)) * income
    share = s.sub_lack.sum() + p.property_project_share
    partners = share * p.collaboration_c0 * tau_here * income
    access = p.property_access * math.log(1.0 + cell.access) * p.collaboration_c0 * income
    return density - partners + access + p.property_amenity * cell.amenity - rent * p.property_m2_per_worker


@inline
def taste(s, place, stream_of_tastes, p):
    """Return what a studio happens to find in a place (yuan a worker a month): fixed, its own (McFadden 1978)."""
    return p.property_taste * quantile(uniform(draw(stream_of_tastes, s.id ^ (np.int64(place) * KEY_STEP))))


@inline
def relief_in(zones, young, lever):
    """Return the part of the rent that a studio may expect back in a place, by its age and the place's zones (bits)."""
    named = lever.relief_zones
    return lever.relief if young and (named < 0 or np.int64(zones) & named != 0) else 0.0


@kernel
def relocate(studios, space, city, rules, t, month):
    """Let a part of the studios look at other places and move if the gain beats the cost of moving.

    Reads the state before anybody moves; moves are carried out after all have chosen.  Returns how many moved.
    """
    chosen = np.empty(studios.shape[0], np.int64)           # cell where each will be; -1: stays
    park_of = np.empty(studios.shape[0], np.int64)
    g = city[0]
    p = rules.p[0]
    cells, parks, free_floor = space.cells, space.parks, space.free_floor
    base = stream(rules.seed, MOVE, t)
    places = stream(rules.seed, LOCATE, t)
    tastes = stream(0, LOCATE, -1)          # its own whatever the seed, so that a city at rest stays there
    quarters, first = space.quarters, space.first_quarter
    addresses = stream(rules.seed, ADDRESS, np.int64(0))
    lever = month.lever_row[0]
    helped = lever.relief > 0.0
    flow = month.flow
    movers = 0
    for i in range(studios.shape[0]):
        chosen[i] = -1
        s = studios[i]
        if s.alive == Life.FREE or s.anchor > 0 or s.hub == 1 or s.staff < 1:
            continue
        hurry = p.property_hurry if t - s.born < p.property_hurry_months else 1.0
        if low16(draw(base, s.id)) > p.property_look * hurry:
            continue
        here = cells[s.cell]
        young = t - s.born < lever.relief_age
        if s.park >= 0:
            rent = parks[s.park].rent * (1.0 - relief_in(parks[s.park].zones, young, lever))
            now = place_value(s, here, rent, g.tau_in_park * 0.5 + 0.5 * here.price_of_distance, g, p)
        else:
            rent = here.rent
            if helped:
                zones = quarters[quarter_of(quarters, first, addresses, s.id, s.cell)].zones
                rent *= 1.0 - relief_in(zones, young, lever)
            now = place_value(s, here, rent, here.price_of_distance, g, p)
        now += taste(s, -1 - s.park if s.park >= 0 else s.cell, tastes, p)
        best = now + p.property_moving_threshold * s.wage_bill / max(s.staff, 1)
        h = draw(places, s.id)
        for n in range(int(p.property_places_seen)):
            h = again(h)
            if n < p.property_parks_seen and parks.shape[0] > 0:
                q = int(uniform(h) * parks.shape[0])
                park = parks[q]
                room = park.floor - park.staff * p.property_m2_per_worker
                need = s.staff * p.property_m2_per_worker * p.property_park_room
                if park.opened > t or park.hub == 1 or room < need:
                    continue
                cell = cells[park.cell]
                rent = park.rent * (1.0 - relief_in(park.zones, young, lever))
                value = place_value(s, cell, rent, g.tau_in_park * 0.5 + 0.5 * cell.price_of_distance, g, p)
                value += taste(s, -1 - q, tastes, p)
                if value > best:
                    best = value
                    chosen[i] = park.cell
                    park_of[i] = q
            else:
                c = locate(free_floor, uniform(h) * free_floor[-1])
                c = min(c, cells.shape[0] - 1)
                cell = cells[c]
                if cell.capacity - cell.other < (cell.staff + s.staff) * p.property_m2_per_worker:
                    continue
                rent = cell.rent
                if helped:
                    zones = quarters[quarter_of(quarters, first, addresses, s.id, c)].zones
                    rent *= 1.0 - relief_in(zones, young, lever)
                value = place_value(s, cell, rent, cell.price_of_distance, g, p) + taste(s, c, tastes, p)
                if value > best:
                    best = value
                    chosen[i] = c
                    park_of[i] = -1
    for i in range(studios.shape[0]):
        if chosen[i] >= 0:
            s = studios[i]
            cost = yuan(p.property_moving_cost * max(1, s.staff) * 1e6)
            s.cash -= cost
            s.inputs += cost
            flow[L.MOVING] += cost
            s.cell = chosen[i]
            s.park = park_of[i]
            s.hub = 0
            movers += 1
    return movers


def spread_density(model) -> None:
    """Set the density of every cell."""
    smooth(model.space.cells, model.space.parks, model.space.smoothing)


def set_rents(model) -> None:
    """Count who works where, and let rents and floor answer."""
    occupy(model.studios.used, model.space.cells, model.space.parks)
    spread_density(model)
    rents(model.space.cells, model.space.parks, model.city_state, model.rules.p)


def survey_places(model) -> None:
    """Say every third month what partners and free floor each place offers."""
    if model.t % QUARTER == 0:
        space = model.space
        reach = model.partners.cell_reach.sum(0) / model.city_state["partner_reach0"][0]
        opportunities(space, reach, model.rules.p)
        free = np.maximum(space.cells["capacity"] - space.cells["other"], 0.0)
        space.free_floor[:] = np.cumsum(np.floor(free))


def move_studios(model) -> None:
    """Let studios look at other places and move."""
    model.state["moves"] = relocate(model.studios.used, model.space, model.city_state, model.rules, model.t,
                                    model.month)
