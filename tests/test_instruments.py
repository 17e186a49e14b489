"""What holds for every policy instrument: budgets, payers, the record of payments, zero is nothing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from engine import JANUARY_2017, SCALE, alive, build, differences, entry, plain
from instruments import EAGER_FUNDS, GENEROUS, LOW_LADDER, MILLION, by_identity, generous, in_force, settle

from cluster_sim import ledger as L
from cluster_sim import policies
from cluster_sim.model import ClusterModel
from cluster_sim.policies.base import MOMENTS, Instrument
from cluster_sim.policies.payments import ACTS
from cluster_sim.records import PROPOSAL

NAMES = sorted(policies.instruments())
LIVELY = EAGER_FUNDS | LOW_LADDER | {"population.founding_rate": 0.003, "segments.idea_rate.scifi": 0.5,
                                       "segments.idea_rate.film": 0.5}
"""A small town in which every instrument finds somebody to pay within three years."""


def lively(law: dict, months: int = 30, scale: float = SCALE):
    """Return a lively town after some months under a law, with all records kept."""
    setup = plain(months, start=2019 * 12, policies=law, par=LIVELY)
    return ClusterModel(setup, seed=5, scale=scale, keep=("accounts", "payments")).run()


@lru_cache
def without() -> dict[str, np.ndarray]:
    """Return all that the lively town leaves behind without any law."""
    return everything(lively({}))


def everything(model) -> dict[str, np.ndarray]:
    """Return the columns of all tables of a run."""
    parts = {"series": model.series(), "projects": model.projects_table(), "credits": model.credits_table(),
             "ledger": model.ledger_table(), "accounts": model.accounts_table(), "map": model.map()}
    return {f"{part}.{name}": np.asarray(column) for part, columns in parts.items() for name, column in columns.items()}


def changed(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> list[str]:
    """Return the columns that differ in any byte; those of names differ by value."""
    assert list(a) == list(b)
    return [k for k in a if (a[k].tolist() != b[k].tolist() if a[k].dtype == object else
                             a[k].tobytes() != b[k].tobytes())]


def law(name: str, factor: float = 1.0, budget: float | None = None) -> dict:
    """Return the law of one generous instrument."""
    return {name: [generous(name, factor, budget, since=2019 * 12)]}


def test_every_instrument_has_a_generous_amount_and_two_are_comparators():
    comparators = [name for name, kind in policies.instruments().items() if kind.comparator]
    assert sorted(GENEROUS) == NAMES and comparators == ["tax_cut", "wage_subsidy"]


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_of_amount_zero_leaves_every_byte_as_it_was(name):
    assert changed(without(), everything(lively({name: [entry(name, 2019 * 12)]}))) == []


@pytest.mark.parametrize("name", NAMES)
def test_without_money_an_instrument_changes_nothing(name):
    """What the budget cannot pay is neither promised nor done: no byte differs."""
    assert changed(without(), everything(lively(law(name, budget=0.0)))) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_generous_instrument_changes_the_city_and_its_payments_are_all_on_record(name):
    model = lively(law(name))
    found = changed(without(), everything(model))
    assert "series.creative_value_added" in found
    outlay, payments = model.ledger_table()[f"outlay_{name}"], model.payments_table()
    assert outlay.sum() > 0 and set(payments["instrument"]) == {name} and set(payments["act"]) <= set(ACTS)
    yuan = np.rint(payments["amount"] * MILLION)
    month = (payments["month"].astype("datetime64[M]") - np.datetime64("2019-01", "M")).astype(int)
    by_month = np.bincount(month, yuan, minlength=outlay.size)
    assert by_month.tolist() == np.rint(outlay * MILLION).tolist() and yuan.sum() == model.instruments[0].outlay


@pytest.mark.parametrize("name", NAMES)
def test_a_budget_is_a_limit_for_the_calendar_year(name):
    """What is paid in a year is never more than the budget at the scale of the city, and starts anew in January."""
    free = lively(law(name, 10.0)).ledger_table()[f"outlay_{name}"]
    free = np.array([free[:12].sum(), free[12:24].sum(), free[24:].sum()])
    model = lively(law(name, 10.0, budget=0.6 * free.max() / SCALE))
    paid = model.ledger_table()[f"outlay_{name}"]
    by_year = np.array([paid[:12].sum(), paid[12:24].sum(), paid[24:].sum()])
    assert (by_year <= 0.6 * free.max() + 1e-6).all() and by_year.max() > 0
    assert by_year.max() < free.max()


def test_all_instruments_at_ten_times_their_amount_stay_solvent_in_accounts():
    """The model holds every month's accounts against each other to 1e-8 and stops if they differ."""
    everywhere = {name: [generous(name, 10.0, since=2019 * 12)] for name in NAMES}
    model = lively(everywhere, months=60)
    table, payments = model.ledger_table(), model.payments_table()
    for each in model.instruments:
        assert each.outlay > 0, each.name
        assert table[f"outlay_{each.name}"].sum() * MILLION == pytest.approx(each.outlay, abs=0.5)
        yuan = np.rint(payments["amount"][payments["instrument"] == each.name] * MILLION)
        assert yuan.sum() == each.outlay, each.name
    for level in ("city", "province", "centre"):
        paid = sum(table[L.KINDS[i].name].sum() for i in L.OUTLAYS[level]) * MILLION
        assert paid == pytest.approx(sum(i.payer.get(level, 0.0) * i.outlay for i in model.instruments), rel=1e-3)
    s = model.studios.used[alive(model)]
    assert (s["unit_cost"] > 0.0).all() and (s["rent_relief"] <= 1.0).all() and (s["compute_relief"] <= 1.0).all()
    series = model.series()
    assert all(np.isfinite(series[name]).all() for name in ("creative_value_added", "employment", "wage_bill"))


