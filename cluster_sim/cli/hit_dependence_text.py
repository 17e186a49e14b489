"""What `engine` prints: the table in blocks, then the verdict."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cluster_sim.analysis.hit_dependence.answer import HitDependence

WIDTH = 118
SHORT = {"without": "never made", "later": "a year later", "elsewhere": "in another city", "top_1": "it flops",
         "half_hits": "half of the hits", "no_hits": "no hits"}
PARTS = ("receipts", "paired")


def text(report: HitDependence) -> list[str]:
    """Return the lines: heading, three blocks, notes, verdict."""
    from cluster_sim.runs.plan import month_text, scale_text
    from cluster_sim.runs.summary import sequence

    hit = report.question.hit
    what = f"{hit['title']} of {month_text(hit['month'])}" if hit else "the largest title of each run"
    worlds = report.question.worlds
    over = f"{len(report.seeds)} seeds ({sequence(report.seeds)})" if worlds is None else (
        f"{len(report.seeds)} worlds of {draws} draws of a posterior" if (draws := len(set(worlds.chosen.tolist()))) > 1
        else f"{len(report.seeds)} worlds, all of one draw of a posterior")
    lines = [f"Lucky hit or engine? {report.question.scenario.name}, {what}: {over} at scale "
             f"{scale_text(report.scale)}", ""]
    lines += [*_nation(report), "", *_lasting(report), ""]
    lines += [*_growth(report), "", *_paths(report), "", *_flows(report), "", *_owners(report)]
    for note in report.notes:
        lines += textwrap.wrap(note, WIDTH)
    return [*lines, "", *textwrap.wrap(report.verdict["line"], WIDTH)]


def _nation(report: HitDependence) -> list[str]:
    from cluster_sim.analysis.hit_dependence import nation
    from cluster_sim.analysis.hit_dependence.plan import BASE, PARTS

    worlds = (BASE, report.without, *PARTS)
    years = report.question.years
    luck = "" if report.question.worlds is None else ", over draws and luck"
    lines = [f"The city and the other cities, {years[0]} to {years[-1]} (mean; 95% interval of the mean{luck})",
             f"{'':<60}{'with the hits':>19}" + "".join(f"{SHORT[label]:>17}" for label in worlds[1:])]
    cells = {(row["world"], row["figure"]): row for row in report.on_the_nation.to_dict("records")}
    for key, (title, unit) in nation.TEXTS.items():
        factor, shown = (100, "%") if unit == "1" else (1, unit)
        first = cells[BASE, key]
        mean, low, high = (f"{factor * first[k]:.1f}" for k in ("mean", "low95", "high95"))
        others = "".join(f"{factor * cells[label, key]['mean']:>17.1f}" for label in worlds[1:])
        lines.append(f"{f'{title}, {shown}':<60}{f'{mean} ({low} to {high})':>19}{others}")
    return [line.replace("-0.0", "0.0") for line in lines]


def _lasting(report: HitDependence) -> list[str]:
    from cluster_sim.analysis.hit_dependence.pipeline import FLOWS
    from cluster_sim.analysis.hit_dependence.plan import PARTS

    worlds = (report.without, *PARTS)
    rows = {(row["world"], row["flow"]): row for row in report.lasting.to_dict("records")}
    lines = ["What is kept of the flows over all years with fewer hits (ratios with 95% intervals)",
             f"{'':<30}" + "".join(f"{SHORT[label]:>22}" for label in worlds)]
    for flow in dict.fromkeys(flow for _, flow in rows):
        lines.append(f"{FLOWS[flow][0]:<30}" + "".join(f"{_ratio(rows[label, flow]):>22}" for label in worlds))
    return lines


def _owners(report: HitDependence) -> list[str]:
    from cluster_sim.analysis.hit_dependence.answer import owned_elsewhere

    found = owned_elsewhere(report)
    said = ", ".join(f"{name} {share:.0f}%" for name, share in found.items())
    return [f"Made here and owned elsewhere, of producers' receipts: {said}. The share of GDP counts production.", ""] \
        if found else []


def _growth(report: HitDependence) -> list[str]:
    from cluster_sim.analysis.hit_dependence.table import group
    from cluster_sim.analysis.hit_dependence.top_titles import MEASURES

    lines = ["Share of the growth of creative value added that rests on titles, percent (mean; 10-90% of seeds)",
             "At the end: last year of the window less its first. Over the years: later years, each less the first.",
             f"{'':<32}{'at the end':^42}{'over the years':^42}",
             f"{'':<32}" + f"{'receipts':>20}{'paired effect':>21} " * 2]
    cells = {(r["first"], r["last"], r["titles"], r["measure"], r["part"]): r for r in report.growth.to_dict("records")}
    for first, last in dict.fromkeys((key[0], key[1]) for key in cells):
        for titles in sorted({key[2] for key in cells}):
            a, b, c, d = (_band(cells.get((first, last, titles, how, part))) for how in MEASURES for part in PARTS)
            head = f"{first}-{last}" if titles == min(key[2] for key in cells) else ""
            lines.append(f"{head:<11}{group(report, titles)[:20]:<21}{a:>20}{b:>21} {c:>20}{d:>21}")
    return lines


def _band(row: Any) -> str:
    if row is None or row["mean"] is None or row["mean"] != row["mean"]:
        return "-"
    mean, low, high = (f"{100 * row[key] + 0.0:.1f}".replace("-0.0", "0.0") for key in ("mean", "p10", "p90"))
    return f"{mean} ({low} to {high})"


def _paths(report: HitDependence) -> list[str]:
    from cluster_sim.analysis.effects import MAIN
    from cluster_sim.analysis.hit_dependence.table import SHOWN, shown_years

    shown = list(report.variants)[:3]
    lines = ["The path less the one with the hit, whole city at 2017 prices (mean effect; 95% interval)",
             f"{'':<32}" + "".join(f"{SHORT[label]:>30}" for label in shown)]
    for each in MAIN:
        if each.name not in SHOWN:
            continue
        for place, year in enumerate(shown_years(report)):
            head = f"{each.title}, {each.change_unit.replace('percentage ', '')}" if place == 0 else ""
            cells = [_effect(report, label, each.name, year, each.for_people(report.scale))
                     for label in shown]
            lines.append(f"{head:<28}{year:<4}" + "".join(f"{cell:>30}" for cell in cells))
    return lines


def _effect(report: HitDependence, label: str, column: str, year: int, factor: float) -> str:
    found = report.effects
    rows = found[(found["scenario"] == label) & (found["column"] == column) & (found["year"] == year)]
    if not len(rows):
        return "-"
    row = rows.iloc[0]
    values = [row[key] * factor for key in ("mean", "low95", "high95")]
    digits = 0 if max(map(abs, values)) >= 100 else 2
    shown = [f"{value:,.{digits}f}" for value in values]
    mean, low, high = (each.lstrip("-") if not float(each.replace(",", "")) else each for each in shown)
    return f"{mean} ({low} to {high})"


def _flows(report: HitDependence) -> list[str]:
    from cluster_sim.analysis.hit_dependence.pipeline import COMPARISONS, FLOWS

    names = [name for name, *_ in COMPARISONS if name != COMPARISONS[2][0]]
    rows = {(row["flow"], row["comparison"]): row for row in report.flow_rows}
    lines = ["Hits and the pipeline around the hit, which is not counted (simulated city; ratios with 95% intervals)",
             f"{'':<27}{'before':>8}{'after':>8}  {'after / before':>18} {'.. without it':>18} "
             f"{'without/with: +1':>18} {'+1 to +3 years':>18}"]
    for flow, (title, unit) in FLOWS.items():
        plain = rows[flow, COMPARISONS[0][0]]
        means = [f"{'-':>8}" if plain[key] is None else f"{plain[key]:>8.3g}" for key in ("first_mean", "later_mean")]
        head = title if unit in ("number", "share") else f"{title} {unit}"
        cells = [f" {_ratio(rows[flow, name]):>18}" for name in names]
        lines.append(f"{head:<27}{means[0]}{means[1]} " + "".join(cells))
    return lines


def _ratio(row: Any) -> str:
    if row["ratio"] is None:
        return "-"
    if row["low95"] is None:
        return f"{row['ratio']:.2f}"
    return f"{row['ratio']:.2f} ({row['low95']:.2f}-{row['high95']:.2f})"
