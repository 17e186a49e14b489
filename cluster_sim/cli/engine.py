"""`engine SCENARIO`: a lucky hit or an engine? The scenario with and without its largest hit, on the same luck."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import folders, options

if TYPE_CHECKING:
    from cluster_sim.analysis.lucky_hit.engine import EngineReport
    from cluster_sim.analysis.lucky_hit.plan import Question

NAME = "engine"
GROUP = "Compare"
HELP = "lucky hit or engine: the largest hit removed, delayed, made elsewhere"

SCALE = "1/20"
SEEDS = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help="a file or name (baseline)")
    options.ensemble(parser, SCALE, SEEDS, "folder with one results folder a variant (in results/)")
    options.running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print verdict and table, write table and figure; exit status 3 if a run failed."""
    began = time.monotonic()
    from cluster_sim.analysis.lucky_hit.engine import answer
    from cluster_sim.analysis.lucky_hit.plan import prepare
    from cluster_sim.analysis.lucky_hit.table import table
    from cluster_sim.report import tables
    from cluster_sim.runs.progress import Progress, Silent

    seeds, scale, until = options.size(args, SEEDS)
    named = Path(args.out) if args.out else None
    question = prepare(args.scenario, seeds, scale, until, named or Path("results") / "engine", args.set)
    if named is None:
        out = Path("results") / _name(question, bool(args.set))
        question = prepare(args.scenario, seeds, scale, until, out, args.set)
    folders.make_room(question.out, [(side.folder, side.plan) for side in question.sides], args)
    report = answer(question, args.workers, Silent if args.quiet else Progress, notes={"arguments": args.words})
    found = _json(report)
    rows = table(report)
    found["tables"] = [str(path) for path in tables.write(
        rows, question.out / "tables", "engine", tables.engine(rows), float_format="%.6g")]
    found["figures"] = folders.write_figure(question.out, "engine", report.plot, args)
    found["seconds"] = round(time.monotonic() - began, 3)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, allow_nan=False))
    elif not args.quiet:
        from cluster_sim.cli.engine_text import text

        files = ", ".join(["results", *found["tables"], *found["figures"]])
        print("\n".join([*text(report), "", f"{question.out}: {files}"]))
    return folders.status(report.failed, f"{len(report.seeds)} seeds", question.out)


def _name(question: Question, changed: bool) -> str:
    """Name the folder nobody named, by the scenario."""
    scenario = question.scenario
    name = f"engine-{scenario.slug or scenario.name}".replace("/", "_").replace(" ", "_")
    return f"{name[:90]}-{scenario.digest()[:6]}" if changed else name[:90]


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
