"""Figures and tables: labels with units, all three formats, the same bytes, and what happens with little data."""

import re
from pathlib import Path
from types import SimpleNamespace

import figures
import numpy as np
import pandas as pd
import pytest

pytest.importorskip("matplotlib")

import cluster_sim
from cluster_sim import plots
from cluster_sim.report import registry, tables
from cluster_sim.report.city_map import city_map
from cluster_sim.report.fan_chart import fan_chart
from cluster_sim.report.film_network import film_network
from cluster_sim.report.indicators import indicators
from cluster_sim.report.style import save


def series(runs=6, years=4):
    months = pd.date_range("2017-01-01", periods=12 * years, freq="MS")
    rows = []
    for k in range(runs):
        t = np.arange(months.size)
        share = np.where(t >= 11, 0.05 + 0.001 * t + 0.002 * k, np.nan)
        rows.append(pd.DataFrame({"run_id": f"r{k}", "scenario": "Base", "month": months, "gdp_share_published": share,
                                  "gdp_share": share, "employment": 1000.0 + t, "studios": 50.0 + k, "mean_wage": 7.0,
                                  "mean_rent": 80.0, "collaboration_distance": 5.0, "project_receipts": 10.0 + t}))
    return pd.concat(rows, ignore_index=True)


OBSERVED = {2017: {"share_pct": 5.7, "status": "reported"}, 2022: {"share_pct": 10.9, "status": "reported"}}


def cells(side=6):
    n = side * side
    return {"x": np.arange(n) % side, "y": np.arange(n) // side, "employment": np.arange(n, dtype=float),
            "cell_km": 2.0,
            "district": (np.arange(n) % side > 2).astype(int), "zones": (np.arange(n) < 3).astype(int),
            "districts": ("West", "East"), "park_x": np.array([1]), "park_y": np.array([2]), "park_names": ("Park",)}


def credits(count, away):
    return pd.DataFrame({"project_id": 1, "title": "Ne Zha 2", "partner_id": np.arange(count),
                         "outside": [k if k < away else -1 for k in range(count)],
                         "city": [f"City {k}" if k < away else "" for k in range(count)],
                         "specialism": [("visuals", "effects", "sound")[k % 3] for k in range(count)],
                         "effort": np.linspace(1, 9, count), "distance_km": np.linspace(0.05, 30, count),
                         "repeated": [k % 2 == 0 for k in range(count)]})


def words(figure):
    """What is written in a figure of which nothing may be cut."""
    assert not figures.cut(figure)
    return figures.words(figure)


def test_the_fan_chart_names_its_units_and_periods():
    text = words(fan_chart(series(), OBSERVED, fitted=(2016, 2021)))
    assert "share of city GDP (%)" in text and "not fitted" in text and "fitted" in text.replace("not fitted", "")
    assert "conditional forecast" in words(fan_chart(series(years=12), OBSERVED, fitted=(2016, 2021)))


def test_a_city_that_was_neither_observed_nor_fitted_gets_no_periods():
    """Its own share is drawn, in one definition, and no year of another city is marked."""
    broken = series()
    broken["gdp_share_published"] = broken["gdp_share"] / np.where(broken["month"].dt.year < 2018, 1.2, 1.0)
    alone = fan_chart(broken)
    text = words(alone)
    assert not any(word in text for word in ("fitted", "forecast", "redefined", "definition", "Observed"))
    assert alone.axes[0].lines[0].get_ydata()[0] == pytest.approx(100 * broken["gdp_share"].iloc[11::48].median())
    seen = words(fan_chart(broken, OBSERVED))
    assert "redefined" in seen and "Observed" in seen and "fit" not in seen.replace("definition", "").split()
    assert "redefined" not in words(fan_chart(series(), OBSERVED))


def test_labels_are_not_cut_where_ticks_are_wide():
    for top in (0.1, 0.11, 0.125, 1.0):
        data = series().assign(gdp_share=top, gdp_share_published=top)
        assert not figures.cut(fan_chart(data, OBSERVED))


def test_ticks_of_the_indicators_are_januaries_and_flat_lines_are_whole():
    figure = indicators(series(), observed=2018)
    jobs, wage = figure.axes[0], figure.axes[2]
    assert jobs.lines[0].get_xdata()[0] == 2017.0 and jobs.patches[0].get_x() == 2019.0
    assert wage.get_ylim()[1] > 1.05 * np.nanmax(wage.lines[0].get_ydata())
    assert "forecast" in words(figure) and "forecast" not in words(indicators(series()))


