"""Who meets whom, and what it costs to work together: the search for partners (part of step 5).

Who has past partners asks them first with a probability, whatever the size of the city (Guimera et al. 2005).  Else,
meeting and executing are two things (Catalini 2018).  Whom one meets decays with distance,
``P(meet j) ~ reputation_j^a * sqrt(skill_j) * exp(-d/lambda_s)``; what working together costs is
``c_ij = c0 * (1 + tau(d))`` with ``tau(d) = tau_max * (1 - exp(-(d/d0)^beta))``, lower with past ties and with the
commons of shared templates.  The search samples exactly from the first formula without any table of pairs: first a
cell by its reach, then a studio in it, or another city.

Helpers take the arrays that they read and no whole group of groups: a group costs at every call what its arrays cost.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, NOBODY, Life
from cluster_sim.draws import again, dyadic, locate, low16, quantile, uniform
from cluster_sim.jit import inline, kernel
from cluster_sim.records import TIES
from cluster_sim.state import OtherCities, Partners, Rules, Space

FIT_BITS = np.uint64(0x5DEECE66D)
WHOM_BITS = np.uint64(0x2545F4914F6CDD1D)
PAST_BITS = np.uint64(0x3C6EF372FE94F82B)


class PartnerMarket(NamedTuple):
    """All that a studio in search of partners looks at."""

    studios: np.ndarray                 # STUDIO
    partners: Partners
    space: Space
    other_cities: OtherCities
    city: np.ndarray                    # CITY, one row
    rules: Rules


class Prospects(NamedTuple):
    """What one studio sees when it looks for partners of one specialism: the weight of whom it may meet, by where."""

    cells: np.ndarray                   # cumulative over cells, as `survey` fills it
    ties: np.ndarray                    # of each tie; -1 if there is no such studio
    tied: float                         # of all ties
    park: float                         # of the studios in its park, beyond that of their cell
    outside: float                      # of other cities


@inline
def tau(distance, p):
    """Return the extra cost of distance (km): 0 next door, tau_max far away."""
    return p.collaboration_tau_max * (1.0 - math.exp(-((distance / p.collaboration_d0) ** p.collaboration_beta)))


@inline
def pair_cost(distance, strength, templates, commons, p):
    """Return c_ij: coordination effort for each unit of a partner's effort."""
    ties = 1.0 - p.collaboration_tie_saving * min(1.0, strength)
    shared = 1.0 - p.collaboration_template_saving * templates * commons / (1.0 + commons)
    return p.collaboration_c0 * (1.0 + tau(distance, p)) * ties * shared


