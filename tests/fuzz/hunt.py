"""Reads many cases in worker processes with limits of time and memory, and counts what came of them."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import TimeoutError
from dataclasses import dataclass, field
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from tests.fuzz.cases import KINDS, read_case, samples, verdict

SECONDS = 5.0
"""Processor time of one file; a worker that does not even come back in ten times that is killed."""
GIGABYTES = 4


class Hang(BaseException):
    """A file has used up its time."""


def prepare() -> None:
    """In a worker: set the limits and load what the readers need."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))
        signal.signal(signal.SIGPROF, _stop)
    for kind in ("scenario", "sweep"):
        read_case(kind, samples(kind)[0], Path("nowhere"))


def _stop(number: int, frame: object) -> None:
    raise Hang


def read_one(name: str) -> tuple[str, str]:
    """In a worker: return what came of one case."""
    if sys.platform == "win32":
        return verdict(name)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return verdict(name)
    except Hang:
        return "hang", "over five seconds"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)       # a command takes it for Ctrl-C; the pool must be heard


@dataclass
class Found:
    """Counts by outcome, and the cases of each bad one by its place."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bad: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, outcome: str, words: str) -> None:
        """Count one case."""
        self.counts[outcome] += 1
        if outcome not in ("read", "refused"):
            first = words.strip().splitlines()[0][:100] if words.strip() else ""
            self.bad[f"{outcome}: {first if outcome != 'nowhere' else name.split('-')[0]}"].append(name)

    def lines(self) -> list[str]:
        """Return the report: counts, then what went wrong by place with the cases that show it."""
        said = [", ".join(f"{count:,} {outcome}" for outcome, count in sorted(self.counts.items()))]
        ordered = sorted(self.bad.items(), key=lambda item: -len(item[1]))
        return said + [f"{len(names):6,}  {where}   ({', '.join(names[:3])})" for where, names in ordered]


def names(files: int, seed: int, kinds: Iterable[str] = KINDS) -> list[str]:
    """Return the names of so many cases, the kinds in turn."""
    kinds = tuple(kinds)
    return [f"{kinds[k % len(kinds)]}-{seed}-{k // len(kinds)}" for k in range(files)]


def hunt(cases: Iterable[str], workers: int) -> Found:
    """Read all cases; return what came of them."""
    found = Found()
    with ProcessPool(max_workers=workers, max_tasks=2000, initializer=prepare,
                     context=multiprocessing.get_context("spawn")) as pool:
        waiting = [(name, pool.schedule(read_one, args=[name], timeout=10 * SECONDS)) for name in cases]
        for name, future in waiting:
            try:
                found.add(name, *future.result())
            except TimeoutError:
                found.add(name, "hang", "had to be killed")
            except ProcessExpired as error:
                found.add(name, "dead", f"exit status {error.exitcode}")
    return found
