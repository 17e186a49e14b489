"""Step 4, hiring: vacancies, applications, matches, wages, and people hired from other sectors.

Studios post vacancies for the work that they expect; each seeker samples a few and picks one by a logit in
log wage, commute, reputation, slack and buzz (McFadden 1974; sampling of offers as in Mortensen &
Pissarides 1999); each vacancy takes the best of its applicants.  What stays open may be filled from other
sectors, the more easily the better the studio pays against them.  Market wages answer tightness
(Blanchflower & Oswald 1994).
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
    yuan,
)
from cluster_sim.jit import inline, kernel
from cluster_sim.records import HOT

U64 = np.uint64


@inline
def fair_wage(market_wage, offer, skill):
    """Return the wage (whole yuan a month) for a skill at a studio's offer: market wage times skill^1/2."""
    return np.float32(yuan(market_wage * offer * math.sqrt(skill)))


@kernel
def plan(studios, segments, mix, city, p, seed, t):
    """Set each studio's wished staff, vacancies by specialism, lay-off rate and wage offer.

    Wished staff is what serves the expected load at a target use of capacity; growth is bounded by cash
    and by a share of the staff a month.  mix: share of work by segment and specialism.
    """
    p = p[0]
    base = stream(seed, VACANCY, t)
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        s.vacancies[:] = 0
        posted = 0
        s.layoff = 0.0
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
            affordable = max(0.0, s.cash) / max(p.labour_cash_cover * cost, 1.0)
            wish = min(gap * p.labour_posting_speed, p.labour_growth_bound * s.staff + 1.0, affordable)
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
def slots(studios, order, firm, specialism, start):
    """Spread the vacancies into single slots by specialism, studios in the order of their identities.

    Returns the number of slots; start: first slot of each specialism, and the end.
    """
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
def draw_of(studios, city, p, hot):
    """Fill the hot columns of each studio: how it attracts seekers and how its people leave.

    A seeker's weight of a studio is exp(utility) without the commute, which comes from a table.
    """
    g = city[0]
    p = p[0]
    for i in range(studios.shape[0]):
        s = studios[i]
        f = hot[i]
        f.layoff = s.layoff
        f.offer = s.offer
        f.ai = s.ai
        f.cell = s.cell
        overload = min(2.0, max(0.0, s.load / max(s.capacity, 0.1) - 1.0))
        f.quit = p.labour_quit * (1.0 + p.labour_quit_overload * overload)
        f.draw = 0.0
        f.novice = 0.0
        if s.alive == Life.ALIVE:
            f.novice = math.exp(p.labour_wage_weight * math.log(s.offer * (1.0 + s.perk))
                                + p.labour_reputation_weight * s.reputation + p.labour_slack_weight * s.slack
                                + p.labour_buzz_weight * g.buzz[s.segment])
            f.draw = 1.0 if s.staff >= 3 else 0.3


