"""`engine SCENARIO`: a lucky hit or an engine? The scenario with and without its largest hit, on the same luck."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.hit_dependence.answer import HitDependence
    from cluster_sim.analysis.hit_dependence.plan import Question

SCALE = "1/20"
SEEDS = 10
SAMPLES, EACH = 40, 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenario", nargs="?", default="baseline", metavar="SCENARIO", help="a file or name (baseline)")
    options.add_ensemble(parser, SCALE, f"{SEEDS}; with --draws {EACH}",
                         "folder with one results folder a variant (in results/)",
                         "seeds of each variant, from 1 on; with --draws, seeds of each sample")
    parser.add_argument("--dry-run", action="store_true", help="say how many runs it takes, and do none")
    parser.add_argument("--draws", type=options.path, metavar="FILE",
                        help="weighted draws of a posterior (CSV): the verdict is a probability over them")
    parser.add_argument("--samples", type=int, metavar="N", default=SAMPLES,
                        help=f"with --draws: how many equal draws to take from the file ({SAMPLES})")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print verdict and table, write table and figure; exit status 3 if a run failed."""
    from cluster_sim.analysis.hit_dependence.answer import answer, worlds_of
    from cluster_sim.analysis.hit_dependence.plan import prepare
    from cluster_sim.analysis.hit_dependence.table import table
    from cluster_sim.cli.hit_dependence_text import text
    from cluster_sim.report import tables
    from cluster_sim.runs.api import scenario_of
    from cluster_sim.runs.plan import seed_list

    seeds, scale, until = options.size(args, SEEDS if args.draws is None else EACH)
    scenario = scenario_of(args.scenario, args.set)
    worlds = worlds_of(args.draws, scenario, args.samples, len(seeds))
    if worlds is not None:
        seeds = seed_list(len(worlds.chosen), seeds[0])
    question = prepare(scenario, seeds, scale, until, None, worlds)
    if worlds is not None and worlds.warning and not args.quiet:
        print(worlds.warning, file=sys.stderr)
    if args.dry_run:
        counts = {"runs": question.runs, "variants": len(question.sides) + len(question.tops), "seeds": len(seeds)}
        said = f"at most {counts['runs']:,} runs: {counts['variants']} variants, {counts['seeds']} seeds"
        print(output.as_json(counts) if args.json else said)
        return 0
    with options.experiment(args, _name(question, bool(args.set) or args.draws is not None)) as experiment:
        report = answer(question, experiment)
    rows = table(report)
    files = [str(path) for path in tables.write(
        rows, report.folder / "tables", "engine", tables.engine(rows), float_format="%.6g")]
    figures = output.write_figure(report.folder, "engine", report.plot, args)
    return output.deliver(args, report, _json(report) | {"tables": files, "figures": figures}, lambda: text(report),
                          [*files, *figures], f"{len(report.seeds)} seeds are whole")


def _name(question: Question, changed: bool) -> str:
    """Name the folder nobody named, by the scenario."""
    scenario = question.scenario
    name = f"engine-{scenario.slug or scenario.name}".replace("/", "_").replace(" ", "_")
    return f"{name[:90]}-{scenario.digest()[:6]}" if changed else name[:90]


def _json(report: HitDependence) -> dict[str, Any]:
    """Return the JSON answer: verdict, frames as lists of rows, what the runs were."""
    from cluster_sim.analysis.hit_dependence.answer import owned_elsewhere
    from cluster_sim.runs.plan import month_text, scale_text

    question, hit = report.question, report.question.hit
    return {
        "verdict": report.verdict,
        "scenario": question.scenario.name,
        "hit": {"title": hit["title"], "month": month_text(hit["month"]), "gross": hit["gross"],
                "segment": hit["segment"]} if hit else None,
        "nation": _rows(report.on_the_nation), "lasting": _rows(report.lasting),
        "owned_elsewhere": owned_elsewhere(report),
        "growth": _rows(report.growth), "effects": _effects(report), "flows": report.flow_rows,
        "titles": _rows(report.titles), "variants": report.variants, "notes": report.notes,
        "amounts": "as in the series of the stores; divide amounts by the scale for the whole city",
        "seeds": report.seeds, "scale": scale_text(report.scale), "until": month_text(question.last)}


def _rows(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame with months as `2019-07` and identities as text."""
    rows = output.rows(frame)
    for row in rows:
        if "month" in row:
            row["month"] = row["month"][:7]
        if "project_id" in row:
            row["project_id"] = str(row["project_id"])
    return rows


def _effects(report: HitDependence) -> dict[str, Any]:
    """Return variant -> column -> year -> paired effect, as `compare` has it."""
    found = report.comparison.found | report.flopped.found
    return {label: found[label] for label in report.variants}
