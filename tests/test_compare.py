"""Effects from paired runs: exact zeros, a known effect found, intervals against a reference, the command."""

from __future__ import annotations

import json

import fake_command
import figures
import numpy as np
import pytest
from runs_fake import FakeModel, scenario
from scipy import stats

import cluster_sim as cs
from cluster_sim.analysis import effects
from cluster_sim.analysis.yearly import by_year
from cluster_sim.cli import compare as compare_command
from cluster_sim.indicators import indicator

SHIFTED = "test_compare:Shifted"
CELL = {"mean", "low80", "high80", "low95", "high95", "p_positive", "share_positive", "median", "seeds_needed"}


class Shifted(FakeModel):
    """A fake city with luck in its share, to which `bonus` adds with a little luck of its own (`noise`)."""

    def series(self):
        p, own = self.scenario.parameters, np.random.default_rng([self.seed, 7])
        extra = p.get("bonus", 0.0) + p.get("noise", 0.0) * own.normal(size=self.t)
        columns = super().series()
        columns["gdp_share"] = columns["gdp_share"] + extra
        columns["hits"] = np.ones(self.t, np.int64) + int(p.get("hits", 0))
        columns["mean_wage"] = 8.0 + self.draws.normal() + 0.0 * columns["employment"]
        return columns


def pair(*parameters, **options):
    options = {"seeds": 12, "scale": 1, "workers": 0, "factory": SHIFTED} | options
    return cs.compare(*[scenario(**each) for each in parameters], **options)


# the statistics --------------------------------------------------------------------------------------


def test_intervals_and_probability_are_those_of_the_paired_t_test():
    draws = np.random.default_rng(4)
    a = draws.normal(10, 3, 15)
    b = a + draws.normal(0.3, 0.8, 15)
    cell, reference = effects.paired(a, b), stats.ttest_rel(b, a)
    for width in (80, 95):
        expected = reference.confidence_interval(width / 100)
        assert (cell[f"low{width}"], cell[f"high{width}"]) == pytest.approx((expected.low, expected.high), rel=1e-12)
    assert cell["p_positive"] == pytest.approx(1 - stats.ttest_rel(b, a, alternative="greater").pvalue, rel=1e-12)
    assert cell["variance_ratio"] == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (b - a).var(ddof=1))
    assert cell["share_positive"] == (b > a).mean() and cell["pairs"] == 15


@pytest.mark.parametrize("size, pairs", [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10)])
def test_seeds_needed_are_those_of_the_published_tables(size, pairs):
    """Sample sizes of the paired t test at 5% and 80% power, as G*Power and Cohen (1988) have them."""
    assert effects.seeds_needed(np.array([size]), np.array([1.0]))[0] == pairs


def test_seeds_needed_at_the_edges():
    needed = effects.seeds_needed(np.array([0.0, 1.0, -1.0, 1e-6, np.nan, 40.0]), np.array([0.0, 0.0, 1, 1, 1, 1]))
    assert np.array_equal(needed, [np.nan, 2, 10, np.nan, np.nan, 2], equal_nan=True)


def test_pairs_that_agree_have_no_probability_and_a_sure_effect_has_one():
    values = np.array([3.1, 4.7, 0.1])
    same = effects.paired(values, values)
    assert {same[k] for k in ("mean", "low80", "high80", "low95", "high95", "median")} == {0.0}
    assert same["p_positive"] is None and same["seeds_needed"] is None and same["variance_ratio"] is None
    sure = effects.paired(np.array([1.0, 5.0, 2.0]), np.array([2.0, 6.0, 3.0]))
    assert (sure["mean"], sure["low95"], sure["p_positive"], sure["seeds_needed"]) == (1.0, 1.0, 1.0, 2)
    assert effects.paired(np.array([2.0, 6.0]), np.array([1.0, 5.0]))["p_positive"] == 0.0


def test_missing_values_take_their_pair_out():
    cell = effects.paired(np.array([1.0, np.nan, 2.0]), np.array([2.0, 9.0, np.nan]))
    assert cell["pairs"] == 1 and cell["mean"] == 1.0 and cell["low95"] is None and cell["p_positive"] is None
    assert effects.paired(np.array([np.nan]), np.array([1.0])) == {}


def test_a_log_ratio_for_heavy_tails():
    draws = np.random.default_rng(1)
    a = np.exp(draws.normal(size=40) * 3)
    cell = effects.paired(a, 1.5 * a, heavy=True)
    assert cell["log_ratio"] == pytest.approx(np.log(1.5)) == pytest.approx(cell["log_ratio_high95"])
    assert effects.paired(a - a.max(), a, heavy=True)["log_ratio"] is None


