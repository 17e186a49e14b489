"""The verdict over a posterior: luck taken out, classes, probabilities, and when the data cannot tell."""

from __future__ import annotations

import json
import signal

import figures
import numpy as np
import pytest

import cluster_sim as cs
from cluster_sim.analysis.hit_dependence import plan, posterior, table
from cluster_sim.analysis.hit_dependence.luck import Known, without_luck
from cluster_sim.analysis.posterior.draws import Draws
from cluster_sim.cli import main as cli
from cluster_sim.cli.hit_dependence_text import text


def test_luck_is_told_from_knowledge():
    """Draws with a true spread of 1 and luck of 3: the shrunken means are nearer the truth, and their sd is right."""
    rng = np.random.default_rng(2)
    truth, each = rng.standard_normal(400), 3
    draw = np.repeat(np.arange(400), each)
    values = truth[draw] + 3.0 * rng.standard_normal(draw.size)
    known = without_luck(values, draw)
    own = np.bincount(draw, values) / each
    assert known.luck == pytest.approx(0.9, abs=0.04)
    assert ((known.mean - truth) ** 2).mean() < 0.4 * ((own - truth) ** 2).mean()
    assert ((known.mean - truth) / known.sd).std() == pytest.approx(1.0, abs=0.1)


def test_one_world_a_draw_leaves_luck_in():
    known = without_luck(np.array([1.0, 2.0, 4.0]), np.arange(3))
    assert known.luck is None and known.mean.tolist() == [1.0, 2.0, 4.0] and not known.sd.any()
    alike = without_luck(np.array([1.0, 1.0, 4.0, 4.0]), np.array([0, 0, 1, 1]))
    assert alike.mean.tolist() == [1.0, 4.0] and alike.luck == 0


@pytest.mark.parametrize("above, one, every, name", [
    (0.04, 0.04, 0.04, "grows with the nation"), (-0.2, 0.0, 0.0, "grows with the nation"),
    (0.4, 0.2, 0.3, "lucky hit"), (0.4, 0.05, 0.06, "leans on one hit"), (0.4, 0.03, 0.11, "engine that runs on hits"),
    (0.4, 0.03, 0.09, "engine"), (0.4, -0.1, -0.1, "engine")])
def test_the_classes_go_by_their_thresholds(above, one, every, name):
    assert posterior.CLASSES[int(posterior.classify(*map(np.array, (above, one, every))))] == name


def test_probabilities_weigh_the_draws_and_what_is_not_known_of_each():
    sure = [Known(np.array(mean), np.zeros(3), 0.0) for mean in ([0.4, 0.4, 0.0], [0.3, 0.01, 0.0], [0.3, 0.02, 0.0])]
    found = dict(zip(posterior.CLASSES, posterior.probabilities(*sure, np.array([1.0, 2.0, 1.0])), strict=True))
    assert found["lucky hit"] == 0.25 == found["grows with the nation"] and found["engine"] == 0.5
    edge = [sure[0]._replace(mean=np.full(3, 0.4)), Known(np.full(3, 0.04), np.full(3, 0.01), 0.5),
            Known(np.zeros(3), np.zeros(3), 0.0)]
    half = dict(zip(posterior.CLASSES, posterior.probabilities(*edge, np.ones(3)), strict=True))
    assert half["leans on one hit"] == pytest.approx(0.5, abs=0.06) and half["engine"] == pytest.approx(0.5, abs=0.06)


def test_wilsons_interval():
    low, high = posterior.wilson(0.5, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-4), pytest.approx(0.5962, abs=1e-4))
    assert posterior.wilson(1.0, 4)[0] == pytest.approx(4 / (4 + 1.96**2), abs=1e-3)


@pytest.mark.parametrize("split, effective, least, word", [
    (0, 40.0, 0.95, "engine"), (0, 6.0, 0.95, "the data cannot tell"), (16, 40.0, 0.95, "the data cannot tell"),
    (0, 40.0, 0.85, "the data cannot tell"), (0, 40.0, None, "the data cannot tell"), (40, 40.0, 0.2, "lucky hit")])
def test_the_data_tell_or_they_cannot(split, effective, least, word):
    """Forty draws, some of them of a lucky hit; few effective draws or a pipeline that thins carry no verdict."""
    draw = np.repeat(np.arange(40), 2)
    lucky = draw < split
    values = {"above": np.full(80, 0.4), "largest": np.where(lucky, 0.3, 0.01), "half": np.where(lucky, 0.1, 0.0),
              "all": np.where(lucky, 0.35, 0.02)}
    found = posterior.judge(values, draw, effective, least)
    assert found["verdict"] == word and sum(cell["p"] for cell in found["probabilities"].values()) == pytest.approx(1)
    told = posterior.line(found, "Ne Zha 2", 2017, 2035)
    assert ("cannot tell" in told) == (word == "the data cannot tell") and "40 draws" in told
    assert "Summed over all years after 2017, luck taken out" in told and "the last year alone, with the luck" in told


