"""A model that goes on from a snapshot under another scenario is, to the byte, one that has lived all of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from engine import differences, tables

from cluster_sim import load_scenario
from cluster_sim.branching import Snapshot
from cluster_sim.initial.rest_state import snapshot as state_of
from cluster_sim.model import ClusterModel
from cluster_sim.records import STUDIO
from cluster_sim.scenario.past import NEVER, changes
from cluster_sim.state import CITY

SHORT = {"start.rest_months": "0", "end": "2027-12"}
KEEP = ("accounts", "payments")
MARKET = {"from": 2025 * 12 + 3, "factor": 1.4, "growth": 0.02}
NO_HITS = {"month": 2026 * 12 + 5, "kind": "no_hits", "title": "none", "part": 0.7}


@cache
def scenario(name: str):
    """Return a scenario of the tree, or one that changes the baseline later on."""
    base = load_scenario("baseline", SHORT)
    if name == "a larger market from 2025-04":
        return replace(base, outside={**base.outside, "market": MARKET})
    if name == "no hits from 2026-06":
        return replace(base, events=sorted([*base.events, NO_HITS], key=lambda event: event["month"]))
    if name == "a subsidy that ends in 2024":
        ends = {**base.policies["production_subsidy"][-1], "from": 2024 * 12 + 1, "rate": 0.0}
        law = [entry for entry in base.policies["production_subsidy"] if entry["from"] < ends["from"]] + [ends]
        return replace(base, policies={**base.policies, "production_subsidy": law})
    return load_scenario(name, SHORT)


def model_of(name: str) -> ClusterModel:
    """Return a small model of a scenario at its start."""
    return ClusterModel(scenario(name), seed=3, scale=1 / 400, keep=KEEP)


def everything(model: ClusterModel) -> dict[str, np.ndarray]:
    """Return what a model leaves behind, its books and its whole state."""
    parts = {"accounts": model.accounts_table(), "payments": model.payments_table()}
    more = {f"{part}.{name}": column for part, columns in parts.items() for name, column in columns.items()}
    kept = {name: column for name, column in more.items() if column.dtype != object}
    return tables(model) | kept | {f"state.{name}": values.ravel() for name, values in state_of(model).items()}


@cache
def snapshot(month: int) -> Snapshot:
    """Return a baseline city after so many months."""
    model = model_of("baseline")
    for _ in range(month):
        model.step()
    return Snapshot(model)


@pytest.mark.parametrize(("name", "shared"), [
    ("all_in", 108), ("second_hit_2027", 102), ("a larger market from 2025-04", 99), ("no hits from 2026-06", 113),
    ("a subsidy that ends in 2024", 85), ("budget_neutral_shift", 108), ("baseline", NEVER)])
def test_who_goes_on_from_a_snapshot_is_who_lived_it_all(name, shared):
    here, base = changes(scenario(name)), changes(scenario("baseline"))
    assert base.shared(here) == here.shared(base) == shared
    month = min(shared, 120)
    assert here.past(month) == base.past(month)
    lived, branched = model_of(name).run(), snapshot(month).go_on(scenario(name))
    assert branched.t == month and not branched.finished
    assert differences(everything(lived), everything(branched.run())) == []


def test_a_branch_lives_another_life_and_leaves_its_snapshot_as_it_was():
    taken = snapshot(108)
    before = taken.content
    branched = taken.go_on(scenario("all_in")).run()
    assert taken.content == before
    lived = model_of("baseline").run()
    other = differences(everything(lived), everything(branched))
    assert len(other) > 50
    same = branched.series()["employment"][:108].tobytes() == lived.series()["employment"][:108].tobytes()
    assert same and branched.series()["employment"][-1] != lived.series()["employment"][-1]


@pytest.mark.parametrize(("name", "why"), [
    ("no_policy", "in force in the snapshot and not in the scenario"),
    ("a subsidy that ends in 2024", "entries of production_subsidy differ"),
    ("a larger market from 2025-04", "world outside differs"), ("frozen", "differs from the snapshot's")])
def test_a_scenario_with_another_past_is_refused(name, why):
    assert changes(scenario(name)).past(108) != changes(scenario("baseline")).past(108)
    with pytest.raises(ValueError, match=why):
        snapshot(108).go_on(scenario(name))


def test_other_parameters_share_nothing():
    other = load_scenario("baseline", {**SHORT, "collaboration.tau_max": "0.6"})
    assert changes(other).shared(changes(scenario("baseline"))) == 0
    with pytest.raises(ValueError, match="from the first month on"):
        snapshot(108).go_on(other)


def test_a_snapshot_is_taken_between_two_months():
    model = model_of("baseline")
    model.within_month = True
    with pytest.raises(RuntimeError, match="between two months"):
        Snapshot(model)


def test_a_branch_has_the_record_types_and_the_city_that_all_models_have():
    taken = snapshot(108)
    model, other = taken.go_on(scenario("baseline")), taken.go_on(scenario("all_in"))
    for table in ("studios", "talents", "projects", "credits", "funds"):
        assert getattr(model, table).rows.dtype is getattr(other, table).rows.dtype, "kernels would be told columns"
    assert model.city_state.dtype is CITY and model.studios.rows.dtype is STUDIO and model.city is other.city
    assert not np.shares_memory(model.space.cells, other.space.cells), "what changes is each model's own"
