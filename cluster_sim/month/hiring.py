"""Step 4, hiring: vacancies, applications, matches.

Studios post vacancies for the work that they expect and for the people whom they usually lose; each seeker samples a
few and picks one by a logit in log wage, commute, reputation, slack and buzz (McFadden 1974; sampling of offers as
in Mortensen & Pissarides 1999); each vacancy takes the best of its applicants.  Hires are thus those of urns and
balls, whose elasticity to seekers is .65 where .55 of the vacancies are filled (Petrongolo & Pissarides 2001), and
more where fewer are.  Who quits looks in the same month, so that people who change jobs compete with the unemployed.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import N_SPECIALISMS, N_STATUSES, Life, Origin, Status
from cluster_sim.draws import (
    APPLY,
    SCORE,
    VACANCY,
    again,
    draw,
    low16,
    quantile,
    round_up_by_chance,
    stream,
    uniform,
)
from cluster_sim.jit import kernel
from cluster_sim.month.guards import LEAST_CAPACITY, LEAST_UNEMPLOYMENT
from cluster_sim.month.liquidity import affordable_hires
from cluster_sim.month.wages import fair_wage
from cluster_sim.records import EMPLOYER
from cluster_sim.state import Vacancies

U64 = np.uint64


@kernel
def plan(studios, premium, rules, t):
    """Set each studio's wished staff, vacancies by specialism, and lay-off rate; return the number of vacancies.

    Wished staff is what serves the expected load at a target use of capacity, and what clients would order for their
    money without the nation's premium (premium: log, by segment).  A studio posts for a part of what it
    lacks and for those whom it usually loses in a month, more than it needs, since only a part is filled.  Taking
    many in at once is hard: growth tends to a share of the staff a month.  Money that is free bounds it.
    """
    p = rules.p[0]
    mix = rules.mix
    base = stream(rules.seed, VACANCY, t)
    turnover = p.labour_quit + p.labour_switch_rate + p.labour_emigration_rate + p.population_retirement
    vacancies = 0
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
        target = max(1.0, s.expected * math.exp(premium[s.segment]) / p.labour_use_of_capacity / per_head)
        s.target = target
        cost = s.wage_bill * (1.0 + p.costs_social) / max(s.staff, 1)
        gap = target - s.staff
        wish = gap * p.labour_posting_speed
        if gap > 0.0:
            most = p.labour_growth_bound * s.staff + 1.0
            wish = -most * math.expm1(-wish / most)
        leavers = turnover * s.staff
        wish += leavers
        if wish > 0.0:
            hires = min(wish, affordable_hires(s, leavers, cost, rules.segments[s.segment], p))
            s.rationed = wish - hires
            posted = round_up_by_chance(hires / p.labour_fill_rate, draw(base, s.id))
        if gap < -p.labour_hoarding * s.staff:
            s.layoff = p.labour_layoff_speed * (-gap / s.staff - p.labour_hoarding)
        if s.cash < 0.0 and s.staff > 1:
            s.layoff = min(p.labour_layoff_bound, s.layoff + p.labour_layoff_in_distress)
        vacancies += posted
        h = again(draw(base, s.id))
        for _ in range(posted):
            total = 0.0
            size = s.staff + posted
            for k in range(N_SPECIALISMS):
                total += max(p.labour_least_lack, mix[s.segment, k] * size - s.staff_by[k] - s.vacancies[k])
            u = uniform(h) * total
            h = again(h)
            chosen = N_SPECIALISMS - 1
            for k in range(N_SPECIALISMS):
                u -= max(p.labour_least_lack, mix[s.segment, k] * size - s.staff_by[k] - s.vacancies[k])
                if u <= 0.0:
                    chosen = k
                    break
            s.vacancies[chosen] += 1
    return vacancies


@kernel
def list_vacancies(studios, employers, order, p, start, firm, specialism, weight):
    """List vacancies one by one, by specialism and then by the studios' identities; return their number.

    A vacancy's weight with a seeker is exp(utility) without the commute, which comes from a table.
    """
    p = p[0]
    start[:] = 0
    for n in range(order.shape[0]):
        for k in range(N_SPECIALISMS):
            start[k + 1] += studios[order[n]].vacancies[k]
    for k in range(N_SPECIALISMS):
        start[k + 1] += start[k]
    at = start.copy()
    for n in range(order.shape[0]):
        s = studios[order[n]]
        for k in range(N_SPECIALISMS):
            if s.vacancies[k] > 0:
                worth = employers[order[n]].attraction * s.offer[k] ** p.labour_wage_weight
                for _ in range(s.vacancies[k]):
                    firm[at[k]] = order[n]
                    specialism[at[k]] = k
                    weight[at[k]] = worth
                    at[k] += 1
    return start[N_SPECIALISMS]


@kernel
def describe_employers(studios, city, p, employers):
    """Say of each studio how it attracts seekers, its offers apart, and how its people leave."""
    g = city[0]
    p = p[0]
    for i in range(studios.shape[0]):
        s = studios[i]
        f = employers[i]
        f.layoff = s.layoff
        f.ai = s.ai
        f.cell = s.cell
        overload = min(2.0, max(0.0, s.load / max(s.capacity, LEAST_CAPACITY) - 1.0))
        f.quit = p.labour_quit * (1.0 + p.labour_quit_overload * overload)
        f.spin_off = 0.0
        f.attraction = 0.0
        if s.alive == Life.ALIVE:
            f.attraction = math.exp(p.labour_wage_weight * math.log(1.0 + s.perk)
                                    + p.labour_reputation_weight * s.reputation + p.labour_slack_weight * s.slack
                                    + p.labour_buzz_weight * g.buzz[s.segment])
            f.spin_off = 1.0 if s.staff >= p.births_spin_off_staff else p.births_spin_off_small


@kernel
def apply(people, employers, vacancies, commute, city, rules, t, samples):
    """Let every seeker sample vacancies of his specialism and apply to one, or to none this month.

    What waiting is worth moves with unemployment as pay does on the wage curve (Blanchflower & Oswald 1994, about
    -.1; Nijkamp & Poot 2005, -.07): built in, not an outcome; it moves nothing else.

    commute: (side, side) weight exp(-c * km) by cells apart.  Each vacancy notes its best applicant.  The sample is
    weighted without replacement of luck: weighted reservoir (Chao 1982), one pass, no exp.
    """
    p = rules.p[0]
    side = commute.shape[0]
    start, firm, noted = vacancies.start, vacancies.firm, vacancies.score
    applicant, row, worth = vacancies.applicant, vacancies.row, vacancies.weight
    base = stream(rules.seed, APPLY, t)
    scores = stream(rules.seed, SCORE, t)
    slack = max(city[0].unemployment, LEAST_UNEMPLOYMENT) / p.population_unemployment_reference
    stay = p.labour_reservation * slack ** (-p.labour_wage_curve * p.labour_wage_weight)
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
            f = employers[firm[slot]]
            weight = worth[slot] * commute[abs(x - f.cell % side), abs(y - f.cell // side)]
            total += weight
            if u * total < weight:
                chosen = slot
        if chosen >= 0:
            z = quantile(uniform(draw(scores, w.id)))
            score = w.skill * np.float32(1.0 + p.labour_score_spread * z)
            best = noted[chosen]
            if score > best or (score == best and w.id < applicant[chosen]):
                noted[chosen] = score
                applicant[chosen] = w.id
                row[chosen] = i


@kernel
def match(people, studios, vacancies, city, t):
    """Hire each vacancy's best applicant; return how many were hired, and how many of them came from other sectors."""
    g = city[0]
    firm, specialism, row = vacancies.firm, vacancies.specialism, vacancies.row
    hired = 0
    outsiders = 0
    for i in range(studios.shape[0]):
        studios[i].filled[:] = 0
    for n in range(vacancies.start[N_SPECIALISMS]):
        if row[n] >= 0:
            s = studios[firm[n]]
            k = specialism[n]
            w = people[row[n]]
            if w.origin == Origin.OTHER_SECTOR and w.wage == 0.0:
                outsiders += 1
            w.employer = firm[n]
            w.status = Status.EMPLOYED
            w.since = t
            w.wage = fair_wage(g.market_wage[k], s.offer[k], w.skill)
            s.filled[k] += 1
            hired += 1
    return hired, outsiders


