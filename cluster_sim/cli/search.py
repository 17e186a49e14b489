"""`search FILE`: the mixes of instruments under a budget that no other beats, checked on fresh seeds."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.search.reading import SearchSpec
    from cluster_sim.analysis.search.study import Search

TABLES = ("front", "optimism", "progress", "evaluations", "base")
"""Frames that are written as CSV."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="search file, or its name in scenarios/studies")
    parser.add_argument("--generations", type=int, metavar="N", help="generations (as the file says; more go further)")
    parser.add_argument("--check-seeds", type=int, metavar="N", help="fresh seeds for the mixes found (the file's)")
    options.add_of_file(parser, "seeds 1 to N for every mix", "results folder (results/search-FILE)")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Carry the search out or on, print the mixes found, write them and their figure; 3 if a run failed."""
    from cluster_sim.analysis.search import reading, study

    spec = study.sized(reading.read(args.file), args.generations, args.seeds, args.check_seeds, args.scale, args.until)
    mixes = spec.generations * spec.population
    runs = (mixes + 1) * len(spec.sweep.seeds)
    if args.dry_run:
        counts = {"runs": runs, "mixes": mixes, "runs_a_mix_found": len(spec.check_seeds)}
        print(output.as_json(counts) if args.json else f"up to {runs:,} runs for {mixes:,} mixes, then "
              f"{len(spec.check_seeds)} for each mix found")
        return 0
    with options.experiment(args, f"search-{Path(args.file).stem}") as experiment:
        experiment.ask(runs)
        result = study.run_search(spec, experiment, (lambda text: None) if args.quiet or args.json
                                  else partial(print, file=sys.stderr))
    files = output.write_frames(result.folder, {name: getattr(result, name) for name in TABLES}, _paper(result))
    figures = output.write_figure(result.folder, "front", result.plot, args) if len(result.front) else []
    return output.deliver(args, result, _answer(result) | {"figures": figures}, lambda: table(result),
                          [*files, *figures], "mixes without a single run are no part of the set")


def _answer(result: Search) -> dict[str, Any]:
    """Return the JSON answer."""
    from cluster_sim.analysis.search.study import columns

    spec = result.spec
    aims = [{"column": name, "measure": aim.measure.column, "years": spec.years(aim.measure), "unit": aim.measure.unit,
             "factor": aim.measure.factor, "better": "higher" if aim.higher else "lower"}
            for name, aim in zip(columns(spec), spec.aims, strict=True)]
    frames = {name: output.rows(getattr(result, name)) for name in TABLES if name != "evaluations"}
    return {"aims": aims, "budget": spec.budget, "factors": {f.column: f.path for f in spec.sweep.factors}, **frames,
            "verdict": result.verdict, "mixes": len(result.evaluations), "seeds": list(spec.sweep.seeds),
            "check_seeds": list(spec.check_seeds)}


def _paper(result: Search) -> dict[str, Any]:
    """The set as a table for a paper: factors, cost, and each aim's gain found with its interval and the promise."""
    import pandas as pd

    from cluster_sim.analysis.search.study import columns

    spec, front = result.spec, result.front
    shown = {factor.column: front[factor.column] for factor in spec.sweep.factors} | {"cost": front["cost_fresh"]}
    for name, aim in zip(columns(spec), spec.aims, strict=True):
        cells = []
        for row in front.to_dict("records"):
            found, low, high, promised = (row[f"{name}_{part}"] * aim.measure.factor
                                          for part in ("gain_fresh", "low95", "high95", "gain"))
            cells.append(f"{found:.3g} [{low:.3g}, {high:.3g}] ({promised:.3g})")
        unit = "pp" if aim.measure.unit == "%" else aim.measure.unit
        shown[f"{aim.measure.title}, {unit}: found [95%] (promised)"] = cells
    return {"front": pd.DataFrame({**shown, "holds": front["holds"]})}


def table(result: Search) -> list[str]:
    """Lay out the set as lines of text: promised and found, in the order of cost."""
    from cluster_sim.analysis.search.study import columns

    spec, front = result.spec, result.front
    head = _head(spec)
    if not len(front):
        return [head, "", result.verdict]
    names = columns(spec)
    factors = [f.column for f in spec.sweep.factors]
    wide = [max(9, len(name)) for name in factors]
    lines = [head, "", "  ".join(f"{name:>{w}}" for name, w in zip(factors, wide, strict=True)) + "".join(
        f"  {aim.measure.title[:25]:>25}" for aim in spec.aims)]
    for row in front.to_dict("records"):
        mix = "  ".join(f"{_value(row[name]):>{w}}" for name, w in zip(factors, wide, strict=True))
        gains = ""
        for name, aim in zip(names, spec.aims, strict=True):
            one, other = row[f"{name}_gain"] * aim.measure.factor, row[f"{name}_gain_fresh"] * aim.measure.factor
            gains += f"  {f'{one:+.3g} > {other:+.3g}':>25}"
        lines.append(f"{mix}{gains}{'' if row['holds'] else '  beaten on fresh seeds'}")
    units = ", ".join(f"{aim.measure.title}: {aim.measure.change_unit}"
                      f" ({spec.years(aim.measure)})" for aim in spec.aims)
    return [*lines, "", f"Gains over the base, promised > found on fresh seeds. {units}.", result.verdict]


def _head(spec: SearchSpec) -> str:
    from cluster_sim.runs.plan import scale_text

    limit = "no budget" if spec.budget is None else (f"budget {spec.budget:,.0f} million yuan a year "
                                                     f"({spec.years(spec.cost)})")
    return (f"{spec.sweep.name}: {spec.generations} generations of {spec.population} mixes, {limit}, "
            f"{len(spec.sweep.seeds)} seeds at scale {scale_text(spec.sweep.scale)}")


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
