"""Rest: a city that has lived in a world that stands still, kept by key; and the gaps that a history opens."""

from __future__ import annotations

import os
from types import SimpleNamespace

import numpy as np
import pytest
from engine import build, differences, tables

from cluster_sim import jit
from cluster_sim import people_ledger as P
from cluster_sim.codes import SEGMENTS, Life, Status
from cluster_sim.draws import IDENTITY, uniform_for
from cluster_sim.initial import hold as hold_module
from cluster_sim.initial import rest, rest_store
from cluster_sim.initial.hold import Hold, jobs_by_segment, open_studios
from cluster_sim.initial.markets import price_effort
from cluster_sim.parameters import specification

SHORT = 48
CLOSED = {"gaps.attraction": 0.0, "gaps.people": 0.0, "gaps.capacity": 0.0, "gaps.wage": 0.0}
FROZEN = {"freeze": True}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Let states of rest be kept in a folder of this test; kernels stay where they are."""
    monkeypatch.setenv("CLUSTER_SIM_CACHE", str(tmp_path))
    return tmp_path / "cluster_sim" / "rest"


def at_rest(months: int = 6, **options):
    """Return a town that starts from a short burn-in, in a frozen world and without gaps."""
    par = {**CLOSED, "start.rest_months": SHORT, **options.pop("par", {})}
    return build(months, outside=FROZEN, par=par, **options)


def test_a_state_that_was_kept_gives_the_same_run_as_one_just_made(cache, monkeypatch):
    made, kept = at_rest(), at_rest()
    assert made.burn_in_seconds > 0.0 == kept.burn_in_seconds
    assert len(list(cache.glob("*.npz"))) == 1 and not list(cache.glob("*.part"))
    monkeypatch.setattr(rest_store, "cache_folder", lambda: None)
    without = at_rest()
    assert without.burn_in_seconds > 0.0
    first = tables(made.run())
    assert differences(first, tables(kept.run())) == [] == differences(first, tables(without.run()))


def test_what_acts_later_shares_a_state_and_what_made_it_does_not(cache):
    at_rest()
    for later in ({"seed": 1, "policies": {}}, {"par": {"gaps.attraction": 0.3}}, {"months": 9}):
        at_rest(**later)
    assert len(list(cache.glob("*.npz"))) == 1
    for other in ({"par": {"labour.quit": 0.03}}, {"scale": 1 / 150}, {"par": {"gaps.capacity": -0.1}}):
        at_rest(**other)
    assert len(list(cache.glob("*.npz"))) == 4


@pytest.mark.parametrize("states, taken", [(16, 16), (3, 3), (10**9, 300)])
def test_a_seed_says_which_of_the_states_it_takes(states, taken, monkeypatch):
    """Shipped are sixteen; of a billion every seed has one of its own."""
    numbers = []
    monkeypatch.setattr(rest, "live_to_rest", lambda model, number: numbers.append(number))
    monkeypatch.setattr(rest, "restore", lambda model, state: None)
    monkeypatch.setattr(rest_store.RestStore, "of", classmethod(lambda cls, model, number: cls(None)))
    for seed in range(300):
        rest.bring_to_rest(SimpleNamespace(seed=seed, par={"start.rest_states": float(states)}))
    _, often = np.unique(numbers, return_counts=True)
    assert max(numbers) < states and often.size == taken and often.min() >= (300 / states) ** 0.5 / 2
    assert specification()["start.rest_states"].value == 16


def test_a_state_is_the_same_however_many_there_are(cache):
    one, many = (at_rest(par={"start.rest_states": states}, seed=seed) for states, seed in ((1, 5), (16, 10)))
    number = [int(states * uniform_for(seed, IDENTITY, -7, 0)) for states, seed in ((1, 5), (16, 10))]
    assert number == [0, 0] and many.burn_in_seconds == 0.0 < one.burn_in_seconds


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="a user's profile folder on Windows is his own")
@pytest.mark.parametrize("spoil", ["open", "link", "torn", "folder"])
def test_a_file_that_somebody_else_may_have_written_is_not_read(cache, tmp_path, spoil):
    at_rest()
    file = next(cache.glob("*.npz"))
    if spoil == "open":
        file.chmod(0o666)
    elif spoil == "link":
        file.rename(tmp_path / "elsewhere.npz")
        file.symlink_to(tmp_path / "elsewhere.npz")
    elif spoil == "torn":
        file.write_bytes(file.read_bytes()[:-2000])
    else:
        cache.chmod(0o777)
    again = at_rest()
    assert again.burn_in_seconds > 0.0
    assert len(again.series()["month"]) == 0 and again.studios.used["alive"].sum() > 0


def test_nobody_at_rest_or_after_it_has_the_identity_of_another(cache):
    model = at_rest(months=8)
    for _ in range(8):
        model.step()
        for table, lives in ((model.talents, "status"), (model.studios, "alive")):
            used = table.used[table.used[lives] > 0]
            assert np.unique(used["id"]).size == used.size


def test_a_burn_in_holds_jobs_and_the_wage_and_leaves_the_past_behind(cache, monkeypatch):
    """Jobs are held in the mean of the counted months; of one month alone they have a standard deviation of 8%."""
    adjust, held = Hold.adjust, []

    def look(self, city, counted):
        adjust(self, city, counted)
        if counted:
            jobs = jobs_by_segment(city)
            held.append([*(jobs / self.target), jobs.sum() / self.target.sum()])
    monkeypatch.setattr(Hold, "adjust", look)
    models = [at_rest(par={"start.rest_months": 600}, seed=seed, scale=1 / 100) for seed in (1, 2, 3, 4, 5, 7, 8, 12)]
    jobs = np.mean(held, 0)
    assert jobs[:-1] == pytest.approx(np.ones(len(SEGMENTS)), abs=0.1) and jobs[-1] == pytest.approx(1.0, abs=0.025)
    assert np.mean([m.city_state["relative_wage"][0] for m in models]) == pytest.approx(1.0, abs=0.05)
    studios = np.mean([open_studios(m) / (m.city.start["studios"] * m.scale) for m in models])
    assert studios == pytest.approx(1.0, abs=0.03)
    for model in models:
        s, people = model.studios.used, model.talents.used
        open_now = s[s["alive"] == Life.ALIVE]
        assert open_now["born"].max() <= 3 and open_now["born"].min() < -300
        assert (people["since"][people["status"] == Status.SEEKING] < 0).all()
        students = people["graduation"][people["status"] == Status.STUDENT]
        assert students.min() >= 0 and students.max() < 60
        assert not s["hits"].any()
        assert model.t == 0 and model.books.studios_cash == s["cash"].sum()


def city_of_one_equation(target: np.ndarray, start: float = 0.0):
    """Return a city whose jobs follow orders in two years, and what moves it a month on.

    Orders follow the weight that it needs and its jobs, and fall by .0001 a month for a reason of their own; at the
    start they are by so much (in logs) too few.
    """
    segments = np.arange(target.size)
    studios = {"alive": np.full(target.size, Life.ALIVE.value), "segment": segments, "staff": target.copy()}
    markets = SimpleNamespace(**{name: np.ones(target.size) for name in (
        "usual_home", "usual_abroad", "weight_home", "weight_abroad")})
    people = SimpleNamespace(stock=np.ones(len(P.STOCKS)), first=np.ones(len(P.STOCKS)))
    city = SimpleNamespace(studios=SimpleNamespace(used=studios), markets=markets, people=people,
                           rivals=SimpleNamespace(sold=np.ones((2, target.size)), return_to_rest=lambda: None),
                           city_state={name: np.ones(1) for name in ("relative_wage", "inflow", "founding")})

    def live_month(t: int) -> None:
        jobs = np.log(studios["staff"] / target)
        studios["staff"] *= np.exp((-np.log(markets.usual_home) - 0.3 * jobs - start - 1e-4 * t) / 24.0)
    return city, live_month


def test_jobs_stay_by_their_target_while_corrections_count_though_something_still_moves():
    target = np.full(len(SEGMENTS), 1000.0)
    city, live_month = city_of_one_equation(target)
    hold = Hold(city, target, target.size)
    for t in range(600):
        live_month(t)
        hold.adjust(city, counted=t >= 300)
    assert np.abs(jobs_by_segment(city) / target - 1.0).max() < 0.015


def test_a_start_with_too_few_orders_is_over_when_corrections_begin_to_count():
    """Film and games start with a fifth too few; what was left of that when counting began was the run's growth."""
    target = np.full(len(SEGMENTS), 1000.0)
    city, live_month = city_of_one_equation(target, start=0.2)
    hold, jobs = Hold(city, target, target.size), []
    for t in range(600):
        live_month(t)
        hold.adjust(city, counted=t >= 300)
        jobs.append(jobs_by_segment(city) / target)
    assert np.abs(np.log(jobs[300:])).max() < 0.015 and np.abs(np.log(jobs[:60])).max() > 0.05


