"""What holds a city at its size and wage during a burn-in: what clients ask of it, and the inflow of people.

A proportional and integral controller, slow against the months in which studios hire: the weight that the city's
studios need with clients rises while a segment has more jobs than it should, and more people come while wages lie
above other cities'.  Luck makes both wander; their means over the later burn-in (weights in logs, people as they
come) are what the run keeps.  People of other sectors, at home and elsewhere stay as many as sources count, and
the nation's other cities stand still; at the end the nation settles beside what the city has sold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import N_SEGMENTS, Life
from cluster_sim.initial.nation import let_luck_spread, settle_nation

JOBS_LEVEL, JOBS_SUM = 1.5, 0.01       # answer of log attraction to log jobs over target, and to their sum over months
WAGE_LEVEL, WAGE_SUM = 12.0, 0.15        # answer of log inflow to the log relative wage, and to its sum
COUNTED_GAIN = 0.3      # of these answers but the sum of jobs while corrections count, so that they hardly move by then
AROUND = [P.OTHER, P.HOME, P.ELSEWHERE, P.CITIES]    # stocks of people that are held where they started
BOUND = 4.0                             # largest log correction


class Hold:
    """The corrections of a burn-in toward jobs by segment (`target`); `adjust` after every month, `fix` at its end."""

    def __init__(self, city: Any, target: np.ndarray) -> None:
        self.target = target
        self.usual_home, self.usual_abroad = city.markets.usual_home.copy(), city.markets.usual_abroad.copy()
        self.jobs_sum, self.wage_sum = np.zeros(N_SEGMENTS), 0.0
        self.attraction, self.inflow, self.months = np.zeros(N_SEGMENTS), 0.0, 0
        self.weight, self.sold = np.zeros((2, N_SEGMENTS)), np.zeros((2, N_SEGMENTS))

    def adjust(self, city: Any, counted: bool) -> None:
        """Correct attraction and inflow after a month; `counted` months enter what `fix` keeps."""
        if counted:
            markets = city.markets
            self.weight += markets.weight_home / markets.usual_home, markets.weight_abroad / markets.usual_abroad
            self.sold += city.rivals.sold
            self.months += 1
        gain = COUNTED_GAIN if counted else 1.0
        excess = np.log(np.maximum(jobs_by_segment(city), 1.0) / self.target)
        self.jobs_sum += JOBS_SUM * excess
        attraction = np.clip(gain * JOBS_LEVEL * excess + self.jobs_sum, -BOUND, BOUND)
        dear = float(np.log(city.city_state["relative_wage"][0]))
        self.wage_sum += gain * WAGE_SUM * dear
        inflow = float(np.clip(gain * WAGE_LEVEL * dear + self.wage_sum, -BOUND, BOUND))
        self.apply(city, attraction, inflow)
        city.people.stock[AROUND] = city.people.first[AROUND]
        city.rivals.return_to_rest()
        if counted:
            self.attraction += attraction
            self.inflow += np.exp(inflow)

    def apply(self, city: Any, attraction: np.ndarray, inflow: float) -> None:
        """Set the weight that the city needs (logs over the base, by segment) and the inflow of people (log)."""
        city.markets.usual_home[:] = self.usual_home * np.exp(attraction)
        city.markets.usual_abroad[:] = self.usual_abroad * np.exp(attraction)
        city.city_state["inflow"] = np.exp(inflow)

    def fix(self, city: Any) -> None:
        """Leave the mean corrections of the counted months, and a nation at rest beside what the city then sold.

        A burn-in too short for any leaves its last corrections.
        """
        if self.months:
            self.apply(city, self.attraction / self.months, float(np.log(self.inflow / self.months)))
            city.markets.usual_home[:] *= self.weight[0] / self.months
            city.markets.usual_abroad[:] *= self.weight[1] / self.months
            settle_nation(city, *(self.sold / self.months))
        let_luck_spread(city)


def jobs_by_segment(city: Any) -> np.ndarray:
    """Return the people at work in open studios by segment."""
    s = city.studios.used
    mine = s["alive"] == Life.ALIVE
    return np.bincount(s["segment"][mine], s["staff"][mine], N_SEGMENTS)
