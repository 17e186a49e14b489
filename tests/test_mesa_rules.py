"""Rules of one's own, what they may write, and how money and places move; models from names; batch runs."""

from __future__ import annotations

import inspect
from pathlib import Path

import mesa
import numpy as np
import pytest
from engine import alive, build, differences, tables
from mesa.datacollection import DataCollector

from cluster_sim import ClusterModel, load_scenario
from cluster_sim import ledger as L
from cluster_sim.agents import Fund, Government, Studio, Talent
from cluster_sim.agents.booking import kinds
from cluster_sim.agents.row_agent import AgentGone
from cluster_sim.balances import LedgerError
from cluster_sim.inputs.errors import ScenarioError
from cluster_sim.month import accounts, hiring, property, wages
from cluster_sim.own_rules import name_of, with_event

ROOT = Path(__file__).resolve().parents[1]
of_mesa_3 = pytest.mark.skipif(not hasattr(mesa.discrete_space, "PropertyLayer"), reason="this Mesa has no layers")


def largest(model) -> Studio:
    """Return the studio with most people."""
    return max(model.agents_by_type[Studio], key=lambda studio: (studio.staff, studio.unique_id))


# ---------------------------------------------------------------- rules
def test_a_rule_happens_behind_its_event_in_the_order_of_adding():
    model, seen = build(3), []
    model.after_step("hiring.fill_vacancies", lambda model: seen.append(("first", model.t)))
    model.after_step(hiring.fill_vacancies, lambda model: seen.append(("second", model.t)))
    model.after_step("adjust_wages", lambda model: seen.append(("later", model.t)))
    names = [name_of(event).rpartition(".")[2] for event in model.EVENTS]
    assert names[names.index("fill_vacancies"):][:5] == ["fill_vacancies", "<lambda>", "<lambda>", "adjust_wages",
                                                         "<lambda>"]
    model.step()
    model.step()
    assert seen == [(word, t) for t in (0, 1) for word in ("first", "second", "later")]
    assert len(ClusterModel.EVENTS) == len(model.EVENTS) - 3         # other models have no such rule


def test_a_rule_that_does_nothing_changes_no_byte():
    plain, watched = build(12), build(12)
    for event in ClusterModel.EVENTS:
        watched.after_step(event, lambda model: None)
    assert differences(tables(plain.run()), tables(watched.run())) == []


def test_an_event_that_there_is_not_is_named_with_the_nearest():
    with pytest.raises(ValueError, match="no event 'hiring.fill_vacancy' in a month; did you mean 'hiring.fill_vacan"):
        build(1).after_step("hiring.fill_vacancy", lambda model: None)
    with pytest.raises(ValueError, match="no event 'zzz' in a month; its events: policy.enact, "):
        build(1).after_step("zzz", lambda model: None)


class FrozenWages(ClusterModel):
    """The city with one event in whose place nothing happens."""

    EVENTS = with_event(ClusterModel.EVENTS, "wages.adjust_wages", lambda model: None)


def test_a_subclass_puts_a_rule_in_the_place_of_an_event():
    usual = build(6)
    frozen = FrozenWages(usual.setup, seed=1, scale=usual.scale)
    assert wages.adjust_wages not in frozen.EVENTS and len(frozen.EVENTS) == len(usual.EVENTS)
    first = frozen.city_state["market_wage"][0].copy()
    assert (frozen.run().city_state["market_wage"][0] == first).all()
    assert (usual.run().city_state["market_wage"][0] != first).all()


# ---------------------------------------------------------------- money
def test_money_that_is_booked_keeps_the_accounts_together():
    """Every kind that one studio can book, in one month: the ledger's identities hold at the month's end."""
    def rule(model):
        studio, other = sorted(model.agents_by_type[Studio], key=lambda s: -s.staff)[:2]
        for kind in kinds():
            entry = next(k for k in L.KINDS if k.name == kind)
            studio.book(kind, 1000, other if entry.payer == entry.payee else None)

    plain, ruled = build(3), build(3)
    ruled.after_step(property.move_studios, rule)
    plain.step()
    ruled.step()
    for kind in kinds():
        assert ruled.ledger_table()[kind][0] >= plain.ledger_table()[kind][0]
    assert ruled.ledger_table()["grants_city"][0] - plain.ledger_table()["grants_city"][0] == pytest.approx(1e-3)
    ruled.run()
    assert {"sales_home", "inputs_city", "wages", "grants_centre", "dividends", "sales_local_partner"} <= set(kinds())
    assert not {"bank_loans", "equity", "equipment", "income_tax_city", "collected_home"} & set(kinds())


