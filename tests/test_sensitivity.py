"""Sensitivity: known indices recovered, the dummy seen as noise, words that say what a sample cannot bear."""

from __future__ import annotations

import json
import signal
from functools import partial

import figures
import numpy as np
import pytest
from analysis_fake import FACTORY, X, Y, Z, base, ishigami

import cluster_sim as cs
from cluster_sim.analysis.sensitivity import morris, pawn, ranking, study, uncertain, variance
from cluster_sim.analysis.sensitivity.question import ALSO
from cluster_sim.cli import main as cli
from cluster_sim.runs import execution
from cluster_sim.runs.errors import InputError

NAMES = ["x", "y", "z", "dummy"]
TRUE_FIRST, TRUE_TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
"""Indices of the Ishigami function, from its variances in closed form (Saltelli et al. 2008, section 4.6)."""
UNIT = {"low": 0, "high": 1}


def known(cube):
    return ishigami(*(np.pi * (2 * cube[:, :3].T - 1)))


def question(design="morris", factors=(X, Y, Z), **keys):
    sizes = {"morris": {"trajectories": 12}, "saltelli": {"samples": 64}, "lhs": {"samples": 80}}
    return {"base": base(**keys.pop("parameters", {})), "design": design, "scale": 1,
            "factors": {name: UNIT for name in factors}} | sizes[design] | keys


def ask(content, **options):
    scenario = content.pop("base")
    from cluster_sim.runs.sweeps import load_sweep

    sweep = load_sweep(content, scenario, also=ALSO)
    return cs.sensitivity(sweep, **({"workers": 0, "factory": FACTORY} | options))


# the statistics --------------------------------------------------------------------------------------


def test_sobol_indices_of_the_ishigami_function():
    cube = variance.design(NAMES, 2048)
    found = variance.decompose(NAMES, known(cube)).table.set_index("factor")
    for name, first, total in zip("xyz", TRUE_FIRST, TRUE_TOTAL, strict=True):
        row = found.loc[name]
        assert row["first"] == pytest.approx(first, abs=0.02) and row["value"] == pytest.approx(total, abs=0.02)
        assert row["low95"] < total < row["high95"] and row["first_low95"] < first < row["first_high95"]
    assert list(found.index) == ["x", "y", "z", "dummy"]
    assert found.loc["dummy", "value"] == 0 and abs(found.loc["dummy", "first"]) < 1e-12
    assert list(found["told"].head(3)) == [True, True, True]


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    inside = []
    for seed in range(1, 41):
        cube = variance.design(NAMES[:3], 64, seed)
        row = variance.decompose(NAMES[:3], known(cube), seed, 200).table.set_index("factor").loc["y"]
        inside.append(row["low95"] < TRUE_TOTAL[1] < row["high95"])
    assert 0.8 <= np.mean(inside) <= 1.0


def test_elementary_effects_of_a_line_are_its_slopes():
    cube = morris.design(NAMES, 6)
    found = morris.screen(NAMES, cube, cube @ [1.0, -3.0, 0.0, 0.0])
    table = found.table.set_index("factor")
    assert dict(table["value"]) == pytest.approx({"y": 3, "x": 1, "z": 0, "dummy": 0})
    assert table.loc["y", "mu"] == pytest.approx(-3) and found.trajectories == 6
    effects = morris.elementary_effects(cube, cube @ [1.0, -3.0, 0.0, 0.0])
    assert np.allclose(effects, [1, -3, 0, 0])


def test_a_trajectory_or_block_with_a_missing_value_is_left_out():
    cube, block = morris.design(NAMES, 5), variance.design(NAMES, 32)
    values, outputs = cube @ [1.0, -3.0, 0.0, 0.0], known(block)
    values[7], outputs[3] = np.nan, np.nan
    assert morris.screen(NAMES, cube, values).trajectories == 4
    assert variance.decompose(NAMES, outputs).base == 31
    with pytest.raises(ValueError, match="two"):
        morris.screen(NAMES, cube[:10], values[:10])
    with pytest.raises(ValueError, match="no variance"):
        variance.decompose(NAMES, np.ones(len(block)))


