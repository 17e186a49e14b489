"""Returns to a city's size: the loop gain B, its formula, and the answer of the whole finite nation.

All in logs against rest, for a city that is small in every market: jobs L, price p, wage w, own cost c, a cut
x of own cost, and sales X = theta L - sigma p.

- price        p = kappa c, with kappa = rho (1 + mark-up) own cost / price
- own cost     c = l w - gamma L - x, with l the labour part of own cost and gamma the density elasticity
- wage         w = L / eta_h, with eta_h the elasticity eta of labour supply less housing's push-back
- effort sold  L + gamma L = X - p

Together B L = (sigma + 1) kappa x with B = 1 + gamma - theta + (sigma + 1) kappa (eps - gamma), where
eps = l / eta_h is the slope of own cost (not of the wage) in jobs.  A cut of 1% moves jobs by
(sigma + 1) kappa / B %; B <= 0 runs away.  Scarcity of capacity, speeds, matching and local links (which
scale what is sold outside) drop out at rest.  In a finite nation sales answer weights through a matrix with
eigenvalues m between 0 and 1 (what a city takes from itself and from rivals is taken off), and each mode has
the gain 1 + gamma - m theta + (1 + m sigma) kappa (eps - gamma): between that of m = 0, which is positive, and
B, that of m = 1.  So B > 0 is enough for any nation.  `response` solves the whole system.

The design notes (MODEL_REPAIRS, point 1) print B = .29 (gain 4.8%) for eta 3 and .085 (17%) for eta 10 at
theta 1, sigma 4, kappa .27, gamma .05.  With eps = 1 / eta the formula gives .4325 (3.1%) and .1175 (11.5%), and
theta 1.1 with eta 10 gives .0175, which does not explode, as the notes say that it does.  The examples hold with
eps = l / eta and a labour part l of .66 to .76: l = .68 gives .288 (4.7%) and .074 (18%), and -.026 for theta 1.1.
So eps is the slope of own cost, and own cost holds rent, computing and a normal return beside labour.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cluster_sim.inputs.errors import Refused
from cluster_sim.nation.parameters import NationParameters
from cluster_sim.nation.people import push_back, supply_elasticity
from cluster_sim.nation.state import Rest

FLAGGED = 0.15          # technical: loop gains below it are reported, an answer of jobs beyond some 9% for 1% of cost


class ReturnsError(Refused):
    """The city's growth feeds itself without end."""


class Returns(NamedTuple):
    """Loop gains by segment and what they mean for a draw of the prior."""

    gain: np.ndarray
    """(S,) B of each segment, its city's segments moving together."""
    answer: np.ndarray
    """(S,) per cent of jobs for a cut of own cost by 1%."""
    flagged: bool
    """Whether some B is below `FLAGGED`."""


def loop_gain(parameters: NationParameters) -> np.ndarray:
    """Return B by segment, (S,): what is left of a rise in jobs after all that it brings about."""
    p = parameters
    slope = p.labour_part / supply_elasticity(p)
    return 1.0 + p.gamma - p.theta + (p.sigma + 1.0) * p.kappa * (slope - p.gamma)


def check(parameters: NationParameters) -> Returns:
    """Return the loop gains; ReturnsError names theta, eta, sigma and gamma if some B is not positive."""
    p = parameters
    gain = loop_gain(p)
    if gain.min() <= 0.0:
        raise ReturnsError(
            f"increasing returns run away: loop gain B = {gain.min():.3f} (segment {int(gain.argmin())}) with "
            f"theta {p.theta:g} (commissioning.size), eta {p.eta:g} (labour.eta), sigma {p.sigma:g} "
            f"(commissioning.price_weight), gamma {p.gamma:g} (production.gamma); B must be above 0: lower theta, eta "
            "or gamma")
    return Returns(gain, (p.sigma + 1.0) * p.kappa / gain, bool(gain.min() < FLAGGED))


class Screened(NamedTuple):
    """Draws of a prior after the check of their loop gain."""

    kept: list[NationParameters]
    """Draws whose every B is positive."""
    rejected: int
    """Draws that run away."""
    flagged: int
    """Draws kept with some B below `FLAGGED`."""


def screen(draws: Iterable[NationParameters]) -> Screened:
    """Return the draws that do not run away, and how many do or nearly do."""
    kept, rejected, flagged = [], 0, 0
    for draw in draws:
        try:
            flagged += check(draw).flagged
            kept.append(draw)
        except ReturnsError:
            rejected += 1
    return Screened(kept, rejected, flagged)


