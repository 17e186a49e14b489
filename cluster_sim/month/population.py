"""Step 2, population: careers, graduates, and the wish to found a studio; `moves.py` has who comes.

Every person alone decides by a keyed draw: graduates stay or leave, seekers give up, employees learn, quit,
are laid off, go to other sectors, leave the city, retire or found a studio.  Learning by doing follows Arrow
(1962), spin-offs from experienced employees Klepper (2007).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import FOUNDER, N_SPECIALISMS, TENTHS, Origin, Status
from cluster_sim.draws import (
    CAREER,
    ENROL,
    MIGRANT,
    OUTSIDER,
    again,
    draw,
    dyadic,
    identity,
    locate,
    low16,
    quantile,
    stream,
    uniform,
)
from cluster_sim.jit import kernel
from cluster_sim.month.hiring import look_at_employers

U64 = np.uint64
TENTH = 0.1             # technical: `trained` counts tenths
S16, S32, S48 = U64(16), U64(32), U64(48)
CAREERS = ("graduated", "graduates_left", "gave_up", "quit", "laid_off", "other_sectors", "founding", "solo_founding",
           "left_search", "left_work", "retired")
(GRADUATED, GRADUATES_LEFT, GAVE_UP, QUIT, LAID_OFF, OTHER_SECTORS, FOUNDING, SOLO_FOUNDING, LEFT_SEARCH, LEFT_WORK,
 RETIRED) = range(len(CAREERS))
BOOKED = ((GRADUATED, P.GRADUATED), (GAVE_UP, P.GAVE_UP), (QUIT, P.QUIT), (LAID_OFF, P.LAID_OFF),
          (OTHER_SECTORS, P.SWITCHED), (LEFT_SEARCH, P.LEFT_SEARCH), (LEFT_WORK, P.LEFT_WORK), (RETIRED, P.RETIRED))


class Arrival(NamedTuple):
    """How newcomers of a month come: the month that keys their draws, where they come from, what they do."""

    month: int
    origin: int                 # Origin: MIGRANT, OTHER_SECTOR, or LOCAL for students of the first year
    status: int                 # Status
    since: int                  # month from which their status counts
    graduation: int = 0         # month in which students graduate

    @classmethod
    def of(cls, month: int, origin: Origin, status: Status, since: int, graduation: int = 0) -> Arrival:
        """Return an arrival with its codes as plain numbers: members of an enum slow a kernel's call twentyfold."""
        return cls(month, int(origin), int(status), since, graduation)


@kernel
def careers(people, employers, city, rules, t, founders, freed, counts):
    """Let every person live one month; return how many want to found a studio and how many rows were freed.

    people: (n,) TALENT; employers: (studios,) EMPLOYER; founders, freed: int64 buffers of length n; counts: by CAREERS.
    """
    g = city[0]
    p = rules.p[0]
    base = stream(rules.seed, CAREER, t)
    learning = np.float32(p.labour_learning)
    ceiling = np.float32(p.labour_skill_ceiling)
    found = p.population_founding_rate * g.found_pull
    solo = p.population_solo_rate * g.ai
    gone = p.labour_emigration_rate
    retired = gone + p.population_retirement
    n_found = 0
    n_freed = 0
    for i in range(people.shape[0]):
        w = people[i]
        status = w.status
        if status == Status.FREE:
            continue
        if status == Status.STUDENT:
            if w.graduation <= t:
                if uniform(draw(base, w.id)) < g.stay:
                    w.status = Status.SEEKING
                    w.since = t
                    counts[GRADUATED] += 1
                else:
                    freed[n_freed] = i
                    n_freed += 1
                    counts[GRADUATES_LEFT] += 1
            continue
        h = draw(base, w.id)
        if status == Status.SEEKING:
            if low16(h) < p.labour_give_up:
                freed[n_freed] = i
                n_freed += 1
                counts[GAVE_UP] += 1
            elif low16(h >> S48) < gone:
                freed[n_freed] = i
                n_freed += 1
                counts[LEFT_SEARCH] += 1
            continue
        firm = employers[w.employer]
        w.experience += 1
        w.skill += learning * max(np.float32(0.0), ceiling - w.skill)
        if status == Status.SOLO or w.trained >= FOUNDER:
            continue
        worth = g.market_wage[w.specialism] * math.sqrt(w.skill) / w.wage
        u = low16(h >> S48)
        if low16(h) < firm.quit * worth:
            w.status = Status.SEEKING
            w.employer = -1
            w.since = t
            counts[QUIT] += 1
        elif low16(h >> S16) < firm.layoff:
            w.status = Status.SEEKING
            w.employer = -1
            w.since = t
            counts[LAID_OFF] += 1
        elif low16(h >> S32) < p.labour_switch_rate:
            freed[n_freed] = i
            n_freed += 1
            counts[OTHER_SECTORS] += 1
        elif u < retired:
            freed[n_freed] = i
            n_freed += 1
            counts[LEFT_WORK if u < gone else RETIRED] += 1
        elif w.experience >= p.population_founding_experience:
            u = uniform(again(h))
            if u < -math.expm1(-found * firm.spin_off):        # a rate a month; a person founds once
                founders[n_found] = i
                n_found += 1
                counts[FOUNDING] += 1
            elif u > 1.0 - solo * w.trained * TENTH:
                founders[n_found] = -i - 1
                n_found += 1
                counts[SOLO_FOUNDING] += 1
    return n_found, n_freed