def test_pawn_agrees_with_salib_and_ranks_the_ishigami_function():
    from SALib.analyze import pawn as salib

    cube = np.random.default_rng(3).random((600, 4))
    values = known(cube)
    for slices in (4, 10):
        expected = salib.analyze(morris.problem(NAMES), cube, values, S=slices)["median"]
        assert pawn.distances(cube, values, slices) == pytest.approx(np.asarray(expected), abs=1e-12)
    values = np.round(values)  # with many ties
    expected = salib.analyze(morris.problem(NAMES), cube, values, S=10)["median"]
    assert pawn.distances(cube, values, 10) == pytest.approx(np.asarray(expected), abs=1e-12)
    found = pawn.pawn(NAMES, cube, known(cube))
    assert list(found.table["factor"].head(2)) == ["y", "x"] and found.table["told"].head(2).all()


def test_an_inert_factor_of_a_small_sample_is_not_told_from_noise():
    """PAWN of something inert is far from zero; told from the dummy in about one of forty samples."""
    told, size = [], []
    for seed in range(40):
        draws = np.random.default_rng(seed)
        found = pawn.pawn(["inert", "dummy"], draws.random((80, 2)), draws.normal(size=80), resamples=60)
        row = found.table.set_index("factor").loc["inert"]
        told.append(bool(row["told"]))
        size.append(row["value"])
    assert np.mean(size) > 0.15 and np.mean(told) <= 0.1


def test_words_about_a_sample_that_is_too_small():
    draws = np.random.default_rng(1)
    cube = morris.design(NAMES, 3)
    noise = morris.screen(NAMES, cube, draws.normal(size=len(cube)))
    assert "too small to rank" in noise.verdict and "all 3 parameters" in noise.verdict
    clear = morris.screen(NAMES, cube, cube @ [1.0, -3.0, 0.0, 0.0] + 1e-3 * draws.normal(size=len(cube)))
    assert "y, x stand out" in clear.verdict and "No rank: z" in clear.verdict
    assert morris.survivors(clear.table, 5) == ["y", "x"] and morris.survivors(clear.table, 1) == ["y"]


def test_pairs_of_ranks_and_rank_intervals():
    point = np.array([3.0, 1.0, 2.0])
    again = np.array([[3, 1, 2], [3, 1, 2], [1, 2, 3], [3, 2, 2]], float)
    kept = ranking.pairs(["a", "b", "c"], point, again).set_index(["first", "second"])["kept"]
    assert dict(kept) == {("a", "c"): 0.75, ("a", "b"): 0.75, ("c", "b"): 0.875}
    table = ranking.table(["a", "b", "c"], point, again).set_index("factor")
    assert dict(table["rank"]) == {"a": 1, "c": 2, "b": 3} and table.loc["a", "rank_high"] == 3
    assert table.loc["a", "above_next"] == 0.75 and np.isnan(table.loc["b", "above_next"])


# on runs ---------------------------------------------------------------------------------------------


def test_screening_then_sobol_then_pawn():
    """y moves the output twice as far as x; z and nothing else is left out after the screening."""
    result = ask(question(parameters={"luck": 0.02}), base_points=32)
    screened = result.screening.table.set_index("factor")
    assert screened.loc[Y, "value"] == pytest.approx(2, rel=0.05)
    assert screened.loc[X, "value"] == pytest.approx(1, rel=0.1)
    assert screened.loc["dummy", "value"] > 0 and screened.loc[Z, "value"] < screened.loc["dummy", "high95"]
    shares = result.variance.table.set_index("factor")
    assert set(shares.index) == {X, Y, "dummy"}
    assert shares.loc[Y, "value"] == pytest.approx(0.8, abs=0.2)
    assert shares.loc[X, "value"] == pytest.approx(0.2, abs=0.08)
    assert shares.loc["dummy", "value"] < 0.02
    assert set(result.indices["method"]) == {"morris", "sobol", "pawn"}
    assert {"method", "first", "second", "kept"} == set(result.stability.columns)
    assert len(result.outputs) == 12 * 5 + 32 * 5


def test_the_dummy_shows_the_luck_that_more_seeds_take_away():
    """An inert input is pure noise of the seeds: its effect falls as the root of their number."""
    size = {}
    for seeds in (1, 9):
        result = ask(question("morris", [Z], trajectories=25, parameters={"luck": 1.0}, seeds=seeds), base_points=0)
        table = result.screening.table.set_index("factor")
        size[seeds] = table.loc["dummy", "value"]
        assert table.loc[Z, "value"] == pytest.approx(0, abs=1e-6)  # all else shares its luck
    assert 1.8 < size[1] / size[9] < 5.0


