"""Difference-in-differences for zones on made-up cities: known effects are found, placebos show none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from econometrics_world import FIRST, ZONE, accounts

from cluster_sim.analysis.econometrics import entry, zones
from cluster_sim.analysis.econometrics.panel import INSIDE, Window, cell_panel, paired_panel, zone_mask
from cluster_sim.runs.errors import InputError

pytest.importorskip("linearmodels")
WINDOW = Window.around(FIRST * 12)


def cells(**options):
    return cell_panel(accounts(**options), ZONE, WINDOW)


def holds(estimate, value):
    return estimate.low95 <= value <= estimate.high95


# panels -----------------------------------------------------------------------------------------------


def test_the_window_leaves_a_broken_year_out():
    assert WINDOW.years == [*range(2022, 2033)] and WINDOW.first == WINDOW.switched == 2028
    march = Window.around(2025 * 12 + 2, before=2, after=3)
    assert (march.first, march.years) == (2026, [2023, 2024, 2026, 2027, 2028])


def test_a_cell_is_the_sum_of_its_studios():
    raw = accounts()
    panel = cell_panel(raw, ZONE, WINDOW)
    one = panel[(panel["seed"] == 2) & (panel["cell"] == 3 + INSIDE) & (panel["year"] == 2030)].iloc[0]
    same = raw[(raw["seed"] == 2) & (raw["cell"] == 3)]
    assert one["output"] == pytest.approx(same.loc[same["year"] == 2030, "output"].sum())
    assert one["before"] == pytest.approx(same.loc[same["year"] < 2028, "staff_months"].sum() / 72)
    assert panel.groupby("treated")["cell"].nunique().to_dict() == {False: 30, True: 10}


def test_small_cells_and_cells_of_one_side_are_left_out():
    raw = accounts()
    raw = raw[~((raw["cell"] == 20) & (raw["year"] >= 2028))]
    assert 20 not in set(cell_panel(raw, ZONE, WINDOW)["cell"])
    few = cell_panel(raw, ZONE, WINDOW, smallest=150.0)
    assert few["before"].min() >= 150 and len(few) < len(cell_panel(raw, ZONE, WINDOW)) / 2


def test_a_city_all_in_zones_or_without_is_refused():
    with pytest.raises(InputError, match="inside the zones"):
        cell_panel(accounts(treated=0), ZONE, WINDOW)
    with pytest.raises(InputError, match="outside the zones"):
        cell_panel(accounts(treated=40), ZONE, WINDOW)
    with pytest.raises(InputError, match="no zone 'moon'"):
        zone_mask(["moon"], ("north", "south"))
    assert zone_mask(["south"], ("north", "south")) == 2


# effects ----------------------------------------------------------------------------------------------


def test_a_known_effect_is_found_and_is_a_level():
    panel = cells(effect=np.log(1.2), entry=0.02)
    found = zones.zone_effect(panel, WINDOW)
    truth = 100 * ((1.2 + 0.12) / 1.1 - 1)
    assert holds(found, truth) and found.value == pytest.approx(truth, abs=2) and found.inside
    assert found.clusters == 40 and found.n == len(panel) > 4 * 38 * 11
    assert holds(zones.zone_slope(panel, WINDOW), 0)


def test_growth_that_a_zone_adds_is_told_from_a_level():
    found = zones.zone_slope(cells(effect=0.1, slope=0.04), WINDOW)
    assert found.verdict == "miss" and found.value == pytest.approx(100 * 0.04, abs=1)


def test_zones_on_another_path_fool_fixed_effects_but_not_trends():
    """What the plain design finds there is the path; cell trends and paired runs take it out."""
    with_it, without = accounts(effect=0.1, drift=0.04, noise=0.01), accounts(drift=0.04, noise=0.01)
    panel, placebo = cell_panel(with_it, ZONE, WINDOW), cell_panel(without, ZONE, WINDOW)
    truth = 100 * (np.exp(0.1) / 1.1 + 0.1 / 1.1 - 1)
    assert zones.zone_effect(panel, WINDOW).low95 > truth + 5
    assert zones.zone_effect(placebo, WINDOW, placebo=True).verdict == "miss"
    assert zones.event_study(placebo, WINDOW).attrs["pretrend_p"] < 0.01
    trended = zones.zone_effect(panel, WINDOW, trends=True)
    assert trended.value == pytest.approx(truth, abs=1.5)
    paired = zones.zone_effect(paired_panel(panel, placebo, WINDOW), WINDOW)
    assert paired.value == pytest.approx(truth, abs=1.5) and paired.se < 1


@pytest.mark.parametrize("options", [{}, {"weighted": True}, {"trends": True, "weighted": True}])
def test_a_placebo_is_told_from_zero_as_rarely_as_it_should(options):
    """Where zones do nothing the 95% interval leaves zero out in few of many cities (few treated: a little less)."""
    out = [not zones.zone_effect(cells(key=key, seeds=1, noise=0.2), WINDOW, placebo=True, **options).inside
           for key in range(30)]
    assert np.mean(out) < 0.15


def test_a_placebo_in_paired_runs_is_zero_to_the_last_bit():
    panel = cells()
    same = paired_panel(panel, panel.copy(), WINDOW)
    found = zones.zone_effect(same, WINDOW, placebo=True, weighted=True)
    assert (found.value, found.se, found.low95, found.high95, found.inside) == (0, 0, 0, 0, True)
    assert not zones.event_study(same, WINDOW)[["effect", "se"]].to_numpy().any()


def test_the_event_study_shows_when():
    table = zones.event_study(cells(effect=0.2, noise=0.02), WINDOW)
    assert table["k"].tolist() == [*range(-6, 5)]
    assert table.loc[table["k"] == -1, "effect"].item() == 0
    truth = 100 * (np.exp(0.2) / 1.1 + 0.1 / 1.1 - 1)
    late = table["k"] >= 0
    assert table.loc[late, "effect"].to_numpy() == pytest.approx(truth, abs=2.5)
    assert abs(table.loc[~late, "effect"]).max() < 2.5 and table.attrs["pretrend_p"] > 0.01


# parts ------------------------------------------------------------------------------------------------


def test_parts_add_up_and_entry_has_its_share():
    """Incumbents of zones gain 4 and new studios 12 per cent of output before, so entry is three quarters."""
    with_it, without = accounts(effect=np.log(1.04), entry=0.12, noise=0.01), accounts(noise=0.01)
    for other in (None, without):
        found = {one.name: one for one in entry.zone_parts(entry.part_panel(with_it, ZONE, WINDOW, other), WINDOW)}
        parts = [found[f"zones.{part}"].value for part in entry.PARTS]
        assert found["zones.total"].value == pytest.approx(sum(parts), abs=1e-6)
        assert found["zones.moved"].value == pytest.approx(0, abs=1e-6)
        share = found["zones.entry_share"]
        assert share.value == pytest.approx(100 * found["zones.new"].value / found["zones.total"].value, abs=1e-3)
        assert share.inside
    assert share.value == pytest.approx(75, abs=6)


def test_no_share_of_an_effect_that_is_not_there():
    raw = accounts()
    names = [one.name for one in entry.zone_parts(entry.part_panel(raw, ZONE, WINDOW, raw.copy()), WINDOW)]
    assert names == ["zones.total", "zones.incumbents", "zones.new", "zones.moved"]


def test_a_studio_that_moves_is_neither_new_nor_an_incumbent():
    raw = accounts(seeds=1)
    mover = raw["studio_id"] == raw["studio_id"].iloc[0]
    raw.loc[mover & (raw["year"] >= 2029), "cell"] = 30
    parts = entry.output_parts(raw, WINDOW).set_index(["cell", "year"])
    moved = raw.loc[mover & (raw["year"] == 2030), "output"].item()
    assert parts.loc[(30, 2030), "moved"] == pytest.approx(moved) and parts.loc[(30, 2028), "moved"] == 0
    assert parts.loc[(0, 2030), ["incumbents", "new", "moved"]].sum() == pytest.approx(
        raw.loc[(raw["cell"] == 0) & (raw["year"] == 2030), "output"].sum())
    assert isinstance(parts, pd.DataFrame) and parts.loc[(0, 2030), "new"] > 0