@kernel
def apply(people, hot, start, firm, commute, side, p, seed, t, samples, best, best_id, best_row):
    """Let every seeker sample vacancies of his specialism and apply to one, or to none this month.

    commute: (side, side) weight exp(-c * km) by cells apart; best, best_id, best_row: one entry a slot.
    The sample is weighted without replacement of luck: weighted reservoir (Chao 1982), one pass, no exp.
    """
    p = p[0]
    base = stream(seed, APPLY, t)
    scores = stream(seed, SCORE, t)
    stay = p.labour_reservation
    seekers = 0
    for i in range(people.shape[0]):
        w = people[i]
        if w.status != Status.SEEKING:
            continue
        seekers += 1
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
            f = hot[firm[slot]]
            weight = f.novice * commute[abs(x - f.cell % side), abs(y - f.cell // side)]
            total += weight
            if u * total < weight:
                chosen = slot
        if chosen >= 0:
            z = quantile(uniform(draw(scores, w.id)))
            score = w.skill * np.float32(1.0 + 0.15 * z)
            if score > best[chosen] or (score == best[chosen] and w.id < best_id[chosen]):
                best[chosen] = score
                best_id[chosen] = w.id
                best_row[chosen] = i
    return seekers


@kernel
def match(people, studios, firm, specialism, count, best_row, city, p, seed, t, open_slots):
    """Hire each slot's best applicant; return how many were hired and how many slots outsiders will fill."""
    g = city[0]
    p = p[0]
    base = stream(seed, OUTSIDER, t)
    hired = 0
    outsiders = 0
    for i in range(studios.shape[0]):
        studios[i].filled[:] = 0
    serial = 0
    last = -1
    for n in range(count):
        s = studios[firm[n]]
        k = specialism[n]
        if firm[n] != last:
            serial = 0
            last = firm[n]
        serial += 1
        if best_row[n] >= 0:
            w = people[best_row[n]]
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
                open_slots[outsiders] = n
                outsiders += 1
    return hired, outsiders


@kernel
def hire_outsiders(people, index, open_slots, firm, specialism, studios, city, p, seed, t):
    """Fill rows of people hired from other sectors; their identity comes from the studio that hires them."""
    g = city[0]
    p = p[0]
    serial = 0
    last = np.int64(-1)
    for n in range(index.shape[0]):
        slot = open_slots[n]
        s = studios[firm[slot]]
        k = specialism[slot]
        serial = serial + 1 if last == firm[slot] * 8 + k else 0
        last = firm[slot] * 8 + k
        w = people[index[n]]
        w.id = identity(OUTSIDER, s.id, (np.int64(t) * 8 + k) * 4096 + serial)
        h = draw(stream(seed, OUTSIDER, t), w.id)
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
def raise_wages(people, hot, city, p, t):
    """Move wages toward what the employer would offer today, in each worker's own month of the year."""
    g = city[0]
    p = p[0]
    speed = np.float32(p.labour_raise)
    for i in range(people.shape[0]):
        w = people[i]
        if w.status == Status.EMPLOYED and (t - w.since) % 12 == 0 and t > w.since:
            aim = fair_wage(g.market_wage[w.specialism], np.float64(hot[w.employer].offer), w.skill)
            if aim > w.wage:
                w.wage = np.float32(yuan(np.float64(w.wage + speed * (aim - w.wage))))


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


def employers(model) -> np.ndarray:
    """Return what people and seekers see of every studio this month (HOT)."""
    hot = model.buffer("hot", model.studios.high, HOT)
    draw_of(model.studios.used, model.city_state, model.rules.p, hot)
    return hot


def hire(model) -> None:
    """Run the labour market of the month."""
    m, t = model, model.t
    people = m.talents.used
    studios = m.studios.used
    plan(studios, m.rules.segments, m.rules.mix, m.city_state, m.rules.p, m.seed, t)
    hot = employers(m)
    order = m.studios.order()
    room = int(studios["vacancies"].sum())
    firm, specialism = (m.buffer(name, room, zeroed=False) for name in ("slot_firm", "slot_specialism"))
    start, sought = np.zeros(N_SPECIALISMS + 1, np.int64), np.zeros(N_SPECIALISMS)
    count = slots(studios, order, firm[:room], specialism[:room], start)
    best = np.full(count, -1.0, np.float32)
    best_id, best_row = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    employed, solo, seekers, students = census(people, sought)
    apply(people, hot, start, firm, m.labour.commute, m.side, m.rules.p, m.seed, t, m.month.levers["vacancies_seen"],
          best, best_id, best_row)
    open_slots = m.buffer("open_slots", count)
    hired, outsiders = match(people, studios, firm, specialism, count, best_row, m.city_state, m.rules.p, m.seed, t,
                             open_slots)
    index = m.talents.allocate(outsiders)
    hire_outsiders(m.talents.rows, index, open_slots, firm, specialism, m.studios.rows, m.city_state, m.rules.p,
                   m.seed, t)
    raise_wages(m.talents.used, hot, m.city_state, m.rules.p, t)
    m.state["other_sector_balance"] -= outsiders
    m.state["hires"], m.state["outsiders"] = hired + outsiders, outsiders
    m.state["students"] = students
    m.state["seekers"] = seekers - hired
    m.state["employment"] = employed + solo + hired + outsiders
    tighten(m, np.diff(start), sought)


def tighten(model, posted: np.ndarray, sought: np.ndarray) -> None:
    """Move the market wages with tightness: vacancies over seekers, by specialism, against its norm."""
    g, par = model.city_state[0], model.par
    theta = posted / np.maximum(sought, 1.0)
    g["tightness"] += par["labour.tightness_memory"] * (theta - g["tightness"])
    pressure = np.clip(np.log(np.maximum(g["tightness"], 0.02) / par["labour.tightness_norm"]), -2.0, 2.0)
    trend = par["labour.indexation"] * model.outside["rest_wage_growth"][model.t]
    g["market_wage"] *= 1.0 + trend + par["labour.wage_speed"] * pressure
    work_force = max(model.state["employment"] + model.state["seekers"], 1)
    g["unemployment"] = model.state["seekers"] / work_force
    mean = float((g["market_wage"] * model.labour.share).sum())
    g["relative_wage"] = mean / model.labour.mean_wage / model.outside["outside_wage"][model.t]
