"""Who works for whom on contracts: studios find the partner that does what they lack (part of step 5)."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, NOBODY, Life
from cluster_sim.draws import MEET, draw, low16, stream
from cluster_sim.jit import kernel
from cluster_sim.month.partner_search import look_around, market_of, reach_of, search, survey
from cluster_sim.month.ties import fade, record_pairs
from cluster_sim.records import TIES


@kernel
def find_subcontractors(market, rows, t, made):
    """Let studios whose contract partner is gone, or whose term is over, look for one; return how many found one here.

    rows: living studios sorted by cell, so that the survey of a cell serves them all.  made: (n, 2) rows of the new
    pairs.  The lacking share and the specialism come from the mix of work.
    """
    studios, mix = market.studios, market.rules.mix
    proximity, cell_reach = market.space.proximity, market.partners.cell_reach
    p = market.rules.p[0]
    base = stream(market.rules.seed, MEET, t)
    cumulative = np.empty(market.space.cells.shape[0])
    ties = np.empty(TIES)
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
            survey(np.int64(s.cell), proximity, cell_reach[worst], cumulative)
            seen_cell = s.cell
            seen_k = worst
        choice, cost, km, h = search(market, i, worst, h, look_around(market, i, worst, cumulative, ties), nobody)
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


def look_for_partners(model) -> None:
    """Refresh who offers what where, fade old ties, and let studios find their contract partners."""
    partners = model.partners
    reach_of(model.studios.used, model.studios.order(), partners, model.rules.p)
    fade(partners.ties[: model.studios.high], model.rules.p)
    rows = partners.cell_rows[: partners.cell_start[-1]]
    made = np.empty((rows.size, 2), np.int64)
    count = find_subcontractors(market_of(model), rows, model.t, made)
    record_pairs(model, made[:count])
