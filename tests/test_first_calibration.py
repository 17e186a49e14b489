"""The first calibration finds the mode of a posterior that is known, from runs that are kept."""

from __future__ import annotations

import numpy as np
import pytest
from analysis_fake import X, Y, base
from scipy.optimize import minimize

from cluster_sim.analysis.first_calibration import __main__ as command
from cluster_sim.analysis.first_calibration import search
from cluster_sim.analysis.posterior import reading
from cluster_sim.runs.experiment import Experiment, NothingRan

PRIORS = {X: (0.4, 0.3), Y: (0.3, 0.5)}


@pytest.fixture(autouse=True)
def two_parameters(monkeypatch):
    monkeypatch.setattr(search, "PRIORS", PRIORS)


def study(setup, *facts):
    """A study of a share by year: value and error of each."""
    fit = [{"column": "gdp_share_published", "year": year, "value": value, "error": error}
           for year, (value, error) in zip((2017, 2018), facts, strict=False)]
    return reading.read({"base": setup, "factors": {X: {"low": 0.1, "high": 0.9}}, "fit": fit, "until": "2018-12"})


def fit(spec, folder, model="Known", steps=8):
    """Return the best point in spreads of the priors, and the experiment."""
    experiment = Experiment(folder, workers=0, factory=f"analysis_fake:{model}")
    found = search.fit(spec, experiment, seeds=(1, 2), scale=0.02, steps=steps)
    return search.place_of(found), experiment


def test_it_finds_the_mode_of_facts_and_priors_with_the_errors_of_the_study(tmp_path):
    """The share is x + 2 y in both years; facts of 1.6 (error .1) and 1.2 (.3) lie above the priors' 1.0."""
    spec = study(base(), (1.6, 0.1), (1.2, 0.3))

    def loss(z):
        x, y = (middle * np.exp(one * spread) for one, (middle, spread) in zip(z, PRIORS.values(), strict=True))
        return ((x + 2 * y - 1.6) / 0.1) ** 2 + ((x + 2 * y - 1.2) / 0.3) ** 2 + z @ z

    best, experiment = fit(spec, tmp_path / "runs")
    known = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).x
    assert known[1] > 0.5, "the facts pull"
    assert best == pytest.approx(known, abs=0.03)
    again, second = fit(spec, tmp_path / "runs")
    assert again.tolist() == best.tolist() and second.new_runs == 0 < experiment.new_runs


def test_a_point_that_cannot_be_run_is_refused_and_a_shorter_step_tried(tmp_path, capsys):
    """The share is x, wanted at .9; above .72 nothing runs."""
    best, experiment = fit(study(base(break_above=0.72), (0.9, 0.03)), tmp_path / "runs", "Trade", steps=4)
    assert 0.5 < PRIORS[X][0] * np.exp(best[0] * PRIORS[X][1]) <= 0.72
    assert experiment.failures and "nan" in capsys.readouterr().out
    with pytest.raises(NothingRan, match="where the search begins"):
        fit(study(base(break_above=0.4), (0.9, 0.03)), tmp_path / "other", "Trade")


def test_every_prior_is_a_parameter_whose_shipped_value_the_search_can_begin_at(monkeypatch):
    from cluster_sim.parameters import specification

    monkeypatch.undo()
    known = specification()
    for name, (middle, spread) in search.PRIORS.items():
        low, high = known[name].plausible or known[name].bounds
        assert low < middle < high, f"{name}: the prior's median is not what its source supports"
        assert known[name].admits(middle * np.exp(2 * spread)) and known[name].admits(middle * np.exp(-2 * spread))
    shipped = {name: known[name].value for name in search.PRIORS}
    assert search.values_at(search.place_of(shipped)) == pytest.approx(shipped)


@pytest.mark.parametrize("words, said", [(["--seeds", "0"], "at least 1"), (["--study", "what_fit"], "what_fits"),
                                         (["--scale", "2"], "scale '2'"), (["--workers", "-1"], "--workers"),
                                         (["--shard", "3"], "2/8"), (["--out", "/proc/x"], "/proc/x")])
def test_bad_options_are_one_message(words, said, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        command.main(["--out", str(tmp_path / "runs"), *words])
    told = capsys.readouterr().err
    assert stop.value.code == 2 and said in told and "Traceback" not in told
