"""Lucky hit or engine: the arithmetic by hand, the flows against the model, the verdict's thresholds, the command."""

from __future__ import annotations

import json
import signal

import figures
import numpy as np
import pandas as pd
import pytest
from engine import JANUARY_2017, build

import cluster_sim as cs
from cluster_sim.analysis.hit_dependence import nation, pipeline, plan, table, top_titles, verdict
from cluster_sim.analysis.hit_dependence.answer import engine
from cluster_sim.cli import main as cli
from cluster_sim.month.population import GRADUATED, GRADUATES_LEFT
from cluster_sim.report import tables as writer
from cluster_sim.runs.errors import InputError

END, OVER = top_titles.MEASURES


# the arithmetic of shares ----------------------------------------------------------------------------


def test_receipts_fall_into_the_years_in_which_they_are_earned():
    released = np.array([2018 * 12 + 10, 2019 * 12, 2019 * 12 + 10])          # November, January, November
    run, decay = np.array([3, 1, 3]), np.full(3, 0.5)
    found = top_titles.by_year(released, np.array([8.0, 5.0, 6.0]), run, decay, [2018, 2019, 2020], 2019 * 12 + 11)
    assert found[0] == pytest.approx([6.0, 2.0, 0.0])                         # 1/2 + 1/4, then the rest
    assert found[1] == pytest.approx([0.0, 5.0, 0.0])
    assert found[2] == pytest.approx([0.0, 6.0, 0.0])                         # its last month is not lived


def test_shares_of_growth_on_a_hand_made_table():
    years = [2017, 2018, 2019]
    value_added = np.array([[100.0, 110.0, 130.0], [100.0, 90.0, 100.0]])
    titles = pd.DataFrame({
        "seed": [1, 1, 1, 2], "project_id": [11, 12, 13, 21], "segment": "film", "receipts": [6.0, 9.0, 3.0, 4.0],
        "month": pd.to_datetime(["2018-03-01", "2019-05-01", "2017-02-01", "2018-01-01"])})
    rules = {"segments.run.film": 1.0, "segments.run_decay.film": 0.5}
    assert top_titles.largest(titles, [1, 2], 2) == {1: [12, 11], 2: [21]}
    shares = {}
    for count in (1, 2, 3):
        top = top_titles.largest(titles, [1, 2], count)
        part = top_titles.receipts_by_year(titles, top, rules, years, 2019 * 12 + 11)
        shares[count] = {how: top_titles.shares(part, value_added, years, (2017, 2019), how) for how in (END, OVER)}
    assert shares[1][END][0] == pytest.approx(9 / 30) and shares[2][END][0] == pytest.approx(9 / 30)
    assert shares[1][OVER][0] == pytest.approx(9 / 40) and shares[2][OVER][0] == pytest.approx(15 / 40)
    assert shares[3][END][0] == pytest.approx((9 - 3) / 30)                   # the third earned its money at the start
    assert np.isnan(shares[1][END][1]) and np.isnan(shares[1][OVER][1]), "nothing grew in the second run"


def test_equal_receipts_go_by_identity():
    titles = pd.DataFrame({"seed": [1, 1, 1], "project_id": [9, 3, 5], "receipts": [2.0, 2.0, 1.0]})
    assert top_titles.largest(titles, [1, 2], 2) == {1: [3, 9], 2: []}


def test_windows_are_those_within_the_run():
    assert top_titles.windows(list(range(2017, 2036))) == [(2017, 2035), (2017, 2021), (2021, 2025), (2025, 2035)]
    assert top_titles.windows([2018, 2019, 2020]) == [(2018, 2020)]
    assert top_titles.windows([2017, 2018, 2019, 2020, 2021]) == [(2017, 2021)]


