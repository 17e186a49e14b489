"""Step 4, hiring: vacancies, applications, matches, wages, and people hired from other sectors.

Studios post vacancies for the work that they expect; each seeker samples a few and picks one by a logit in
log wage, commute, reputation, slack and buzz (McFadden 1974; sampling of offers as in Mortensen &
Pissarides 1999); each vacancy takes the best of its applicants.  What stays open may be filled from other
sectors, the more easily the better the studio pays against them.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, Life, Origin, Status
from cluster_sim.draws import (
    APPLY,
    OUTSIDER,
    SCORE,
    VACANCY,
    again,
    draw,
    identity,
    low16,
    quantile,
    round_up_by_chance,
    stream,
    uniform,
)
from cluster_sim.jit import kernel
from cluster_sim.month.liquidity import affordable_hires
from cluster_sim.month.wages import fair_wage
from cluster_sim.records import EMPLOYER
from cluster_sim.state import Vacancies

U64 = np.uint64


@kernel
def plan(studios, rules, t):
    """Set each studio's wished staff, vacancies by specialism, lay-off rate and wage offer.

    Wished staff is what serves the expected load at a target use of capacity; growth is bounded by the money
    that is free and by a share of the staff a month.
    """
    p = rules.p[0]
    mix = rules.mix
    base = stream(rules.seed, VACANCY, t)
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        s.vacancies[:] = 0
        posted = 0
        s.layoff = 0.0
        s.rationed = 0.0
        if s.solo == 1 or s.born > t:
            s.filled[:] = 0
            continue
        per_head = s.capacity / max(s.staff, 1)
        if per_head <= 0.0:
            per_head = 1.0
        target = max(1.0, s.expected / p.labour_use_of_capacity / per_head)
        s.target = target
        cost = s.wage_bill * (1.0 + p.costs_social) / max(s.staff, 1)
        gap = target - s.staff
        if gap > 0.0:
            wanted = min(gap * p.labour_posting_speed, p.labour_growth_bound * s.staff + 1.0)
            wish = min(wanted, affordable_hires(s, cost, rules.segments[s.segment], p))
            s.rationed = wanted - wish
            posted = round_up_by_chance(wish, draw(base, s.id))
        elif gap < -p.labour_hoarding * s.staff:
            s.layoff = p.labour_layoff_speed * (-gap / s.staff - p.labour_hoarding)
        if s.cash < 0.0 and s.staff > 1:
            s.layoff = min(0.3, s.layoff + p.labour_layoff_in_distress)
        h = again(draw(base, s.id))
        for _ in range(posted):
            total = 0.0
            size = s.staff + posted
            for k in range(N_SPECIALISMS):
                total += max(0.05, mix[s.segment, k] * size - s.staff_by[k] - s.vacancies[k])
            u = uniform(h) * total
            h = again(h)
            chosen = N_SPECIALISMS - 1
            for k in range(N_SPECIALISMS):
                u -= max(0.05, mix[s.segment, k] * size - s.staff_by[k] - s.vacancies[k])
                if u <= 0.0:
                    chosen = k
                    break
            s.vacancies[chosen] += 1
        drift = p.labour_offer_speed * ((0.3 if s.cash < 0.0 else 1.0) * posted / max(s.staff, 1.0)
                                        - p.labour_turnover)
        s.offer = min(1.6, max(0.75, s.offer * (1.0 + drift)))


@kernel
def list_vacancies(studios, order, firm, specialism, start):
    """List vacancies one by one, by specialism and then by the studios' identities; return their number."""
    start[:] = 0
    for n in range(order.shape[0]):
        for k in range(N_SPECIALISMS):
            start[k + 1] += studios[order[n]].vacancies[k]
    for k in range(N_SPECIALISMS):
        start[k + 1] += start[k]
    at = start.copy()
    for n in range(order.shape[0]):
        for k in range(N_SPECIALISMS):
            for _ in range(studios[order[n]].vacancies[k]):
                if at[k] < firm.shape[0]:
                    firm[at[k]] = order[n]
                    specialism[at[k]] = k
                    at[k] += 1
    return start[N_SPECIALISMS]


