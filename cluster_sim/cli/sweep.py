"""`sweep FILE`: every point of a design with the same seeds, kept run by run, to be gone on with at any time."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import folders, options

if TYPE_CHECKING:
    from cluster_sim.runs.execution import Report
    from cluster_sim.runs.plan import Plan
    from cluster_sim.scenario.sweeps import Sweep

NAME = "sweep"
GROUP = "Compare"
HELP = "run a design over policies, parameters and events; --dry-run says what it takes"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="sweep file, or its name in scenarios/sweeps")
    parser.add_argument("--shard", metavar="I/N", help="do only shard I of N (one job each on a cluster)")
    options.of_file(parser, "seeds 1 to N at every point", "results folder (results/ and the file's name)",
                    dry_run="measure a few runs, print what all of them will take, and keep nothing")
    options.running(parser)
    options.engines(parser)


def main(args: argparse.Namespace) -> int:
    """Do what is missing of the sweep and say what there is; exit status 3 if a run failed."""
    began = time.monotonic()
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.execution import execute
    from cluster_sim.runs.sweeps import plan_sweep, shard_numbers

    options.check_workers(args)
    shard = shard_numbers(args.shard)
    planned = plan_sweep(changed(args))
    progress = options.progress_of(args)()
    if args.dry_run:
        if args.engine != "local":
            raise InputError("--dry-run measures on this machine: leave out --engine")
        return _estimate(planned, args, progress)
    with options.engine(args) as engine:
        out = Path(args.out) if args.out else Path("results") / planned.sweep.slug
        folders.make_room(out, [(out, planned)], args, "holds other runs, and shards may be at work there: "
                                                       "give another --out" if args.shard else "")
        report = execute(planned, out, args.workers, progress, notes={"arguments": args.words}, shard=shard,
                         engine=engine)
    answer = _answer(planned, report, out, args.shard)
    answer["seconds"] = round(time.monotonic() - began, 3)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, allow_nan=False))
    elif not args.quiet:
        from cluster_sim.cli.sweep_table import summary

        print("\n".join(summary(planned, answer, out)))
    return _status(report, out)


def changed(args: argparse.Namespace) -> Sweep:
    """Read the sweep file and put the options in the place of what it says."""
    from dataclasses import replace

    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.plan import month_text, ordinal, scale_of, seed_list
    from cluster_sim.runs.sweeps import load_sweep

    sweep = load_sweep(args.file)
    if args.seeds is not None:
        sweep = replace(sweep, seeds=tuple(seed_list(args.seeds)))
    if args.scale is not None:
        sweep = replace(sweep, scale=scale_of(args.scale))
    if args.until is not None:
        until = ordinal(args.until)
        assert until is not None
        if until < sweep.base.start:
            raise InputError(f"--until {args.until} lies before the scenario's start, {month_text(sweep.base.start)}")
        sweep = replace(sweep, until=until)
    return sweep


def _estimate(planned: Plan, args: argparse.Namespace, progress: Any) -> int:
    """Print what the sweep will take."""
    from cluster_sim.runs.estimate import estimate
    from cluster_sim.runs.progress import duration

    found = estimate(planned, args.workers, progress)
    if args.json:
        print(json.dumps({"name": planned.name, **found}, ensure_ascii=False, allow_nan=False))
        return 0
    from cluster_sim.cli.sweep_table import seeds

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


def _answer(planned: Plan, report: Report, out: Path, shard: str | None) -> dict[str, Any]:
    """Return the JSON answer."""
    from cluster_sim.runs.plan import month_text, scale_text
    from cluster_sim.runs.store import Store

    sweep, finished = planned.sweep, Store(out).finished()
    done = sum(spec.run_id in finished for spec in planned.runs)
    return {
        "name": planned.name, "out": str(out), "design": sweep.design, "points": len(planned.run_of),
        "factors": {factor.column: factor.path for factor in sweep.factors}, "seeds": list(sweep.seeds),
        "scale": scale_text(sweep.scale), "until": month_text(sweep.until), "runs": len(planned.runs), "done": done,
        "new_runs": len(report.done), "failed": len(report.failed), "shard": shard}


def _status(report: Report, out: Path) -> int:
    if not report.failed:
        return 0
    first = report.failed[0]
    count = len(report.failed)
    where = ", ".join(f"{name} {value}" for name, value in first["factors"].items())
    print(f"{count:,} run{'s' * (count > 1)} failed and {len(report.done) + len(report.already):,} are done. The first,"
          f" seed {first['seed']} at {where}: {first['traceback'].strip().splitlines()[-1]}\n"
          f"All of them: {out / 'failures.jsonl'}. The same command tries them again.", file=sys.stderr)
    return 3
