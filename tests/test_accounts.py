"""Signs and bounds of the headline: induced demand, poaching loss, the yearbook, years of the fit, second tries."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from engine import JANUARY_2017, SCALE, build, town
from instruments import generous
from runs_fake import FACTORY, scenario

from cluster_sim import people_ledger as P
from cluster_sim.city import load_city
from cluster_sim.codes import Stage
from cluster_sim.ledger import KINDS
from cluster_sim.month import accounts
from cluster_sim.runs import identity, summary
from cluster_sim.runs.execution import execute
from cluster_sim.runs.plan import plan


def rest_of_city(folder, creative, poached, **par):
    """Return the GDP of the rest of the city (million yuan) in the first month, with a reference path."""
    shutil.copytree(town().folder, folder)
    (folder / "reference_path.csv").write_text(
        f"month,creative_value_added,poached_jobs\n0,{creative},{poached}\n", encoding="utf-8")
    model = build(1, city=load_city(folder), par=par)
    model.step()
    series = model.series()
    return float(series["city_gdp"][0] - series["creative_value_added"][0]), model


def test_what_comes_on_top_of_the_reference_induces_demand(tmp_path):
    """The rest of the city gains `accounts.induced` of value added above the path, and loses it below."""
    alone, model = rest_of_city(tmp_path / "a", 0, 0, **{"accounts.induced": 0.0, "accounts.poaching_loss": 0.0})
    above, _ = rest_of_city(tmp_path / "b", 0, 0, **{"accounts.induced": 0.5, "accounts.poaching_loss": 0.0})
    creative = float(model.series()["creative_value_added"][0])
    assert creative > 0 and above - alone == pytest.approx(0.5 * creative, rel=1e-9)
    twice = 2.0 * creative / SCALE
    below, _ = rest_of_city(tmp_path / "c", twice, 0, **{"accounts.induced": 0.5, "accounts.poaching_loss": 0.0})
    assert below - alone == pytest.approx(-0.5 * creative, rel=1e-6)


def test_output_follows_the_people_who_are_left(tmp_path):
    """Other sectors' output goes with their people over the path's, to the power of labour's share; never nothing."""
    free = {"accounts.induced": 0.0}
    alone, model = rest_of_city(tmp_path / "a", 0, 0, **free, **{"accounts.poaching_loss": 0.0})
    first, left = model.people.first[P.OTHER], model.people.stock[P.OTHER]
    power = model.par["accounts.labour_share"]
    for k, more in enumerate((-5000.0, 5000.0)):
        usual = first + more
        found, _ = rest_of_city(tmp_path / f"{k}", 0, -more / SCALE, **free)
        assert found / alone == pytest.approx((left / usual) ** power, rel=1e-9)
    usual, model = rest_of_city(tmp_path / "n", 0, 0, **free)
    model.people.stock[P.OTHER], model.t = 1.0, 0
    assert 0.0 < accounts.rest_of_city(model, 0.0) < 0.01 * usual


@pytest.fixture(scope="module")
def aided():
    """Fourteen months of a town that pays subsidies, with every studio's accounts."""
    law = {name: [generous(name, 1.0, None, JANUARY_2017)] for name in ("production_subsidy", "compute_vouchers")}
    return build(14, policies=law, keep=("accounts", "payments")).run()


def test_the_yearbook_adds_up_to_the_headline(aided):
    """Value added of all studios over the year is the city's creative value added; subsidies lie inside it."""
    book, series = aided.accounts_table(), aided.series()
    assert sum(aided.ledger_table()[kind.name].sum() for kind in KINDS if kind.role == "subsidy") > 0
    years = series["month"].astype("datetime64[Y]").astype(int) + 1970
    for year in (2017, 2018):
        rows = book["year"] == year
        headline = series["creative_value_added"][years == year].sum()
        assert book["value_added"][rows].sum() == pytest.approx(headline, rel=1e-9)
    assert book["value_added"] == pytest.approx(book["output"] - book["inputs"], abs=1e-6)
    assert sum(book["public"]) > 0 and (book["public"] >= 0).all() and (book["released"] >= 0).all()