def test_booking_moves_cash_and_the_studios_own_account():
    seen = {}

    def rule(model):
        studio, other = sorted(model.agents_by_type[Studio], key=lambda s: -s.staff)[:2]
        for kind, column, sign in (("grants_city", "public", 1), ("inputs_city", "inputs", -1), ("wages", "wages", -1),
                                   ("rent_subsidy_city", "subsidies", 1), ("sales_home", "sales", 1),
                                   ("production_tax", "taxes", -1)):
            before, was = studio.cash, getattr(studio, column)
            studio.book(kind, 5000)
            seen[kind] = (studio.cash - before == sign * 5000, getattr(studio, column) - was == 5000)
        before = studio.cash, other.cash, studio.inputs, other.sales
        studio.book("sales_local_partner", 7000, other)
        seen["between"] = (studio.cash - before[0], other.cash - before[1], studio.inputs - before[2],
                           other.sales - before[3])

    model = build(2)
    model.after_step("production.support", rule)
    model.step()
    assert seen.pop("between") == (-7000, 7000, 7000, 7000)
    assert len(seen) == 6 and all(good == (True, True) for good in seen.values())


def test_a_payment_that_cannot_be_says_why_and_changes_nothing():
    model = build(2)
    with pytest.raises(RuntimeError, match=r"money moves within a month: let a rule do it, model.after_step\("):
        largest(model).book("grants_city", 1000)

    def rule(model):
        studio = largest(model)
        before, flow = studio.cash, model.month.flow.copy()
        for kind, amount, partner, said in (
                ("grants_cty", 1000, None, "'grants_cty' is no payment of the ledger. did you mean 'grants_city'"),
                ("bank_loans", 1000, None, "'bank_loans' changes more than a studio's cash"),
                ("grants_city", -1, None, "whole yuan, zero or more; found -1"),
                ("grants_city", 0.5, None, "whole yuan"), ("grants_city", float("nan"), None, "whole yuan"),
                ("grants_city", float("inf"), None, "whole yuan"),
                ("sales_local_partner", 1000, None, "name the other as `partner`"),
                ("grants_city", 1000, studio, "it has no `partner`")):
            with pytest.raises(ValueError, match=said):
                studio.book(kind, amount, partner)
        assert studio.cash == before and (model.month.flow == flow).all()

    model.after_step("production.support", rule)
    model.step()


def test_who_has_left_neither_pays_nor_is_paid():
    model = build(2)

    def rule(model):
        here, gone = sorted(model.agents_by_type[Studio], key=lambda s: -s.staff)[:2]
        kept = model.studios.rows["id"][gone.row]
        model.studios.rows["id"][gone.row] = 0          # as a row that was given back
        for call in (lambda: gone.book("grants_city", 1000), lambda: here.book("sales_local_partner", 1000, gone),
                     lambda: gone.move_to((0, 0))):
            flow = model.month.flow.copy()
            with pytest.raises(AgentGone):
                call()
            assert (model.month.flow == flow).all()
        model.studios.rows["id"][gone.row] = kept

    model.after_step("production.support", rule)
    model.step()


def test_cash_is_not_written_by_hand_and_the_ledger_would_see_it():
    model = build(3)
    studio = largest(model)
    with pytest.raises(AttributeError, match=r"studio.cash is not written by hand: money moves between a payer and a "
                                             r"payee and is booked: studio.book\(kind, yuan\)"):
        studio.cash = 1e9
    for name in ("loan", "receivable", "payable", "equipment", "id", "alive", "staff", "staff_by", "park"):
        with pytest.raises(AttributeError, match=f"studio.{name} is not written by hand"):
            setattr(studio, name, 1)
    person, fund = next(iter(model.agents_by_type[Talent])), next(iter(model.agents_by_type[Fund]))
    for agent, name in ((person, "status"), (person, "employer"), (person, "specialism"), (fund, "cash")):
        with pytest.raises(AttributeError, match=f"{name} is not written by hand"):
            setattr(agent, name, 1)
    model.studios.rows["cash"][studio.row] += 1e6
    with pytest.raises(LedgerError, match="studios' cash"):
        model.step()


# ---------------------------------------------------------------- places
@of_mesa_3
def test_moving_pays_what_a_move_costs_and_leaves_the_park():
    model, seen = build(3, par={"property.look": 0.0}), {}

    def rule(model):
        studio = largest(model)
        model.studios.rows["park"][studio.row] = 0
        model.studios.rows["hub"][studio.row] = 1
        before = studio.cash, studio.inputs, float(model.month.flow[L.MOVING])
        studio.move_to((1, 2))
        cost = round(model.par["property.moving_cost"] * studio.staff * 1e6)
        seen["paid"] = (before[0] - studio.cash, studio.inputs - before[1], model.month.flow[L.MOVING] - before[2])
        seen["cost"], seen["studio"] = (cost,) * 3, studio
        person = next(iter(model.agents_by_type[Talent]))
        person.move_to(model.grid[0, 1])
        seen["home"] = person.cell is model.grid[0, 1]

    model.after_step("property.move_studios", rule)
    model.step()
    studio = seen["studio"]
    assert seen["paid"] == seen["cost"] and seen["cost"][0] > 0 and seen["home"]
    assert studio.pos == (1, 2) and studio.park == -1 and studio.hub == 0 and studio in model.grid[1, 2].agents
    for place in ((8, 0), (-1, 2)):
        with pytest.raises(ValueError, match=r"the map has 8 by 8 cells, from \(0, 0\) to \(7, 7\)"):
            studio.place(place)


