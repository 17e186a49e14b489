"""`status [FOLDER ...]`: what results folders hold, also while they grow."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

NAME = "status"
GROUP = "Results"
HELP = "show what results folders hold, also while they grow"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="results folders (all under results/)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")


def main(args: argparse.Namespace) -> int:
    """Print one line for each folder: runs done of those planned, failures, what they are of."""
    folders = [Path(name) for name in args.folders] or sorted(p.parent for p in Path("results").glob("*/manifest.json"))
    folders = [f if f.is_dir() else Path("results") / f for f in folders]
    rows = []
    for folder in folders:
        if not folder.is_dir():
            print(f"there is no folder {folder}", file=sys.stderr)
            return 2
        rows.append(describe(folder))
    if args.json:
        print(json.dumps({"stores": rows}, ensure_ascii=False))
        return 0
    if not rows:
        print("nothing under results/ yet")
    for row in rows:
        failed = f", {row['failed']} failed" if row["failed"] else ""
        waiting = f", {row['staged']} of them not in a part yet" if row["staged"] else ""
        print(f"{row['folder']}: {row['done']} of {row['planned']} runs{failed}{waiting}; {row['scenario']}, "
              f"scale {row['scale']}, to {row['until']}; {row['status']}; {row['megabytes']:.1f} MB")
    return 0


def describe(folder: Path) -> dict[str, Any]:
    """Return what a folder holds, from its files and its manifest."""
    from cluster_sim.runs import manifest
    from cluster_sim.runs.store import Store

    store, notes = Store(folder), manifest.load(folder)
    staged, finished = store.staged(), store.finished()
    failed = {record["run_id"] for record in store.failures()}
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"folder": str(folder), "done": len(finished), "planned": max(notes.get("planned", 0), len(finished)),
            "failed": len(failed), "staged": len(staged - store.committed()),
            "scenario": notes.get("scenario", "?"), "scale": notes.get("scale", "?"),
            "until": notes.get("until", "?"), "status": notes.get("status", "no manifest"),
            "ended": notes.get("ended"), "megabytes": round(size / 1e6, 2)}
