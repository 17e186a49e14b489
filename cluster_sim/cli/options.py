"""Options that commands which do runs have in common, so that they read alike everywhere."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_sim.runs.dask_engine import DaskEngine


def running(parser: argparse.ArgumentParser) -> None:
    """Declare how runs are carried out and what is printed."""
    parser.add_argument("--workers", type=int, metavar="N", help="processes (all cores)")
    parser.add_argument("--fresh", action="store_true", help="set aside what the folder holds and begin again")
    parser.add_argument("--no-figures", action="store_true", help="draw no figures")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
    parser.add_argument("--quiet", action="store_true", help="no progress and no table")


def engines(parser: argparse.ArgumentParser) -> None:
    """Declare where runs are done."""
    parser.add_argument("--engine", choices=("local", "dask"), default="local",
                        help="this machine's cores, or a Dask cluster (the extra `cluster`)")
    parser.add_argument("--scheduler", metavar="ADDRESS",
                        help="with --engine dask: the scheduler, such as tcp://node1:8786, or its JSON file")
    parser.add_argument("--profile", metavar="NAME",
                        help="with --engine dask: ask Slurm for workers as profiles/NAME.yaml says")


@contextmanager
def engine(args: argparse.Namespace) -> Iterator[DaskEngine | None]:
    """Give the engine that was asked for, None for this machine; leave its cluster in the end.

    InputError if the options do not go together, or the extra `cluster` is not installed.
    """
    from cluster_sim.runs.errors import InputError

    if args.engine == "local":
        for name in ("scheduler", "profile"):
            if getattr(args, name):
                raise InputError(f"--{name} goes with --engine dask")
        yield None
        return
    if bool(args.scheduler) == bool(args.profile):
        raise InputError("--engine dask needs one of --scheduler ADDRESS and --profile NAME")
    if args.workers is not None:
        raise InputError("--workers is for the local engine: a Dask cluster has the workers that it has")
    from cluster_sim.runs.dask_engine import DaskEngine

    with DaskEngine(args.scheduler, args.profile, quiet=args.quiet) as found:
        found.connect()
        yield found
