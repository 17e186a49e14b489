"""Step 10, the ladder: nestling, chick, grower, unicorn by trailing revenue, growth and valuation.

The city's own names are eyas (seed), gazelle, unicorn and leader; docs/glossary.md gives both.
"""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Life, Tier
from cluster_sim.jit import kernel


@kernel
def climb(studios, city, p, t, counts):
    """Roll the year's accounts, and once a year of each studio's own age set its tier; count the moves.

    counts: (3,) promotions, listed studios, new on the list.
    """
    p = p[0]
    scarce = -np.expm1(-city[0].premium)        # part of a price that is the nation's premium, by segment
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive != Life.ALIVE or s.born > t:
            continue
        s.revenue_year += s.sales - s.revenue_year / 12.0
        s.surplus_year += s.surplus - s.surplus_year / 12.0
        s.premium_year += s.sales * scarce[s.segment] - s.premium_year / 12.0
        s.valuation = max(s.valuation * p.ladder_valuation_memory, p.ladder_price_to_sales * s.revenue_year)
        if s.tier > Tier.NONE:
            counts[1] += 1
        if (t - s.born) % 12 != 11:
            continue
        age = (t - s.born) / 12.0
        growth = s.revenue_year / max(s.revenue_last, 1.0) - 1.0 if s.revenue_last > 0.0 else 0.0
        tier = Tier.NONE
        revenue = s.revenue_year * 1e-6
        if s.valuation * 1e-6 >= p.ladder_unicorn_valuation:
            tier = Tier.UNICORN
        elif revenue >= p.ladder_grower_revenue and growth >= p.ladder_grower_growth:
            tier = Tier.GROWER
        elif revenue >= p.ladder_chick_revenue and growth >= p.ladder_chick_growth:
            tier = Tier.CHICK
        elif (revenue >= p.ladder_nestling_revenue and growth >= p.ladder_nestling_growth
              and age <= p.ladder_nestling_age):
            tier = Tier.NESTLING
        falls = tier < s.tier
        if falls:
            held = p.ladder_nestling_revenue
            if s.tier == Tier.CHICK:
                held = p.ladder_chick_revenue
            elif s.tier == Tier.GROWER:
                held = p.ladder_grower_revenue
            elif s.tier == Tier.UNICORN:
                held = p.ladder_unicorn_valuation / p.ladder_price_to_sales
            falls = revenue < p.ladder_keep * held
        if tier > s.tier:
            if s.tier > Tier.NONE:
                counts[0] += 1
            else:
                counts[2] += 1
            s.listed = t
        if falls or tier > s.tier:
            s.tier = tier
        s.revenue_last = s.revenue_year


def review(model) -> None:
    """Review studios' places on the ladder, then let policy act on them."""
    counts = np.zeros(3, np.int64)
    climb(model.studios.used, model.city_state, model.rules.p, model.t, counts)
    model.state["promotions"], model.state["listed"], model.state["new_listed"] = (int(x) for x in counts)
    for instrument in model.acting("after_ladder"):
        instrument.after_ladder(model)
