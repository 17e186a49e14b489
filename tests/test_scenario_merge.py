"""Inheritance, carry-over, prices, parameters, events and settings on a small world."""

from __future__ import annotations

import pickle

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario_world import ZONES, world

from cluster_sim.scenario import (
    ScenarioError,
    load_resolved,
    load_scenario,
    month_name,
    parse_month,
    parse_set,
)
from cluster_sim.scenario.differences import differences

JAN_2026 = 2026 * 12


def child(world, text: str, **options):
    return load_scenario(world("extends: base.yaml\n" + text), **options)


def test_head_and_defaults(world):
    base = load_scenario("base.yaml")
    assert (base.name, base.slug, base.city, base.months) == ("Base", "base", "town", 168)
    other = child(world, "end: 2020-12\n")
    assert (other.name, other.rationale, other.slug) == ("My", "", "my")
    assert (other.start, other.months) == (2017 * 12, 48)


def test_keys_carry_over_and_the_rest_are_defaults(world):
    first, second = load_scenario("base.yaml").policies["subsidy"]
    assert first["rate"] == 0.1 and second["rate"] == 0.15
    assert first["cap"] == second["cap"] == pytest.approx(15 / 1.1**2, abs=1e-6)
    assert first["segments"] == ["film", "scifi"] and first["bridged"] is False
    assert first["budget"] is None and first["delay"] == 3.0 and isinstance(first["delay"], float)


def test_entries_merge_by_month(world):
    policies = child(
        world,
        """policies:
  subsidy:
    - {from: 2019-01, rate: 0.3}
    - {from: 2021-06, cap: 1 billion yuan, prices: 2017}
""",
    ).policies["subsidy"]
    assert [month_name(entry["from"]) for entry in policies] == ["2019-01", "2021-06", "2025-01"]
    assert [entry["rate"] for entry in policies] == [0.3, 0.3, 0.15]
    assert [round(entry["cap"], 2) for entry in policies] == [12.4, 1000.0, 1000.0]


def test_an_instrument_can_begin_in_another_month(world):
    """One of several entries is not guessed, and the later ones are not moved in silence."""
    one = ["policies.subsidy=none", "policies.subsidy.2019-01.rate=0.3"]
    before = load_scenario("base.yaml", one).policies["subsidy"]
    after = load_scenario("base.yaml", [*one, "policies.subsidy.from=2020-03"]).policies["subsidy"]
    assert [month_name(entry["from"]) for entry in after] == ["2020-03"]
    assert [entry | {"from": 0} for entry in after] == [entry | {"from": 0} for entry in before]
    with pytest.raises(ScenarioError, match=r"2 dated entries \(2019-01, 2025-01\): which of them") as refused:
        load_scenario("base.yaml", ["policies.subsidy.from=2020-03"])
    assert "policies.subsidy=none, then policies.subsidy.2020-03.KEY=value" in str(refused.value)
    with pytest.raises(ScenarioError, match="no entries that could be moved"):
        load_scenario("base.yaml", ["policies.subsidy=none", "policies.subsidy.from=2020-03"])


def test_none_takes_away_and_sets_back(world):
    assert child(world, "policies: none\nevents: none\n").policies == {}
    assert child(world, "policies: none\nevents: none\n").events == []
    assert list(child(world, "policies: {zones: none}\n").policies) == ["subsidy"]
    entries = child(world, "policies: {subsidy: [{from: 2025-01, cap: none}]}\n").policies["subsidy"]
    assert entries[-1]["cap"] == 15.0
    assert child(world, "parameters: {collaboration.tau_max: none}\n").parameters["collaboration.tau_max"] == 0.6
    assert child(world, "outside: {freeze: none}\n").outside["freeze"] is False


def test_a_long_chain(world):
    for k in range(6):
        base = "base" if k == 0 else f"c{k - 1}"
        world(f"extends: {base}.yaml\nparameters: {{labour.team: {k + 1}}}\n", f"c{k}.yaml")
    assert load_scenario("c5.yaml").parameters["labour.team"] == 6
    for k in range(6, 9):
        world(f"extends: c{k - 1}.yaml\n", f"c{k}.yaml")
    with pytest.raises(ScenarioError, match="chain of more than"):
        load_scenario("c8.yaml")


def test_money_is_nominal_of_its_month_unless_it_says_so(world):
    def cap(text):
        return child(world, text).policies["subsidy"][-1]["cap"]

    entry = "policies: {subsidy: [{from: 2026-01, cap: 11 million yuan%s}]}\n"
    assert cap(entry % "") == round(11 / 1.1**9, 6)
    assert cap(entry % ", prices: 2017") == 11
    assert cap("prices: 2017\n" + entry % "") == 11
    assert cap("prices: 2017\n" + entry % ", prices: nominal") == round(11 / 1.1**9, 6)


