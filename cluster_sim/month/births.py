"""Part of step 10: studios are founded by experienced people, and close when they cannot go on.

A founder's savings are the first capital; a spin-off opens near the old employer after the months that
permits take (Klepper 2007; Djankov et al. 2002 for the cost of entry).  A studio that cannot pay closes; a
tired one with losses may close by itself, the young more often (Jovanovic 1982).
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import balances as B
from cluster_sim import ledger as L
from cluster_sim import people_ledger as P
from cluster_sim.codes import FOUNDER, N_SEGMENTS, NEVER, NOBODY, Life, Stage, Status
from cluster_sim.draws import (
    ADDRESS,
    CLOSE,
    ENTRY,
    FOUND,
    again,
    draw,
    identity,
    low16,
    quantile,
    stream,
    uniform,
    yuan,
)
from cluster_sim.jit import kernel
from cluster_sim.month.liquidity import net_claims, own_costs, seat_price
from cluster_sim.month.luck import luck_spread
from cluster_sim.month.quarters import quarter_of
from cluster_sim.records import TIE


@kernel
def found(rows, founders, people, studios, entrants, places, city, rules, t, flow):
    """Fill the rows of new studios; a founder works in his own studio from its first day.

    founders: rows of people (negative: -1 - row for an AI super-individual), sorted by identity.
    entrants: cumulative shares of segments among those who leave their old one; places: quarters, the first of each
    cell, and months of permits by quarter.
    """
    g = city[0]
    p = rules.p[0]
    quarters, first, wait = places
    base = stream(rules.seed, FOUND, t)
    addresses = stream(rules.seed, ADDRESS, np.int64(0))
    money = stream(rules.seed, ENTRY, t)
    for n in range(rows.shape[0]):
        alone = founders[n] < 0
        person = people[-founders[n] - 1 if alone else founders[n]]
        old = studios[person.employer]
        s = studios[rows[n]]
        s.id = identity(FOUND, person.id, t)
        h = draw(base, person.id)
        s.alive = Life.ALIVE
        s.segment = old.segment
        if low16(h) < p.births_switch:
            u = uniform(again(h))
            for k in range(N_SEGMENTS):
                if u < entrants[k]:
                    s.segment = k
                    break
        s.cell = old.cell if low16(h >> np.uint64(16)) < p.births_near else person.cell
        s.park = -1
        s.born = t + max(1, int(wait[quarter_of(quarters, first, addresses, s.id, s.cell)]))
        s.cash = yuan(p.births_capital * 1e6 * math.exp(p.births_capital_spread * quantile(uniform(draw(money, s.id)))))
        flow[L.FOUNDERS_CAPITAL] += s.cash
        seat = seat_price(rules.segments[s.segment], p)
        s.equipment = min(yuan(seat), yuan(p.births_equipment * s.cash))
        s.cash -= s.equipment
        flow[L.EQUIPMENT] += s.equipment
        s.knowhow = 1.0 - p.births_knowhow_kept + p.births_knowhow_kept * old.knowhow
        s.reputation = p.births_reputation * old.reputation
        s.templates = 0.0
        s.ai = max(old.ai, p.births_solo_ai) if alone else old.ai
        s.export = 1.0
        s.appeal = luck_spread(1.0, p) * quantile(uniform(again(again(h))))
        s.offer[:] = 1.0
        s.price = g.outside_price[s.segment]
        s.fee = g.outside_fee[s.segment]
        s.unit_cost = g.unit_cost[s.segment] * g.outside_cost
        s.capacity = 1.0
        s.expected = p.births_first_load
        s.sub[:] = NOBODY
        s.round_month = NEVER
        s.staff = 1
        s.staff_by[person.specialism] = 1
        s.skill_by[person.specialism] = person.skill
        s.solo = 1 if alone else 0
        person.employer = rows[n]
        person.status = Status.SOLO if alone else Status.EMPLOYED
        person.trained = person.trained % FOUNDER + FOUNDER
        person.since = t
        person.wage = np.float32(yuan(p.births_founder_wage * person.wage))


@kernel
def select_exits(studios, rules, t, gone):
    """List the studios that close this month: out of money and credit, without people, or given up.

    Returns how many, and how many of them for want of money.
    """
    p = rules.p[0]
    base = stream(rules.seed, CLOSE, t)
    count = 0
    broke = 0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE or s.born > t:
            continue
        s.months_red = s.months_red + 1 if s.cash < 0.0 else 0
        if s.anchor > 0 or s.kept_open == 1:
            continue
        insolvent = s.cash < 0.0 and net_claims(s) < -p.births_overdraft * own_costs(s)
        bankrupt = insolvent or s.months_red > p.births_red_months
        if s.staff == 0 or bankrupt:
            gone[count] = i
            count += 1
            broke += 1 if bankrupt else 0
            continue
        age = t - s.born
        loss = 1.0 if s.surplus_year < 0.0 else 0.0
        youth = math.exp(-age / p.births_close_age)
        hazard = p.births_close * (1.0 + p.births_close_young * youth + p.births_close_loss * loss)
        hazard /= (1.0 + s.staff / p.births_close_size)
        if low16(draw(base, s.id)) < hazard:
            gone[count] = i
            count += 1
    return count, broke


@kernel
def wind_up(gone, studios, flow, lost, passed):
    """Pay the debts of closing studios in their order, banks before suppliers, with cash and then with claims.

    What is left is the owners'; what is missing the creditors lose (a revaluation), and equipment is scrapped.
    lost: (18,) by claim; passed: claims by new holder and client.  Returns the equipment scrapped (yuan).
    """
    scrapped = 0.0
    debts = np.empty(3)
    for n in range(gone.shape[0]):
        s = studios[gone[n]]
        if s.cash < 0.0:                        # unpaid bills: the bank lets the account go below zero, and loses it
            flow[L.BANK_LOANS] += -s.cash
            s.loan += -s.cash
            s.cash = 0.0
        debts[0], debts[1], debts[2] = s.loan, s.payable[0], s.payable[1]
        for d in range(debts.size):
            paid = min(s.cash, debts[d])
            s.cash -= paid
            flow[L.LOAN_REPAYMENTS if d == 0 else L.SUPPLIERS_PAID_CITY + d - 1] += paid
            left = debts[d] - paid
            for c in range(B.CLIENTS):
                over = min(left, s.receivable[c])
                s.receivable[c] -= over
                passed[d, c] += over
                left -= over
            lost[B.LOANS if d == 0 else B.PAYABLE + d - 1] += left
        for c in range(B.CLIENTS):
            passed[3, c] += s.receivable[c]
            s.receivable[c] = 0.0
        flow[L.LIQUIDATION] += s.cash
        scrapped += s.equipment
        s.cash = s.loan = s.equipment = 0.0
        s.payable[:] = 0.0
        s.alive = Life.ENDED
    return scrapped


@kernel
def close(studios, projects, credits, people, t):
    """End what closing studios leave behind: their works die, and their people look for work.

    Returns the cost of works that die (a revaluation, not value added): the caller takes it from the stock.
    """
    ended = np.zeros(studios.shape[0], np.bool_)
    for i in range(studios.shape[0]):
        ended[i] = studios[i].alive == Life.ENDED
    lost = 0.0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage > Stage.FREE and j.stage != Stage.DONE and ended[j.owner]:
            if j.stage < Stage.RUNNING:
                lost += j.cost
            j.stage = Stage.ABANDONED
    for n in range(credits.shape[0]):
        c = credits[n]
        if c.alive == Life.ALIVE and projects[c.project].stage == Stage.ABANDONED:
            c.alive = Life.ENDED
    for i in range(people.shape[0]):
        w = people[i]
        if (w.status == Status.EMPLOYED or w.status == Status.SOLO) and ended[w.employer]:
            w.status = Status.SEEKING
            w.employer = -1
            w.trained = w.trained % FOUNDER
            w.since = t
    return lost


def close_studios(model) -> None:
    """Close the studios that cannot go on, after policy has looked at them."""
    studios = model.studios.used
    gone = np.empty(studios.size, np.int64)
    count, broke = select_exits(studios, model.rules, model.t, gone)
    model.state["exits"], model.state["bankruptcies"] = count, broke
    gone = gone[:count]
    if not count:
        return
    for instrument in model.acting("closing"):
        instrument.closing(model, gone)
    model.people.book(P.CLOSED, float(studios["staff"][gone].sum()))
    books = model.books
    books.claims.worn += wind_up(gone, studios, model.month.flow, books.claims.lost, books.claims.passed)
    books.written_off += close(studios, model.projects.used, model.credits.used, model.talents.used, model.t)
    model.studios.forget_order()


def found_studios(model) -> None:
    """Let those who planned a studio this month, and still have work, found it; policy shortens permits."""
    founders, people = model.agenda.founders, model.talents.rows
    person = np.where(founders < 0, -founders - 1, founders)
    still = (people["status"][person] == Status.EMPLOYED.value) & (people["employer"][person] >= 0)
    founders, person = founders[still], person[still]
    model.state["entries"] = int(founders.size)
    if not founders.size:
        return
    founders = founders[np.argsort(people["id"][person])]
    rows = model.new_studios(founders.size)
    wait = np.full(model.space.quarters.size, model.par["approvals.entry_months"])
    for instrument in model.acting("shorten_entry"):
        instrument.shorten_entry(model, wait)
    places = model.space.quarters, model.space.first_quarter, wait
    found(rows, founders, people, model.studios.rows, model.labour.entrants, places, model.city_state, model.rules,
          model.t, model.month.flow)
    model.studios.forget_order()


def clear_rows(model) -> None:
    """Free the rows of studios that closed this month and of the works that died with them."""
    gone = np.flatnonzero(model.studios.used["alive"] == Life.ENDED.value)
    if not gone.size:
        return
    dead = np.flatnonzero(model.projects.used["stage"] == Stage.ABANDONED.value)
    model.kept.cut_short(model, dead)
    model.credits.release(np.flatnonzero(model.credits.used["alive"] == Life.ENDED.value))
    model.projects.release(dead)
    model.studios.release(gone)
    model.studios.rows["sub"][gone] = -1
    model.studios.rows["park"][gone] = -1
    model.partners.ties[gone] = np.zeros((), TIE)
    model.studios.forget_order()
