"""What instruments contribute, through runs: a known game found, sums to the whole, placebos, resuming, the command."""

from __future__ import annotations

import json
from dataclasses import replace

import fake_command
import figures
import numpy as np
import pytest
from engine import entry
from runs_fake import FakeModel, scenario

import cluster_sim as cs
from cluster_sim import policies
from cluster_sim.analysis.attribution import attribute as attribution
from cluster_sim.policies import base
from cluster_sim.runs.errors import InputError

GAME = "test_attribute:Game"
OWN = {"grants": 0.010, "hub": 0.004, "fund": -0.002, "zones": 0.003, "fairs": 0.0, "prizes": 0.001, "vouchers": 0.002}
BOTH = {("grants", "hub"): 0.006, ("hub", "zones"): -0.004}
PARTS = {"fund": -0.002, "grants": 0.013, "hub": 0.005, "prizes": 0.001, "vouchers": 0.002, "zones": 0.001}
"""Own effect and half of each interaction."""


class Game(FakeModel):
    """A fake city to whose share instruments add their own effects and those of meeting; one has luck of its own."""

    def series(self):
        there = set(self.scenario.policies)
        extra = sum(OWN[name] for name in sorted(there))
        extra += sum(gain for both, gain in BOTH.items() if there >= set(both))
        if "vouchers" in there:
            extra += self.scenario.parameters.get("noise", 0.0) * np.random.default_rng([self.seed, 3]).normal()
        columns = super().series()
        columns["gdp_share"] = columns["gdp_share"] + extra
        columns["employment"] = columns["employment"] * (1 + extra * len(there - {"fairs"}))
        if self.scenario.parameters.get("hole") == self.seed and there == {"grants"}:
            columns["employment"][-1] = np.nan
        return columns


def city(*instruments, start=2017 * 12, **parameters):
    policies = {name: [{"from": start}] for name in instruments}
    return replace(scenario(**parameters), policies=policies)


def attribute(setup, **options):
    return cs.attribute(setup, **{"seeds": 3, "scale": 1, "workers": 0, "factory": GAME} | options)


def shares(result, key="shapley", year="2018"):
    return {name: part[key] for name, part in result.found["gdp_share"][year]["parts"].items()}


# known contributions ---------------------------------------------------------------------------------


def test_a_known_game_is_found_exactly_with_few_instruments():
    result = attribute(city("grants", "hub", "zones", "fairs"))
    assert result.task.design.exact and result.new_runs == 3 * 16
    wanted = {"grants": 0.013, "hub": 0.005, "zones": 0.001, "fairs": 0.0}
    assert shares(result) == pytest.approx(wanted, abs=1e-8)
    alone = {"grants": 0.016, "hub": 0.006, "zones": -0.001, "fairs": 0.0}
    assert shares(result, "leave_one_out") == pytest.approx(alone, abs=1e-8)
    cell = result.found["gdp_share"]["2018"]
    assert cell["total"] == pytest.approx(0.019, abs=1e-8)
    assert cell["interaction"] == pytest.approx(0.019 - 0.021, abs=1e-8)
    assert set(shares(result, "se_orders").values()) == {0.0}


def test_drawn_orders_find_the_same_where_instruments_meet_two_by_two():
    """Six instruments: each pair of an order and its reverse is exact for such a game, so orders leave no error."""
    result = attribute(city(*PARTS), permutations=4, seeds=3)
    assert not result.task.design.exact
    assert shares(result) == pytest.approx(PARTS, abs=1e-8)
    assert max(shares(result, "se_orders").values()) < 1e-8


def test_drawn_orders_are_near_the_exact_value_where_more_than_two_meet():
    """Jobs of the fake city follow the share times the number of instruments."""
    setup = city("fund", "grants", "hub", "vouchers", "zones")
    every, drawn = attribute(setup, permutations="all", seeds=2), attribute(setup, permutations=4, seeds=12)
    assert every.new_runs == 2 * 32
    for name, part in drawn.found["employment"]["2018"]["parts"].items():
        assert part["se_orders"] > 0
        right = every.found["employment"]["2018"]["parts"][name]["shapley"]
        assert abs(part["shapley"] - right) < 3.5 * part["se_orders"]


