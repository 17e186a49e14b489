"""Public money: each flow is found where it was put, and the identities close."""

from __future__ import annotations

from types import SimpleNamespace

import figures
import numpy as np
import pandas as pd
import pytest
from engine import JANUARY_2017, build, entry

from cluster_sim import ledger as L
from cluster_sim import policies
from cluster_sim.analysis.public_money import acts, holders, output
from cluster_sim.analysis.public_money.audit import ALL, follow, twins
from cluster_sim.cli.audit import said
from cluster_sim.codes import Life
from cluster_sim.policies.base import Instrument
from cluster_sim.report.public_money import public_money
from cluster_sim.runs.errors import InputError

KEEP = ("accounts", "payments")


def frames(model):
    """Return the frames of one run as an audit reads them."""
    tables = {"series": model.series(), "projects": model.projects_table(), "ledger": model.ledger_table(),
              "accounts": model.accounts_table(), "payments": model.payments_table()}
    return {name: pd.DataFrame(table).assign(seed=1, run_id="a") for name, table in tables.items() if table}


def run(months=36, **options):
    return frames(build(months, **options, keep=KEEP).run())


@pytest.fixture
def register():
    """Let a test add instruments of its own and take them out of the register afterwards."""
    before = policies.instruments()
    yield
    policies.base.registered().clear()
    policies.base.registered().update(before)


def test_a_contract_taken_from_a_rival_is_found_as_displacement(register):
    """A subsidised firm takes a rival's contracts one for one: gross = displaced, nothing net, nothing relocated."""
    pair = {}

    class Poacher(Instrument):
        name, title, text = "poacher_of_a_test", "Poacher", "Moves contracts from one studio to another."

        def expect_aid(self, model, proposals):
            if model.t < 1:
                return
            s = model.studios.used
            load = s["orders"] / model.par["commissioning.lead"] + s["own_load"] + s["credit_load"] + s["sub_load"]
            idle = np.flatnonzero((s["alive"] == Life.ALIVE) & (s["staff"] >= 5) & (load < 0.6 * s["capacity"])
                                  & (s["orders"] > 0.0) & (s["segment"] == 3))
            idle = idle[np.argsort(s["id"][idle])]
            to, rival = (int(row) for row in idle[:2])
            revenue = min(0.5 * s["orders"][rival] * s["price"][rival], 0.1 * s["capacity"][to] * s["price"][to])
            s["orders"][rival] -= revenue / s["price"][rival]
            s["orders"][to] += revenue / s["price"][to]
            self.pay(model, np.array([to]), np.array([1.0]))
            pair.update(to=int(s["id"][to]), rival=int(s["id"][rival]), moved=float(revenue))

    options = dict(scale=1 / 50, par={"gaps.attraction": -0.3})
    without = run(2, **options)
    policy = run(2, policies={Poacher.name: [{"from": JANUARY_2017}]}, **options)
    found = output.split({pair["to"]}, policy, without)
    delivered = pair["moved"] / 1e6 / build(1).par["commissioning.lead"]
    assert delivered > 0.001
    assert found["gross"] == pytest.approx(delivered, rel=1e-3)
    assert found["displaced"] == pytest.approx(delivered, rel=1e-3)
    assert found["net"] == pytest.approx(0.0, abs=1e-5) and found["relocated"] == pytest.approx(0.0, abs=1e-6)
    mirrored = output.split({pair["rival"]}, policy, without)
    assert mirrored["gross"] == pytest.approx(-delivered, rel=1e-3)


def test_contracts_won_from_other_cities_are_found_as_relocation():
    """A price war of rivals abroad undone: what the city's studios sell more, studios elsewhere sell less."""
    without, policy = run(1), run(1, par={"commissioning.price_weight": 0.5})
    won = {name: frames_["series"]["rival_sales"].sum() for name, frames_ in (("a", without), ("b", policy))}
    found = output.split(None, policy, without)
    assert found["relocated"] == pytest.approx(won["a"] - won["b"]) and found["relocated"] != 0.0
    assert found["displaced"] == 0.0
    assert found["gross"] == pytest.approx(found["net"] + found["relocated"], rel=1e-6)


