"""Part of step 2, moves: who comes into creative work from other sectors and from elsewhere, and who goes there.

People leave at given rates; who comes decides by a nested logit on wages: first whether to move, then for which
specialism.  In the long run the city's creative people then move with their wage over that elsewhere to the power
eta (Tombe & Zhu 2019; Bryan & Morten 2019).  Stocks deplete and refill.  As people leave other sectors, or the
rest of the nation, wages there rise, since land and capital stay.  Housing and commuting cost more as residents
approach what the city's plan has room for, and fewer of those who want to come find a home.  The forms are those
of the outside cities (`nation/people.py`).  What wages do not explain of who comes (`inflow`) is solved at rest.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import N_SPECIALISMS, Origin, Status
from cluster_sim.draws import MOVER, uniform_for
from cluster_sim.month import founding, rivals
from cluster_sim.month.hiring import census
from cluster_sim.month.population import Arrival, arrive

FULL = 1e-6
"""Part of the plan's room that always stays free, so that no cost is infinite."""


def living_cost(par: dict[str, float], start: float, room: float, residents: float) -> float:
    """Return the city's cost of living over that of the start: it rises without bound toward the plan's residents.

    start, room, residents: people; room counts all whom the plan has homes for.
    """
    taken = min(max((residents - start) / (room - start), 0.0), 1.0 - FULL)
    rent = (residents / start) ** (par["population.housing_share"] * par["population.housing"])
    return rent / (1.0 - taken**2) ** par["population.crowding"]


def housed(vacated: float, free: float, homes: float, wanted: float) -> float:
    """Return the part of newcomers who find a home, 1 at the start.

    vacated: homes that leavers give up in a month at the start; free: homes that stood empty then; homes: those
    to be had now; wanted: newcomers.  However many come, they fill a part of the homes.
    """
    usual = vacated / (free + vacated)
    homes = max(homes, 0.0) + 1e-12 * (free + vacated)
    if wanted <= 0.0:
        return 1.0
    return homes / wanted * -math.expm1(math.log1p(-usual) / usual * wanted / homes)