@pytest.mark.parametrize("permutations", [2, 6, "all"])
def test_the_parts_add_up_to_the_whole_in_every_column_and_year(permutations):
    setup = city("fairs", "grants", "hub", "vouchers", "zones", noise=0.01)
    result = attribute(setup, permutations=permutations, columns="all")
    assert {column for column, _ in result.cells} > {"gdp_share", "employment", "studios", "creative_value_added"}
    for years in result.found.values():
        for cell in years.values():
            assert abs(cell["sum_of_parts"] - cell["total"]) < 1e-9
            assert cell["sum_of_parts"] == pytest.approx(sum(p["shapley"] for p in cell["parts"].values()), abs=1e-12)
            assert cell["leave_one_out_sum"] + cell["interaction"] == pytest.approx(cell["total"], abs=1e-9)
            fairs = cell["parts"]["fairs"]
            assert {fairs[key] for key in ("shapley", "low95", "high95", "leave_one_out", "loo_low95")} == {0.0}


def test_luck_of_one_instrument_widens_its_interval_alone():
    result = attribute(city("grants", "vouchers", noise=0.002), seeds=16)
    parts = result.found["gdp_share"]["2018"]["parts"]
    assert parts["vouchers"]["low95"] < 0.002 < parts["vouchers"]["high95"]
    assert parts["vouchers"]["high95"] - parts["vouchers"]["low95"] > 1e-3
    assert parts["grants"]["high95"] - parts["grants"]["low95"] < 1e-6
    assert parts["vouchers"]["se"] == pytest.approx(parts["vouchers"]["se_seeds"])


def test_a_placebo_gets_exactly_nothing_in_every_column(monkeypatch):
    """A real instrument class that pays nobody, beside real ones that do, in the real city."""
    policies.instruments()  # all of them are registered before the list is copied: they register once
    monkeypatch.setattr(base, "_REGISTER", dict(base.registered()))

    class Placebo(base.Instrument):
        name, title, text = "placebo", "Placebo", "Is in force and pays nobody."
        keys = {"amount": base.Key("million yuan", 0.0, 0, 10, "sum for each studio")}

        def support(self, model):
            rows = np.flatnonzero(model.studios.used["alive"] == 1)
            self.pay(model, rows, np.full(rows.size, self.get("amount") * base.MILLION))

    setup = cs.load_scenario("baseline")
    setup = replace(setup, events=[], policies={
        "placebo": [{"from": setup.start, "amount": 0.0, "budget": None}],
        "box_office_incentive": [entry("box_office_incentive", rate=0.5, threshold=0.01, segments=["film", "games"])],
        "production_subsidy": [entry("production_subsidy", rate=0.5, smallest=0.0, segments=["film", "games"])]})
    result = cs.attribute(setup, seeds=2, scale="1/200", until="2019-12", workers=0, columns="all")
    assert result.task.design.players == ("box_office_incentive", "placebo", "production_subsidy")
    frame = result.effects.set_index("instrument")
    assert len(set(frame["column"])) > 50
    numbers = ["shapley", "se", "low80", "high80", "low95", "high95", "leave_one_out", "loo_low95", "loo_high95"]
    assert np.all(frame.loc["placebo", numbers].to_numpy() == 0.0)
    outlay = frame[(frame["column"] == "public_outlay") & (frame["year"] == 2019)]["shapley"]
    assert outlay["box_office_incentive"] > 0 and outlay["production_subsidy"] > 0
    assert np.abs(result.totals["total"] - result.totals["sum_of_parts"]).max() < 1e-9


# runs ------------------------------------------------------------------------------------------------