def test_rent_is_not_paid_twice():
    """What one instrument has paid of a month's rent is no longer there for the next."""
    model, hub = in_force("hub", teams=600, floor=1e6)
    rows = by_identity(model, 2)
    settle(model, rows, "")
    paid = hub.relieve(model, rows, np.array([7000.0, 3000.0]), "rent")
    again = hub.relieve(model, rows, np.array([7000.0, 7000.0]), "rent")
    assert paid.tolist() == [7000.0, 3000.0] and again.tolist() == [0.0, 4000.0]
    assert model.studios.used["rent_relief"][rows].tolist() == [1.0, 1.0]


def test_promises_are_believed_as_far_as_last_years_were_kept():
    model, subsidy = in_force("production_subsidy", rate=0.2, budget=2.0 / SCALE)
    proposals = np.zeros(1, PROPOSAL)
    proposals["budget"] = 20e6
    subsidy.expect_aid(model, proposals)
    assert proposals["aid"][0] == 4e6
    rows = by_identity(model, 2)
    assert subsidy.pay(model, rows, np.full(2, 2e6)).tolist() == [2e6, 0.0]
    model.t = 12
    subsidy.enact(model)
    proposals["aid"] = 0.0
    subsidy.expect_aid(model, proposals)
    assert proposals["aid"][0] == 2e6                   # half of last year's claims was paid
    model.t = 24
    subsidy.enact(model)
    assert subsidy.trust() == 1.0                       # nobody was turned away


def test_a_budget_serves_the_queue_in_order():
    model, instrument = in_force("ladder_grants", nestling=1.0, budget=2.5 / build(1).scale)
    s = model.studios.used
    rows = alive(model)[:4]
    rows = rows[np.argsort(s["id"][rows])]
    paid = instrument.pay(model, rows, np.full(4, MILLION))
    assert paid.tolist() == [MILLION, MILLION, 0.5 * MILLION, 0.0]
    assert instrument.pay(model, rows, np.full(4, MILLION)).sum() == 0.0
    model.t = 12
    instrument.enact(model)
    assert instrument.pay(model, rows[:1], np.full(1, MILLION)).tolist() == [MILLION]