def test_clients_who_meet_the_mean_weight_of_a_burn_in_find_it_usual(monkeypatch):
    """Corrections answer luck, which is large in a small city: the product of their means would be too small."""
    monkeypatch.setattr(hold_module, "settle_nation", lambda *told: None)
    monkeypatch.setattr(hold_module, "let_luck_spread", lambda city: None)
    target = np.full(len(SEGMENTS), 1000.0)
    city, _ = city_of_one_equation(target)
    hold, weights = Hold(city, target, target.size), []
    for t in range(200):
        lucky = np.exp(0.3 if t % 20 < 10 else -0.3)
        city.studios.used["staff"] = target * lucky
        city.markets.weight_home[:] = city.markets.weight_abroad[:] = 5.0 * lucky
        hold.adjust(city, counted=True)
        weights.append(5.0 * lucky)
    hold.fix(city)
    assert city.markets.usual_home == pytest.approx(np.full(target.size, np.mean(weights)))
    assert city.markets.usual_abroad == pytest.approx(city.markets.usual_home)


def test_founding_is_kept_at_what_makes_up_for_closures():
    """Of 300 studios .6% close a month and 1.2 are founded of themselves: half as many again are needed."""
    city, _ = city_of_one_equation(np.full(len(SEGMENTS), 1000.0))
    studios, count = city.studios.used, 300.0
    studios["alive"] = np.full(300, Life.ALIVE.value)
    studios["segment"], studios["staff"] = np.zeros(300, int), np.full(300, 10.0)
    hold, counts = Hold(city, np.full(len(SEGMENTS), 1000.0), 300), []
    for t in range(900):
        count += 1.2 * float(np.squeeze(city.city_state["founding"])) - 0.006 * count
        studios["alive"] = np.where(np.arange(400) < round(count), Life.ALIVE.value, Life.FREE.value)
        studios["segment"], studios["staff"] = np.zeros(400, int), np.full(400, 10.0)
        hold.adjust(city, counted=t >= 300)
        counts.append(count)
    assert np.array(counts[300:]) == pytest.approx(300.0, rel=0.005)
    assert hold.founding / hold.months == pytest.approx(1.5, rel=0.03)


