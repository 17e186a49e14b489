"""`attribute SCENARIO`: what each policy instrument in force contributes to the outcome."""

from __future__ import annotations

import argparse
import hashlib
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.attribution.attribute import Attribution, Task

SCALE = "1/20"
SEEDS = 20
PERMUTATIONS = "4"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a file or a name")
    parser.add_argument("--permutations", default=PERMUTATIONS, metavar="P",
                        help=f"orders in which instruments enter, for each seed: an even number, or 'all' for every "
                             f"coalition, as with up to four instruments ({PERMUTATIONS})")
    options.add_ensemble(parser, SCALE, SEEDS, "results folder (in results/)", "number of seeds, 1 to N")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the contributions, write them and their figure; exit status 3 if a run failed."""
    from cluster_sim.analysis.attribution.attribute import prepare, run_task

    seeds, scale, until = options.size(args, SEEDS)
    task = prepare(args.scenario, seeds, scale, until, args.permutations, args.set)
    with options.experiment(args, _name(task, bool(args.set))) as experiment:
        result = run_task(task, experiment)
    files = output.write_frames(result.folder, {"attribution": result.effects})
    figures = output.write_figure(result.folder, "attribution", result.plot, args)
    return output.deliver(args, result, _answer(result) | {"figures": figures},
                          lambda: [*table(result), "", *overview(result)], [*files, *figures],
                          f"{len(result.seeds)} of {len(task.seeds)} seeds are whole")


def _name(task: Task, changed: bool) -> str:
    """Name the folder nobody named, by the scenario."""
    digest = task.scenario.digest()
    return f"attribute-{task.label}" + (f"-{hashlib.sha256(digest.encode()).hexdigest()[:6]}" if changed else "")


def _answer(result: Attribution) -> dict[str, Any]:
    """Return the JSON answer."""
    from cluster_sim.indicators import indicator
    from cluster_sim.runs.plan import month_text, scale_text

    task, first = result.task, result.task.plan.runs[0]
    return {
        "scenario": task.scenario.name, "instruments": list(task.design.players), "not_in_force": list(task.later),
        "against": "the scenario without any instrument", "method": "exact" if task.design.exact else "sampled",
        "permutations": None if task.design.exact else task.design.orders * len(result.seeds),
        "permutations_per_seed": None if task.design.exact else task.design.orders,
        "coalitions": len({coalition for coalition, _ in task.names}), "runs": len(task.plan.runs),
        "effects": result.found,
        "columns": {c: {"unit": indicator(c).unit, "year_value": indicator(c).year_value} for c in result.found},
        "amounts": "as in the series of the store; divide amounts by the scale for the whole city",
        "seeds": result.seeds, "scale": scale_text(first.scale), "until": month_text(first.until)}


def method(result: Attribution) -> str:
    """Say in words how the Shapley values were found."""
    design = result.task.design
    if design.exact:
        return f"exact: all {2 ** len(design.players):,} coalitions"
    return (f"sampled: {design.orders * len(result.seeds)} orders, {design.orders} a seed in reversed pairs, "
            f"{len({coalition for coalition, _ in result.task.names}):,} coalitions")


def table(result: Attribution) -> list[str]:
    """Lay out the contributions to the share of GDP in the last year as lines of text."""
    from cluster_sim.runs.plan import scale_text
    from cluster_sim.runs.summary import sequence

    design, share = result.task.design, result.found["gdp_share"]
    year = max(share)
    cell = share[year]
    width = max(28, *(len(name) for name in design.players))
    lines = [f"{result.task.scenario.name}: what each of {len(design.players)} instruments contributes; seeds "
             f"{sequence(result.seeds)} at scale {scale_text(result.scale)}",
             f"Shapley values {method(result)}", "",
             f"{f'Share of GDP {year}, points':<{width}} {'Shapley':>8}  {'95% interval':>17} {'se orders':>9} "
             f"{'se seeds':>9}   {'left out':>8}  {'95% interval':>17}"]
    parts = cell["parts"]
    for name in sorted(parts, key=lambda one: -parts[one]["shapley"]):
        part = parts[name]
        lines.append(
            f"{name:<{width}} {_points(part['shapley'])}  {_range(part, 'low95', 'high95')} "
            f"{_points(part['se_orders'], 9, '')} {_points(part['se_seeds'], 9, '')}   "
            f"{_points(part['leave_one_out'])}  {_range(part, 'loo_low95', 'loo_high95')}")
    left = {key: cell[f"interaction_{key}"] for key in ("low95", "high95")}
    later = [f"Not in force by the runs' end: {', '.join(result.task.later)}."] if result.task.later else []
    return [*lines,
            f"{'sum of the parts':<{width}} {_points(cell['sum_of_parts'])}{'':42}{_points(cell['leave_one_out_sum'])}",
            f"{'whole':<{width}} {_points(cell['total'])}  {_range(cell, 'low95', 'high95')}{'':23}"
            f"{_points(cell['total'])}",
            f"{'interaction (whole less sum)':<{width}} {_points(cell['total'] - cell['sum_of_parts'])}{'':42}"
            f"{_points(cell['interaction'])}  {_range(left, 'low95', 'high95')}", "",
            "Whole: the scenario less the same without any instrument. Shapley: what an instrument adds as it enters, "
            "averaged\nover orders; these add up. Left out: what the scenario loses without it; these need not, and "
            "the rest is interaction.", *later]


def _points(value: float | None, width: int = 8, sign: str = "+") -> str:
    """Write a share in percentage points; a zero is exact, without a sign."""
    if value is None:
        return f"{'':>{width}}"
    text = f"{100 * value:{sign}.3f}"
    return f"{text if value and float(text) else '0' if not value else text.lstrip('+-'):>{width}}"


def _range(cell: dict[str, Any], low: str, high: str) -> str:
    return f"{_points(cell[low]).strip() + ' to ' + _points(cell[high]).strip() if cell[low] is not None else '':>17}"


def overview(result: Attribution) -> list[str]:
    """Lay out the Shapley values in all main columns in the last year; a star where 95% tell them from zero."""
    from cluster_sim.analysis.effects import MAIN

    found = result.found
    shown = [each for each in MAIN if each.name in found]
    names = list(result.task.design.players)
    year = max(found[shown[0].name])
    width = max(28, *(len(name) for name in names))
    lines = [f"{f'All main columns {year}':<{width}}" + "".join(f" {each.title:>12}" for each in shown),
             f"{'':<{width}}" + "".join(f" {UNITS.get(each.name, each.shown):>12}" for each in shown)]
    share = found["gdp_share"][year]["parts"]
    for name in [*sorted(names, key=lambda one: -share[one]["shapley"]), "whole"]:
        line = f"{name:<{width}}"
        for each in shown:
            cell = found[each.name][year]
            part = cell["parts"][name] if name != "whole" else cell | {"shapley": cell["total"]}
            value = part["shapley"] * each.for_people(result.scale)
            told = part["low95"] is not None and (part["low95"] > 0 or part["high95"] < 0)
            line += f" {_short(value) + ('*' if told else ' '):>12}"
        lines.append(line)
    tested = len(names) * len(shown)
    return [*lines, "* told from zero by its 95% interval (by chance alone about "
            f"{0.05 * tested:.0f} of {tested} would be); for the whole city, at 2017 prices"]


UNITS = {"gdp_share": "points", "creative_value_added": "bn yuan/a", "mean_wage": "yuan/month",
         "mean_rent": "yuan/m²", "export_share": "points"}


def _short(value: float) -> str:
    """Write a number with about three figures."""
    size = abs(value)
    return "0" if value == 0 else f"{value:+,.{0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3}f}"
