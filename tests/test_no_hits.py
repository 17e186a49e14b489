"""A city without hits, or with half of them: the what-if that asks how much of an economy rests on them."""

from __future__ import annotations

import numpy as np
from engine import JANUARY_2017, build, differences, tables
from test_mechanisms_release import premiere, stage

from cluster_sim import load_scenario
from cluster_sim.cli import main as command_line

HIT = {"kind": "hit", "month": JANUARY_2017 + 9, "title": "H", "gross": 9000.0, "segment": "film"}
COUNT = 600


def grosses(part: float, scale: float = 1.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the potential and the part in the crowd of many dear films, and the threshold of a hit in the city."""
    model, rows, _ = stage(COUNT, cost=150e6)
    model.city_state["scale"], model.city_state["hits_denied"] = scale, part
    films = premiere(model, seed)[rows]
    return films["potential"], films["crowd"], float(model.city_state["fame_threshold"][0])


def test_hits_find_no_audience_and_other_titles_theirs():
    usual, _, threshold = grosses(0.0)
    none, crowd, _ = grosses(1.0)
    hits = usual >= 1.001 * threshold          # the ceiling takes a little of each
    assert 30 < hits.sum() < COUNT / 2
    assert (none[hits] == 0).all() and (crowd[hits] == 0).all()
    assert np.array_equal(none[usual < 0.9 * threshold], usual[usual < 0.9 * threshold])


def test_a_part_is_drawn_by_lot_and_the_smaller_within_the_larger():
    usual, _, threshold = grosses(0.0)
    hits = usual >= 1.001 * threshold
    some, most = ((grosses(part)[0] == 0) & hits for part in (0.3, 0.8))
    for gone, part in ((some, 0.3), (most, 0.8)):
        assert abs(gone[hits].mean() - part) < 3.5 * (part * (1 - part) / hits.sum()) ** 0.5
    assert (most[some]).all()


def test_what_is_lost_does_not_depend_on_the_scale():
    lost = {}
    for scale in (1.0, 0.05):
        runs = [[grosses(part, scale, seed)[1].sum() for part in (0.0, 1.0)] for seed in (1, 2, 3, 4)]
        usual, none = np.array(runs).T
        lost[scale] = 1.0 - none.sum() / usual.sum()
    assert 0.3 < lost[0.05] < 0.9 and abs(lost[1.0] - lost[0.05]) < 0.1


def test_a_replayed_hit_is_a_hit_and_later_months_change_nothing():
    def lived(month: int, part: float):
        quiet = {"kind": "no_hits", "month": JANUARY_2017 + month, "title": "Q", "part": part}
        return build(14, events=[HIT, quiet]).run()

    base = build(14, events=[HIT]).run()
    for same in (lived(0, 0.0), lived(14, 1.0)):
        assert not differences(tables(base), tables(same))
    titles = lived(0, 1.0).projects_table()
    assert titles["gross"][titles["title"] == "H"] == 0 and titles["cost"][titles["title"] == "H"] > 0


def test_it_is_written_in_a_scenario(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    file.write_text("name: Mine\nextends: baseline\nevents:\n  - {no_hits: Half, month: 2020-01, part: 50%}\n")
    event = next(each for each in load_scenario(file).events if each["kind"] == "no_hits")
    assert event["part"] == 0.5 and event["month"] == 2020 * 12
    file.write_text("name: Mine\nextends: baseline\nevents:\n  - {no_hits: Half, month: 2020-01, part: 3}\n")
    assert command_line.main(["run", str(file), "--until", "2017-03"]) == 2
    assert "mine.yaml:4" in capsys.readouterr().err
