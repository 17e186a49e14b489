"""Dose curves: known curves are found again, doses stay within bounds, faults are named; the command's files."""

from __future__ import annotations

import json
import signal

import fake_command
import numpy as np
import pandas as pd
import pytest
from fake_command import call
from figures import cut
from runs_fake import FakeModel, scenario

from cluster_sim.analysis.dose_curves import reading
from cluster_sim.analysis.dose_curves.study import dose_curves, returns
from cluster_sim.cli.doses import amount, percent
from cluster_sim.inputs.errors import ScenarioError
from cluster_sim.report import dose_curves as figures
from cluster_sim.runs.reproduce import reproduce

MARKET = 1000.0     # value added of a month, million yuan
FALLING = 5.0       # what the root of the fund's outlay adds
STUDY = {
    "from": "2018-01", "doses": [0.1, 1, 10], "seeds": 4, "scale": 1, "cost_of_funds": [1, 1.5],
    "instruments": {"guidance_fund": {"aim": "venture_capital", "amounts": {"size": "1 billion yuan"}},
                    "hub": {"aim": "solo_founders", "amounts": {"teams": 10}, "with": {"rent": 0.5}}},
    "comparators": {"wage_subsidy": {"aim": "employment", "amounts": {"rate": 0.1}}}}


class Paid(FakeModel):
    """A fund costs its size a year and adds by its root; a wage subsidy costs 10 billion times its rate and adds 2 a
    yuan; a hub costs a million a team and does nothing. Luck is the seed's own, but for the hub's."""

    def series(self):
        law = {name: entries[-1] for name, entries in self.scenario.policies.items()}
        size = law.get("guidance_fund", {}).get("size", 0.0)
        wages = 1e4 * law.get("wage_subsidy", {}).get("rate", 0.0)
        teams = law.get("hub", {}).get("teams", 0)
        luck = np.random.default_rng(self.seed).normal()
        other = np.random.default_rng([self.seed, teams]).normal()
        gain = (FALLING * np.sqrt(size) + 2.0 * wages) / 12.0
        flat = np.ones(self.t)
        return super().series() | {
            "creative_value_added": flat * (MARKET + 10 * luck + gain),
            "public_outlay": flat * (size + wages + teams) / 12,
            "venture_capital": flat * (100 + size / 12), "employment": flat * (5000 + gain),
            "rival_jobs": flat * (9000 - 0.5 * gain), "tax_receipts": flat * 50.0, "solo_founders": flat * (5 + other)}


def study(base=None, **changed):
    """Return the study with a scenario of two years as its base."""
    return {**STUDY, "base": base or scenario(), **changed}


@pytest.fixture(scope="module")
def found():
    return dose_curves(study(), workers=0, factory="test_dose_curves:Paid")


def of(result, label):
    return result.doses[result.doses["curve"] == label].set_index("dose")


def test_a_known_curve_is_found_with_falling_returns(found):
    fund = of(found, "guidance_fund")
    assert fund["outlay"].tolist() == pytest.approx([0.1, 1.0, 10.0])
    assert fund["value_added"].tolist() == pytest.approx(FALLING * np.sqrt([100, 1000, 10000]) / 1000)
    assert fund["value_added_se"].max() < 1e-9                      # the same luck on both sides
    assert fund["aim_percent"].tolist() == pytest.approx([100 / 12, 1000 / 12, 10000 / 12])
    summary = found.summary.set_index("curve")
    assert summary.loc["guidance_fund", "returns_value_added"] == pytest.approx(0.5)
    assert summary.loc["guidance_fund", "returns_aim"] == pytest.approx(1.0)
    assert summary.loc["guidance_fund", "first_dose_told"] == 0.1


def test_the_nation_gains_less_than_the_city(found):
    fund = of(found, "guidance_fund")
    assert fund["jobs_nation"].tolist() == pytest.approx((0.5 * fund["jobs"]).tolist())


def test_the_same_outlay_otherwise_is_read_off_the_comparators_curve(found):
    fund, wages = of(found, "guidance_fund"), of(found, "wage_subsidy")
    assert wages["outlay"].tolist() == pytest.approx([0.1, 1.0, 10.0])
    assert fund["same_outlay_wage_subsidy_value_added"].tolist() == pytest.approx([0.2, 2.0, 20.0])
    hub = of(found, "hub")
    assert hub["same_outlay_wage_subsidy_value_added"][10.0] == pytest.approx(0.2)


def test_a_yuan_of_public_money_costs_more_than_one(found):
    wages = of(found, "wage_subsidy")
    assert wages["value_per_yuan_at_1"].tolist() == pytest.approx([2.0] * 3)
    assert wages["value_per_yuan_at_1.5"].tolist() == pytest.approx([2.0 / 1.5] * 3)