def test_the_spread_over_years_is_that_of_the_model():
    """A film of November earns in two calendar years; a replayed hit is not crowded, so the profile is exact."""
    event = {"kind": "hit", "month": JANUARY_2017 + 34, "title": "H", "gross": 9000.0, "segment": "film"}
    model = build(48, events=[event])
    earned = np.zeros(48)
    while not model.finished:
        model.step()
        found = model.projects_table()
        earned[model.t - 1] = found["receipts"][found["title"] == "H"].sum()
    months = np.diff(earned, prepend=0.0)
    frame = pd.DataFrame({name: column[found["title"] == "H"] for name, column in found.items()}).assign(seed=1)
    part = top_titles.receipts_by_year(frame, {1: frame["project_id"].tolist()}, model.par, [2019, 2020],
                                       JANUARY_2017 + 47)
    assert part[0] == pytest.approx([months[24:36].sum(), months[36:48].sum()], rel=1e-3) and part.min() > 0


# ratios and flows ------------------------------------------------------------------------------------


def test_a_ratio_of_means_and_its_edges():
    same = pipeline.ratio(np.array([1.0, 3.0]), np.array([2.0, 6.0]))
    assert same["ratio"] == pytest.approx(2.0) == pytest.approx(same["low95"]) and same["pairs"] == 2
    none = pipeline.ratio(np.array([0.0, 0.0]), np.array([1.0, 2.0]))
    assert none["ratio"] is None and none["later_mean"] == 1.5
    single = pipeline.ratio(np.array([2.0, np.nan]), np.array([1.0, 5.0]))
    assert single["ratio"] == 0.5 and single["low95"] is None and single["pairs"] == 1
    assert pipeline.ratio(np.array([np.nan]), np.array([1.0]))["pairs"] == 0


def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says():
    draws = np.random.default_rng(3)
    inside = []
    for _ in range(1500):
        shared = draws.lognormal(0.0, 0.3, 10)
        a, b = shared * draws.lognormal(0, 0.2, 10), 1.4 * shared * draws.lognormal(0, 0.2, 10)
        cell = pipeline.ratio(a, b)
        inside.append(cell["low95"] < 1.4 < cell["high95"])
    assert 0.92 < np.mean(inside) < 0.98


def test_graduates_are_read_off_the_stock_of_students():
    model = build(30)
    stayed, left = [], []
    while not model.finished:
        model.step()
        stayed.append(model.month.careers[GRADUATED])
        left.append(model.month.careers[GRADUATES_LEFT])
    series = model.series()
    months = JANUARY_2017 + np.arange(30)
    found = pipeline.graduated(months, series["students"][None, :])[0]
    known = np.isfinite(found)
    assert known.sum() == 30 - 1 - 2, "all months but the first and those of enrolment"
    assert np.array_equal(found[known], (np.array(stayed) + left)[known]) and found[known].sum() > 100
    assert sum(left) > 0 and np.array_equal(series["graduates"], stayed)


