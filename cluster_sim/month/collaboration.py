"""Who works with whom, and what it costs: partner search and partner execution (part of step 5).

Meeting and executing are two things (Catalini 2018).  Whom one meets decays with distance,
``P(meet j) ~ reputation_j^a * sqrt(skill_j) * exp(-d/lambda_s) * (1 + m * ties_ij)``; what working together
costs is ``c_ij = c0 * (1 + tau(d))`` with ``tau(d) = tau_max * (1 - exp(-(d/d0)^beta))``, lower with past
ties and with the commons of shared templates.  The search samples exactly from the first formula without
any table of pairs: first a cell by its reach, then a studio in it, or a past partner, or another city.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, NOBODY, Life
from cluster_sim.draws import MEET, again, draw, dyadic, locate, low16, quantile, stream, uniform
from cluster_sim.jit import inline, kernel
from cluster_sim.records import TIE, TIES
from cluster_sim.state import OtherCities, Partners, Rules, Space

PARK_KM = 0.05
FIT_BITS = np.uint64(0x5DEECE66D)
WHOM_BITS = np.uint64(0x2545F4914F6CDD1D)


class PartnerMarket(NamedTuple):
    """All that a studio in search of partners looks at."""

    studios: np.ndarray                 # STUDIO
    partners: Partners
    space: Space
    other_cities: OtherCities
    city: np.ndarray                    # CITY, one row
    rules: Rules


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
def kilometres(a, b, distance):
    """Return the distance (km) between the studios' places: same park, same cell, or centroids."""
    if a.park >= 0 and a.park == b.park:
        return PARK_KM
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
    cell_start, reach = partners.cell_start, partners.reach
    cell_start[:] = 0
    partners.cell_reach[:] = 0.0
    partners.park_reach[:] = 0.0
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
        partners.cell_rows[at[s.cell]] = i
        at[s.cell] += 1
        name = math.exp(p.collaboration_reputation * math.log(1.0 + s.reputation))
        spare = 1.0 if s.load < 1.3 * s.capacity else 0.2
        for k in range(N_SPECIALISMS):
            reach[i, k] = dyadic(name * spare * math.sqrt(s.skill_by[k]))
            partners.cell_reach[k, s.cell] += reach[i, k]
            if s.park >= 0:
                partners.park_reach[k, s.park] += reach[i, k]


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
def tied_reach(market, i, k, n):
    """Return the weight of studio i's tie number n in a search for specialism k; -1 if there is no such studio."""
    row = market.partners.ties[i]
    j = row.row[n]
    other = market.studios[j]
    if row.strength[n] > 0.0 and other.id == row.id[n] and other.alive == Life.ALIVE and j != i:
        p = market.rules.p[0]
        d = kilometres(market.studios[i], other, market.space.distance)
        return (market.partners.reach[j, k] * math.exp(-d / p.collaboration_lambda_s) * p.collaboration_tie_weight
                * row.strength[n])
    return -1.0


@inline
def pick(market, i, k, cell, park, u):
    """Return the studio of a cell at which its reach, added up, passes u; park: that park's alone, all if below 0."""
    partners = market.partners
    for n in range(partners.cell_start[cell], partners.cell_start[cell + 1]):
        j = partners.cell_rows[n]
        if park < 0 or market.studios[j].park == park:
            u -= partners.reach[j, k]
            if u <= 0.0:
                return j if j != i else NOBODY
    return NOBODY


