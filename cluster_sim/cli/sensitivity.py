"""`sensitivity FILE`: which factors move an output, and how far their ranking can be trusted."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.sensitivity.question import Question
    from cluster_sim.analysis.sensitivity.study import Sensitivity

TABLES = ("indices", "stability", "outputs")
"""Frames that are written as CSV."""
PAPER = ("method", "factor", "value", "low95", "high95", "rank", "rank_low", "rank_high", "told")
"""Columns of the table for a paper."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="a sweep file (design morris, saltelli or any sample); with --top "
                                                     "a scenario")
    parser.add_argument("--top", type=int, metavar="N", help="study the N parameters of uncertain value that move the "
                                                             "output most between their bounds")
    parser.add_argument("--output", metavar="COLUMN", help="column of the series (gdp_share_published)")
    parser.add_argument("--year", metavar="YEAR", help="its year, or years such as 2026-2035 for their mean (the last)")
    parser.add_argument("--trajectories", type=int, metavar="N", help="trajectories of the screening (the file's; 10)")
    parser.add_argument("--base-points", type=int, metavar="N", help="base points of the Sobol sample, a power of two; "
                                                                     "0 leaves it out (64)")
    parser.add_argument("--keep", type=int, metavar="N", help="most factors that go on after the screening (6)")
    options.add_of_file(parser, "seeds that a point's output is averaged over",
                        "results folder (results/sensitivity-NAME)", otherwise="")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the indices and what they can bear, write them and their figure; 3 if a run failed."""
    from cluster_sim.analysis.sensitivity import study, uncertain

    question = _question(args)
    looks = 1 + 2 * len(question.sweep.factors) if args.top else 0
    first, later = _count(question, args.top)
    if args.dry_run or not args.quiet:
        size = (f"{looks:,} runs for a first look, then " if looks else "") + f"{first:,} runs" + (
            f", then up to {later:,} on the survivors" if later else "")
        counts = {"first_look": looks, "runs": first, "most_later": later}
        print(output.as_json(counts) if args.json and args.dry_run else size,
              file=None if args.dry_run else sys.stderr)
    if args.dry_run:
        return 0
    top = f"-top{args.top}-{question.output.column}" if args.top else ""
    with options.experiment(args, f"sensitivity-{Path(args.file).stem}{top}") as experiment:
        experiment.ask(looks + first + later)
        if args.top:
            frame = uncertain.first_look(question, experiment)
            output.write_frames(experiment.folder, {uncertain.FIRST_LOOK: frame})
            question = uncertain.leading(question, frame, args.top)
        result = study.run_study(question, experiment)
    out, files, figures = result.folder, [], []
    if result.methods:
        files = output.write_frames(out, {name: getattr(result, name) for name in TABLES},
                                    {"sensitivity": _paper(result)})
        figures = output.write_figure(out, "sensitivity", result.plot, args)
    return output.deliver(args, result, _answer(result) | {"figures": figures}, lambda: table(result),
                          [*files, *figures], "their points are left out")


def _question(args: argparse.Namespace) -> Question:
    """Read the file, or with --top all uncertain parameters of a scenario, and put the options in place."""
    from cluster_sim.analysis.measures import measure
    from cluster_sim.analysis.sensitivity import question, uncertain
    from cluster_sim.runs.errors import InputError

    keys = {"output": args.output, "year": args.year, "base_points": args.base_points, "keep": args.keep}
    sizes = (args.seeds, args.scale, args.until, args.trajectories)
    if args.top is None:
        return question.sized(question.read(args.file, **keys), *sizes)
    if args.top < 1:
        raise InputError("--top is a number of parameters, at least 1")
    asked = measure(args.output or question.OUTPUT, args.year)
    return question.read(uncertain.question_of(args.file, asked, *sizes).sweep, **keys)


def _count(question: Question, top: int | None) -> tuple[int, int]:
    """Return the runs of the first sample and the most of the second; with --top of as many factors."""
    from dataclasses import replace

    if top is None:
        return question.runs()
    few = replace(question, sweep=replace(question.sweep, factors=question.sweep.factors[:top]))
    return few.runs()


def _answer(result: Sensitivity) -> dict[str, Any]:
    """Return the JSON answer."""
    shown, sweep = result.question.shown, result.question.sweep
    return {"output": {"column": shown.column, "years": shown.years, "unit": shown.unit, "factor": shown.factor},
            "indices": output.rows(result.indices) if result.methods else [],
            "stability": output.rows(result.stability) if result.methods else [], "verdicts": result.verdicts,
            "methods": list(result.methods), "seeds": list(sweep.seeds), "points": len(result.outputs)}


def _paper(result: Sensitivity) -> Any:
    """The indices as a table for a paper: elementary effects in the unit in which the output is shown."""
    frame = result.indices[list(PAPER)].copy()
    rows = frame["method"] == "morris"
    frame.loc[rows, ["value", "low95", "high95"]] *= result.question.output.factor
    return frame


def table(result: Sensitivity) -> list[str]:
    """Lay out the indices as lines of text."""
    shown = result.question.shown
    unit = shown.change_unit
    heads = {"morris": (f"Morris screening: mean absolute effect of the full range, {unit}", shown.factor),
             "sobol": ("Sobol indices: share of the variance, total order (first order)", 1.0),
             "pawn": ("PAWN: median distance between distributions", 1.0)}
    seeds = len(result.question.sweep.seeds)
    lines = [f"{shown.title}, {shown.years}; {len(result.outputs):,} points, {seeds} seed{'s' * (seeds > 1)} a point"]
    for name, one in result.methods.items():
        head, factor = heads[name]
        width = max(len(each) for each in one.table["factor"])
        lines += ["", head, f"{'':<{width}}  {'value':>9}  {'95% interval':>20}  {'rank':>5}  {'from noise':>10}"]
        for row in one.table.itertuples():
            span = f"{row.low95 * factor:.3g} to {row.high95 * factor:.3g}"
            rank = f"{row.rank_low}-{row.rank_high}" if row.rank_high > row.rank_low else f"{row.rank_low}"
            dummy = row.factor == "dummy"
            told = "" if dummy else "told" if bool(row.told) else "not told"
            first = f"  ({row.first:.3g}: {row.first_low95:.3g} to {row.first_high95:.3g})" if name == "sobol" else ""
            lines.append(f"{row.factor:<{width}}  {row.value * factor:>9.3g}  {span:>20}  {'' if dummy else rank:>5}  "
                         f"{told:>10}{first}")
    return [*lines, "", *result.verdicts]
