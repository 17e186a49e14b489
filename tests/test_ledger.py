"""The ledger: every yuan of a month is booked once, and a mistake stops the run with the account's name."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from instruments import GENEROUS, LOW_LADDER, generous

from cluster_sim import ledger
from cluster_sim.codes import Life, Stage
from cluster_sim.ledger import KINDS, LedgerError
from cluster_sim.month import accounts
from cluster_sim.parameters import specification

BOUNDED = sorted(name for name, each in specification().items() if np.isfinite(each.bounds).all())
EVENTS = ({"kind": "pandemic", "from": JANUARY_2017 + 12, "to": JANUARY_2017 + 15},
          {"kind": "convention", "month": JANUARY_2017 + 3, "buzz": 0.5},
          {"kind": "hit", "month": JANUARY_2017 + 9, "title": "The Lucky One", "gross": 5000.0, "segment": "film"})


@st.composite
def scenarios(draw):
    """Draw a seed, a scale, some parameters anywhere within their bounds, a law and events."""
    names = draw(st.lists(st.sampled_from(BOUNDED), max_size=8, unique=True))
    par = {}
    for name in names:
        low, high = specification()[name].bounds
        value = draw(st.floats(low, high))
        par[name] = round(value) if isinstance(specification()[name].value, int) else value
    law = {name: [generous(name, draw(st.floats(0.0, 10.0)), draw(st.sampled_from([None, None, 5.0, 500.0])),
                           JANUARY_2017 + draw(st.integers(0, 6)))]
           for name in draw(st.lists(st.sampled_from(sorted(GENEROUS)), unique=True))}
    events = draw(st.lists(st.sampled_from(EVENTS), max_size=3, unique_by=lambda e: e["kind"]))
    return {"seed": draw(st.integers(0, 2**31)), "scale": draw(st.sampled_from([1 / 200, 1 / 400])),
            "par": par, "policies": law, "events": events, "city": draw(st.sampled_from([None, "synthetic"]))}


@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(scenarios())
def test_no_money_appears_or_vanishes(scenario):
    """Every month is checked at run time; the whole run is added up again here, by another way."""
    if scenario["city"]:
        for entries in scenario["policies"].values():
            entries[0].update({"zones": ["zone_a"]} if "zones" in entries[0] else {})
    model = build(16, **scenario)
    opening = model.studios.used["cash"].sum(), model.funds.used["cash"].sum()
    model.run()
    flows = {name: column.sum() * 1e6 for name, column in model.ledger_table().items() if name != "month"}
    for sector, table, before in (("studios", model.studios, opening[0]), ("funds", model.funds, opening[1])):
        received = sum(flows[k.name] for k in KINDS if k.payee == sector)
        paid = sum(flows[k.name] for k in KINDS if k.payer == sector)
        assert table.used["cash"].sum() == pytest.approx(before + received - paid, abs=1e-8 * (received + paid))
    series = model.series()
    for name in ("creative_value_added", "city_gdp", "employment", "wage_bill", "operating_surplus", "mean_rent",
                 "market_share_home", "work_in_progress"):
        assert np.isfinite(series[name]).all(), name
    by_role = {role: sum(flows[k.name] for k in KINDS if k.role == role)
               for role in ("sale", "input", "wage", "tax", "subsidy")}
    income = by_role["wage"] + series["operating_surplus"].sum() * 1e6 + by_role["tax"] - by_role["subsidy"]
    turnover = sum(flows.values())
    assert series["creative_value_added"].sum() * 1e6 == pytest.approx(income, abs=1e-8 * turnover)
    by_segment = sum(series[name].sum() for name in series if name.startswith("value_added_"))
    assert series["creative_value_added"].sum() == pytest.approx(by_segment, abs=1e-14 * turnover)
    outlay = sum(i.outlay for i in model.instruments)
    booked = sum(flows[KINDS[i].name] for kinds in ledger.OUTLAYS.values() for i in kinds)
    assert outlay == pytest.approx(booked, abs=1e-8 * max(outlay, 1.0))
    assert series["public_outlay"].sum() * 1e6 == pytest.approx(outlay, abs=1e-8 * max(outlay, 1.0))


@pytest.mark.parametrize("role, output, income", [("sale", 1, 0), ("input", -1, 0), ("both", 0, 0), ("wage", 0, 1),
                                                  ("tax", 0, 1), ("subsidy", 0, -1), ("none", 0, 0)])
def test_roles_of_payments_in_value_added(role, output, income):
    """A payment moves value added on the production side, or its split on the income side, by its role alone."""
    kinds = [i for i, k in enumerate(KINDS) if k.role == role]
    assert kinds
    for i in kinds:
        flow = np.zeros(len(KINDS))
        flow[i] = 7.0
        assert ledger.value_added(flow, 0.0) == 7.0 * output, KINDS[i].name
        split = ledger.role_total(flow, "wage") + ledger.role_total(flow, "tax") - ledger.role_total(flow, "subsidy")
        assert split == 7.0 * income, KINDS[i].name


def test_each_kind_has_one_payer_and_one_payee():
    for i, kind in enumerate(KINDS):
        assert kind.payer in ledger.SECTORS and kind.payee in ledger.SECTORS
        flow = np.zeros(len(KINDS))
        flow[i] = 5.0
        net = ledger.net_position(flow)
        assert sum(net.values()) == 0.0
        if kind.payer != kind.payee:
            assert net[kind.payer] == -5.0 and net[kind.payee] == 5.0
        if i > ledger.ESTATE:
            assert kind.name.startswith("estate_")      # they follow one another, by holder and client
            continue
        assert getattr(ledger, {"credited_partners_points": "POINTS_LOCAL", "capital_calls_private": "CALLS_PRIVATE",
                                "capital_calls_city": "CALLS_CITY", "capital_calls_province": "CALLS_PROVINCE",
                                "capital_calls_corporate": "CALLS_CORPORATE",
                                "estate_home_banks": "ESTATE"}.get(kind.name, kind.name.upper())) == i
    assert len({k.name for k in KINDS}) == len(KINDS)


def test_what_cannot_raise_value_added_by_itself():
    """Grants and equity are not income of production; free rent is an input with an equal subsidy."""
    roles = {k.name: k.role for k in KINDS}
    assert {roles[n] for n in roles if n.startswith("grants_") or "capital_calls" in n} == {"none"}
    assert {roles["equity"], roles["coinvestment"], roles["founders_capital"], roles["stake_sales"]} == {"none"}
    assert roles["rent"] == "input" and roles["rent_subsidy_city"] == roles["compute_subsidy_city"] == "subsidy"


def test_every_kind_of_payment_occurs():
    """One rich scenario books every kind that its payers' shares allow; a dead kind would be a dead account.

    Who takes over claims abroad does so only where those at home do not cover a debt, which not every seed sees.
    """
    law = {name: [generous(name, 10.0)] for name in GENEROUS}
    par = {"collaboration.search_outside": 1.0, "finance.holding": 12, "finance.sale": 0.1, "finance.bar": -2.0,
           "births.close": 0.01, **LOW_LADDER, "release.points": 0.1,
           "property.look": 0.2, "gaps.attraction": -0.2}
    levels = {f"{prefix}_{level}" for prefix in ("grants", "rent_subsidy", "compute_subsidy",
                                                         "programmes", "talent_aid", "operator_grants", "guarantees")
              for level in ("city", "province", "centre")}
    missing = {k.name for k in KINDS} - levels - {"points_outside"}
    for seed in range(10):
        table = build(48, seed=seed, policies=law, events=EVENTS, par=par).run().ledger_table()
        missing -= {name for name, column in table.items() if name != "month" and column.any()}
        if not missing:
            break
    assert not missing


# Households, other sectors and the tax on their income keep no balance in the model: nothing to hold them against.
NO_BALANCE = {"income_tax_centre", "income_tax_province", "income_tax_city", "consumption_city", "consumption_nation",
              "credited_partners_points", *(kind.name for kind in KINDS if kind.name.startswith("estate_"))}


def break_books(monkeypatch, mistake) -> None:
    """Let a mistake happen after the month's last payment and before the books are closed."""
    honest = accounts.book_households

    def careless(model):
        honest(model)
        mistake(model)

    monkeypatch.setattr(accounts, "book_households", careless)


