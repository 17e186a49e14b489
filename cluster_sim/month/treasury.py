"""Steps 6 and 10, money: clients and suppliers are paid late, equipment is bought, banks lend and are paid back.

What is sold on credit is a claim until the client pays; a small part is never paid (a revaluation, not a cost of
production).  A studio that is short draws on its credit line; what is beyond it stays unpaid, and nobody carries
that for long (Holmstrom & Tirole 1997; Kerr & Nanda 2015 for young firms).
"""

from __future__ import annotations

import numpy as np

from cluster_sim import balances as B
from cluster_sim import ledger as L
from cluster_sim.codes import Life, Stage
from cluster_sim.draws import yuan
from cluster_sim.jit import inline, kernel
from cluster_sim.month.liquidity import cash_kept, credit_line, free_money, loan_rate, own_costs, seat_price

MONTH = 365.0 / 12.0        # technical: days
_RAISED, _SETTLED = np.array(L.RAISED), np.array(L.SETTLED)


@inline
def part_paid(days):
    """Return the part of claims that is paid in a month, if they are paid after so many days on average."""
    return min(1.0, MONTH / days)


@kernel
def pay_what_is_due(studios, p, flow, lost):
    """Let clients pay what is due, but for what they never pay, and studios pay their suppliers.

    lost: (18,) claims lost this month, in the order of the balances.
    """
    p = p[0]
    part = (part_paid(p.money_days_home), part_paid(p.money_days_nation), part_paid(p.money_days_abroad))
    suppliers = part_paid(p.money_days_suppliers)
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive != Life.ALIVE:
            continue
        for c in range(B.CLIENTS):
            due = yuan(part[c] * s.receivable[c])
            unpaid = yuan(p.money_bad_debt * due)
            s.receivable[c] -= due
            s.cash += due - unpaid
            flow[L.COLLECTED_HOME + c] += due - unpaid
            lost[B.RECEIVABLE + c] += unpaid
        for q in range(2):
            due = yuan(suppliers * s.payable[q])
            # who is short pays a part and lets the rest wait
            spare = max(0.0, yuan(s.cash - p.money_payroll * own_costs(s)))
            due = min(due, max(yuan((1.0 - p.money_stretch) * due), spare))
            s.payable[q] -= due
            s.cash -= due
            flow[L.SUPPLIERS_PAID_CITY + q] += due


@kernel
def equip(studios, segments, p, flow):
    """Let equipment wear, and studios buy what their people lack as far as money goes; return what was worn (yuan)."""
    p = p[0]
    worn = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive != Life.ALIVE:
            continue
        wear = yuan(s.equipment / p.money_life)
        s.equipment -= wear
        worn += wear
        lack = s.staff * seat_price(segments[s.segment], p) - s.equipment
        if lack > 0.0:
            cost = yuan(min(lack, free_money(s, p)))
            s.equipment += cost
            s.cash -= cost
            flow[L.EQUIPMENT] += cost
    return worn


@kernel
def sum_works(studios, projects):
    """Add up each studio's own part of what its works under way have cost and still cost."""
    for i in range(studios.shape[0]):
        studios[i].works = 0.0
        studios[i].committed = 0.0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage > Stage.FREE and j.stage < Stage.RUNNING:
            s = studios[j.owner]
            s.works += yuan((1.0 - j.coinvest) * j.cost)
            s.committed += yuan((1.0 - j.coinvest) * max(0.0, j.budget - j.cost))


@kernel
def settle_with_banks(studios, rules, t, flow):
    """Let studios pay interest, draw on their credit lines for the next payroll, and pay back what they can spare."""
    p = rules.p[0]
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive != Life.ALIVE or s.born > t:
            continue
        interest = yuan(loan_rate(s, p, t) * (s.loan + max(0.0, -s.cash)))
        s.cash -= interest
        flow[L.INTEREST] += interest
        s.line = yuan(credit_line(s, p, t))
        need = yuan(p.money_payroll * own_costs(s))
        if s.cash < need:
            drawn = min(need - s.cash, max(0.0, s.line - s.loan))
            s.cash += drawn
            s.loan += drawn
            flow[L.BANK_LOANS] += drawn
        elif s.loan > 0.0:
            # beyond its line a studio pays back in parts
            spare = max(0.0, s.cash - cash_kept(s, p), min(s.cash, p.money_callback * (s.loan - s.line)))
            back = min(s.loan, yuan(spare))
            s.cash -= back
            s.loan -= back
            flow[L.LOAN_REPAYMENTS] += back


@kernel
def sum_balances(studios, projects, balances):
    """Add up receivables by client, payables by supplier, and loans, those on single works too; return equipment.

    balances: (6,) whole yuan.
    """
    equipment = 0.0
    balances[:] = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        for c in range(B.CLIENTS):
            balances[B.RECEIVABLE + c] += s.receivable[c]
        for q in range(2):
            balances[B.PAYABLE + q] += s.payable[q]
        balances[B.LOANS] += s.loan
        equipment += s.equipment
    for n in range(projects.shape[0]):
        balances[B.LOANS] += projects[n].loan
    return equipment


def receive_and_pay(model) -> None:
    """Let clients and suppliers be paid what is due, of studios that closed before too."""
    claims, flow, par = model.books.claims, model.month.flow, model.par
    pay_what_is_due(model.studios.used, model.rules.p, flow, claims.lost)
    part = np.array([part_paid(par[f"money.days_{client}"]) for client in L.CLIENTS])
    due = np.floor(part * claims.estates() + 0.5)
    unpaid = np.floor(par["money.bad_debt"] * due + 0.5)
    flow[L.ESTATE:] += (due - unpaid).ravel()
    claims.lost[B.ESTATES:] += unpaid.ravel()


def invest(model) -> None:
    """Let studios buy equipment and rights for their people."""
    model.books.claims.worn += equip(model.studios.used, model.rules.segments, model.rules.p, model.month.flow)


def borrow(model) -> None:
    """Let studios settle the month with their banks."""
    sum_works(model.studios.used, model.projects.used)
    settle_with_banks(model.studios.used, model.rules, model.t, model.month.flow)


def check_claims(model) -> None:
    """Hold claims and equipment against the month's entries."""
    flow, claims, now, raised = model.month.flow, model.books.claims, np.empty(B.ESTATES), np.zeros(B.COUNT)
    equipment = sum_balances(model.studios.used, model.projects.used, now)
    raised[:B.ESTATES] = flow[_RAISED]
    claims.check(now, raised, flow[_SETTLED], model.label())
    claims.check_equipment(equipment, float(flow[L.EQUIPMENT]), model.label())