# ---------------------------------------------------------------- what agents say of themselves
def test_agents_list_their_columns_and_say_who_they_are():
    model = build(30, par={"births.close": 0.05})
    by_type = model.agents_by_type
    for kind, words in ((Studio, ("people", "million yuan in cash")), (Talent, ("yuan a month", "lives at")),
                        (Fund, ("million yuan", "stakes"))):
        agent = next(iter(by_type[kind]))
        assert set(agent._table.rows.dtype.names) <= set(dir(agent)) and "step" in dir(agent)
        assert repr(agent).startswith(f"<{kind.__name__} {agent.unique_id}: ")
        assert all(word in repr(agent) for word in words), repr(agent)
    (government,) = by_type[Government]
    assert "0 instruments" in repr(government)
    before = list(by_type[Studio])
    model.run()
    gone = [studio for studio in before if not studio.is_here]
    assert gone and all(repr(studio) == f"<Studio {studio.unique_id}: has left the model>" for studio in gone)


# ---------------------------------------------------------------- a model from a name
def test_a_model_is_made_from_a_name_a_path_or_a_scenario():
    loaded = load_scenario("baseline")
    by_name = ClusterModel("baseline", seed=3, scale="1/400", until="2017-03")
    by_scenario = ClusterModel(loaded, 3, 1 / 400, until="2017-03")
    assert by_name.scale == by_scenario.scale == 0.0025 and by_name.months == 3 and by_name.running
    by_path = ClusterModel(ROOT / "scenarios" / "baseline.yaml", seed=3, scale=0.0025, until="2017-03")
    assert differences(tables(by_name.run()), tables(by_scenario.run())) == []
    assert differences(tables(by_name), tables(by_path.run())) == []
    assert not by_name.running and "scenario" not in vars(by_name)
    assert ClusterModel("baseline", None, "1/400").seed == 0
    changed = ClusterModel("baseline", scale="1/400", until="2018", set={"collaboration.tau_max": 0.5})
    assert changed.par["collaboration.tau_max"] == 0.5 and changed.months == 24


@pytest.mark.parametrize(("arguments", "said"), [
    ({"setup": "basline"}, "baseline"),
    ({"setup": 7}, "setup: expected a scenario, the path of its file or its name, found 7"),
    ({"setup": "baseline", "scale": "1/0"}, "'1/0' is not a scale"),
    ({"setup": "baseline", "until": "2016-12"}, "until: 2016-12 lies before the scenario's first month, 2017-01"),
    ({"setup": "baseline", "until": "soon"}, "until: "),
    ({"setup": "baseline", "set": {"collaboration.taumax": 1}}, "collaboration.tau_max"),
])
def test_what_cannot_be_a_model_is_said(arguments, said):
    with pytest.raises(ScenarioError) as caught:
        ClusterModel(**arguments)
    assert said in str(caught.value)


def test_a_loaded_scenario_is_complete():
    with pytest.raises(ScenarioError, match="set: needs the path or the name of a scenario"):
        ClusterModel(load_scenario("baseline"), set=["collaboration.tau_max=0.5"])


# ---------------------------------------------------------------- Mesa's own tools
@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="this Mesa has no batch_run")
def test_batch_run_gives_the_indicators_of_every_month():
    setup = build(5).setup
    newer = "rng" in inspect.signature(mesa.batch_run).parameters      # Mesa 3.5 has a word of its own for seeds
    points = {"setup": [setup], "scale": 1 / 200} | ({} if newer else {"seed": [1, 2]})
    rows = mesa.batch_run(ClusterModel, points, data_collection_period=1, display_progress=False,
                          **({"rng": [1, 2]} if newer else {}))
    assert len(rows) == 10
    for seed in (1, 2):
        series = build(5, seed=seed).run().series()
        mine = [row for row in rows if row["seed"] == seed]
        for name in ("studios", "employment", "creative_value_added", "month"):
            assert [row[name] for row in mine] == series[name].tolist()


def test_a_data_collector_of_ones_own_is_kept():
    model = build(4)
    assert len(model.datacollector.model_vars["studios"]) == 0
    model.step()
    assert len(model.datacollector.model_vars["studios"]) == 1
    own = model.datacollector = DataCollector(model_reporters={"jobs": "employment"})
    model.after_step("observe.observe", own.collect)
    model.run()
    assert model.datacollector is own
    assert own.model_vars["jobs"] == model.series()["employment"][1:].astype(int).tolist()


def test_mesas_own_loop_ends_with_the_scenario():
    model = build(3)
    model.run_model()
    assert model.t == 3 and model.finished and not model.running


@of_mesa_3
def test_alive_is_what_the_grid_counts():
    model = build(2)
    model.step()
    assert int(model.grid.counts().sum()) == alive(model).size == np.count_nonzero(~model.grid.empty.data) + int(
        (model.grid.counts() - 1).clip(0).sum())
