"""Outside paths of a scenario: how they are written, what each moves first, and that all cities see the same."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from engine import JANUARY_2017, build, differences, plain, tables

from cluster_sim import load_scenario
from cluster_sim import people_ledger as P
from cluster_sim.initial import rest_store
from cluster_sim.initial.outside import changed, outside_paths
from cluster_sim.inputs.errors import Faults, ScenarioError
from cluster_sim.month import moves
from cluster_sim.month.outside import bring_in
from cluster_sim.scenario import registry
from cluster_sim.scenario.differences import differences as scenario_differences
from cluster_sim.scenario.draft import Draft
from cluster_sim.scenario.outside import KEYS, PATHS
from cluster_sim.scenario.schema import scenario_schema
from cluster_sim.scenario.types import load_resolved
from cluster_sim.scenario.variants import Variants

YEAR = 12
SINCE = JANUARY_2017 + YEAR


def change(factor=1.0, growth=0.0, since=SINCE):
    return {"from": since, "factor": factor, "growth": growth}


@functools.cache
def first_month(path, factor):
    """Return the model after the first month of a change of one path, luck and rest as without it."""
    outside = {"freeze": True} | ({path: change(factor)} if path else {})
    model = build(YEAR + 1, outside=outside)
    return model.run()


# ----------------------------------------------------------------------------- what a change does to a path
def test_a_factor_and_further_growth_are_those_that_are_written():
    path = 1.06 ** (np.arange(60) / 12.0)
    found = changed(path, change(1.2, 0.005), JANUARY_2017)
    assert (found[:YEAR] == path[:YEAR]).all()
    assert found[YEAR] == pytest.approx(1.2 * path[YEAR])
    assert found[YEAR + 12:] / found[YEAR:-12] == pytest.approx(1.065)
    early = changed(path, change(1.2, since=JANUARY_2017 - 7), JANUARY_2017)
    assert early == pytest.approx(1.2 * path)
    assert (changed(path, change(3.0, since=JANUARY_2017 + 60), JANUARY_2017) == path).all()
    assert (changed(path, change(1.0, -0.5, since=JANUARY_2017), JANUARY_2017) > 0.0).all()


def test_every_path_reaches_the_model_and_no_other_moves():
    calm = outside_paths(plain(36), plain().city_data)
    moved = {"market": {"market", "release"}, "foreign": {"foreign_market"}, "rest_gdp": {"rest_gdp"},
             "outside_wage": {"outside_wage"}}
    assert set(moved) | {"ai"} == set(PATHS)
    for path, names in moved.items():
        found = outside_paths(plain(36, outside={path: change(2.0)}), plain().city_data)
        assert {name for name in calm if not (found[name] == calm[name]).all()} == names
        for name in names:
            assert found[name][YEAR:] == pytest.approx(2.0 * calm[name][YEAR:])
    late = plain(36, start=2026 * 12, outside={"ai": {"half": 2027 * 12}})
    found = outside_paths(late, late.city_data)
    assert found["ai"][12] == pytest.approx(0.5)


# ------------------------------------------------------------------------------------------------------- first effects
def won(model):
    return np.array([model.state[f"won_{where}"] for where in ("home", "nation", "abroad")])


def test_the_nations_market_reaches_all_cities_alike():
    calm, more = first_month("", 1.0), first_month("market", 1.5)
    p = calm.rivals.parameters
    # purchases between studios follow last month's sales, so that final demand alone is half as large again
    rise = 1.0 + 0.5 * (1.0 - p.links_national)
    assert won(more)[1] / won(calm)[1] == pytest.approx(rise, rel=0.01)
    assert won(more)[2] == pytest.approx(won(calm)[2], rel=0.01)
    elsewhere = more.rivals.state.won[1:].sum(1) / calm.rivals.state.won[1:].sum(1)
    abroad = 1.0 - elsewhere.mean() / rise
    assert elsewhere.max() - elsewhere.min() < 0.02 and 0.0 < abroad < 0.2
    assert more.city_state["release_market"] == pytest.approx(1.5 * calm.city_state["release_market"])


def test_clients_abroad_order_more_and_nobody_else():
    calm, more = first_month("", 1.0), first_month("foreign", 1.5)
    assert won(more)[2] / won(calm)[2] == pytest.approx(1.5, rel=1e-9)
    assert won(more)[:2] == pytest.approx(won(calm)[:2], rel=1e-9)


def test_the_rest_of_the_city_adds_to_its_output():
    calm, more = (first_month(*which).series() for which in (("", 1.0), ("rest_gdp", 1.5)))
    rest = [series["city_gdp"][-1] - series["creative_value_added"][-1] for series in (calm, more)]
    assert rest[1] / rest[0] == pytest.approx(1.5, rel=0.01)
    assert more["creative_value_added"][-1] == pytest.approx(calm["creative_value_added"][-1], rel=0.01)


def test_wages_elsewhere_make_ours_low_and_prices_elsewhere_high():
    calm, more = first_month("", 1.0), first_month("outside_wage", 1.1)
    assert more.city_state["relative_wage"] == pytest.approx(calm.city_state["relative_wage"] / 1.1, rel=0.005)
    assert more.city_state["outside_price"] == pytest.approx(1.1 * calm.city_state["outside_price"], rel=0.005)


def test_creative_wages_elsewhere_move_creative_people_alone():
    """Other work elsewhere pays as before, so that people of other sectors neither come nor stay away for it."""
    calm, more = ({flow: movers(flow, factor) for flow in (P.MIGRATED, P.SETTLED)} for factor in (1.0, 1.3))
    assert more[P.MIGRATED] < 0.5 * calm[P.MIGRATED]
    assert more[P.SETTLED] == pytest.approx(calm[P.SETTLED], rel=0.02)


def movers(flow, factor):
    """Return how many persons a flow brings in the first month of higher creative wages elsewhere."""
    outside = {"freeze": True, "outside_wage": change(factor, since=JANUARY_2017)}
    model = build(1, scale=1 / 20, outside=outside)
    model.begin_month()
    bring_in(model)
    moves.migrate(model)
    return float(model.people.flow[flow])


def test_tools_come_earlier_to_all_cities():
    runs = [build(24, start=2025 * 12, outside={"ai": {"half": half}}).run() for half in (2025 * 12, 2029 * 12)]
    assert runs[0].outside["ai"][-1] > runs[1].outside["ai"][-1] + 0.3
    assert (runs[0].rivals.state.tools > runs[1].rivals.state.tools).all()
    studios = [model.studios.used for model in runs]
    assert np.average(studios[0]["ai"], weights=studios[0]["staff"]) > np.average(
        studios[1]["ai"], weights=studios[1]["staff"])


# ----------------------------------------------------------------------------- nothing where nothing is
def test_a_change_of_nothing_gives_the_same_bytes():
    assert differences(tables(build(24).run()), tables(build(24, outside={"market": change(1.0)}).run())) == []
    plain_run = load_scenario("baseline")
    same = load_scenario("baseline", ["outside.market.factor=1", "outside.foreign.growth=0%"])
    assert plain_run.outside == {"freeze": False} and same.digest() == plain_run.digest()


def test_a_change_after_the_start_leaves_the_state_of_rest():
    """The rest is that of the first month: changes of markets and wages make no new one, even from the start."""
    def key(**outside):
        return rest_store.key(build(1, outside=outside))

    assert key() == key(market=change(100.0, 0.01, JANUARY_2017), outside_wage=change(1.1, 0.0, JANUARY_2017))
    late = [build(1, start=2025 * 12, outside=outside) for outside in ({}, {"ai": {"half": 2027 * 12}})]
    assert rest_store.key(late[0]) != rest_store.key(late[1])


# ----------------------------------------------------------------------------- files and settings
def written(tmp_path, text, name="mine.yaml", settings=None):
    (tmp_path / name).write_text(f"extends: baseline\n{text}\n", encoding="utf-8")
    return load_scenario(tmp_path / name, settings)


def test_a_file_says_it_in_words_and_a_child_changes_one_key(tmp_path):
    first = written(tmp_path, "outside:\n  market: {from: 2026-01, factor: 2, growth: 0.5%}\n  ai: {half: 2027-01}")
    assert first.outside == {"freeze": False, "market": {"from": 2026 * 12, "factor": 2.0, "growth": 0.005},
                             "ai": {"half": 2027 * 12}}
    assert load_resolved(first.resolved()) == first
    (tmp_path / "child.yaml").write_text("extends: mine.yaml\noutside: {market: {factor: 3}, ai: none}\n")
    child = load_scenario(tmp_path / "child.yaml")
    assert child.outside == {"freeze": False, "market": {"from": 2026 * 12, "factor": 3.0, "growth": 0.005}}
    assert scenario_differences(child, first) == ["outside market.factor: 2 -> 3", "outside ai.half: 2027-01 -> none"]
    gone = load_scenario(tmp_path / "child.yaml", ["outside.market=none"])
    assert gone.outside == {"freeze": False}


@pytest.mark.parametrize(("text", "line", "column", "path", "says"), [
    ("outside: {markt: {factor: 2}}", 2, 11, "outside", "did you mean 'market'?"),
    ("outside: {market: {factr: 2}}", 2, 20, "outside.market", "did you mean 'factor'?"),
    ("outside: {market: {factor: 0}}", 2, 28, "outside.market.factor", "0.01 to 1000"),
    ("outside: {market: {factor: two}}", 2, 28, "outside.market.factor", "expected a number"),
    ("outside: {market: {growth: 0.5 m}}", 2, 32, "outside.market.growth", "unknown unit"),
    ("outside: {market: {from: 2026}}", 2, 26, "outside.market.from", "2026-01 to 2026-12"),
    ("outside: {market: {from: 2050-01}}", 2, 26, "outside.market.from", "after the end of the scenario"),
    ("outside: {market: 2}", 2, 19, "outside.market", "such as {from: 2026-01, factor: 1.2}"),
    ("outside: {ai: 2027-01}", 2, 15, "outside.ai", "such as {half: 2027-01}"),
    ("outside: {ai: {factor: 2}}", 2, 16, "outside.ai", "unknown key 'factor'"),
])
def test_each_fault_has_its_place(tmp_path, text, line, column, path, says):
    with pytest.raises(ScenarioError) as caught:
        written(tmp_path, text)
    (fault,) = caught.value.faults
    assert says in f"{fault.message} {fault.hint}"
    assert (fault.path, fault.mark.line, fault.mark.column) == (path, line, column)


@pytest.mark.parametrize(("setting", "column", "says"), [
    ("outside.market.fctor=2", 16, "did you mean 'factor'?"),
    ("outside.rest_gpd.factor=2", 9, "did you mean 'rest_gdp'?"),
    ("outside.market.from=2050-01", 21, "after the end of the scenario"),
    ("outside=none", 1, "unknown path 'outside'"),
])
def test_settings_have_faults_of_the_same_kind(setting, column, says):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("baseline", [setting])
    (fault,) = caught.value.faults
    assert says in f"{fault.message} {fault.hint}" and fault.mark.column == column


def test_a_city_without_tools_has_no_half_of_them():
    from types import SimpleNamespace

    from cluster_sim.scenario.outside import OutsideConditions

    found = OutsideConditions(Faults(), JANUARY_2017)
    found.found["ai"] = {"half": 2027 * 12}
    found.check(SimpleNamespace(source={"ai": {"half": 1}}, title="Other"))
    assert not found.faults.found
    found.check(SimpleNamespace(source={}, title="Bare"))
    assert "'Bare' has no AI tools" in found.faults.found[0].message


def test_sweeps_vary_every_key(tmp_path):
    variants = Variants(load_scenario("baseline"))
    found = variants.of({"outside.market.factor": 1.2, "outside.ai.half": "2027-01"}).complete()
    assert found.outside["market"] == {"from": found.start, "factor": 1.2, "growth": 0.0}
    assert found == load_scenario("baseline", ["outside.market.factor=1.2", "outside.ai.half=2027-01"])
    assert variants.base.outside == {"freeze": False}
    from cluster_sim.scenario.factor_files import FactorReader

    reader = FactorReader(variants, None, None, Faults())
    assert all(reader.info_of(f"outside.{key}") is info for key, info in KEYS.items())
    assert reader.info_of("outside.market") is not None and reader.info_of("outside.markt.factor") is None
    with pytest.raises(ScenarioError, match=r"0\.01 to 1000"):
        variants.of({"outside.market.factor": -1.0})


def test_schema_explain_and_template_know_every_key(tmp_path):
    from cluster_sim.scenario.explain import nearest_names, topics_of
    from cluster_sim.scenario.template import template

    schema = scenario_schema()["properties"]["outside"]["properties"]
    for path, keys in PATHS.items():
        assert set(schema[path]["anyOf"][0]["properties"]) == set(keys)
        (topic,) = topics_of(f"outside.{path}")
        assert [key["name"] for key in topic["keys"]] == list(keys)
        for key, info in keys.items():
            assert topics_of(f"outside.{path}.{key}")[0]["text"] == info.text
    assert "outside.market.factor" in nearest_names("outside.market.facto")
    path = tmp_path / "new.yaml"
    text = template(path, "baseline")
    at = text.index("outside:")
    path.write_text(text[:at] + text[at:].replace("  # market: {", "  market: {").replace("  # ai: {", "  ai: {"))
    assert load_scenario(path).outside["market"]["factor"] == 1.2 and load_scenario(path).outside["ai"]


def test_the_draft_lists_the_keys():

    paths = Draft(*Variants(load_scenario("baseline")).shared, Faults(), 2017 * 12).paths()
    assert {f"outside.{key}" for key in KEYS} <= set(paths)
    assert registry.instruments()
