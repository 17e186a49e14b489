"""How worker processes start: from a fork server on Linux, afresh (spawn) elsewhere, and without the caller's script.

Plain fork is never used, since the caller may have threads. The method is named here because importing Mesa changes
the default of the whole process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager

from cluster_sim.runs.identity import PACKAGE
from cluster_sim.runs.worker import ONE_THREAD

METHOD = "forkserver" if sys.platform == "linux" else "spawn"
IMPORTED_ONCE = ["pebble", "numpy", "pyarrow.parquet", "cluster_sim.runs.store", "cluster_sim.runs.worker",
                 "cluster_sim.model"]
"""Modules that the fork server imports, so that a worker starts in milliseconds."""

_context = multiprocessing.get_context(METHOD)
_one_at_a_time = threading.Lock()


@contextmanager
def _starting() -> Iterator[None]:
    """Prepare this process while it starts another one, and put everything back.

    The new process finds this package, uses one thread for linear algebra, ignores Ctrl-C from its first
    moment, and does not import the caller's script (which therefore needs no `if __name__` guard).
    """
    path = os.pathsep.join(p for p in (str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")) if p)
    wanted = {**ONE_THREAD, "PYTHONPATH": path}
    in_main_thread = threading.current_thread() is threading.main_thread()
    with _one_at_a_time:
        before = {name: os.environ.get(name) for name in wanted}
        own_main = sys.modules["__main__"]
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if in_main_thread else None
        os.environ.update(wanted)
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = own_main
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
            if in_main_thread:
                signal.signal(signal.SIGINT, handler)


class WorkerProcess(_context.Process):  # type: ignore[name-defined]
    """A process that starts without the caller's script."""

    def start(self) -> None:
        """Start the process."""
        with _starting():
            super().start()


class WorkerContext(type(_context)):  # type: ignore[misc]
    """What pebble starts its workers with."""

    Process = WorkerProcess


def context(kernels: bool = False) -> WorkerContext:
    """Return the multiprocessing context of the workers; on Linux with its fork server under way.

    kernels: whether the fork server, if it starts now, loads those of the model for all workers.
    """
    chosen = WorkerContext()
    if METHOD == "forkserver":
        from multiprocessing import forkserver

        chosen.set_forkserver_preload([*IMPORTED_ONCE, *(["cluster_sim.runs.preload"] if kernels else [])])
        with _starting():
            forkserver.ensure_running()
    return chosen