def test_seeds_of_another_luck_never_overlap():
    used = [study.lucky_seeds((3, 7, 9), k) for k in range(20)]
    assert used[0] == (3, 7, 9) and len({seed for seeds in used for seed in seeds}) == 60
    assert list(study.luck(np.array([0.5, 0.5, 0.1, 0.5]), np.array([0, 0, 0, 1]))) == [0, 0, 1, 2]


def test_ishigami_through_runs():
    """What comes back through runs and their store is what the function itself gives, to the last bit."""
    result = ask(question("saltelli", samples=32), factory="analysis_fake:Ishigami")
    cube = variance.design([X, Y, Z, "dummy"], 32, 2)
    direct = variance.decompose([X, Y, Z, "dummy"], ishigami(*(np.pi * (2 * cube[:, :3].T - 1))))
    assert np.allclose(result.variance.table["value"], direct.table["value"], atol=1e-12)
    assert list(result.variance.table["factor"]) == list(direct.table["factor"]) and result.screening is None


def test_any_sample_gets_pawn_on_the_runs_of_the_sweep_itself(tmp_path):
    from cluster_sim.runs.sweeps import load_sweep, sweep

    content = question("lhs", seeds=2)
    scenario = content.pop("base")
    loaded = load_sweep(content, scenario)
    sweep(loaded, tmp_path / "s", workers=0, factory=FACTORY)
    before = sorted(path.name for path in tmp_path.rglob("*.parquet"))
    result = cs.sensitivity(loaded, out=tmp_path / "s", workers=0, factory=FACTORY)
    assert result.new_runs == 0 and sorted(path.name for path in tmp_path.rglob("*.parquet")) == before
    assert list(result.pawn.table["factor"].head(2)) == [Y, X] and result.variance is None


def test_a_study_goes_on_where_it_was_stopped_and_can_be_reproduced(tmp_path):
    first = ask(question(), base_points=0, out=tmp_path / "r")
    again = ask(question(), base_points=16, out=tmp_path / "r")
    fresh = ask(question(), base_points=16, out=tmp_path / "q")
    assert (first.new_runs, again.new_runs) == (first.new_runs, fresh.new_runs - first.new_runs) and again.new_runs > 0
    assert again.indices.equals(fresh.indices) and ask(question(), base_points=16, out=tmp_path / "r").new_runs == 0
    assert bool(cs.reproduce(tmp_path / "r", workers=0, factory=FACTORY))
    with pytest.raises(InputError, match="design"):
        ask(question(trajectories=5), out=tmp_path / "r")


def test_failed_runs_are_left_out_and_named():
    content = question(seeds=[1], trajectories=4, parameters={"raise_seed": 3})
    with pytest.warns(UserWarning, match="do not balance"):
        result = ask(content, base_points=0)
    assert result.screening.trajectories == 3 and "failed" in result.verdicts[-1]


def test_outputs_of_other_columns_and_years():
    rent = ask(question(), output="mean_rent", year=2017, base_points=0)
    share = ask(question(), base_points=0)
    assert np.allclose(rent.outputs["output"], share.outputs["output"] + 1)
    jobs = ask(question(scale="1/20"), output="employment", base_points=16)
    assert np.allclose(jobs.outputs["output"], 5000 * 20) and "same at every point" in " ".join(jobs.verdicts)
    for wrong in ({"output": "gdp_shar"}, {"year": "soon"}, {"year": 2050}, {"base_points": 12}, {"keep": 0}):
        with pytest.raises(InputError):
            ask(question(), **wrong)


def test_the_figure_names_what_it_shows():
    result = ask(question(parameters={"luck": 0.05}), base_points=16)
    figure = result.plot()
    text = figures.words(figure)
    assert not figures.cut(figure)
    for word in ("Morris screening", "Sobol indices", "PAWN", Y, "dummy", "percentage points"):
        assert word in text


def test_the_leading_uncertain_parameters_of_a_scenario(monkeypatch):
    """Uncertain parameters are asked once at their bounds; those that move the output go on."""
    everything = uncertain.uncertain(base())
    assert len(everything) > 150 and {X, Y, Z} <= set(everything) and "start.wage" not in everything
    assert "births.founder_wage" not in everything, "a technical number only shapes a rule"
    few = {name: everything[name] for name in [*list(everything)[:5], Z, Y, X]}
    monkeypatch.setattr(uncertain, "uncertain", lambda scenario: few)
    result = cs.sensitivity(base(), top=2, trajectories=4, base_points=0, scale=1, workers=0, factory=FACTORY)
    assert set(result.screening.table["factor"]) == {X, Y, "dummy"}
