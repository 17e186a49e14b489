"""Sweep files: what they may say, what is wrong with them and where, and that they come back as they were."""

from __future__ import annotations

import datetime
import math
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_sim.runs.sweeps import load_sweep, plan_sweep
from cluster_sim.scenario import ScenarioError, load_scenario
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.variants import Variants

ROOT = Path(__file__).resolve().parents[1]
GOOD = """\
name: Try
base: baseline
design: grid
factors:
  policies.production_subsidy.rate: [0, 10%]
  events.Ne Zha 2.month: [2025-01, 2027-01]
  policies.pilot_zones.zones:
    options: {one: [bailuwan], every: all}
seeds: 3
scale: 1/100
until: 2027-12
outputs: [projects]
"""
BAD = """\
bse: baseline
design: gird
factors:
  policies.production_subsidi.rate: [0, 0.1]
  policies.production_subsidy.rat: [0, 0.1]
  policies.production_subsidy.rate: [0, 1.2, abc]
  collaboration.tau_max: {low: 2, high: 1}
  events.Ne Zha 3.month: [2025-01]
  events.Ne Zha.month: [2025-13]
  policies.pilot_zones.zones: [[bailuwann]]
  collaboration.d0: {low: 1, hgh: 2}
  end: [2030-12]
seeds: 0
scale: 3
until: soon
outputs: [project]
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def written(text, name="my.yaml"):
        Path(name).write_text(text, encoding="utf-8")
        return name

    return written


def faults_of(source):
    with pytest.raises(ScenarioError) as caught:
        load_sweep(source)
    assert caught.value.exit_status == 2
    return caught.value.faults


def sweep_of(design="grid", **keys):
    factors = keys.pop("factors", {"collaboration.tau_max": {"low": 0.2, "high": 1.4}, "dummy": {"low": 0, "high": 1}})
    return {"base": "baseline", "design": design, "factors": factors, "seeds": 1, "scale": "1/100", **keys}


def test_a_file_is_read_whole(write):
    sweep = load_sweep(write(GOOD))
    assert (sweep.name, sweep.design, sweep.seeds, sweep.scale) == ("Try", "grid", (1, 2, 3), 0.01)
    assert sweep.until == 2027 * 12 + 11 and sweep.outputs == ("projects",)
    assert sweep.columns == ("production_subsidy_rate", "ne_zha_2_month", "pilot_zones_zones")
    points = design_points(sweep)
    assert len(points) == 8
    assert points[-1] == {"policies.production_subsidy.rate": 0.1, "events.Ne Zha 2.month": "2027-01",
                          "policies.pilot_zones.zones": "all"}
    assert dict(sweep.labels(points[0])) == {
        "production_subsidy_rate": 0.0, "ne_zha_2_month": datetime.date(2025, 1, 1), "pilot_zones_zones": "one"}


def test_every_fault_is_named_with_its_place_at_once(write, tmp_path):
    found = faults_of(write(BAD))
    places = [(fault.mark.line, fault.mark.column) for fault in found]
    assert places == [(1, 1), (2, 9), (4, 3), (5, 3), (6, 41), (6, 46), (7, 41), (8, 3), (9, 30), (10, 33), (11, 30),
                      (12, 3), (13, 8), (14, 8), (15, 8), (16, 11)]
    text = str(ScenarioError(found))
    for words in ("my.yaml:1:1: unknown key 'bse'", "did you mean 'base'?", "unknown design 'gird'",
                  "did you mean 'grid'?", "did you mean 'policies.production_subsidy.rate'?", "did you mean 'rate'?",
                  "1.2 is out of bounds", "found 'abc'", "low must be below high",
                  "did you mean 'events.Ne Zha.month'?",
                  "there is no month 13", "did you mean 'bailuwan'?", "unknown key 'hgh'", "did you mean 'high'?",
                  "a factor is a policy", "3 is not a share of the city", "'soon' is not a month",
                  "did you mean 'projects'?", "16 faults. Nothing was run."):
        assert words in text, words
    assert [path.name for path in tmp_path.iterdir()] == ["my.yaml"]


@pytest.mark.parametrize(("keys", "says"), [
    ({"design": "lhs"}, "needs the key 'samples'"),
    ({"design": "morris"}, "needs the key 'trajectories'"),
    ({"design": "sobol", "samples": 100}, "take 128 or 64"),
    ({"design": "saltelli", "samples": 0}, "at least 1"),
    ({"design": "morris", "trajectories": 4, "levels": 5}, "must be even"),
    ({"design": "grid"}, "list them, or add levels"),
    ({"design": "grid", "levels": 3, "samples": 8}, "means nothing in the design 'grid'"),
    ({"design": "list", "factors": {"collaboration.tau_max": [0.1, 0.2], "collaboration.d0": [3]}}, "equally many"),
    ({"design": "lhs", "samples": 4, "factors": {"collaboration.tau_max": {"low": 0, "high": 1, "log": True}}},
     "above zero"),
    ({"design": "grid", "factors": {"collaboration.tau_max": []}}, "has no values"),
    ({"design": "grid", "factors": {"collaboration.tau_max": [0.1, 0.1]}}, "given twice"),
    ({"design": "grid", "factors": {}}, "expected a mapping from paths"),
    ({"design": "grid", "factors": {"policies.production_subsidy.rate": ["none"]}}, "the default back: write 0"),
    ({"design": "grid", "factors": {"policies.hub": [1]}}, "only none can be set here"),
    ({"design": "grid", "factors": {"start": [1]}}, "unknown path 'start'"),
    ({"design": "grid", "levels": 3, "seeds": [1, 1]}, "named twice"),
    ({"design": "grid", "levels": 3, "seeds": [-1]}, "from 0 to 2^63"),
    ({"design": "grid", "levels": 3, "base": "baselin"}, "did you mean 'baseline'?"),
    ({"design": "grid", "levels": 3, "until": "2010-01"}, "before the scenario's start"),
    ({"design": "grid", "levels": 2000}, "more than 1,000,000"),
    ({"design": "grid", "factors": {"collaboration.tau_max": {"values": [1], "column": "gdp_share"}}}, "is taken"),
])
def test_what_cannot_be_says_what_would_do(keys, says):
    text = str(ScenarioError(faults_of(sweep_of(**keys))))
    assert says in text, text


def test_a_base_outside_the_folder_is_refused(write, tmp_path):
    (tmp_path / "inner").mkdir()
    write("name: x\nextends: baseline\n", "other.yaml")
    path = write(GOOD.replace("base: baseline", "base: ../other.yaml"), "inner/my.yaml")
    assert "outside" in faults_of(path)[0].message
    (tmp_path / "sweeps").mkdir()
    path = write(GOOD.replace("base: baseline", "base: ../other.yaml"), "sweeps/my.yaml")
    assert load_sweep(path).base.name == "x"


@pytest.mark.parametrize("values, words", [
    ("policies.production_subsidy.rate: [0, {}]", "found a mapping"),
    ("collaboration.tau_max: {low: {}, high: 1}", "found a mapping"),
    ("events.Ne Zha 2.month: [null]", "lacks the key 'month'"), ("events.Ne Zha 2.month: [[]]", "month")])
def test_what_is_no_value_is_a_fault_in_its_place(write, values, words):
    found = faults_of(write(f"base: baseline\ndesign: grid\nfactors:\n  {values}\n"))
    assert [fault.mark.line for fault in found] == [4] * len(found)
    assert re.search(words, str(ScenarioError(found)))


@pytest.mark.parametrize(("keys", "says"), [
    ("design:", ["the key 'design' is missing"]), ("design: sobol\nsamples: ~", ["needs the key 'samples'"]),
    ("design: morris\ntrajectories:", ["needs the key 'trajectories'"]),
    ("design: list\nbase:", ["expected the file or name of a scenario"]),
    ("design: list\nseeds:\nuntil: ~\nscale:\noutputs:", [])])
def test_a_key_without_a_value_is_as_good_as_none(write, keys, says):
    path = write(f"{keys}\nfactors: {{collaboration.tau_max: {{low: 0, high: 1, levels: 2}}}}\n"
                 if "list" not in keys else f"{keys}\nfactors: {{collaboration.tau_max: [0, 1]}}\n")
    found = [] if not says else [fault for fault in faults_of(path) if not fault.path.endswith("levels")]
    assert len(found) == len(says) and all(re.search(*pair) for pair in zip(says, map(str, found), strict=True))
    assert says or load_sweep(path).seeds == (1,)


def test_faults_of_the_base_are_those_of_the_sweep(write):
    write("extends: baseline\ncolour: red\n", "base.yaml")
    found = faults_of(write(GOOD.replace("base: baseline", "base: base.yaml").replace("seeds: 3", "seeds: none")))
    assert {fault.mark.source.name for fault in found} == {"base.yaml", "my.yaml"}


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios" / "sweeps").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_can_be_planned(path):
    sweep = load_sweep(path)
    assert sweep.rationale and len(plan_sweep(sweep).runs) >= 100


def test_a_stored_sweep_is_the_same_sweep(write):
    for source in (write(GOOD), sweep_of("lhs", samples=5), sweep_of("oat"),
                   sweep_of("morris", trajectories=3, levels=6), sweep_of("saltelli", samples=4, second_order=True)):
        sweep = load_sweep(source)
        text = yaml.safe_dump(sweep.resolved(), sort_keys=False)
        back = load_sweep(write(text, "back.yaml"), base=sweep.base)
        assert replace(back, slug=sweep.slug) == sweep and back.digest() == sweep.digest()


def test_rows_of_results_give_their_points_back():
    factors = {"policies.production_subsidy.budget": ["none", "15 million yuan"],
               "outside.freeze": ["yes", "no"], "events.Ne Zha 2.month": ["2025-01", "2026-01"],
               "policies.pilot_zones.zones": [["bailuwan"], "all"],
               "package": {"options": {"none": {"policies": "none"}, "as it was": {}}}}
    for design, extra in (("oat", {}), ("lhs", {"samples": 20})):
        sweep = load_sweep(sweep_of(design, factors=factors, **extra))
        for point in design_points(sweep):
            assert sweep.point_of(dict(sweep.labels(point))) == point


def test_changed_values_are_those_of_set():
    """A point gives the scenario that `--set` gives, to the bit and in its digest."""
    base = load_scenario("baseline")
    variants = Variants(base)
    for point in ({}, {"collaboration.tau_max": 0.5}, {"policies.production_subsidy.rate": 0.2},
                  {"policies.production_subsidy.2026-06.rate": 0.2}, {"policies.production_subsidy": "none"},
                  {"policies.production_subsidy.cap": "20 million yuan"}, {"policies.hub.budget": 3.5},
                  {"events.Ne Zha 2.month": "2025-06", "events.Ne Zha": "none"}, {"outside.freeze": True},
                  {"policies.hub.from": "2030-01"},
                  {"policies.hub.from": "2027-04", "policies.hub.teams": 30},
                  {"policies": "none", "policies.ladder_grants.budget": 5}):
        variant, expected = variants.of(point), load_scenario("baseline", point)
        assert variant.complete() == expected, point
        assert variant.digest() == expected.digest(), point
    assert variants.of({"dummy": 0.3}).digest() == base.digest()
    without = load_scenario("baseline", ["policies=none"])
    assert variants.of({"package": {"policies": "none"}}).digest() == without.digest()


def test_a_point_that_cannot_be_is_a_fault():
    with pytest.raises(ScenarioError, match="ends before it begins"):
        Variants(load_scenario("baseline")).of({"events.COVID-19.to": "2018-01"})


def test_ten_thousand_scenarios_are_planned_in_seconds():
    """No file is read again for a point: that would take minutes (the limit is wide, the machine may be busy)."""
    started = time.process_time()
    planned = plan_sweep(load_sweep(sweep_of("lhs", samples=10_000)))
    assert len(planned.runs) == 10_000 and time.process_time() - started < 20
    assert math.isclose(sum(spec.factors[1][1] for spec in planned.runs) / 10_000, 0.5, abs_tol=1e-3)
