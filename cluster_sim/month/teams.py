"""Part of step 6, teams on contracts: what a studio asks of its partners this month, and what they cost."""

from __future__ import annotations

from cluster_sim import ledger as L
from cluster_sim.codes import N_SPECIALISMS, NOBODY
from cluster_sim.draws import dyadic, yuan
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


@inline
def take_delivery(s, studios, outside_wage, g, p, flow):
    """Let a studio's partners deliver what they were asked for, and pay them at once.

    Sets the coordination that this takes, that of bought inputs included.  Returns the effort delivered, what was paid
    for it (yuan), and the part of the studio's work for which it has neither people nor a partner.
    """
    helped = 0.0
    pay = 0.0
    alone = 0.0
    s.coordination = dyadic(s.briefing)
    for k in range(N_SPECIALISMS):
        if s.sub[k] == NOBODY:
            alone += s.sub_lack[k]
        elif s.asked[k] > 0.0:
            work = s.asked[k] / (1.0 + p.collaboration_delay * s.sub_cost[k] / max(p.collaboration_c0, 1e-9))
            b = studios[max(s.sub[k], 0)]
            if s.sub[k] >= 0:
                work *= b.served
            fee = yuan(work * partner_fee(s, k, studios, outside_wage, g, p))
            if s.sub[k] >= 0:
                b.cash += fee
                b.sales += fee
                flow[L.SALES_LOCAL_PARTNER] += fee
            else:
                flow[L.OUTSIDE_PARTNER_WORK] += fee
            pay += fee
            helped += work
            s.pending[k] -= work
            s.coordination += dyadic(s.sub_cost[k] * work)
    return helped, pay, alone
