"""The nation around the agent city: rest, one stock of people, money divided, and the aggregate twin's answers."""

from __future__ import annotations

import numpy as np
import pytest
from engine import build
from twins import agent_answers, boom, twin_answers

from cluster_sim import people_ledger as P
from cluster_sim.codes import SEGMENTS
from cluster_sim.initial.nation import SAME
from cluster_sim.month import rivals
from cluster_sim.nation import impulse, returns
from cluster_sim.nation.month import step
from cluster_sim.nation.state import OurCity

FROZEN = {"freeze": True}


def test_other_cities_live_by_the_numbers_of_the_city():
    model = build(1, par={"labour.eta": 2.5, "commissioning.size": 0.9})
    p, g = model.rivals.parameters, model.city_state[0]
    assert p.eta == 2.5 and p.theta == 0.9
    assert all(getattr(p, name) == model.par[key] for name, key in SAME.items())
    assert p.own_cost == pytest.approx(g["own_part"]) and 0.7 < p.labour_part < 1.0
    assert returns.check(p).gain.min() > 0.15


def test_beside_a_city_that_stays_the_nation_stays():
    model = build(1)
    p, rest, state = model.rivals.parameters, model.rivals.rest, model.rivals.state
    ours = OurCity(np.ones(6), rest.sales[0])
    for _ in range(60):
        won = step(p, rest, state, ours=ours)
    assert won.home + won.nation + won.abroad == pytest.approx(rest.sales[0], rel=1e-9)
    assert state.jobs == pytest.approx(rest.jobs, rel=1e-9)
    share = model.rules.segments["national_share"]
    assert rest.sales[0] / rest.sales.sum(0) == pytest.approx(share)
    assert won.abroad / rest.sales[0] == pytest.approx(model.rules.segments["abroad_share"])


def test_everybody_in_the_nation_is_counted_and_a_loss_stops_the_run():
    model = build(6)
    for _ in range(3):
        model.step()
    stock, state = model.people.stock, model.rivals.state
    assert stock[P.ELSEWHERE] == pytest.approx(state.pool[0], rel=1e-12)
    assert stock[P.CITIES] == pytest.approx(state.residents()[1:].sum(), rel=1e-12)
    assert stock[P.CITIES] != model.people.first[P.CITIES]
    state.pool[0] *= 1.0 + 1e-4
    with pytest.raises(P.PeopleError, match="'elsewhere' in the city's ledger"):
        model.step()


def test_who_comes_to_the_city_is_missing_to_other_cities():
    """A tenth of the people outside move in at once: wages elsewhere, and of other cities, rise over those without."""
    wages = []
    for part in (0.0, 0.3):
        model = build(36, outside=FROZEN)
        gone = np.floor(part * model.people.stock[P.ELSEWHERE])
        model.people.stock[P.ELSEWHERE] -= gone
        model.people.stock[P.HOME] += gone
        model.rivals.state.pool[0] -= gone
        model.rivals.state.other[0] += gone
        wages.append((model.run().rivals.wage, model.rivals.state.came[1:].sum()))
    assert wages[1][0] > wages[0][0] + 0.005


def test_what_the_market_gains_is_shared_by_all():
    """A market twice as large: in the long run the city's part of the nation's sales stays as it was.

    For some years it is a fifth smaller: the city's studios need money to grow, of which other cities know nothing.
    """
    shares = []
    for factor in (1.0, 2.0):
        model = build(192, outside=FROZEN)
        model.outside["market"][12:] *= factor
        model.outside["foreign_market"][12:] *= factor
        model.run()
        won = sum(model.state[f"won_{where}"] for where in ("home", "nation", "abroad"))
        shares.append(won / (won + model.state["rival_sales"]))
    assert shares[1] == pytest.approx(shares[0], rel=0.1)
    assert model.rivals.growth > 1.1 and model.rivals.wage > 1.1


def test_looking_at_the_market_moves_nothing():
    model = build(3)
    model.step()
    before = model.rivals.state.copy()
    first, second = rivals.look(model), rivals.look(model)
    assert (first.home == second.home).all()
    assert all((now == then).all() for now, then in zip(model.rivals.state, before, strict=True))


@pytest.mark.slow
@pytest.mark.xfail(strict=True, reason="with labour that answers wages by 5.9 the twin has 20% more jobs ten years "
                   "after +5% orders, and loses 23% more three years after -5% people")
def test_the_agent_city_answers_as_its_aggregate_twin():
    """Jobs within a fifth (or two standard errors, or .05 per cent), wages after three years within two fifths.

    No number of the twin is fitted to these answers.  Left out: jobs ten years after a loss of people, whose mean the
    seeds leave too wide, and wages after one and ten years (docs/decisions.md has the whole table).
    """
    agents, errors = agent_answers(range(1, 25), 0.01)
    twin = twin_answers(0.01)
    missed = np.abs(agents - twin) > np.maximum(0.2 * np.abs(agents), np.maximum(2.0 * errors, 5e-4))
    jobs, wage = (impulse.MEASURES.index(name) for name in ("jobs", "wage"))
    known = missed[:, jobs]
    known[list(impulse.SHOCKS).index("people"), -1] = False
    assert not known.any()
    middle = agents[:, wage, 1], twin[:, wage, 1]
    assert (np.abs(middle[1] / middle[0] - 1.0) < 0.4).all()


@pytest.mark.slow
@pytest.mark.xfail(strict=True, reason="with labour that answers wages by 5.9 the twin's games gain half as much again")
def test_a_boom_in_games_finds_people_in_other_segments_as_in_the_twin():
    """Jobs in games within a fifth (or two standard errors) of the twin's; all other segments together lose in both."""
    games = SEGMENTS.index("games")
    agents, errors, twin = boom(games, 0.3, range(1, 9), 0.01)
    assert abs(agents[games] - twin[games]) < max(0.2 * agents[games], 2.0 * errors[games])
    others = np.arange(len(SEGMENTS)) != games
    assert agents[others].mean() < 0.0 and twin[others].max() < 0.0
