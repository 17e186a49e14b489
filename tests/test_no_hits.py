"""A city without hits, or with half of them: the what-if that asks how much of an economy rests on them."""

from __future__ import annotations

import numpy as np
from engine import JANUARY_2017, add_project, alive, build, clear_projects, differences, tables

from cluster_sim import load_scenario
from cluster_sim.cli import main as command_line
from cluster_sim.codes import Stage
from cluster_sim.month.events import NoHits

HIT = {"kind": "hit", "month": JANUARY_2017 + 9, "title": "H", "gross": 9000.0, "segment": "film"}
MONTHS, THRESHOLD = 20, {"release.hit_threshold": 100.0}     # low: a very small city then has some hits a year


def titles(part: float | None, month: int = 0, months: int = MONTHS, **par: float):
    """Return the model and its titles; `part` of the hits find no audience from a month on (None: no such event)."""
    quiet = [] if part is None else [{"kind": "no_hits", "month": JANUARY_2017 + month, "title": "Q", "part": part}]
    model = build(months, events=[HIT, *quiet], par=THRESHOLD | par).run()
    return model, model.projects_table()


def test_no_title_becomes_a_hit_and_others_go_on():
    _, usual = titles(None)
    model, none = titles(1.0)
    assert usual["hit"].sum() > 5 and usual["hit"][usual["title"] == "H"].all()
    assert none["gross"][none["title"] == "H"] == 0 and none["replay"].sum() == 1
    threshold = model.city_state["hit_threshold"][0] / 1e6
    assert none["gross"].max() < threshold * (1 + 1e-9) + none["gross_abroad"].max()
    assert (none["gross"] > 0).sum() > 0.5 * (~usual["hit"]).sum(), "titles that are no hits find their audience"


def test_a_part_is_drawn_by_lot_and_the_smaller_within_the_larger():
    gone = {}
    for part in (0.3, 0.8):
        model = build(4)
        clear_projects(model)
        limit = model.city_state["hit_threshold"][0]
        owner = int(alive(model, segment=0)[0])
        rows = np.array([add_project(model, owner, stage=Stage.RUNNING, released=0, potential=size * limit)
                         for size in [1.5] * 400 + [0.9] * 50])
        NoHits(0, part).meet_audience(model)
        gone[part] = set(rows[model.projects.rows["potential"][rows] == 0].tolist())
        assert gone[part] <= set(rows[:400].tolist()), "titles below the threshold keep their audience"
        assert abs(len(gone[part]) / 400 - part) < 4 * (part * (1 - part) / 400) ** 0.5
    assert gone[0.3] < gone[0.8]


def test_none_of_them_and_later_months_change_nothing():
    base = titles(None)[0]
    assert not differences(tables(base), tables(titles(0.0)[0]))
    assert not differences(tables(base), tables(titles(1.0, month=MONTHS)[0]))


def test_it_is_written_in_a_scenario(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    file.write_text("name: Mine\nextends: baseline\nevents:\n  - {no_hits: Half, month: 2020-01, part: 50%}\n")
    event = next(each for each in load_scenario(file).events if each["kind"] == "no_hits")
    assert event["part"] == 0.5 and event["month"] == 2020 * 12
    file.write_text("name: Mine\nextends: baseline\nevents:\n  - {no_hits: Half, month: 2020-01, part: 3}\n")
    assert command_line.main(["run", str(file), "--until", "2017-03"]) == 2
    assert "mine.yaml:4" in capsys.readouterr().err