@inline
def meet(market, i, k, h, cumulative):
    """Return whom studio i meets for specialism k: a row, or -2 - city for another city, or -1 for nobody.

    h: 64 random bits; cumulative: what `survey` found from the studio's cell.
    """
    s = market.studios[i]
    g = market.city[0]
    partners = market.partners
    tied = 0.0
    for n in range(TIES):
        weight = tied_reach(market, i, k, n)
        if weight >= 0.0:
            tied += weight
    park = 0.0
    if s.park >= 0:
        park = max(0.0, partners.park_reach[k, s.park]) * (g.proximity_in_park - market.space.proximity[0, 0])
    total = cumulative[-1]
    outside = market.other_cities.reach[k] * g.outside_growth
    u = uniform(h) * (total + tied + park + outside)
    h = again(h ^ WHOM_BITS)       # not the word that the next meeting begins with
    if u < total:
        c = min(locate(cumulative, u), cumulative.shape[0] - 1)
        inside = 0.0
        for n in range(partners.cell_start[c], partners.cell_start[c + 1]):
            inside += partners.reach[partners.cell_rows[n], k]
        return pick(market, i, k, c, -1, uniform(h) * inside)
    u -= total
    if u < tied:
        for n in range(TIES):
            weight = tied_reach(market, i, k, n)
            if weight >= 0.0:
                u -= weight
                if u <= 0.0:
                    return np.int64(partners.ties[i].row[n])
        return NOBODY
    u -= tied
    if u < park:
        return pick(market, i, k, s.cell, s.park, uniform(h) * partners.park_reach[k, s.park])
    return -2 - locate(market.other_cities.weight, uniform(h) * market.other_cities.weight[-1])


@inline
def worth(market, i, j, fit):
    """Return the log value for money of partner j to studio i, its cost c_ij and its distance (km).

    fit: how well the two happen to fit for this work, in the same log units.
    """
    studios, other_cities = market.studios, market.other_cities
    g = market.city[0]
    p = market.rules.p[0]
    s = studios[i]
    if j >= 0:
        b = studios[j]
        d = kilometres(s, b, market.space.distance)
        c = pair_cost(d, tie_between(market.partners.ties, i, b.id), s.templates, g.commons, p)
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
def search(market, i, k, h, cumulative, taken):
    """Let studio i meet a few partners for specialism k, none of those taken (rows), and choose the best of them.

    Returns the partner as `meet` does, its cost c_ij and distance (km), and the random bits for the next search.
    """
    p = market.rules.p[0]
    best = -1e9
    choice = np.int64(NOBODY)
    cost = 0.0
    km = 0.0
    for _ in range(int(p.collaboration_meetings)):
        h = again(h)
        j = meet(market, i, k, h, cumulative)
        known = j == NOBODY
        for n in range(taken.shape[0]):
            known |= taken[n] == j
        if known:
            continue
        fit = p.collaboration_match * quantile(uniform(again(h ^ FIT_BITS)))
        value, c, d = worth(market, i, j, fit)
        if value > best:
            best = value
            choice = j
            cost = c
            km = d
    return choice, cost, km, h


