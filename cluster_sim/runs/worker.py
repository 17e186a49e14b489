"""What a worker process does: one run at a time, its result kept in the store.

It ignores Ctrl-C (its parent decides), dies with its parent, ends itself when a month does not end, and loads
neither plots nor data frames. What became of a run is an `Outcome`; the results never travel.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from cluster_sim.runs.parent import die_with_parent

ONE_THREAD = {name: "1" for name in (
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS")}
"""Workers share the machine by runs; a library that starts threads of its own only slows them down."""
STALL = 1800.0
"""Seconds without the end of a month after which a worker counts as stuck and ends itself."""
LIFE_SIGN = 1.0
"""Seconds between two signs of life, at least."""


@dataclass(frozen=True)
class Job:
    """What all runs of a worker have in common."""

    folder: str
    factory: str
    code: str
    stall: float = STALL


class Outcome(NamedTuple):
    """What became of a run.

    `kind` is "done"; "there" (somebody else had done it); "busy" (another process is at it); "full" (the disk);
    "raised" or "killed" (tried again, a second time recorded); "suspect" (killed, perhaps by a neighbour: tried again
    alone); "hopeless" (killed often enough: recorded at once); "lost" (through no fault of its own: done again).
    `text` says more; of a run that is done the seconds of its burn-in, if it needed one.
    """

    kind: str
    text: str = ""


def do_run(store: Any, lock: Any, spec: Any, job: Job, on_month: Callable[[int], None] | None = None,
           deaths: int | None = None, snapshots: Any = None) -> Outcome:
    """Do one run and stage it, unless it is there or another process is at it.

    `deaths` is how many processes it may have died with before (where nobody else counts them), `snapshots` what
    the process has kept of runs with the same past.
    """
    from cluster_sim.inputs.errors import Refused
    from cluster_sim.runs.errors import full_text, is_full
    from cluster_sim.runs.single_run import simulate

    byte = lock.byte_of(spec.run_id)
    if not lock.take(byte):
        return Outcome("busy")
    try:
        if store.has(spec.run_id):
            return Outcome("there")
        with nullcontext(0) if deaths is None else store.begun(spec.run_id) as died:
            if deaths is not None and died >= deaths:
                return Outcome("hopeless", f"the run was begun {died} times and each time its worker died")
            result = simulate(spec, on_month, job.factory, snapshots)
            store.stage(spec, result, spec.scenario.digest(), job.code)
        return Outcome("done", f"{result.burn_in:.1f}" if result.burn_in else "")
    except Refused as error:
        return Outcome("refused", str(error))
    except Exception as error:
        return Outcome("full", full_text(error, store.folder)) if is_full(error) else Outcome(
            "raised", traceback.format_exc())
    finally:
        lock.free(byte)


def failure(spec: Any, kind: str, tries: int, text: str) -> dict[str, Any]:
    """Return the record of a run that failed: its name, seed and factors, and what happened."""
    factors = {name: None if value != value else value for name, value in spec.factors}
    return {"run_id": spec.run_id, "scenario": spec.scenario.name, "seed": spec.seed, "scale": spec.scale,
            "factors": factors, "kind": kind, "tries": tries, "traceback": text}


def load_model(job: Job) -> bool:
    """Import the model of a job and say whether it is still to be compiled on this machine."""
    from cluster_sim.runs.single_run import FACTORY, model_class

    model_class(job.factory)
    if job.factory != FACTORY:
        return False
    from cluster_sim import jit

    return jit.is_cold()


@cache
def compile_model(factory: str) -> None:
    """Compile the model if that is still to be done on this machine; once in a process."""
    from cluster_sim.runs.single_run import FACTORY

    if factory == FACTORY:
        from cluster_sim.runs import warm

        warm.compile_once()


class Watch:
    """Ends this process when a run shows no sign of life for `stall` seconds, even if it hangs in compiled code."""

    def __init__(self, stall: float) -> None:
        self.stall = stall

    def __enter__(self) -> Watch:
        self.nowhere = open(os.devnull, "w")
        self.last = 0.0
        self.alive()
        return self

    def alive(self) -> None:
        """Note that something has happened."""
        now = time.monotonic()
        if now - self.last >= min(LIFE_SIGN, self.stall / 4):
            self.last = now
            faulthandler.dump_traceback_later(self.stall, exit=True, file=self.nowhere)

    def __exit__(self, *what: object) -> None:
        faulthandler.cancel_dump_traceback_later()
        self.nowhere.close()


# in a process of the pool -----------------------------------------------------------------------------


class WorkerHandle:
    """What a process of the pool keeps from run to run."""

    def __init__(self, job: Job, months: Any) -> None:
        from cluster_sim.runs.branches import Snapshots
        from cluster_sim.runs.store import Store

        self.job, self.months = job, months
        self.store = Store(job.folder)
        self.lock = self.store.lock()
        self.watch = Watch(job.stall)
        self.snapshots = Snapshots()


_handle: WorkerHandle | None = None
_begun: tuple[Job, Any] | None = None


def begin(job: Job, months: Any) -> None:
    """Prepare a process of the pool; `months` is shared: the month that each run has reached, by its place."""
    global _begun
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    _begun = job, months


def work(spec: Any, place: int) -> Outcome:
    """Do one run in a process of the pool."""
    global _handle
    assert _begun is not None
    if _handle is None:
        compile_model(_begun[0].factory)
        _handle = WorkerHandle(*_begun)
    own = _handle

    def on_month(month: int) -> None:
        own.months[place] = month
        own.watch.alive()

    with own.watch:
        return do_run(own.store, own.lock, spec, own.job, on_month, snapshots=own.snapshots)