def test_a_studio_is_as_old_as_it_is_open_and_a_year_older_in_the_next_book(aided):
    book, studios = aided.accounts_table(), aided.studios.used
    last = (book["year"] == 2018) & book["alive"]
    born = dict(zip(studios["id"].tolist(), studios["born"].tolist(), strict=True))
    ages = [aided.t - 1 - born[studio] for studio in book["studio_id"][last].tolist()]
    assert book["age_months"][last].tolist() == ages and len(set(ages)) > 10
    for studio in np.unique(book["studio_id"])[:20]:
        ages = book["age_months"][(book["studio_id"] == studio) & book["alive"]]
        assert ages.size < 2 or ages[1] - ages[0] == 2          # December to the last month, February


def test_public_money_in_the_book_is_that_of_the_payments(aided):
    payments = aided.payments_table()
    known = np.isin(payments["studio_id"], aided.accounts_table()["studio_id"])
    assert known.any()
    assert aided.accounts_table()["public"].sum() == pytest.approx(payments["amount"][known].sum(), rel=1e-9)


def test_the_part_of_partners_elsewhere():
    """Of the teams of works begun in the month, the part that sits in other cities."""
    model, seen = build(36), 0
    while not model.finished:
        month = model.t
        model.step()
        works = model.projects.used
        begun = works[(works["stage"] > Stage.FREE) & (works["stage"] < Stage.RUNNING) & (works["started"] == month)]
        here, elsewhere = int(begun["partners"].sum()), int(begun["outside_partners"].sum())
        share = model.series()["outside_partner_share"][month]
        if here + elsewhere:
            assert share == elsewhere / (here + elsewhere)
            seen += here > elsewhere > 0
        else:
            assert np.isnan(share)
    assert seen


def test_only_years_to_2021_were_fitted():
    """Later years were looked at, but no number was fitted to them."""
    observed, fitted = summary.observed_shares("chengdu"), summary.fitted_years("chengdu")
    words = [summary.period(year, observed, fitted) for year in (2016, 2021, 2022, 2024)]
    assert words == ["fitted", "fitted", "not fitted", "not fitted"]
    assert 2025 in observed and not any(summary.period(year, observed, fitted) for year in (2015, 2025, 2030))
    assert summary.fitted_years("synthetic") is None and summary.period(2020, observed, None) == ""


@pytest.mark.parametrize("workers", [0, 1])
def test_a_run_that_fails_is_tried_once_more(tmp_path, monkeypatch, workers):
    log = tmp_path / "log"
    monkeypatch.setenv("FAKE_LOG", str(log))
    report = execute(plan(scenario(raise_seed=2), [1, 2], 0.05), tmp_path / "store", workers, factory=FACTORY)
    assert [record["seed"] for record in report.failed] == [2]
    assert [line.split()[0] for line in log.read_text().splitlines()].count("2") == 2


def test_a_file_with_an_effect_that_is_not_there_is_an_error(tmp_path):
    """A renamed file must not drop out of the code's version in silence."""
    shutil.copytree(identity.PACKAGE, tmp_path / "package", ignore=shutil.ignore_patterns("__pycache__", "cities"))
    whole = identity.code_version(tmp_path / "package")
    for name in ("runs/single_run.py", "runs/maps.py"):      # what makes a run's rows, though it stands in runs/
        path = tmp_path / "package" / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n# changed\n", encoding="utf-8")
        identity.code_version.cache_clear()
        assert identity.code_version(tmp_path / "package") != whole
        path.unlink()
        identity.code_version.cache_clear()
        with pytest.raises(FileNotFoundError, match=path.name):
            identity.code_version(tmp_path / "package")
        path.write_text(text, encoding="utf-8")
    identity.code_version.cache_clear()