def test_the_map_has_a_unit_a_scale_bar_and_districts():
    text = words(city_map(cells()))
    assert "Creative jobs per km²" in text and " km" in text and "north is up" in text and "West" in text
    assert "district border" in text


def test_no_line_of_the_map_looks_like_another_and_none_is_no_class():
    zoned = cells() | {"zones": 2 ** (np.arange(36) % 4)}
    figure = city_map(zoned, note="End of 2035-12; one of 10 runs, the run with seed 1.")
    densities, lines = figure.legends
    looks = [line.get_color() for line in lines.get_lines()]
    assert len(looks) == len(set(looks)) == 5 and "seed 1" in words(figure)
    *classes, none = (patch.get_facecolor() for patch in densities.get_patches())
    assert all(abs(np.array(one) - none).max() > 0.1 for one in classes)


@pytest.mark.parametrize("count, away", [(4, 0), (5, 1), (140, 30)])
def test_the_network_counts_its_partners(count, away):
    text = words(film_network(credits(count, away)))
    assert str(count) in text.split() and f"{count - away} here" in text


@pytest.mark.parametrize("title, month, shown", [
    ("film 000123", pd.Timestamp("2024-03-01"), "A film released in 2024-03"), ("scifi 000123", None, "A sci-fi title"),
    ("in production", None, "A title in production"), ("Ne Zha 2", None, "Ne Zha 2")])
def test_a_title_without_a_name_goes_by_its_month(title, month, shown):
    team = credits(6, 3).assign(title=title, seed=7)
    team.loc[2, "city"] = "Other cities"
    text = words(film_network(team, months={1: month}))
    assert shown in text and "000123" not in text and "Run with seed 7" in text
    assert "3 in 2 other cities and smaller ones" in text.replace("\n", " ")


def test_indicators_skip_what_is_missing():
    figure = indicators(series().drop(columns=["mean_rent"]), scale=0.05)
    assert "Rents" not in words(figure) and "Jobs (thousand)" in words(figure)


def test_nothing_to_draw_says_so():
    for draw in (lambda: fan_chart(series(years=4).assign(gdp_share=np.nan, gdp_share_published=np.nan)),
                 lambda: film_network(credits(0, 0)), lambda: city_map({"x": [0]})):
        with pytest.raises(ValueError):
            draw()


def test_files_are_whole_and_the_same_twice(tmp_path):
    first = save(fan_chart(series(), OBSERVED), tmp_path / "a" / "share")
    again = save(fan_chart(series(), OBSERVED), tmp_path / "b" / "share")
    assert [p.suffix for p in first] == [".svg", ".pdf", ".png"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]


def test_tables_for_a_paper(tmp_path):
    table = tables.by_year(series(), OBSERVED, scale=0.05)
    assert table.loc[2017, "observed_pct"] == 5.7
    assert table.loc[2020, "jobs_thousand"] == pytest.approx(1047 / 1e3 / 0.05)
    csv, tex = tables.write_by_year(table, tmp_path)
    assert "tabular" in tex.read_text() and csv.read_text().startswith("year,observed_pct")


def test_every_kind_of_result_has_its_figures():
    """What results ask for by name is what the registry has, and nothing else stands in it."""
    package = Path(cluster_sim.__file__).parent
    asked = {kind for path in package.rglob("*.py")
             for kind in re.findall(r'plots\.(?:draw|write)\("(\w+)"', path.read_text(encoding="utf-8"))}
    assert asked == set(registry.FIGURES)


def test_a_figure_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no figure 'shar'; there are share and map and network and indicators"):
        plots.draw("runs", None, "shar")


WHOLE = SimpleNamespace(scenario=SimpleNamespace(city="chengdu"), scale=1.0)


def test_a_drawing_that_fails_costs_only_itself(tmp_path, monkeypatch):
    drawn = {"bad": lambda result: 1 / 0, "good": lambda result: fan_chart(series(), OBSERVED)}
    monkeypatch.setattr(registry, "FIGURES", {"runs": drawn})
    written, problems = plots.write("runs", WHOLE, tmp_path)
    assert [path.name for path in written] == ["good.png"] and problems == ["no figure 'bad': division by zero"]
    monkeypatch.setattr(plots, "REGISTRY", "cluster_sim.report.nowhere")
    assert plots.write("runs", None, tmp_path)[0] == []
