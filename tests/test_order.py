"""No result depends on the order of agents: rows are only where things are kept."""

from __future__ import annotations

import numpy as np
import pytest
from engine import build, differences, tables
from instruments import GENEROUS, generous
from shuffle import shuffle, shuffle_free_rows
from test_ledger import EVENTS

from cluster_sim.codes import Life, Stage

LAW = {name: [generous(name, 1.0, budget=200.0)] for name in GENEROUS}
# More births, deaths, ties, hits and large teams than usual, so that rows change hands often.
BUSY = {"births.close": 0.08, "population.founding_rate": 0.01, "population.solo_rate": 0.002, "finance.bar": 0.5,
        "collaboration.lot": 2.0, "collaboration.smallest_lot": 0.1, "release.hit_threshold": 3.0}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_of_the_start_in_another_order(seed):
    plain, other = (build(24, seed=seed, policies=LAW, events=EVENTS) for _ in range(2))
    shuffle(other, np.random.default_rng(seed))
    assert not np.array_equal(plain.studios.used["id"], other.studios.used["id"])
    assert differences(tables(plain.run()), tables(other.run())) == []


@pytest.mark.parametrize("seed, par", [(25, BUSY), (39, BUSY), (50, BUSY), (110, BUSY), (0, {})])
def test_rows_in_another_order_every_month_of_a_busy_city(seed, par):
    """Newcomers get other rows too, and rows of the dead pass to others."""
    luck = np.random.default_rng(seed)
    plain, other = (build(45, seed=seed, par=par, policies=LAW, events=EVENTS) for _ in range(2))
    plain.run()
    while not other.finished:
        shuffle(other, luck)
        shuffle_free_rows(other, luck)
        other.step()
    series = plain.series()
    if par:
        assert series["exits"].sum() > 30 and series["entries"].sum() > 30
        assert plain.ledger_table()["equity"].sum() > 0
    assert differences(tables(plain), tables(other)) == []


def test_the_shuffle_keeps_every_pointer():
    """The tool of this test itself: after a shuffle everybody has the employer, owner and partner of before."""
    model = build(12, par=BUSY).run()

    def pointers():
        studios, people = model.studios.used, model.talents.used
        projects, credits = model.projects.used, model.credits.used
        at_work, work, live = people["employer"] >= 0, projects["stage"] > Stage.FREE, credits["alive"] != Life.FREE
        local = live & (credits["partner"] >= 0)
        sub = studios["sub"] >= 0
        owner = np.repeat(studios["id"], sub.sum(1))
        tied = [(i, j, s) for i, row in zip(studios["id"].tolist(), model.partners.ties, strict=False)
                for j, r, s in zip(row["id"].tolist(), row["row"].tolist(), row["strength"].tolist(), strict=True)
                if i and j and model.studios.rows["id"][r] == j]
        return [sorted(zip(people["id"][at_work], studios["id"][people["employer"][at_work]], strict=True)),
                sorted(zip(projects["id"][work], studios["id"][projects["owner"][work]], strict=True)),
                sorted(zip(credits["project_id"][live], projects["id"][credits["project"][live]], strict=True)),
                sorted(zip(credits["project_id"][local], studios["id"][credits["partner"][local]], strict=True)),
                sorted(zip(owner, studios["id"][studios["sub"][sub]], strict=True)), sorted(tied)]

    before = pointers()
    shuffle(model, np.random.default_rng(0))
    assert all(before) and before == pointers()
