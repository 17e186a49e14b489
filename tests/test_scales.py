"""The same city at every scale: how differences are reckoned, and (slow) how large they are."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_sim.analysis import scales
from cluster_sim.runs import scale_bias

WHOLE, SMALL = 10, 60
EQUAL = 0.3                 # points of the share of GDP within which the city is the same
SURE = 0.08                 # largest standard error at which that can be told


def test_a_difference_has_its_error_and_interval():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        d = scales.difference(rng.normal(3.0, 2.0, 60), rng.normal(3.5, 0.5, 10))
        inside += d.low <= -0.5 <= d.high
        assert d.value == pytest.approx(d.small - d.whole) and d.low < d.value < d.high
    assert 0.92 <= inside / 400 <= 0.98
    same = scales.difference(np.ones(3), np.ones(4))
    assert same.value == same.error == 0.0


def test_the_anchored_mean_is_that_of_the_whole_city_and_so_is_its_error():
    """Runs of a small city that lie .4 too low, and an effect of .2: anchored means centre on the whole city's."""
    rng = np.random.default_rng(2)
    found, errors = [], []
    for _ in range(400):
        luck = rng.normal(0.0, 0.3, 60)
        value, error = scales.anchored(9.8 + luck + rng.normal(0.0, 0.05, 60), 9.6 + luck, rng.normal(10.0, 0.1, 10))
        found.append(value)
        errors.append(error)
    assert np.mean(found) == pytest.approx(10.2, abs=0.01)
    assert np.std(found) == pytest.approx(np.mean(errors), rel=0.1)


def test_effects_are_points_of_a_share_and_per_cent_of_all_else():
    base = {"gdp_share": np.full((2, 3), 10.0), "employment": np.full((2, 3), 500.0)}
    more = {"gdp_share": np.full((2, 3), 10.5), "employment": np.full((2, 3), 510.0)}
    assert scales.effects(more, base, "gdp_share", slice(1, 3)) == pytest.approx([0.5, 0.5])
    assert scales.effects(more, base, "employment", slice(1, 3)) == pytest.approx([2.0, 2.0])


def test_what_is_written_is_what_outputs_quote(tmp_path, monkeypatch):
    from fractions import Fraction
    from types import SimpleNamespace

    runs = {Fraction(1): {"gdp_share": np.array([[1.0, 10.0], [1.0, 10.4]])},
            Fraction(1, 20): {"gdp_share": np.array([[1.0, 9.0], [1.0, 9.2]])}}
    monkeypatch.setattr(scales, "load_city", lambda name: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(scales, "HEADLINE_YEAR", 2018)
    (tmp_path / "city.yaml").touch()
    scales.write("anything", runs, 2017, "baseline")
    known = scale_bias.measured(str(tmp_path))
    assert (known.column, known.year, known.values) == ("gdp_share", 2018, {1.0: 10.2, 0.05: 9.1})


@pytest.mark.slow
def test_a_twentieth_has_the_share_of_the_whole_city():
    small = scales.measure("baseline", 0.05, range(1, SMALL + 1))
    whole = scales.measure("baseline", 1.0, range(1, WHOLE + 1))
    for year in (2024, 2030, 2035):
        d = scales.difference(*(runs["gdp_share"][:, year - 2017] for runs in (small, whole)))
        assert d.error <= SURE, (year, d)
        assert abs(d.value) <= EQUAL, (year, d)
