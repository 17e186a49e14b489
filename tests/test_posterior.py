"""Weighted draws: read, resampled and made by an importance sample that recovers a posterior known beforehand."""

from __future__ import annotations

import json
import signal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from cluster_sim import load_scenario
from cluster_sim.analysis.posterior import draws, reading, sample
from cluster_sim.analysis.posterior.returns import least_gain
from cluster_sim.cli import main as cli
from cluster_sim.cli.posterior import text
from cluster_sim.inputs.errors import ScenarioError
from cluster_sim.runs.experiment import Experiment

STUDY = {"base": "baseline", "samples": 8, "factors": {"labour.eta": {"low": 2, "high": 4},
                                                       "knowledge.buzz_of_hit": {"low": 0.05, "high": 0.2}},
         "fit": [{"column": "gdp_share_published", "year": 2018, "value": 0.0764, "error": 0.02}],
         "seeds": 1, "scale": "1/200", "until": "2018-12"}


@pytest.fixture(scope="module")
def baseline():
    return load_scenario("baseline")


# the file --------------------------------------------------------------------------------------------


def test_a_file_is_read_as_it_was_written(tmp_path, baseline):
    values = np.array([[3.0, 0.1], [2.0 / 3.0 + 1, 0.4]])
    made = draws.Draws(("labour.eta", "gaps.people"), values, np.array([0.25, 0.75]))
    draws.write(made, tmp_path / "d.csv")
    found = draws.read(tmp_path / "d.csv", baseline)
    assert found.paths == made.paths and np.array_equal(found.values, made.values[::-1])
    assert found.weights == pytest.approx([0.75, 0.25]) and found.effective == pytest.approx(1 / (0.75**2 + 0.25**2))
    assert found.point(1) == {"labour.eta": 3.0, "gaps.people": 0.1}


@pytest.mark.parametrize("text, words", [
    ("labour.eta\n3\n", "no column weight"), ("weight,labour.etta\n1,3\n", "did you mean 'labour.eta'"),
    ("weight,labour.eta\n1,3\n-1,3\n", ":3:1"), ("weight,labour.eta\n1,three\n", "found three"),
    ("weight,labour.eta\n1,3000\n", "expected a number from"), ("weight,labour.eta\n1,3\n1,\n", "no value for"),
    ("weight,labour.eta\n0,3\n", "all weights are zero"), ("weight\n1\n", "no draws"),
    ("weight,labour.eta\n", "no draws"), ("weight,labour.eta,labour.eta\n1,3,2\n", ":1:19")])
def test_what_is_wrong_with_a_file_is_said_with_its_place(text, words, tmp_path, baseline):
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        draws.read(tmp_path / "d.csv", baseline)
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path, baseline):
    with pytest.raises(ScenarioError, match="none.csv: no such file"):
        draws.read(tmp_path / "none.csv", baseline)


@pytest.mark.parametrize("count", [3, 10, 37])
def test_resampling_gives_each_draw_its_expected_number(count):
    weights = np.random.default_rng(count).dirichlet(np.ones(9))
    taken = draws.Draws(("labour.eta",), np.arange(9.0)[:, None], weights).resample(count)
    assert taken.sum() == count and np.all(np.abs(taken - count * weights) < 1.0)


# the sample ------------------------------------------------------------------------------------------


def test_tempered_weights_rest_on_enough_draws():
    steps = np.array([-np.inf, *(-0.5 * np.linspace(0, 30, 50) ** 2)])
    weights = sample.tempered(steps, 10.0)
    assert draws.effective_of(weights) == pytest.approx(10.0, rel=1e-3) and weights[0] == 0 and weights.sum() == 1
    assert sample.tempered(np.zeros(20), 10.0) == pytest.approx(np.full(20, 0.05))


def test_the_mixture_is_a_density_and_draws_follow_it():
    rng = np.random.default_rng(4)
    kernel = sample.Kernel(rng.random((6, 2)), rng.dirichlet(np.ones(6)), np.array([0.1, 0.3]))
    grid = (np.arange(200) + 0.5) / 200
    places = np.stack(np.meshgrid(grid, grid, indexing="ij"), -1).reshape(-1, 2)
    density = kernel.density(places)
    assert density.mean() == pytest.approx(1.0, abs=2e-3) and density.min() >= sample.DEFENSIVE
    drawn = kernel.sample(20000, rng)
    assert 0 <= drawn.min() and drawn.max() <= 1
    assert drawn.mean(0) == pytest.approx((places * density[:, None]).mean(0), abs=0.01)
    assert (drawn[:, 0] < 0.3).mean() == pytest.approx(density[places[:, 0] < 0.3].sum() / density.size, abs=0.015)


