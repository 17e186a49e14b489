"""Part of step 4, wages: studios' offers by specialism, yearly raises, and the market wage as the mean of offers.

A studio raises its offer where it could not fill its vacancies and lowers it where it filled them at once; where
the nation's clients pay a premium for what cannot be done, an empty post costs more and an offer rises faster.  All
of them also add what a tight market asks for now: wages of new matches go with the month's tightness, those of others
hardly (Pissarides 2009).  Without that, offers that learn alone overshoot while people come and go slowly, as in a
cobweb.  The market wage is the mean of what is offered for vacancies: it rests where as many stay open as is usual,
and rises and falls with the studios' own experience, not with the stock of seekers.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, Status
from cluster_sim.draws import dyadic, yuan
from cluster_sim.jit import inline, kernel


@inline
def fair_wage(market_wage, offer, skill):
    """Return the wage (whole yuan a month) for a skill at a studio's offer: market wage times skill^1/2."""
    return np.float32(yuan(market_wage * offer * math.sqrt(skill)))


@kernel
def raise_wages(people, studios, city, p, t):
    """Move wages toward what the employer would offer today, in each worker's own month of the year."""
    g = city[0]
    p = p[0]
    speed = np.float32(p.labour_raise)
    for i in range(people.shape[0]):
        w = people[i]
        if w.status == Status.EMPLOYED and (t - w.since) % 12 == 0 and t > w.since:
            k = w.specialism
            aim = fair_wage(g.market_wage[k], studios[w.employer].offer[k], w.skill)
            if aim > w.wage:
                w.wage = np.float32(yuan(np.float64(w.wage + speed * (aim - w.wage))))


@kernel
def move_offers(studios, city, p, growth):
    """Let studios that posted move their offers by what stayed open; set by how much the mean offer has grown.

    An offer rises (1 + the log premium on prices) times as fast.
    growth: (specialisms,) mean over all vacancies of the new offer over that of the old one; 1 where none was posted.
    Offers are kept over the market wage, which grows as much, so that who posted nothing goes with the market.  What
    stayed open lately in the whole market moves all offers for a specialism at once (city's `still_open`).
    """
    g = city[0]
    p = p[0]
    usual = 1.0 - p.labour_fill_rate
    old = np.zeros(N_SPECIALISMS)
    new = np.zeros(N_SPECIALISMS)
    posted = np.zeros(N_SPECIALISMS)
    filled = np.zeros(N_SPECIALISMS)
    for i in range(studios.shape[0]):
        s = studios[i]
        for k in range(N_SPECIALISMS):
            if s.vacancies[k] > 0:
                still_open = 1.0 - s.filled[k] / s.vacancies[k]
                old[k] += dyadic(s.vacancies[k] * s.offer[k])
                gap = still_open - usual
                haste = 1.0 + g.premium[s.segment] if gap > 0.0 else 1.0
                s.offer[k] *= math.exp(p.labour_offer_speed * haste * gap)
                new[k] += dyadic(s.vacancies[k] * s.offer[k])
                posted[k] += s.vacancies[k]
                filled[k] += s.filled[k]
    for k in range(N_SPECIALISMS):
        growth[k] = new[k] / old[k] if old[k] > 0.0 else 1.0
    for i in range(studios.shape[0]):
        s = studios[i]
        for k in range(N_SPECIALISMS):
            if s.vacancies[k] > 0:
                s.offer[k] /= growth[k]
    for k in range(N_SPECIALISMS):
        if posted[k] > 0.0:
            change = p.labour_tightness_speed * (1.0 - filled[k] / posted[k] - g.still_open[k])
            g.still_open[k] += change
            growth[k] *= math.exp(p.labour_tightness_pay * change)


def adjust_wages(model) -> None:
    """Raise wages toward what employers would offer today; let offers answer what stayed open, wages the offers."""
    g, par, growth = model.city_state[0], model.par, np.ones(N_SPECIALISMS)
    raise_wages(model.talents.used, model.studios.used, model.city_state, model.rules.p, model.t)
    move_offers(model.studios.used, model.city_state, model.rules.p, growth)
    g["market_wage"] *= growth * (1.0 + par["labour.indexation"] * model.outside["rest_wage_growth"][model.t])
    g["unemployment"] = model.state["seekers"] / max(model.state["employment"] + model.state["seekers"], 1)
    mean = float((g["market_wage"] * model.labour.share).sum())
    g["relative_wage"] = mean / model.labour.mean_wage / (model.outside["outside_wage"][model.t] * model.rivals.wage)
