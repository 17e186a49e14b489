"""The one table of `engine`: every number that is reported, one row each, with its interval and what that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_sim.analysis.effects import MAIN
from cluster_sim.analysis.hit_dependence import nation
from cluster_sim.analysis.hit_dependence.pipeline import FLOWS
from cluster_sim.analysis.hit_dependence.plan import BASE
from cluster_sim.analysis.hit_dependence.top_titles import summary

if TYPE_CHECKING:
    from cluster_sim.analysis.hit_dependence.answer import HitDependence

COLUMNS = ("part", "what", "when", "unit", "value", "low", "high", "interval")
SHOWN = ("gdp_share", "creative_value_added", "employment", "studios")
"""Columns of the series whose effects are in the table."""
LATER = 5


def shown_years(report: HitDependence) -> list[int]:
    """Return the years of the paths in the table: the hit's, the next, five years on, the last full one."""
    there = sorted({int(year) for year in report.effects["year"]})
    wanted = {there[-1]} if there else set()
    if report.question.hit:
        year = report.question.hit["month"] // 12
        wanted |= {year, year + 1, year + LATER} & set(there)
    else:
        wanted |= {2025, 2030} & set(there)
    return sorted(wanted)


def group(report: HitDependence, titles: int) -> str:
    """Return what a number of titles is called."""
    return report.title if titles == 0 else "largest title" if titles == 1 else f"{titles} largest titles"


def table(report: HitDependence) -> Any:
    """Return the table as a frame with the columns `COLUMNS`; shares in percent, amounts of the whole city."""
    import pandas as pd

    return pd.DataFrame([*_classes(report), *_nation(report), *_lost(report), *_lasting(report), *_growth(report),
                         *_paths(report), *_flows(report)], columns=list(COLUMNS))


def world_name(report: HitDependence, label: str) -> str:
    """Return what a world with fewer hits is called."""
    return report.variants.get(label, label)


def _years(report: HitDependence) -> str:
    return f"{report.question.years[0]}-{report.question.years[-1]}"


def _classes(report: HitDependence) -> list[tuple[Any, ...]]:
    """Probabilities of the verdicts, over a posterior only."""
    return [("verdict over the posterior", name, _years(report), "probability",
             *(cell[key] for key in ("p", "low95", "high95")), "95%, Wilson")
            for name, cell in report.verdict.get("probabilities", {}).items()]


def _nation(report: HitDependence) -> list[tuple[Any, ...]]:
    rows = report.on_the_nation
    rows = rows[rows["world"] == BASE].to_dict("records")
    return [("against the nation", nation.TEXTS[row["figure"]][0], _years(report), nation.TEXTS[row["figure"]][1],
             *(row[key] for key in ("mean", "low95", "high95")), "95%") for row in rows]


def _lost(report: HitDependence) -> list[tuple[Any, ...]]:
    """What of value added is lost without hits over the later years, next to growth above the nation's."""
    rows: list[tuple[Any, ...]] = []
    for name, values in report.losses.items():
        cell = summary(100 * values)
        what = f"lost: {world_name(report, name)}"
        if name == BASE:
            what = "growth above the nation's, with the luck of the runs"
        rows.append(("over the years, part of value added", what, _years(report), "percent",
                     *(cell[key] for key in ("mean", "p10", "p90")), "10-90% of runs"))
    return rows


def _lasting(report: HitDependence) -> list[tuple[Any, ...]]:
    return [("kept over all years", f"{FLOWS[row['flow']][0]}: {world_name(report, row['world'])}", _years(report),
             "ratio", *(row[key] for key in ("ratio", "low95", "high95")), "95%")
            for row in report.lasting.to_dict("records")]


def _growth(report: HitDependence) -> list[tuple[Any, ...]]:
    kinds = {"receipts": "producers' receipts", "paired": "paired effect"}
    rows = []
    for row in report.growth.to_dict("records"):
        what = f"{group(report, row['titles'])}: {kinds[row['part']]}, {row['measure']}"
        value, low, high = (None if row[k] is None else 100 * row[k] for k in ("mean", "p10", "p90"))
        rows.append(("share of growth", what, f"{row['first']}-{row['last']}", "percent", value, low, high,
                     "10-90% of seeds"))
    return rows


def _paths(report: HitDependence) -> list[tuple[Any, ...]]:
    rows = []
    years = shown_years(report)
    for each in MAIN:
        if each.name not in SHOWN:
            continue
        factor = each.for_people(report.scale)
        found = report.effects[(report.effects["column"] == each.name) & report.effects["year"].isin(years)]
        for row in found.to_dict("records"):
            rows.append(("effect on the path", f"{each.title}: {report.variants[row['scenario']]}", str(row["year"]),
                         each.change_unit,
                         *(row[k] * factor for k in ("mean", "low95", "high95")), "95%"))
    return rows


def _flows(report: HitDependence) -> list[tuple[Any, ...]]:
    return [("ratio of flows", FLOWS[row["flow"]][0], row["comparison"], "ratio", row["ratio"], row["low95"],
             row["high95"], "95%") for row in report.flow_rows]
