"""First-order effects of knowledge and buzz: hits are talked about, know-how is made, lost and spread."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, alive, build

from cluster_sim.month import knowledge


def quiet(**options):
    """Return a model without talk of hits."""
    model = build(40, **options)
    model.month.talk[:] = 0.0
    model.city_state["buzz"] = 0.0
    return model


def test_a_hit_is_talked_about_and_the_talk_fades_within_about_a_year():
    model = quiet()
    model.month.talk[0] = np.log(3.0)
    knowledge.spread(model)
    peak = model.city_state["buzz"][0, 0]
    assert peak == pytest.approx(model.par["knowledge.buzz_of_hit"] * np.log(3.0))
    assert (model.city_state["buzz"][0, 1:] == 0).all() and model.city_state["buzz_mean"][0] == pytest.approx(peak)
    model.month.talk[:] = 0.0
    for _ in range(12):
        knowledge.spread(model)
    left = model.city_state["buzz"][0, 0] / peak
    assert 0.2 < left < 0.5                         # the mean life of talk is about a year
    for _ in range(24):
        knowledge.spread(model)
    assert model.city_state["buzz"][0, 0] < 0.1 * peak


def test_buzz_has_a_ceiling():
    model = quiet()
    for _ in range(30):
        model.month.talk[:] = 35.0
        knowledge.spread(model)
    assert model.city_state["buzz"].max() == model.par["knowledge.buzz_ceiling"]
    assert model.city_state["buzz_mean"][0] == model.par["knowledge.buzz_ceiling"]


def test_a_replayed_hit_raises_buzz_and_a_convention_talk_of_its_segment():
    plain = build(20).run().series()["buzz"]
    event = {"kind": "hit", "month": JANUARY_2017 + 8, "title": "The One", "gross": 15000.0, "segment": "film"}
    film = build(20, events=[event]).run().series()["buzz"]
    assert film[9] > plain[9] + 0.1 and film[9] > film[19]
    fair = build(20, events=[{"kind": "convention", "month": JANUARY_2017 + 5, "buzz": 0.4}]).run().series()["buzz"]
    assert (fair[:5] == plain[:5]).all()
    assert fair[5] - plain[5] == pytest.approx(0.4 * (1 - build(1).par["knowledge.buzz_fading"]), abs=0.02)


def learned(model) -> np.ndarray:
    """Return the change of know-how over one month."""
    before = model.studios.used["knowhow"].copy()
    knowledge.spread(model)
    return model.studios.used["knowhow"] - before


def test_work_makes_knowhow_and_idleness_loses_it():
    model = quiet()
    s, rows = model.studios.used, alive(model)
    s["knowhow"], model.partners.ties["strength"] = 1.0, 0.0
    s["load"] = s["capacity"]
    assert learned(model)[rows] == pytest.approx(model.par["knowledge.doing"] - model.par["knowledge.depreciation"])
    s["knowhow"], s["load"] = 1.0, 0.0
    assert learned(model)[rows] == pytest.approx(-model.par["knowledge.depreciation"])


def test_knowhow_spreads_to_neighbours_who_know_less():
    model = quiet()
    s = model.studios.used
    cells, counts = np.unique(s["cell"][alive(model)], return_counts=True)
    crew = np.intersect1d(alive(model), np.flatnonzero(s["cell"] == cells[counts.argmax()]))
    far = int(np.setdiff1d(alive(model), crew)[0])
    s["knowhow"], s["load"], model.partners.ties["strength"] = 1.0, 0.0, 0.0
    s["knowhow"][crew[1:]] = 2.0
    gain = learned(model)
    assert gain[crew[0]] > gain[far] == pytest.approx(-model.par["knowledge.depreciation"])
    assert gain[crew[1:]] == pytest.approx(-2.0 * model.par["knowledge.depreciation"])      # nothing for the best


def test_knowhow_spreads_along_ties_that_are_alive():
    model = quiet()
    s = model.studios.used
    s["knowhow"], s["load"], model.partners.ties["strength"] = 1.0, 0.0, 0.0
    i, j = (int(r) for r in alive(model)[:2])
    s["cell"][j] = (s["cell"][i] + 9) % model.side**2
    s["knowhow"][j] = 3.0
    tie = model.partners.ties[i]
    tie["id"][0], tie["row"][0], tie["strength"][0] = s["id"][j], j, 1.0
    taught = learned(model)[i]
    assert taught == pytest.approx(2.0 * model.par["knowledge.partners"] - model.par["knowledge.depreciation"],
                                   abs=1e-3)
    model.partners.ties[i]["id"][0] += 1                     # the partner closed; somebody else has its row
    s["knowhow"][i] = 1.0
    assert learned(model)[i] < taught


def test_published_templates_make_a_commons_that_small_studios_take_up():
    closed, open_ = (build(36, par={"knowledge.publish": rate}).run() for rate in (0.0, 0.01))
    assert open_.series()["commons"][-1] > closed.series()["commons"][-1]
    s = open_.studios.used
    rows = alive(open_)
    small, large = rows[s["staff"][rows] <= 6], rows[s["staff"][rows] >= 60]
    assert small.size and large.size
    assert s["templates"][small].mean() > s["templates"][large].mean() > 0


def test_ai_tools_are_taken_up_toward_the_frontier_only():
    model = build(60).run()
    ai = model.series()["ai_adoption"]
    assert (ai[:11] == 0).all() and ai[-1] > 0.3 and (np.diff(ai[14:]) > -0.02).all()
    frozen = build(24, outside={"freeze": True}).run()
    assert (frozen.series()["ai_adoption"] == 0).all()
