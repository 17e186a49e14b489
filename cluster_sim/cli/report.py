"""`report FOLDER`: draw the figures and write the tables of a results folder again."""

from __future__ import annotations

import argparse
import json

from cluster_sim.cli import options


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("folder", type=options.path, help="results folder, or its name under results/")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")


def main(args: argparse.Namespace) -> int:
    """Draw, write and name the files; what could not be drawn is said on standard error."""
    import sys

    from cluster_sim import plots
    from cluster_sim.report import registry, tables
    from cluster_sim.runs import scale_bias
    from cluster_sim.runs.read import open as open_store
    from cluster_sim.runs.summary import observed_shares

    view = open_store(args.folder)
    figures, problems = plots.write("runs", view, view.folder / "figures")
    size = registry.size_of(view)
    said = scale_bias.sentence(*size)
    observed = observed_shares(str(view.scenario.city))
    table = tables.by_year(view.series, observed, size[1])
    files = [str(f) for f in [*figures, *tables.write_by_year(table, view.folder / "tables", said)]]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(json.dumps({"files": files, "problems": problems, "scale_bias": scale_bias.answer(*size)}) if args.json
          else "\n".join([*files, *([said] if said else [])]))
    return 0
