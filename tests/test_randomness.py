"""Random numbers are keyed: the same bytes in every run, and a policy of nothing changes nothing."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from engine import JANUARY_2017, build, differences, entry, tables
from instruments import GENEROUS, generous
from test_ledger import EVENTS

from cluster_sim import policies
from cluster_sim.analysis.public_money import doses
from cluster_sim.codes import Stage

LAW = {name: [generous(name, 1.0)] for name in GENEROUS}


def digest(model) -> str:
    """Return a hash of every byte that a run leaves behind."""
    whole = hashlib.sha256()
    for name, column in tables(model).items():
        whole.update(name.encode() + column.tobytes())
    return whole.hexdigest()


def test_the_same_seed_gives_the_same_bytes():
    first, second = (build(30, seed=7, policies=LAW, events=EVENTS).run() for _ in range(2))
    assert differences(tables(first), tables(second)) == []


def test_another_process_gives_the_same_bytes():
    """Nothing hangs on the order of sets or on the hash seed of the interpreter."""
    here = Path(__file__).resolve().parent
    code = ("from test_randomness import LAW, EVENTS, build, digest;"
            "print(digest(build(18, seed=3, policies=LAW, events=EVENTS).run()))")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(here), str(here.parent)]), "PYTHONHASHSEED": "12345"}
    other = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest(build(18, seed=3, policies=LAW, events=EVENTS).run())


def test_two_models_in_one_process_do_not_disturb_each_other():
    alone = digest(build(12, seed=1).run())
    model, other = build(12, seed=1), build(12, seed=2)
    while not model.finished:
        model.step()
        other.step()
        random.random()             # nor does anybody else who draws
    assert digest(model) == alone != digest(other)


def test_longer_runs_begin_like_shorter_ones():
    short, long = build(12).run().series(), build(30).run().series()
    assert differences(short, {name: column[:12] for name, column in long.items()}) == []


def zero(name: str) -> dict:
    """Return an entry of an instrument that is in force with all its amounts at zero."""
    nothing = dict.fromkeys(doses.amounts(policies.instruments()[name]), 0)
    return entry(name, **(GENEROUS[name] | nothing))


@pytest.mark.parametrize("name", sorted(policies.instruments()))
def test_an_instrument_with_zero_amount_changes_no_byte(name):
    without = build(30, seed=5, events=EVENTS).run()
    nothing = build(30, seed=5, events=EVENTS, policies={name: [zero(name)]}).run()
    assert nothing.instruments[0].now is not None and nothing.instruments[0].outlay == 0.0
    assert differences(tables(without), tables(nothing)) == []


@pytest.mark.parametrize("name", sorted(policies.instruments()))
def test_an_instrument_with_its_defaults_changes_no_byte(name):
    """No instrument acts before an amount is given: the default of every amount is zero."""
    without = build(15, seed=5).run()
    assert differences(tables(without), tables(build(15, seed=5, policies={name: [entry(name)]}).run())) == []


@pytest.mark.parametrize("name", sorted(GENEROUS))
def test_an_instrument_with_an_amount_changes_some_byte(name):
    """The control of the tests above: the same instruments do act when there is money."""
    young = {"population.founding_rate": 0.003}        # a hub needs newcomers
    without = build(36, seed=5, par=young).run()
    with_money = build(36, seed=5, policies={name: [generous(name, 5.0)]}, par=young).run()
    assert with_money.instruments[0].outlay > 0
    assert differences(tables(without), tables(with_money)) != []


def test_a_policy_of_later_years_changes_nothing_before_it():
    law = {name: [generous(name, 5.0, since=JANUARY_2017 + 18)] for name in GENEROUS}
    a, b = build(30, seed=5).run().series(), build(30, seed=5, policies=law).run().series()
    assert differences({n: c[:18] for n, c in a.items()}, {n: c[:18] for n, c in b.items()}) == []
    assert differences(a, b) != []


def test_paired_runs_share_the_luck_of_every_project():
    """Switching aid on leaves the luck of works unchanged: their own draws go by who makes them and which it is."""
    aid = {"production_subsidy": [generous("production_subsidy", 5.0)]}
    a, b = (build(30, seed=2, policies=law).run().projects.used for law in ({}, aid))
    both = np.intersect1d(a["id"][a["stage"] > Stage.FREE], b["id"][b["stage"] > Stage.FREE])
    assert both.size > 10
    rows = [table[np.argsort(table["id"])][np.isin(np.sort(table["id"]), both)] for table in (a, b)]
    for name in ("novelty", "serial", "owner_id"):
        assert np.array_equal(rows[0][name], rows[1][name])


def test_identities_are_unique_and_do_not_depend_on_others():
    """A newcomer's identity comes from where he comes from: policies elsewhere in the city do not rename him."""
    a = build(24, seed=1).run()
    b = build(24, seed=1, policies={"ladder_grants": [generous("ladder_grants", 10.0)]}).run()
    for model in (a, b):
        for table in (model.talents, model.studios, model.funds):
            used = table.used["id"][table.used["id"] != 0]
            assert np.unique(used).size == used.size and (used > 0).all()
    ids = [set(m.talents.used["id"][m.talents.used["origin"] < 2].tolist()) for m in (a, b)]
    assert len(ids[0] & ids[1]) > 0.95 * len(ids[0])
