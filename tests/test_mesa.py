"""Mesa's agents are views: looking at them changes no byte, and a view of somebody gone says so."""

from __future__ import annotations

import mesa
import numpy as np
import pytest
from engine import build, differences, tables
from instruments import GENEROUS, generous
from mesa.datacollection import DataCollector
from test_ledger import EVENTS

from cluster_sim.agents import Fund, Government, Studio, Talent
from cluster_sim.agents.row_agent import AgentGone
from cluster_sim.codes import Life

LAW = {name: [generous(name, 1.0)] for name in GENEROUS}


def look(model, collector) -> None:
    """Look at the city in every way that Mesa offers."""
    by_type = model.agents_by_type
    assert set(by_type) == set(model.agent_types) == {Studio, Talent, Fund, Government}
    studios = by_type[Studio]
    rich = studios.select(lambda s: s.cash > 1e6)
    assert 0 < len(rich) < len(studios)
    by_segment = studios.groupby("segment_name")
    assert by_segment.count()["film"] > 0
    by_segment.agg("cash", np.sum)
    studios.shuffle_do("step")
    studios.do(lambda s: s.age)
    studios.sort("reputation", ascending=False).get("reputation")
    by_type[Talent].agg("wage", np.mean)
    assert len(model.agents) == sum(len(some) for some in by_type.values())
    by_type[Fund].get("kind_name")
    [stake.size for stake in (fund.stakes for fund in by_type[Fund])]
    collector.collect(model)


def test_looking_at_agents_changes_no_byte():
    plain, watched = (build(18, policies=LAW, events=EVENTS) for _ in range(2))
    collector = DataCollector(
        model_reporters={"studios": lambda m: len(m.agents_by_type[Studio]), "employment": "employment"},
        agenttype_reporters={Studio: {"cash": "cash", "staff": "staff"}, Government: {"tax": "tax_receipts"}})
    while not watched.finished:
        look(watched, collector)
        plain.step()
        watched.step()
    assert differences(tables(plain), tables(watched)) == []
    assert len(collector.model_vars["studios"]) == 18
    frame = collector.get_agenttype_vars_dataframe(Studio)
    assert frame["cash"].notna().all() and len(frame) > 18 * 50


def test_an_error_within_a_month_is_the_end():
    """Mesa 3.5 forgets its schedule at an error: without a word of ours `run` would then step for ever."""
    model = build(3)
    model.step()
    model.EVENTS = (lambda model: model.gone,)
    with pytest.raises(AttributeError):
        model.step()
    for again in (model.step, model.run):
        with pytest.raises(RuntimeError, match="an error has cut the month 2017-02 short"):
            again()


def test_there_is_no_step_after_the_last():
    model = build(1)
    model.step()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="the run ended after 1 months"):
            model.step()


def test_it_is_a_mesa_model_and_its_agents_are_mesa_agents():
    model = build(3)
    model.step()
    assert isinstance(model, mesa.Model) and model.steps == model.t == 1
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    ids = [agent.unique_id for agent in model.agents]
    assert len(set(ids)) == len(ids)


def test_views_show_the_tables():
    model = build(6).run()
    studios = model.agents_by_type[Studio]
    living = model.studios.used[model.studios.used["alive"] == Life.ALIVE]
    assert len(studios) == living.size
    assert sum(studios.get("cash")) == living["cash"].sum()
    studio = next(s for s in studios if s.segment_name == "film")
    assert studio.segment == 0 and studio.age == model.t - studio.born
    assert studio.tier_name in ("none", "nestling", "chick", "grower", "unicorn")
    worker = next(w for w in model.agents_by_type[Talent] if w.status_name == "employed")
    boss = {s.row: s for s in studios}[worker.employer]
    assert boss.staff >= 1 and worker.origin_name in ("local", "migrant", "other_sector")
    assert isinstance(worker.wage, float) and isinstance(worker.status, int)


def test_a_view_writes_its_row_and_a_view_of_a_vector_is_a_copy():
    model = build(2)
    studio = next(iter(model.agents_by_type[Studio]))
    studio.reputation = 3.5
    assert model.studios.used["reputation"][studio.row] == 3.5
    studio.staff_by[:] = -1
    assert (model.studios.used["staff_by"][studio.row] >= 0).all()
    with pytest.raises(AttributeError, match="Studio has no column 'salary'"):
        _ = studio.salary


def test_the_same_agent_is_the_same_object():
    model = build(4)
    first = {s.unique_id: s for s in model.agents_by_type[Studio]}
    model.step()
    again = {s.unique_id: s for s in model.agents_by_type[Studio]}
    assert all(again[i] is first[i] for i in again.keys() & first.keys())


def test_a_view_of_somebody_gone_fails_loudly():
    model = build(36, par={"births.close": 0.05, "population.founding_rate": 0.01})
    before = list(model.agents_by_type[Studio]), list(model.agents_by_type[Talent])
    model.run()
    for views, table in zip(before, (model.studios, model.talents), strict=True):
        gone = [v for v in views if table.rows["id"][v.row] != v.unique_id]
        reused = [v for v in gone if table.rows["id"][v.row] != 0]
        assert len(gone) > 10 and reused             # some of the rows have another owner by now
        for view in (*gone[:5], *reused[:5]):
            with pytest.raises(AgentGone, match=f"{type(view).__name__} {view.unique_id} has left the model"):
                _ = view.cell
            with pytest.raises(AgentGone):
                view.cell = 3
        now = {v.unique_id for v in model.agents_by_type[type(views[0])]}
        assert not now & {v.unique_id for v in gone}


def test_government_shows_instruments_spending_and_taxes():
    low = {"ladder.nestling_revenue": 8.0, "ladder.nestling_growth": 0.1, "ladder.chick_revenue": 40.0}
    model = build(26, policies={"ladder_grants": [generous("ladder_grants", 5.0)]}, par=low)
    model.run()
    government = next(iter(model.agents_by_type[Government]))
    assert isinstance(government, Government) and set(government.instruments) == {"ladder_grants"}
    series = model.series()
    assert government.spending["ladder_grants"] == pytest.approx(series["public_outlay"].sum())
    assert government.spending["ladder_grants"] > 0
    assert government.tax_receipts == pytest.approx(series["tax_receipts"][-1]) and government.tax_receipts > 0
    assert government.ladder == (model.studios.used["tier"] > 0).sum() > 0


def test_a_finished_run_cannot_go_on():
    model = build(2).run()
    with pytest.raises(RuntimeError, match="ended after 2 months"):
        model.step()