def test_a_years_value_follows_the_kind_of_column():
    months = np.arange("2017-01", "2018-12", dtype="datetime64[M]")
    values = np.arange(23.0)[None, :]
    assert by_year(months, values, "sum") == {2017: [66.0]}
    assert by_year(months, values, "mean") == {2017: [5.5]}
    assert by_year(months, values, "December") == {2017: [11.0]}
    columns = ("gdp_share", "creative_value_added", "employment", "hits", "mean_wage", "employment_film",
               "value_added_film", "export_share")
    kinds = {c: indicator(c).year_value for c in columns}
    assert list(kinds.values()) == ["December", "sum", "December", "sum", "mean", "December", "sum", "mean"]


# runs ------------------------------------------------------------------------------------------------


def test_a_known_effect_is_found_with_a_high_variance_ratio():
    result = pair({}, {"bonus": 0.01, "noise": 1e-5})
    cell = result.found["Fake-2"]["gdp_share"]["2018"]
    assert cell["low95"] < 0.01 < cell["high95"] and cell["high95"] - cell["low95"] < 1e-4
    assert cell["p_positive"] > 0.999 and cell["share_positive"] == 1 and cell["seeds_needed"] == 2
    assert result.variance_ratio.loc["gdp_share", "Fake-2"] > 50
    row = result.effects.query("column == 'gdp_share' and year == 2018").iloc[0]
    assert row["mean"] == cell["mean"] and row["scenario"] == "Fake-2"


def test_no_effect_is_told_from_zero_as_rarely_as_it_should():
    """Under no effect, a 95% interval leaves zero out in about one of twenty comparisons."""
    draws = np.random.default_rng(8)
    out = [effects.told_from_zero(effects.paired(a, b)) for a, b in draws.normal(size=(2000, 2, 6))]
    assert 0.035 < np.mean(out) < 0.065


def test_a_scenario_against_itself_is_zero_in_every_column(tmp_path):
    result = pair({}, {}, seeds=3, out=tmp_path)
    cells = [cell for years in result.found["Fake-2"].values() for cell in years.values()]
    assert cells and {cell["mean"] for cell in cells} == {cell["low95"] for cell in cells} == {0.0}
    assert {cell["p_positive"] for cell in cells} == {None}
    assert result.ratios["Fake-2"]["median"] is None
    assert result.new_runs == 3 and sorted(p.name for p in tmp_path.iterdir() if p.name[0] != ".") == [
        "Fake", "manifest.json"]


def test_a_failed_run_takes_its_pair_out():
    with pytest.warns(UserWarning, match="seed 2"):
        result = pair({}, {"raise_seed": 2, "bonus": 0.01}, seeds=4)
    assert result.seeds == [1, 3, 4] and result.found["Fake-2"]["gdp_share"]["2018"]["pairs"] == 3
    with pytest.raises(RuntimeError, match="do not balance"):
        pair({}, {"raise_seed": 2}, seeds=2)


def test_three_scenarios_and_a_figure():
    result = pair({}, {"bonus": 0.01, "noise": 1e-3}, {"bonus": -0.01, "noise": 1e-3})
    assert result.found["Fake-2"]["gdp_share"]["2018"]["mean"] > 0 > result.found["Fake-3"]["gdp_share"]["2018"]["mean"]
    figure = result.plot()
    text = figures.words(figure)
    assert not figures.cut(figure)
    assert "Share of GDP" in text and "percentage points" in text and "Fake-3" in text
    assert "Difference from Fake 12 pairs of runs" in text.replace("\n", " ")


@pytest.mark.parametrize("value, text", [(38.4, "38"), (1.44, "1.4"), (1234.0, "1,200"), (0.96, "0.96"), (9.96, "10")])
def test_ratios_have_two_digits(value, text):
    assert compare_command.two_digits(value) == text


def test_few_pairs_tell_no_ratio_of_variances():
    for seeds, told in ((4, False), (6, True)):
        lines = "\n".join(compare_command.table(pair({}, {"bonus": 0.01, "noise": 1e-3}, seeds=seeds), "Fake-2"))
        assert ("pairing cuts" in lines) == told and ("fewer than 5" in lines) != told and "Fake minus Fake" in lines


def test_a_placebo_is_zero_in_every_column():
    """An instrument in force that pays nobody leaves every number of the city as it was."""
    nothing = cs.load_scenario("no_policy")
    placebo = cs.load_scenario("no_policy", {"policies.production_subsidy.rate": 0})
    assert placebo.policies and not nothing.policies
    result = cs.compare(nothing, placebo, seeds=2, scale="1/200", until="2018-01", workers=0)
    found = result.found["no_policy-2"]
    assert len(found) > 50 and result.new_runs == 4
    for column, years in found.items():
        for cell in years.values():
            assert (cell["mean"], cell["low95"], cell["high95"]) == (0.0, 0.0, 0.0), column