def test_gaps_open_what_they_name(cache):
    plain = at_rest()
    wider = at_rest(par={"gaps.attraction": 0.25, "gaps.people": 1.0, "gaps.wage": 0.1})
    assert wider.markets.usual_home == pytest.approx(plain.markets.usual_home / 1.25)
    assert wider.city_state["inflow"] == pytest.approx(1.0 + plain.city_state["inflow"])
    assert wider.city_state["market_wage"] == pytest.approx(1.1 * plain.city_state["market_wage"])
    at_work = plain.talents.used["status"] == Status.EMPLOYED
    assert wider.talents.used["wage"][at_work] == pytest.approx(1.1 * plain.talents.used["wage"][at_work], rel=1e-3)


def test_a_gap_of_capacity_leaves_the_jobs_of_the_start_and_a_city_that_wants_to_hire(cache):
    """Rest has a fifth more jobs than the start; those not yet hired are nobody's, and studios seek them."""
    months = {"start.rest_months": 240}
    full, short = (at_rest(months=12, par={**months, "gaps.capacity": gap}, scale=1 / 50) for gap in (0.0, -0.2))
    people = short.talents.used
    at_work = (people["status"] == Status.EMPLOYED) | (people["status"] == Status.SOLO)
    assert short.studios.used["staff"].sum() == pytest.approx(at_work.sum(), rel=2e-3)
    assert short.studios.used["staff"].sum() == pytest.approx(short.labour.jobs.sum(), rel=0.12)
    grown = [m.run().series()["employment"] for m in (full, short)]
    assert np.log(grown[1][-1] / grown[1][0]) > np.log(grown[0][-1] / grown[0][0]) + 0.03


def test_the_cache_of_states_lies_beside_that_of_kernels(cache):
    assert rest_store.cache_folder() == jit.user_cache() / "rest" == cache
    assert (cache.stat().st_mode & 0o077) == 0 or not hasattr(os, "geteuid")


def test_a_branch_that_dies_out_in_a_very_small_city_leaves_its_prices_as_they_were(cache):
    model = at_rest()
    s, g = model.studios.used, model.city_state
    before = g.copy()
    s["capacity"][s["segment"] == 4] = 0.0
    price_effort(model, 0.5)
    assert np.isfinite(g["price"]).all() and np.isfinite(g["own_part"]).all()
    assert g["price"][0, 4] == before["price"][0, 4] and g["unit_cost"][0, 4] == before["unit_cost"][0, 4]
