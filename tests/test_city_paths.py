"""Outside paths: they reproduce the published figures, stay smooth, freeze, and say where each comes from."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from cluster_sim.city import load_city
from cluster_sim.city.paths import BASE, NAMES, annual_index, growth_rates, spread
from cluster_sim.city.reading import FOLDER

JANUARY_2017, MONTHS = 2017 * 12, 228
STATUSES = ("measured", "derived", "assumed", "literature", "interpolated")
REAL_GROWTH = {2019: 7.8, 2020: 4.0, 2021: 8.6, 2023: 6.0, 2024: 5.7, 2025: 5.8}     # city statistics, per cent


@pytest.fixture(scope="module")
def chengdu():
    return load_city("chengdu")


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / "chengdu" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def yearly_prices(city) -> dict[int, float]:
    return {BASE - 1 + k: v for k, v in enumerate(annual_index(growth_rates(city)["deflator"]))}


@pytest.mark.parametrize("b", [1.0, 1.17])
def test_rest_and_creative_value_added_make_the_published_gdp(chengdu, b):
    """Twelve months of the rest, plus creative value added (times b before 2018), are the GDP that was published."""
    rest, prices = chengdu.paths(JANUARY_2017, MONTHS, b=b, break_year=2018)["rest_gdp"], yearly_prices(chengdu)
    for year in range(2017, 2022):
        at = (year - BASE) * 12
        seen = chengdu.observed[year]
        creative = seen["creative_bn"] * (b if year < 2018 else 1.0)
        total = rest[at:at + 12].sum() * prices[year] / 1000.0 + creative
        assert total == pytest.approx(seen["gdp_bn"], rel=1e-6)


def test_creative_value_added_after_the_cutoff_enters_nowhere(chengdu):
    from dataclasses import replace

    wrong = {y: (s | {"creative_bn": 1.0, "creative_bn_yuan": 1.0} if y > 2021 else s)
             for y, s in chengdu.observed.items()}
    other = replace(chengdu, observed=wrong, folder=chengdu.folder / "other")
    from cluster_sim.city.paths import growth_rates as rates
    from cluster_sim.city.paths import rest_of_gdp

    a, c = rest_of_gdp(chengdu, rates(chengdu), 1.1, 2018), rest_of_gdp(other, rates(chengdu), 1.1, 2018)
    assert np.array_equal(a, c)


def test_the_deflator_is_nominal_over_real_growth(chengdu):
    by_year = {int(r["year"]): float(r["deflator"]) for r in table("deflator.csv")}
    used = yearly_prices(chengdu)
    for year, growth in REAL_GROWTH.items():
        nominal = chengdu.observed[year]["gdp_bn"] / chengdu.observed[year - 1]["gdp_bn"]
        assert by_year[year] / by_year[year - 1] * (1 + growth / 100) == pytest.approx(nominal, rel=1e-4)
    assert by_year[2017] == used[2017] == 1.0
    for year in by_year:
        assert used[year] == pytest.approx(by_year[year], rel=1e-3), f"growth.csv and deflator.csv differ in {year}"
    marked = {int(r["year"]) for r in table("deflator.csv") if r["status"].startswith("interpolated")}
    assert marked == {2016, 2018, 2022}


def test_copied_facts_are_the_published_ones(chengdu):
    assert chengdu.observed[2017]["creative_bn"] * 1000 == chengdu.start["creative_value_added_2017"]
    assert chengdu.observed[2025]["creative_bn"] is None
    for year, seen in chengdu.observed.items():
        if seen["creative_bn"]:
            assert 100 * seen["creative_bn"] / seen["gdp_bn"] == pytest.approx(seen["share_pct"], abs=0.011), year


def test_real_growth_of_the_rest_after_the_cutoff_is_that_of_the_whole(chengdu):
    rest = chengdu.paths(JANUARY_2017, MONTHS)["rest_gdp"]
    year = rest.reshape(-1, 12).sum(1)
    rates = growth_rates(chengdu)["gdp"]
    for k in range(5, 19):
        assert year[k] / year[k - 1] - 1 == pytest.approx(rates[BASE + k], abs=1e-6)


def test_monthly_paths_are_smooth(chengdu):
    """No month leaps: the largest monthly change stays below 3% (film releases, after the pandemic, below 4%)."""
    for name, path in chengdu.paths(JANUARY_2017, MONTHS).items():
        if name != "ai":
            step = np.abs(np.diff(np.log(path))).max()
            assert step < (0.04 if name.startswith("release_film") else 0.03), (name, step)


def test_spreading_keeps_every_total_and_a_straight_line():
    totals = np.array([100.0, 130.0, 90.0, 120.0])
    assert spread(totals).reshape(4, 12).sum(1) == pytest.approx(totals, abs=1e-5)
    assert spread(np.full(3, 60.0)) == pytest.approx(5.0, abs=1e-6)


@pytest.mark.parametrize("name", ["chengdu", "synthetic"])
def test_frozen_paths_stay_at_their_month(name):
    city = load_city(name)
    moving = city.paths(JANUARY_2017 + 24, 1)
    a = city.paths(JANUARY_2017, 60, freeze=JANUARY_2017 + 24)
    for key, path in a.items():
        assert (path == path[0]).all() and path[0] == moving[key][0], key


def test_a_later_start_sees_the_same_months(chengdu):
    early, late = chengdu.paths(JANUARY_2017, 60), chengdu.paths(JANUARY_2017 + 24, 36)
    for key in early:
        assert late[key] == pytest.approx(early[key][24:], rel=1e-12), key


def test_paths_are_the_callers_own(chengdu):
    chengdu.paths(JANUARY_2017, 12)["deflator"][:] = 9.0
    assert chengdu.paths(JANUARY_2017, 12)["deflator"][0] < 1.1


def test_the_pandemic_keeps_the_yearly_figures(chengdu):
    hit = chengdu.pandemic(JANUARY_2017, MONTHS)
    film = hit["release"][:, 0].reshape(-1, 12).mean(1)
    assert film[3] == pytest.approx(204.17 / 642.66, abs=0.002)         # box office of 2020 over 2019
    assert film[4] == pytest.approx(472.58 / 642.66, abs=0.002)
    assert hit["demand"][36:48, 2].mean() > 1.0, "audio and video gained in 2020"
    for part in hit.values():
        assert (part[:36] == 1).all() and (part[72:] == 1).all() and (part >= 0).all()
    assert (load_city("synthetic").pandemic(JANUARY_2017, 72)["demand"] == 1).all()


def test_the_frontier_of_ai_tools_rises_from_its_month_on(chengdu):
    ai = chengdu.paths(JANUARY_2017, MONTHS)["ai"]
    start = 2022 * 12 + 10 - JANUARY_2017
    assert (ai[:start] == 0).all() and (np.diff(ai[start:]) > 0).all() and ai[-1] <= 1.0


def test_every_figure_has_a_status_and_a_source():
    for file in ("growth.csv", "pandemic.csv", "outside_cities.csv"):
        for k, row in enumerate(table(file), 2):
            assert row["status"] in STATUSES, f"{file}:{k}"
            assert row["source"], f"{file}:{k}"
    assert {r["path"] for r in table("growth.csv")} == set(NAMES)
    for row in table("sites.csv"):
        assert row["source"] and row["place_status"], row["name"]


def test_targets_are_complete_and_agree_with_the_observed_years(chengdu):
    import yaml

    targets = yaml.safe_load((FOLDER.parent / "analysis" / "targets" / "chengdu.yaml").read_text(encoding="utf-8"))
    for year, share in (targets["share"]["fitted"] | targets["share"]["not_fitted"]).items():
        assert chengdu.observed[year]["share_pct"] == share
    assert not set(targets["share"]["fitted"]) & set(targets["share"]["not_fitted"])
    names = [row["fact"] for row in targets["facts"]]
    assert len(names) == len(set(names)) >= 20
    for row in targets["facts"]:
        assert row["low"] < row["high"] and row["source"] and row["unit"], row["fact"]
        assert row["kind"] in ("fitted", "built in", "emergent", "forecast") and row["at"] in ("all", "full")
