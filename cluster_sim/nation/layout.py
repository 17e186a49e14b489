"""Lay out a nation: places, markets and people at rest, with the attractions that make the rest hold.

A city's attraction to clients is what its sales at rest reveal (the inversion of Berry 1994): no formula
explains the level, the model explains how it moves.
"""

from __future__ import annotations

import numpy as np

from cluster_sim.nation.parameters import NationParameters
from cluster_sim.nation.state import Rest

EARTH_KM = 6371.0                       # technical: radius of the earth
MOST_ROUNDS, SOLVED = 20_000, 1e-14     # technical: of the search for attractions
JOBS, VALUE, ROUND_KM = 60_000.0, 40_000.0, 6_000.0      # technical: a laboratory's nation, not a real one


def distances(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return great-circle distances in km between all pairs of points given in degrees."""
    x, y = np.radians(lon), np.radians(lat)
    a = (np.sin((y[:, None] - y[None, :]) / 2.0) ** 2
         + np.cos(y)[:, None] * np.cos(y)[None, :] * np.sin((x[:, None] - x[None, :]) / 2.0) ** 2)
    return 2.0 * EARTH_KM * np.arcsin(np.sqrt(np.clip(a, 0.0, 1.0)))


def ring(cities: int, parameters: NationParameters, *, jobs: float = JOBS, value: float = VALUE,
         round_km: float = ROUND_KM) -> Rest:
    """Return equal cities at equal steps on a circle, with equal segments and no market abroad."""
    segments = parameters.own_cost.size
    step = np.abs(np.subtract.outer(np.arange(cities), np.arange(cities)))
    km = np.minimum(step, cities - step) * round_km / cities
    return settle(parameters, np.full((cities, segments), jobs), np.full((cities, segments), value), km,
                  np.full(cities, 1.0 / cities))


def settle(parameters: NationParameters, jobs: np.ndarray, value: np.ndarray, km: np.ndarray, market: np.ndarray,
           *, abroad_share: np.ndarray | float = 0.0) -> Rest:
    """Return the rest in which the given jobs sell all that they make.

    jobs, value: (C, S); km: (C, C); market: (C,) each city's share of the nation's spending;
    abroad_share: (S,) or (C, S) part of sales that goes abroad, where all cities together hold the part
    ``abroad_part`` of the market, as near to every city.
    """
    p = parameters
    jobs, value = np.array(jobs, float), np.array(value, float)
    cities = jobs.shape[0]
    exports = np.asarray(abroad_share, float) * jobs * value
    sold = jobs * value * (1.0 - p.links_local) - exports
    reach = np.hstack([(1.0 + km / p.reach_km) ** -p.distance_decay, np.ones((cities, 1))])
    spending = np.outer(sold.sum(0), market / market.sum())
    appeal = _attraction(sold, reach[:, :-1], spending)
    total = exports.sum(0)
    abroad = np.divide(exports, appeal * total, out=np.zeros_like(exports), where=total > 0.0)
    foreign = np.zeros((spending.shape[0], cities + 1))
    foreign[:, -1] = 1.0 / p.abroad_part - 1.0
    return _with_people(p, jobs, value, appeal=appeal, abroad=abroad, reach=reach, foreign=foreign,
                        spending=np.hstack([spending, (total / p.abroad_part)[:, None]]))


def _attraction(sold: np.ndarray, reach: np.ndarray, spending: np.ndarray) -> np.ndarray:
    """Return the attractions with which the cities sell so much in the nation, (C, S); their sum is about one."""
    appeal = sold / sold.sum(0)
    if not (appeal.T @ reach > 0.0).all():
        raise ValueError("no city can sell in one of the markets: they are without a seller")
    for _ in range(MOST_ROUNDS):
        won = appeal * ((spending / (appeal.T @ reach)) @ reach.T).T
        appeal = appeal * sold / won
        if np.abs(won / sold - 1.0).max() < SOLVED:
            return appeal
    raise ValueError("no attractions were found that sell all that the cities make")


def _with_people(p: NationParameters, jobs: np.ndarray, value: np.ndarray, **markets: np.ndarray) -> Rest:
    seekers = p.unemployment * jobs
    other = p.other_ratio * jobs.sum(1)
    residents = jobs.sum(1) + seekers.sum(1) + other
    own = np.eye(jobs.shape[1])
    return Rest(jobs=jobs, value=value, sales=jobs * value, mix=own, pay=own, workers=jobs.copy(), seekers=seekers,
                other=other, residents=residents, pool=float(p.pool_ratio * jobs.sum()),
                room=residents * (1.0 + p.room), **markets)


def with_trades(rest: Rest, mix: np.ndarray, wages: np.ndarray) -> Rest:
    """Return the rest with people who have trades, each of them one labour market for all segments of a city.

    mix: (S, K) what part of a segment's jobs is of each trade; wages: (K,) what a trade earns over others.
    Without this each segment is a trade of its own: nobody ever goes from one to another.
    """
    workers = rest.jobs @ mix
    usual = rest.seekers.sum(1) / rest.jobs.sum(1)
    pay = mix * wages
    return rest._replace(mix=np.ascontiguousarray(mix), pay=pay / pay.sum(1, keepdims=True), workers=workers,
                         seekers=workers * usual[:, None])


def from_city(parameters: NationParameters, outside: np.ndarray, lon: np.ndarray, lat: np.ndarray,
              ours: tuple[float, float], home_market: float, jobs: np.ndarray, value: np.ndarray,
              national_share: np.ndarray, abroad_share: np.ndarray) -> Rest:
    """Return the rest with our city in row 0 and the outside cities of its file below.

    outside: (n,) with the columns market, strength and wage_index; lon, lat: (n,) degrees; ours: lon and lat;
    jobs, value: (S,) of our city; national_share: (S,) our part of the nation's jobs, weighted by wages: the
    others divide the rest by their strength.  A job elsewhere sells as much more as its wage is higher.
    """
    km = distances(np.append(ours[0], lon), np.append(ours[1], lat))
    wage = np.append(1.0, outside["wage_index"])
    strength = outside["strength"] / outside["strength"].sum()
    sales = jobs * value / national_share
    theirs = strength[:, None] * (sales * (1.0 - national_share))[None, :]
    all_sales = np.vstack([jobs * value, theirs])
    all_value = wage[:, None] * value[None, :]
    return settle(parameters, all_sales / all_value, all_value, km, np.append(home_market, outside["market"]),
                  abroad_share=abroad_share)