@kernel
def find_subcontractors(market, rows, t, made):
    """Let studios whose contract partner is gone, or whose term is over, look for one; return how many found one here.

    rows: living studios sorted by cell, so that the survey of a cell serves them all.  made: (n, 2) rows of the new
    pairs.  The lacking share and the specialism come from the mix of work.
    """
    studios, mix = market.studios, market.rules.mix
    p = market.rules.p[0]
    base = stream(market.rules.seed, MEET, t)
    cumulative = np.empty(market.space.cells.shape[0])
    nobody = np.empty(0, np.int64)
    seen_cell = np.int64(-1)
    seen_k = np.int64(-1)
    pairs = 0
    for n in range(rows.shape[0]):
        i = rows[n]
        s = studios[i]
        if s.sub >= 0 and (studios[s.sub].alive == Life.FREE or studios[s.sub].id != s.sub_id):
            s.sub = NOBODY
        if s.born > t or s.staff < 1:
            continue
        have = 0.0
        for k in range(N_SPECIALISMS):
            have += s.skill_by[k]
        lack = 0.0
        worst = np.int64(-1)
        deepest = 0.0
        for k in range(N_SPECIALISMS):
            gap = mix[s.segment, k] - s.skill_by[k] / max(have, 1e-9)
            if gap > 0.0:
                lack += gap
                if gap > deepest:
                    deepest = gap
                    worst = np.int64(k)
        s.sub_lack = min(p.collaboration_lack_bound, p.collaboration_lack * lack)
        if s.anchor > 0:
            # an anchor's steady demand for services: it buys a share of its work, from one studio after another
            s.sub_lack = max(s.sub_lack, p.collaboration_anchor_buys)
            worst = np.int64(t % N_SPECIALISMS)
        done = s.pending <= 0.02 * s.orders and t - s.sub_since >= p.collaboration_term
        over = s.sub == NOBODY or s.anchor > 0 or done
        h = draw(base, s.id)
        if worst < 0 or s.sub_lack < 0.02 or not over or low16(h) > p.collaboration_search_rate:
            continue
        if s.cell != seen_cell or worst != seen_k:
            survey(np.int64(s.cell), market.space.proximity, market.partners.cell_reach[worst], cumulative)
            seen_cell = s.cell
            seen_k = worst
        choice, cost, km, h = search(market, i, worst, h, cumulative, nobody)
        if choice == NOBODY:
            continue
        s.sub = choice
        s.sub_since = t
        s.sub_cost = cost
        s.sub_distance = km
        s.sub_id = studios[choice].id if choice >= 0 else 0
        if choice >= 0:
            made[pairs, 0] = i
            made[pairs, 1] = choice
            pairs += 1
    return pairs


@kernel
def tie_up(ties, studios, pairs, order):
    """Strengthen the ties of pairs that start to work together, both ways, in the order of identities."""
    for at in range(order.shape[0]):
        for side in range(2):
            i = pairs[order[at], side]
            j = pairs[order[at], 1 - side]
            row = ties[i]
            slot = 0
            for n in range(TIES):
                if row.id[n] == studios[j].id:
                    slot = n
                    break
                if row.strength[n] < row.strength[slot]:
                    slot = n
            if row.id[slot] != studios[j].id:
                row.id[slot] = studios[j].id
                row.row[slot] = j
                row.strength[slot] = 0.0
            row.strength[slot] = min(np.float32(3.0), row.strength[slot] + np.float32(1.0))


@kernel
def fade(ties, p):
    """Let all ties fade by the month's rate."""
    keep = np.float32(1.0 - p[0].collaboration_tie_fading)
    for i in range(ties.shape[0]):
        for n in range(TIES):
            ties[i].strength[n] *= keep


def fit(partners: Partners, studios: int) -> Partners:
    """Return the groups of partners with room for so many rows of studios."""
    more = studios - partners.ties.size
    if more <= 0:
        return partners
    return partners._replace(ties=np.concatenate([partners.ties, np.zeros(more, TIE)]),
                             cell_rows=np.zeros(studios, np.int64), reach=np.zeros((studios, N_SPECIALISMS)))


def market_of(model) -> PartnerMarket:
    """Return what a studio in search of partners looks at."""
    return PartnerMarket(model.studios.used, model.partners, model.space, model.other_cities, model.city_state,
                         model.rules)


def record_pairs(model, pairs: np.ndarray) -> None:
    """Book new partnerships as ties, sorted by identities, so that the order of finding does not matter."""
    if len(pairs):
        ids = model.studios.rows["id"]
        order = np.lexsort((ids[pairs[:, 1]], ids[pairs[:, 0]]))
        tie_up(model.partners.ties, model.studios.used, pairs, order)


def look_for_partners(model) -> None:
    """Refresh who offers what where, fade old ties, and let studios find their contract partners."""
    partners = model.partners
    reach_of(model.studios.used, model.studios.order(), partners, model.rules.p)
    fade(partners.ties[: model.studios.high], model.rules.p)
    rows = partners.cell_rows[: partners.cell_start[-1]]
    made = np.empty((rows.size, 2), np.int64)
    count = find_subcontractors(market_of(model), rows, model.t, made)
    record_pairs(model, made[:count])
