"""A replayed hit removed, delayed, made in another city, or without an audience: what each changes, and when."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from engine import JANUARY_2017, build, differences, tables

from cluster_sim.parameters import defaults
from cluster_sim.scenario import load_resolved, load_scenario

RELEASE, MONTHS = 30, 46
SCALE = 1 / 40      # 375 studios
FILMS = {"segments.idea_rate.film": 0.5}     # enough of them for a crowd
GREEN_LIGHT = RELEASE - int(defaults()["release.replay_lead"])
HIT = {"kind": "hit", "month": JANUARY_2017 + RELEASE, "title": "The Lucky One", "gross": 9000.0, "segment": "film"}


@lru_cache
def lived(*events: tuple, seed: int = 4):
    """Return the town after its months with these events (as tuples of items)."""
    return build(MONTHS, seed=seed, scale=SCALE, par=FILMS, events=[dict(event) for event in events]).run()


def with_hit(**changes):
    return lived(tuple((HIT | changes).items()))


def flop(title: str, model, seed: int | None = None, month: int = 0):
    """Return the town in which a title of `model` finds no audience."""
    found = model.projects_table()
    project = found["project_id"][list(found["title"]).index(title)]
    event = {"kind": "flop", "month": JANUARY_2017 + month, "title": "x", "project": str(project), "seed": seed}
    return lived(tuple(HIT.items()), tuple(event.items()))


def row(model, title: str = HIT["title"]) -> dict:
    """Return the columns of one title; empty if it was never released."""
    found = model.projects_table()
    at = np.flatnonzero(found["title"] == title)
    return {name: column[at[0]] for name, column in found.items()} if at.size else {}


def first_difference(a, b) -> int:
    """Return the first month in which any indicator of two runs differs."""
    x, y = a.series(), b.series()
    apart = [np.flatnonzero(~((x[c] == y[c]) | ((x[c] != x[c]) & (y[c] != y[c])))) for c in x]
    return min((int(each[0]) for each in apart if each.size), default=MONTHS)


def films_of_the_month(model) -> dict[int, float]:
    """Return the gross at home of the films that come out with the hit, by identity (million yuan)."""
    found = model.projects_table()
    months = found["month"].astype("datetime64[M]").astype(int) - (JANUARY_2017 - 1970 * 12)
    at = np.flatnonzero((found["segment"] == "film") & (months == RELEASE) & (found["gross"] > 0) & ~found["replay"])
    return {int(found["project_id"][k]): float(found["gross"][k] - found["gross_abroad"][k]) for k in at}


def test_a_removed_hit_takes_its_receipts_along_and_changes_nothing_before_its_green_light():
    there, gone = with_hit(), lived()
    assert first_difference(there, gone) == GREEN_LIGHT
    run = slice(RELEASE, RELEASE + int(there.rules.segments["run"][0]))
    lost = (there.series()["project_receipts"] - gone.series()["project_receipts"])[run].sum()
    assert row(there)["receipts"] > 10 and lost == pytest.approx(row(there)["receipts"], rel=0.2)
    assert not row(gone)


def test_a_delayed_hit_comes_out_later_and_is_begun_later():
    there, later = with_hit(), with_hit(month=HIT["month"] + 12)
    assert (row(later)["month"] - row(there)["month"]).astype(int) in (365, 366)
    assert row(later)["started"] - row(there)["started"] > np.timedelta64(360, "D")
    assert first_difference(there, later) == GREEN_LIGHT
    assert first_difference(lived(), later) == GREEN_LIGHT + 12


def test_a_hit_of_another_city_has_no_owner_here_and_crowds_the_other_films():
    here, moved, gone = with_hit(), with_hit(city="elsewhere"), lived()
    assert not row(moved) and HIT["title"] not in moved.credits_table()["title"]
    assert not moved.events[0].makers and here.events[0].makers
    assert first_difference(moved, gone) == RELEASE, "nothing happens here before it comes out"
    month = {name: column[RELEASE] for name, column in moved.series().items()}
    before = {name: column[RELEASE] for name, column in gone.series().items()}
    assert month["project_receipts"] < before["project_receipts"]
    assert month["buzz"] <= before["buzz"] and month["hits"] <= before["hits"]
    alone, crowded = films_of_the_month(gone), films_of_the_month(moved)
    assert alone and list(alone) == list(crowded)
    assert all(crowded[each] < 0.8 * alone[each] for each in alone)


def test_it_takes_as_much_of_the_audience_as_if_it_were_made_here():
    """A film that runs in the month of release meets the same crowd in both worlds."""
    here, moved = (build(MONTHS, seed=4, scale=SCALE, par=FILMS, events=[HIT | change])
                   for change in ({}, {"city": "elsewhere"}))
    crowds = []
    for model in (here, moved):
        while model.t <= RELEASE:
            model.step()
        crowds.append(model.month.crowd.copy())
    own = np.floor(HIT["gross"] * 1e6 * moved.scale * (1.0 - float(moved.rules.segments["run_decay"][0])))
    assert crowds[1][0] > own and abs(crowds[0][0] - crowds[1][0]) < 0.1 * own


def test_a_film_from_elsewhere_without_an_audience_changes_no_byte():
    assert not differences(tables(lived()), tables(with_hit(city="elsewhere", gross=0.0)))


def test_a_flop_is_made_and_paid_for_but_nobody_comes():
    there = with_hit()
    failed = flop(HIT["title"], there)
    assert first_difference(there, failed) == RELEASE
    assert row(failed)["receipts"] == 0 < row(there)["receipts"] and row(failed)["cost"] == row(there)["cost"]
    assert not row(failed)["hit"] and row(there)["hit"]


def test_a_title_of_the_model_itself_can_flop_and_only_in_its_seed():
    there = with_hit()
    found = there.projects_table()
    title = found["title"][np.argmax(np.where(found["replay"], 0.0, found["receipts"]))]
    assert row(flop(title, there), title)["receipts"] == 0 < row(there, title)["receipts"]
    assert not differences(tables(flop(title, there, seed=2)), tables(there))


def test_a_flop_may_begin_in_the_middle_of_a_run():
    there = with_hit()
    half = flop(HIT["title"], there, month=RELEASE + 1)
    assert first_difference(there, half) == RELEASE + 1
    assert 0 < row(half)["receipts"] < row(there)["receipts"]


def test_the_named_scenarios_with_other_hits():
    base = {event["title"]: event for event in load_scenario("baseline").events}
    later = {event["title"]: event for event in load_scenario("ne_zha_a_year_later").events}
    for title in ("Ne Zha", "Ne Zha 2"):
        assert later[title] == base[title] | {"month": base[title]["month"] + 12}
    second = {event["title"]: event for event in load_scenario("second_hit_2027").events}
    extra = second.pop("Second hit")
    assert second == base and extra["month"] == 2027 * 12 + 6
    assert extra == base["Ne Zha"] | {"title": "Second hit", "month": extra["month"]}
    moved = load_scenario("baseline", {"events.Ne Zha 2.city": "Beijing"})
    assert load_resolved(moved.resolved()) == moved and moved.events[-1]["city"] == "Beijing"