def test_what_is_luck_is_not_told_from_zero(found):
    hub = of(found, "hub")
    assert ((hub["aim_low95"] < 0) & (hub["aim_high95"] > 0)).all()
    assert np.isnan(found.summary.set_index("curve").loc["hub", "first_dose_told"])
    rows = [{"x": 2.0, "x_low95": -1.0, "x_high95": 5.0, "outlay": 1.0}] * 2
    assert np.isnan(returns(rows, "x"))


def test_doses_stay_within_the_bounds_of_a_key_and_counts_are_whole():
    spec = reading.read(study(doses=[0.04, 1, 5000]))
    values = {factor.path: dict(zip(factor.labels, factor.values, strict=True)) for factor in spec.sweep.factors}
    size = "policies.guidance_fund.2018-01.size"
    assert [each[size] for each in values["guidance_fund"].values()] == [40.0, 1000.0, 1e6]
    assert [each["policies.hub.2018-01.teams"] for each in values["hub"].values()] == [0, 10, 10_000]
    assert {each["policies.hub.2018-01.rent"] for each in values["hub"].values()} == {0.5}


def test_nothing_of_an_instrument_of_the_base_is_its_amounts_at_zero():
    law = {"guidance_fund": [{"from": 2017 * 12, "size": 700.0, "years": 7, "first_round": 2, "last_round": 5,
                              "budget": None}]}
    spec = reading.read(study(base=scenario().__class__(**{**vars(scenario()), "policies": law})))
    fund, hub, wages = spec.curves
    factor = spec.sweep.factors[0]
    assert factor.labels[0] == "0" and factor.values[0] == {"policies.guidance_fund.2018-01.size": 0.0}
    assert fund.points == {0.0: 1, 0.1: 2, 1.0: 3, 10.0: 4} and hub.points[0.0] == 0 and wages.points[0.1] == 8
    assert spec.years == "2018-2018" and wages.comparator and not fund.comparator


def test_a_curve_may_dose_several_instruments_together():
    both = {"instrument": "hub", "amounts": {"teams": 10, "guidance_fund.size": 100},
            "with": {"guidance_fund.years": 5}}
    factor = reading.read(study(instruments={"both": both})).sweep.factors[0]
    assert factor.path == "both" and factor.values[2] == {
        "policies.hub.2018-01.teams": 100, "policies.guidance_fund.2018-01.size": 1000.0,
        "policies.guidance_fund.2018-01.years": 5}


@pytest.mark.parametrize("changed, path, words", [
    ({"instruments": {"hub": {"amounts": {"guidance_found.size": 1}}}}, "hub.amounts.guidance_found.size", "no amount"),
    ({"instruments": {"guidance_fond": {"amounts": {"size": 1}}}}, "instruments.guidance_fond", "guidance_fund"),
    ({"instruments": {"hub": {"amounts": {"temas": 1}}}}, "hub.amounts.temas", "teams"),
    ({"instruments": {"hub": {"amounts": {"teams": "many"}}}}, "hub.amounts.teams", "number"),
    ({"instruments": {"hub": {"aim": "solo_founders"}}}, "instruments.hub", "amounts"),
    ({"instruments": {"hub": {"aim": "solo_founder", "amounts": {"teams": 1}}}}, "instruments.hub.aim",
     "solo_founders"),
    ({"instruments": {"tax_cut": {"amounts": {"rate": 1}}}}, "instruments.tax_cut", "comparators"),
    ({"instruments": {}, "comparators": {}}, "instruments", "at least one"),
    ({"doses": [10, 10, 30]}, "doses", "10 stands there twice"),
    ({"doses": [0, 1]}, "doses", "above 0"), ({"doses": "ten"}, "doses", "list"),
    ({"cost_of_funds": [0.5]}, "cost_of_funds", "at least 1"), ({"design": "grid"}, "design", "means nothing"),
    ({"from": "2018-02"}, "from", "whole year")])
def test_a_fault_is_named_with_its_place(changed, path, words):
    with pytest.raises(ScenarioError) as error:
        reading.read(study(**changed))
    assert path in {fault.path for fault in error.value.faults}
    assert any(words in f"{fault.message} {fault.hint}" for fault in error.value.faults)


def test_a_study_without_instruments_has_one_fault():
    with pytest.raises(ScenarioError) as error:
        reading.read(study(instruments={}, comparators={}))
    assert [fault.path for fault in error.value.faults] == ["instruments"]


