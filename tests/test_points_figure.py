"""The figure of a sweep's points: everything inside the paper, units and month named, numbers that tell cells apart."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cluster_sim.report import points, style
from cluster_sim.scenario.factors import Factor

RATE = Factor("policies.production_subsidy.rate", "rate", unit="share")
FAR = Factor("collaboration.tau_max", "far", unit="1")
GRANTS = Factor("grants", "grants", kind="option", unit="text")
WORDS = ("as they were", "a name that is much longer than any column", "none")


def swept(factors, values, mean, seeds=3, error=0.0004):
    """Return what the figure asks of a sweep: values (P, number of factors) and means (P,) of its points."""
    table = pd.DataFrame(values, columns=[factor.column for factor in factors])
    table = table.assign(mean=mean, runs=seeds, difference_se=error)
    sweep = SimpleNamespace(factors=factors, design="grid", scale=1 / 20, until=2030 * 12 + 11)
    return SimpleNamespace(is_sweep=True, sweep=sweep, by_point=lambda column, month: table)


def grid(levels, spread=0.0015):
    """Return the points of a grid of two factors and their means."""
    values = [(rate, far) for rate in np.linspace(0, 0.27, levels) for far in np.linspace(0, 1.53, levels)]
    return values, 0.1 + spread * np.linspace(0, 1, len(values))


def texts(figure):
    """Return every text of a figure that is drawn."""
    found = list(figure.texts)
    for axes in figure.axes:
        found += [*axes.texts, axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            found += [label for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high
                      for label in (tick.label1, tick.label2) if label.get_visible()]
    return [text for text in found if text.get_text()]


FIGURES = {
    "one": lambda: swept([RATE], [[x] for x in (0, 0.1, 0.2)], [0.1, 0.11, 0.12]),
    "words": lambda: swept([GRANTS], [[word] for word in WORDS], [0.1, 0.11, 0.12]),
    "map": lambda: swept([RATE, FAR], *grid(10)),
    "large": lambda: swept([RATE, FAR], *grid(30)),
    "map of words": lambda: swept([RATE, GRANTS], [(rate, word) for rate in (0, 0.27) for word in WORDS],
                                  np.linspace(0.1, 0.12, 6))}


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut_and_nothing_overlaps(name):
    figure = points.points(FIGURES[name]())
    figure.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    assert [words for words, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.x1
            or box.y1 > figure.bbox.y1] == []
    assert [(one[0], two[0]) for one, two in combinations(boxes, 2) if one[1].overlaps(two[1])] == []


def test_a_map_says_month_units_and_how_much_is_luck():
    figure = points.points(FIGURES["map"]())
    axes = figure.axes[0]
    assert figure.texts[0].get_text() == "Share of GDP (published), December 2030 (%)"
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("Production subsidy: rate (%)", "Collaboration: tau max")
    assert [tick.get_text() for tick in axes.get_yticklabels()][-1] == "27"
    assert "standard error 0.04 percentage points" in figure.texts[1].get_text().replace("\n", " ")


@pytest.mark.parametrize(("spread", "first", "last"), [(0.0015, "10.00", "10.15"), (0.2, "10", "30"), (0.0, "10.00",
                                                                                                      "10.00")])
def test_numbers_have_as_many_decimals_as_tell_cells_apart(spread, first, last):
    cells = points.points(swept([RATE, FAR], *grid(4, spread))).axes[0].texts
    assert (cells[0].get_text(), cells[-1].get_text()) == (first, last) and len(cells) == 16


def test_numbers_that_do_not_fit_are_left_to_the_colours():
    assert not points.points(FIGURES["large"]()).axes[0].texts


def test_numbers_are_light_on_dark_and_dark_on_light():
    cells = points.points(FIGURES["map"]()).axes[0].texts
    assert (cells[0].get_color(), cells[-1].get_color()) == (style.INK, style.PAPER)


def test_a_flow_is_shown_as_a_year_at_its_rate():
    figure = points.points(swept([RATE], [[0], [0.2]], [100.0, 110.0]), column="creative_value_added")
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx([100 * 20 * 12 / 1000, 110 * 20 * 12 / 1000])
    assert "a year at this rate (bn yuan a year)" in figure.texts[0].get_text().replace("\n", " ")


def test_one_seed_has_no_bars_and_says_so():
    figure = points.points(swept([RATE], [[0], [0.2]], [0.1, 0.11], seeds=1, error=np.nan))
    assert figure.texts[1].get_text().startswith("One seed")
