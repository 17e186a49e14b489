"""The same start for both writings: numbers and places of a nation at rest, handed over as plain lists; the shocks."""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.nation.parameters import NationParameters
from cluster_sim.nation.state import Rest

from .nation import Client, Nation

SHOCKS = {"demand": 0.05, "cost": 0.01, "people": -0.05}


def plain_numbers(p: NationParameters) -> dict[str, float | list[float]]:
    """Return the parameters as a dictionary of floats and lists."""
    return {name: np.asarray(getattr(p, name)).tolist() for name in p._fields}


def nation_of(p: NationParameters, rest: Rest) -> Nation:
    """Return the second writing's nation with the jobs, people, clients and attractions of a rest."""
    cities, segments = rest.jobs.shape
    same = np.ones((cities, segments)).tolist()
    clients = [Client(rest.reach[:, m].tolist(), same, rest.spending[:, m].tolist(), rest.foreign[:, m].tolist())
               for m in range(cities)]
    clients.append(Client(rest.reach[:, -1].tolist(), rest.abroad.tolist(), rest.spending[:, -1].tolist(),
                          rest.foreign[:, -1].tolist(), abroad=True))
    nation = Nation(rest.jobs.tolist(), rest.value.tolist(), rest.appeal.tolist(), clients, plain_numbers(p))
    nation.pool.people = nation.pool.rest = rest.pool
    for c, city in enumerate(nation.cities):
        city.people.other = city.people.other_rest = float(rest.other[c])
    return nation


def shock(nation: Nation, name: str, size: float) -> None:
    """Give city 0 more orders or dearer work for good, or move a part of everybody in it to the pool."""
    city = nation.cities[0]
    if name == "demand":
        city.demand_shift = [1.0 + size for _ in city.demand_shift]
    elif name == "cost":
        city.cost_shift = 1.0 + size
    elif name == "people":
        people = city.people
        nation.pool.people -= size * people.residents()
        people.jobs = [(1.0 + size) * jobs for jobs in people.jobs]
        people.seekers *= 1.0 + size
        people.other *= 1.0 + size


def measures(nation: Nation) -> list[float]:
    """Return log jobs, wage and price of city 0 over those of rest; prices weigh with the jobs of rest."""
    city = nation.cities[0]
    mix = [jobs / sum(city.rest_jobs) for jobs in city.rest_jobs]
    price = sum(part * math.log(city.price(s)) for s, part in enumerate(mix))
    return [math.log(sum(city.people.jobs) / sum(city.rest_jobs)), math.log(city.people.wage), price]


def answer(nation: Nation, name: str, size: float, years: tuple[int, ...]) -> np.ndarray:
    """Return `measures` after some years of a shock, (measures, years)."""
    shock(nation, name, size)
    rows = []
    for month in range(1, 12 * max(years) + 1):
        nation.month()
        if month in [12 * year for year in years]:
            rows.append(measures(nation))
    return np.array(rows).T