def test_no_effect_has_no_sign_of_its_own():
    row = {f"aim_percent{end}": value for end, value in (("_low", -0.04), ("", -0.0), ("_high", 0.04))}
    assert percent(row, "aim") == "+0.0 (+0.0 to +0.0)"
    assert amount({"aim": -0.0, "aim_low95": -12.0, "aim_high95": 12.04}) == "+0.0 (-12.0 to +12.0)"
    assert amount({"aim": 10000.0, "aim_low95": 9000.0, "aim_high95": 11000.0}) == "+10,000 (+9,000 to +11,000)"
    assert amount({"aim": 0.0167, "aim_low95": 0.01, "aim_high95": 0.02}) == "+0.0167 (+0.0100 to +0.0200)"


def test_the_shipped_study_has_all_nineteen_instruments_and_both_comparators():
    from cluster_sim import policies

    spec = reading.read("dose_curves")
    known = policies.instruments()
    assert sorted({c.instrument for c in spec.curves if not c.comparator}) == sorted(
        name for name, each in known.items() if not each.comparator)
    assert {c.instrument for c in spec.comparators} == {name for name, each in known.items() if each.comparator}


def test_the_command_answers_writes_and_goes_on(tmp_path, monkeypatch, capsys):
    import yaml

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cluster_sim.scenario.sweep_files.load", lambda *_: scenario())
    fake_command.use("test_dose_curves:Paid", monkeypatch, workers=0)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(STUDY, sort_keys=False))
    status, out, err = call(capsys, "doses", "mine.yaml", "--out", "r", "--json")
    answer = json.loads(out)
    assert status == 0, err
    assert len(answer["doses"]) == 9 and answer["new_runs"] == 40 and answer["curves"]["hub"]["aim"] == "solo_founders"
    folder = tmp_path / "r"
    assert len(pd.read_csv(folder / "doses.csv")) == 9 and (folder / "tables" / "dose_curves.tex").is_file()
    assert [name.split("/")[-1] for name in answer["figures"]] == [f"dose_{what}.png" for what in (
        "aims", "value_added", "jobs")]
    again = json.loads(call(capsys, "doses", "mine.yaml", "--out", "r", "--json", "--no-figures")[1])
    assert again["new_runs"] == 0 and again["doses"] == answer["doses"]
    drawn = (folder / "figures" / "dose_jobs.svg").read_bytes()
    (folder / "figures" / "dose_jobs.svg").unlink()
    assert call(capsys, "report", "r")[0] == 0 and (folder / "figures" / "dose_jobs.svg").read_bytes() == drawn
    status, out, _ = call(capsys, "doses", "mine.yaml", "--no-figures", "--seeds", "2")
    assert status == 0 and "Future-industry guidance fund (guidance_fund); aim: venture capital" in out
    assert "guidance fund (guidance_fund); aim: venture capital, million yuan a year" in out.lower()
    assert "elasticity to outlay (below 1 returns fall): aim 1.00, value added 0.50" in out
    assert call(capsys, "doses", "mine.yaml", "--seeds", "1")[0] == 2
    status, out, _ = call(capsys, "doses", "mine.yaml", "--dry-run", "--json")
    assert status == 0 and json.loads(out) == {"runs": 40, "points": 10, "curves": 3, "seeds": 4}


def test_the_runs_of_a_study_can_be_made_again(tmp_path):
    dose_curves(study(), workers=0, out=tmp_path / "r", factory="test_dose_curves:Paid")
    again = reproduce(tmp_path / "r", workers=0, factory="test_dose_curves:Paid")
    assert again.same and again.runs == 40


def test_figures_show_what_paid_and_refuse_what_did_not(found):
    for draw in (figures.aims, figures.value_added, figures.jobs):
        panels = [axes for axes in draw(found).axes if axes.get_title(loc="left")]
        assert len(panels) == 2 and all(axes.get_xscale() == "log" for axes in panels)
        paid = found.doses["outlay"][found.doses["outlay"] > 1e-3]
        for low, high in (axes.get_xlim() for axes in panels):
            assert paid.min() / 12 < low < paid.min() and paid.max() < high < 12 * paid.max()
        assert panels[-1].get_position().x1 > 0.95, "panels take the whole page"
        assert not cut(draw(found))
    apart = dose_curves(study(comparators={}), workers=0, factory="test_dose_curves:Paid")
    one, other = figures.value_added(apart).axes
    assert one.get_ylim() == other.get_ylim() and figures.aims(apart).axes[0].get_ylim() != one.get_ylim()
    nothing = dose_curves(study(instruments={"hub": {"amounts": {"teams": 0}}}, comparators={}), workers=0,
                          factory="test_dose_curves:Paid")
    with pytest.raises(ValueError, match="paid"):
        figures.aims(nothing)
