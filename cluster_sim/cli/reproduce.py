"""`reproduce FOLDER`: run everything again and compare every byte."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cluster_sim.cli import options

SHOWN = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("folder", type=options.path, help="results folder, or its name under results/")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (all cores)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def main(args: argparse.Namespace) -> int:
    """Compare series, projects, credits, ledger and map; exit status 1 names the first run that differs."""
    from cluster_sim.runs.progress import Progress, Silent
    from cluster_sim.runs.reproduce import reproduce

    folder = Path(args.folder)
    if not folder.is_dir() and (Path("results") / args.folder).is_dir():
        folder = Path("results") / args.folder
    found = reproduce(folder, args.workers, Silent() if args.quiet else Progress())
    if args.json:
        print(json.dumps({
            "folder": str(folder), "same": found.same, "runs": found.runs, "files": found.files,
            "differences": [vars(d) for d in found.differences], "notes": found.notes}, ensure_ascii=False))
        return 0 if found.same else 1
    for note in found.notes:
        print(f"note: {note}", file=sys.stderr)
    if found.same:
        print(f"{folder}: {found.runs} runs, {found.files} files, every byte the same")
        return 0
    print(f"{folder} is not reproduced. First difference:")
    for difference in found.differences[:SHOWN]:
        print(f"  {difference}")
    if len(found.differences) > SHOWN:
        print(f"  and {len(found.differences) - SHOWN} more")
    return 1
