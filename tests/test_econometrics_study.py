"""All designs on runs of the model: the variants, the placebo zone, the command and its answers."""

from __future__ import annotations

import json
import sys

import figures
import pandas as pd
import pytest

import cluster_sim as cs
from cluster_sim.analysis.econometrics import variants
from cluster_sim.cli import main as cli
from cluster_sim.report import estimates as report
from cluster_sim.runs.errors import InputError

pytest.importorskip("linearmodels")
MONTH = 2023 * 12
SMALL = {"seeds": 2, "scale": "1/50", "date": "2023-01", "workers": 0}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A study of the baseline at 1/100 with two seeds, its runs kept."""
    folder = tmp_path_factory.mktemp("study")
    return folder, cs.econometrics("baseline", out=folder / "runs", **SMALL)


# variants -----------------------------------------------------------------------------------------------


def test_variants_differ_in_the_treatment_alone():
    base = cs.load_scenario("baseline")
    made = variants.design(base, MONTH)
    assert list(made.variants) == ["none", "zones", "placebo", "subsidy", "lottery"]
    assert made.zone_names == ("bailuwan", "hi_tech_south", "hi_tech_west") and made.segments == ("film", "scifi")
    assert made.until == 2027 * 12 + 11
    rest = {name: entries for name, entries in base.policies.items()
            if name not in (*variants.ZONES, "production_subsidy")}
    for name, scenario in made.variants.items():
        assert {k: v for k, v in scenario.policies.items() if k in rest} == rest
        assert [e["title"] for e in scenario.events if e["kind"] == "hit"] == [], name    # both lie in the window
    zones = made.variants["zones"].policies["pilot_zones"]
    assert zones == [base.policies["pilot_zones"][-1] | {"from": MONTH}]
    lottery = made.variants["lottery"].policies["production_subsidy"][0]
    assert (lottery["lottery"], lottery["from"]) == (0.5, MONTH)
    assert made.variants["none"].policies == rest


def test_hits_before_the_window_stay():
    made = variants.design(cs.load_scenario("baseline"), 2028 * 12)
    assert [e["title"] for e in made.variants["none"].events if e["kind"] == "hit"] == ["Ne Zha"]


def test_a_placebo_has_every_amount_at_zero():
    entry = cs.load_scenario("baseline").policies["pilot_zones"][-1]
    placebo = variants.zeroed("pilot_zones", entry)
    assert placebo["zones"] == entry["zones"] and placebo["rounds"] == entry["rounds"]      # rounds are one at least
    assert {placebo[k] for k in ("scenarios", "months_saved", "entry_months_saved", "session_cost", "budget")} == {0}


def test_what_the_scenario_lacks_is_left_out():
    base = cs.load_scenario("baseline", {"policies.production_subsidy": "none"})
    assert list(variants.design(base, MONTH).variants) == ["none", "zones", "placebo"]
    assert list(variants.design(cs.load_scenario("no_policy"), MONTH).variants) == ["none"]


@pytest.mark.parametrize("options, message", [
    ({"month": 2020 * 12}, "take 2023-01 or later"), ({"instruments": ["hub"]}, "no instrument of zones"),
    ({"winners": 1.0}, "between 0 and 1")])
def test_designs_that_cannot_be(options, message):
    with pytest.raises(InputError, match=message):
        variants.design(cs.load_scenario("baseline"), **({"month": MONTH} | options))


# estimates ----------------------------------------------------------------------------------------------


def test_every_design_gives_an_estimate(small):
    _, result = small
    groups = {one.name.partition(".")[0] for one in result.estimates}
    assert groups == {"zones", "lottery", "density", "firm_size", "rents"}, result.left_out
    assert result.comparison.seeds == [1, 2] and not result.comparison.failed
    assert result.get("density.value_added").n > 1000
    assert set(result.table.columns) >= {"name", "value", "se", "low95", "high95", "published_low", "inside", "source"}


def test_a_placebo_zone_shows_no_effect(small):
    """With runs on the same luck to the last bit; with trends, its interval holds zero."""
    _, result = small
    paired = result.get("zones.paired.placebo")
    assert (paired.value, paired.se, paired.inside) == (0, 0, True)
    alone = result.get("zones.trends.placebo")
    assert alone.se > 0 and alone.low95 <= 0 <= alone.high95
    events = result.event_study
    assert set(events["kind"]) == {"plain", "placebo", "paired"} and len(events) == 33


def test_the_lottery_is_fair_and_counts_all_applicants(small):
    folder, result = small
    applications = cs.open(folder / "runs" / "lottery").frame("applications")
    assert result.get("lottery").n == len(applications)
    assert 0.3 < applications["won"].mean() < 0.7
    assert result.get("lottery.balance.cost").inside


def test_tables_and_figure(small):
    folder, result = small
    files = report.write(result.estimates, folder / "tables")
    frame = pd.read_csv(files[0])
    assert frame["name"].tolist() == [one.name for one in result.estimates]
    text = files[1].read_text()
    assert text.count(r"\\") == len(result.estimates) + 1 and "%" not in text.replace(r"\%", "")
    figure = result.plot()
    assert not figures.cut(figure)
    written = {text.get_text() for text in figure.texts}
    assert {"Zones: paired runs", "Lottery for the subsidy", "5–25%"} <= written
    with pytest.raises(ValueError, match="none of the main estimates"):
        report.figure([], {})


# the command --------------------------------------------------------------------------------------------


def test_the_command_prints_the_estimates_beside_the_published_ranges(small, capsys, monkeypatch):
    folder, result = small
    monkeypatch.chdir(folder)
    words = ["econometrics", "baseline", "--seeds", "2", "--scale", "1/50", "--date", "2023-01", "--workers", "0",
             "--out", "runs", "--no-figures"]
    assert cli.main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["new_runs"] == 0 and answer["seeds"] == [1, 2] and answer["scale"] == "1/50"
    rows = {row["name"]: row for row in answer["estimates"]}
    assert rows["density.value_added"]["value"] == pytest.approx(result.get("density.value_added").value)
    assert rows["zones.plain"]["published_low"] == 5 and rows["zones.plain"]["verdict"] in ("pass", "open", "miss")
    assert answer["facts"]["zone_effect_pct"] == "zones.paired" and answer["years"]["after"] == [*range(2023, 2028)]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert "Combes & Gobillon 2015" in shown and "0.02 to 0.12" in shown and "5 to 25" in shown
    assert max(map(len, shown.splitlines())) <= 125


@pytest.mark.parametrize("words, message", [
    (["--date", "2019-01"], "2023-01 or later"), (["--zone-instrument", "hub"], "no instrument of zones"),
    (["synthetic", "--zone-instrument", "pilot_zones"], "has no pilot_zones"),
    (["--seeds", "1"], "at least two seeds"), (["no_policy"], "nothing to estimate"), (["--date", "soon"], "soon"),
    (["--set", "policies.pilot_zones.scenarios=-1"], "scenarios"), (["--workers", "-1"], "--workers")])
def test_bad_input_ends_with_two_and_writes_nothing(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["econometrics", *words]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_is_named_before_any_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "linearmodels.iv", None)
    assert cli.main(["econometrics"]) == 2
    assert "cluster-sim[econometrics]" in capsys.readouterr().err and list(tmp_path.iterdir()) == []
