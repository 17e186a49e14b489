"""Who works for whom on contracts: studios find partners for what their people lack (part of step 5).

A contract is the work of a team: for each specialism that a studio lacks it has a partner of its own, several at once.
"""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, NOBODY, Life
from cluster_sim.draws import KEY_STEP, MEET, draw, low16, stream
from cluster_sim.jit import inline, kernel
from cluster_sim.month.partner_search import look_around, market_of, reach_of, search, survey
from cluster_sim.month.ties import fade, record_pairs
from cluster_sim.records import TIES


@inline
def set_lacks(s, mix, p):
    """Set which part of contract work a studio's people lack, by specialism, together at most a bound.

    An anchor's steady demand for services: it buys a share of its work at least, spread over specialisms.
    """
    have = 0.0
    for k in range(N_SPECIALISMS):
        have += s.skill_by[k]
    lack = 0.0
    for k in range(N_SPECIALISMS):
        s.sub_lack[k] = max(0.0, p.collaboration_lack * (mix[s.segment, k] - s.skill_by[k] / max(have, 1e-9)))
        if s.anchor > 0:
            s.sub_lack[k] = max(s.sub_lack[k], p.collaboration_anchor_buys / N_SPECIALISMS)
        lack += s.sub_lack[k]
    most = max(p.collaboration_lack_bound, p.collaboration_anchor_buys if s.anchor > 0 else 0.0)
    for k in range(N_SPECIALISMS):
        s.sub_lack[k] *= min(1.0, most / max(lack, 1e-9))


@inline
def is_over(s, k, t, p):
    """Return whether a studio may look for a partner for specialism k: none yet, or the term is over.

    An anchor buys from one studio after another.
    """
    if s.sub_lack[k] < p.collaboration_smallest_part:
        return False
    if s.sub[k] == NOBODY or (s.anchor > 0 and t % N_SPECIALISMS == k):
        return True
    return s.pending[k] <= p.collaboration_nearly_done * s.orders and t - s.sub_since[k] >= p.collaboration_term


@kernel
def find_subcontractors(market, rows, t, made):
    """Let studios build their teams on contracts; return how many partners were found here.

    For each specialism that its people lack a studio has a partner of its own.  Where working together would cost more
    than making do with other people's work, nobody is taken.  rows: living studios sorted by cell, so that the survey
    of a cell serves them all.  made: (n, 2) rows of the new pairs.
    """
    studios, mix = market.studios, market.rules.mix
    proximity, cell_reach = market.space.proximity, market.partners.cell_reach
    p = market.rules.p[0]
    base = stream(market.rules.seed, MEET, t)
    cumulative = np.empty((N_SPECIALISMS, market.space.cells.shape[0]))
    seen = np.full(N_SPECIALISMS, -1, np.int64)
    ties = np.empty(TIES)
    taken = np.empty(N_SPECIALISMS, np.int64)
    pairs = 0
    for n in range(rows.shape[0]):
        i = rows[n]
        s = studios[i]
        for k in range(N_SPECIALISMS):
            if s.sub[k] >= 0 and (studios[s.sub[k]].alive == Life.FREE or studios[s.sub[k]].id != s.sub_id[k]):
                s.sub[k] = NOBODY
        if s.born > t or s.staff < 1:
            continue
        set_lacks(s, mix, p)
        for k in range(N_SPECIALISMS):
            h = draw(base, s.id ^ (np.int64(k) * KEY_STEP))
            if s.sub_lack[k] < p.collaboration_smallest_part and s.pending[k] <= 0.0:
                s.sub[k] = NOBODY
            if not is_over(s, k, t, p) or low16(h) > p.collaboration_search_rate:
                continue
            if seen[k] != s.cell:
                survey(np.int64(s.cell), proximity, cell_reach[k], cumulative[k])
                seen[k] = s.cell
            team = 0
            for other in range(N_SPECIALISMS):
                if other != k and s.sub[other] >= 0:
                    taken[team] = s.sub[other]
                    team += 1
            prospects = look_around(market, i, k, cumulative[k], ties)
            choice, cost, km, h = search(market, i, k, h, prospects, taken[:team])
            if choice == NOBODY:
                continue
            if cost > p.collaboration_makeshift:
                s.sub[k] = NOBODY
                continue
            s.sub[k] = choice
            s.sub_since[k] = t
            s.sub_cost[k] = cost
            s.sub_distance[k] = km
            s.sub_id[k] = studios[choice].id if choice >= 0 else 0
            if choice >= 0:
                made[pairs, 0] = i
                made[pairs, 1] = choice
                pairs += 1
    return pairs


def look_for_partners(model) -> None:
    """Refresh who offers what where, fade old ties, and let studios find their contract partners."""
    partners = model.partners
    reach_of(model.studios.used, model.studios.order(), partners, model.rules.p)
    fade(partners.ties[: model.studios.high], model.rules.p)
    rows = partners.cell_rows[: partners.cell_start[-1]]
    made = np.empty((rows.size * N_SPECIALISMS, 2), np.int64)
    count = find_subcontractors(market_of(model), rows, model.t, made)
    record_pairs(model, made[:count])
