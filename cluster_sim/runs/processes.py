"""Starting worker processes: the method, the environment, and nothing of the caller's own script.

On Linux workers are forked from a server that has imported the libraries once; elsewhere each starts
afresh (spawn). Plain fork is never used: the caller may have threads.
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
from typing import Any

from cluster_sim.runs.identity import PACKAGE
from cluster_sim.runs.worker import ONE_THREAD

PRELOAD = "cluster_sim.runs.preload"


def context() -> Any:
    """Return the multiprocessing context in which workers start."""
    if sys.platform == "linux":
        chosen = multiprocessing.get_context("forkserver")
        chosen.set_forkserver_preload([PRELOAD])
        return chosen
    return multiprocessing.get_context("spawn")


@contextmanager
def starting() -> Iterator[None]:
    """Prepare this process while it starts another one, and put everything back.

    The new process finds this package, uses one thread for linear algebra, ignores Ctrl-C from its first
    moment, and does not import the caller's script (which therefore needs no `if __name__` guard).
    """
    path = os.pathsep.join(p for p in (str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")) if p)
    wanted = {**ONE_THREAD, "PYTHONPATH": path}
    before = {name: os.environ.get(name) for name in wanted}
    own_main = sys.modules["__main__"]
    in_main_thread = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT) if in_main_thread else None
    os.environ.update(wanted)
    sys.modules["__main__"] = types.ModuleType("__main__")
    if in_main_thread:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        if in_main_thread:
            signal.signal(signal.SIGINT, handler)
        sys.modules["__main__"] = own_main
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def start(chosen: Any, target: Any, arguments: tuple[Any, ...]) -> Any:
    """Start a daemon process and return it. Ctrl-C works while a server imports its libraries."""
    process = chosen.Process(target=target, args=arguments, daemon=True)
    if chosen.get_start_method() == "forkserver":
        from multiprocessing import forkserver

        with starting():
            forkserver.ensure_running()
        own_main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            process.start()
        finally:
            sys.modules["__main__"] = own_main
    else:
        with starting():
            process.start()
    return process
