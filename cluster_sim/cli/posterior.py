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
    options.add_running(parser, figures=False)


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
    spec.check()
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
    """Return the lines: how good the sample is, the facts, the numbers; without intervals if it is too thin."""
    from cluster_sim.analysis.posterior.draws import FEW
    from cluster_sim.nation.returns import FLAGGED

    sweep = result.spec.sweep
    known = result.effective >= FEW
    lines = [f"{sweep.name}: {len(result.places)} draws of {len(sweep.factors)} numbers, as good as "
             f"{result.effective:.1f} equal ones",
             f"{result.refused} draws run away (loop gain B not above 0) and were not run; those with B below "
             f"{FLAGGED} have {result.flagged:.0%} of the weight", ""]
    head = "posterior (90%)" if known else "posterior mean"
    rows: list[tuple[str, ...]] = [("what is known", "observed", "error", "prior mean", head)]
    rows += [(f"{row['column']} {row['year']}", *(shown(row[key]) for key in ("observed", "error", "prior_mean")),
              _posterior(row, known)) for row in result.fits.to_dict("records")]
    lines += [*_columns(rows), ""]
    rows = [("number", "prior", head, *(["goes with (correlation)"] if known else []))]
    for row in result.margins.to_dict("records"):
        other = f"{row['companion']} ({row['correlation']:+.2f})" if abs(row["correlation"]) >= 0.3 else ""
        rows.append((row["factor"], f"{shown(row['prior_low'])} to {shown(row['prior_high'])}", _posterior(row, known),
                     *([other] if known else [])))
    lines += _columns(rows)
    if not known:
        lines += ["", f"Draws worth {result.effective:.1f} equal ones are about one point of the posterior: they have "
                  "no intervals or correlations.", "Take more --samples, or facts with wider errors."]
    elif result.effective < 10:
        lines += ["", "So few effective draws say little: take more --samples, or facts with wider errors."]
    return lines


def shown(value: float) -> str:
    """Write a number with four digits; a thousand and more whole, with separators."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.4g}"


def _posterior(row: dict[str, Any], known: bool) -> str:
    """Write what a posterior says of a number, with its interval where that is known."""
    mean, low, high = (shown(row[key]) for key in ("mean", "low90", "high90"))
    return f"{mean} ({low} to {high})" if known else mean


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Lay out cells with two blanks between columns, numbers to the right, words (the first, a fourth of four) left."""
    wide = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    words = {0} | ({3} if len(wide) == 4 else set())
    return ["  ".join(cell.ljust(w) if k in words else cell.rjust(w)
                      for k, (cell, w) in enumerate(zip(row, wide, strict=True))).rstrip() for row in rows]
