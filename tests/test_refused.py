"""Draws whose returns run away are refused in plain words, once, and counted apart; nearly such ones are seen."""

from __future__ import annotations

import json

import pytest
from engine import build
from runs_fake import FACTORY, scenario

from cluster_sim.initial.nation import SAME
from cluster_sim.inputs.errors import Refused
from cluster_sim.nation import returns
from cluster_sim.nation.parameters import specification
from cluster_sim.parameters import implausible
from cluster_sim.parameters import specification as of_the_city
from cluster_sim.runs.execution import execute
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.plan import plan

RUNAWAY = {"commissioning.size": 1.1, "labour.eta": 20.0, "population.housing": 0.0}


def test_a_run_that_would_feed_itself_is_refused_with_the_numbers_that_do_it():
    with pytest.raises(returns.ReturnsError) as caught:
        build(1, par=RUNAWAY)
    assert isinstance(caught.value, Refused)
    for name in ("commissioning.size", "labour.eta", "commissioning.price_weight", "production.gamma", "above 0"):
        assert name in str(caught.value)


def test_every_run_tells_its_loop_gain():
    model = build(2)
    gain = returns.loop_gain(model.rivals.parameters).min()
    assert 0.15 < gain < 0.6 and (model.run().series()["loop_gain"] == gain).all()
    nearly = build(1, par=RUNAWAY | {"commissioning.size": 0.97})
    assert 0.0 < nearly.rivals.gain < returns.FLAGGED


def test_a_refused_run_is_tried_once_and_counted_apart(tmp_path):
    """Beside it another run raises, which is tried twice and is no refusal."""
    report = execute(plan(scenario(refuse_seed=2, raise_seed=3), [1, 2, 3], 0.05), tmp_path, 0, factory=FACTORY)
    kinds = {record["seed"]: (record["kind"], record["tries"]) for record in report.failed}
    assert kinds == {2: ("refused", 1), 3: ("raised", 2)} and len(report.done) == 1
    lines = [json.loads(line) for line in (tmp_path / "failures.jsonl").read_text().splitlines()]
    assert {line["traceback"] for line in lines if line["kind"] == "refused"} == {"growth feeds itself: B = -0.1"}
    experiment = Experiment.__new__(Experiment)
    experiment.failures, experiment.asked = {r["run_id"]: r for r in report.failed}, {tmp_path: [1, 2, 3]}
    assert experiment.refused == 1 and experiment.losses.startswith("2 of 3 runs failed, 1 of them refused. The first")


def test_numbers_of_the_nation_alone_are_parameters_with_its_values_and_bounds():
    city, nation = of_the_city(), specification()
    own = {name: key for name, key in SAME.items() if key.startswith("nation.")}
    assert len(own) == 7
    for name, key in own.items():
        entry = nation[name]
        assert (city[key].value, list(city[key].bounds)) == (entry["value"], entry["bounds"])
        assert list(city[key].plausible) == entry["plausible"]
    model = build(1, par={"nation.matching": 0.65, "nation.links_local": 0.06})
    assert model.rivals.parameters.matching == 0.65 and model.rivals.parameters.links_local == 0.06


# ------------------------------------------------------------------------- values, bounds and what a source supports
def test_what_is_plausible_holds_every_value_or_the_entry_says_why():
    """The city's file is checked whenever it is read (below); here is the nation's, and that something is held."""
    for name, entry in specification().items():
        values = list(entry["value"].values()) if isinstance(entry["value"], dict) else [entry["value"]]
        assert implausible(entry, values) == "", name
    known = [each for each in of_the_city().values() if each.plausible]
    assert len(known) > 35
    for each in known:
        low, high = each.plausible
        assert each.bounds[0] <= low < high <= each.bounds[1], each.name
        assert (low <= each.value <= high) != bool(each.beyond), each.name


@pytest.mark.parametrize(("entry", "says"), [
    ({"plausible": [0.2, 0.4]}, ""),
    ({}, ""),
    ({"plausible": [0.2, 0.25]}, "0.3 is not plausible (0.2 to 0.25)"),
    ({"plausible": [0.2, 0.25], "beyond": "a fit"}, ""),
    ({"plausible": [0.2, 0.4], "beyond": "a fit"}, "and is not"),
    ({"beyond": "a fit"}, "and not what is"),
    ({"plausible": [0.2, 1.5]}, "within the bounds 0 to 1"),
    ({"plausible": 0.3}, "[low, high]"),
])
def test_an_entry_that_does_not_hold_together_is_named(entry, says):
    found = implausible({"bounds": [0, 1], **entry}, [0.3])
    assert says in found if says else not found
