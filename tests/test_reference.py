"""The kernels against the readable reference (tests/reference): the same month, one agent at a time.

Where both use the same keyed draws, the same people do the same things.  Kernels keep a person's skill and wage
in single precision and the reference in double, so a draw that lies within one part in ten million of its
threshold may fall on the other side: one person in a thousand may differ.  Where the kernels sample in another way
than the formula reads (cells first, then studios), frequencies are held against the formula's probabilities, at four
standard deviations.
"""

from __future__ import annotations

import math
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from engine import build
from reference.city import ReferenceCity
from reference.studios import OtherCity, Studio

from cluster_sim.codes import Life, Stage, Status
from cluster_sim.draws import MEET, draw, stream
from cluster_sim.ledger import COINVESTORS_SHARE, PRODUCTION_TAX, RECEIPTS_ABROAD, RECEIPTS_NATION
from cluster_sim.month import hiring, partner_search, population, release, studying, wages
from cluster_sim.records import TIES

LIVED = 8                       # months before the one that is compared: jobs, ties and works in every stage
FEW = 1e-3


def few(number: int) -> int:
    """Return how many of a number may differ because of single precision."""
    return 1 + int(FEW * number)


@pytest.fixture(scope="module")
def month() -> SimpleNamespace:
    """Live some months, then one more with the state copied to the reference before each step compared."""
    model = build(24, scale=1 / 20, seed=3)
    for _ in range(LIVED):
        model.step()
    seen: dict[str, Any] = {}
    patch = pytest.MonkeyPatch()

    def before(module: Any, name: str, look: Any) -> None:
        rule = getattr(module, name)

        def watched(*args: Any) -> Any:
            if name not in seen:
                seen[name] = look(*args)
            return rule(*args)

        patch.setattr(module, name, watched)

    def copy(*_: Any) -> ReferenceCity:
        return ReferenceCity(model)

    def clone(table: np.ndarray, kept: np.ndarray) -> np.ndarray:
        return table[kept].copy()

    before(population, "careers", copy)
    before(hiring, "plan", copy)
    before(wages, "move_offers", lambda *_: (clone(model.talents.used, model.talents.used["status"] == Status.EMPLOYED),
                                          model.studios.used["id"].copy()))
    before(hiring, "list_vacancies", lambda *_: clone(model.studios.used, model.studios.used["alive"] == Life.ALIVE))
    before(release, "clear", copy)
    before(release, "share_points", lambda *_: (
        clone(model.projects.used, model.projects.used["stage"] >= Stage.RUNNING), model.month.flow.copy()))
    before(studying, "arrive",
           lambda *_: (model.month.careers.copy(), model.talents.used.copy(), model.agenda.founders.copy()))
    try:
        model.step()
    finally:
        patch.undo()
    return SimpleNamespace(model=model, **seen)


# ---------------------------------------------------------------- the labour market
def test_careers_take_the_same_course(month: SimpleNamespace) -> None:
    city = month.careers
    working = {w.id: w for w in city.agents_of_people()}
    city.people_live()
    counts, people, founders = month.arrive
    names = ("graduated", "graduates_left", "gave_up", "quit", "laid_off", "other_sectors", "founding",
             "solo_founding", "left_search", "left_work", "retired")
    for name, count in zip(names, counts, strict=True):
        assert abs(len(city.events[name]) - count) <= (few(count) if count else 0), name
    assert counts[3] > 50 and counts[5] > 20          # there was something to compare
    there = people[people["status"] != Status.FREE]
    statuses = dict(zip(there["id"].tolist(), there["status"].tolist(), strict=True))
    gone = {w.id for name in ("graduates_left", "gave_up", "other_sectors", "left_search", "left_work",
                                           "retired") for w in city.events[name]}
    assert len((working.keys() - statuses.keys()) ^ gone) <= few(len(gone))
    differ = [i for i, status in statuses.items() if working[i].status != status]
    assert len(differ) <= few(len(statuses))
    skill = dict(zip(there["id"].tolist(), there["skill"].tolist(), strict=True))
    assert max(abs(working[i].skill / x - 1.0) for i, x in skill.items()) < 1e-6
    started = {int(people["id"][row]) for row in founders if row >= 0}
    assert len(started ^ {w.id for w in city.events["founding"]}) <= 1