@kernel
def arrive(people, rows, cells, cell_weight, specialism_weight, arrival, rules):
    """Fill rows of newcomers who come one by one: migrants, people of other sectors, or first-year students.

    The k-th newcomer's identity is (origin, k, month) and nothing else.  cells: where they may live; weights are
    cumulative.
    """
    p = rules.p[0]
    purpose = MIGRANT
    if arrival.origin != Origin.MIGRANT:
        purpose = OUTSIDER if arrival.origin == Origin.OTHER_SECTOR else ENROL
    base = stream(rules.seed, purpose, arrival.month)
    for k in range(rows.shape[0]):
        w = people[rows[k]]
        w.id = identity(purpose, k, arrival.month)
        h = draw(base, k)
        w.cell = cells[locate(cell_weight, uniform(h) * cell_weight[-1])]
        specialism = 0
        u = low16(again(h)) * specialism_weight[-1]
        while specialism < N_SPECIALISMS - 1 and u > specialism_weight[specialism]:
            specialism += 1
        w.specialism = specialism
        w.status = arrival.status
        w.origin = arrival.origin
        w.since = arrival.since
        w.graduation = arrival.graduation
        z = quantile(uniform(again(again(h))))
        past = uniform(again(again(again(h))))
        if arrival.origin == Origin.MIGRANT:
            w.experience = int(p.population_migrant_experience + p.population_migrant_experience_range * past)
            w.skill = np.float32(p.labour_migrant_skill * math.exp(p.labour_skill_spread * z))
        elif arrival.origin == Origin.OTHER_SECTOR:
            w.experience = int(p.population_migrant_experience + p.population_outsider_experience_range * past)
            w.skill = np.float32(p.labour_outsider_skill * math.exp(p.labour_skill_spread * z))
        else:
            w.experience = 0
            w.skill = np.float32(p.labour_graduate_skill * math.exp(p.labour_graduate_spread * z))
        w.employer = -1
        w.trained = min(TENTHS - 1, int(TENTHS * uniform(again(h ^ U64(77)))))


@kernel
def payroll(people, employers, sums, city, p):
    """Add up wages, heads and effective skill of every studio by specialism (exact sums, any order).

    Effective skill = skill * (1 + AI gain); the gain falls with skill (Noy & Zhang 2023; Brynjolfsson,
    Li & Raymond 2023) and rises with the studio's adoption and the tools' frontier.
    """
    g = city[0]
    p = p[0]
    full = np.float32(p.ai_gain * g.ai)
    slope = np.float32(p.ai_novice_slope)
    solo = np.float32(p.ai_solo_multiple)
    able = np.float32(p.ai_novice_skill)
    people_at_work = 0
    for i in range(people.shape[0]):
        w = people[i]
        if w.status == Status.EMPLOYED or w.status == Status.SOLO:
            e = w.employer
            gain = full * employers[e].ai * max(np.float32(0.0), np.float32(1.0) - slope * (w.skill - able))
            if w.status == Status.SOLO:
                gain = gain * solo
            s = sums[e]
            s.wages += w.wage
            s.staff_by[w.specialism] += 1
            s.skill_by[w.specialism] += dyadic(np.float64(w.skill * (np.float32(1.0) + gain)))
            people_at_work += 1
    return people_at_work


def live_careers(model) -> None:
    """Let everybody live a month: graduate, learn, quit, lose work, give up, leave, or plan a studio of his own."""
    people, counts = model.talents.used, model.month.careers
    employers = look_at_employers(model)
    counts[:] = 0
    founders, freed = (model.buffer(name, people.size, zeroed=False) for name in ("founders", "freed"))
    n_founders, n_freed = careers(people, employers, model.city_state, model.rules, model.t, founders, freed, counts)
    model.agenda.founders = founders[:n_founders].copy()
    if n_freed:
        model.talents.release(freed[:n_freed])
    for what, flow in BOOKED:
        model.people.book(flow, counts[what])
    # who came from elsewhere to study goes back, the others take other work here
    back = round(float(counts[GRADUATES_LEFT]) * model.par["education.from_elsewhere"])
    model.people.book(P.GRADUATED_AND_LEFT, back)
    model.people.book(P.GRADUATED_TO_OTHER, counts[GRADUATES_LEFT] - back)
