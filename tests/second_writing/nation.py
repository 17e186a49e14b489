"""The national market and the aggregate cities that share it: one city, one segment, one client at a time."""

from __future__ import annotations

import math
from typing import Any

from .labour import LabourMarket, Pool


class City:
    """One aggregate city; prices, wages and productivity are over those of rest, effort is in person-months."""

    def __init__(self, jobs: list[float], p: dict[str, Any]) -> None:
        self.p = p
        self.people = LabourMarket(jobs, p)
        self.rest_jobs = list(jobs)
        self.expected = [p["use"] * n for n in jobs]        # load a month that studios count on
        self.backlog = [(p["lead"] - 1.0) * p["use"] * n for n in jobs]     # what waits before a month's orders
        self.use = [p["use"] for _ in jobs]                 # load over capacity, last month
        self.sales = [p["use"] * n for n in jobs]           # at current prices, last month
        self.knowhow = 1.0
        self.ai = 0.0
        self.luck = 0.0                                     # log, mean-corrected by who sets it
        self.demand_shift = 1.0                             # clients' weight of this city, a shock
        self.cost_shift = 1.0                               # own cost of this city, a shock

    def productivity(self) -> float:
        """Return effort of a worker over that of rest: density, know-how, AI tools."""
        p = self.p
        density = sum(self.people.jobs) / sum(self.rest_jobs)
        return density ** p["gamma"] * self.knowhow ** p["knowhow_weight"] * (1.0 + p["ai_gain"] * self.ai)

    def own_cost(self) -> float:
        """Return wages, rent and computing for a unit of effort, over those of rest."""
        p = self.p
        per_worker = p["labour_part"] * self.people.wage + 1.0 - p["labour_part"] + p["ai_cost"] * self.ai
        return self.cost_shift * per_worker / self.productivity()

    def price(self, s: int) -> float:
        """Return the price that studios of a segment quote: the pass-through of own cost, and scarcity."""
        p = self.p
        kappa = p["pass_through"] * (1.0 + p["markup"]) * p["own_cost"][s]
        return self.own_cost() ** kappa * math.exp(p["scarcity"] * (self.use[s] / p["use"] - 1.0))

    def attraction(self, s: int) -> float:
        """Return the weight with clients before distance: jobs, tools, luck, and the price against them."""
        p = self.p
        size = (self.people.jobs[s] / self.rest_jobs[s]) ** p["theta"]
        tools = (1.0 + p["ai_gain"] * self.ai) ** p["tools_quality"]
        return size * tools * math.exp(self.luck) * self.demand_shift * self.price(s) ** -p["sigma"]

    def work(self, s: int, orders: float) -> None:
        """Take this month's orders (effort), do what capacity allows, lose what waits too long, renew the plan."""
        p = self.p
        capacity = self.people.jobs[s] * self.productivity()
        self.backlog[s] += orders
        load = self.backlog[s] / p["lead"]
        self.use[s] = load / capacity
        self.backlog[s] -= min(load, capacity)
        beyond = max(load - capacity, 0.0) * p["lapse"]         # clients take back what capacity cannot serve
        self.backlog[s] -= beyond
        self.expected[s] += p["plan_speed"] * (load - self.expected[s])

    def wanted(self) -> list[float]:
        """Return the jobs that the expected load needs at the normal use of capacity."""
        return [load / self.p["use"] / self.productivity() for load in self.expected]


class Nation:
    """All cities and the clients in them.  `jobs[city][segment]` at rest, `km[city][city]`."""

    def __init__(self, jobs: list[list[float]], km: list[list[float]], p: dict[str, Any]) -> None:
        self.p = p
        self.cities = [City(row, p) for row in jobs]
        self.pool = Pool(p["pool_ratio"] * sum(sum(row) for row in jobs))
        self.reach = [[(1.0 + d / 100.0) ** -p["distance_decay"] for d in row] for row in km]
        total = sum(sum(row) for row in jobs)
        self.client_size = [sum(row) / total for row in jobs]
        self.n_segments = len(jobs[0])
        self.total_rest = [p["use"] * sum(row[s] for row in jobs) for s in range(self.n_segments)]
        self.final = [x * (1.0 - p["links_local"] - p["links_national"]) for x in self.total_rest]
        self.market = [1.0] * self.n_segments                  # final demand over that of rest
        self.strength = [[p["use"] * n for n in row] for row in jobs]
        self.bring_to_rest()

    def sell(self) -> list[list[float]]:
        """Return each city's sales by segment: clients' final demand, and what studios buy from each other."""
        p, cities = self.p, self.cities
        weight = [[self.strength[c][s] * city.attraction(s) for s in range(self.n_segments)]
                  for c, city in enumerate(cities)]
        links = [p["links_national"] * sum(city.sales[s] for city in cities) for s in range(self.n_segments)]
        sales = [[p["links_local"] * city.sales[s] for s in range(self.n_segments)] for city in cities]
        for s in range(self.n_segments):
            money = self.final[s] * self.market[s] + links[s]
            for k, size in enumerate(self.client_size):
                reached = [weight[c][s] * self.reach[k][c] for c in range(len(cities))]
                all_reached = sum(reached)
                for c in range(len(cities)):
                    sales[c][s] += money * size * reached[c] / all_reached
        return sales

    def bring_to_rest(self) -> None:
        """Find the fixed part of each city's attraction that sells at rest what its people can make."""
        for _ in range(500):
            worst = 0.0
            for c, row in enumerate(self.sell()):
                for s, sales in enumerate(row):
                    usual = self.cities[c].p["use"] * self.cities[c].rest_jobs[s]
                    miss = usual / sales
                    self.strength[c][s] *= miss
                    worst = max(worst, abs(miss - 1.0))
            if worst < 1e-13:
                return

    def month(self) -> None:
        """Let one month pass: people, hiring, contracts, work."""
        plans = [city.wanted() for city in self.cities]
        wage_outside, left_outside = self.pool.wage(self.p["other_return"]), self.pool.people / self.pool.rest
        for city in self.cities:
            self.pool.people += city.people.move_people(wage_outside, left_outside)
        for city, wanted in zip(self.cities, plans, strict=True):
            city.people.hire(wanted)
        sales = self.sell()
        prices = [[city.price(s) for s in range(self.n_segments)] for city in self.cities]
        for c, city in enumerate(self.cities):
            for s in range(self.n_segments):
                city.work(s, sales[c][s] / prices[c][s])
            city.sales = sales[c]

    def people_of_the_nation(self) -> float:
        """Return everybody: the same number every month."""
        return self.pool.people + sum(city.people.residents() for city in self.cities)

    def share(self, c: int) -> float:
        """Return the part of the nation's sales that a city has."""
        return sum(self.cities[c].sales) / sum(sum(city.sales) for city in self.cities)
