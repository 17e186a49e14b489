"""What money a studio can use, and how many people it lets it hire: read by every step that spends.

Clients pay late, wages are due now, and what a new job needs in equipment and rights is paid before it earns.  So
growth is bounded by cash and unused credit (Holmstrom & Tirole 1997), not by orders alone.
"""

from __future__ import annotations

import math

from cluster_sim.draws import BANK, THRIFT, draw, quantile, stream, uniform
from cluster_sim.jit import inline


@inline
def own_costs(s):
    """Return a month's own costs of a studio (yuan): people, rent and computing, not what it buys for its clients."""
    return s.unit_cost * (1.0 - s.overhead) * max(s.capacity, 0.5)


@inline
def seat_price(seg, p):
    """Return what equipment and rights a job needs cost (yuan): years of the value added that a job brings."""
    return p.money_capital * 1e6 * seg.value_added_per_worker


@inline
def unused_credit(s):
    """Return what banks would still lend today (yuan)."""
    return max(0.0, s.line - s.loan)


@inline
def net_claims(s):
    """Return cash and what clients owe, less what the studio owes suppliers and banks (yuan)."""
    owed = s.receivable[0] + s.receivable[1] + s.receivable[2]
    return s.cash + owed - s.payable[0] - s.payable[1] - s.loan


@inline
def free_money(s, p):
    """Return cash and unused credit beyond the next payroll (yuan): what can be bound in hires, equipment, works."""
    return max(0.0, s.cash + unused_credit(s) - p.money_payroll * own_costs(s))


@inline
def affordable_hires(s, leavers, wage, seg, p):
    """Return how many hires the free money covers: some months of wage (yuan), and equipment where none stands idle.

    leavers: people expected to go this month, whose equipment is left.
    """
    money = free_money(s, p)
    cover = max(p.labour_cash_cover * wage, 1.0)
    seat = max(seat_price(seg, p), 1.0)
    idle = max(0.0, s.equipment / seat - s.staff + leavers)
    first = min(money / cover, idle)
    return first + (money - first * cover) / (cover + seat)


@inline
def plans(s, seg, p):
    """Return what a studio saves for (yuan): a part of growth ahead, works that lacked money, and works begun."""
    missing = min(max(0.0, s.target - s.staff), p.money_horizon * p.labour_growth_bound * s.staff)
    wage = s.wage_bill * (1.0 + p.costs_social) / max(s.staff, 1)
    growth = missing * (p.labour_cash_cover * wage + seat_price(seg, p))
    return p.money_ploughed * (growth + s.want + s.committed)


@inline
def cash_kept(s, p):
    """Return the cash that the owners keep in the studio (yuan), a habit of their own around what is usual.

    Months of own costs are lognormal; larger studios keep more (Zhu et al. 2020 for small firms).  The habit is the
    owners' own whatever the seed, as is whether banks know a studio, so that a city at rest stays there.
    """
    usual = p.money_buffer + (p.money_buffer_large - p.money_buffer) * s.staff / (s.staff + p.money_size)
    z = quantile(uniform(draw(stream(0, THRIFT, 0), s.id)))
    return usual * math.exp(p.money_buffer_spread * z) * own_costs(s)


@inline
def credit_line(s, p, t):
    """Return the most that banks lend a studio (yuan): part of receivables and of a year's surplus, and guarantees.

    Banks know some studios, more of the large and the old; others get nothing without a guarantee.
    """
    record = 1.0 - math.exp(-max(0, t - s.born) / p.money_record)
    known = record * (p.money_known + (p.money_known_large - p.money_known) * s.staff / (s.staff + p.money_size))
    line = s.credit
    if uniform(draw(stream(0, BANK, 0), s.id)) < known:
        owed = s.receivable[0] + s.receivable[1] + s.receivable[2]
        line += p.money_on_receivables * owed + p.money_on_surplus * max(0.0, s.surplus_year)
    return line


@inline
def loan_rate(s, p, t):
    """Return the monthly interest of a studio's loans: dearer for the small and the young."""
    small = 1.0 / (1.0 + s.staff / p.money_size)
    young = math.exp(-max(0, t - s.born) / p.money_record)
    return p.costs_interest + p.money_premium * 0.5 * (small + young)
