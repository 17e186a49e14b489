"""`report FOLDER`: draw the figures and write the tables of a results folder again, as its command does."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from cluster_sim.cli import options

RUNS = "run"
"""The command whose folders are read without the scenario that they were made from."""
RESULTS = ("figures/*.png", "tables/*", "*.csv")
"""What a command writes beside its runs."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("folder", type=options.path, help="results folder, or its name under results/")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")


def main(args: argparse.Namespace) -> int:
    """Draw, write and name the files; what could not be drawn is said on standard error."""
    from cluster_sim.runs import manifest, scale_bias
    from cluster_sim.runs.stores import opened

    folder, stores = opened(args.folder)
    notes = manifest.load(stores[0])
    words = notes.get("arguments") or [RUNS]
    if words[0] == RUNS:
        found = [_runs(store) for store in stores]
        files = [file for one in found for file in one[0]]
        problems = [problem for one in found for problem in one[1]]
        size, status, until = found[0][2], 0, str(notes.get("until", ""))
    else:
        status, problems, size = _again(args.parsed(words), folder, notes.get("directory"))
        until = ""
        files = [str(path) for pattern in RESULTS for path in sorted(folder.glob(pattern)) if path.is_file()]
    for problem in problems:
        print(problem, file=sys.stderr)
    said = scale_bias.sentence(*size, until)
    print(json.dumps({"files": files, "problems": problems, "scale_bias": scale_bias.answer(*size)}) if args.json
          else "\n".join([*files, *([said] if said else [])]))
    return status


def _runs(store: Path) -> tuple[list[str], list[str], tuple[str, float]]:
    """Draw the figures of plain runs; return the files, what could not be drawn, and the size of the city."""
    from cluster_sim import plots
    from cluster_sim.report import registry, tables
    from cluster_sim.runs import scale_bias
    from cluster_sim.runs.read import open as open_store
    from cluster_sim.runs.summary import observed_shares

    view = open_store(store)
    figures, problems = plots.write("points" if view.is_sweep else "runs", view, view.folder / "figures")
    size = registry.size_of(view)
    if view.is_sweep:
        frame = view.by_point().reset_index()
        return [*map(str, figures), *map(str, tables.write(frame, view.folder / "tables", "points"))], problems, size
    table = tables.by_year(view.series, observed_shares(str(view.scenario.city)), size[1])
    said = scale_bias.sentence(*size, str(view.manifest["until"]))
    written = tables.write_by_year(table, view.folder / "tables", said)
    return [str(file) for file in [*figures, *written]], problems, size


def _again(command: Any, folder: Path, directory: str | None) -> tuple[int, list[str], tuple[str, float]]:
    """Give the command of a folder again, without a single run; return its status, what failed, the city's size.

    command: module and options of the command line that made the folder, given in `directory` (its paths may be
    relative to that).
    """
    module, again = command
    again.out, again.reading, again.problems = str(folder.resolve()), True, []
    again.quiet, again.json, again.no_figures = True, False, False
    again.fresh, again.part, again.engine, again.dry_run, again.yes = False, None, "local", False, True
    if again.words[0] == "sweep":
        again.file = str(folder.resolve() / "sweep.yaml")
    with contextlib.chdir(directory if directory and Path(directory).is_dir() else "."):
        status = int(module.main(again) or 0)
    return status, again.problems, again.experiment.size or ("", 1.0)
