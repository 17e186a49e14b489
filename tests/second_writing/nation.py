"""The national market and the aggregate cities that share it: one city, one segment, one client at a time."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from .labour import LabourMarket, Pool


class City:
    """One aggregate city; prices, wages and productivity are over those of rest, effort in jobs of rest."""

    def __init__(self, jobs: list[float], value: list[float], p: dict[str, Any]) -> None:
        self.p, self.value = p, value                       # sales of a job at rest, money a month
        self.people = LabourMarket(jobs, p)
        self.rest_jobs = list(jobs)
        self.expected = [float(n) for n in jobs]            # load a month that studios count on
        self.backlog = [(p["lead"] - 1.0) * n for n in jobs]     # what waits before a month's orders
        self.use = [p["use"] for _ in jobs]                 # load over capacity, last month
        self.sales = [n * v for n, v in zip(jobs, value, strict=True)]      # last month, at its prices
        self.usual_parts = [x / sum(self.sales) for x in self.sales]        # of segments in what studios buy here
        self.knowhow = 1.0
        self.ai = 0.0
        self.luck = 0.0                                     # log, mean-corrected by who sets it
        self.demand_shift = [1.0 for _ in jobs]             # orders that this city wins, a shock
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
        return self.own_cost() ** kappa * math.exp(p["scarcity"] * (self.use[s] - p["use"]))

    def attraction(self, s: int) -> float:
        """Return the weight with clients before distance: jobs, tools, luck, and the price against them."""
        p = self.p
        size = (self.people.jobs[s] / self.rest_jobs[s]) ** p["theta"]
        tools = (1.0 + p["ai_gain"] * self.ai) ** p["tools_quality"]
        return size * tools * math.exp(self.luck) * self.price(s) ** -p["sigma"]

    def work(self, s: int, orders: float) -> None:
        """Take this month's orders (effort), do what capacity allows, lose what waits too long, renew the plan."""
        p = self.p
        capacity = self.people.jobs[s] * self.productivity() / self.p["use"]     # a job does 1 at the normal use
        self.backlog[s] += orders
        load = self.backlog[s] / p["lead"]
        self.use[s] = load / capacity
        self.backlog[s] -= min(load, capacity)
        beyond = max(load - capacity, 0.0) * p["lapse"]         # clients take back what capacity cannot serve
        self.backlog[s] -= beyond
        self.expected[s] += p["plan_speed"] * (load - self.expected[s])

    def wanted(self) -> list[float]:
        """Return the jobs that the expected load needs at the normal use of capacity."""
        return [load / self.productivity() for load in self.expected]


class Client(NamedTuple):
    """Clients in one place: those of a city, or all those abroad."""

    reach: list[float]          # by city: what distance leaves of its attraction
    factor: list[list[float]]   # by city and segment: its attraction here over that in the nation
    spends: list[float]         # by segment: money a month at rest
    others: list[float]         # by segment: weight of sellers who are none of the cities
    abroad: bool = False


def on_a_ring(cities: int, jobs: list[float], p: dict[str, Any], round_km: float) -> Nation:
    """Return equal cities at equal steps on a circle, a person-month of which sells for 1."""
    km = [[min(abs(i - j), cities - abs(i - j)) * round_km / cities for j in range(cities)] for i in range(cities)]
    spends = [n * (1.0 - p["links_local"]) for n in jobs]
    clients = [Client([(1.0 + d / 100.0) ** -p["distance_decay"] for d in row], [[1.0] * len(jobs)] * cities, spends,
                      [0.0] * len(jobs)) for row in km]
    return Nation([jobs] * cities, [[1.0] * len(jobs)] * cities, [[1.0] * len(jobs)] * cities, clients, p)


class Nation:
    """All cities and their clients.

    jobs, value (sales of a job at rest, money a month) and strength (attraction that jobs and prices do not
    explain) by city and segment.
    """

    def __init__(self, jobs: list[list[float]], value: list[list[float]], strength: list[list[float]],
                 clients: list[Client], p: dict[str, Any]) -> None:
        self.p, self.clients, self.strength = p, clients, strength
        self.cities = [City(*row, p) for row in zip(jobs, value, strict=True)]
        self.pool = Pool(p["pool_ratio"] * sum(sum(row) for row in jobs))
        self.segments = range(len(jobs[0]))
        self.market = 1.0                               # final demand over that of rest
        # what studios of all cities buy on the nation's market is a part of what clients at home spend
        home = [sum(client.spends[s] for client in clients if not client.abroad) for s in self.segments]
        bought = [p["links_national"] * sum(city.sales[s] for city in self.cities) for s in self.segments]
        self.final_part = [1.0 - bought[s] / home[s] for s in self.segments]
        self.bought_rest = bought

    def sell(self) -> list[list[float]]:
        """Return each city's sales by segment: clients' final demand, and what studios buy from each other."""
        p, cities = self.p, self.cities
        weight = [[self.strength[c][s] * city.attraction(s) for s in self.segments] for c, city in enumerate(cities)]
        sales = [[p["links_local"] * sum(city.sales) * part for part in city.usual_parts] for city in cities]
        for s in self.segments:
            bought = p["links_national"] * sum(city.sales[s] for city in cities) / self.bought_rest[s]
            for client in self.clients:
                money = client.spends[s] * self.market
                if not client.abroad:
                    money = client.spends[s] * (self.final_part[s] * self.market + (1.0 - self.final_part[s]) * bought)
                reached = [weight[c][s] * client.reach[c] * client.factor[c][s] for c in range(len(cities))]
                everybody = sum(reached) + client.others[s]
                for c in range(len(cities)):
                    sales[c][s] += money * reached[c] / everybody
        return sales

    def month(self) -> None:
        """Let one month pass: people, hiring, contracts, work."""
        plans = [city.wanted() for city in self.cities]
        wage_outside, left_outside = self.pool.wage(self.p["other_return"]), self.pool.people / self.pool.rest
        for city in self.cities:
            self.pool.people += city.people.move_people(wage_outside, left_outside)
        for city, wanted in zip(self.cities, plans, strict=True):
            city.people.hire(wanted)
        sales = self.sell()
        prices = [[city.price(s) for s in self.segments] for city in self.cities]
        for c, city in enumerate(self.cities):
            for s in self.segments:
                sales[c][s] *= city.demand_shift[s]
                city.work(s, sales[c][s] / prices[c][s] / city.value[s])
            city.sales = sales[c]

    def everybody(self) -> float:
        """Return everybody: the same number every month."""
        return self.pool.people + sum(city.people.residents() for city in self.cities)

    def share(self, c: int) -> float:
        """Return the part of the nation's sales that a city has."""
        return sum(self.cities[c].sales) / sum(sum(city.sales) for city in self.cities)
