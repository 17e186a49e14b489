"""`doses [FILE]`: instruments from a tenth to a hundred times their amounts, beside the same money otherwise."""

from __future__ import annotations

import argparse
import math
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.dose_curves.study import DoseCurves

STUDY = "dose_curves"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", nargs="?", default=STUDY, metavar="FILE",
                        help=f"dose study, or its name in scenarios/studies ({STUDY})")
    options.add_of_file(parser, "seeds 1 to N at every dose", "results folder (results/doses-FILE)")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the curves, write them and their figures; exit status 3 if a run failed."""
    from cluster_sim.analysis.dose_curves import reading, study
    from cluster_sim.runs.errors import InputError
    from cluster_sim.scenario.designs import count_points

    spec = study.sized(reading.read(args.file), args.seeds, args.scale, args.until)
    points, seeds = count_points(spec.sweep), len(spec.sweep.seeds)
    if seeds < 2:
        raise InputError("a curve with an interval needs at least two seeds")
    if args.dry_run or not args.quiet:
        counts = {"runs": points * seeds, "points": points, "curves": len(spec.curves), "seeds": seeds}
        text = f"at most {points * seeds:,} runs: {len(spec.curves)} curves, {points} points, {seeds} seeds"
        print(output.as_json(counts) if args.json and args.dry_run else text,
              file=None if args.dry_run else sys.stderr)
    if args.dry_run:
        return 0
    with options.experiment(args, f"doses-{Path(args.file).stem}") as experiment:
        result = study.run_doses(spec, experiment)
    files = output.write_frames(result.folder, {"doses": result.doses, "dose_summary": result.summary},
                                {"dose_curves": for_paper(result)})
    figures = [path for name in ("aims", "value_added", "jobs") for path in
               output.write_figure(result.folder, f"dose_{name}", partial(result.plot, name), args)]
    return output.deliver(args, result, _answer(result) | {"figures": figures}, lambda: table(result),
                          [*files, *figures], "curves rest on the other seeds")


def _answer(result: DoseCurves) -> dict[str, Any]:
    """Return the JSON answer."""
    from cluster_sim.runs.plan import month_text, scale_text

    spec = result.spec
    return {"curves": {curve.label: {"instrument": curve.instrument, "title": curve.title, "aim": curve.aim.column,
                                     "comparator": curve.comparator} for curve in spec.curves},
            "doses": output.rows(result.doses), "summary": output.rows(result.summary), "years": spec.years,
            "cost_of_funds": list(spec.cost_of_funds), "seeds": list(spec.sweep.seeds),
            "amounts": "whole city, a year, 2017 prices: outlay and value added in billion yuan, jobs in thousand",
            "scale": scale_text(spec.sweep.scale), "until": month_text(spec.sweep.until)}


def table(result: DoseCurves) -> list[str]:
    """Lay out the curves as lines of text: one a curve and dose that paid something."""
    from cluster_sim.analysis.dose_curves.study import LEAST, returns
    from cluster_sim.indicators import indicator

    spec, costs = result.spec, result.spec.cost_of_funds
    lines = [f"Doses of {spec.years}, means of these years against nothing of the instrument; {len(spec.sweep.seeds)} "
             "pairs of runs; 95% intervals in brackets; outlay in billion yuan a year, whole city, 2017 prices"]
    for curve in spec.curves:
        aim = indicator(curve.aim.column)
        rows = [row for row in result.rows if row["curve"] == curve.label and abs(row["outlay"]) > LEAST]
        beside = " (comparator)" if curve.comparator else ""
        lines += ["", f"{curve.title} ({curve.label}); aim: {aim.title}, {aim.change_unit}{beside}",
                  f"{'dose':>8}{'outlay':>9}{'aim':>32}{'value added, %':>27}{'jobs, %':>26}{'nation':>8}"
                  + "".join(f"{f'a yuan at {cost:g}':>14}" for cost in costs)]
        if not rows:
            lines.append("    paid nothing at any dose")
        for row in rows:
            shown = f"{amount(row):>32}{percent(row, 'value_added'):>27}{percent(row, 'jobs'):>26}"
            yuan = "".join(f"{row[f'value_per_yuan_at_{cost:g}']:>z14.2f}" for cost in costs)
            lines.append(f"{row['dose']:>8g}{row['outlay']:>z9.3f}{shown}{row['jobs_nation_percent']:>+z8.1f}{yuan}")
        found = [f"{words} {value:.2f}" for words, value in (
            ("aim", returns(rows, "aim")), ("value added", returns(rows, "value_added"))) if value == value]
        if found:
            lines.append(f"        elasticity to outlay (below 1 returns fall): {', '.join(found)}")
    return [*lines, "", "aim: change of the column named above, in its unit, as in the figure of the aims",
            "nation: jobs here and in all other cities, in % of jobs here; a yuan at 1.5: value added for "
            "a yuan that costs 1.5"]


def amount(row: dict[str, Any]) -> str:
    """Write an effect on the aim in its unit with its interval."""
    values = [row[f"aim{end}"] for end in ("", "_low95", "_high95")]
    largest = max(abs(value) for value in values)
    if not largest < float("inf"):
        return "none"
    digits = min(6, max(0, 2 - int(math.floor(math.log10(largest))))) if largest > 0 else 0
    mean, low, high = (f"{value:+z,.{digits}f}" for value in values)
    return f"{mean} ({low} to {high})"


def percent(row: dict[str, Any], effect: str) -> str:
    """Write an effect in percent with its interval."""
    low, mean, high = (row[f"{effect}_percent{end}"] for end in ("_low", "", "_high"))
    return "none" if mean != mean else f"{mean:+z.1f} ({low:+z.1f} to {high:+z.1f})"


def for_paper(result: DoseCurves) -> Any:
    """Return the summary as a table for a paper: the largest dose of each curve."""
    import pandas as pd

    rows = []
    for curve, row in zip(result.spec.curves, result.summary.to_dict("records"), strict=True):
        rows.append({"instrument": curve.title, "aim": curve.aim.title, "first dose told": row["first_dose_told"],
                     "outlay, bn yuan a year": row["outlay"],
                     **{f"{words}, %": percent(row, effect) for effect, words in (
                         ("aim", "aim"), ("value_added", "value added"), ("jobs", "jobs"))},
                     "returns": row["returns_aim"],
                     **{f"value added a yuan at {cost:g}": row[f"value_per_yuan_at_{cost:g}"]
                        for cost in result.spec.cost_of_funds}})
    return pd.DataFrame(rows)
