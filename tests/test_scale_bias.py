"""Every output of a smaller city says its scale and how far from the whole city it was measured to lie."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cluster_sim.report import registry, style, tables
from cluster_sim.runs import scale_bias
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.identity import city_version

ROOT = Path(__file__).resolve().parents[1]
CITY = ROOT / "cluster_sim" / "cities" / "chengdu"


def test_the_whole_city_needs_no_word():
    assert scale_bias.answer("chengdu", 1.0) is None and scale_bias.sentence("chengdu", 1.0) == ""


def test_a_measured_scale():
    found, known = scale_bias.answer("chengdu", 1 / 20), scale_bias.measured("chengdu").values
    assert found["scale"] == "1/20" and (found["column"], found["year"], found["unit"]) == ("gdp_share", 2030, "%")
    bias = known[1 / 20] - known[1.0]
    assert found["at"] == {"1/20": {"value": known[1 / 20], "bias": pytest.approx(bias)}}
    assert found["whole_city"] == known[1.0]
    said = scale_bias.sentence("chengdu", 1 / 20, "2030-12")
    assert "scale 1/20" in said and f"{known[1.0]:.2f} at 1:1" in said
    assert f"{known[1 / 20]:.2f} at 1/20 ({bias:+.2f} points)" in said


@pytest.mark.parametrize("until", ["", "2020-12", "2030-11"])
def test_the_year_that_was_measured_is_said_only_where_it_was_run(until):
    said = scale_bias.sentence("chengdu", 1 / 20, until)
    assert "scale 1/20" in said and "biased" in said and "2030" not in said and "points" not in said


@pytest.mark.parametrize("scale, near", [(1 / 2, ["1", "1/20"]), (1 / 50, ["1/20", "1/100"]), (1 / 400, ["1/200"])])
def test_other_scales_are_told_by_those_next_to_them(scale, near):
    assert list(scale_bias.answer("chengdu", scale)["at"]) == near


def test_a_city_of_which_nothing_was_measured(tmp_path):
    for city in ("synthetic", "nowhere", str(tmp_path)):
        assert scale_bias.answer(city, 0.1) == {"scale": "1/10", "at": {}}
        assert "nothing was measured" in scale_bias.sentence(city, 0.1)


@pytest.mark.parametrize("text", ["[]", "column: gdp_share", "values: {1/0: 2}\ncolumn: gdp_share\nyear: 2030", "{",
                                  "values: {1/20: 2}\ncolumn: gdp_share\nyear: 2030",
                                  "values: {1: 2}\ncolumn: nothing\nyear: 2030"])
def test_a_wrong_file_is_one_sentence(tmp_path, text):
    (tmp_path / "city.yaml").touch()
    (tmp_path / scale_bias.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=scale_bias.FILE):
        scale_bias.measured(str(tmp_path))


def test_measuring_again_names_no_run_anew(tmp_path):
    here = Path(shutil.copytree(CITY, tmp_path / "chengdu"))
    city_version.cache_clear()
    before = city_version(str(here))
    with (here / scale_bias.FILE).open("a", encoding="utf-8") as file:
        file.write("# again\n")
    city_version.cache_clear()
    assert city_version(str(here)) == before


def test_an_experiment_knows_its_smallest_city():
    result = SimpleNamespace(experiment=Experiment(Path("nowhere"), size=("chengdu", 1 / 100)))
    assert registry.size_of(result) == ("chengdu", 1 / 100)


def test_figures_and_tables_bear_it(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "FIGURES", {"runs": dict.fromkeys(("share", "map"), lambda runs: style.canvas())})
    sizes = {}
    for scale in (1.0, 1 / 20):
        runs = SimpleNamespace(scenario=SimpleNamespace(city="chengdu"), scale=scale, manifest={"until": "2035-12"})
        for figure, until in (("map", ""), ("share", "2035-12")):
            drawn = registry.draw("runs", runs, figure)
            words = " ".join(text.get_text().replace("\n", " ") for text in drawn.texts)
            assert words == scale_bias.sentence("chengdu", scale, until)
        (svg, *_) = style.save(drawn, tmp_path / f"{scale}")
        sizes[scale] = svg.read_text(encoding="utf-8").split('height="')[1].split("pt")[0]
    assert float(sizes[1 / 20]) > float(sizes[1.0]), "the note lies below the figure and is written with it"
    table = tables.by_year(years(), scale=1 / 20)
    said = scale_bias.sentence("chengdu", 1 / 20)
    assert tables.escape(said) in tables.write_by_year(table, tmp_path, said)[1].read_text(encoding="utf-8")


def years():
    """Two years of one run."""
    import pandas as pd

    months = pd.date_range("2017-01-01", periods=24, freq="MS")
    return pd.DataFrame({"month": months, "gdp_share_published": 0.1, "employment": 10.0, "studios": 2.0,
                         "mean_wage": 7.0})


def test_the_command_line_says_it(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = ["run", str(ROOT / "scenarios" / "baseline.yaml"), "--scale", "1/200", "--until", "2017-03", "--seeds",
             "1", "--out", str(tmp_path / "out")]
    for more in ((), ("--json",)):
        done = subprocess.run([sys.executable, str(ROOT / "run_sim.py"), *words, *more], capture_output=True, text=True,
                              env=environment, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        if more:
            assert json.loads(done.stdout)["scale_bias"] == scale_bias.answer("chengdu", 1 / 200)
        else:
            assert "City at scale 1/200" in done.stdout and "2030" not in done.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("s*/*.yaml")), ids=lambda path: path.name)
def test_shipped_studies_run_at_a_twentieth_or_say_why_not(path):
    """A study of hundreds of runs may take a smaller city; its line then says why, and what a paper should take."""
    scale, reason = re.findall(r"^scale: (\S+)(?: +# (.+))?$", path.read_text(encoding="utf-8"), re.MULTILINE)[0]
    assert scale == "1/20" or (scale == "1/100" and " runs" in reason and "1/20" in reason)