def flat(months: int, **columns: float) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return months and series of two runs in which nothing changes but the students of July."""
    ordinals = JANUARY_2017 + np.arange(months)
    students = np.where(ordinals % 12 == 6, -100.0, 0.0) + np.where(ordinals % 12 == 8, 100.0, 0.0)
    series = {name: np.full((2, months), columns.get(name, 1.0)) for name in pipeline.SERIES}
    series["students"] = np.tile(500.0 + np.cumsum(students), (2, 1))
    series["graduates"] = np.tile(np.where(ordinals % 12 == 6, 60.0, 0.0), (2, 1))
    return ordinals, series


def test_flows_are_counted_around_the_month_of_release():
    months, series = flat(62, entries=3.0, in_production=40.0)
    hits = np.zeros((2, 62))
    hits[0, [20, 24, 25]] = 1                      # the fourth month before, the month itself, the one after
    release = months[[24, 30]]
    found = pipeline.spans(series, months, hits, release)
    assert (found["hits"]["before"][0], found["hits"]["after"][0]) == (1, 1)
    assert found["entries"]["before"][0] == 36 and found["in_production"]["after"][1] == 40
    assert found["staying"]["before"][0] == pytest.approx(0.6) == found["staying"]["after"][1]
    assert found["entries"]["three"][0] == pytest.approx(36) and np.isnan(found["entries"]["three"][1])
    none = pipeline.spans(series, months, hits, np.array([-1, months[5]]))
    assert np.isnan(none["entries"]["before"]).all() and np.isnan(none["hits"]["after"][0])


def test_what_is_kept_without_the_hit():
    months, series = flat(72, entries=3.0)
    gone = series | {"entries": series["entries"] * 0.8}
    hits, release = np.zeros((2, 72)), months[[24, 30]]
    worlds = {name: pipeline.spans(each, months, hits, release) for name, each in (("with", series), ("without", gone))}
    kept = pipeline.kept(pipeline.compare(worlds))
    assert kept["entries"]["ratio"] == pytest.approx(0.8) and kept["in_production"]["ratio"] == 1.0
    assert set(kept) == set(pipeline.REFILL) and "three" in kept["entries"]["comparison"]


# the verdict -----------------------------------------------------------------------------------------


def cell(mean: float, half: float = 0.01) -> dict:
    return {"mean": mean, "low95": mean - half, "high95": mean + half}


@pytest.mark.parametrize("lost, many, least, word", [
    (cell(0.70), cell(0.9), 0.9, "lucky hit"), (cell(0.51, 0.05), cell(0.9), 0.9, "leans on one hit"),
    (cell(0.20), cell(0.3), 1.0, "leans on one hit"), (cell(0.02), cell(0.4), 1.0, "engine that runs on hits"),
    (cell(0.02), cell(0.05), 0.97, "engine"), (cell(0.02), cell(0.05), 0.85, "not decided"),
    (cell(0.02), cell(0.05), None, "not decided"), (cell(0.09, 0.05), cell(0.1), 1.0, "not decided"),
    (cell(0.02), cell(0.24, 0.05), 1.0, "not decided"),
    ({"mean": 0.0, "low95": None, "high95": None}, cell(0.05), 1.0, "not decided")])
def test_the_verdict_goes_by_its_thresholds(lost, many, least, word):
    assert verdict.judge(lost, many, least) == word


def test_the_line_says_the_numbers_and_their_uncertainty():
    lost = {END: np.array([0.01, 0.02, 0.03]), OVER: np.zeros(3)}
    top = {END: np.zeros(3), OVER: np.array([0.05, 0.06, 0.07])}
    kept = {"entries": {"ratio": 0.96, "low95": 0.94, "high95": 0.98, "comparison": "x"},
            "staying": {"ratio": 0.99, "low95": 0.98, "high95": 1.0, "comparison": "x"}}
    above = np.array([0.30, 0.31, 0.32])
    found = verdict.verdict(above, lost, top, kept, "Ne Zha 2", (2017, 2035), ((2021, 2025), np.full(3, 0.054)))
    assert found["verdict"] == "engine" and found["seeds_that_say_so_alone"] == 3 and found["least_kept"] == "entries"
    half = 4.302652729911275 * 0.01 / 3**0.5
    assert found["lost_without_hit"]["low95"] == pytest.approx(0.02 - half)
    for words in ("An engine, not a lucky hit, over luck alone", "comes to 31.0%",
                  "of the last year's value added. Without Ne Zha 2",
                  "2.0% smaller at the end (95%: -0.5 to 4.5%)",
                  "2021 to 2025, 5.4% smaller", "6.0% smaller over the years", "96% or more; studios founded least",
                  "Of 3 seeds, 3 say so alone"):
        assert words in found["line"]


def test_growth_that_is_the_nations_rests_on_nothing():
    assert verdict.judge_growth(cell(0.02)) == "grows with the nation"
    assert verdict.judge_growth(cell(0.055)) == "not decided" == verdict.judge_growth({"mean": 1.0, "low95": None})
    assert verdict.judge_growth(cell(0.2)) is None


def test_the_account_against_the_nation():
    """The city's sales double, others' grow by half: prices and volumes add up, and keeping step is no growth."""
    found = {"creative_value_added": np.array([[10.0, 15.0, 30.0]]), "rival_sales": np.array([[100.0, 120.0, 150.0]]),
             "contract_sales": np.array([[25.0, 40.0, 50.0]]), "relative_price": np.array([[1.0, 1.0, 0.9]])}
    told = {key: float(values[0]) for key, values in nation.account(found).items()}
    assert told["above"] == pytest.approx((30 - 10 * 1.5) / 30) and told["share_first"] == pytest.approx(20.0)
    assert told["against_others"] == pytest.approx(100 * np.log(2 / 1.5)) == pytest.approx(
        told["prices"] + told["volume"])
    assert told["prices"] == pytest.approx(100 * np.log(0.9))
    assert told["city"] == pytest.approx(100 * (3**0.5 - 1)) and told["ahead"] < told["city"]
    step = nation.excess(np.array([[10.0, 12.0]]), np.array([[100.0, 120.0]]))
    assert step == pytest.approx(np.zeros((1, 2)))


# the runs --------------------------------------------------------------------------------------------


def test_the_variants_of_the_scenario(tmp_path):
    question = plan.prepare("baseline", [1, 2], 0.01, None)
    base, without, later, elsewhere, half, none = (side.plan.runs[0].scenario for side in question.sides)
    parts = [[e["part"] for e in one.events if e["kind"] == "no_hits"] for one in (base, half, none)]
    assert parts == [[], [0.5], [1.0]]
    hits = [{e["title"]: e for e in one.events if e["kind"] == "hit"} for one in (base, without, later, elsewhere)]
    assert question.hit["title"] == "Ne Zha 2" and set(hits[1]) == {"Ne Zha"} and question.years[-1] == 2035
    assert hits[2]["Ne Zha 2"]["month"] == hits[0]["Ne Zha 2"]["month"] + 12
    assert hits[3]["Ne Zha 2"] == hits[0]["Ne Zha 2"] | {"city": "elsewhere"}
    assert [e["month"] for e in later.events] == sorted(e["month"] for e in later.events)
    assert base.parameters == later.parameters and base.policies == elsewhere.policies
    early = plan.prepare("baseline", [1, 2], 0.01, 2020 * 12)
    assert early.hit["title"] == "Ne Zha" and "later" not in [side.label for side in early.sides]
    assert "after the last month" in early.notes[0] and not list(tmp_path.iterdir())
    none = plan.prepare("no_ne_zha", [1, 2], 0.01, None)
    assert none.hit is None and [side.label for side in none.sides] == ["with", *plan.PARTS]
    assert "replays no hit" in none.notes[0]


@pytest.mark.parametrize("seeds, until", [([1], None), ([1, 2], 2017 * 12 + 11)])
def test_what_cannot_be_answered(seeds, until, tmp_path):
    with pytest.raises(InputError):
        plan.prepare("baseline", seeds, 0.01, until)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The first Ne Zha in six years of a very small city, two seeds."""
    out = tmp_path_factory.mktemp("engine")
    return cs.engine("baseline", seeds=2, scale="1/200", until="2022-12", out=out, workers=0)


