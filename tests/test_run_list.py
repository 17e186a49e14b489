"""The runs of a plan are made when they are asked for: as they would be if all of them were held, in little memory."""

from __future__ import annotations

import tracemalloc

import pytest
from runs_fake import scenario

from cluster_sim.runs.plan import plan
from cluster_sim.runs.run_list import Missing, RunSpec, ids_of, seeds_of
from cluster_sim.runs.sweeps import Point, Points, load_sweep, plan_sweep

MEGABYTES = 20.0
"""Memory that a plan of a million runs may take (10 today; as objects they take about 400)."""
PATH = "collaboration.tau_max"


def sweep_of(points, seeds):
    return load_sweep({"name": "Many", "base": scenario(), "design": "grid", "seeds": seeds, "scale": "1/20",
                       "factors": {PATH: {"low": 0, "high": 1, "levels": points}}})


def test_a_million_runs_are_not_held():
    swept = sweep_of(1001, 1000)
    plan_sweep(sweep_of(2, 1))  # what is loaded once does not count
    tracemalloc.start()
    planned = plan_sweep(swept)
    made = sum(1 for _ in zip(planned.runs, range(5000), strict=False))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert len(planned.runs) == 1_001_000 and len(planned.run_of) == 1001 and made == 5000
    assert peak < MEGABYTES


def test_runs_are_those_that_were_asked_for():
    planned = plan_sweep(sweep_of(3, 4))
    runs = list(planned.runs)
    assert all(isinstance(spec, RunSpec) for spec in runs)
    assert [(spec.point, spec.seed) for spec in runs] == [(point, seed) for point in range(3) for seed in (1, 2, 3, 4)]
    assert [dict(spec.factors) for spec in runs[::4]] == [{"collaboration_tau_max": level} for level in (0.0, 0.5, 1.0)]
    assert [spec.complete().parameters[PATH] for spec in runs[::4]] == [0.0, 0.5, 1.0]
    assert len({spec.run_id for spec in runs}) == 12 and list(ids_of(planned.runs)) == [spec.run_id for spec in runs]
    assert [planned.runs[k] for k in range(12)] == runs and planned.runs[-1] == runs[-1]
    assert list(planned.runs[3:9:2]) == runs[3:9:2] and list(planned.runs[2:][1:3]) == runs[3:5]
    assert tuple(name for row in planned.run_of for name in row) == tuple(spec.run_id for spec in runs)
    assert seeds_of(planned.runs) == {1, 2, 3, 4} and seeds_of(planned.runs[:2]) == {1, 2} == seeds_of(runs[:2])
    with pytest.raises(IndexError):
        planned.runs[12]


def test_what_is_missing_keeps_its_order():
    planned = plan(scenario(), [5, 3, 9, 4], 1 / 20)
    runs = list(planned.runs)
    missing = Missing([planned.runs[:2], planned.runs[2:]], {runs[3].run_id: 1, runs[0].run_id: 0})
    assert len(missing) == 2 and list(missing) == [runs[0], runs[3]]


def test_a_point_that_comes_again_has_its_runs_and_number():
    points = Points(sweep_of(2, 1))
    low, high = {PATH: 0.0}, {PATH: 1.0}
    first = points.plan([Point(low, (1, 2)), Point(high, (1,)), Point(low, (2, 3))])
    assert [(spec.point, spec.seed) for spec in first.runs] == [(0, 1), (0, 2), (1, 1), (0, 3)]
    assert first.run_of[0][1] == first.run_of[2][0] and points.count == 4
    second = points.plan([Point(high, (1, 7)), Point(low, (3,))])
    assert [(spec.point, spec.seed) for spec in second.runs] == [(1, 1), (1, 7), (0, 3)]
    assert second.run_of[0][0] == first.run_of[1][0] and second.run_of[1][0] == first.run_of[2][1]
    assert points.count == 5
