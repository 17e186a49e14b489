"""`reproduce FOLDER`: run everything again and compare every byte."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_sim.runs.reproduce import Comparison

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
    from cluster_sim.runs.stores import opened

    folder, stores = opened(args.folder)
    found = [reproduce(store, args.workers, Silent() if args.quiet else Progress()) for store in stores]
    same = all(found)
    if args.json:
        differences = [{"store": str(one.folder), **vars(each)} for one in found for each in one.differences]
        print(json.dumps({
            "folder": str(folder), "same": same, "runs": sum(one.runs for one in found),
            "files": sum(one.files for one in found), "differences": differences,
            "notes": [note for one in found for note in one.notes]}, ensure_ascii=False))
        return 0 if same else 1
    for one in found:
        for note in one.notes:
            print(f"note: {note}", file=sys.stderr)
        print("\n".join(_lines(one)))
    return 0 if same else 1


def _lines(found: Comparison) -> list[str]:
    """Say what was found of one store."""
    if found.same:
        return [f"{found.folder}: {found.runs} runs, {found.files} files, every byte the same"]
    left = len(found.differences) - SHOWN
    return [f"{found.folder} is not reproduced. First difference:", *(f"  {one}" for one in found.differences[:SHOWN]),
            *([f"  and {left} more"] if left > 0 else [])]