def test_the_importance_sample_recovers_a_known_posterior(tmp_path, monkeypatch):
    """Two numbers of which only the sum is seen, within .04: a ridge. Mean, spread and correlation are known."""
    spec = reading.read(STUDY | {"samples": 4000, "fit": [
        {"column": "gdp_share_published", "year": 2018, "value": 0.7, "error": 0.04}]})

    def evaluate(spec, evaluator, places):
        gains = np.where(places[:, 0] > 0.95, -0.1, 0.3)
        return gains, np.where(gains > 0, places.sum(1), np.nan)[None, :]

    monkeypatch.setattr(sample, "_evaluate", evaluate)
    found = sample.run_posterior(spec, Experiment(tmp_path))
    grid = (np.arange(400) + 0.5) / 400
    x, y = np.meshgrid(grid, grid, indexing="ij")
    true = np.exp(-0.5 * ((x + y - 0.7) / 0.04) ** 2) * (x <= 0.95)
    true /= true.sum()
    mean = np.array([(x * true).sum(), (y * true).sum()])
    sd = np.sqrt((x**2 * true).sum() - mean[0] ** 2)
    correlation = ((x * y * true).sum() - mean.prod()) / sd / np.sqrt((y**2 * true).sum() - mean[1] ** 2)
    assert found.effective > 300
    assert found.weights @ found.places == pytest.approx(mean, abs=4 * sd / found.effective**0.5)
    assert np.sqrt(found.weights @ (found.places[:, 0] - mean[0]) ** 2) == pytest.approx(sd, rel=0.1)
    margins = found.margins.set_index("factor")
    assert margins.loc["labour.eta", "correlation"] == pytest.approx(correlation, abs=0.03) and correlation < -0.9
    assert margins.loc["labour.eta", "companion"] == "knowledge.buzz_of_hit"
    away = found.places[:, 0] > 0.95
    assert found.refused == away.sum() > 50 and found.weights[away].max() == 0


def test_what_is_known_is_counted_once(tmp_path, monkeypatch):
    """The second draws crowd where the first fit: unless their density is divided out, the posterior is too narrow."""
    spec = reading.read(STUDY | {"samples": 4000, "fit": [
        {"column": "gdp_share_published", "year": 2018, "value": 0.4, "error": 0.05}]})
    monkeypatch.setattr(sample, "_evaluate", lambda spec, evaluator, places: (np.ones(len(places)), places[None, :, 0]))
    found = sample.run_posterior(spec, Experiment(tmp_path))
    x = found.places[:, 0]
    assert np.sqrt(found.weights @ (x - found.weights @ x) ** 2) == pytest.approx(0.05, rel=0.06)
    assert found.weights @ found.places[:, 1] == pytest.approx(0.5, abs=0.03)


def test_draws_that_run_away_are_known_before_they_are_run(baseline):
    steady = least_gain(baseline.parameters, {})
    assert 0.1 < steady < 1.0
    assert least_gain(baseline.parameters, {"commissioning.size": 1.1, "labour.eta": 10.0}) < 0 < steady
    assert least_gain(baseline.parameters, {"parameters.commissioning.size": 1.0}) < steady


def test_draws_that_run_away_are_not_run_and_each_other_has_luck_of_its_own():
    spec = reading.read(STUDY | {"seeds": [5, 6], "factors": {"commissioning.size": {"low": 0.85, "high": 1.1},
                                                              "labour.eta": {"low": 2, "high": 10}}})

    class Asked:
        def values(self, points, *measures):
            self.points = points
            return [np.array([[1.0, 3.0]] * len(points)) for _ in measures]

    asked = Asked()
    gains, found = sample._evaluate(spec, asked, np.array([[0.0, 0.0], [1.0, 1.0], [0.2, 0.1]]))
    assert (gains > 0).tolist() == [True, False, True] and np.isnan(found[:, 1]).all()
    assert found[0, [0, 2]].tolist() == [2.0, 2.0]
    assert [point.seeds for point in asked.points] == [(5, 6), (9, 10)]
    assert asked.points[0].values == {"commissioning.size": 0.85, "labour.eta": 2.0}