@pytest.mark.parametrize("name,keys", [
    ("production_subsidy", {"rate": 0.3, "bridged": 0.5}), ("workspace", {"floor": 5e5, "zones": []}),
    ("talent_subsidies", {"allowance": 0.1, "people": 20_000, "awards": 200}), ("guidance_fund", {"size": 20_000.0}),
    ("ladder_grants", {"nestling": 3.0, "chick": 3.0, "rent": 0.5, "credit": 3.0}), ("scifi_13", {"work_rate": 0.2})])
def test_the_three_identities_close(name, keys):
    without = run(36, par={"population.founding_rate": 0.003})
    policy = run(36, par={"population.founding_rate": 0.003}, policies={name: [entry(name, **keys)]})
    cells = output.shares_paid(policy["accounts"], policy["payments"]) if "payments" in policy else None
    found = follow(name, policy, without, cells)
    assert found["outlay"] > 0
    assert max(found["open_1"], found["open_2"], found["open_3"]) < 1e-6
    assert found["windfall"] >= 0 and found["additional"] >= 0
    assert found["output_gross"] - found["output_displaced"] == pytest.approx(
        policy["accounts"]["output"].sum() - without["accounts"]["output"].sum(), abs=1e-6 * 1e4)


def test_a_placebo_moves_no_money_at_all(register):
    class Placebo(Instrument):
        name, title, text = "placebo_of_a_test", "Placebo", "Pays nobody, changes nothing."

    without, policy = run(24), run(24, policies={Placebo.name: [{"from": JANUARY_2017}]})
    found = follow(Placebo.name, policy, without, None)
    assert all(value == 0.0 for value in found.values()), {k: v for k, v in found.items() if v}


def lines(act, ids, base, amount, month="2020-06"):
    size = len(ids)
    return pd.DataFrame({"month": np.repeat(np.datetime64(month, "ns"), size), "act": act, "act_id": ids,
                         "base": base, "amount": amount, "studio_id": ids})


def test_windfall_is_what_is_there_in_the_twin():
    """Works: one made anyway, one made at half the cost, one not made."""
    twin = {"projects": pd.DataFrame({"project_id": [1, 2], "cost": [10.0, 4.0]})}
    found = acts.split(lines("work", [1, 2, 3], [10e6, 8e6, 5e6], [1.0, 2.0, 3.0]), {}, twin)
    assert found == pytest.approx({"windfall": 1.0 + 1.0, "additional": 1.0 + 3.0})


def test_windfall_of_tiers_newcomers_rents_and_programmes():
    accounts = pd.DataFrame({"studio_id": [1, 2], "year": [2020, 2020], "tier": ["chick", "none"],
                             "months": [12.0, 12.0], "rent": [0.6, 0.2]})
    whole = {"accounts": accounts.assign(rent=[1.2, 0.2])}
    twin = {"accounts": accounts, "series": pd.DataFrame({"month": [0, 1], "migrants": [80, 90]})}
    assert acts.split(lines("tier", [1, 2], [2.0, 1.0], [5.0, 7.0]), whole, twin)["windfall"] == 5.0
    assert acts.split(lines("newcomers", [1], [120.0], [12.0]), whole, twin)["windfall"] == pytest.approx(9.0)
    assert acts.split(lines("rent", [1, 2], [1.0, 1.0], [1.0, 1.0]), whole, twin)["windfall"] == pytest.approx(1.5)
    assert acts.split(lines("programme", [1], [1.0], [4.0]), whole, twin) == {"windfall": 0.0, "additional": 4.0}


def test_every_kind_of_payment_has_a_holder_on_both_sides():
    known = {*holders.HOLDERS}
    for kind in L.KINDS:
        if kind.payer not in L.LEVELS:
            assert holders.holder(kind.payer, kind.name, pays=True) in known, kind
        assert holders.holder(kind.payee, kind.name, pays=False) in known, kind
    for kind in L.KINDS:
        change = dict.fromkeys([k.name for k in L.KINDS], 0.0) | {kind.name: 3.0}
        found = holders.holders(change)
        assert sum(found[name] for name in holders.HOLDERS) == pytest.approx(found["outlay"])


