"""Search: a known front found and again after a stop, luck told from skill, the budget kept, bad files refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import figures
import numpy as np
import pytest
from analysis_fake import X, Y, Z, base

import cluster_sim as cs
from cluster_sim.analysis.search import evolve, reading, study
from cluster_sim.cli import main as cli
from cluster_sim.runs import execution
from cluster_sim.runs.experiment import Experiment
from cluster_sim.scenario import ScenarioError

FACTORY = "analysis_fake:Trade"
LUCKY = "analysis_fake:Lucky"


def hunt(**keys):
    """A search over two numbers; `gdp_share_published` is x, `public_outlay` 10 x^2 + 5 y, a third aim optional."""
    unit = {"low": 0, "high": 1}
    content = {"base": base(**keys.pop("parameters", {})), "factors": {X: unit, Y: unit},
               "aims": {"gdp_share_published": "higher", "public_outlay": "lower"}, "scale": 1, "seeds": 1,
               "check_seeds": 4, "generations": 8, "population": 16}
    return content | keys


def look(content, **options):
    return cs.search(content, **({"workers": 0, "factory": FACTORY} | options))


# the algorithm ---------------------------------------------------------------------------------------


def test_undominated_rows_against_a_plain_definition():
    values = np.random.default_rng(2).integers(0, 5, (60, 3)).astype(float)
    allowed = np.random.default_rng(3).random(60) < 0.7
    expected = [bool(allowed[i]) and not any(allowed[j] and all(values[j] <= values[i]) and any(values[j] < values[i])
                                             for j in range(60)) for i in range(60)]
    assert list(evolve.undominated(values, allowed)) == expected and 0 < sum(expected) < 60


def test_hypervolume_of_known_steps():
    low, high = np.zeros(2), np.ones(2)
    one = evolve.hypervolume(np.array([[0.5, 0.5]]), np.array([True]), low, high)
    assert one == pytest.approx(0.6 * 0.6 / 1.21)
    two = evolve.hypervolume(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([True, True]), low, high)
    assert two == pytest.approx((0.36 + 0.5 * 0.1) / 1.21)
    assert evolve.hypervolume(np.array([[0.5, 0.5]]), np.array([False]), low, high) == 0


def answers(questions):
    """DTLZ2 with three aims: the front is the octant of the unit sphere (Deb et al. 2005)."""
    g = ((questions[:, 2:] - 0.5) ** 2).sum(axis=1)
    a, b = np.pi / 2 * questions[:, 0], np.pi / 2 * questions[:, 1]
    return (1 + g)[:, None] * np.column_stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])


def test_the_front_of_a_test_problem_is_found():
    one = evolve.Evolution(6, 3, 40, seed=1)
    for _ in range(60):
        asked = one.ask()
        one.tell(answers(asked), np.full(len(asked), -1.0))
    last = answers(asked)
    assert np.median(np.linalg.norm(last, axis=1)) == pytest.approx(1, abs=0.02)
    assert (np.ptp(last, axis=0) > 0.8).all()  # spread over the whole of it


def sequence(limit=0.6, seed=1):
    one, found = evolve.Evolution(4, 3, 12, seed), []
    for _ in range(5):
        asked = one.ask()
        found.append(asked)
        one.tell(answers(asked), np.where(asked[:, 0] > limit, 1.0, -1.0))  # ties beyond the budget: lots are drawn
    return np.concatenate(found)


def test_the_same_answers_give_the_same_questions():
    assert np.array_equal(sequence(), sequence()) and not np.array_equal(sequence(), sequence(seed=2))
    code = "import test_search, hashlib; print(hashlib.sha256(test_search.sequence().tobytes()).hexdigest())"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    told = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment,
                           check=True).stdout for _ in range(2)}
    import hashlib

    assert told == {hashlib.sha256(sequence().tobytes()).hexdigest() + "\n"}


# on runs ---------------------------------------------------------------------------------------------


def test_a_known_front_under_a_budget():
    """y only costs, so the front has y = 0; within 3.6 million a year x may go up to 0.6, where 10 x^2 = 3.6."""
    result = look(hunt(budget=3.6, generations=14))
    front = result.front
    assert not figures.cut(result.plot())
    assert front["labour_raise"].max() <= 0.06 and front["collaboration_tau_max"].max() <= 0.6
    assert front["collaboration_tau_max"].max() > 0.5 and front["collaboration_tau_max"].min() < 0.1
    assert (front["cost"] <= 3.6).all() and front["holds"].all() and len(front) >= 8
    assert np.allclose(front["public_outlay"], 10 * front["collaboration_tau_max"] ** 2 + 5 * front["labour_raise"])
    assert not result.evaluations["allowed"].all()
    assert result.optimism.set_index("aim").loc["public_outlay", "told"] == (front["cost"] < 5).sum()
    volume = result.progress["hypervolume"].to_numpy()
    assert (np.diff(volume) >= 0).all() and volume[-1] > volume[0]
    assert (front["gdp_share_published_gain"] - (front["gdp_share_published"] - 0.5)).abs().max() < 1e-12


def test_a_search_that_was_stopped_goes_on_with_the_same_mixes(tmp_path, monkeypatch):
    whole = look(hunt(generations=5), out=tmp_path / "whole")

    class Stop(Exception):
        pass

    def stop(text):
        if "generation 3" in text:
            raise Stop

    planned = reading.read(hunt(generations=5))
    with pytest.raises(Stop):
        study.run_search(planned, Experiment(tmp_path / "cut", 0, factory=FACTORY), stop)
    assert json.loads((tmp_path / "cut" / "search.json").read_text())["generation"] == 3
    again = look(hunt(generations=5), out=tmp_path / "cut")
    assert 0 < again.new_runs < whole.new_runs
    assert again.evaluations.equals(whole.evaluations) and again.front.equals(whole.front)
    once_more = look(hunt(generations=5), out=tmp_path / "cut")
    assert once_more.new_runs == 0 and once_more.front.equals(whole.front)
    further = look(hunt(generations=6), out=tmp_path / "cut")
    assert further.evaluations.query("generation <= 5")[X.replace(".", "_")].equals(
        whole.evaluations[X.replace(".", "_")])
    assert bool(cs.reproduce(tmp_path / "whole", workers=0, factory=FACTORY))


def test_luck_is_not_reported_as_skill():
    """No mix does anything, each draws its own luck: the search promises gains, fresh seeds find none."""
    result = look(hunt(check_seeds=30, generations=5), factory=LUCKY)
    row = result.optimism.set_index("aim").loc["gdp_share_published"]
    assert row["promised"] > 60 > 55 > abs(row["found"])  # percentage points; one luck is a hundred of them
    assert row["optimism"] == pytest.approx(row["promised"] - row["found"]) and row["too_good"] > 0.6
    front = result.front
    half = (front["gdp_share_published_high95"] - front["gdp_share_published_low95"]) / 2
    assert half.mean() == pytest.approx(2.05 * np.sqrt(2 / 30), rel=0.4)  # of differences of two lucks
    assert "promised" in result.verdict and row["told"] <= 1


def test_a_mix_that_fails_is_no_part_of_the_set():
    with pytest.warns(UserWarning, match="too much of x"):
        result = look(hunt(parameters={"break_above": 0.4, X: 0.3}, generations=4))
    assert result.evaluations["gdp_share_published"].isna().any() and len(result.front)
    assert result.front["collaboration_tau_max"].max() <= 0.4


def test_no_mix_within_the_budget():
    result = look(hunt(budget=0, generations=2, factors={X: {"low": 0.5, "high": 1}, Y: {"low": 0.5, "high": 1}}))
    assert len(result.front) == 0 and "No mix within 0 million yuan" in result.verdict


# files and the command -------------------------------------------------------------------------------

FILE = """
name: A small search
base: baseline
instruments:
  policies.production_subsidy.2026-01.rate: {low: 0, high: 0.4}
  policies.hub.teams: {low: 0, high: 200}
