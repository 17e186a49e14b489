"""Part of step 5, rivals: the nation's other cities live a month, and clients divide their money among all cities.

Each of them is a small aggregate city (`cluster_sim.nation`); the agent city stands in row 0 of the nation, whose
people outside all cities are one stock for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.nation.month import Won, step
from cluster_sim.nation.parameters import NationParameters
from cluster_sim.nation.state import OurCity, Outside, Rest, State, at_rest

_INTO_CITY = (P.SOURCE == P.ELSEWHERE) & (P.TARGET != P.CITIES)     # flows between elsewhere and the agent city
_OUT_OF_CITY = (P.TARGET == P.ELSEWHERE) & (P.SOURCE != P.CITIES)
TOLERANCE = 1e-6
"""Largest part by which the city's count of people outside it and the nation's may differ: rounding."""


@dataclass
class Rivals:
    """The nation around the city."""

    parameters: NationParameters
    rest: Rest
    state: State
    sold: np.ndarray
    """(2, S) what the city won last month, yuan: in all, and abroad."""
    gain: float = float("nan")
    """Smallest loop gain B of a branch (`nation.returns`); a run does not begin unless it is above 0."""
    lucky: bool = False
    """Whether other cities have luck of their own with clients; not while the city itself comes to rest."""

    def __post_init__(self) -> None:
        rest = self.rest
        self._pay = rest.jobs[1:] @ rest.pay        # (C - 1, K) wages paid at rest
        self._usual_pay, self._usual_jobs = self._pay.sum(), rest.jobs[1:].sum()

    def return_to_rest(self) -> None:
        """Put every other city back to where it rests, in place."""
        for now, then in zip(self.state, at_rest(self.rest, self.parameters), strict=True):
            now[:] = then

    def means(self) -> tuple[np.ndarray, np.ndarray]:
        """Return price and cost in the other cities over those at rest: (S,) means weighted by their jobs."""
        jobs = self.state.jobs[1:]
        total = jobs.sum(0)
        return (jobs * self.state.price[1:]).sum(0) / total, (jobs * self.state.cost[1:]).sum(0) / total

    @property
    def wage(self) -> float:
        """The mean wage of the other cities over the path of wages outside, 1 at rest: each by its pay of rest."""
        return float((self._pay * self.state.wage[1:]).sum() / self._usual_pay)

    @property
    def growth(self) -> float:
        """Jobs of the other cities over those at rest."""
        return float(self.state.jobs[1:].sum() / self._usual_jobs)


def outside_of(model: Any) -> Outside:
    """Return what the month brings to the nation from outside its cities."""
    out, t = model.outside, model.t
    matched = 1.0 - model.rivals.parameters.labour_part * float(model.month.levers["matched_relief"])
    return Outside(own_cost=matched, demand=out["market"][t] * out["pandemic_demand"][t],
                   abroad=out["foreign_market"][t] * out["pandemic_demand"][t],
                   wage=float(out["outside_wage"][t]), tools=max(0.0, float(out["ai"][t] - out["ai"][0])))


def our_city(model: Any) -> OurCity:
    """Return what the city tells the nation: how it attracts clients, what it sold, who came and who left."""
    markets, flow = model.markets, model.people.flow
    attraction = markets.weight_home / markets.usual_home
    abroad = markets.weight_abroad / markets.usual_abroad
    return OurCity(attraction, model.rivals.sold[0], abroad / np.maximum(attraction, 1e-12),
                   arrivals=float(flow[_INTO_CITY].sum()), departures=float(flow[_OUT_OF_CITY].sum()))


def look(model: Any) -> Won:
    """Return what the city would win this month; nothing moves."""
    return _step(model, model.rivals.state.copy())


def live_month(model: Any) -> Won:
    """Let the nation live a month and book who moved between its other cities and elsewhere; return what we win."""
    rivals, state = model.rivals, model.rivals.state
    won = _step(model, state)
    model.people.book(P.TO_OTHER_CITIES, float(state.came[1:].sum()))
    model.people.book(P.FROM_OTHER_CITIES, float(state.left[1:].sum()))
    rivals.sold[:] = won.home + won.nation + won.abroad, won.abroad
    return won


def _step(model: Any, state: State) -> Won:
    rivals = model.rivals
    seed = model.seed if rivals.lucky else None
    won = step(rivals.parameters, rivals.rest, state, outside_of(model), seed=seed, t=model.t, ours=our_city(model))
    assert won is not None          # `step` answers wherever it is told of the agent city
    return won


def check_people(model: Any) -> None:
    """Raise `PeopleError` unless the city's ledger and the nation count the same people outside the city."""
    state, stock = model.rivals.state, model.people.stock
    for place, count in ((P.ELSEWHERE, state.pool[0]), (P.CITIES, state.residents()[1:].sum())):
        if not abs(stock[place] - count) <= TOLERANCE * max(count, 1.0):
            raise P.PeopleError(f"{model.label()}: {stock[place]:,.0f} people are '{P.STOCKS[place]}' in the city's "
                                f"ledger and {count:,.0f} in the nation's. The run was stopped.")


def follow(model: Any) -> None:
    """Set what other cities' studios ask and what their effort costs, in yuan, and how much work they can take."""
    g, rivals, inputs = model.city_state[0], model.rivals, model.rules.segments["inputs"]
    usual, wage, premium = g["price"], g["outside_wage"], rivals.state.premium
    price, cost = rivals.means()
    g["repriced"] = np.exp(g["premium"] - premium)
    g["premium"] = premium
    asked = g["outside_price"] = usual * wage * price * np.exp(premium)
    g["outside_fee"] = asked - usual * inputs * wage
    g["outside_cost"] = wage * float(cost @ rivals.rest.jobs[0]) / rivals.rest.jobs[0].sum()
    g["outside_growth"] = rivals.growth
