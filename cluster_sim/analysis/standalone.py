"""What modules that are run as ``python -m cluster_sim.analysis.NAME`` have in common: options of runs, and faults.

Their runs lie in a results folder, so that the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from cluster_sim.inputs.errors import ScenarioError
from cluster_sim.runs.errors import InputError, Interrupted
from cluster_sim.runs.experiment import Experiment, NothingRan, Unfinished
from cluster_sim.runs.folders import inside
from cluster_sim.runs.plan import shard_numbers
from cluster_sim.runs.progress import Progress, Silent


def add_running(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare how and where runs are done; name: that of the folder in results/ where nobody names one."""
    parser.add_argument("--out", metavar="FOLDER", help=f"folder with the runs (results/{name})")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (all cores)")
    parser.add_argument("--shard", metavar="I/N", help="do only shard I of N of the runs")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.set_defaults(name=name)


@contextmanager
def experiment(args: argparse.Namespace) -> Iterator[Experiment]:
    """Give what does the runs as the options say; an expected fault ends the program with one message.

    Exit status: 2 the user's input, 3 runs failed or are another shard's, 130 interrupted.
    """
    try:
        if args.workers is not None and args.workers < 0:
            raise InputError("--workers is a number of processes (0 runs everything in this one)")
        folder = Path(args.out) if args.out else inside(Path("results"), Path("results") / args.name)
        yield Experiment(folder, args.workers, Silent if args.quiet else Progress, shard=shard_numbers(args.shard),
                         named=bool(args.out), say=partial(print, file=sys.stderr))
    except (InputError, ScenarioError) as fault:
        _end(fault, 2)
    except (NothingRan, Unfinished) as fault:
        _end(fault, 3)
    except OSError as fault:
        if fault.filename is None:
            raise
        _end(f"{fault.filename}: cannot be read or written: {fault.strerror}", 2)
    except Interrupted as stop:
        _end(f"\nStopped. {stop.done} of {stop.planned} runs are done and kept; the same command goes on.", 130)


def _end(why: object, status: int) -> None:
    print(why, file=sys.stderr)
    raise SystemExit(status)
