"""The processes of this machine: pebble's pool, which names the one run that a killed process had in hand."""

from __future__ import annotations

import signal
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from cluster_sim.runs import processes, single_run, worker
from cluster_sim.runs.errors import full_text, is_full
from cluster_sim.runs.run_list import RunSpec
from cluster_sim.runs.supervisor import Listener
from cluster_sim.runs.worker import Job, Outcome

STARTS = 3
"""How often in a row all processes may die without having done a run; then something is wrong with all."""


class Local:
    """Does runs on this machine's cores, in `workers` processes; `runs` is their number."""

    def __init__(self, job: Job, workers: int, runs: int) -> None:
        self.job = job
        self.workers = max(1, min(workers, runs))
        self.pool: Any = None
        self.starts = 0

    def open(self, listener: Listener) -> None:
        """Start the processes, see whether the model can be loaded, and announce its compilation."""
        self._start()
        try:
            if self.pool.schedule(worker.load_model, (self.job,)).result():
                listener.compiling()
        except (OSError, BrokenProcessPool) as error:
            raise RuntimeError("the processes that should do the runs die as they start") from error
        except Exception as error:
            raise RuntimeError(f"the model cannot be loaded\n{error.__cause__ or error!r}") from error

    def _start(self) -> None:
        context = processes.context(self.job.factory == single_run.FACTORY)
        self.month_of = context.RawArray("i", 2 * self.workers)
        self.free = set(range(2 * self.workers))
        self.place_of: dict[Any, int] = {}
        self.pool = ProcessPool(self.workers, initializer=worker.begin, initargs=(self.job, self.month_of),
                                context=context)

    def room(self) -> int:
        """One run for each process, and one more that it can go on with."""
        return 2 * self.workers

    def submit(self, spec: RunSpec) -> Any:
        """Hand a run to the pool."""
        place = self.free.pop()
        try:
            future = self.pool.schedule(worker.work, (spec, place))
        except RuntimeError:  # the pool has broken down since it was looked after
            future = Future()
            future.set_exception(BrokenProcessPool())
        self.place_of[future] = place
        return future

    def outcome(self, future: Any) -> Outcome:
        """Return what became of a run, also if its process has died."""
        place = self.place_of.pop(future)
        self.free.add(place)
        self.month_of[place] = 0
        try:
            found = future.result()
        except ProcessExpired as error:
            return Outcome("killed", f"the worker died in mid-run ({_how(error.exitcode, self.job.stall)})")
        except BrokenProcessPool:
            return Outcome("lost")
        except Exception as error:
            if is_full(error):
                return Outcome("full", full_text(error, Path(self.job.folder)))
            return Outcome("raised", f"{error.__cause__ or error!r}")
        self.starts = 0
        return found

    def look(self) -> bool:
        """Start a new pool if this one has lost all of its processes at once."""
        if self.pool.active:
            return True
        self.starts += 1
        if self.starts >= STARTS:
            raise RuntimeError("the processes that should do the runs die before they have done one")
        self.close()
        self._start()
        return False

    def months(self) -> int:
        """Return the months of the runs in hand."""
        return sum(self.month_of)

    def close(self) -> None:
        """End all processes, in mid-run if need be."""
        if self.pool is not None:
            self.pool.stop()
            self.pool.join()


def _how(code: int | None, stall: float) -> str:
    """Say how a process ended."""
    if code is not None and code < 0:
        return f"signal {-code}: {signal.strsignal(-code)}"
    return f"exit status {code}" + (f", as when no month ends in {stall:g} s" if code == 1 else "")
