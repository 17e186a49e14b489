"""What holds a city at its size and wage during a burn-in: other cities' attraction, and the inflow of people.

A proportional and integral controller, slow against the months in which studios hire: attraction of other cities'
studios rises while a segment has more jobs than it should, and more people come while wages lie above other
cities'.  Luck makes both wander; their means over the later burn-in (attraction in logs, people as
they come) are what the run keeps.  People of other sectors, at home and elsewhere stay as many as sources count.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import N_SEGMENTS, Life

JOBS_LEVEL, JOBS_SUM = 1.5, 0.01       # answer of log attraction to log jobs over target, and to their sum over months
WAGE_LEVEL, WAGE_SUM = 12.0, 0.15        # answer of log inflow to the log relative wage, and to its sum
COUNTED_GAIN = 0.3                      # of these answers while corrections count, so that they hardly move by then
AROUND = [P.OTHER, P.HOME, P.ELSEWHERE]    # stocks of people that are held where they started
BOUND = 4.0                             # largest log correction


class Hold:
    """The corrections of a burn-in toward jobs by segment (`target`); `adjust` after every month, `fix` at its end."""

    def __init__(self, city: Any, target: np.ndarray) -> None:
        self.target = target
        self.rivals, self.rivals_abroad = city.markets.rivals.copy(), city.markets.rivals_abroad.copy()
        self.jobs_sum, self.wage_sum = np.zeros(N_SEGMENTS), 0.0
        self.attraction, self.inflow, self.months = np.zeros(N_SEGMENTS), 0.0, 0

    def adjust(self, city: Any, counted: bool) -> None:
        """Correct attraction and inflow after a month; `counted` months enter what `fix` keeps."""
        gain = COUNTED_GAIN if counted else 1.0
        excess = np.log(np.maximum(jobs_by_segment(city), 1.0) / self.target)
        self.jobs_sum += gain * JOBS_SUM * excess
        attraction = np.clip(gain * JOBS_LEVEL * excess + self.jobs_sum, -BOUND, BOUND)
        dear = float(np.log(city.city_state["relative_wage"][0]))
        self.wage_sum += gain * WAGE_SUM * dear
        inflow = float(np.clip(gain * WAGE_LEVEL * dear + self.wage_sum, -BOUND, BOUND))
        self.apply(city, attraction, inflow)
        city.people.stock[AROUND] = city.people.first[AROUND]
        if counted:
            self.attraction += attraction
            self.inflow += np.exp(inflow)
            self.months += 1

    def apply(self, city: Any, attraction: np.ndarray, inflow: float) -> None:
        """Set other cities' attraction (logs over the base, by segment) and the inflow of people (log)."""
        city.markets.rivals[:] = self.rivals * np.exp(attraction)[:, None]
        city.markets.rivals_abroad[:] = self.rivals_abroad * np.exp(attraction)
        city.city_state["inflow"] = np.exp(inflow)

    def fix(self, city: Any) -> None:
        """Leave the mean corrections of the counted months; a burn-in too short for any leaves its last ones."""
        if self.months:
            self.apply(city, self.attraction / self.months, float(np.log(self.inflow / self.months)))


def jobs_by_segment(city: Any) -> np.ndarray:
    """Return the people at work in open studios by segment."""
    s = city.studios.used
    mine = s["alive"] == Life.ALIVE
    return np.bincount(s["segment"][mine], s["staff"][mine], N_SEGMENTS)
