"""The people of the first month: employees of every studio, seekers, and students of all years."""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import FOUNDER, N_SPECIALISMS, TENTHS, Origin, Status
from cluster_sim.draws import HOME, START_TALENT, again, draw, identity, locate, low16, quantile, stream, uniform
from cluster_sim.jit import kernel
from cluster_sim.month.population import Arrival, arrive
from cluster_sim.month.wages import fair_wage

JULY = 7                # technical: the month in which students graduate
BEFORE = -10_000        # technical: month that keys those who came before any month that a model lives


@kernel
def fill_people(people, employer, serial, studios, city, rules):
    """Fill the rows of the start's employees: specialism by the studio's mix of work, skill, wage, home.

    employer: each one's studio (row); serial: his number within it, from 0.
    """
    g = city[0]
    p = rules.p[0]
    mix = rules.mix
    base = stream(rules.seed, START_TALENT, np.int64(0))
    for i in range(people.shape[0]):
        w = people[i]
        s = studios[employer[i]]
        w.id = identity(START_TALENT, s.id, serial[i])
        h = draw(base, w.id)
        # stratified: the r-th of n people takes the quantile (r + u) / n of the mix
        u = (serial[i] + low16(h)) / s.staff
        k = 0
        total = mix[s.segment, 0]
        while k < N_SPECIALISMS - 1 and u > total:
            k += 1
            total += mix[s.segment, k]
        w.specialism = k
        w.employer = employer[i]
        w.status = Status.EMPLOYED
        w.origin = Origin.LOCAL
        w.cell = s.cell
        w.since = -1 - int(p.start_job_months * low16(h >> np.uint64(16)))
        w.experience = int(min(p.start_experience_most, -p.start_experience * math.log(low16(h >> np.uint64(32)))))
        growth = 1.0 - math.exp(-p.labour_learning * w.experience)
        start = p.labour_graduate_skill * math.exp(p.labour_skill_spread * quantile(uniform(again(h))))
        w.skill = np.float32(start + growth * max(0.0, p.labour_skill_ceiling - start))
        w.trained = min(TENTHS - 1, int(TENTHS * low16(h >> np.uint64(48))))
        if serial[i] == 0:
            w.trained += FOUNDER
        w.wage = fair_wage(g.market_wage[k], 1.0, w.skill)


@kernel
def move_homes(people, homes, share, seed):
    """Let a share of the people live away from work, over the city's homes."""
    base = stream(seed, HOME, np.int64(0))
    for i in range(people.shape[0]):
        h = draw(base, people[i].id)
        if low16(h) < share:
            people[i].cell = homes.cells[locate(homes.weight, uniform(again(h)) * homes.weight[-1])]


def settle_people(model) -> None:
    """Create the employees of the studios, seekers, and students."""
    par, homes, rules = model.par, model.homes, model.rules
    size = model.studios.used["staff"].astype(np.int64)
    employer = np.repeat(np.arange(size.size), size)
    first = np.repeat(np.cumsum(size) - size, size)
    rows = model.talents.allocate(employer.size)
    assert rows[0] == 0
    fill_people(model.talents.used, employer, np.arange(employer.size) - first, model.studios.used, model.city_state,
                rules)
    move_homes(model.talents.used, homes, par["start.live_elsewhere"], model.seed)
    specialisms = np.cumsum(model.labour.share)
    rows = model.talents.allocate(int(round(par["start.unemployment"] * employer.size)))
    arrive(model.talents.rows, rows, homes.cells, homes.weight, specialisms,
           Arrival.of(BEFORE, Origin.MIGRANT, Status.SEEKING, since=-1), rules)
    years = max(1, int(par["education.months"]) // 12 + 1)
    students = model.city.start["students"] * model.scale
    months_to_july = (JULY - model.month_of_year) % 12
    for year in range(years):
        rows = model.talents.allocate(int(round(students / years)))
        arrive(model.talents.rows, rows, homes.university_cells, homes.university_weight, specialisms,
               Arrival.of(BEFORE - year, Origin.LOCAL, Status.STUDENT, since=-1, graduation=months_to_july + 12 * year),
               rules)


def count_everybody(model) -> None:
    """Count who is where when the first month begins: what later moves are held against."""
    status = np.bincount(model.talents.used["status"], minlength=len(Status)).astype(float)
    at_work = status[Status.EMPLOYED] + status[Status.SOLO]
    model.people = P.People(all_people(model, at_work, status[Status.SEEKING], status[Status.STUDENT]))


def all_people(model, at_work: float, seeking: float, studying: float) -> np.ndarray:
    """Return everybody by `people_ledger.STOCKS`: the city's figures, or where it has none the usual ratios."""
    par, known, scale = model.par, model.city.start.get("people"), model.scale
    if known is not None:
        other = known["employed"] * scale - at_work
        home = known["residents"] * scale - at_work - other - seeking - studying
        elsewhere = known["elsewhere"] * scale
    else:
        other = par["population.other_ratio"] * at_work
        home = par["population.dependants"] * (other + at_work) - seeking - studying
        elsewhere = par["population.elsewhere"] * (other + at_work)
    # other cities are counted when the nation settles beside the city
    return np.array([at_work, seeking, studying, *(float(max(1, round(n))) for n in (other, home, elsewhere)), 0.0])