@pytest.mark.parametrize("kind", [k for k in KINDS if k.name not in NO_BALANCE], ids=lambda k: k.name)
def test_a_payment_booked_but_not_made_stops_the_run(kind, monkeypatch):
    def mistake(model):
        model.month.flow[KINDS.index(kind)] += 1000.0

    break_books(monkeypatch, mistake)
    with pytest.raises(LedgerError, match=r"2017-01: account '.+' does not balance: .* against .* yuan"):
        build(2).step()


def test_kinds_between_sectors_without_a_balance_are_few():
    """The exceptions above are only payments that touch neither a fund nor, on balance, the studios."""
    for kind in KINDS:
        if kind.name in NO_BALANCE:
            assert "funds" not in (kind.payer, kind.payee)
            assert kind.payer == kind.payee or "studios" not in (kind.payer, kind.payee)


def corrupt(table: str, column: str, amount: float):
    """Return a mistake: one agent's column is changed without a payment."""
    def mistake(model):
        rows = getattr(model, table).used
        rows[column][np.flatnonzero(rows["alive"] == Life.ALIVE)[0]] += amount
    return mistake


def lose_claim(model):
    """Let a claim of a closed studio vanish from what its new holder was paid."""
    model.month.flow[ledger.ESTATE] += 1e15


