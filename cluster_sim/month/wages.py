"""Where wages are set (part of step 4): what a studio offers for a skill, yearly raises, and the market's wages.

The market wage of a specialism (yuan a month) rises with vacancies over seekers, its tightness (the wage curve of
Blanchflower & Oswald 1994); a person gets it times the offer of the studio and the root of his skill.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import Status
from cluster_sim.draws import yuan
from cluster_sim.jit import inline, kernel
from cluster_sim.records import EMPLOYER


@inline
def fair_wage(market_wage, offer, skill):
    """Return the wage (whole yuan a month) for a skill at a studio's offer: market wage times skill^1/2."""
    return np.float32(yuan(market_wage * offer * math.sqrt(skill)))


@kernel
def raise_wages(people, employers, city, p, t):
    """Move wages toward what the employer would offer today, in each worker's own month of the year."""
    g = city[0]
    p = p[0]
    speed = np.float32(p.labour_raise)
    for i in range(people.shape[0]):
        w = people[i]
        if w.status == Status.EMPLOYED and (t - w.since) % 12 == 0 and t > w.since:
            aim = fair_wage(g.market_wage[w.specialism], np.float64(employers[w.employer].offer), w.skill)
            if aim > w.wage:
                w.wage = np.float32(yuan(np.float64(w.wage + speed * (aim - w.wage))))


def adjust_wages(model) -> None:
    """Raise wages toward what employers would offer today, and move the market wages with tightness."""
    employers = model.buffer("employers", model.studios.high, EMPLOYER, zeroed=False)
    raise_wages(model.talents.used, employers, model.city_state, model.rules.p, model.t)
    tighten(model, np.diff(model.agenda.vacancies.start), model.agenda.sought)


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
