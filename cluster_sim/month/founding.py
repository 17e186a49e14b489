"""Part of step 2, founding: what a studio of one's own promises against what a job pays.

Who can found chooses between being paid and owning (Lucas 1978; Evans & Jovanovic 1989): founding answers what owners
of small studios earn for each yuan of wages, and so falls when wages rise faster than profits.

A studio is founded for years, so that a founder asks what lasts when entry is free (Hopenhayn 1992).  The premium that
the nation's clients pay while people are short does not: it is the rent of what is scarce (Ricardo 1817), which is
people, and offers chase it (wages.py).  So he counts it as wages to come, of his own people and in the job that he
would give up, not as profit.  Without a premium incomes are those of the books.
"""

from __future__ import annotations

import math

from cluster_sim.codes import Life
from cluster_sim.jit import kernel


@kernel
def sum_incomes(studios, small):
    """Return what small studios pay in wages in a month, have left of a year, and took as premium in it.

    small: people, the largest that counts as such.  Sums of whole yuan, so that they are the same in any order.
    """
    wages = 0.0
    surplus = 0.0
    premium = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE and s.staff > 0 and s.staff <= small and s.solo == 0:
            wages += math.floor(s.wage_bill)
            surplus += math.floor(s.surplus_year)
            premium += math.floor(s.premium_year)
    return wages, surplus, premium


def owners_income(model) -> float:
    """Return one plus what small studios have left of a year for each yuan of wages, a premium counted as wages."""
    par = model.par
    wages, surplus, premium = sum_incomes(model.studios.used, par["population.founding_small"])
    return max(par["population.founding_least"], 1.0 + (surplus - premium) / (12.0 * wages + premium)) if wages else 1.0


def set_usual_income(model, weight: float = 1.0) -> None:
    """Move what owners usually earn toward what they earn now, by a weight."""
    g = model.city_state[0]
    now = owners_income(model)
    g["usual_income"] += weight * (now - g["usual_income"])
    if weight == 1.0:
        g["owners_income"] = now


def pull(model) -> float:
    """Return the pull on founders this month: the rate of rest, talk of hits, and income against wages."""
    g, par = model.city_state[0], model.par
    g["owners_income"] += 1.0 / par["population.founding_memory"] * (owners_income(model) - g["owners_income"])
    income = float(g["owners_income"] / g["usual_income"])
    talk = math.exp(par["population.founding_buzz"] * g["buzz_mean"])
    return float(g["founding"]) * talk * income ** par["population.founding_income"]