def test_prices_of_a_file_hold_for_that_file_only(world):
    gross = child(world, "prices: 2017\n").events[0]["gross"]
    assert gross == round(5000 / 1.1**2, 6)
    event = "prices: 2017\nevents: [{hit: New, month: 2026-01, gross: 2 billion yuan}]\n"
    assert child(world, event).events[-1]["gross"] == 2000


def test_parameters_come_from_file_city_chain_and_settings(world):
    base = load_scenario("base.yaml").parameters
    assert base["labour.leave"] == 0.03 and base["collaboration.tau_max"] == 0.8
    assert base["collaboration.range"] == 5.0 and base["segments.markup.games"] == 0.5
    assert len(base) == 12
    text = """parameters:
  labour: {leave: 12% a year, fairs: no}
  labour.pay: 6000 yuan a month
  segments.markup: {film: 1}
"""
    mine = child(world, text, set=["collaboration.tau_max=1.5", "parameters.labour.team=7"]).parameters
    assert mine["labour.leave"] == 0.01 and mine["labour.fairs"] == 0.0 and mine["labour.pay"] == 6.0
    assert mine["segments.markup.film"] == 1.0 and mine["segments.markup.games"] == 0.5
    assert mine["collaboration.tau_max"] == 1.5 and mine["labour.team"] == 7.0


def test_events_are_merged_by_title(world):
    text = """events:
  - {hit: Ne Zha, month: 2020-07}
  - {convention: WorldCon, month: 2023-10}
  - remove: COVID-19
"""
    hit, convention = child(world, text).events
    assert (month_name(hit["month"]), hit["gross"]) == ("2020-07", round(5000 / 1.1**2, 6))
    assert hit["segment"] == "film" and hit["budget"] is None and hit["zone"] is None
    assert convention == {
        "month": 2023 * 12 + 9, "kind": "convention", "title": "WorldCon", "segment": "scifi", "buzz": 0.3,
    }  # fmt: skip
    pandemic = load_scenario("base.yaml").events[1]
    assert pandemic["month"] == pandemic["from"] == 2020 * 12 and pandemic["to"] == 2022 * 12 + 11


def test_outside_can_be_frozen(world):
    assert child(world, "outside: {freeze: yes}\n").outside == {"freeze": True}
    assert load_scenario("my.yaml", {"outside.freeze": False}).outside == {"freeze": False}


def test_lists_of_zones_are_in_the_order_of_the_city(world):
    zones = load_scenario("base.yaml").policies["zones"][0]["zones"]
    assert zones == ["hi_tech_south", "bailuwan"]
    every = child(world, "policies: {zones: [{from: 2026-01, zones: all}]}\n").policies["zones"][-1]
    assert every["zones"] == list(ZONES)
    default = child(world, "policies: {zones: [{from: 2025-03, zones: none}]}\n").policies["zones"][-1]
    assert default["zones"] == ["hi_tech_south"], "a default zone that the city does not have is left out"


def test_settings_reach_every_part(world):
    scenario = load_scenario(
        "base.yaml",
        set={
            "policies.subsidy.rate": 0.5,
            "policies.subsidy.2028-01.cap": "16 million yuan",
            "policies.zones": "none",
            "events.Ne Zha.gross": "1 billion yuan",
            "events.COVID-19": None,
            "end": "2029-12",
            "name": "Mine",
            "outside.freeze": True,
        },
    )
    assert [entry["rate"] for entry in scenario.policies["subsidy"]] == [0.5, 0.5, 0.5]
    assert scenario.policies["subsidy"][-1]["cap"] == round(16 / 1.1**11, 6)
    assert list(scenario.policies) == ["subsidy"] and scenario.name == "Mine" and scenario.slug == "base"
    assert [event["title"] for event in scenario.events] == ["Ne Zha"]
    assert scenario.events[0]["gross"] == round(1000 / 1.1**2, 6)
    assert scenario.end == 2029 * 12 + 11 and scenario.outside["freeze"]
    new = child(world, "policies: none\n", set=["policies.zones.places=3", "policies.zones.zones=[bailuwan]"])
    assert new.policies["zones"][0]["from"] == new.start and new.policies["zones"][0]["places"] == 3


def test_settings_as_texts():
    assert parse_set({"a.b": 0.2, "c": "x", "d": None}) == ["a.b=0.2", "c=x", "d=null"]
    assert parse_set(None) == [] and parse_set("a=1") == ["a=1"]
    with pytest.raises(ScenarioError, match="not a setting"):
        parse_set(["nothing"])