def test_more_seeds_and_orders_do_only_what_is_missing(tmp_path):
    setup = city(*PARTS)
    first = attribute(setup, permutations=2, out=tmp_path)
    assert attribute(setup, permutations=2, out=tmp_path).new_runs == 0
    more = attribute(setup, permutations=4, seeds=4, out=tmp_path)
    assert 0 < more.new_runs == len(more.task.plan.runs) - len(first.task.plan.runs)
    fresh = attribute(setup, permutations=4, seeds=4)
    assert more.found == fresh.found
    names = set(more.view().runs["instruments"])
    assert {"none", "+".join(sorted(PARTS))} <= names and len(names) <= len({c for c, _ in more.task.names})


def test_the_runs_are_reproduced_each_with_its_own_instruments(tmp_path):
    made = attribute(city(*PARTS), permutations=2, out=tmp_path)
    found = cs.reproduce(tmp_path, workers=0, factory=GAME)
    assert found.same and found.runs == made.new_runs
    path = tmp_path / "scenario.yaml"
    path.write_text(path.read_text("utf-8").replace("  hub:", "  hub_2:"), "utf-8")
    found = cs.reproduce(tmp_path, workers=0, factory=GAME)
    assert not found.same and "scenario.yaml" in str(found.differences[0])


def test_a_failed_run_takes_its_seed_out():
    with pytest.warns(UserWarning, match="seed 2 at instruments"):
        result = attribute(city("grants", "hub", raise_seed=2), seeds=4)
    assert result.seeds == [1, 3, 4] and result.found["gdp_share"]["2018"]["seeds"] == 3
    with pytest.raises(RuntimeError, match="do not balance"):
        attribute(city("grants", "hub", raise_seed=2), seeds=2)


def test_a_missing_value_takes_its_seed_out_of_that_cell_for_all():
    result = attribute(city("grants", "hub", hole=2), seeds=4)
    cell, other = result.found["employment"]["2018"], result.found["gdp_share"]["2018"]
    assert cell["seeds"] == 3 and other["seeds"] == 4
    assert cell["sum_of_parts"] == pytest.approx(cell["total"], abs=1e-9)


def test_what_comes_after_the_end_takes_no_part():
    setup = city("grants", "hub")
    setup.policies["fund"] = [{"from": 2018 * 12 + 3}]
    result = attribute(setup, until="2017-12")
    assert result.task.design.players == ("grants", "hub") and result.task.later == ("fund",)
    assert attribute(setup).task.design.players == ("fund", "grants", "hub")


@pytest.mark.parametrize("setup, options, message", [
    (city(), {}, "no instrument in force"), (city("hub", start=2030 * 12), {}, "no instrument in force by 2018-12"),
    (city("hub"), {"seeds": 1}, "two seeds"), (city("hub"), {"permutations": 3}, "even"),
    (city("hub"), {"permutations": 0}, "even"), (city("hub"), {"permutations": "many"}, "even"),
    (city("hub"), {"columns": ["gdp_shore"]}, "no column 'gdp_shore'"),
    (city("hub"), {"until": "2017-06"}, "must reach 2017-12"),
    (city(*(f"i{k}" for k in range(13))), {"permutations": "all"}, "8,192 coalitions")])
def test_bad_input_is_said_and_nothing_is_written(tmp_path, setup, options, message):
    with pytest.raises(InputError, match=message):
        attribute(setup, out=tmp_path / "r", **options)
    assert not list(tmp_path.iterdir())


# the command and the figure --------------------------------------------------------------------------


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Let the command use the fake city; the scenario's name lists its instruments."""
    def load(path, set=None):
        names = [name for name in str(path).split("+") if name in OWN]
        return replace(city(*names, noise=1e-4, **({"raise_seed": 2} if "bad" in str(path) else {})), slug="fake")

    return fake_command.install(monkeypatch, tmp_path, load, GAME)


def call(capsys, *words):
    return fake_command.call(capsys, "attribute", *words)