def choice(model, relative: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the pull of creative work and the cumulative weights of its specialisms: a nested logit.

    relative: (specialisms,) wages over the other option's, 1 at the start.  Within the nest specialisms differ
    less than creative work from other work, so that people answer differences between them more strongly.
    """
    eta = model.par["labour.eta"]
    within = eta / model.par["labour.dissimilarity"]
    weight = model.labour.share * relative**within
    return float(weight.sum() / model.labour.share.sum()) ** (eta / within), np.cumsum(weight)


def wages_elsewhere(model, now: np.ndarray) -> tuple[float, float, float]:
    """Return wages of the city's other sectors, and of creative and of other work in the rest of the nation.

    Each over its start's; scarcity counts.  now: who is where (`People.now`).
    """
    first, a = model.people.first, model.par["labour.other_return"]
    rest = float(model.city_state["rest_wage"][0]) / model.outside["rest_wage"][0]
    scarce = (max(now[P.ELSEWHERE], 1.0) / first[P.ELSEWHERE]) ** -a
    return (rest * (max(now[P.OTHER], 1.0) / first[P.OTHER]) ** -a,
            float(model.city_state["outside_wage"][0]) * scarce, model.outside["other_wage"][model.t] * scarce)


def mean_amenity(cells: np.ndarray) -> float:
    """Return the amenity of the city: that of its cells, weighted by floor."""
    floor = cells["floor"]
    return float((cells["amenity"] * floor).sum() / max(floor.sum(), 1.0))


def look_around(model) -> None:
    """Set what graduates, newcomers and founders make of the city this month: logits around 1 at the start."""
    g, par, people = model.city_state[0], model.par, model.people
    amenity = mean_amenity(model.space.cells)
    # what counts is the wage times the chance to have work (Harris & Todaro 1970)
    g["prospects"] = (1.0 - g["unemployment"]) / (1.0 - par["population.unemployment_reference"])
    g["standing"] = math.exp(par["population.buzz_weight"] * g["buzz_mean"] + par["population.city_rank"]
                             + par["population.amenity_weight"] * (amenity - par["population.amenity_reference"]))
    g["living_cost"] = living_cost(par, float(people.first[:P.ELSEWHERE].sum()), model.labour.room, people.residents)
    stay, weight = par["population.graduates_stay"], par["population.wage_weight"]
    real = g["relative_wage"] * g["prospects"] / g["living_cost"]
    odds = stay / (1.0 - stay) * real**weight * g["standing"]
    g["stay"] = odds / (1.0 + odds)
    g["found_pull"] = founding.pull(model)


def whole(model, flow: int, expected: float) -> int:
    """Book an expected number of movers, rounded to whole persons by chance; return it."""
    count = int(expected)
    count += uniform_for(model.seed, MOVER, flow, model.t) < expected - count
    return model.people.book(flow, count)


def settle(model, count: int, weights: np.ndarray, origin: Origin) -> np.ndarray:
    """Let newcomers to creative work seek it; return their rows."""
    rows = model.talents.allocate(count)
    arrive(model.talents.rows, rows, model.homes.cells, model.homes.weight, weights,
           Arrival.of(model.t, origin, Status.SEEKING, since=model.t), model.rules)
    return rows


def join(model) -> None:
    """Let people of the city's other sectors look for creative work.

    At the start's wages as many come as keep the sector's people the same with the graduates of the start: those who
    switch, give up and retire, less the graduates.  A person's chance is that of a logit between staying and moving,
    so that other sectors can run out of people and never fall short of them.
    """
    par, people, g = model.par, model.people, model.city_state[0]
    first, now = people.first, people.now
    usual = ((par["labour.switch_rate"] + par["population.retirement"]) * first[P.AT_WORK]
             + par["labour.give_up"] * first[P.SEEKING] - model.labour.graduates)
    rate = max(usual, 0.0) / first[P.OTHER]
    here, _, _ = wages_elsewhere(model, now)
    pull, weights = choice(model, g["market_wage"] / model.labour.wage * g["prospects"] / here)
    pull *= float(g["inflow"])
    count = whole(model, P.JOINED, now[P.OTHER] * rate * pull / (1.0 + rate * (pull - 1.0)))
    settle(model, count, weights, Origin.OTHER_SECTOR)


def migrate(model) -> None:
    """Let people move to the city, for creative work and for other work, and from its other sectors elsewhere.

    At the start's wages as many come as leave, those who come to study and stay among them.  Policy raises the pull on
    creative people and welcomes them.
    """
    par, people, g = model.par, model.people, model.city_state[0]
    first, now, labour = people.first, people.now, model.labour
    rest, outside, other = wages_elsewhere(model, now)
    rate, pool = par["labour.emigration_rate"], now[P.ELSEWHERE] / first[P.ELSEWHERE]
    dear = float(g["living_cost"]) ** -par["labour.eta"]
    pull, weights = choice(model, g["market_wage"] / labour.wage * g["prospects"] / outside)
    pull *= dear * float(g["standing"] * g["inflow"])
    # an allowance is like a year's raise
    pull *= (1.0 + float(model.month.levers["newcomer_aid"])) ** par["population.wage_weight"]
    creative = rate * (first[P.AT_WORK] + first[P.SEEKING]) * pool * pull
    students = par["education.from_elsewhere"] * labour.graduates
    others = max(rate * first[P.OTHER] - students, 0.0) * pool * dear * (rest / other) ** par["labour.eta"]
    leavers = rate * (now[P.AT_WORK] + now[P.SEEKING] + now[P.OTHER])
    vacated = rate * (first[P.AT_WORK] + first[P.SEEKING] + first[P.OTHER])
    homes = labour.room - float(now[:P.ELSEWHERE].sum()) + leavers
    found = housed(vacated, labour.room - first[:P.ELSEWHERE].sum(), homes, creative + others)
    found /= 1.0 + max(creative + others - vacated, 0.0) / max(now[P.ELSEWHERE], 1.0)
    count = model.state["migrants"] = whole(model, P.MIGRATED, creative * found)
    whole(model, P.SETTLED, others * found)
    whole(model, P.LEFT_OTHER, rate * now[P.OTHER])
    rows = settle(model, count, weights, Origin.MIGRANT)
    for instrument in model.in_force:
        instrument.welcome(model, rows)


def age(model) -> None:
    """Let people of other sectors retire and others come of age (Blanchard 1985).

    At the start as many as retire from all work, those of the city who begin to study among them.
    """
    people, par, rate = model.people, model.par, model.par["population.retirement"]
    first, now = people.first, people.now
    whole(model, P.RETIRED_OTHER, rate * now[P.OTHER])
    students = (1.0 - par["education.from_elsewhere"]) * model.labour.graduates / par["population.graduates_stay"]
    usual = max(rate * (first[P.OTHER] + first[P.AT_WORK]) - students, 0.0)
    whole(model, P.CAME_OF_AGE, usual * now[P.HOME] / max(first[P.HOME], 1.0))


def count_people(model) -> None:
    """Count everybody in the table of people and hold them against what was booked this month."""
    employed, solo, seeking, studying = census(model.talents.used, np.zeros(N_SPECIALISMS))
    model.people.close(model.label(), (employed + solo, seeking, studying))
    rivals.check_people(model)
    model.state["other_sector_balance"] = model.people.stock[P.OTHER] - model.people.first[P.OTHER]