@pytest.mark.parametrize("name", NAMES)
def test_payers_shares_add_up_and_keys_are_described(name):
    kind = policies.instruments()[name]
    assert sum(kind.payer.values()) == pytest.approx(1.0) and set(kind.payer) <= {"city", "province", "centre"}
    assert kind.title and kind.text and "budget" in kind.keys
    for key in kind.keys.values():
        assert key.text and key.unit and key.status in ("measured", "literature", "assumed", "calibrated")
        if isinstance(key.default, int | float) and not isinstance(key.default, bool):
            assert key.low <= key.default <= key.high


def test_dated_entries_replace_each_other():
    law = {"ladder_grants": [entry("ladder_grants", JANUARY_2017 + 20, nestling=2.0),
                             entry("ladder_grants", JANUARY_2017 + 5, nestling=1.0)]}
    model = build(30, policies=law)
    seen = []
    while not model.finished:
        model.step()
        seen.append(model.instruments[0].get("nestling"))
    assert seen == [0.0] * 5 + [1.0] * 15 + [2.0] * 10


def test_an_instrument_that_is_repealed_pays_nothing_any_more():
    """Rent of those on the list, whom a small town always has; that one is promoted there takes luck."""
    law = {"ladder_grants": [entry("ladder_grants", rent=0.3), entry("ladder_grants", JANUARY_2017 + 24)]}
    outlay = build(48, policies=law, par=LOW_LADDER).run().series()["public_outlay"]
    assert (outlay[:24] > 0).all() and (outlay[24:] == 0).all()


def test_a_new_instrument_needs_only_its_own_class():
    """The framework: a class with a name is registered, its moments are called in the order of the month."""
    calls = []

    class Probe(Instrument):
        name = "probe_of_a_test"
        title, text = "Probe", "Writes down when it is called."

        def open(self, model):
            calls.append("open")

        def study(self, model):
            calls.append("study")

        def welcome(self, model, people):
            calls.append("welcome")

        def finance(self, model):
            calls.append("finance")

        def expect_aid(self, model, proposals):
            calls.append("expect_aid")

        def green_light(self, model, rows):
            calls.append("green_light")

        def support(self, model):
            calls.append("support")

        def before_release(self, model):
            calls.append("before_release")

        def after_release(self, model):
            calls.append("after_release")

        def publish(self, model):
            calls.append("publish")
            return 0.0

        def after_ladder(self, model):
            calls.append("after_ladder")

        def closing(self, model, gone):
            calls.append("closing")

        def shorten_entry(self, model, wait):
            calls.append("shorten_entry")

    try:
        par = {"births.close": 0.2, "segments.idea_rate.audio_video": 1.0,       # a month with every moment
               "population.founding_rate": 0.003}
        probed = build(1, policies={Probe.name: [{"from": JANUARY_2017}]}, par=par).run()
        assert calls == ["open", "study", "welcome", "finance", "expect_aid", "green_light", "support",
                         "before_release", "after_release", "publish", "after_ladder", "closing", "shorten_entry"]
        assert differences(build(1, par=par).run().series(), probed.series()) == []
    finally:
        policies.base.registered().pop(Probe.name)


def test_instruments_are_called_at_the_moments_that_they_act_in(monkeypatch):
    """Who overrides a moment is asked in it, who has the key of permits when studios are founded, nobody else."""
    every = {name: [entry(name)] for name in NAMES}
    model = build(3, policies=every)
    assert model.acting("support") == []                    # nothing is in force before the first month
    model.step()
    for moment in MOMENTS:
        own = {n for n, kind in policies.instruments().items() if any(moment in k.__dict__ for k in kind.__mro__[:-2])}
        if moment == "shorten_entry":
            own |= {"approvals", "pilot_zones"}
        assert [i.name for i in model.acting(moment)] == sorted(own), moment
        assert own, moment
    asked = []
    monkeypatch.setattr(type(model.acting("support")[0]), "support", lambda self, model: asked.append(self.name))
    model.step()
    assert asked == [model.acting("support")[0].name]