budget: 800 million yuan
aims:
  gdp_share_published: {better: higher, year: 2030}
  public_outlay: lower
years: 2026-2030
seeds: 3
check_seeds: [11, 12]
until: 2030-12
"""


def test_a_file_is_read(tmp_path):
    (tmp_path / "a.yaml").write_text(FILE)
    found = reading.read(tmp_path / "a.yaml")
    assert found.budget == 800 and found.check_seeds == (11, 12) and found.population == reading.POPULATION
    assert [(aim.measure.column, aim.measure.first, aim.measure.last, aim.higher) for aim in found.aims] == [
        ("gdp_share_published", 2030, 2030, True), ("public_outlay", 2026, 2030, False)]
    assert [f.path for f in found.sweep.factors][0] == "policies.production_subsidy.2026-01.rate"
    (tmp_path / "b.yaml").write_text(FILE.split("aims:")[0])
    found = reading.read(tmp_path / "b.yaml")
    assert [aim.measure.column for aim in found.aims] == list(reading.AIMS)
    assert found.cost.first == 2017 and found.cost.last == 2035 and found.check_seeds == tuple(range(2, 22))


@pytest.mark.parametrize("change, words", [
    (("budget: 800 million yuan", "budget: 800 metres"), "budget"),
    (("public_outlay: lower", "public_outlay: cheaper"), "higher or lower"),
    (("public_outlay: lower", "public_outly: lower"), "public_outlay"),
    (("[11, 12]", "[3, 12]"), "seed 3"),
    (("[11, 12]", "[12]"), "two seeds"),
    (("years: 2026-2030", "years: soon"), "soon"),
    (("seeds: 3", "seeds: 3\ndesign: lhs"), "design"),
    (("rate: {low: 0, high: 0.4}", "rate: {low: 0, high: 4}"), "out of bounds"),
])
def test_faults_have_their_place(tmp_path, change, words):
    (tmp_path / "a.yaml").write_text(FILE.replace(*change))
    with pytest.raises(ScenarioError) as error:
        reading.read(tmp_path / "a.yaml")
    assert words in str(error.value) and "a.yaml:" in str(error.value)


KILLED = """
import sys
import cluster_sim as cs
import test_search
if __name__ == "__main__":
    cs.search(test_search.hunt(generations=4, parameters={"sleep": 0.004}), out=sys.argv[1], workers=2,
              factory=test_search.FACTORY)
"""


@pytest.mark.slow
def test_a_search_killed_in_mid_run_goes_on_with_the_same_mixes(tmp_path):
    """SIGKILL to all its processes, twice, at a moment of chance: the result is that of one that ran through."""
    import time

    (tmp_path / "go.py").write_text(KILLED)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    for enough in (5, 30):
        job = subprocess.Popen([sys.executable, str(tmp_path / "go.py"), str(tmp_path / "cut")], env=environment,
                               start_new_session=True)
        for _ in range(1200):
            from cluster_sim.runs.store import Store

            if job.poll() is not None or len(Store(tmp_path / "cut").finished()) >= enough:
                break
            time.sleep(0.05)
        assert job.poll() is None
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
    content = hunt(generations=4, parameters={"sleep": 0.004})
    again = look(content, out=tmp_path / "cut", workers=2)
    whole = look(content, workers=2)
    assert 0 < again.new_runs < whole.new_runs
    assert again.evaluations.equals(whole.evaluations) and again.front.equals(whole.front)
