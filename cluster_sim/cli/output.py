"""What commands make of their results: files for people and papers, a figure, an answer, an exit status."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.runs.errors import MORE_MEMORY, is_full, out_of_memory

if TYPE_CHECKING:
    from cluster_sim.runs.experiment import Experiment, Findings, Unfinished


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return a frame as rows of plain JSON values; what is missing is null."""
    found: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=15, date_format="iso"))
    return found


def write_frames(out: Path, frames: Mapping[str, Any], paper: Mapping[str, Any] | None = None) -> list[str]:
    """Write frames as CSV, and those for a `paper` as CSV and LaTeX in tables/; return the names of the former."""
    from cluster_sim.report import tables
    from cluster_sim.runs.files import whole

    for name, frame in frames.items():
        with whole(out / f"{name}.csv") as draft:
            frame.to_csv(draft, index=False, lineterminator="\n")
    for name, frame in (paper or {}).items():
        tables.write(frame, out / "tables", name)
    return [f"{name}.csv" for name in frames]


def write_figure(out: Path, name: str, plot: Callable[[], Any], args: argparse.Namespace) -> list[str]:
    """Draw and write a figure; one that cannot be drawn is named, not fatal. Return what was written."""
    if args.no_figures:
        return []
    try:
        from cluster_sim.report import style

        style.save(plot(), out / "figures" / name)
    except Exception as error:  # whatever is wrong with a drawing, the runs are done and kept
        if is_full(error):
            raise
        said = f"no figure '{name}': {error}"
        if "problems" in args:
            args.problems.append(said)
        elif not args.quiet:
            print(said, file=sys.stderr)
        return []
    return [str(out / "figures" / f"{name}.png")]


def show(args: argparse.Namespace, answer: dict[str, Any], lines: Callable[[], Sequence[str]] = list,
         share: bool = False) -> None:
    """Print the JSON answer with the seconds since the command began, or the lines for people, or nothing.

    Both say the scale of a smaller city, and how far from the whole one its results were measured to lie; share: the
    lines are about the share of GDP, of which that was measured.
    """
    from cluster_sim.runs import scale_bias

    size = args.experiment.size or ("", 1.0)
    if args.json:
        print(as_json(answer | {"scale_bias": scale_bias.answer(*size),
                                "seconds": round(time.monotonic() - args.began, 3)}))
    elif not args.quiet:
        said = scale_bias.sentence(*size, str(answer.get("until", "")) if share else "")
        print("\n".join([*lines(), *([textwrap.fill(said, 118)] if said else [])]))


def deliver(args: argparse.Namespace, result: Findings, answer: dict[str, Any], lines: Callable[[], Sequence[str]],
            written: Sequence[str], rest: str, share: bool = False) -> int:
    """Print the answer of a command that did runs, or lines and the names of what was `written`; return its status.

    The answer is completed by where the runs lie, how many are new and how many failed; `share` is that of `show`,
    `rest` that of `status`.
    """
    show(args, answer | {"out": str(result.folder), "new_runs": result.new_runs, "failed": len(result.failed)},
         lambda: [*lines(), "", f"{result.folder}: {', '.join(['results', *written])}"], share)
    return status(result.experiment, rest)


def as_json(content: Mapping[str, Any]) -> str:
    """Write a JSON object on one line. ValueError if a number in it is not finite."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def status(experiment: Experiment, rest: str) -> int:
    """Return the exit status, 3 if runs failed; then say on standard error which, and in `rest` what is left."""
    if not experiment.failures:
        return 0
    found = experiment.failed[0]["traceback"]
    why = (f"this machine's memory did not suffice. {MORE_MEMORY}" if out_of_memory(found)
           else found.strip().splitlines()[-1])
    print(f"{experiment.losses}: {why}{f' ({rest})' if rest else ''}\nAll of them: failures.jsonl in "
          f"{experiment.folder}. The same command tries them again.", file=sys.stderr)
    return 3


def unfinished(stop: Unfinished, args: argparse.Namespace) -> int:
    """Say what a shard has done that is not the last: nothing is analysed before all runs are there."""
    experiment = stop.experiment
    answer = {"out": str(experiment.folder), "shard": args.shard, "runs": stop.planned, "done": stop.done,
              "missing": stop.missing, "new_runs": experiment.new_runs, "failed": len(experiment.failures)}
    show(args, answer, lambda: [str(stop)])
    return status(experiment, "")