def test_json_has_the_keys_of_the_contract(fake, capsys):
    words = ("+".join(PARTS), "--seeds", "3", "--scale", "1", "--out", "r", "--json")
    status, out, _ = call(capsys, *words)
    answer = json.loads(out)
    assert status == 0 and out.count("\n") == 1
    cell = answer["effects"]["gdp_share"]["2018"]
    assert set(cell["parts"]) == set(PARTS) == set(answer["instruments"])
    keys = {"shapley", "se", "se_orders", "se_seeds", "low80", "high80", "low95", "high95", "leave_one_out",
            "loo_low95", "loo_high95"}
    assert all(keys <= set(part) for part in cell["parts"].values())
    for years in answer["effects"].values():
        for each in years.values():
            assert abs(sum(part["shapley"] for part in each["parts"].values()) - each["total"]) < 1e-9
    assert (answer["method"], answer["permutations"], answer["permutations_per_seed"]) == ("sampled", 12, 4)
    assert (fake / "r" / "attribution.csv").is_file() and (fake / answer["figures"][0]).is_file()
    again = json.loads(call(capsys, *words)[1])
    assert again["effects"] == answer["effects"] and answer["new_runs"] == answer["runs"] and again["new_runs"] == 0


def test_the_table_sets_the_sum_beside_the_whole(fake, capsys):
    status, out, _ = call(capsys, "grants+hub+zones", "--seeds", "3", "--scale", "1")
    lines = {line.split("  ")[0]: line for line in out.split("All main columns")[0].splitlines()}
    assert status == 0 and "exact: all 8 coalitions" in out
    assert "+1.300" in lines["grants"] and "+1.600" in lines["grants"] and "+0.500" in lines["hub"]
    assert "+1.900" in lines["sum of the parts"] and "+2.100" in lines["sum of the parts"]
    assert "+1.900" in lines["whole"] and "-0.200" in lines["interaction (whole less sum)"]
    assert (fake / "results" / "attribute-fake" / "figures" / "attribution.svg").is_file()
    assert call(capsys, "grants+hub", "--seeds", "2", "--quiet", "--out", "q") == (0, "", "")


def test_failed_runs_are_counted_and_the_rest_is_told(fake, capsys):
    status, out, err = call(capsys, "bad+grants+hub", "--seeds", "4", "--scale", "1", "--no-figures")
    assert status == 3 and "whole" in out and "3 of 4 seeds are whole" in err and "failures.jsonl" in err


def test_the_folder_is_not_mixed(fake, capsys):
    words = ("grants+hub", "--seeds", "2", "--no-figures", "--quiet")
    assert call(capsys, *words)[0] == 0
    assert "old-1" in call(capsys, *words, "--scale", "1/50")[2]
    assert call(capsys, *words, "--out", "r")[0] == 0
    status, _, err = call(capsys, *words, "--out", "r", "--scale", "1/50")
    assert status == 2 and "the scale" in err
    assert call(capsys, *words, "--out", "r", "--scale", "1/50", "--fresh")[0] == 0


@pytest.mark.parametrize("words", [
    (), ("grants", "--seeds", "1"), ("grants", "--permutations", "3"), ("grants", "--scale", "3"), ("nothing",),
    ("grants", "--until", "2017-06"), ("grants", "--workers", "-1"), ("grants", "--engine", "dask"), ("grants", "hub")])
def test_bad_words_end_with_two_and_write_nothing(fake, capsys, words):
    status, out, err = call(capsys, *words)
    assert status == 2 and err and not out and "Traceback" not in err
    assert not list(fake.iterdir())


def test_the_figure_names_instruments_units_and_both_measures():
    result = attribute(city(*OWN, noise=1e-3), permutations=2)
    figure = result.plot()
    words = figures.words(figure)
    assert not figures.cut(figure)
    assert "Contribution to the share of GDP in 2018, 3 seeds" in words and "percentage points" in words
    assert "Whole less the sum of those left out" in words and "95%:" in words
    assert "Shapley" in words and "left out alone" in words and "vouchers" in words and "all together" in words
    jobs = result.plot("employment", 2017)
    assert "thousand" in figures.words(jobs)
    with pytest.raises(ValueError, match="no year 2031"):
        result.plot(year=2031)
    with pytest.raises(ValueError, match="nothing was attributed"):
        result.plot("top1_share")


def test_orders_are_read():
    assert (attribution.orders_of("all"), attribution.orders_of(" 4"), attribution.orders_of(2)) == (0, 4, 2)
