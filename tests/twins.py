"""The agent city and its aggregate twin asked the same: +5% demand, +1% own cost, -5% people.

    python tests/twins.py [--seeds 32] [--scale 0.01]

prints the log changes of jobs, wage and price after 1, 3 and 10 years of both, with the standard error of the agent
city's mean.  Shocks of demand and cost go both ways, so that what is not linear drops out; that of cost is five times
as large and its answer a fifth.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from engine import plain

from cluster_sim import ledger
from cluster_sim import people_ledger as P
from cluster_sim.codes import FOUNDER, N_SEGMENTS, N_SPECIALISMS, SEGMENTS, Life, Status
from cluster_sim.draws import START_TALENT, uniforms
from cluster_sim.model import ClusterModel
from cluster_sim.month import commissioning, production, rivals
from cluster_sim.nation import impulse
from cluster_sim.nation.month import step
from cluster_sim.nation.state import Outside, at_rest

CLOSED = {"gaps.attraction": 0.0, "gaps.people": 0.0, "gaps.capacity": 0.0, "gaps.wage": 0.0, "start.rest_months": 600}
COLUMNS = ("employment", "relative_wage", "relative_price")
AROUND = 6                  # months on either side of a year's end over which a column's mean is taken
STRONGER = {"demand": 1.0, "cost": 5.0, "people": 1.0}
NEVER = 1_000_000           # month of opening of a park that is still to be opened: an event


def live(setup: Any, shock: str, size: Any, columns: tuple[str, ...] = COLUMNS, **options: Any) -> np.ndarray:
    """Return columns by month of a city in a still world, with a shock from its first month on.

    size: a number; for demand also an array by segment.
    """
    model = ClusterModel(setup, **options)
    model.outside = {name: path for name, path in model.outside.items() if not name.startswith("reference_")}
    opened = model.space.parks["opened"]
    opened[opened > 0] = NEVER
    factor = 1.0 + size
    if shock == "people":
        move_away(model, -size)

    def pay_more(model: Any) -> None:
        production.pay_costs(model)
        s = model.studios.used
        more = np.where(s["alive"] == Life.ALIVE, np.floor(size * s["unit_cost"] * s["capacity"]), 0.0)
        s["cash"] -= more
        s["inputs"] += more
        model.month.flow[ledger.RENT] += more.sum()
        s["unit_cost"] *= factor

    def win_more(model: Any) -> None:
        won = rivals.live_month(model)
        won = won._replace(home=won.home * factor, nation=won.nation * factor, abroad=won.abroad * factor)
        commissioning.win(model.studios.used, model.city_state, model.rules, model.markets,
                          *commissioning.share_markets(model, won), model.t)

    changed = {"cost": {production.pay_costs: pay_more}, "demand": {commissioning.win_contracts: win_more}}
    model.EVENTS = tuple(changed.get(shock, {}).get(event, event) for event in model.EVENTS)
    series = model.run().series()
    return np.array([series[name] for name in columns])


def move_away(model: Any, part: float) -> None:
    """Let a part of everybody in the city move elsewhere."""
    people, s, ledger = model.talents.used, model.studios.used, model.people
    leaves = uniforms(model.seed, START_TALENT, people["id"], -2) < part
    working = leaves & (people["status"] == Status.EMPLOYED) & (people["trained"] < FOUNDER)
    seeking = leaves & (people["status"] == Status.SEEKING)
    rows = np.flatnonzero(working)
    gone = np.zeros((s.size, N_SPECIALISMS), np.int32)
    np.add.at(gone, (people["employer"][rows], people["specialism"][rows]), 1)
    s["staff_by"] -= gone
    s["staff"] -= gone.sum(1, dtype=np.int32)
    left = {P.AT_WORK: rows.size, P.SEEKING: int(seeking.sum())}
    left |= {place: np.floor(part * ledger.stock[place]) for place in (P.OTHER, P.HOME)}
    for place, number in left.items():
        ledger.stock[place] -= number
        ledger.stock[P.ELSEWHERE] += number
        model.rivals.state.pool[0] += number
        model.rivals.state.other[0] -= number
    model.talents.release(np.flatnonzero(working | seeking))


def agent_answers(seeds: range, scale: float, *, city: str = "chengdu",
                  shocks: dict[str, float] = impulse.SHOCKS) -> tuple[np.ndarray, np.ndarray]:
    """Return means and standard errors of the agent city's answers, (shocks, measures, years)."""
    years = max(impulse.YEARS)
    setup = plain(12 * years + AROUND, city=city, outside={"freeze": True}, par=CLOSED)
    found = []
    for seed in seeds:
        def averages(shock: str, size: float, seed: int = seed) -> np.ndarray:
            series = live(setup, shock, size, seed=seed, scale=scale)
            return np.log([[column[12 * y - AROUND:12 * y + AROUND].mean() for y in impulse.YEARS]
                           for column in series])

        base = averages("none", 0.0)
        rows = []
        for shock, size in shocks.items():
            strong = STRONGER[shock] * size
            up = averages(shock, strong)
            down = 2.0 * base - up if shock == "people" else averages(shock, -strong)
            rows.append((up - down) / 2.0 / STRONGER[shock])
        found.append(rows)
    answers = np.array(found)
    return answers.mean(0), answers.std(0, ddof=1) / np.sqrt(len(found))


