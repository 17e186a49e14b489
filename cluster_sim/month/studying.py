"""Part of step 2, studying: who begins to study creative subjects, what they choose, and what policy teaches them."""

from __future__ import annotations

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import Origin, Status
from cluster_sim.month.population import Arrival, arrive

SEPTEMBER = 9           # technical: the month in which studies begin


def study(model) -> None:
    """Enrol students in September, and let policy teach."""
    model.state["enrolled"] = 0
    if model.month_of_year == SEPTEMBER:
        enrol(model)
    for instrument in model.acting("study"):
        instrument.study(model)


def admitted(wish: float, places: float, match: float) -> float:
    """Return how many of those who wish to study find one of the places: near the lesser of both numbers.

    Wishes and places meet subject by subject, so that the last places fill only where many more wish for them.
    """
    if min(wish, places) <= 0.0:
        return 0.0
    low, high = min(wish, places), max(wish, places)
    return low * (1.0 + (low / high) ** match) ** (-1.0 / match)


def enrol(model) -> None:
    """Admit a year of students from the city and from elsewhere, by last year's wish and the places that there are."""
    par, homes, levers, people = model.par, model.homes, model.month.levers, model.people
    wish, away = model.state["students_wish"], par["education.from_elsewhere"]
    parts = np.array([1.0 - away, away]) * (people.now / np.maximum(people.first, 1.0))[[P.HOME, P.ELSEWHERE]]
    intake = admitted(par["education.intake"] * model.scale * wish * float(parts.sum()), float(levers["places"]),
                      par["education.match"])
    count = model.state["enrolled"] = int(round(intake))
    coming = people.book(P.ENROLLED_FROM_ELSEWHERE, round(count * float(parts[1] / parts.sum())))
    people.book(P.ENROLLED, count - coming)
    rows = model.talents.allocate(count)
    arrive(model.talents.rows, rows, homes.university_cells, homes.university_weight,
           choice_of_specialism(model, par["education.choice"]),
           Arrival.of(model.t, Origin.LOCAL, Status.STUDENT, since=model.t,
                      graduation=model.t + int(par["education.months"])), model.rules)
    pull = float(model.city_state["relative_wage"][0]) ** par["education.wage_response"]
    pull *= 1.0 + par["education.buzz_response"] * float(model.city_state["buzz_mean"][0])
    pull *= 1.0 + float(levers["study_aid"])
    model.state["students_wish"] = wish + par["education.adjustment"] * (pull - wish)


def choice_of_specialism(model, elasticity: float) -> np.ndarray:
    """Return cumulative weights of specialisms: the start's shares times relative wages to an elasticity.

    What is short pays more than it did, and draws more students (Freeman 1976).
    """
    relative = model.city_state["market_wage"][0] / model.labour.wage
    return np.cumsum(model.labour.share * (relative / relative.mean()) ** elasticity)
