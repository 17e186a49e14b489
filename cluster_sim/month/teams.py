"""Part of step 6, teams on contracts: what a studio asks of its partners this month, and what they cost."""

from __future__ import annotations

from cluster_sim.codes import N_SPECIALISMS, NOBODY
from cluster_sim.jit import inline
from cluster_sim.month.liquidity import unused_credit


@inline
def ask_partners(s, studios, outside_wage, g, p):
    """Say what a studio asks of its partners this month; what it has no money for is done in the house.

    Partners are paid at once and clients pay late: cash and unused credit before anybody delivers bound what is asked.
    """
    wanted = 0.0
    for k in range(N_SPECIALISMS):
        s.asked[k] = 0.0
        if s.sub[k] == NOBODY:
            s.orders += s.pending[k]
            s.pending[k] = 0.0
        elif s.pending[k] > 0.0:
            s.asked[k] = s.pending[k] / p.commissioning_lead
            wanted += s.asked[k] * partner_fee(s, k, studios, outside_wage, g, p)
    means = max(0.0, s.cash + unused_credit(s))
    if wanted > means:
        for k in range(N_SPECIALISMS):
            refused = s.asked[k] * (1.0 - means / wanted)
            s.asked[k] -= refused
            s.pending[k] -= refused
            s.orders += refused


@inline
def partner_fee(s, k, studios, outside_wage, g, p):
    """Return what a unit of effort of the partner for specialism k costs (yuan)."""
    if s.sub[k] >= 0:
        return studios[s.sub[k]].fee * p.collaboration_fee_share
    return g.outside_fee[s.segment] * outside_wage[-2 - s.sub[k]] * p.collaboration_fee_share
