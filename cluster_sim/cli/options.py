"""Options that commands which do runs have in common, so that they are declared, checked and read alike everywhere."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cluster_sim.runs.experiment import Experiment


def path(text: str) -> str:
    """Read an argument that is a path: `~` is the home folder."""
    return os.path.expanduser(text)


def add_ensemble(parser: argparse.ArgumentParser, scale: str, seeds: int | str, out: str,
                 counted: str = "number of pairs, with seeds 1 to N", first: str = "the first of --seeds (1)",
                 end: str | None = "the scenario's end", overridden: str = "a value of the scenario") -> None:
    """Declare what of a scenario is run, how large, how often and how long, and where the results go.

    scale, seeds: what holds where nothing is said (for the help; `size` puts the seeds in place); the others are words
    of help: `out` names the folder, `counted` what --seeds counts, `end` the last month (None: there is no --until).
    """
    parser.add_argument("--scale", default=scale, metavar="S", help=f"share of the city, such as 1/20 or 1 ({scale})")
    parser.add_argument("--seeds", type=int, metavar="N", help=f"{counted} ({seeds})")
    parser.add_argument("--seed", type=int, metavar="K", help=first)
    if end is None:
        parser.set_defaults(until=None)
    else:
        parser.add_argument("--until", metavar="MONTH", help=f"last month, such as 2030-12 ({end})")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE",
                        help=f"override {overridden} (repeatable)")
    parser.add_argument("--out", type=path, metavar="FOLDER", help=out)


def size(args: argparse.Namespace, seeds: int) -> tuple[list[int], float, int | None]:
    """Return the seeds (1 to `seeds` where nothing is said), the scale and the last month of an ensemble.

    InputError names all that cannot be.
    """
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.plan import ordinal, scale_of, seed_list

    found: list[Any] = []
    faults = []
    for read in (lambda: seed_list(seeds if args.seeds is None else args.seeds, args.seed),
                 lambda: scale_of(args.scale), lambda: ordinal(args.until)):
        try:
            found.append(read())
        except InputError as error:
            faults.append(str(error))
    if faults:
        raise InputError("\n".join(faults))
    listed, scale, until = found
    return listed, scale, until


def titled(name: str, changed: Sequence[str]) -> str:
    """Return a scenario's name together with what was set on the command line."""
    return f"{name} with {', '.join(changed)}" if changed else name


def add_of_file(parser: argparse.ArgumentParser, seeds: str, out: str, otherwise: str = " (as the file says)",
                dry_run: str = "say how many runs it takes, and do none") -> None:
    """Declare what goes in the place of what a file says of its runs; seeds, out, otherwise, dry_run: words of help."""
    parser.add_argument("--seeds", type=int, metavar="N", help=f"{seeds}{otherwise}")
    parser.add_argument("--scale", metavar="S", help=f"share of the city, such as 1/20{otherwise}")
    parser.add_argument("--until", metavar="MONTH", help=f"last month, such as 2030-12{otherwise}")
    parser.add_argument("--out", type=path, metavar="FOLDER", help=out)
    parser.add_argument("--dry-run", action="store_true", help=dry_run)


def add_running(parser: argparse.ArgumentParser, figures: bool = True) -> None:
    """Declare how and where runs are done, and what is printed: the same for every command that does runs.

    figures: whether the command draws any.
    """
    parser.add_argument("--workers", type=int, metavar="N", help="processes (all cores)")
    parser.add_argument("--shard", metavar="I/N", help="do only shard I of N (one job each on a cluster)")
    parser.add_argument("--engine", choices=("local", "dask"), default="local",
                        help="this machine's cores, or a Dask cluster (the extra `cluster`)")
    parser.add_argument("--scheduler", type=path, metavar="ADDRESS",
                        help="with --engine dask: the scheduler, such as tcp://node1:8786, or its JSON file")
    parser.add_argument("--profile", metavar="NAME",
                        help="with --engine dask: ask Slurm for workers as profiles/NAME.yaml says")
    parser.add_argument("--fresh", action="store_true", help="set aside what the folder holds and begin again")
    parser.add_argument("--yes", action="store_true", help="start more than a million runs, too")
    if figures:
        parser.add_argument("--no-figures", action="store_true", help="draw no figures")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
    parser.add_argument("--quiet", action="store_true", help="no progress and no table")


def check(args: argparse.Namespace) -> None:
    """Read and check the options of `add_running`: InputError if they do not go together."""
    from cluster_sim.runs.errors import InputError
    from cluster_sim.runs.plan import shard_numbers

    if "shard" not in args:
        return
    args.part = shard_numbers(args.shard)
    if args.workers is not None and args.workers < 0:
        raise InputError("--workers is a number of processes (0 runs everything in this one)")
    if args.engine == "local":
        for name in ("scheduler", "profile"):
            if getattr(args, name):
                raise InputError(f"--{name} goes with --engine dask")
        return
    if bool(args.scheduler) == bool(args.profile):
        raise InputError("--engine dask needs one of --scheduler ADDRESS and --profile NAME")
    if args.workers is not None:
        raise InputError("--workers is for the local engine: a Dask cluster has the workers that it has")


def progress_of(args: argparse.Namespace) -> Any:
    """Return what makes the progress of a job: a line, machine-readable events with --json, or nothing."""
    from cluster_sim.runs.progress import Events, Progress, Silent

    if args.quiet:
        return Silent
    return Events if args.json else Progress


@contextmanager
def experiment(args: argparse.Namespace, name: str) -> Iterator[Experiment]:
    """Give what does the command's runs as the options say, in results/`name` unless --out names a folder."""
    from cluster_sim.runs.experiment import Experiment
    from cluster_sim.runs.folders import inside

    found = Experiment(
        Path(args.out) if args.out else inside(Path("results"), Path("results") / name), args.workers,
        progress_of(args), notes={"arguments": args.words, "directory": os.getcwd()}, shard=args.part,
        fresh=args.fresh, named=bool(args.out), reading=getattr(args, "reading", False), sure=args.yes,
        say=partial(print, file=sys.stderr))
    args.experiment = found
    if args.engine == "local":
        yield found
        return
    from cluster_sim.runs.dask_engine import DaskEngine

    with DaskEngine(args.scheduler, args.profile, quiet=args.quiet) as executor:
        executor.connect()
        found.executor = executor
        yield found