def test_the_report_holds_together(report):
    assert report.title == "Ne Zha" and list(report.variants) == ["without", "later", "elsewhere", *plan.PARTS]
    assert list(report.release) == [2019 * 12 + 6] * 2
    growth = report.growth.set_index(["first", "last", "part", "titles", "measure"])["mean"]
    assert set(report.growth["titles"]) == {0, 1, 5, 20} and set(report.growth["first"]) == {2017}
    whole, part = report.value_added("with"), report.value_added("with") - report.value_added("without")
    expected = ((part[:, -1] - part[:, 0]) / (whole[:, -1] - whole[:, 0])).mean()
    assert growth[2017, 2022, "paired", 0, END] == pytest.approx(expected)
    assert growth[2017, 2022, "receipts", 20, OVER] >= growth[2017, 2022, "receipts", 5, OVER]
    effects = report.effects.set_index(["scenario", "column", "year"])["mean"]
    assert effects["without", "project_receipts", 2019] < -5
    lost, found = (effects["later", "project_receipts", year] for year in (2019, 2020))
    assert lost < -5 and found > -0.3 * lost        # cinemas were closed for a part of 2020
    assert report.verdict["verdict"] in verdict.WORDS and report.verdict["line"]
    again = engine("baseline", seeds=2, scale="1/200", until="2022-12", out=report.folder, workers=0)
    assert again.new_runs == 0 < report.new_runs and again.verdict == report.verdict


