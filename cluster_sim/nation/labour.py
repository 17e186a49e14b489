"""The labour market of the outside cities: vacancies toward planned work, matching, and offers that clear.

Studios raise offers where more stays open than at rest and lower them where posts fill at once, and pay what a
tight market asks for now (Pissarides 2009); the wage is what is offered.  Hires are the bounded matching function
of den Haan, Ramey & Watson (2000) with the elasticity to seekers that is given at rest (Petrongolo & Pissarides 2001).
"""

from __future__ import annotations

import math

import numpy as np

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
def hire(p, rest, s):
    """Post vacancies toward the staff that planned effort needs, match, lay off surplus, move offers.

    The rules are those of the agent city's studios (month/hiring.py, month/wages.py): they post for those whom
    they usually lose and for a part of what they lack, bounded by a part of their size and, whatever that is, one
    person for each of the studios of rest; an offer rises by what stayed open beyond the usual, so that no wage runs
    faster than posts can stay open, and the faster, the higher the premium on prices of those who post; and it goes
    with what lately stayed open.  Staff is planned for what clients would order for their money without that premium.
    A segment posts for the trades that its work takes; a trade is one market in the city, for all its segments.
    """
    power, efficiency = matching_power(p)
    separation = p.quit_rate + p.switch_rate + p.emigration_rate
    trades = s.seekers.shape[1]
    posted, filled, premium = np.empty(trades), np.empty(trades), np.empty(trades)
    for c in range(s.jobs.shape[0]):
        posted[:] = 0.0
        premium[:] = 0.0
        for k in range(s.jobs.shape[1]):
            jobs = s.jobs[c, k]
            leavers = separation / (1.0 - separation) * jobs
            target = s.planned[c, k] * math.exp(s.premium[k]) / s.productive[c, k]
            wish = p.posting_speed * (target - jobs - leavers)
            if wish > 0.0:
                most = p.growth_bound * jobs + p.studios * rest.jobs[c, k]
                wish = -most * math.expm1(-wish / most)
            s.vacancies[c, k] = max(wish + leavers, 1e-9 * target) / p.fill_rate
            s.laid_off[c, k] = p.layoff_speed * max(jobs - target, 0.0)
            for j in range(trades):
                posts = s.vacancies[c, k] * rest.mix[k, j]
                posted[j] += posts
                premium[j] += posts * s.premium[k]
        for j in range(trades):
            ratio = posted[j] / (efficiency * s.seekers[c, j])
            filled[j] = math.exp(-math.log1p(math.exp(power * math.log(ratio))) / power)
            gap = p.fill_rate - filled[j]
            haste = 1.0 + premium[j] / posted[j] if gap > 0.0 else 1.0
            change = p.tightness_speed * (1.0 - filled[j] - s.still_open[c, j])
            s.still_open[c, j] += change
            s.wage[c, j] *= math.exp(p.offer_speed * haste * gap + p.tightness_pay * change)
            s.seekers[c, j] -= posted[j] * filled[j]
        for k in range(s.jobs.shape[1]):
            part = 0.0
            for j in range(trades):
                part += rest.mix[k, j] * filled[j]
                s.seekers[c, j] += s.laid_off[c, k] * rest.mix[k, j]
            s.hires[c, k] = s.vacancies[c, k] * part
            s.jobs[c, k] += s.hires[c, k] - s.laid_off[c, k]
