"""The labour market of the outside cities: vacancies toward planned work, matching, and offers that clear.

Studios raise offers where they fill less than at rest and lower them where posts fill at once; the wage is
what is offered.  Hires are the bounded matching function of den Haan, Ramey & Watson (2000) with the
elasticity to seekers that is given at rest (Petrongolo & Pissarides 2001).
"""

from __future__ import annotations

import math

from cluster_sim.jit import inline, kernel


@inline
def matching_power(p):
    """Return the exponent and the efficiency that give the fill rate and the elasticity to seekers at rest.

    Hires are V m S / (V^l + (m S)^l)^(1/l); the fill rate f and the elasticity a follow with f^l = 1 - a.
    Everybody who searches in the month counts as a seeker: those of last month and those who just left a job.
    """
    separation = p.quit_rate + p.switch_rate + p.emigration_rate
    power = math.log(1.0 - p.matching) / math.log(p.fill_rate)
    ratio = p.fill_rate / p.matching ** (1.0 / power)
    efficiency = ratio * separation / p.fill_rate / (p.unemployment + separation)
    return power, min(1.0, p.matching_gain * efficiency)


@kernel
def hire(p, s):
    """Post vacancies toward the staff that planned effort needs, match, lay off surplus, move offers.

    At rest some posts are always open; studios want so many more posts than they need people.
    """
    power, efficiency = matching_power(p)
    separation = p.quit_rate + p.switch_rate + p.emigration_rate
    usual = math.log(p.fill_rate)
    spare = 1.0 + separation * (1.0 - p.fill_rate) / p.fill_rate
    for c in range(s.jobs.shape[0]):
        for k in range(s.jobs.shape[1]):
            posts = spare * s.planned[c, k] / s.productive[c, k]
            vacancies = max(posts - s.jobs[c, k], 1e-9 * posts)
            layoffs = p.layoff_speed * max(s.jobs[c, k] - posts, 0.0)
            found = efficiency * s.seekers[c, k]
            log_filled = -math.log1p(math.exp(power * math.log(vacancies / found))) / power
            hires = vacancies * math.exp(log_filled)
            s.jobs[c, k] += hires - layoffs
            s.seekers[c, k] += layoffs - hires
            s.wage[c, k] *= math.exp(p.offer_speed * (usual - log_filled))
            s.vacancies[c, k], s.hires[c, k] = vacancies, hires
