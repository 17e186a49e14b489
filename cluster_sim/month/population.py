"""Step 2, population: careers, graduates, enrolment, migration, and the wish to found a studio.

Every person alone decides by a keyed draw: graduates stay or leave, seekers give up, employees learn, quit,
are laid off, go to other sectors or found a studio.  Learning by doing follows Arrow (1962), spin-offs from
experienced employees Klepper (2007), migration a logit in relative wage, buzz, amenity and unemployment.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import FOUNDER, N_SPECIALISMS, Origin, Status
from cluster_sim.draws import (
    CAREER,
    ENROL,
    MIGRANT,
    again,
    draw,
    dyadic,
    identity,
    locate,
    low16,
    quantile,
    stream,
    uniform,
    uniform_for,
)
from cluster_sim.jit import kernel
from cluster_sim.month.hiring import employers

U64 = np.uint64
S16, S32, S48 = U64(16), U64(32), U64(48)
CAREERS = ("graduated", "graduates_left", "gave_up", "quit", "laid_off", "other_sectors", "founding", "solo_founding")
GRADUATED, GRADUATES_LEFT, GAVE_UP, QUIT, LAID_OFF, OTHER_SECTORS, FOUNDING, SOLO_FOUNDING = range(len(CAREERS))


@kernel
def pulls(city, p, amenity):
    """Set the month's pulls on graduates, seekers and migrants: logits around 1 at the start's conditions."""
    g = city[0]
    p = p[0]
    appeal = (p.population_wage_weight * math.log(g.relative_wage)
              + p.population_buzz_weight * g.buzz_mean
              + p.population_amenity_weight * (amenity - p.population_amenity_reference)
              - p.population_unemployment_weight * (g.unemployment - p.population_unemployment_reference)
              + p.population_city_rank)
    odds = p.population_graduates_stay / (1.0 - p.population_graduates_stay) * math.exp(appeal)
    g.stay = odds / (1.0 + odds)
    g.migrant_pull = math.exp(appeal)
    g.leave_pull = math.exp(-appeal)
    g.found_pull = math.exp(p.population_founding_buzz * g.buzz_mean)


@kernel
def careers(people, hot, city, p, seed, t, founders, freed, counts):
    """Let every person live one month; return how many rows were freed and how many want to found.

    people: (n,) TALENT; hot: (studios,) HOT; founders, freed: int64 buffers of length n; counts: (8,) int64.
    """
    g = city[0]
    p = p[0]
    base = stream(seed, CAREER, t)
    learning = np.float32(p.labour_learning)
    ceiling = np.float32(p.labour_skill_ceiling)
    found = p.population_founding_rate * g.found_pull
    solo = p.population_solo_rate * g.ai
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
            months = t - w.since
            if low16(h) < p.labour_give_up * g.leave_pull * (1.0 + 0.25 * months):
                freed[n_freed] = i
                n_freed += 1
                counts[GAVE_UP] += 1
            continue
        firm = hot[w.employer]
        w.experience += 1
        w.skill += learning * max(np.float32(0.0), ceiling - w.skill)
        if status == Status.SOLO or w.trained >= FOUNDER:
            continue
        if low16(h) < firm.quit * g.market_wage[w.specialism] * math.sqrt(w.skill) / w.wage:
            w.status = Status.SEEKING
            w.employer = -1
            w.since = t
            counts[QUIT] += 1
        elif low16(h >> S16) < firm.layoff:
            w.status = Status.SEEKING
            w.employer = -1
            w.since = t
            counts[LAID_OFF] += 1
        elif low16(h >> S32) < p.labour_other_sectors * g.rest_wage / w.wage:
            freed[n_freed] = i
            n_freed += 1
            counts[OTHER_SECTORS] += 1
        elif w.experience >= p.population_founding_experience:
            u = uniform(again(h))
            if u < found * firm.draw:
                founders[n_found] = i
                n_found += 1
                counts[FOUNDING] += 1
            elif u > 1.0 - solo * w.trained * 0.1:
                founders[n_found] = -i - 1
                n_found += 1
                counts[SOLO_FOUNDING] += 1
    return n_found, n_freed


@kernel
def arrive(people, index, cities_cells, cell_weight, p, seed, t, status, since, graduation, spec_weight, kind):
    """Fill rows of newcomers who come one by one: migrants, or first-year students (kind: their Origin).

    index: rows to fill; the k-th newcomer's identity is (kind, k, t) and nothing else.  cities_cells and
    cell_weight: cells where they live and the cumulative weights; spec_weight: cumulative weights.
    """
    p = p[0]
    purpose = MIGRANT if kind == Origin.MIGRANT else ENROL
    base = stream(seed, purpose, t)
    for k in range(index.shape[0]):
        w = people[index[k]]
        w.id = identity(purpose, k, t)
        h = draw(base, k)
        w.cell = cities_cells[locate(cell_weight, uniform(h) * cell_weight[-1])]
        spec = 0
        u = low16(again(h)) * spec_weight[-1]
        while spec < N_SPECIALISMS - 1 and u > spec_weight[spec]:
            spec += 1
        w.specialism = spec
        w.status = status
        w.origin = kind
        w.since = since
        w.graduation = graduation
        z = quantile(uniform(again(again(h))))
        if kind == Origin.MIGRANT:
            w.experience = int(12 + 96 * uniform(again(again(again(h)))))
            w.skill = np.float32(p.labour_migrant_skill * math.exp(0.25 * z))
        else:
            w.experience = 0
            w.skill = np.float32(p.labour_graduate_skill * math.exp(0.2 * z))
        w.employer = -1
        w.trained = min(9, int(10.0 * uniform(again(h ^ U64(77)))))


@kernel
def payroll(people, hot, sums, city, p, seed):
    """Add up wages, heads and effective skill of every studio by specialism (exact sums, any order).

    Effective skill = skill * (1 + AI gain); the gain falls with skill (Noy & Zhang 2023; Brynjolfsson,
    Li & Raymond 2023) and rises with the studio's adoption and the tools' frontier.
    """
    g = city[0]
    p = p[0]
    full = np.float32(p.ai_gain * g.ai)
    slope = np.float32(p.ai_novice_slope)
    solo = np.float32(p.ai_solo_multiple)
    people_at_work = 0
    for i in range(people.shape[0]):
        w = people[i]
        if w.status == Status.EMPLOYED or w.status == Status.SOLO:
            e = w.employer
            gain = full * hot[e].ai * max(np.float32(0.0), np.float32(1.0) - slope * (w.skill - np.float32(0.6)))
            if w.status == Status.SOLO:
                gain = gain * solo
            s = sums[e]
            s.wages += w.wage
            s.staff_by[w.specialism] += 1
            s.skill_by[w.specialism] += dyadic(np.float64(w.skill * (np.float32(1.0) + gain)))
            people_at_work += 1
    return people_at_work


def mean_amenity(cells: np.ndarray) -> float:
    """Return the amenity of the city: that of its cells, weighted by floor."""
    floor = cells["floor"]
    return float((cells["amenity"] * floor).sum() / max(floor.sum(), 1.0))


def live(model) -> None:
    """Run the population's month: pulls, careers, enrolment, migrants; founders wait for step 10."""
    m, t = model, model.t
    pulls(m.city_state, m.rules.p, mean_amenity(m.space.cells))
    people = m.talents.used
    hot = employers(m)
    m.month.careers[:] = 0
    founders, freed = (m.buffer(name, people.size, zeroed=False) for name in ("founders", "freed"))
    n_found, n_freed = careers(people, hot, m.city_state, m.rules.p, m.seed, t, founders, freed, m.month.careers)
    m.agenda.founders = founders[:n_found].copy()
    if n_freed:
        m.talents.release(freed[:n_freed])
    m.state["other_sector_balance"] += int(m.month.careers[OTHER_SECTORS])
    calendar = m.month_of_year
    m.state["enrolled"] = 0
    if calendar == 9:
        enrol(m)
    for instrument in m.instruments:
        instrument.study(m)
    migrate(m)


