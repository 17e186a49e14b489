"""Part of step 10: studios are founded by experienced people, and close when they cannot go on.

A founder's savings are the first capital; a spin-off opens near the old employer after the months that
permits take (Klepper 2007; Djankov et al. 2002 for the cost of entry).  A studio that cannot pay closes; a
tired one with losses may close by itself, the young more often (Jovanovic 1982).
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import FOUNDER, N_SEGMENTS, Life, Stage, Status
from cluster_sim.draws import CLOSE, ENTRY, FOUND, again, draw, identity, low16, quantile, stream, uniform, yuan
from cluster_sim.jit import kernel


@kernel
def found(rows, founders, people, studios, cells, city, segment_shares, p, seed, t, flow, wait):
    """Fill the rows of new studios; a founder works in his own studio from its first day.

    founders: rows of people (negative: -1 - row for an AI super-individual), sorted by identity.
    segment_shares: cumulative shares of entrants' segments if they leave their old one; wait: (n,)
    months of permits by cell.
    """
    g = city[0]
    p = p[0]
    base = stream(seed, FOUND, t)
    money = stream(seed, ENTRY, t)
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
                if u < segment_shares[k]:
                    s.segment = k
                    break
        s.cell = old.cell if low16(h >> np.uint64(16)) < p.births_near else person.cell
        s.park = -1
        s.born = t + max(1, int(wait[s.cell]))
        s.cash = yuan(p.births_capital * 1e6 * math.exp(p.births_capital_spread * quantile(uniform(draw(money, s.id)))))
        flow[L.FOUNDERS_CAPITAL] += s.cash
        s.knowhow = 0.5 + 0.5 * old.knowhow
        s.reputation = p.births_reputation * old.reputation
        s.templates = 0.0
        s.ai = max(old.ai, 0.5) if alone else old.ai
        s.export = 1.0
        s.appeal = p.births_appeal_spread * quantile(uniform(again(again(h))))
        s.offer = 1.0
        s.price = g.price[s.segment] * g.outside_cost
        s.fee = g.fee[s.segment] * g.outside_cost
        s.unit_cost = g.unit_cost[s.segment] * g.outside_cost
        s.capacity = 1.0
        s.expected = p.births_first_load
        s.sub = -1
        s.round_month = -100
        s.staff = 1
        s.staff_by[person.specialism] = 1
        s.skill_by[person.specialism] = person.skill
        s.solo = 1 if alone else 0
        person.employer = rows[n]
        person.status = Status.SOLO if alone else Status.EMPLOYED
        person.trained = person.trained % FOUNDER + FOUNDER
        person.since = t
        person.wage = np.float32(yuan(0.7 * person.wage))


@kernel
def doomed(studios, city, p, seed, t, gone):
    """List the studios that close this month: out of money, without people, or given up."""
    p = p[0]
    base = stream(seed, CLOSE, t)
    count = 0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE or s.born > t:
            continue
        monthly = s.unit_cost * max(s.capacity, 0.5)
        s.months_red = s.months_red + 1 if s.cash < -s.credit else 0
        if s.anchor > 0 or s.kept_open == 1:
            continue
        if s.staff == 0 or s.cash < -(p.births_overdraft * monthly + s.credit) or s.months_red > p.births_red_months:
            gone[count] = i
            count += 1
            continue
        age = t - s.born
        loss = 1.0 if s.surplus_year < 0.0 else 0.0
        hazard = p.births_close * (1.0 + p.births_close_young * math.exp(-age / 24.0) + p.births_close_loss * loss)
        hazard /= (1.0 + s.staff / p.births_close_size)
        if low16(draw(base, s.id)) < hazard:
            gone[count] = i
            count += 1
    return count


@kernel
def close(gone, studios, projects, credits, people, flow, t):
    """Wind up closing studios: cash to owners or a bad debt to the banks, work in progress written off.

    Their people look for work.  Returns the cost of projects that die with them (a revaluation, not value
    added): the caller takes it from the stock.
    """
    for n in range(gone.shape[0]):
        s = studios[gone[n]]
        if s.cash >= 0.0:
            flow[L.LIQUIDATION] += s.cash
        else:
            flow[L.BAD_DEBT] += -s.cash
        s.cash = 0.0
        s.alive = Life.ENDED
    lost = 0.0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage > Stage.FREE and j.stage != Stage.DONE and studios[j.owner].alive == Life.ENDED:
            if j.stage < Stage.RUNNING:
                lost += j.cost
            j.stage = Stage.ABANDONED
    for n in range(credits.shape[0]):
        c = credits[n]
        if c.alive == Life.ALIVE and projects[c.project].stage == Stage.ABANDONED:
            c.alive = Life.ENDED
    for i in range(people.shape[0]):
        w = people[i]
        if (w.status == Status.EMPLOYED or w.status == Status.SOLO) and studios[w.employer].alive == Life.ENDED:
            w.status = Status.SEEKING
            w.employer = -1
            w.trained = w.trained % FOUNDER
            w.since = t
    return lost


def be_born_and_die(model) -> None:
    """Run the births and deaths of the month, and the hub's and zones' part in them."""
    m = model
    studios = m.studios.used
    gone = m.buffer("gone", studios.size)
    count = doomed(studios, m.city_state, m.rules.p, m.seed, m.t, gone)
    gone = gone[:count].copy()
    m.state["exits"] = count
    if count:
        for instrument in m.instruments:
            instrument.closing(m, gone)
        lost = close(gone, studios, m.projects.used, m.credits.used, m.talents.used, m.month.flow, m.t)
        m.books.written_off += lost
        m.studios.forget_order()
    founders = m.agenda.founders
    people = m.talents.rows
    real = np.where(founders < 0, -founders - 1, founders)
    still = (people["status"][real] == Status.EMPLOYED) & (people["employer"][real] >= 0)
    founders, real = founders[still], real[still]
    founders = founders[np.argsort(people["id"][real])]
    rows = m.new_studios(founders.size)
    wait = np.full(m.space.cells.size, m.par["approvals.entry_months"])
    for instrument in m.instruments:
        instrument.shorten_entry(m, wait)
    found(rows, founders, m.talents.rows, m.studios.rows, m.space.cells, m.city_state, m.labour.entrants, m.rules.p,
          m.seed, m.t, m.month.flow, wait)
    m.state["entries"] = int(founders.size)
    m.studios.forget_order()