def test_too_few_effective_draws_have_no_probabilities():
    """All worlds of one draw are engines: that is luck at one point, and nothing is said of what is known."""
    values = {name: np.full(6, value) for name, value in (("above", 0.4), ("largest", 0.01), ("half", 0.0),
                                                          ("all", 0.02))}
    found = posterior.judge(values, np.zeros(6, int), 4.9, 0.95)
    assert found["verdict"] == "the data cannot tell" and not found["probabilities"] and found["likeliest"] is None
    told = posterior.line(found, "Ne Zha 2", 2017, 2035)
    assert "Over one draw of the posterior" in told and "no class has a probability" in told and "engine" not in told
    alone = posterior.judge(values, np.arange(6), 6.0, 0.95)
    assert alone["probabilities"] and "luck taken out" not in posterior.line(alone, "Ne Zha 2", 2017, 2035)


def test_draws_worth_few_are_named_before_any_run(tmp_path, capsys, monkeypatch):
    even = Draws(("labour.eta",), np.linspace(2, 4, 8)[:, None], np.full(8, 0.125))
    assert plan.Worlds.of(even, 8, 2).warning is None
    assert plan.Worlds.of(even, 3, 2).warning.startswith("3 draws worth 3.0 equal ones: intervals are luck")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    (tmp_path / "d.csv").write_text("weight,labour.eta\n1,3\n0,2\n")
    words = ["engine", "--draws", "d.csv", "--samples", "3", "--dry-run"]
    assert cli.main(words) == 0
    out, err = capsys.readouterr()
    assert out == "at most 24 runs: 4 variants, 6 seeds\n" and err.startswith("one draw worth 1.0 equal ones")
    assert cli.main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"runs": 24, "variants": 4, "seeds": 6}
    assert cli.main(["engine", "--dry-run", "--seeds", "3"]) == 0
    assert capsys.readouterr().out == "at most 27 runs: 9 variants, 3 seeds\n"
    assert [path.name for path in tmp_path.iterdir()] == ["d.csv"]


def test_worlds_are_draws_with_luck_of_their_own():
    drawn = Draws(("labour.eta",), np.array([[2.0], [3.0], [4.0]]), np.array([0.5, 0.0, 0.5]))
    worlds = plan.Worlds.of(drawn, 4, 2)
    assert worlds.chosen.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]
    question = plan.prepare("baseline", list(range(1, 9)), 0.01, 2020 * 12 - 1, None, worlds)
    assert [side.label for side in question.sides] == ["with", "without", "half_hits", "no_hits"]
    for side in question.sides:
        found = {run.seed: run.complete().parameters["labour.eta"] for run in side.plan.runs}
        assert found == {seed: 2.0 if seed <= 4 else 4.0 for seed in range(1, 9)}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Two draws of a posterior, two worlds each, four years of a very small city."""
    folder = tmp_path_factory.mktemp("posterior")
    (folder / "d.csv").write_text("weight,labour.eta,knowledge.buzz_of_hit\n3,2.5,0.05\n1,3.5,0.4\n")
    with pytest.warns(UserWarning, match="worth .* equal ones: intervals are luck"):
        return cs.engine("baseline", seeds=2, samples=2, draws=folder / "d.csv", scale="1/200", until="2020-12",
                         out=folder / "r", workers=0)


def test_the_verdict_is_a_probability(report):
    found = report.verdict
    assert found["over"] == "posterior" and found["worlds"] == 4 == len(report.seeds)
    assert not found["probabilities"] and "verdict over the posterior" not in set(table.table(report)["part"])
    assert found["effective_draws"] <= 1.61 and found["verdict"] == "the data cannot tell"
    size, own = report.value_added("with")[:, 1:].sum(1), report.excess("with")[:, 1:].sum(1)
    assert report.losses["with"] == pytest.approx(own / size)
    assert (report.losses["no_hits"] != 0).all()


def test_a_figure_without_probabilities_says_so(report):
    figure = report.plot()
    assert not figures.cut(figure) and "too few effective" in figures.words(figure)


def test_the_text_names_worlds_and_their_luck(report):
    lines = text(report)
    assert "4 worlds" in lines[0] and "95% interval of the mean, over draws and luck" in lines[2]


def test_table_and_figure_hold_the_probabilities(report, monkeypatch):
    monkeypatch.setattr(posterior, "FEW", 1.0)
    monkeypatch.delitem(vars(report), "verdict", raising=False)
    assert set(report.verdict["probabilities"]) == set(posterior.CLASSES)
    rows = table.table(report)
    chances = rows[rows["part"] == "verdict over the posterior"]
    assert chances["value"].sum() == pytest.approx(1.0) and set(rows["unit"]) >= {"probability", "% a year", "ratio"}
    figure = report.plot()
    assert not figures.cut(figure) and len(figure.axes) == 6
