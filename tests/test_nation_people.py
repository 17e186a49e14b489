"""Everybody comes from somewhere and goes somewhere, and labour can run short but not out."""

from __future__ import annotations

import numpy as np
import pytest
from nation_world import live, one_city, world

from cluster_sim.nation import month, people
from cluster_sim.nation.month import step
from cluster_sim.nation.rest import settle
from cluster_sim.nation.state import Outside


def shaken(segments: int = 2):
    """Return a nation some years into luck, growth and a shock."""
    p, rest, state = world(cities=6, segments=segments, luck_spread=0.2)
    live(p, rest, state, 3, Outside(demand=1.3, orders=one_city(rest, 0.6)), seed=5)
    return p, rest, state


def test_people_add_up_every_month_of_a_turbulent_history():
    p, rest, state = shaken()
    for t in range(120):
        before = people.count(state)
        step(p, rest, state, Outside(demand=1.0 + 0.5 * np.sin(t)), seed=5, t=t)
        after = people.count(state)
        assert after[:-1] - before[:-1] == pytest.approx(state.came - state.left, abs=1e-6)
        assert after.sum() == pytest.approx(rest.people, rel=1e-12)


def replace_move(monkeypatch, move):
    """Let the nation's month call another function instead of `people.move`: its first half is then not compiled."""
    monkeypatch.setattr(month, "move_and_hire", month.move_and_hire.py_func)
    monkeypatch.setattr(month, "move", move)


@pytest.mark.parametrize("stock", ["jobs", "seekers", "other"])
def test_somebody_from_nowhere_stops_the_run_and_names_the_city(stock, monkeypatch):
    p, rest, state = shaken()
    move = people.move

    def moved_and_one_more(*arguments):
        before = move(*arguments)
        getattr(state, stock)[3] += 1.0
        return before

    replace_move(monkeypatch, moved_and_one_more)
    with pytest.raises(people.PeopleError, match="city 3: .* from nowhere"):
        step(p, rest, state)


def test_a_leak_of_the_pool_stops_the_run(monkeypatch):
    p, rest, state = shaken()
    move = people.move

    def leak(*arguments):
        before = move(*arguments)
        state.pool[0] -= 2.0
        return before

    replace_move(monkeypatch, leak)
    with pytest.raises(people.PeopleError, match="outside the cities: -2 people"):
        step(p, rest, state)


def test_fewer_than_nobody_stops_the_run():
    p, rest, state = shaken()
    before = people.count(state)
    state.came[:], state.left[:] = 0.0, 0.0
    state.seekers[2, 0] -= 9.0 + state.seekers[2, 0]
    state.jobs[2, 0] += before[2] - people.count(state)[2]
    with pytest.raises(people.PeopleError, match="city 2"):
        people.check(state, *people.find_fault(state, before))


def moved(wage: float, **values):
    """Return a state after one month of moves at a wage of city 0, and the one at rest."""
    p, rest, state = world(cities=4, **values)
    calm = state.copy()
    people.move(p, rest, calm, 0)
    state.wage[0] = wage
    people.move(p, rest, state, 0)
    return p, rest, state, calm


def test_rest_sends_as_many_as_it_takes():
    p, rest, _, calm = moved(1.0)
    assert calm.other == pytest.approx(rest.other, rel=1e-12)
    assert calm.came == pytest.approx(calm.left, rel=1e-12)
    assert calm.jobs + calm.seekers == pytest.approx(rest.jobs + rest.seekers, rel=1e-12)


def test_better_wages_draw_people_from_other_sectors_and_places():
    p, rest, state, calm = moved(1.1)
    joined = state.seekers[0, 0] - calm.seekers[0, 0]
    assert joined > 0.0
    assert state.other[0] < calm.other[0] and state.pool[0] < calm.pool[0]
    inflow = p.emigration_rate * (rest.jobs + rest.seekers)[0, 0]
    assert state.came[0] - calm.came[0] == pytest.approx(inflow * (1.1**p.eta - 1.0), rel=0.01)


def test_an_empty_pool_sends_nobody():
    p, rest, state = world(cities=4)
    state.pool[0] = 0.0
    people.move(p, rest, state, 0)
    assert state.came == pytest.approx(0.0) and (state.left > 0.0).all()
    assert state.pool[0] == pytest.approx(state.left.sum())


def test_a_pool_that_was_emptied_refills():
    p, rest, state = world(cities=4)
    state.other[:] += 0.9 * state.pool[0] / 4
    state.pool[0] *= 0.1
    live(p, rest, state, 20)
    assert state.pool[0] > 0.3 * rest.pool


def test_scarce_people_of_other_sectors_ask_for_more():
    p, rest, state = world(cities=4)
    calm = state.copy()
    people.move(p, rest, calm, 0)
    state.pool[0] += 0.5 * state.other[0]
    state.other[0] *= 0.5
    people.move(p, rest, state, 0)
    assert state.came[0] > calm.came[0]                             # their wage draws settlers
    assert state.seekers[0, 0] < calm.seekers[0, 0]            # and keeps more of them


def test_a_full_city_pushes_back():
    """Housing and commuting cost more as the plan's room runs out; fewer come, and residents stay below it."""
    p, rest, state = world(cities=4, housing=1.0)
    assert people.living_cost(p, rest, 0, rest.residents[0]) == pytest.approx(1.0)
    nearly = people.living_cost(p, rest, 0, 0.999 * rest.room[0])
    assert nearly > people.living_cost(p, rest, 0, 1.1 * rest.residents[0]) > 1.0
    settle(p, rest, state, Outside(orders=one_city(rest, 3.0)))
    tight = state.residents()[0]
    assert rest.residents[0] < tight < rest.room[0]
    q, rest, state = world(cities=4, housing=0.0)
    settle(q, rest, state, Outside(orders=one_city(rest, 3.0)))
    assert state.residents()[0] > tight


def test_a_full_city_takes_no_more_than_there_are_homes():
    """Whatever wages are offered, residents stay within the plan's room."""
    p, rest, state = world(cities=4, crowding=0.2, pool_ratio=40.0)
    for _ in range(24):
        state.wage[0] = 50.0
        people.move(p, rest, state, 0)
        assert state.residents()[0] < (1.0 + 1e-9) * rest.room[0]
    assert state.residents()[0] > 0.98 * rest.room[0]