def enrol(model) -> None:
    """Admit a year of students: last year's wish (wages and buzz), up to the places that there are."""
    m = model
    par = m.par
    wish = m.state["students_wish"]
    intake = min(float(m.month.levers["places"]), par["education.intake"] * m.scale * wish)
    count = m.state["enrolled"] = int(round(intake))
    index = m.talents.allocate(count)
    arrive(m.talents.rows, index, m.homes.university_cells, m.homes.university_weight, m.rules.p, m.seed, m.t,
           Status.STUDENT, m.t, m.t + int(par["education.months"]), choice_of_specialism(m, par["education.choice"]),
           Origin.LOCAL)
    pull = float(m.city_state["relative_wage"][0]) ** par["education.wage_response"]
    pull *= 1.0 + par["education.buzz_response"] * float(m.city_state["buzz_mean"][0])
    pull *= 1.0 + float(m.month.levers["study_aid"])
    m.state["students_wish"] = wish + par["education.adjustment"] * (pull - wish)


def choice_of_specialism(model, elasticity: float) -> np.ndarray:
    """Return cumulative weights of specialisms: the start's shares times relative wages to an elasticity.

    What is short pays more than it did, and draws more students and migrants (Freeman 1976).
    """
    m = model
    relative = m.city_state["market_wage"][0] / m.labour.wage
    return np.cumsum(m.labour.share * (relative / relative.mean()) ** elasticity)


def migrate(model) -> None:
    """Let migrants arrive from the nation's pool of creative workers, by the city's pull.

    The pool grows with the nation's market over its wages, not with the city: a city that outgrows the
    nation runs short of people and pays for it.
    """
    m = model
    pool = m.labour.jobs.sum() * float(m.city_state["outside_growth"][0]) / m.outside["outside_wage"][m.t]
    expected = m.par["population.migrants"] * pool * float(m.city_state["migrant_pull"][0])
    # an allowance is like a year's raise
    expected *= (1.0 + float(m.month.levers["newcomer_aid"])) ** m.par["population.wage_weight"]
    whole = int(expected)
    count = whole + int(uniform_for(m.seed, MIGRANT, -1, m.t) < expected - whole)
    index = m.talents.allocate(count)
    arrive(m.talents.rows, index, m.homes.cells, m.homes.weight, m.rules.p, m.seed, m.t, Status.SEEKING, m.t, 0,
           choice_of_specialism(m, m.par["population.choice"]), Origin.MIGRANT)
    m.state["migrants"] = count
    for instrument in m.instruments:
        instrument.welcome(m, index)