def test_the_largest_titles_flop_each_in_its_own_run(report):
    """Up to the first flop both runs release the same titles; later works may fail to be made for want of money."""
    base = report.view("with").projects
    for count in (1, 5, 20):
        found = report.view(f"top_{count}").projects.set_index(["seed", "project_id"])["receipts"]
        top = report.titles[report.titles["rank"] <= count]
        there = [(s, p) for s, p in zip(top["seed"], top["project_id"], strict=True) if (s, p) in found.index]
        assert len(there) >= 0.7 * len(top) and found.loc[there].max() == 0
        for seed, mine in top.groupby("seed"):
            before = base[(base["seed"] == seed) & (base["month"] <= mine["month"].min())]
            assert len(before) and {(seed, p) for p in before["project_id"]} <= set(found.index)
            assert (seed, mine.loc[mine["month"].idxmin(), "project_id"]) in there


def test_the_table_as_csv_and_latex(report, tmp_path):
    frame = table.table(report)
    assert list(frame.columns) == list(table.COLUMNS)
    assert list(frame["part"].unique()) == [
        "against the nation", "over the years, part of value added", "kept over all years", "share of growth",
        "effect on the path", "ratio of flows"]
    files = writer.write(frame, tmp_path, "engine", writer.engine(frame))
    read = pd.read_csv(files[0])
    assert len(read) == len(frame) and read["value"].to_numpy() == pytest.approx(frame["value"].astype(float),
                                                                                 rel=1e-4, nan_ok=True)
    tex = files[1].read_text()
    assert tex.count(r"\\") == len(frame) + 1 + 6 and r"\begin{tabular}" in tex and r"95\%" in tex
    assert writer.escape("50% of A_b & c") == r"50\% of A\_b \& c" and writer.plain_number(-0.001) == "0.00"


def test_the_figure_is_drawn(report):
    figure = report.plot()
    assert not figures.cut(figure)
    assert len(figure.axes) == 6
    assert [axes.get_title(loc="left") for axes in figure.axes][3] == "Growth above the nation's lost"
    text = " ".join(figures.words(figure).split())
    assert "added over all years" in text and "in the last year alone" in text and "over luck alone" in text


def test_without_a_replayed_hit_the_largest_title_flops():
    found = cs.engine("no_ne_zha", seeds=2, scale="1/200", until="2021-12", workers=0)
    assert found.without == "top_1" and list(found.variants) == ["top_1", *plan.PARTS]
    assert set(found.effects["scenario"]) == {"top_1", *plan.PARTS} and len(found.plot().axes) == 6
    first = found.titles[found.titles["rank"] == 1]
    assert list(found.release) == [m.year * 12 + m.month - 1 for m in first["month"]]
    assert "largest title" in found.verdict["line"] and "replays no hit" in found.notes[0]


def test_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    out = tmp_path / "r"
    words = ["engine", "baseline", "--seeds", "2", "--scale", "1/200", "--until", "2020-12", "--out", str(out),
             "--workers", "0"]
    assert cli.main([*words, "--json", "--no-figures"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {"verdict", "growth", "effects", "flows", "titles", "hit", "seeds", "notes"} <= set(answer)
    assert answer["hit"]["title"] == "Ne Zha" and answer["effects"]["without"]["gdp_share"]["2020"]["pairs"] == 2
    assert isinstance(answer["titles"][0]["project_id"], str) and answer["figures"] == []
    assert cli.main(words) == 0
    text = capsys.readouterr().out
    assert "Lucky hit or engine? Baseline, Ne Zha of 2019-07" in text and answer["verdict"]["line"][:40] in text
    assert (out / "figures" / "engine.pdf").is_file() and (out / "tables" / "engine.tex").is_file()
    assert max(len(line) for line in text.splitlines() if str(out) not in line) <= 130, "all but the files"


@pytest.mark.parametrize("words", [("--seeds", "1"), ("--scale", "3"), ("--until", "2017-06"), ("--workers", "-1"),
                                   ("--set", "events.Ne Zha.city=Atlantis"), ("--out", "r", "no_such")])
def test_bad_input_ends_with_two_and_writes_nothing(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert cli.main(["engine", *words]) == 2
    out, err = capsys.readouterr()
    assert err and not out and "Traceback" not in err and not list(tmp_path.iterdir())
