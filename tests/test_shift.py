"""Nothing in the model knows the calendar year: with the outside frozen, a later start gives the same path."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, build, differences

FROZEN = {"freeze": True}
MONTHS = 36


@pytest.mark.parametrize("city", [None, "synthetic", "chengdu"])
def test_a_start_two_years_later_gives_the_same_path_on_other_dates(city):
    """Only the share in the published definition, which is broken at January 2018, may differ.

    Every park is open in both runs: a park's opening date is an event.
    """
    first, later = (build(MONTHS, start=JANUARY_2017 + delay, city=city, outside=FROZEN) for delay in (0, 24))
    for model in (first, later):
        model.space.parks["opened"] = -1
    a, b = first.run().series(), later.run().series()
    assert differences(a, b, skip=("month", "gdp_share_published")) == []
    assert (b["month"].astype("datetime64[M]") - a["month"].astype("datetime64[M]") == np.timedelta64(24, "M")).all()
    assert b["gdp_share_published"].tobytes() == b["gdp_share"].tobytes()
    broken = a["gdp_share_published"][11] / a["gdp_share"][11]
    assert broken == pytest.approx(1.0 / first.par["accounts.statistical_break"], rel=1e-12)
    assert a["gdp_share_published"][23:].tobytes() == a["gdp_share"][23:].tobytes()
    titles = [m.projects_table() for m in (first, later)]
    assert len(titles[0]["gross"]) > 10
    assert all(titles[0][name].tobytes() == titles[1][name].tobytes() for name in ("project_id", "gross", "partners"))


def test_without_the_frost_the_dates_matter():
    """The control of the test above: with moving outside paths the later start gives another path."""
    a, b = (build(MONTHS, start=JANUARY_2017 + delay).run().series() for delay in (0, 24))
    assert "employment" in " ".join(differences(a, b, skip=("month", "gdp_share_published", "gdp_share")))


def test_frozen_outside_paths_do_not_move():
    """Every outside path stays at its value of January 2017, whatever the start."""
    for delay in (0, 24):
        model = build(30, start=JANUARY_2017 + delay, city="chengdu", outside=FROZEN)
        for name, path in model.outside.items():
            assert name.startswith("reference_") or (path == path[0]).all(), name     # a path of the model's own
        assert (model.outside["rest_wage_growth"] == 0).all()


def test_a_start_in_another_month_keeps_the_seasons():
    """Students come in September and graduate in July wherever a run begins: the season is the calendar's."""
    for start in (JANUARY_2017, JANUARY_2017 + 5):
        series = build(24, start=start, outside=FROZEN).run().series()
        july = series["month"].astype("datetime64[M]").astype(int) % 12 == 6
        assert (series["graduates"][july] > 0).all() and (series["graduates"][~july] == 0).all()
