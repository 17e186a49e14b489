"""A worker process: takes one run at a time from a pipe, keeps its result in the store, says so.

It ignores Ctrl-C (its parent decides), dies with its parent, and loads neither plots nor data frames.
What it sends: ("hello", cold), then ("ready",) or ("broken", traceback), ("month", t), and for each run one of
("done", seconds), ("there",), ("busy",), ("failed", traceback), ("full", text).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from typing import Any

ONE_THREAD = {name: "1" for name in (
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS")}
"""Workers share the machine by runs; a library that starts threads of its own only slows them down."""
REPORT_EVERY = 0.1
"""Seconds between two messages about the month that a run has reached."""


@dataclass(frozen=True)
class Job:
    """What all runs of a worker have in common."""

    folder: str
    factory: str
    code: str


def do_run(store: Any, lock: Any, spec: Any, job: Job, on_month: Callable[[int], None] | None) -> tuple[Any, ...]:
    """Do one run and stage it, unless it is there or another process is at it; return the outcome."""
    from cluster_sim.runs.errors import StoreFull
    from cluster_sim.runs.single_run import simulate

    byte = lock.byte_of(spec.run_id)
    if not lock.take(byte):
        return ("busy",)
    try:
        if store.has(spec.run_id):
            return ("there",)
        result = simulate(spec, on_month, job.factory)
        store.stage(spec, result, spec.scenario.digest(), job.code)
        return ("done", result.seconds)
    except StoreFull as error:
        return ("full", error.strerror)
    except Exception:
        return ("failed", traceback.format_exc())
    finally:
        lock.free(byte)


def failure(spec: Any, kind: str, tries: int, text: str) -> dict[str, Any]:
    """Return the record of a run that failed: its name, seed and factors, and what happened."""
    factors = {name: None if value != value else value for name, value in spec.factors}
    return {"run_id": spec.run_id, "scenario": spec.scenario.name, "seed": spec.seed, "scale": spec.scale,
            "factors": factors, "kind": kind, "tries": tries, "traceback": text}


def die_with_parent() -> None:
    """End this process when the parent is gone, however it went."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGKILL)
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


def main(pipe: Any, job: Job) -> None:
    """Serve runs until the parent sends None or closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    from cluster_sim.runs.single_run import FACTORY, model_class

    try:
        if job.factory == FACTORY:
            from cluster_sim.runs import warm

            cold = warm.is_cold()
            pipe.send(("hello", cold))
            if cold:
                warm.warm()
        else:
            pipe.send(("hello", False))
            model_class(job.factory)
    except Exception:
        pipe.send(("broken", traceback.format_exc()))
        return
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        serve(pipe, job)


def serve(pipe: Any, job: Job) -> None:
    """Do what the pipe brings, one run after another."""
    from cluster_sim.runs.store import Store

    store = Store(job.folder)
    lock = store.lock()
    last = 0.0

    def on_month(month: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_EVERY:
            last = now
            pipe.send(("month", month))

    pipe.send(("ready",))
    while (spec := pipe.recv()) is not None:
        pipe.send(do_run(store, lock, spec, job, on_month))