@pytest.mark.parametrize("change, words", [
    ({"fit": None}, "'fit' is missing"), ({"design": "grid"}, "means nothing here"),
    ({"fit": [{"column": "gdp_shar", "year": 2018, "value": 1, "error": 1}]}, "did you mean 'gdp_share'"),
    ({"fit": [{"column": "gdp_share", "year": 2018, "value": 1}]}, "lacks the key 'error'"),
    ({"fit": [{"column": "gdp_share", "year": 2018, "value": 1, "error": 0}]}, "above 0"),
    ({"fit": [{"column": "gdp_share", "year": 2019, "value": 1, "error": 1}]}, "no whole year 2019"),
    ({"fit": [{"column": "gdp_share", "year": "2016-2017", "value": 1, "error": 1}]}, "no whole year 2016"),
    ({"factors": {"labour.eta": [1, 2]}}, "a prior is a range")])
def test_what_is_wrong_with_a_study(change, words):
    with pytest.raises(ScenarioError) as caught:
        reading.read({key: value for key, value in (STUDY | change).items() if value is not None})
    assert words in str(caught.value)


def test_a_fact_beyond_the_runs_is_found_before_any(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    (tmp_path / "late.yaml").write_text(yaml.safe_dump(STUDY | {"until": "2018-11"}, sort_keys=False))
    assert cli.main(["posterior", "late.yaml"]) == 2
    line = next(k for k, text in enumerate((tmp_path / "late.yaml").read_text().splitlines(), 1) if "year:" in text)
    err = capsys.readouterr().err
    assert f"late.yaml:{line}:9" in err and "no whole year 2018 (there are 2017 to 2017)" in err
    (tmp_path / "early.yaml").write_text(yaml.safe_dump(STUDY))
    assert cli.main(["posterior", "early.yaml", "--until", "2017-12"]) == 2
    assert "gdp_share_published 2018: the runs have no whole year 2018" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def made(effective):
    """A posterior of two numbers, one in thousands, as the text takes it."""
    fits = pd.DataFrame([{"column": "employment", "year": "2021", "observed": 102000.0, "error": 94990.0,
                          "prior_mean": 123456.7, "mean": 101234.0, "low90": 99999.0, "high90": 104321.0}])
    margins = pd.DataFrame([{"factor": "labour.eta", "prior_low": 2.0, "prior_high": 4000.0, "mean": 3.14159,
                             "low90": 2.5, "high90": 3.5, "companion": "gaps.people", "correlation": -0.8}])
    return SimpleNamespace(spec=reading.read(STUDY), places=np.zeros((9, 2)), effective=effective, refused=0,
                           flagged=0.0, fits=fits, margins=margins)


def test_columns_stand_apart_and_thousands_are_whole():
    lines = text(made(6.0))
    assert [cell.strip() for cell in lines[4].split("  ") if cell] == [
        "employment 2021", "102,000", "94,990", "123,457", "101,234 (99,999 to 104,321)"]
    assert "2 to 4,000" in lines[7] and "3.142 (2.5 to 3.5)" in lines[7] and "gaps.people (-0.80)" in lines[7]


def test_too_few_effective_draws_have_no_intervals():
    lines = "\n".join(text(made(4.9)))
    assert "99,999" not in lines and "90%" not in lines and "gaps.people" not in lines and "101,234" in lines
    assert "Draws worth 4.9 equal ones are about one point" in lines


def test_an_option_that_does_nothing_is_not_offered(capsys):
    assert cli.main(["posterior", "--no-figures"]) == 2 and "--no-figures" in capsys.readouterr().err


def test_the_command_writes_draws_that_the_verdict_takes(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    file, out = tmp_path / "study.yaml", tmp_path / "p"
    file.write_text(json.dumps(STUDY))
    words = ["posterior", str(file), "--out", str(out), "--workers", "0", "--quiet"]
    assert cli.main(["posterior", str(file), "--samples", "2"]) == 2 and "at least 4" in capsys.readouterr().err
    assert cli.main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["draws"] == 8 and 1 <= answer["effective"] <= 8 and answer["run_away"] == 0
    assert answer["fits"][0]["low90"] <= answer["fits"][0]["mean"] <= answer["fits"][0]["high90"]
    found = draws.read(out / "draws.csv", load_scenario("baseline"))
    assert len(found.weights) == answer["weighted"] and found.paths == tuple(STUDY["factors"])
    assert cli.main([*words[:-1]]) == 0
    told = capsys.readouterr().out
    assert "8 draws of 2 numbers" in told and "loop gain B" in told and "gdp_share_published 2018" in told
