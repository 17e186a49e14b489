"""Who works with whom, and what it costs: partner search and partner execution (part of step 5).

Meeting and executing are two things (Catalini 2018).  Whom one meets decays with distance,
``P(meet j) ~ reputation_j^a * sqrt(skill_j) * exp(-d/lambda_s) * (1 + m * ties_ij)``; what working together
costs is ``c_ij = c0 * (1 + tau(d))`` with ``tau(d) = tau_max * (1 - exp(-(d/d0)^beta))``, lower with past
ties and with the commons of shared templates.  The search samples exactly from the first formula without
any table of pairs: first a cell by its mass, then a studio in it, or a past partner, or another city.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, NOBODY, Life
from cluster_sim.draws import MEET, again, draw, dyadic, locate, low16, quantile, stream, uniform
from cluster_sim.jit import inline, kernel
from cluster_sim.records import TIE, TIES
from cluster_sim.state import Partners

PARK_KM = 0.05
FIT_BITS = np.uint64(0x5DEECE66D)
WHOM_BITS = np.uint64(0x2545F4914F6CDD1D)


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
def kilometres(a, b, side, distance):
    """Return the distance (km) between the studios' places: same park, same cell, or centroids."""
    if a.park >= 0 and a.park == b.park:
        return PARK_KM
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
def reach_of(studios, order, side, cell_start, cell_rows, reach, mass, park_mass, p):
    """List the studios by cell (identities in order) and add up what each cell offers, by specialism.

    reach: weight of each studio in a search, by specialism; mass, park_mass: weight by specialism and cell or park.
    """
    p = p[0]
    cell_start[:] = 0
    mass[:] = 0.0
    park_mass[:] = 0.0
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
        spare = 1.0 if s.load < 1.3 * s.capacity else 0.2
        for k in range(N_SPECIALISMS):
            reach[i, k] = dyadic(name * spare * math.sqrt(s.skill_by[k]))
            mass[k, s.cell] += reach[i, k]
            if s.park >= 0:
                park_mass[k, s.park] += reach[i, k]


@kernel
def survey(cell, side, near, mass, k, cumulative):
    """Fill the cumulative mass over all cells as seen from one cell; return the total."""
    x = cell % side
    y = cell // side
    total = 0.0
    c = 0
    for v in range(side):
        for u in range(side):
            if mass[k, c] > 0.0:
                total += near[abs(x - u), abs(y - v)] * mass[k, c]
            cumulative[c] = total
            c += 1
    return total


@inline
def meet(studios, i, k, h, total, cumulative, cell_start, cell_rows, reach, park_mass, ties, side, distance,
         near, near_in_park, outside_mass, outside_weight, p):
    """Return whom studio i meets for specialism k: a row, or -2 - city for another city, or -1 for nobody."""
    s = studios[i]
    tied = 0.0
    row = ties[i]
    for n in range(TIES):
        j = row.row[n]
        if row.strength[n] > 0.0 and studios[j].id == row.id[n] and studios[j].alive == Life.ALIVE and j != i:
            d = kilometres(s, studios[j], side, distance)
            tied += reach[j, k] * math.exp(-d / p.collaboration_lambda_s) * p.collaboration_tie_weight * row.strength[n]
    park = 0.0
    if s.park >= 0:
        park = max(0.0, park_mass[k, s.park]) * (near_in_park - near[0, 0])
    u = uniform(h) * (total + tied + park + outside_mass)
    h = again(h ^ WHOM_BITS)       # not the word that the next meeting begins with
    if u < total:
        c = locate(cumulative, u)
        c = min(c, cumulative.shape[0] - 1)
        inside = 0.0
        for n in range(cell_start[c], cell_start[c + 1]):
            inside += reach[cell_rows[n], k]
        v = uniform(h) * inside
        for n in range(cell_start[c], cell_start[c + 1]):
            v -= reach[cell_rows[n], k]
            if v <= 0.0:
                return cell_rows[n] if cell_rows[n] != i else NOBODY
        return NOBODY
    u -= total
    if u < tied:
        for n in range(TIES):
            j = row.row[n]
            if row.strength[n] > 0.0 and studios[j].id == row.id[n] and studios[j].alive == Life.ALIVE and j != i:
                d = kilometres(s, studios[j], side, distance)
                u -= (reach[j, k] * math.exp(-d / p.collaboration_lambda_s) * p.collaboration_tie_weight
                      * row.strength[n])
                if u <= 0.0:
                    return j
        return NOBODY
    u -= tied
    if u < park:
        v = uniform(h) * park_mass[k, s.park]
        for n in range(cell_start[s.cell], cell_start[s.cell + 1]):
            if studios[cell_rows[n]].park == s.park:
                v -= reach[cell_rows[n], k]
                if v <= 0.0:
                    return cell_rows[n] if cell_rows[n] != i else NOBODY
        return NOBODY
    return -2 - locate(outside_weight, uniform(h) * outside_weight[-1])