@inline
def kilometres(a, b, distance, p):
    """Return the distance (km) between the studios' places: same park, same cell, or centroids."""
    if a.park >= 0 and a.park == b.park:
        return p.collaboration_park_km
    side = distance.shape[0]
    return distance[abs(a.cell % side - b.cell % side), abs(a.cell // side - b.cell // side)]


@inline
def tie_between(ties, i, identity):
    """Return the strength of i's tie to a studio, 0 if there is none."""
    row = ties[i]
    for n in range(TIES):
        if row.id[n] == identity:
            return row.strength[n]
    return np.float32(0.0)


@kernel
def reach_of(studios, order, partners, p):
    """List the studios by cell (identities in order) and add up what each cell and park offers, by specialism."""
    p = p[0]
    cell_start, cell_rows, reach = partners.cell_start, partners.cell_rows, partners.reach
    cell_reach, park_reach = partners.cell_reach, partners.park_reach
    cell_start[:] = 0
    cell_reach[:] = 0.0
    park_reach[:] = 0.0
    for n in range(order.shape[0]):
        s = studios[order[n]]
        if s.solo == 0:
            cell_start[s.cell + 1] += 1
    for c in range(cell_start.shape[0] - 1):
        cell_start[c + 1] += cell_start[c]
    at = cell_start.copy()
    for n in range(order.shape[0]):
        i = order[n]
        s = studios[i]
        if s.solo == 1:
            reach[i, :] = 0.0
            continue
        cell_rows[at[s.cell]] = i
        at[s.cell] += 1
        name = math.exp(p.collaboration_reputation * math.log(1.0 + s.reputation))
        spare = 1.0 if s.load < p.collaboration_spare_load * s.capacity else p.collaboration_busy
        for k in range(N_SPECIALISMS):
            reach[i, k] = dyadic(name * spare * math.sqrt(s.skill_by[k]))
            cell_reach[k, s.cell] += reach[i, k]
            if s.park >= 0:
                park_reach[k, s.park] += reach[i, k]


@kernel
def survey(cell, proximity, reach, cumulative):
    """Fill the cumulative weight of all cells as seen from one cell; return the total.

    proximity: weight of distance, by cells apart; reach: (cells,) what each offers of a specialism.
    """
    side = proximity.shape[0]
    x = cell % side
    y = cell // side
    total = 0.0
    c = 0
    for v in range(side):
        for u in range(side):
            if reach[c] > 0.0:
                total += proximity[abs(x - u), abs(y - v)] * reach[c]
            cumulative[c] = total
            c += 1
    return total


@inline
def weigh_ties(studios, partners, i, k, weights):
    """Fill the weight of each of studio i's ties in a search for specialism k, -1 where that studio is gone.

    Who has worked together need not meet by chance, so that distance counts in the cost alone.  Returns their sum.
    """
    row = partners.ties[i]
    reach = partners.reach
    tied = 0.0
    for n in range(TIES):
        j = row.row[n]
        other = studios[j]
        weights[n] = -1.0
        if row.strength[n] > 0.0 and other.id == row.id[n] and other.alive == Life.ALIVE and j != i:
            weights[n] = reach[j, k] * row.strength[n]
            tied += weights[n]
    return tied


@inline
def look_around(market, i, k, cells, ties):
    """Return the prospects of studio i for specialism k.

    cells: what `survey` found from the studio's cell; ties: (TIES,) scratch.
    """
    s = market.studios[i]
    g = market.city[0]
    tied = weigh_ties(market.studios, market.partners, i, k, ties)
    park = 0.0
    if s.park >= 0:
        park = max(0.0, market.partners.park_reach[k, s.park]) * (g.proximity_in_park - market.space.proximity[0, 0])
    return Prospects(cells, ties, tied, park, market.other_cities.reach[k] * g.outside_growth)


@inline
def pick(studios, partners, i, k, cell, park, u):
    """Return the studio of a cell at which its reach, added up, passes u; park: that park's alone, all if below 0."""
    rows, reach = partners.cell_rows, partners.reach
    for n in range(partners.cell_start[cell], partners.cell_start[cell + 1]):
        j = rows[n]
        if park < 0 or studios[j].park == park:
            u -= reach[j, k]
            if u <= 0.0:
                return j if j != i else NOBODY
    return NOBODY


@inline
def is_among(rows, row):
    """Return whether a row is one of these."""
    for n in range(rows.shape[0]):
        if rows[n] == row:
            return True
    return False


@inline
def ask_again(partners, i, h, weights, taken):
    """Return the past partner whom studio i asks, a row, by the weight of their ties; -1 if all are taken already.

    h: 64 random bits; weights: (TIES,); taken: rows of those who work with it already.
    """
    row = partners.ties[i].row
    tied = 0.0
    for n in range(TIES):
        if weights[n] > 0.0 and not is_among(taken, np.int64(row[n])):
            tied += weights[n]
    u = uniform(h) * tied
    last = np.int64(NOBODY)
    for n in range(TIES):
        if weights[n] > 0.0 and not is_among(taken, np.int64(row[n])):
            u -= weights[n]
            last = np.int64(row[n])
            if u <= 0.0:
                break
    return last


@inline
def meet(studios, partners, cities, i, k, h, prospects):
    """Return whom studio i meets for specialism k: a row, or -2 - city for another city, or -1 for nobody.

    cities: cumulative weight of other cities; h: 64 random bits.
    """
    cells, park = prospects.cells, prospects.park
    total = cells[-1]
    u = uniform(h) * (total + park + prospects.outside)
    h = again(h ^ WHOM_BITS)       # not the word that the next meeting begins with
    if u < total:
        c = min(locate(cells, u), cells.shape[0] - 1)
        rows, reach = partners.cell_rows, partners.reach
        inside = 0.0
        for n in range(partners.cell_start[c], partners.cell_start[c + 1]):
            inside += reach[rows[n], k]
        return pick(studios, partners, i, k, c, -1, uniform(h) * inside)
    u -= total
    if u < park:
        s = studios[i]
        return pick(studios, partners, i, k, s.cell, s.park, uniform(h) * partners.park_reach[k, s.park])
    return -2 - locate(cities, uniform(h) * cities[-1])


@inline
def worth(studios, ties, distance, other_cities, g, p, i, j, fit):
    """Return the log value for money of partner j to studio i, its cost c_ij and its distance (km).

    fit: how well the two happen to fit for this work, in the same log units.
    """
    s = studios[i]
    if j >= 0:
        b = studios[j]
        d = kilometres(s, b, distance, p)
        c = pair_cost(d, tie_between(ties, i, b.id), s.templates, g.commons, p)
        value = (fit + p.collaboration_quality_weight * (b.quality + 0.5 * math.log(1.0 + b.reputation))
                 - p.collaboration_price_weight * math.log(b.fee / g.fee[b.segment] * (1.0 + c)))
        return value, c, d
    o = -2 - j
    d = other_cities.km[o]
    c = pair_cost(d, s.outside_tie, s.templates, g.commons, p)
    value = (fit + p.collaboration_quality_weight * p.collaboration_outside_quality
             - p.collaboration_price_weight * math.log(
                 other_cities.wage_index[o] * g.outside_fee[s.segment] / g.fee[s.segment] * (1.0 + c)))
    return value, c, d


@inline
def search(market, i, k, h, prospects, taken):
    """Let studio i meet a few partners for specialism k, none of those taken (rows), and choose the best of them.

    First it is drawn whether past partners are asked or strangers met, then who; where all past partners are taken
    already strangers are met.  In a small city a stranger would often be a past partner by chance, and more ties would
    repeat than in the whole: who meets one looks on, a few times.
    Returns the partner as `meet` does, its cost c_ij and distance (km), and the random bits for the next search.
    """
    studios, partners, other_cities = market.studios, market.partners, market.other_cities
    ties, distance, cities = partners.ties, market.space.distance, other_cities.weight
    g = market.city[0]
    p = market.rules.p[0]
    best = -np.inf
    choice = np.int64(NOBODY)
    cost = 0.0
    km = 0.0
    past = prospects.tied > 0.0 and low16(again(h ^ PAST_BITS)) < p.collaboration_repeat
    for _ in range(int(p.collaboration_meetings)):
        h = again(h)
        j = ask_again(partners, i, h, prospects.ties, taken) if past else np.int64(NOBODY)
        if j == NOBODY:
            j = meet(studios, partners, cities, i, k, h, prospects)
            for _ in range(int(p.collaboration_other_meetings)):
                if j < 0 or tie_between(ties, i, studios[j].id) <= p.collaboration_known:
                    break
                h = again(h)
                j = meet(studios, partners, cities, i, k, h, prospects)
        if j == NOBODY or is_among(taken, j):
            continue
        fit = p.collaboration_match * quantile(uniform(again(h ^ FIT_BITS)))
        value, c, d = worth(studios, ties, distance, other_cities, g, p, i, j, fit)
        if value > best:
            best = value
            choice = j
            cost = c
            km = d
    return choice, cost, km, h


def market_of(model) -> PartnerMarket:
    """Return what a studio in search of partners looks at."""
    return PartnerMarket(model.studios.used, model.partners, model.space, model.other_cities, model.city_state,
                         model.rules)