@kernel
def census(people, sought):
    """Count seekers by specialism; return employed, solo, seekers, students."""
    sought[:] = 0
    by_status = np.zeros(N_STATUSES, np.int64)
    for i in range(people.shape[0]):
        status = people[i].status
        by_status[status] += 1
        if status == Status.SEEKING:
            sought[people[i].specialism] += 1
    return by_status[Status.EMPLOYED], by_status[Status.SOLO], by_status[Status.SEEKING], by_status[Status.STUDENT]


def look_at_employers(model) -> np.ndarray:
    """Return what people and seekers see of every studio this month (EMPLOYER)."""
    employers = model.buffer("employers", model.studios.high, EMPLOYER, zeroed=False)
    describe_employers(model.studios.used, model.city_state, model.rules.p, employers)
    return employers


def post_vacancies(model) -> None:
    """Let studios post the vacancies of the month, and show themselves to people."""
    studios = model.studios.used
    count = plan(studios, model.city_state["premium"][0], model.rules, model.t)
    employers = look_at_employers(model)
    firm, specialism = np.empty(count, np.int64), np.empty(count, np.int64)
    start, weight = np.zeros(N_SPECIALISMS + 1, np.int64), np.empty(count, np.float32)
    list_vacancies(studios, employers, model.studios.order(), model.rules.p, start, firm, specialism, weight)
    model.agenda.vacancies = Vacancies(start, firm, specialism, weight, np.full(count, -1.0, np.float32),
                                       np.zeros(count, np.int64), np.full(count, -1, np.int64))


def fill_vacancies(model) -> None:
    """Let seekers apply and studios hire."""
    t, rules, state, people, vacancies = model.t, model.rules, model.state, model.talents.used, model.agenda.vacancies
    sought = model.agenda.sought = np.zeros(N_SPECIALISMS)
    employed, solo, seekers, students = census(people, sought)
    employers = model.buffer("employers", model.studios.high, EMPLOYER, zeroed=False)
    apply(people, employers, vacancies, model.labour.commute, model.city_state, rules, t,
          model.month.levers["vacancies_seen"])
    hired, outsiders = match(people, model.studios.used, vacancies, model.city_state, t)
    model.people.book(P.HIRED, hired)
    state["hires"], state["outsiders"], state["students"] = hired, outsiders, students
    state["seekers"], state["employment"] = seekers - hired, employed + solo + hired
