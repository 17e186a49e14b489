"""Step 8, knowledge and buzz: know-how made, lost and spread; templates shared; hits talked about.

Know-how grows with work, depreciates (Benkard 2000) and spreads to those below the local mean and to
partners (Jaffe, Trajtenberg & Henderson 1993 for its localisation).  Some owners publish templates and
workflow documents; the commons lowers the cost of working together, most for small studios.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import Life, Segment
from cluster_sim.draws import PUBLISH, draw, dyadic, low16, stream
from cluster_sim.jit import kernel
from cluster_sim.month.guards import LEAST_CAPACITY
from cluster_sim.records import TIES


@kernel
def local_knowhow(studios, cells):
    """Average know-how by cell, weighted by staff (exact sums)."""
    weight = np.empty(cells.shape[0])
    for c in range(cells.shape[0]):
        cells[c].knowhow = 0.0
        weight[c] = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE:
            cells[s.cell].knowhow += dyadic(s.knowhow * s.staff)
            weight[s.cell] += s.staff
    for c in range(cells.shape[0]):
        if weight[c] > 0.0:
            cells[c].knowhow /= weight[c]


@kernel
def learn(studios, before, cells, ties, city, rules, t):
    """Move know-how, adoption of templates and of AI tools of every studio; return what was published.

    before: (n,) know-how at the start of the step, so that the order of studios does not matter.
    """
    g = city[0]
    p = rules.p[0]
    base = stream(rules.seed, PUBLISH, t)
    published = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        k = before[i]
        use = min(p.knowledge_most_use, s.load / max(s.capacity, LEAST_CAPACITY))
        gain = p.knowledge_doing * use - p.knowledge_depreciation * k
        gap = cells[s.cell].knowhow - k
        if gap > 0.0:
            gain += p.knowledge_neighbours * gap
        best = 0.0
        for n in range(TIES):
            row = ties[i]
            j = row.row[n]
            there = studios[j].alive == Life.ALIVE and studios[j].id == row.id[n]
            if there and row.strength[n] > p.collaboration_known:
                best = max(best, before[j] - k)
        gain += p.knowledge_partners * best
        s.knowhow = min(p.knowledge_bound, max(p.knowledge_least, k + gain))
        small = 1.0 / (1.0 + s.staff / p.knowledge_small)
        s.templates += p.knowledge_adoption * g.commons / (1.0 + g.commons) * (small - s.templates)
        speed = p.ai_adoption * (1.0 + p.ai_adoption_size * math.log(1.0 + s.staff) / p.ai_adoption_log)
        if s.compute_relief > 0.0:
            speed *= max(p.ai_least_price, 1.0 - s.compute_relief) ** (-p.ai_adoption_price)
        s.ai += speed * (g.ai - s.ai * g.ai)
        s.ai = min(1.0, s.ai)
        chance = p.knowledge_publish * min(p.knowledge_publish_bound, p.knowledge_publish_unknown + s.reputation)
        chance *= min(1.0, s.staff / p.knowledge_publish_staff)
        if s.segment != Segment.OTHER and low16(draw(base, s.id)) < chance:
            published += 1.0
    return published


def spread(model) -> None:
    """Run step 8: know-how, commons, buzz."""
    studios, cells, par = model.studios.used, model.space.cells, model.par
    local_knowhow(studios, cells)
    published = learn(studios, studios["knowhow"].copy(), cells, model.partners.ties, model.city_state, model.rules,
                      model.t)
    g = model.city_state[0]
    model.state["documents"] = float(published)
    for instrument in model.acting("publish"):
        model.state["documents"] += instrument.publish(model)
    norm = model.state["documents"] / (par["knowledge.publish_norm"] * model.scale)
    g["commons"] = g["commons"] * (1.0 - par["knowledge.commons_fading"]) + norm
    talk = par["knowledge.buzz_of_hit"] * model.month.talk
    g["buzz"] = np.minimum(g["buzz"] * (1.0 - par["knowledge.buzz_fading"]) + talk, par["knowledge.buzz_ceiling"])
    g["buzz_mean"] = min(float(g["buzz"].sum()), par["knowledge.buzz_ceiling"])