def lose_work(model):
    """Let a work in progress lose part of its cost."""
    projects = model.projects.used
    making = np.flatnonzero((projects["stage"] == Stage.PRODUCTION) & (projects["cost"] > 1e4))
    projects["cost"][making[0]] -= 5000.0


def forget_stock(model):
    """Let the model forget a part of what was produced for stock."""
    model.books.wip_change -= 5000.0


def spend_unseen(model):
    """Let an instrument say that the city paid what never left it."""
    model.month.outlay[0] += 5000.0


def negative(model):
    """Book a negative tax."""
    model.month.flow[ledger.VAT_CITY] = -1.0


def missing(model):
    """Book a payment that is not a number."""
    model.month.flow[ledger.VAT_CITY] = np.nan


@pytest.mark.parametrize("mistake, account", [
    (corrupt("studios", "cash", 1000.0), "studios' cash"),
    (corrupt("funds", "cash", -1000.0), "funds' cash"),
    (corrupt("studios", "receivable", 1000.0), "receivables from clients at home"),
    (corrupt("studios", "payable", -1000.0), "payables to suppliers of the city"),
    (corrupt("studios", "loan", 1000.0), "bank loans"),
    (corrupt("studios", "equipment", 1000.0), "equipment"),
    (lose_claim, "claims on clients at home taken over by banks"),
    (lose_work, "stock of work in progress"),
    (forget_stock, "work in progress"),
    (spend_unseen, "outlay of the city"),
    (negative, "vat_city"),
    (missing, "vat_city"),
], ids=["cash", "fund", "receivable", "payable", "loan", "equipment", "estate", "work", "stock", "outlay", "negative",
        "missing"])
def test_a_mistake_stops_the_run_and_names_the_account(mistake, account, monkeypatch):
    model = build(4)
    model.step()
    model.step()
    if account == "studios' cash":
        mistake(model)          # their balances are added up before the hook: let it happen between two months
    else:
        break_books(monkeypatch, mistake)
    with pytest.raises(LedgerError, match=f"2017-03: account '{account}'"):
        model.step()
    assert model.t == 2         # the broken month is not counted as lived


@pytest.mark.parametrize("columns, account", [
    ({"sales": 1}, "value added (production and income side)"),
    ({"inputs": 1}, "value added (production and income side)"),
    ({"subsidies": 1}, "value added (production and income side)"),
    ({"sales": 1, "wages": 1}, "studios' sale"), ({"inputs": -1, "wages": 1}, "studios' input"),
    ({"wages": 1, "taxes": -1}, "studios' wage"), ({"taxes": 1, "subsidies": 1}, "studios' tax"),
    ({"wip_change": 1}, "work in progress")], ids=lambda v: "+".join(v) if isinstance(v, dict) else "")
def test_a_studio_that_misstates_its_accounts_stops_the_run(columns, account, monkeypatch):
    """One false entry breaks the two sides of value added; two that hide each other break their own accounts."""
    honest = accounts.close_books

    def false_books(studios, *rest):
        for column, sign in columns.items():
            studios[column][0] += sign * 1e6
        honest(studios, *rest)

    monkeypatch.setattr(accounts, "close_books", false_books)
    with pytest.raises(LedgerError) as error:
        build(2).step()
    assert f"account '{account}'" in str(error.value)
