"""Part of step 2, founding: what a studio of one's own promises against what a job pays.

Who can found chooses between being paid and owning (Lucas 1978; Evans & Jovanovic 1989): founding answers what owners
of small studios earn for each yuan of wages, and so falls when wages rise faster than profits.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import Life

SMALL = 20                      # people: studios that a founder compares his own with
MEMORY = 1.0 / 24.0             # weight of a month in what founders know of incomes
LEAST = 0.2                     # of wages, that an owner's income counts for at least


def owners_income(model) -> float:
    """Return one plus what small studios have left of a year for each yuan of wages (sums of whole yuan)."""
    s = model.studios.used
    staff = s["staff"]
    rows = np.flatnonzero((s["alive"] == Life.ALIVE.value) & (staff > 0) & (staff <= SMALL) & (s["solo"] == 0))
    wages = 12.0 * float(np.floor(s["wage_bill"][rows]).sum())
    return max(LEAST, 1.0 + float(np.floor(s["surplus_year"][rows]).sum()) / wages) if wages else 1.0


def set_usual_income(model, weight: float = 1.0) -> None:
    """Move what owners usually earn toward what they earn now, by a weight."""
    g = model.city_state[0]
    now = owners_income(model)
    g["usual_income"] += weight * (now - g["usual_income"])
    if weight == 1.0:
        g["owners_income"] = now


def pull(model) -> float:
    """Return the pull on founders this month, 1 at rest: talk about the city's hits, and income against wages."""
    g, par = model.city_state[0], model.par
    g["owners_income"] += MEMORY * (owners_income(model) - g["owners_income"])
    income = float(g["owners_income"] / g["usual_income"])
    return math.exp(par["population.founding_buzz"] * g["buzz_mean"]) * income ** par["population.founding_income"]