@inline
def worth(studios, i, j, k, ties, side, distance, outside_km, outside_wage, city, p, luck):
    """Return the log value for money of partner j to studio i, its cost c_ij and its distance (km).

    luck: how well the two happen to fit for this work, in the same log units.
    """
    s = studios[i]
    if j >= 0:
        b = studios[j]
        d = kilometres(s, b, side, distance)
        c = pair_cost(d, tie_between(ties, i, b.id), s.templates, city.commons, p)
        value = (luck + p.collaboration_quality_weight * (b.quality + 0.5 * math.log(1.0 + b.reputation))
                 - p.collaboration_price_weight * math.log(b.price / city.price[b.segment] * (1.0 + c)))
        return value, c, d
    o = -2 - j
    d = outside_km[o]
    c = pair_cost(d, s.outside_tie, s.templates, city.commons, p)
    value = (luck + p.collaboration_quality_weight * p.collaboration_outside_quality
             - p.collaboration_price_weight * math.log(outside_wage[o] * city.outside_cost * (1.0 + c)))
    return value, c, d


@kernel
def find_subcontractors(studios, segments_by_cell, mix, ties, side, distance, near, cell_start,
                        cell_rows, reach, mass, park_mass, outside_mass, outside_weight, outside_km,
                        outside_wage, city, p, seed, t, made):
    """Let studios whose contract partner is gone, or whose term is over, look for one; return the new pairs.

    segments_by_cell: rows of alive studios sorted by cell, so that the survey of a cell serves them all.
    made: (n, 2) rows of the new pairs.  The lacking share and the specialism come from the mix of work.
    """
    g = city[0]
    p = p[0]
    base = stream(seed, MEET, t)
    cumulative = np.empty(side * side)
    total = 0.0
    seen_cell = np.int64(-1)
    seen_k = np.int64(-1)
    pairs = 0
    for n in range(segments_by_cell.shape[0]):
        i = segments_by_cell[n]
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
            total = survey(np.int64(s.cell), side, near, mass, worst, cumulative)
            seen_cell = s.cell
            seen_k = worst
        best = -1e9
        choice = NOBODY
        for _ in range(int(p.collaboration_meetings)):
            h = again(h)
            j = meet(studios, i, worst, h, total, cumulative, cell_start, cell_rows, reach, park_mass, ties, side,
                     distance, near, g.near_in_park, outside_mass[worst], outside_weight, p)
            if j == NOBODY:
                continue
            luck = p.collaboration_match * quantile(uniform(again(h ^ FIT_BITS)))
            value, c, d = worth(studios, i, j, worst, ties, side, distance, outside_km, outside_wage, g, p, luck)
            if value > best:
                best = value
                choice = j
                s.sub_cost = c
                s.sub_distance = d
        if choice == NOBODY:
            continue
        s.sub = choice
        s.sub_since = t
        s.sub_id = studios[choice].id if choice >= 0 else 0
        if choice >= 0:
            made[pairs, 0] = i
            made[pairs, 1] = choice
            pairs += 1
    return pairs


@kernel
def tie_up(ties, studios, pairs, order, p):
    """Strengthen the ties of pairs that start to work together, both ways, in the order of identities."""
    for m in range(order.shape[0]):
        for side in range(2):
            i = pairs[order[m], side]
            j = pairs[order[m], 1 - side]
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


def record_pairs(model, pairs: np.ndarray) -> None:
    """Book new partnerships as ties, sorted by identities, so that the order of finding does not matter."""
    if len(pairs):
        ids = model.studios.rows["id"]
        order = np.lexsort((ids[pairs[:, 1]], ids[pairs[:, 0]]))
        tie_up(model.partners.ties, model.studios.used, pairs, order, model.rules.p)


def look_for_partners(model) -> None:
    """Refresh who offers what where, fade old ties, and let studios find their contract partners."""
    m = model
    studios = m.studios.used
    reach_of(studios, m.studios.order(), m.side, m.partners.cell_start, m.partners.cell_rows, m.partners.reach,
             m.partners.mass, m.partners.park_mass, m.rules.p)
    fade(m.partners.ties[: studios.size], m.rules.p)
    rows = m.partners.cell_rows[: m.partners.cell_start[-1]]
    made = np.empty((rows.size, 2), np.int64)
    outside_mass = m.other_cities.mass * m.city_state["outside_growth"][0]
    count = find_subcontractors(studios, rows, m.rules.mix, m.partners.ties, m.side, m.space.distance, m.space.near,
                                m.partners.cell_start, m.partners.cell_rows, m.partners.reach, m.partners.mass,
                                m.partners.park_mass, outside_mass, m.other_cities.weight, m.other_cities.km,
                                m.other_cities.wage_index, m.city_state, m.rules.p, m.seed, m.t, made)
    record_pairs(m, made[:count])
