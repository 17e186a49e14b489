"""`sweep FILE`: every point of a design with the same seeds, kept run by run, to be gone on with at any time."""

from __future__ import annotations

import argparse
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output
from cluster_sim.cli.sweep_table import seeds, shares, summary

if TYPE_CHECKING:
    from cluster_sim.analysis.sweep_contrasts import Contrast
    from cluster_sim.runs.experiment import Experiment
    from cluster_sim.runs.plan import Plan


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="sweep file, or its name in scenarios/sweeps")
    options.add_of_file(parser, "seeds 1 to N at every point", "results folder (results/ and the file's name)",
                    dry_run="measure a few runs, print what all of them will take, and keep nothing")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do what is missing of the sweep and say what there is; exit status 3 if a run failed."""
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.experiment import Unfinished
    from cluster_sim.runs.read import View
    from cluster_sim.runs.summary import drawable
    from cluster_sim.runs.sweeps import load_sweep, plan_sweep, replaced
    from cluster_sim.scenario.designs import count_points

    sweep = replaced(load_sweep(args.file), args.seeds, args.scale, args.until)
    if args.dry_run:
        if args.engine != "local":
            raise InputError("--dry-run measures on this machine: leave out --engine")
        return _estimate(plan_sweep(sweep), args)
    with options.experiment(args, sweep.slug) as experiment, suppress(Unfinished):
        experiment.ask(count_points(sweep) * len(sweep.seeds))
        planned = plan_sweep(sweep)
        experiment.run({experiment.folder: planned})
    answer = _answer(planned, experiment, args.shard)
    found = shares(sweep, experiment.folder) if answer["done"] else (0, [])
    answer |= {"year": found[0] or None, "shares": [_plain(each) for each in found[1]], "figures": []}
    if found[1] and drawable(sweep):
        answer["figures"] = output.write_figure(experiment.folder, "points", partial(
            View(experiment.folder).plot, "points"), args)
    output.show(args, answer, lambda: summary(planned, answer, experiment.folder, found),
                share=True)
    return output.status(experiment, f"{answer['done']:,} are done")


def _estimate(planned: Plan, args: argparse.Namespace) -> int:
    """Print what the sweep will take."""
    from cluster_sim.runs.estimate import estimate
    from cluster_sim.runs.progress import duration

    found = estimate(planned, args.workers, options.progress_of(args)())
    if args.json:
        print(output.as_json({"name": planned.name, **found}))
        return 0
    print(f"{planned.name}: {found['runs']:,} runs ({found['points']:,} points, {seeds(planned.sweep)}) at scale "
          f"{found['scale']}, {found['months']} months")
    print(f"time   about {duration(found['seconds'])} with {found['workers']} workers "
          f"({found['seconds_a_run']:.2f} s a run)")
    print(f"disk   about {size(found['megabytes'])} ({', '.join(found['tables'])})")
    part = "" if found["measured_months"] == found["months"] else f" of {found['measured_months']} months"
    print(f"Measured on {found['measured_runs']} runs{part} in {duration(found['measured_in'])}; nothing was kept.")
    return 0


def size(megabytes: float) -> str:
    """Write an amount of disk as people say it."""
    if megabytes >= 1000:
        return f"{megabytes / 1000:.1f} GB"
    return f"{megabytes:.0f} MB" if megabytes >= 10 else f"{megabytes:.1f} MB"


def _plain(each: Contrast) -> dict[str, Any]:
    """Return a contrast for JSON: what is missing is null."""
    return {key: None if value != value else value for key, value in vars(each).items()}


def _answer(planned: Plan, experiment: Experiment, shard: str | None) -> dict[str, Any]:
    """Return the JSON answer."""
    from cluster_sim.runs.plan import month_text, scale_text

    sweep = planned.sweep
    return {
        "name": planned.name, "out": str(experiment.folder), "design": sweep.design, "points": len(planned.run_of),
        "factors": {factor.column: factor.path for factor in sweep.factors}, "seeds": list(sweep.seeds),
        "scale": scale_text(sweep.scale), "until": month_text(sweep.until), "runs": len(planned.runs),
        "done": experiment.count()[0], "new_runs": experiment.new_runs, "failed": len(experiment.failures),
        "shard": shard}