def test_vacancies_and_offers_are_the_same(month: SimpleNamespace) -> None:
    city, planned = month.plan, month.list_vacancies
    for studio in city.studios:
        studio.plan_staff()
    posted = {s["id"]: s for s in planned}
    assert posted.keys() == {s.id for s in city.studios}
    assert sum(sum(s.vacancies) for s in city.studios) > 100
    for studio in city.studios:
        row = posted[studio.id]
        assert studio.vacancies == row["vacancies"].tolist()
        assert studio.layoff == pytest.approx(row["layoff"], rel=1e-12, abs=1e-15)


def test_the_same_people_are_hired_at_the_same_wage(month: SimpleNamespace) -> None:
    city = month.plan
    ids = {s["id"]: s for s in month.list_vacancies}
    for studio in city.studios:                        # the state after planning, from the kernel itself
        row = ids[studio.id]
        studio.vacancies, studio.offer, studio.layoff = row["vacancies"].tolist(), row["offer"].tolist(), row["layoff"]
    city.fill_vacancies()
    after, rows = month.move_offers
    employer = dict(zip(after["id"].tolist(), rows[after["employer"]].tolist(), strict=True))
    wage = dict(zip(after["id"].tolist(), after["wage"].tolist(), strict=True))
    hired = city.events["hired"]
    assert len(hired) > 100
    differ = [w for w in hired if employer.get(w.id) != w.employer.id]
    assert len(differ) <= few(len(hired))
    alike = [w for w in hired if employer.get(w.id) == w.employer.id]
    assert max(abs(w.wage - wage[w.id]) for w in alike) <= 1.0            # a yuan: rounding in single precision
    stayed = [w for w in city.agents_of_people() if w.status == Status.EMPLOYED and w.since < city.t and w.id in wage]
    assert len(stayed) > 1000
    paid = sum(wage[w.id] for w in stayed)
    assert sum(w.wage for w in stayed) == pytest.approx(paid, rel=1e-7)
    assert np.mean([abs(w.wage - wage[w.id]) > 1.0 for w in stayed]) <= FEW


def test_offers_and_the_market_wage_move_alike(month: SimpleNamespace) -> None:
    """Uses what the test above has lived: the offers of those who posted, and their mean."""
    city, model = month.plan, month.model
    rows = {s["id"]: s for s in model.studios.used}
    posted = [s for s in city.studios if sum(s.vacancies) and s.id in rows]
    differ = [s for s in posted if s.offer != pytest.approx(rows[s.id]["offer"].tolist(), rel=1e-3)]
    assert len(posted) > 50 and len(differ) <= few(len(posted))
    trend = 1.0 + city.par["labour.indexation"] * model.outside["rest_wage_growth"][city.t]
    expected = [wage * trend for wage in city.state["market_wage"]]
    assert model.city_state["market_wage"][0].tolist() == pytest.approx(expected, rel=1e-4)


# ---------------------------------------------------------------- partners
def encounters(model: Any, row: int, k: int, number: int) -> Counter[int]:
    """Let a studio meet by the kernel's sampling, many times; return the count by what the kernel returns."""
    market, cells = partner_search.market_of(model), np.empty(model.side**2)
    cell = np.int64(model.studios.used["cell"][row])
    partner_search.survey(cell, model.space.proximity, model.partners.cell_reach[k], cells)
    base = np.uint64(stream(model.seed, MEET, 10_000))
    seen = partner_search.look_around(market, row, k, cells, np.empty(TIES))
    return Counter(int(partner_search.meet(market.studios, model.partners, model.other_cities.weight, row, k,
                                           np.uint64(draw(base, n)), seen)) for n in range(number))


