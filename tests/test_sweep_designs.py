"""Designs: the right number of points, where they should be, the same every time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from test_sweep_files import sweep_of

from cluster_sim.runs.sweeps import load_sweep, plan_sweep
from cluster_sim.scenario.designs import count_points, design_points, problem, unit_sample

SAMPLED = [("lhs", {"samples": 20}), ("sobol", {"samples": 32}), ("saltelli", {"samples": 8}),
           ("saltelli", {"samples": 8, "second_order": True}), ("morris", {"trajectories": 6})]


@pytest.mark.parametrize(("design", "keys"), SAMPLED)
def test_samples_stay_inside_and_are_the_same_every_time(design, keys):
    sweep = load_sweep(sweep_of(design, **keys))
    sample = unit_sample(sweep)
    assert sample.shape == (count_points(sweep), 2) == (len(design_points(sweep)), 2)
    assert sample.min() >= 0 and sample.max() <= 1
    assert np.array_equal(sample, unit_sample(load_sweep(sweep_of(design, **keys))))
    other = unit_sample(load_sweep(sweep_of(design, **keys, sample_seed=1)))
    assert not np.array_equal(sample, other)


def test_a_latin_hypercube_has_one_point_in_each_slice():
    sample = unit_sample(load_sweep(sweep_of("lhs", samples=20)))
    for column in sample.T:
        assert sorted((column * 20).astype(int)) == list(range(20))


def test_a_sobol_sequence_is_balanced():
    sample = unit_sample(load_sweep(sweep_of("sobol", samples=64)))
    quarters = Counter((int(x * 4), int(y * 4)) for x, y in sample)
    assert set(quarters.values()) == {4} and len(quarters) == 16


def test_saltelli_points_swap_one_factor_at_a_time():
    sweep = load_sweep(sweep_of("saltelli", samples=4))
    sample = unit_sample(sweep).reshape(4, 4, 2)
    for a, first, second, b in sample:
        assert first.tolist() == [b[0], a[1]] and second.tolist() == [a[0], b[1]]


def test_morris_trajectories_change_one_factor_at_each_step():
    sweep = load_sweep(sweep_of("morris", trajectories=5))
    sample = unit_sample(sweep).reshape(5, 3, 2)
    for path in sample:
        steps = np.abs(np.diff(path, axis=0))
        assert ((steps > 0).sum(axis=1) == 1).all()
        np.testing.assert_allclose(steps[steps > 0], 2 / 3)
    assert problem(sweep)["names"] == ["collaboration_tau_max", "dummy"]


def test_grid_list_and_one_at_a_time():
    factors = {"collaboration.tau_max": [0.1, 0.2], "collaboration.d0": [3, 4]}
    grid, listed, oat = (design_points(load_sweep(sweep_of(d, factors=factors))) for d in ("grid", "list", "oat"))
    pairs = [(p["collaboration.tau_max"], p["collaboration.d0"]) for p in grid]
    assert pairs == [(0.1, 3.0), (0.1, 4.0), (0.2, 3.0), (0.2, 4.0)]
    assert [tuple(p.values()) for p in listed] == [(0.1, 3.0), (0.2, 4.0)]
    assert oat == [{}, {"collaboration.tau_max": 0.1}, {"collaboration.tau_max": 0.2}, {"collaboration.d0": 3.0},
                   {"collaboration.d0": 4.0}]


def test_a_range_is_cut_into_even_steps():
    factors = {"collaboration.tau_max": {"low": 0.2, "high": 1.4, "levels": 4},
               "collaboration.d0": {"low": 1, "high": 100, "levels": 3, "log": True},
               "events.Ne Zha 2.month": {"low": "2025-01", "high": "2026-01", "levels": 3}}
    tau, d0, month = load_sweep(sweep_of("grid", factors=factors)).factors
    np.testing.assert_allclose(tau.values, [0.2, 0.6, 1.0, 1.4])
    np.testing.assert_allclose(d0.values, [1, 10, 100])
    assert (tau.values[0], tau.values[-1], month.values) == (0.2, 1.4, ("2025-01", "2025-07", "2026-01"))


def test_months_counts_and_options_get_equal_parts():
    factors = {"events.Ne Zha 2.month": {"low": "2025-01", "high": "2025-04"},
               "policies.pilot_zones.scenarios": {"low": 1, "high": 5},
               "policies.pilot_zones.zones": {"options": {"one": ["bailuwan"], "every": "all"}}}
    sweep = load_sweep(sweep_of("lhs", samples=400, factors=factors))
    for factor, expected in zip(sweep.factors, (100, 80, 200), strict=True):
        seen = Counter(str(point[factor.path]) for point in design_points(sweep))
        assert set(seen.values()) == {expected}, seen
    assert all(isinstance(point["policies.pilot_zones.scenarios"], int) for point in design_points(sweep))


def test_points_with_the_same_scenario_share_their_runs():
    """A factor that sets nothing costs nothing: its points are the runs of others."""
    sweep = load_sweep(sweep_of("saltelli", samples=4, seeds=2))
    planned = plan_sweep(sweep)
    assert len(planned.run_of) == 16 and len(planned.runs) == 8 * 2
    assert planned.run_of[0] == planned.run_of[2] and planned.run_of[1] == planned.run_of[3], "but for the dummy"
    assert {name for row in planned.run_of for name in row} == {spec.run_id for spec in planned.runs}
