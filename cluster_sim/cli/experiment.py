"""What the commands of experiments have in common: a folder with room, files for people and papers, an exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def check_workers(args: argparse.Namespace) -> None:
    """InputError if --workers is no number of processes."""
    from cluster_sim.runs.errors import InputError

    if args.workers is not None and args.workers < 0:
        raise InputError("--workers is a number of processes (0 runs everything in this one)")


def progress_of(args: argparse.Namespace) -> Any:
    """Return what makes the progress of a job: a line, machine-readable events with --json, or nothing."""
    from cluster_sim.runs.progress import Events, Progress, Silent

    if args.quiet:
        return Silent
    return Events if args.json else Progress


def make_room(out: Path, stores: Sequence[tuple[Path, Any]], args: argparse.Namespace) -> None:
    """Set aside what `out` holds of other runs, where nobody named the folder or --fresh was given.

    stores: folders inside (or `out` itself), each with a plan that its runs should belong to.
    """
    from cluster_sim.runs import manifest

    if not out.is_dir():
        return
    found = list(dict.fromkeys(words for folder, plan in stores for words in manifest.differences(folder, plan)))
    known = any(manifest.load(folder) for folder, _ in stores)
    if args.fresh and known or found and not args.out:
        aside = manifest.set_aside(out)
        why = f" ({' and '.join(found)} differ)" if found else ""
        print(f"what {out} held is now in {aside}{why}", file=sys.stderr)


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return a frame as rows of plain JSON values; what is missing is null."""
    import json

    found: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=15, date_format="iso"))
    return found


def write_frames(out: Path, frames: Mapping[str, Any], paper: Mapping[str, Any] | None = None) -> None:
    """Write frames as CSV, and those for a `paper` as CSV and LaTeX in tables/."""
    from cluster_sim.report import tables

    for name, frame in frames.items():
        frame.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")
    for name, frame in (paper or {}).items():
        tables.write_plain(frame, out / "tables", name)


def write_figure(out: Path, name: str, plot: Callable[[], Any], args: argparse.Namespace) -> list[str]:
    """Draw and write a figure; one that cannot be drawn is named, not fatal. Return what was written."""
    if args.no_figures:
        return []
    try:
        from cluster_sim.report import figures

        figures.save(plot(), out / "figures" / name)
    except Exception as error:  # whatever is wrong with a drawing, the runs are done and kept
        if not args.quiet:
            print(f"no figure '{name}': {error}", file=sys.stderr)
        return []
    return [str(out / "figures" / f"{name}.png")]


def status(failed: Sequence[Mapping[str, Any]], out: Path, what: str) -> int:
    """Return the exit status; what failed is named on standard error."""
    if not failed:
        return 0
    first = failed[0]
    where = ", ".join(f"{name} {value}" for name, value in first.get("factors", {}).items())
    print(f"{len(failed):,} run{'s' * (len(failed) > 1)} failed; {what}. The first, seed {first['seed']}"
          f"{f' at {where}' if where else ''}: {first['traceback'].strip().splitlines()[-1]}\n"
          f"All of them: failures.jsonl in {out}. The same command tries them again.", file=sys.stderr)
    return 3
