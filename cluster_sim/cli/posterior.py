"""`posterior FILE`: weighted draws of the uncertain numbers, by how well they fit what is known."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.posterior.sample import Posterior

FILE = "what_fits"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", nargs="?", default=FILE, metavar="FILE",
                        help=f"study file, or its name in scenarios/studies ({FILE})")
    parser.add_argument("--samples", type=int, metavar="N", help="draws of the prior (as the file says)")
    options.add_of_file(parser, "seeds of each draw, its own", "folder with the runs, draws.csv and fits.csv "
                        "(results/posterior-FILE)")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, write the weighted draws and print what they fit and say; 3 if a run failed."""
    from dataclasses import replace

    from cluster_sim.analysis.posterior import draws, reading, sample
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.sweeps import replaced

    if args.samples is not None and args.samples < 4:
        raise InputError("--samples is a number of draws, at least 4")
    spec = sample.sized(reading.read(args.file), args.samples)
    spec = replace(spec, sweep=replaced(spec.sweep, args.seeds, args.scale, args.until))
    runs = (spec.sweep.samples or 0) * len(spec.sweep.seeds)
    if args.dry_run or not args.quiet:
        print(output.as_json({"runs": runs}) if args.json and args.dry_run else f"at most {runs:,} runs",
              file=None if args.dry_run else sys.stderr)
    if args.dry_run:
        return 0
    with options.experiment(args, f"posterior-{Path(args.file).stem}") as experiment:
        experiment.ask(runs)
        result = sample.run_posterior(spec, experiment)
    draws.write(result.draws, result.folder / "draws.csv")
    frames = {"fits": result.fits, "margins": result.margins}
    files = ["draws.csv", *output.write_frames(result.folder, frames, frames)]
    return output.deliver(args, result, _answer(result), lambda: text(result), files, "their draws have no weight")


def _answer(result: Posterior) -> dict[str, Any]:
    """Return the JSON answer."""
    return {"draws": len(result.places), "weighted": int((result.weights > 0).sum()), "effective": result.effective,
            "run_away": result.refused, "flagged_weight": result.flagged, "fits": output.rows(result.fits),
            "margins": output.rows(result.margins), "file": str(result.folder / "draws.csv")}


def text(result: Posterior) -> list[str]:
    """Return the lines: how good the sample is, the facts, the numbers."""
    from cluster_sim.nation.returns import FLAGGED

    sweep = result.spec.sweep
    lines = [f"{sweep.name}: {len(result.places)} draws of {len(sweep.factors)} numbers, as good as "
             f"{result.effective:.1f} equal ones",
             f"{result.refused} draws run away (loop gain B not above 0) and were not run; those with B below "
             f"{FLAGGED} have {result.flagged:.0%} of the weight", "",
             f"{'what is known':<34}{'observed':>12}{'error':>10}{'prior mean':>12}{'posterior (90%)':>34}"]
    for row in result.fits.to_dict("records"):
        shown = f"{row['mean']:.4g} ({row['low90']:.4g} to {row['high90']:.4g})"
        lines.append(f"{row['column'] + ' ' + row['year']:<34}{row['observed']:>12.4g}{row['error']:>10.3g}"
                     f"{row['prior_mean']:>12.4g}{shown:>34}")
    lines += ["", f"{'number':<34}{'prior':>22}{'posterior (90%)':>34}  goes with (correlation)"]
    for row in result.margins.to_dict("records"):
        prior = f"{row['prior_low']:.4g} to {row['prior_high']:.4g}"
        shown = f"{row['mean']:.4g} ({row['low90']:.4g} to {row['high90']:.4g})"
        other = f"{row['companion']} ({row['correlation']:+.2f})" if abs(row["correlation"]) >= 0.3 else ""
        lines.append(f"{row['factor']:<34}{prior:>22}{shown:>34}  {other}")
    if result.effective < 10:
        lines += ["", "So few effective draws say little: take more --samples, or facts with wider errors."]
    return lines