@kernel
def describe_employers(studios, city, p, employers):
    """Say of each studio how it attracts seekers and how its people leave.

    A seeker's weight of a studio is exp(utility) without the commute, which comes from a table.
    """
    g = city[0]
    p = p[0]
    for i in range(studios.shape[0]):
        s = studios[i]
        f = employers[i]
        f.layoff = s.layoff
        f.offer = s.offer
        f.ai = s.ai
        f.cell = s.cell
        overload = min(2.0, max(0.0, s.load / max(s.capacity, 0.1) - 1.0))
        f.quit = p.labour_quit * (1.0 + p.labour_quit_overload * overload)
        f.spin_off = 0.0
        f.attraction = 0.0
        if s.alive == Life.ALIVE:
            f.attraction = math.exp(p.labour_wage_weight * math.log(s.offer * (1.0 + s.perk))
                                    + p.labour_reputation_weight * s.reputation + p.labour_slack_weight * s.slack
                                    + p.labour_buzz_weight * g.buzz[s.segment])
            f.spin_off = 1.0 if s.staff >= 3 else 0.3


@kernel
def apply(people, employers, vacancies, commute, rules, t, samples):
    """Let every seeker sample vacancies of his specialism and apply to one, or to none this month.

    commute: (side, side) weight exp(-c * km) by cells apart.  Each vacancy notes its best applicant.  The sample is
    weighted without replacement of luck: weighted reservoir (Chao 1982), one pass, no exp.
    """
    p = rules.p[0]
    side = commute.shape[0]
    start = vacancies.start
    base = stream(rules.seed, APPLY, t)
    scores = stream(rules.seed, SCORE, t)
    stay = p.labour_reservation
    for i in range(people.shape[0]):
        w = people[i]
        if w.status != Status.SEEKING:
            continue
        k = w.specialism
        n = start[k + 1] - start[k]
        if n == 0:
            continue
        h = draw(base, w.id)
        total = stay
        chosen = -1
        x = w.cell % side
        y = w.cell // side
        for _ in range(samples):
            slot = start[k] + int(uniform(h) * n)
            u = low16(h)
            h = again(h)
            f = employers[vacancies.firm[slot]]
            weight = f.attraction * commute[abs(x - f.cell % side), abs(y - f.cell // side)]
            total += weight
            if u * total < weight:
                chosen = slot
        if chosen >= 0:
            z = quantile(uniform(draw(scores, w.id)))
            score = w.skill * np.float32(1.0 + 0.15 * z)
            best = vacancies.score[chosen]
            if score > best or (score == best and w.id < vacancies.applicant[chosen]):
                vacancies.score[chosen] = score
                vacancies.applicant[chosen] = w.id
                vacancies.row[chosen] = i


@kernel
def match(people, studios, vacancies, city, rules, t, still_open):
    """Hire each vacancy's best applicant; return how many were hired and how many outsiders will fill.

    still_open: numbers of the vacancies for outsiders.
    """
    g = city[0]
    p = rules.p[0]
    firm = vacancies.firm
    base = stream(rules.seed, OUTSIDER, t)
    hired = 0
    outsiders = 0
    for i in range(studios.shape[0]):
        studios[i].filled[:] = 0
    serial = 0
    last = -1
    for n in range(vacancies.start[N_SPECIALISMS]):
        s = studios[firm[n]]
        k = vacancies.specialism[n]
        if firm[n] != last:
            serial = 0
            last = firm[n]
        serial += 1
        if vacancies.row[n] >= 0:
            w = people[vacancies.row[n]]
            w.employer = firm[n]
            w.status = Status.EMPLOYED
            w.since = t
            w.wage = fair_wage(g.market_wage[k], s.offer, w.skill)
            s.filled[k] += 1
            hired += 1
        else:
            ratio = g.market_wage[k] * s.offer / g.rest_wage
            chance = min(0.95, p.labour_poaching * ratio**p.labour_poaching_elasticity)
            if uniform(draw(base, s.id * 8 + k + serial * 1000003)) < chance:
                still_open[outsiders] = n
                outsiders += 1
    return hired, outsiders


@kernel
def hire_outsiders(people, rows, still_open, vacancies, studios, city, rules, t):
    """Fill rows of people hired from other sectors; their identity comes from the studio that hires them."""
    g = city[0]
    p = rules.p[0]
    firm = vacancies.firm
    serial = 0
    last = np.int64(-1)
    for n in range(rows.shape[0]):
        slot = still_open[n]
        s = studios[firm[slot]]
        k = vacancies.specialism[slot]
        serial = serial + 1 if last == firm[slot] * 8 + k else 0
        last = firm[slot] * 8 + k
        w = people[rows[n]]
        w.id = identity(OUTSIDER, s.id, (np.int64(t) * 8 + k) * 4096 + serial)
        h = draw(stream(rules.seed, OUTSIDER, t), w.id)
        w.employer = firm[slot]
        w.status = Status.EMPLOYED
        w.origin = Origin.OTHER_SECTOR
        w.specialism = k
        w.since = t
        w.experience = int(12.0 + 120.0 * low16(h))
        w.skill = np.float32(p.labour_outsider_skill * math.exp(0.25 * quantile(uniform(again(h)))))
        w.trained = min(9, int(10.0 * low16(again(again(h)))))
        w.cell = s.cell
        w.wage = fair_wage(g.market_wage[k], s.offer, w.skill)
        s.filled[k] += 1


@kernel
def census(people, sought):
    """Count seekers by specialism; return employed, solo, seekers, students."""
    sought[:] = 0
    employed = 0
    solo = 0
    seekers = 0
    students = 0
    for i in range(people.shape[0]):
        status = people[i].status
        if status == Status.EMPLOYED:
            employed += 1
        elif status == Status.SEEKING:
            seekers += 1
            sought[people[i].specialism] += 1
        elif status == Status.STUDENT:
            students += 1
        elif status == Status.SOLO:
            solo += 1
    return employed, solo, seekers, students


def look_at_employers(model) -> np.ndarray:
    """Return what people and seekers see of every studio this month (EMPLOYER)."""
    employers = model.buffer("employers", model.studios.high, EMPLOYER)
    describe_employers(model.studios.used, model.city_state, model.rules.p, employers)
    return employers


def post_vacancies(model) -> None:
    """Let studios post the vacancies of the month, and show themselves to people."""
    studios = model.studios.used
    plan(studios, model.rules, model.t)
    look_at_employers(model)
    count = int(studios["vacancies"].sum())
    firm, specialism = (model.buffer(name, count, zeroed=False)[:count] for name in ("firm", "specialism"))
    start = np.zeros(N_SPECIALISMS + 1, np.int64)
    list_vacancies(studios, model.studios.order(), firm, specialism, start)
    model.agenda.vacancies = Vacancies(start, firm, specialism, np.full(count, -1.0, np.float32),
                                       np.zeros(count, np.int64), np.full(count, -1, np.int64))


def fill_vacancies(model) -> None:
    """Let seekers apply and studios hire, from other sectors what nobody else fills."""
    t, rules, state, people, vacancies = model.t, model.rules, model.state, model.talents.used, model.agenda.vacancies
    sought = model.agenda.sought = np.zeros(N_SPECIALISMS)
    employed, solo, seekers, students = census(people, sought)
    employers = model.buffer("employers", model.studios.high, EMPLOYER, zeroed=False)
    apply(people, employers, vacancies, model.labour.commute, rules, t, model.month.levers["vacancies_seen"])
    still_open = model.buffer("still_open", vacancies.firm.size)
    hired, outsiders = match(people, model.studios.used, vacancies, model.city_state, rules, t, still_open)
    rows = model.talents.allocate(outsiders)
    hire_outsiders(model.talents.rows, rows, still_open, vacancies, model.studios.rows, model.city_state, rules, t)
    state["other_sector_balance"] -= outsiders
    state["hires"], state["outsiders"], state["students"] = hired + outsiders, outsiders, students
    state["seekers"], state["employment"] = seekers - hired, employed + solo + hired + outsiders
