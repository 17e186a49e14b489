"""The verdict over a posterior: luck taken out, classes, probabilities, and when the data cannot tell."""

from __future__ import annotations

import figures
import numpy as np
import pytest

import cluster_sim as cs
from cluster_sim.analysis.hit_dependence import plan, posterior, table
from cluster_sim.analysis.hit_dependence.luck import Known, without_luck
from cluster_sim.analysis.posterior.draws import Draws


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
    (0, 40.0, 0.95, "engine"), (0, 5.0, 0.95, "the data cannot tell"), (16, 40.0, 0.95, "the data cannot tell"),
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
    return cs.engine("baseline", seeds=2, samples=2, draws=folder / "d.csv", scale="1/200", until="2020-12",
                     out=folder / "r", workers=0)


def test_the_verdict_is_a_probability(report):
    found = report.verdict
    assert found["over"] == "posterior" and found["worlds"] == 4 == len(report.seeds)
    assert set(found["probabilities"]) == set(posterior.CLASSES)
    assert found["effective_draws"] <= 1.61 and found["verdict"] == "the data cannot tell"
    size, own = report.value_added("with")[:, 1:].sum(1), report.excess("with")[:, 1:].sum(1)
    assert report.losses["with"] == pytest.approx(own / size)
    assert (report.losses["no_hits"] != 0).all()


def test_table_and_figure_hold_the_probabilities(report):
    rows = table.table(report)
    chances = rows[rows["part"] == "verdict over the posterior"]
    assert chances["value"].sum() == pytest.approx(1.0) and set(rows["unit"]) >= {"probability", "% a year", "ratio"}
    figure = report.plot()
    assert not figures.cut(figure) and len(figure.axes) == 6
