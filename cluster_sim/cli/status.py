"""`status [FOLDER ...]`: what results folders hold, also while they grow."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from cluster_sim.cli import options


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("folders", type=options.path, nargs="*", metavar="FOLDER",
                        help="results folders (all under results/)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")


def main(args: argparse.Namespace) -> int:
    """Print one line for each store: runs done of those planned, failures, what they are of.

    Exit status 2 if a folder cannot be read.
    """
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.stores import is_store, results_folder, stores_in

    named = [results_folder(name) for name in args.folders]
    folders = named or [path for path in sorted(Path("results").glob("*")) if path.is_dir()
                        and is_store(stores_in(path)[0])]
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for folder in folders:
        for store in stores_in(folder):
            try:
                rows.append(describe(store))
            except InputError as error:
                problems.append(str(error))
    if args.json:
        print(json.dumps({"stores": rows, "problems": problems}, ensure_ascii=False))
    else:
        if not rows and not problems:
            print("nothing under results/ yet")
        for row in rows:
            print("\n".join(lines(row)))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 2 if problems else 0


def lines(row: dict[str, Any]) -> list[str]:
    """Lay out what one folder holds."""
    failed = f", {row['failed']:,} failed" if row["failed"] else ""
    waiting = f", {row['staged']} of them not in a part yet" if row["staged"] else ""
    design = f"{row['design']} sweep of " if row["design"] else ""
    found = [f"{row['folder']}: {row['done']:,} of {row['planned']:,} runs{failed}{waiting}; "
             f"{design}{options.titled(row['scenario'], row['set'])}, scale {row['scale']}, to {row['until']}; "
             f"{row['status']}; {row['megabytes']:.1f} MB"]
    if row["shards"]:
        found.append("  shards: " + "; ".join(f"{shard} {state}" for shard, state in row["shards"].items()))
    found += [f"  {text}" for text in row["damaged"]]
    if row["set_aside"]:
        found.append(f"  {row['set_aside']} damaged part{'s' * (row['set_aside'] > 1)} set aside in "
                     f"{row['folder']}/damaged")
    return found


def describe(folder: Path) -> dict[str, Any]:
    """Return what a folder holds, from its files and its manifest; it may grow or lose files meanwhile."""
    from cluster_sim.runs import damage, manifest
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.store import Store

    store, notes = Store(folder), manifest.of_store(folder)
    damaged: list[str] = []
    staged = store.staged()
    try:
        committed = store.committed()
        failed = {record["run_id"] for record in store.failures()}
        damaged = manifest.gaps(store)
    except InputError as error:
        committed, failed = set(), set()
        damaged.append(str(error))
    finished, size = staged | committed, 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            size += path.stat().st_size if path.is_file() else 0
    status = notes.get("status", "unknown")
    if status == "running":
        status = "at work" if store.at_work() else "stopped (the same command goes on)"
    elif status == "unfinished" and not notes.get("shards"):
        status = "stopped (the same command goes on)"
    elif status == "done" and (damaged or len(finished) < notes.get("planned", 0)):
        status = "a part is missing (the same command does its runs again)"
    words = [str(word) for word in notes.get("arguments", [])]
    changed = [word.removeprefix("--set=") for before, word in zip(["", *words], words, strict=False)
               if before == "--set" or word.startswith("--set=")]
    return {"folder": str(folder), "done": len(finished), "planned": max(notes.get("planned", 0), len(finished)),
            "failed": len(failed), "staged": len(staged - committed), "scenario": notes.get("scenario", "?"),
            "set": changed,
            "design": notes.get("design"), "scale": notes.get("scale", "?"), "until": notes.get("until", "?"),
            "status": status, "shards": notes.get("shards", {}), "ended": notes.get("ended"), "damaged": damaged,
            "set_aside": len(list((folder / damage.ASIDE).glob("part-*"))), "megabytes": round(size / 1e6, 2)}