def test_resolved_is_a_scenario_file_and_there_and_back(world):
    scenario = child(world, "outside: {freeze: yes}\nevents: [{convention: C, month: 2020-01}]\n")
    text = yaml.safe_dump(scenario.resolved())
    assert load_resolved(yaml.safe_load(text)) == scenario
    assert load_scenario(world(text, "stored.yaml")) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_the_digest_is_of_what_matters(world):
    scenario = load_scenario("base.yaml")
    same = load_scenario("base.yaml", set=["name=Other", "rationale=because"])
    assert same.digest() == scenario.digest() and same.name == "Other"
    for setting in ("policies.subsidy.rate=0.2", "end=2030-11", "labour.team=6", "outside.freeze=yes"):
        assert load_scenario("base.yaml", set=[setting]).digest() != scenario.digest()


def test_differences(world):
    base = load_scenario("base.yaml")
    text = """policies:
  subsidy: [{from: 2026-01, rate: 0.2}]
  zones: none
events: [{hit: Ne Zha, month: 2020-07}, {remove: COVID-19}]
parameters: {labour.team: 6}
"""
    assert differences(child(world, text), base) == [
        "without zones",
        "subsidy from 2026-01: rate 0.15 -> 0.2",
        "without pandemic 'COVID-19'",
        "'Ne Zha' month: 2019-07 -> 2020-07",
        "labour.team: 5 -> 6",
    ]
    assert differences(base, base) == []
    bare = child(world, "policies: none\nevents: none\nend: 2020-12\n")
    assert differences(bare, base) == ["end: 2030-12 -> 2020-12", "no policies", "no events"]
    assert "with zones from 2025-03" in differences(base, bare)


months = st.lists(st.integers(2017 * 12, 2030 * 12 + 11), min_size=1, max_size=5, unique=True).map(sorted)
rates = st.one_of(st.none(), st.integers(0, 100).map(lambda n: n / 100))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months, months, st.data())
def test_any_timeline_carries_over(world, base_months, child_months, data):
    """Merged entries are in order, complete, and hold what the last entry to name a key said."""
    said: dict[int, float] = {}
    texts = []
    for each in (base_months, child_months):
        lines = ["policies:", "  subsidy:"]
        for month in each:
            rate = data.draw(rates)
            given = "" if rate is None else f", rate: {rate}"
            lines.append(f"    - {{from: {month_name(month)}{given}}}")
            if rate is not None:
                said[month] = rate
        texts.append("\n".join(lines) + "\n")
    world("city: town\n" + texts[0], "first.yaml")
    entries = load_scenario(world("extends: first.yaml\n" + texts[1])).policies["subsidy"]
    assert [entry["from"] for entry in entries] == sorted({*base_months, *child_months})
    for entry in entries:
        before = [month for month in said if month <= entry["from"]]
        assert entry["rate"] == (said[max(before)] if before else 0.0)
        assert entry["cap"] == 15.0


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months, st.floats(0, 3), st.integers(1, 100), st.sampled_from(["yes", "no"]))
def test_any_scenario_there_and_back(world, entries, tau, team, freeze):
    lines = [f"  - {{from: {month_name(month)}, cap: {1 + k} million yuan}}" for k, month in enumerate(entries)]
    text = "policies:\n subsidy:\n" + "\n".join(lines)
    text += f"\nparameters: {{collaboration.tau_max: {tau!r}, labour.team: {team}}}\noutside: {{freeze: {freeze}}}\n"
    scenario = child(world, text)
    assert scenario.parameters["collaboration.tau_max"] == tau
    stored = yaml.safe_dump(scenario.resolved())
    again = load_scenario(world(stored, "stored.yaml"))
    assert again == scenario and again.digest() == scenario.digest()


def test_a_city_of_ones_own_is_part_of_the_digest(world, tmp_path):
    from cluster_sim.scenario import registry

    assert "own" not in registry.city_names()
    world("title: own\n", "own/city.yaml")
    path = world("city: own\nstart: 2017-01\nend: 2018-12\n")
    first = load_scenario(path)
    assert first.city == str(tmp_path / "own") and len(first.city_digest) == 64
    world("title: changed\n", "own/city.yaml")
    assert load_scenario(path).digest() != first.digest()


def test_months_are_ordinals():
    assert parse_month("2026-01") == JAN_2026


def test_what_a_base_says_of_later_years_is_no_fault(world):
    """A scenario that ends sooner keeps its base's later entries, and so does its stored form."""
    world("extends: base.yaml\npolicies:\n subsidy:\n  - {from: 2029-01, cap: 2 million yuan}\n", "later.yaml")
    world("extends: later.yaml\nend: 2020-12\n", "sooner.yaml")
    for scenario in (load_scenario("sooner.yaml"), load_scenario("later.yaml", {"until": "2020-12"})):
        assert scenario.end == 2020 * 12 + 11 and scenario.policies["subsidy"][-1]["from"] == 2029 * 12
        again = load_scenario(world(yaml.safe_dump(scenario.resolved()), "stored.yaml"))
        assert again.policies == scenario.policies
