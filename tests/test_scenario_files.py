"""The scenarios that come with the package, the schema and the commands on them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import cluster_sim as cs
from cluster_sim import parameters
from cluster_sim.cli import explain, list_, new, schema
from cluster_sim.scenario import load_resolved, load_scenario, month_name, registry
from cluster_sim.scenario.differences import differences
from cluster_sim.scenario.explain import as_text, columns, listing, topics_of
from cluster_sim.scenario.schema import scenario_schema, schema_text
from cluster_sim.scenario.template import template
from cluster_sim.scenario.titles import TITLES

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "scenarios").glob("*.yaml"))
FIRST_SIX = {
    "pilot_zones",
    "production_subsidy",
    "box_office_incentive",
    "guidance_fund",
    "ladder_grants",
    "hub",
}


@pytest.fixture(autouse=True)
def at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def call(command, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.main(parser.parse_args(words))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_loads_is_complete_and_there_and_back(path, tmp_path):
    scenario = load_scenario(path)
    assert scenario.slug == path.stem and scenario.name and scenario.rationale
    assert set(scenario.parameters) == set(parameters.specification())
    assert scenario.start == 2017 * 12 and month_name(scenario.end) == "2035-12"
    stored = tmp_path / "scenario.yaml"
    stored.write_text(yaml.safe_dump(scenario.resolved()))
    assert load_scenario(stored) == scenario == load_resolved(yaml.safe_load(stored.read_text()))


def test_the_baseline_is_the_history_to_2025():
    baseline = load_scenario("baseline")
    assert set(baseline.policies) >= FIRST_SIX
    late = [
        (name, month_name(entry["from"]))
        for name, entries in baseline.policies.items()
        for entry in entries
        if entry["from"] >= 2026 * 12
    ]
    assert late == [("hub", "2026-01")], "after 2025 only what was already announced"
    titles = {event["title"]: event for event in baseline.events}
    assert month_name(titles["Ne Zha"]["month"]) == "2019-07"
    assert month_name(titles["Ne Zha 2"]["month"]) == "2025-01"
    deflator = registry.city("chengdu").paths(2017 * 12, 120)["deflator"]
    assert titles["Ne Zha"]["gross"] == pytest.approx(5000 / deflator[30], rel=1e-9)
    assert titles["Ne Zha 2"]["gross"] == pytest.approx(15400 / deflator[96], rel=1e-9)
    kinds = {event["kind"] for event in baseline.events}
    assert kinds == {"hit", "pandemic", "convention"}


def test_what_the_named_scenarios_change():
    baseline = load_scenario("baseline")
    assert differences(load_scenario("no_policy"), baseline) == ["no policies"]
    lines = differences(load_scenario("no_ne_zha"), baseline)
    assert lines == ["without hit 'Ne Zha'", "without hit 'Ne Zha 2'"]
    remote = load_scenario("remote_city")
    assert remote.parameters["collaboration.tau_max"] == 0.0
    assert all(": " in line and "->" in line for line in differences(remote, baseline))
    frozen = load_scenario("frozen")
    assert frozen.outside["freeze"] and not frozen.events
    later = load_scenario("frozen", set={"start": "2019-01"})
    assert later.outside == frozen.outside and later.policies == frozen.policies


def test_the_schema_is_current():
    assert (ROOT / "scenarios" / "schema.json").read_text() == schema_text(), "python run_sim.py schema"


def test_a_schema_that_is_not_current_is_named_with_what_writes_it(tmp_path, capsys):
    out = tmp_path / "schema.json"
    out.write_text("{}")
    assert call(schema, "--check", "--out", str(out)) == 1
    assert capsys.readouterr().out.strip().endswith(f"schema --out {out}") and out.read_text() == "{}"
    assert call(schema, "--out", str(out)) == call(schema, "--check", "--out", str(out)) == 0
    assert capsys.readouterr().out.strip().endswith("is current")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_follows_the_schema(path):
    from cluster_sim.inputs.errors import Faults
    from cluster_sim.inputs.yaml_reader import read_file

    data = read_file(path, path.name, Faults()).plain()
    assert list(violations(data, scenario_schema(), "")) == []
    data["policies"] = {"production_subsidi": []}
    data["colour"] = "red"
    assert len(list(violations(data, scenario_schema(), ""))) == 2


def violations(data, schema, path):
    """A small checker of the part of JSON Schema that our schema uses."""
    import re

    types = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int}
    types["boolean"] = bool
    if "anyOf" in schema:
        results = [list(violations(data, option, path)) for option in schema["anyOf"]]
        if all(results):
            yield min(results, key=len)[0]
        return
    if "enum" in schema and data not in schema["enum"] or "const" in schema and data != schema["const"]:
        yield path
    elif "type" in schema and not isinstance(data, types[schema["type"]]):
        yield path
    elif isinstance(data, dict):
        properties = schema.get("properties", {})
        yield from (f"{path}.{key}" for key in schema.get("required", ()) if key not in data)
        for key, value in data.items():
            if key in properties:
                yield from violations(value, properties[key], f"{path}.{key}")
            elif schema.get("additionalProperties") is False:
                yield f"{path}.{key}"
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from violations(item, schema.get("items", {}), f"{path}[{index}]")
    elif isinstance(data, str) and not re.search(schema.get("pattern", ""), data):
        yield path
    elif isinstance(data, int | float) and "type" in schema:
        if not schema.get("minimum", data) <= data <= schema.get("maximum", data):
            yield path


def test_the_template_loads_and_each_of_its_lines_can_be_switched_on(tmp_path):
    path = tmp_path / "mine.yaml"
    text = template(path)
    path.write_text(text)
    assert differences(load_scenario(path), load_scenario("baseline")) == []
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("policies:"))
    on = [
        line.replace("# ", "", 1) if n < first or is_setting(line) else line
        for n, line in enumerate(lines)
        if n >= first or not line.startswith("#") or line.startswith(("# start", "# end"))
    ]
    path.write_text("\n".join(on))
    switched = load_scenario(path)
    assert set(switched.policies) == set(registry.instruments())
    assert "Ne Zha" not in {event["title"] for event in switched.events}
    assert "A new film" in {event["title"] for event in switched.events}


def is_setting(line: str) -> bool:
    """Whether a commented line of the template is YAML and no prose."""
    import re

    return bool(re.match(r"  # ( *- |[a-z0-9_.]+:( |$)| +[a-z_]+: )", line))


def test_new_writes_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call(new, "more_zones") == 0
    assert capsys.readouterr().out == "more_zones.yaml\n"
    assert load_scenario("more_zones.yaml").name == "More zones"
    assert call(new, "more_zones") == 2 and "is there already" in capsys.readouterr().err
    assert call(new, "more_zones", "--force", "--from", "no_policy", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"file": "more_zones.yaml", "extends": "no_policy"}
    assert load_scenario("more_zones.yaml").policies == {}
    for words in (("../x y",), ("a/b/c.yaml",), ("fine", "--from", "nothing")):
        assert call(new, *words) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["more_zones.yaml"]


def test_list(capsys):
    assert call(list_) == 0
    text = capsys.readouterr().out
    assert text.startswith("baseline: Baseline (chengdu, 2017-01 to 2035-12)")
    assert "without hit 'Ne Zha 2'" in text and "no policies" in text
    assert call(list_, "--json") == 0
    rows = json.loads(capsys.readouterr().out)["scenarios"]
    assert rows[0]["name"] == "baseline" and {row["name"] for row in rows} >= {path.stem for path in FILES}
    for what in list_.KINDS:
        assert call(list_, what) == 0
        assert capsys.readouterr().out.count("\n") >= 1


def test_list_goes_on_past_a_broken_scenario(tmp_path, monkeypatch, capsys):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "broken.yaml").write_text("extends: baseline\nend: never\n")
    monkeypatch.chdir(tmp_path)
    assert call(list_) == 0
    text = capsys.readouterr().out
    assert "cannot be read: scenarios/broken.yaml:2: 'never' is not a month" in text
    assert "baseline: Baseline" in text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("production_subsidy", "share of audited cost"),
        ("policies.production_subsidy.cap", "most for one work"),
        ("production_subsidy.cap", "unit:     million yuan"),
        ("cap", "policies.box_office_incentive.cap"),
        ("collaboration.tau_max", "symbol:"),
        ("tau_max", "collaboration.tau_max"),
        ("segments.mean_size", "segments.mean_size.film"),
        ("gdp_share", "last twelve months"),
        ("hit", "gross revenue at home"),
        ("events.hit.gross", "gross revenue at home"),
        ("other", "heritage"),
        ("ladder", "eyas"),
        ("pilot zones", "places to test"),
    ],
)
def test_explain(name, says, capsys):
    assert call(explain, *name.split()) == 0
    assert says in capsys.readouterr().out
    assert call(explain, name, "--json") == 0
    assert json.loads(capsys.readouterr().out)["topics"]


def test_explain_what_is_not_known(capsys):
    assert call(explain, "production_subsidi") == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "production_subsidy" in captured.err
    assert call(explain, "subsdy") == 2 and "wage_subsidy" in capsys.readouterr().err
    assert call(explain) == 0 and "instruments" in capsys.readouterr().out


def test_the_columns_of_projects_are_those_of_a_run():
    assert list(TITLES) == list(cs.run("synthetic", "1/200", until="2017-02").projects)


def test_the_example_of_an_instrument_is_valid_and_does_something(tmp_path):
    """A scenario made of the examples is read, and each gives an amount that is nothing by default."""
    for name, instrument in registry.instruments().items():
        topic = next(topic for topic in topics_of(name) if topic["kind"] == "instrument")
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"extends: no_policy\n{topic['example']}\n", encoding="utf-8")
        (entry,) = load_scenario(path).policies[name]
        amounts = [key for key, info in registry.keys_of(instrument).items() if info.default == 0]
        assert any(entry[key] != 0 for key in amounts)


def test_everything_that_can_be_listed_can_be_explained():
    for what in list_.KINDS[1:]:
        for row in listing(what):
            found = topics_of(row["name"])
            assert found and all(as_text(topic) for topic in found), row["name"]


def test_schema_command(tmp_path, capsys, monkeypatch):
    target = tmp_path / "schema.json"
    assert call(schema, "--out", str(target), "--check") == 1
    assert call(schema, "--out", str(target)) == 0 and target.read_text() == schema_text()
    assert call(schema, "--out", str(target), "--check") == 0
    capsys.readouterr()
    assert call(schema, "--json") == 0 and json.loads(capsys.readouterr().out) == scenario_schema()
    assert call(schema, "--out", str(tmp_path / "no" / "schema.json")) == 2


def test_a_worker_that_gets_a_scenario_pays_for_no_reader():
    code = (
        "import pickle, sys; from cluster_sim.scenario import load_scenario; "
        "sys.stdout.buffer.write(pickle.dumps(load_scenario('scenarios/baseline.yaml')))"
    )
    data = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout
    code = (
        "import pickle, sys; s = pickle.loads(sys.stdin.buffer.read()); s.digest(); "
        "print(s.name, [m for m in ('pydantic', 'yaml', 'numba', 'mesa', 'pandas') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, input=data, capture_output=True, check=True)
    assert out.stdout.decode().strip() == "Baseline []"
