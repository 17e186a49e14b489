"""What the commands of experiments have in common: files for people and papers, an answer, an exit status."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return a frame as rows of plain JSON values; what is missing is null."""
    found: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=15, date_format="iso"))
    return found


def write_frames(out: Path, frames: Mapping[str, Any], paper: Mapping[str, Any] | None = None) -> None:
    """Write frames as CSV, and those for a `paper` as CSV and LaTeX in tables/."""
    from cluster_sim.report import tables

    for name, frame in frames.items():
        frame.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")
    for name, frame in (paper or {}).items():
        tables.write(frame, out / "tables", name)


def show(args: argparse.Namespace, began: float, out: Path, frames: Sequence[str], figures: list[str],
         answer: Callable[[], dict[str, Any]], table: Callable[[], list[str]]) -> None:
    """Print the JSON answer with what was drawn and the seconds since `began`, or the table and the files written."""
    if args.json:
        print(json.dumps(answer() | {"figures": figures, "seconds": round(time.monotonic() - began, 3)},
                         ensure_ascii=False, allow_nan=False))
    elif not args.quiet:
        print("\n".join(table()))
        print(f"\n{out}: runs, {', '.join([*(f'{name}.csv' for name in frames), *figures])}")


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
