"""`discover FILE`: the futures in which policies miss an aim, and what each policy gives away."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.discovery.study import Discovery

TABLES = ("boxes", "regret", "trajectories", "futures")
"""Frames that are written as CSV."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="discovery file, or its name in scenarios/studies")
    parser.add_argument("--samples", type=int, metavar="N", help="futures to sample (as the file says)")
    options.add_of_file(parser, "seeds 1 to N in every future",
                    "folder with a results folder a policy (results/discover-FILE)")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the boxes and the regret, write them and their figure; 3 if a run failed."""
    from cluster_sim.analysis.discovery import reading, study

    spec = study.sized(reading.read(args.file), args.samples, args.seeds, args.scale, args.until)
    futures, policies, seeds = spec.sweep.samples or 0, len(spec.labels), len(spec.sweep.seeds)
    runs = futures * policies * seeds
    if args.dry_run or not args.quiet:
        text = f"{runs:,} runs: {futures:,} futures, {policies} policies, {seeds} seeds"
        counts = {"runs": runs, "futures": futures, "policies": policies, "seeds": seeds}
        print(output.as_json(counts) if args.json and args.dry_run else text,
              file=None if args.dry_run else sys.stderr)
    if args.dry_run:
        return 0
    with options.experiment(args, f"discover-{Path(args.file).stem}") as experiment:
        experiment.ask(runs)
        result = study.run_discovery(spec, experiment)
    files = output.write_frames(result.folder, {name: getattr(result, name) for name in TABLES},
                                {"boxes": result.boxes.drop(columns="coverage_fresh"), "regret": result.regret})
    figures = output.write_figure(result.folder, "discovery", result.plot, args)
    return output.deliver(args, result, _answer(result) | {"figures": figures}, lambda: table(result),
                          [*files, *figures], "their futures count by the other seeds, or not at all")


def _answer(result: Discovery) -> dict[str, Any]:
    """Return the JSON answer."""
    spec = result.spec
    aim = {"column": spec.aim.column, "years": spec.shown.years, "unit": spec.aim.unit,
           "factor": spec.aim.factor, "better": "higher" if spec.higher else "lower", "level": spec.level}
    frames = {name: output.rows(getattr(result, name)) for name in ("boxes", "regret", "trajectories")}
    return {"aim": aim, "policies": list(spec.labels), **frames, "verdicts": result.verdicts,
            "futures": spec.sweep.samples, "seeds": list(spec.sweep.seeds)}


def table(result: Discovery) -> list[str]:
    """Lay out the boxes and the regret as lines of text."""
    spec, aim = result.spec, result.spec.shown
    word = "below" if spec.higher else "above"
    unit = aim.change_unit
    lines = [f"A policy fails where {aim.title} ({aim.years}) is {word} {spec.level * aim.factor:g} {aim.unit}; "
             f"{spec.sweep.samples} futures, {len(spec.sweep.seeds)} seeds"]
    if len(result.boxes):
        width = max(len(name) for name in result.boxes["factor"])
        lines += ["", f"{'policy':<18} {'box':>3}  {'factor':<{width}}  {'above':>9}  {'below':>9}  {'quasi-p':>8}  "
                      f"{'again':>6}  {'coverage':>8}  {'density':>8}"]
        for row in result.boxes.to_dict("records"):
            low, high = (f"{row[key]:.3g}" if row[key] == row[key] else "" for key in ("low", "high"))
            chance = max(value for value in (row["quasi_p_low"], row["quasi_p_high"]) if value == value)
            again = f"{row['again']:.0%}" if row["again"] == row["again"] else ""
            lines.append(f"{row['policy'][:18]:<18} {row['box']:>3}  {row['factor']:<{width}}  {low:>9}  {high:>9}  "
                         f"{chance:>8.1g}  {again:>6}  {row['coverage']:>8.0%}  {row['density']:>8.0%}")
    width = max(len(name) for name in spec.labels)
    lines += ["", f"Regret, {unit}", f"{'':<{width}}  {'mean':>8}  {'95% interval':>20}  {'worst 10%':>9}  "
              f"{'worst':>8}  {'best in':>8}  {'fails in':>8}"]
    for row in result.regret.to_dict("records"):
        mean, low, high, tail, worst = (f"{row[key] * aim.factor:.3g}" for key in (
            "mean_regret", "low95", "high95", "regret_p90", "worst_regret"))
        lines.append(f"{row['policy']:<{width}}  {mean:>8}  {f'{low} to {high}':>20}  {tail:>9}  {worst:>8}  "
                     f"{row['best']:>8.0%}  {row['fails']:>8.0%}")
    return [*lines, "", *result.verdicts]