@pytest.mark.parametrize("in_park", [False, True])
def test_meetings_follow_the_formula(month: SimpleNamespace, in_park: bool) -> None:
    model = month.model
    partner_search.reach_of(model.studios.used, model.studios.order(), model.partners, model.rules.p)
    city = ReferenceCity(model)
    rows = {int(i): row for row, i in enumerate(model.studios.used["id"])}
    tied = [s for s in city.studios if (s.park >= 0) == in_park and len(s.friends(0)) >= 2 and not s.solo]
    if in_park and not tied:
        tied = [s for s in city.studios if s.park >= 0 and not s.solo]
    number = 40_000
    for studio, k in zip(tied[:2], (0, 3), strict=False):
        met = encounters(model, rows[studio.id], k, number)
        weight = dict.fromkeys(city.studios, 0.0)
        others, rising = studio.strangers(k)
        for other, here, there in zip(others, [0.0, *rising], rising, strict=False):
            weight[other] += there - here
        away = city.outside_reach[k]
        total = sum(weight.values()) + away
        groups: dict[Any, list[float]] = {"another city": [away / total, 0]}
        for other, w in weight.items():
            name = "nobody" if other is studio else (
                int(math.log2(0.05 + studio.kilometres_to(other))), "strangers by distance")
            share = groups.setdefault(name, [0.0, 0])
            share[0] += w / total
            share[1] += 0 if other is studio else met[rows[other.id]]
        groups["another city"][1] = sum(n for j, n in met.items() if j <= -2)
        groups.setdefault("nobody", [0.0, 0])[1] = met[-1]
        assert sum(n for _, n in groups.values()) == number
        for name, (share, count) in groups.items():
            spread = math.sqrt(max(number * share * (1.0 - share), 1e-9))
            assert abs(count - number * share) <= 4.0 * spread + 1.0, (name, count, number * share)


def test_cost_and_worth_of_partners_are_the_same(month: SimpleNamespace) -> None:
    model, city = month.model, ReferenceCity(month.model)
    rows = {int(i): row for row, i in enumerate(model.studios.used["id"])}
    looking = city.studios[:: max(1, len(city.studios) // 25)]
    partners: list[Any] = [s for s in city.studios[:: max(1, len(city.studios) // 10)]]
    for studio in looking:
        for other in partners + list(studio.friends(0)) + city.other_cities[:3]:
            if other is studio or (isinstance(other, Studio) and other.price <= 0.0):
                continue
            j = -2 - other.number if isinstance(other, OtherCity) else rows[other.id]
            value, cost, km = partner_search.worth(
                model.studios.used, model.partners.ties, model.space.distance, model.other_cities,
                model.city_state[0], model.rules.p[0], rows[studio.id], j, 0.1)
            assert studio.pair_cost(other) == pytest.approx(cost, rel=1e-6)
            assert studio.worth_of(other, 0.1) == pytest.approx(value, rel=1e-6, abs=1e-6)
            assert km == (other.kilometres if isinstance(other, OtherCity) else studio.kilometres_to(other))


# ---------------------------------------------------------------- release
def test_titles_come_out_and_earn_the_same(month: SimpleNamespace) -> None:
    city = month.clear
    city.release()
    projects, flow = month.share_points
    works = {w.id: w for w in city.agents if hasattr(w, "screen") and w.stage in (Stage.RUNNING, Stage.DONE)}
    assert works.keys() == set(projects["id"].tolist())
    fresh = city.events["released"]
    assert len(fresh) == int((projects["released"] == city.t).sum()) >= 3
    for row in projects:
        work = works[int(row["id"])]
        assert work.potential == pytest.approx(row["potential"], rel=1e-9)
        assert work.quality == pytest.approx(row["quality"], rel=1e-9, abs=1e-9)
        assert (work.gross, work.receipts, work.run, work.stage) == (
            row["gross"], row["receipts"], row["run"], row["stage"])
        assert (work.hit > 0) == (row["hit"] > 0)
    receipts = flow[RECEIPTS_NATION] + flow[RECEIPTS_ABROAD]
    earned = sum(w.receipts for w in works.values()) - city.received_before
    assert earned == receipts > 0
    assert flow[COINVESTORS_SHARE] >= 0 and flow[PRODUCTION_TAX] > 0


def test_a_month_of_the_reference_runs_on_dice() -> None:
    """The whole month of objects, as the benchmark runs it, keeps the city alive."""
    from reference.luck import Dice

    model = build(24, scale=1 / 100)
    city = ReferenceCity(model, Dice(1))
    people = len(city.agents)
    for _ in range(3):
        city.step()
    assert 0.8 * people < len(city.agents) < 1.3 * people
    assert sum(s.sales for s in city.studios) > 0
