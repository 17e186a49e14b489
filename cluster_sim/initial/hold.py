"""What holds a city's jobs, wage and studios during a burn-in: what clients ask, and inflows of people and founders.

A proportional and integral controller, slow against the months in which studios hire: the weight that the city's
studios need with clients rises while a segment has more jobs than it should, more people come while wages lie
above other cities', and more of the experienced found a studio while there are fewer than sources count.  The sums
forget a start that was out of balance within some four years, so that nothing of it is left when corrections count.
People of other sectors, at home and elsewhere stay as many as sources count, and the nation's other cities stand still.

Luck makes all wander.  The run keeps means over the later burn-in: people and founders as they come, the weight that
the city's studios had with clients, and what they sold.  A city that meets clients with that mean weight sells that
mean, so that luck, which is larger in a small city, does not make it larger.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import N_SEGMENTS, Life
from cluster_sim.initial.nation import LEAST_WEIGHT, let_luck_spread, settle_nation

JOBS_LEVEL, JOBS_SUM = 1.5, 0.04        # technical: answer of log attraction to log jobs over target, and to their sum
WAGE_LEVEL, WAGE_SUM = 12.0, 0.15       # technical: answer of log inflow to the log relative wage, and to its sum
STUDIOS_LEVEL, STUDIOS_SUM = 8.0, 0.25  # technical: answer of log founding to log studios over target, and to their sum
COUNTED_GAIN = 0.3      # technical: of these answers while corrections count, so that they hardly move by then
AROUND = [P.OTHER, P.HOME, P.ELSEWHERE, P.CITIES]    # stocks of people that are held where they started
BOUND = 4.0                             # technical: largest log correction


class Hold:
    """The corrections of a burn-in toward jobs by segment (`target`) and a number of studios.

    `adjust` after every month, `fix` at the end.
    """

    def __init__(self, city: Any, target: np.ndarray, studios: int) -> None:
        self.target, self.studios = target, studios
        self.usual_home, self.usual_abroad = city.markets.usual_home.copy(), city.markets.usual_abroad.copy()
        self.jobs_sum, self.wage_sum, self.studios_sum = np.zeros(N_SEGMENTS), 0.0, 0.0
        self.inflow, self.founding, self.months = 0.0, 0.0, 0
        self.weight, self.sold = np.zeros((2, N_SEGMENTS)), np.zeros((2, N_SEGMENTS))

    def adjust(self, city: Any, counted: bool) -> None:
        """Correct attraction, inflow and founding after a month; `counted` months enter what `fix` keeps."""
        if counted:
            self.weight += city.markets.weight_home, city.markets.weight_abroad
            self.sold += city.rivals.sold
            self.months += 1
        gain = COUNTED_GAIN if counted else 1.0
        excess = np.log(np.maximum(jobs_by_segment(city), 1.0) / self.target)
        self.jobs_sum += gain * JOBS_SUM * excess
        attraction = np.clip(gain * JOBS_LEVEL * excess + self.jobs_sum, -BOUND, BOUND)
        dear = float(np.log(city.city_state["relative_wage"][0]))
        self.wage_sum += gain * WAGE_SUM * dear
        inflow = float(np.clip(gain * WAGE_LEVEL * dear + self.wage_sum, -BOUND, BOUND))
        founding = self.founders_needed(city, gain)
        self.apply(city, attraction, inflow, founding)
        city.people.stock[AROUND] = city.people.first[AROUND]
        city.rivals.return_to_rest()
        if counted:
            self.inflow += np.exp(inflow)
            self.founding += np.exp(founding)

    def founders_needed(self, city: Any, gain: float) -> float:
        """Return the log founding that brings the studios back to their number; slow, since few open and close."""
        few = float(np.log(self.studios / max(open_studios(city), 1)))
        self.studios_sum += gain * STUDIOS_SUM * few
        return float(np.clip(STUDIOS_LEVEL * few + self.studios_sum, -BOUND, BOUND))

    def apply(self, city: Any, attraction: np.ndarray, inflow: float, founding: float) -> None:
        """Set the weight needed (over the base, by segment), the inflow of people and founding; all in logs."""
        city.markets.usual_home[:] = self.usual_home * np.exp(attraction)
        city.markets.usual_abroad[:] = self.usual_abroad * np.exp(attraction)
        city.city_state["inflow"], city.city_state["founding"] = np.exp(inflow), np.exp(founding)

    def fix(self, city: Any) -> None:
        """Leave the mean corrections of the counted months, and a nation at rest beside what the city then sold.

        A burn-in too short for any leaves its last corrections.
        """
        if self.months:
            city.city_state["inflow"] = self.inflow / self.months
            city.city_state["founding"] = self.founding / self.months
            # A very small city may lose its last studio of a branch; the next one is compared with a worker's weight.
            city.markets.usual_home[:], city.markets.usual_abroad[:] = np.maximum(self.weight / self.months,
                                                                                  LEAST_WEIGHT)
            settle_nation(city, *(self.sold / self.months))
        let_luck_spread(city)


def jobs_by_segment(city: Any) -> np.ndarray:
    """Return the people at work in open studios by segment."""
    s = city.studios.used
    mine = s["alive"] == Life.ALIVE
    return np.bincount(s["segment"][mine], s["staff"][mine], N_SEGMENTS)


def open_studios(city: Any) -> int:
    """Return the number of open studios."""
    return int(np.count_nonzero(city.studios.used["alive"] == Life.ALIVE))