def test_the_acts_of_the_instruments_are_those_that_can_be_looked_up():
    assert set(acts.MEASURES) == set(policies.payments.ACTS)


def test_twins_leave_one_out_and_name_what_is_not_there():
    from cluster_sim.scenario import load_scenario

    scenario = load_scenario("baseline")
    found = twins(scenario, ["hub"])
    assert found[ALL].policies == {} and set(scenario.policies) - set(found["hub"].policies) == {"hub"}
    with pytest.raises(InputError, match="no instrument 'hubs'"):
        twins(scenario, ["hubs"])
    with pytest.raises(InputError, match="no policy instruments"):
        twins(load_scenario("no_policy"), None)


def test_run_keeps_the_tables_that_it_is_asked_for(tmp_path, capsys):
    from cluster_sim.cli.main import main
    from cluster_sim.runs.read import View

    words = ["run", "baseline", "--scale", "1/400", "--until", "2018-12", "--seeds", "1", "--workers", "0", "--quiet",
             "--no-figures", "--out", str(tmp_path / "x")]
    assert main([*words, "--keep", "accounts"]) == 0
    found = View(tmp_path / "x")
    accounts, series = found.frame("accounts"), found.series
    assert accounts["value_added"].sum() == pytest.approx(series["creative_value_added"].sum(), rel=1e-9)
    assert main([*words[:-1], str(tmp_path / "y"), "--keep", "acounts"]) == 2
    assert "there is no table 'acounts'" in capsys.readouterr().err and not (tmp_path / "y").exists()


def test_the_figure_shows_what_was_paid_and_nothing_else():
    flows = pd.DataFrame({"instrument": ["paid", "vague", "idle"], "outlay": [3.0, 1.0, 0.0]})
    summary = pd.DataFrame([{"instrument": name, "flow": flow, "mean": value * part,
                             "low95": -value if name == "paid" else None, "high95": value * part * 2}
                            for name, value in flows.itertuples(index=False)
                            for flow, part in (("outlay", 1.0), ("windfall", 0.25), ("additional", 0.75))])
    known = {"ratio": 2.0, "low95": 1.0, "high95": 50.0}
    ratios = {name: {"value_added_per_yuan": found}
              for name, found in (("paid", known), ("vague", {"ratio": 2.0, "low95": None}), ("idle", {"ratio": None}))}
    result = SimpleNamespace(summary=summary, flows=flows, ratios=ratios, years=3.0, seeds=[1, 2])
    figure = public_money(result)
    text = figures.words(figure)
    assert not figures.cut(figure) and "idle" not in text and text.count("cannot tell") == 2
    assert "0% to 50%" in text and "25%" not in text
    assert "1 yuan" in text and "2 pairs of runs of 3 years" in text
    with pytest.raises(ValueError, match="paid anything"):
        public_money(SimpleNamespace(summary=summary, flows=flows.tail(1), ratios=ratios, years=3.0, seeds=[1, 2]))


@pytest.mark.parametrize("found, empty, text", [
    ({"ratio": None}, "nothing paid", "nothing paid"), ({"ratio": None}, "no jobs", "no jobs"),
    ({"ratio": 0.0, "denominator": 5.0, "low95": None}, "nothing paid", "0.00 (cannot tell)"),
    ({"ratio": 2.0, "denominator": 5.0, "low95": 1.0, "high95": 3.0}, "no jobs", "2.00 (1.00 to 3.00)")])
def test_a_ratio_says_what_it_lacks(found, empty, text):
    assert said(found, 1.0, empty) == text


def test_a_ratio_of_nothing_has_no_sign():
    assert said({"ratio": -0.001, "low95": -0.004, "high95": 0.2}, 1.0) == "0.00 (0.00 to 0.20)"