def twin_answers(scale: float, seed: int = 1, city: str = "chengdu", **values: Any) -> np.ndarray:
    """Return the answers of an aggregate city in the place of the agent city, (shocks, measures, years)."""
    model = ClusterModel(plain(12, city=city, outside={"freeze": True}, par=CLOSED), seed=seed, scale=scale)
    p, rest = model.rivals.parameters, model.rivals.rest
    rest.other[0] = p.other_ratio * rest.jobs[0].sum()
    rest.residents[0] = rest.jobs[0].sum() + rest.seekers[0].sum() + rest.other[0]
    rest.room[0] = (1.0 + p.room) * rest.residents[0]
    return impulse.answers(p.with_values(**values), rest=rest)


def boom(segment: int, size: float, seeds: range, scale: float, city: str = "chengdu") -> tuple[np.ndarray, ...]:
    """Return log changes of jobs by segment, ten years after so many more orders for one of them.

    Half of more less fewer orders: means of the agent city, their standard errors, and the twin's, (segments,) each.
    Own works are not ordered: the twin, which has none, wins so much more in the part of the work that contracts are.
    """
    sizes = size * (np.arange(N_SEGMENTS) == segment)
    setup = plain(126, city=city, outside={"freeze": True}, par=CLOSED)
    columns = tuple(f"employment_{name}" for name in SEGMENTS)
    found = np.array([[np.log(live(setup, "demand", sign * sizes, columns, seed=seed, scale=scale)[:, 114:].mean(1))
                       for sign in (1, -1)] for seed in seeds])
    found = (found[:, 0] - found[:, 1]) / 2.0
    model = ClusterModel(setup, seed=1, scale=scale)
    p, rest, s = model.rivals.parameters, model.rivals.rest, model.studios.used
    s = s[(s["alive"] == Life.ALIVE) & (s["segment"] == segment)]
    sizes = sizes * (1.0 - s["own_load"].sum() / s["load"].sum())
    twin = []
    for sign in (1, -1):
        state, orders = at_rest(rest, p), np.ones_like(rest.jobs)
        orders[0] += sign * sizes
        for _ in range(120):
            step(p, rest, state, Outside(orders=orders))
        twin.append(np.log(state.jobs[0]))
    return found.mean(0), found.std(0, ddof=1) / np.sqrt(len(found)), (twin[0] - twin[1]) / 2.0


def text(agents: np.ndarray, errors: np.ndarray, twin: np.ndarray) -> str:
    """Return a table in per cent: agent city (standard error), twin."""
    lines = [f"{'shock':8}{'measure':8}" + "".join(f"{f'after {y} years':>24}" for y in impulse.YEARS)]
    for i, shock in enumerate(impulse.SHOCKS):
        for j, measure in enumerate(impulse.MEASURES):
            cells = "".join(f"{100 * a:9.2f} ({100 * e:4.2f}) {100 * b:7.2f}"
                            for a, e, b in zip(agents[i, j], errors[i, j], twin[i, j], strict=True))
            lines.append(f"{shock:8}{measure:8}{cells}")
    return "\n".join(lines)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=32)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--scale", type=float, default=0.01)
    options = parser.parse_args()
    twin = twin_answers(options.scale)
    print(text(*agent_answers(range(options.first, options.first + options.seeds), options.scale), twin))


if __name__ == "__main__":
    main()
