"""Faults: each with its place and help, all at once, exit status 2."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario_world import BASE, world

from cluster_sim.scenario import ScenarioError, load_scenario


def faults_of(path, setting=None):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, setting)
    assert caught.value.exit_status == 2
    return caught.value.faults


def one(world, text: str, setting=None):
    (fault,) = faults_of(world("extends: base.yaml\n" + text), setting)
    return fault


FIVE = """name: Five faults
extends: base.yaml
policies:
  subsidi:
    - {from: 2026-01, rate: 0.2}
  zones:
    - {from: 2026-13, places: 152}
  subsidy:
    - {from: 2026-01, cap: 15 milion yuan}
    - {from: 2027-01, rate: 1.2}
parameters:
  collaboration.tau_mx: 0.8
"""


def test_five_faults_give_five_located_messages(world, tmp_path):
    path = world(FIVE)
    before = sorted(tmp_path.iterdir())
    faults = faults_of("my.yaml")
    assert [(f.mark.line, f.mark.column) for f in faults] == [(4, 3), (7, 19), (9, 31), (10, 29), (12, 3)]
    with pytest.raises(ScenarioError) as caught:
        load_scenario("my.yaml")
    text = str(caught.value)
    assert len(re.findall(r"^my\.yaml:\d+:\d+: ", text, re.M)) == 5
    for words in (
        "policies: unknown instrument 'subsidi'",
        "did you mean 'subsidy'?",
        "there is no month 13",
        "unknown unit 'milion yuan'",
        "did you mean 'million yuan'?",
        "policies.subsidy.rate: 1.2 is out of bounds",
        "expected 0 to 1   (share of audited cost)",
        "unknown parameter 'collaboration.tau_mx'",
        "did you mean 'collaboration.tau_max'?   (Largest extra cost of working",
        "5 faults. Nothing was run.  Keys and units: python run_sim.py explain",
    ):
        assert words in text, words
    assert sorted(tmp_path.iterdir()) == before, "nothing is written"
    assert path.read_text() == FIVE


def test_how_a_message_looks(world):
    fault = one(world, "policies:\n  subsidy:\n    - {from: 2026-01, rat: 0.2}\n")
    assert str(fault) == (
        "my.yaml:4:23: policies.subsidy: unknown key 'rat'\n"
        "    4 |     - {from: 2026-01, rat: 0.2}\n"
        "                              ^^^ did you mean 'rate'?   (share of audited cost, 0 to 1)"
    )
    assert fault.as_dict() == {
        "file": "my.yaml", "line": 4, "column": 23, "path": "policies.subsidy",
        "message": "unknown key 'rat'", "hint": "did you mean 'rate'?   (share of audited cost, 0 to 1)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "path", "says"),
    [
        ("colour: red", 2, 1, "", "unknown key 'colour'"),
        ("policies: [a]", 2, 11, "policies", "expected a mapping"),
        ("policies: {subsidy: {from: 2019-01}}", 2, 21, "policies.subsidy", "expected a list"),
        ("policies: {subsidy: [rate]}", 2, 22, "policies.subsidy", "expected a dated entry"),
        ("policies: {subsidy: [{rate: 0.1}]}", 2, 22, "policies.subsidy", "does not say from when"),
        ("policies: {subsidy: [{from: 2036-01, rate: 0.1}]}", 2, 29, "policies.subsidy.from",
         "2036-01 is after the end of the scenario, 2030-12"),
        ("policies: {subsidy: [{from: soon}]}", 2, 29, "policies.subsidy.from", "'soon' is not a month"),
        (
            "policies: {zones: [{from: 2026-01}, {from: 2025-01}]}",
            2, 44, "policies.zones.from", "2025-01 is earlier than the entry before it",
        ),
        ("policies: {zones: [{from: 2026-01}, {from: 2026-01}]}", 2, 44, "policies.zones.from", "given twice"),
        ("policies: {zones: [{from: 2026-01, places: -1}]}", 2, 44, "policies.zones.places", "-1 is out of bounds"),
        ("policies: {zones: [{from: 2026-01, places: 1.5}]}", 2, 44, "policies.zones.places", "whole number"),
        ("policies: {zones: [{from: 2026-01, tier: 5}]}", 2, 42, "policies.zones.tier", "out of bounds"),
        (
            "policies: {zones: [{from: 2026-01, zones: [bailuwan, hi_tech]}]}",
            2, 54, "policies.zones.zones", "unknown zone 'hi_tech'",
        ),
        ("policies: {zones: [{from: 2026-01, zones: bailuwan}]}", 2, 43, "policies.zones.zones", "list of zones"),
        (
            "policies: {zones: [{from: 2026-01, zones: [bailuwan, bailuwan]}]}",
            2, 54, "policies.zones.zones", "named twice",
        ),
        (
            "policies: {subsidy: [{from: 2026-01, segments: [films]}]}",
            2, 49, "policies.subsidy.segments", "unknown segment 'films'",
        ),
        ("policies: {subsidy: [{from: 2026-01, bridged: maybe}]}", 2, 47, "policies.subsidy.bridged", "yes or no"),
        ("policies: {subsidy: [{from: 2026-01, prices: 2018}]}", 2, 46, "policies.subsidy.prices", "2017 or nominal"),
        ("policies: {subsidy: [{from: 2026-01, cap: 1e999}]}", 2, 43, "policies.subsidy.cap", "too large"),
        ("policies: {subsidy: [{from: 2026-01, note: [a]}]}", 2, 44, "policies.subsidy.note", "expected a text"),
        ("parameters: 3", 2, 13, "parameters", "expected a mapping"),
        ("parameters: {labour: {quit: 0.1}}", 2, 23, "parameters", "unknown parameter 'labour.quit'"),
        ("parameters: {labour.team: 1.5}", 2, 27, "parameters.labour.team", "whole number"),
        ("parameters: {collaboration.range: 500 miles}", 2, 39, "parameters.collaboration.range", "unknown unit"),
        ("parameters: {collaboration.range: 200}", 2, 35, "parameters.collaboration.range", "out of bounds"),
        ("parameters: {labour.fairs: 3}", 2, 28, "parameters.labour.fairs", "yes or no"),
        ("events: {hit: A}", 2, 9, "events", "expected a list"),
        ("events: [{month: 2019-01}]", 2, 10, "events", "does not say what it is"),
        ("events: [{hit: A, month: 2019-01}]", 2, 10, "events", "lacks the key 'gross'"),
        ("events: [{hit: Ne Zha, gross: no}]", 2, 31, "events.gross", "expected an amount"),
        ("events: [{hit: Ne Zha, zone: nowhere}]", 2, 30, "events.zone", "unknown zone"),
        ("events: [{hit: Ne Zha, city: Atlantis}]", 2, 30, "events.city", "unknown city 'Atlantis'"),
        ("events: [{flop: F, month: 2019-01, project: first}]", 2, 45, "events.project", "identity of a title"),
        ("events: [{flop: F, month: 2019-01}]", 2, 10, "events", "lacks the key 'project'"),
        ("events: [{hit: Ne Zha, grosss: 1}]", 2, 24, "events", "unknown key 'grosss'"),
        ("events: [{convention: Ne Zha, month: 2019-01}]", 2, 11, "events", "'Ne Zha' is a hit"),
        ("events: [{pandemic: X, from: 2020-02, to: 2020-01}]", 2, 43, "events", "ends before it begins"),
        ("events: [{remove: Nezha}]", 2, 19, "events", "there is no event 'Nezha'"),
        ("events: [{remove: Ne Zha, month: 2019-01}]", 2, 27, "events", "unknown key 'month' beside remove"),
        (
            "events: [{hit: Ne Zha, month: 2019-01}, {hit: Ne Zha, month: 2020-01}]",
            2, 47, "events", "given twice in one file",
        ),
        ("outside: 3", 2, 10, "outside", "expected a mapping"),
        ("outside: {freeze: soon}", 2, 19, "outside.freeze", "yes or no"),
        ("outside: {thaw: yes}", 2, 11, "outside", "unknown key 'thaw'"),
        ("end: 2016-01", 2, 6, "end", "ends before it starts"),
        ("start: 2018-1", 2, 8, "start", "'2018-1' is not a month"),
        ("city: twon", 2, 7, "city", "unknown city 'twon'"),
        ("city: [a]", 2, 7, "city", "expected a text"),
        ("prices: 2020", 2, 9, "prices", "expected 2017 or nominal"),
        ("name: 1\nname: 2", 3, 1, "", "given twice"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place(world, text, line, column, path, says):
    fault = one(world, text + "\n")
    assert says in f"{fault.message} {fault.hint}"
    assert (fault.path, fault.mark.line, fault.mark.column) == (path, line, column)


@pytest.mark.parametrize(
    ("setting", "column", "says"),
    [
        ("policies.subsidy.rat=0.2", 18, "did you mean 'rate'?"),
        ("policies.subsidi.rate=0.2", 10, "did you mean 'subsidy'?"),
        ("policies.subsidy.rate=2", 23, "out of bounds"),
        ("policies.subsidy.cap=15 milion yuan", 25, "unknown unit"),
        ("policies.subsidy=0.2", 18, "only none"),
        ("policies.subsidy.2026-13.rate=0.2", 18, "no month 13"),
        ("policies.subsidy.2026-01=0.2", 18, "which key?"),
        ("policies.subsidy.2019-01.from=2019-05", 18, "named by its month"),
        ("policies.subsidy.from=soon", 23, "'soon' is not a month"),
        ("policies.subsidy.from=2020-03", 18, "policies.subsidy.2020-03.KEY=value"),
        ("policies.zones.zones=[bailuwn]", 23, "did you mean 'bailuwan'?"),
        ("collaboration.tau_max=9", 23, "out of bounds"),
        ("collaboration.tau_mx=1", 1, "did you mean 'collaboration.tau_max'?"),
        ("parameters.labour.tem=1", 12, "did you mean 'labour.team'?"),
        ("events.NeZha=none", 8, "did you mean 'Ne Zha'?"),
        ("events.Ne Zha.gross=lots", 21, "expected an amount"),
        ("events.Ne Zha=3", 15, "only none"),
        ("strat=2018-01", 1, "did you mean 'start'?"),
        ("start=2018-13", 12, "no month 13"),
        ("outside.freez=yes", 9, "did you mean 'freeze'?"),
        ("outside.freeze=maybe", 16, "yes or no"),
        ("extends=base", 1, "unknown path"),
        ("labour.team=[1", 15, "not YAML"),
        ("=3", 1, "not a setting"),
    ],
)
def test_settings_have_faults_of_the_same_kind(world, setting, column, says):
    (fault,) = faults_of("base.yaml", [setting])
    assert says in f"{fault.message} {fault.hint}"
    assert (fault.mark.source.name, fault.mark.line, fault.mark.column) == ("--set", 1, column)
    assert str(fault).startswith(f"--set:1:{column}: ")


def test_faults_of_every_file_of_a_chain_are_listed(world):
    world(BASE.replace("cap: 15 million", "cap: 15 milion") + "  labour.tam: 3\n", "base.yaml")
    faults = faults_of(world("extends: base.yaml\nend: never\n"), ["labour.team=0"])
    assert [(f.mark.source.name, f.mark.line) for f in faults] == [
        ("my.yaml", 2), ("base.yaml", 8), ("base.yaml", 17), ("--set", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("../base.yaml", "outside the scenario's folder"),
        ("/etc/passwd", "not a path inside"),
        ("..\\base.yaml", "not a path inside"),
        ("nothing.yaml", "there is no such file"),
        ("nothing", "there is no such scenario"),
        ("inner.yaml", "in a circle"),
        ("link.yaml", "outside the scenario's folder"),
        ("[a]", "expected a text"),
    ],
)
def test_extends_stays_in_the_folder(world, tmp_path, reference, says):
    path = world(f"extends: {reference}\ncity: town\n", "sub/inner.yaml")
    (tmp_path / "sub" / "link.yaml").symlink_to(tmp_path / "base.yaml")
    messages = " / ".join(fault.message for fault in faults_of(path))
    assert says in messages


def test_a_circle_of_two_files(world):
    world("extends: b.yaml\n", "a.yaml")
    world("extends: a.yaml\n", "b.yaml")
    (fault,) = faults_of("a.yaml")
    assert "in a circle" in fault.message and fault.mark.source.name == "b.yaml"


def test_a_scenario_that_is_not_there(world, tmp_path):
    for name in ("nothing", "nothing.yaml", tmp_path):
        (fault,) = faults_of(name)
        assert fault.mark is None


def test_a_file_that_is_no_mapping(world):
    for text in ("- a\n", "just words\n"):
        (fault,) = faults_of(world(text))
        assert "a scenario is a mapping" in fault.message


def test_a_long_line_is_cut_around_the_caret(world):
    fault = one(world, f"policies: {{subsidy: [{{from: 2026-01, note: {'x' * 300}, rat: 1}}]}}\n")
    _, line, caret = str(fault).splitlines()
    assert len(line) < 160 and line[caret.index("^") :].startswith("rat")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(FIVE) - 1), st.text(max_size=4), st.integers(0, 4))
def test_a_damaged_file_never_breaks_the_reader(world, at, inserted, removed):
    """Whatever happens to a file, it is read or refused with messages."""
    path = world(FIVE[:at] + inserted.replace("\r", "") + FIVE[at + removed :])
    try:
        load_scenario(path)
    except ScenarioError as error:
        assert str(error)