def response(parameters: NationParameters, rest: Rest, cut: np.ndarray) -> np.ndarray:
    """Return the log change of jobs at the new rest, (C, S), for log cuts of own cost, (C,) or (C, S).

    The linear system of all cities: finite markets, distance, rivals' answers, the pool that all draw on,
    housing, links, and density over a city's segments together.  Unknowns are jobs, sales and the pool.
    """
    p = parameters
    cities, segments = rest.jobs.shape
    n = cities * segments
    cut = np.broadcast_to(np.asarray(cut, float).reshape(cities, -1), (cities, segments)).ravel()
    eye = np.eye(n)
    city = np.kron(np.eye(cities), np.ones((segments, segments)))
    density = p.gamma * city * (rest.jobs / rest.jobs.sum(1, keepdims=True)).ravel()
    kappa = np.tile(p.kappa, cities)[:, None]
    wage, of_pool, pool_row, pool_own = _wages(p, rest, city)
    price = kappa * (p.labour_part * wage - density)
    price_pool = kappa[:, 0] * p.labour_part * of_pool
    rivalry, domestic = _rivalry(rest, segments)
    nation = np.kron(np.ones((cities, cities)), np.eye(segments)) * (rest.sales / rest.sales.sum(0)).ravel()
    nearby = city * (rest.sales / rest.sales.sum(1, keepdims=True)).ravel()
    sales = (eye - p.links_local * nearby
             - (1.0 - p.links_local) * p.links_national * domestic.ravel()[:, None] * nation)
    contested = (1.0 - p.links_local) * rivalry
    zero = np.zeros((n, 1))
    system = np.block([
        [eye + density + price, -eye, price_pool[:, None]],
        [-contested @ (p.theta * eye - p.sigma * price), sales, (contested @ (p.sigma * price_pool))[:, None]],
        [pool_row[None, :], zero.T, np.array([[pool_own]])]])
    by_cut = kappa[:, 0] * cut
    known = np.concatenate([by_cut, contested @ (p.sigma * by_cut), [0.0]])
    return np.linalg.solve(system, known)[:n].reshape(cities, segments)


def _rivalry(rest: Rest, segments: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how contested sales answer log weights, (n, n), and the part of them sold in the nation, (C, S)."""
    cities = rest.other.size
    answer = np.zeros((cities, segments, cities, segments))
    domestic = np.zeros((cities, segments))
    for k in range(segments):
        mine = rest.appeal[:, k, None] * rest.reach
        mine[:, -1] *= rest.abroad[:, k]
        share = mine / (mine.sum(0) + rest.foreign[k])
        money = share * rest.spending[k]
        part = money / money.sum(1, keepdims=True)
        answer[:, k, :, k] = np.eye(cities) - part @ share.T
        domestic[:, k] = part[:, :cities].sum(1)
    return answer.reshape(cities * segments, -1), domestic


def _wages(p: NationParameters, rest: Rest, city: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return log wages by segment as a matrix on log jobs and a vector on the pool's pull n, and the pool's equation.

    In logs, with the pull of the pool n = (1 + eta a) pool: creative people of a trade are n + eta (w - h), other
    sectors (n - eta h) / (1 + eta a), the cost of living h = b r in residents r.  What residents gain the pool loses.
    People of a trade follow the jobs of the segments that need it.  The last two values returned are the equation of n.
    """
    creative = rest.jobs * (1.0 + rest.seekers.sum(1) / rest.jobs.sum(1))[:, None]
    part = creative / rest.residents[:, None]
    scarce = 1.0 + p.eta * p.other_return
    others = rest.other / rest.residents / scarce
    slope = push_back(p)
    damped = 1.0 + others * p.eta * slope
    segments = rest.jobs.shape[1]
    by_jobs = city * (part / damped[:, None]).ravel()
    by_pool = np.repeat(others / damped, segments)
    wage = slope * by_jobs
    for c, jobs in enumerate(rest.jobs):
        own = slice(c * segments, (c + 1) * segments)
        wage[own, own] += rest.pay @ (rest.mix * jobs[:, None] / rest.workers[c]).T / p.eta
    pool_row = (creative / damped[:, None]).ravel()
    pool_own = rest.pool / scarce + float((rest.residents * others / damped).sum())
    return wage, slope * by_pool - 1.0 / p.eta, pool_row, pool_own
