"""`engine SCENARIO`: a lucky hit or an engine? The scenario with and without its largest hit, on the same luck."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options

if TYPE_CHECKING:
    from cluster_sim.analysis.engine import EngineReport
    from cluster_sim.analysis.engine_plan import Question

NAME = "engine"
GROUP = "Compare"
HELP = "lucky hit or engine: the largest hit removed, delayed, made elsewhere"

SCALE = "1/20"
SEEDS = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help="a file or name (baseline)")
    parser.add_argument("--scale", default=SCALE, metavar="S", help=f"share of the city, such as 1/20 or 1 ({SCALE})")
    parser.add_argument("--seeds", type=int, metavar="N", help=f"number of pairs, with seeds 1 to N ({SEEDS})")
    parser.add_argument("--seed", type=int, metavar="K", help="the first of --seeds (1)")
    parser.add_argument("--until", metavar="MONTH", help="last month, such as 2030-12 (the scenario's end)")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE",
                        help="override a value of the scenario (repeatable)")
    parser.add_argument("--out", metavar="FOLDER", help="folder with one results folder a variant (in results/)")
    options.running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print verdict and table, write table and figure; exit status 3 if a run failed."""
    began = time.monotonic()
    from cluster_sim.analysis.engine import answer
    from cluster_sim.analysis.engine_plan import prepare
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.plan import ordinal, scale_of, seed_list
    from cluster_sim.runs.progress import Progress, Silent

    if args.workers is not None and args.workers < 0:
        raise InputError("--workers is a number of processes (0 runs everything in this one)")
    seeds = seed_list(SEEDS if args.seeds is None else args.seeds, args.seed)
    scale, until = scale_of(args.scale), ordinal(args.until)
    named = Path(args.out) if args.out else None
    question = prepare(args.scenario, seeds, scale, until, named or Path("results") / "engine", args.set)
    if named is None:
        out = Path("results") / _name(question, bool(args.set))
        question = prepare(args.scenario, seeds, scale, until, out, args.set)
    _make_room(question, args)
    report = answer(question, args.workers, Silent if args.quiet else Progress, notes={"arguments": args.words})
    found = _json(report)
    found |= _files(report, not args.no_figures, args.quiet)
    found["seconds"] = round(time.monotonic() - began, 3)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, allow_nan=False))
    elif not args.quiet:
        from cluster_sim.cli.engine_text import text

        files = ", ".join(["results", *found["tables"], *found["figures"]])
        print("\n".join([*text(report), "", f"{question.out}: {files}"]))
    return _status(report)


def _name(question: Question, changed: bool) -> str:
    """Name the folder nobody named, by the scenario."""
    scenario = question.scenario
    name = f"engine-{scenario.slug or scenario.name}".replace("/", "_").replace(" ", "_")
    return f"{name[:90]}-{scenario.digest()[:6]}" if changed else name[:90]


def _make_room(question: Question, args: argparse.Namespace) -> None:
    """Set aside what the folder holds of other runs, where nobody named it or --fresh was given."""
    from cluster_sim.runs import manifest

    if not question.out.is_dir():
        return
    found = [words for side in question.sides for words in manifest.differences(side.folder, side.plan)]
    known = any(manifest.load(side.folder) for side in question.sides)
    if args.fresh and known or found and not args.out:
        aside = manifest.set_aside(question.out)
        why = f" ({' and '.join(dict.fromkeys(found))} differ)" if found else ""
        print(f"what {question.out} held is now in {aside}{why}", file=sys.stderr)


def _json(report: EngineReport) -> dict[str, Any]:
    """Return the JSON answer: verdict, frames as lists of rows, what the runs were."""
    from cluster_sim.runs.plan import month_text, scale_text

    question, hit = report.question, report.question.hit
    return {
        "verdict": report.verdict,
        "scenario": question.scenario.name,
        "hit": {"title": hit["title"], "month": month_text(hit["month"]), "gross": hit["gross"],
                "segment": hit["segment"]} if hit else None,
        "growth": _rows(report.growth), "effects": _effects(report), "flows": report.flow_rows,
        "titles": _rows(report.titles), "variants": report.variants, "notes": report.notes,
        "amounts": "as in the series of the stores; divide amounts by the scale for the whole city",
        "seeds": report.seeds, "scale": scale_text(report.scale), "until": month_text(question.last),
        "out": str(question.out), "new_runs": report.new_runs, "failed": len(report.failed)}


def _rows(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame as JSON can hold them: dates as text, missing values as null."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15))
    for row in rows:
        if "month" in row:
            row["month"] = row["month"][:7]
        if "project_id" in row:
            row["project_id"] = str(row["project_id"])
    return rows


def _effects(report: EngineReport) -> dict[str, Any]:
    """Return variant -> column -> year -> paired effect, as `compare` has it."""
    source = report.comparison if report.question.hit else report.flopped
    return {label: source.found[label] for label in report.variants}


def _files(report: EngineReport, figures: bool, quiet: bool) -> dict[str, Any]:
    """Write the table and the figure; a figure that cannot be drawn is named, not fatal."""
    from cluster_sim.analysis.engine_table import table
    from cluster_sim.report import engine_table

    out = report.question.out
    written = {"tables": [str(path) for path in engine_table.write(table(report), out / "tables")], "figures": []}
    if figures:
        try:
            from cluster_sim.report import figures as drawing

            drawing.save(report.plot(), out / "figures" / "engine")
            written["figures"].append(str(out / "figures" / "engine.png"))
        except Exception as error:  # whatever is wrong with a drawing, the runs are done and kept
            if not quiet:
                print(f"no figure 'engine': {error}", file=sys.stderr)
    return written


def _status(report: EngineReport) -> int:
    if not report.failed:
        return 0
    first = report.failed[0]
    print(f"{len(report.failed)} run{'s' * (len(report.failed) > 1)} failed; {len(report.seeds)} seeds are whole. "
          f"The first, {first['scenario']} with seed {first['seed']}: {first['traceback'].strip().splitlines()[-1]}\n"
          f"All of them: failures.jsonl in the folders of {report.question.out}", file=sys.stderr)
    return 3