# the command -----------------------------------------------------------------------------------------


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Let the command use the fake city; the scenario `plus` has a bonus, any other has none."""
    def load(path, set=None):
        return scenario(**{"bonus": 0.01, "noise": 1e-4, "hits": 1} if path == "plus" else {"bonus": 0.0})

    return fake_command.install(monkeypatch, tmp_path, load, SHIFTED)


def call(capsys, *words):
    return fake_command.call(capsys, "compare", *words)


def test_json_has_the_keys_of_the_contract(fake, capsys):
    status, out, _ = call(capsys, "base", "plus", "--seeds", "5", "--scale", "1", "--out", "r", "--json")
    answer = json.loads(out)
    assert status == 0 and out.count("\n") == 1
    assert CELL <= set(answer["effects"]["gdp_share"]["2018"])
    assert answer["effects"]["gdp_share"]["2018"]["mean"] == pytest.approx(0.01, abs=1e-3)
    assert answer["variance_ratio"]["median"] > 1 and answer["variance_ratio"]["gdp_share"] > 5
    assert {"log_ratio", "median"} <= set(answer["effects"]["hits"]["2018"])
    assert answer["effects"]["hits"]["2018"]["mean"] == 12 and answer["columns"]["hits"]["heavy_tailed"]
    assert (answer["first"], answer["second"]) == ("base", "plus")
    assert len(answer["scenarios"]["plus"]["run_ids"]) == 5 and answer["seconds"] > 0
    assert (fake / "r" / "base" / "manifest.json").is_file() and (fake / "r" / "plus" / "manifest.json").is_file()
    assert (fake / "r" / "effects.csv").is_file() and (fake / answer["figures"][0]).is_file()
    again = json.loads(call(capsys, "base", "plus", "--seeds", "5", "--scale", "1", "--out", "r", "--json")[1])
    assert again["effects"] == answer["effects"] and (answer["new_runs"], again["new_runs"]) == (10, 0)


def test_further_scenarios_have_their_own_place(fake, capsys):
    answer = json.loads(call(capsys, "a", "plus", "c", "--seeds", "3", "--json", "--no-figures")[1])
    assert [each["scenario"] for each in answer["further"]] == ["c"]
    assert answer["further"][0]["effects"]["gdp_share"]["2018"]["mean"] == 0
    assert (fake / "results" / "compare-a-plus-c" / "plus" / "runs").is_dir()


def test_the_table_says_what_is_told_from_zero(fake, capsys):
    status, out, _ = call(capsys, "base", "plus", "--seeds", "6", "--scale", "1/20", "--no-figures")
    assert status == 0 and "6 pairs (seeds 1 to 6) at scale 1/20" in out
    assert "Told from zero (95%): share of GDP 2018." in out and "Not: value added" in out
    assert "Variance of unpaired over paired differences" in out
    status, out, _ = call(capsys, "base", "base", "--seeds", "2", "--no-figures")
    assert status == 0 and "Told from zero (95%): nothing." in out and "no pair differs" in out
    assert call(capsys, "base", "plus", "--seeds", "2", "--out", "q", "--quiet") == (0, "", "")


def test_the_folder_is_not_mixed(fake, capsys):
    words = ("base", "plus", "--seeds", "2", "--no-figures", "--quiet")
    assert call(capsys, *words)[0] == 0
    assert "old-1" in call(capsys, *words, "--scale", "1/50")[2]
    assert call(capsys, *words, "--out", "r")[0] == 0
    status, _, err = call(capsys, *words, "--out", "r", "--scale", "1/50")
    assert status == 2 and "the scale" in err
    assert call(capsys, *words, "--out", "r", "--scale", "1/50", "--fresh")[0] == 0


@pytest.mark.parametrize("words", [
    (), ("base",), ("base", "plus", "--seeds", "1"), ("base", "plus", "--seeds", "0"), ("base", "plus", "--scale", "3"),
    ("base", "plus", "--until", "2017-06"), ("base", "plus", "--workers", "-1"), ("base", "plus", "--seeds", "few")])
def test_bad_input_ends_with_two_and_writes_nothing(fake, capsys, words):
    status, out, err = call(capsys, *words)
    assert status == 2 and err and not out and "Traceback" not in err
    assert not list(fake.iterdir())


def test_a_scenario_that_is_not_there(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, "baseline", "no_polcy")
    assert status == 2 and "no_polcy" in err and not list(tmp_path.iterdir())
    status, out, err = call(capsys, "baseline", "synthetic", "--json")
    assert status == 2 and "different cities" in err and not out
