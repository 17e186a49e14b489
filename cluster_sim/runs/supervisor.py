"""Doing runs: one plain loop that hands them out, takes what became of them, and tries again what went wrong.

What it hands them to is an executor: the processes of this machine (`local.py`), this process itself, or a Dask
cluster (`dask_engine.py`). A run that goes wrong is tried once more and then recorded; the others go on.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from cluster_sim.runs.branches import Snapshots
from cluster_sim.runs.errors import FULL_ERRNO, StoreFull
from cluster_sim.runs.locks import RangeLock
from cluster_sim.runs.run_list import RunSpec
from cluster_sim.runs.store import Store
from cluster_sim.runs.worker import Job, Outcome, do_run, failure

TRIES = 2
"""How often a run that goes wrong is tried."""
TICK = 0.2
"""Seconds to wait for a run to end before the executor is looked after again."""
PAUSE = 0.4
"""Seconds before a run that another process is doing is asked for again."""


class Listener(Protocol):
    """What is told of the runs."""

    def compiling(self) -> None:
        """The model is being compiled for the first time on this machine."""

    def months(self, running: int) -> None:
        """`running` months have been simulated in runs that are not finished yet. Called often."""

    def finished(self, spec: RunSpec, new: bool) -> None:
        """A run is in the store; `new` is False if somebody else had done it."""

    def burnt_in(self, seconds: float) -> None:
        """The run that just finished had to make a state of rest first, which took so long."""

    def failed(self, spec: RunSpec, record: dict[str, Any]) -> None:
        """A run has failed for good."""


class Executor(Protocol):
    """Something that does runs."""

    def open(self, listener: Listener) -> None:
        """Make ready. RuntimeError if the model cannot be loaded."""

    def room(self) -> int:
        """Return how many runs may be in hand at once."""

    def submit(self, spec: RunSpec) -> Any:
        """Take a run in hand and return its future."""

    def outcome(self, future: Any) -> Outcome:
        """Return what became of a run whose future is done."""

    def look(self) -> bool:
        """Look after the workers (called often); False if the runs in hand are lost, through no fault of theirs."""

    def months(self) -> int:
        """Return how many months the unfinished runs have reached together, as far as that is known."""

    def close(self) -> None:
        """End everything; nothing that was started outlives this."""


def supervise(executor: Executor, specs: Iterable[RunSpec], listener: Listener) -> None:
    """Do all runs; every one ends in `listener.finished` or `listener.failed`.

    StoreFull if the disk takes no more, RuntimeError if no worker can start, EngineGone if a cluster has gone.
    """
    try:
        _Supervisor(executor, specs, listener).run()
    finally:
        executor.close()


class _Supervisor:
    """The state of the loop: every run is in exactly one place, or has ended.

    `rest` makes those that were never handed out as they come up; `queue` goes before it, `again` after it.
    """

    def __init__(self, executor: Executor, specs: Iterable[RunSpec], listener: Listener) -> None:
        self.executor, self.listener = executor, listener
        self.rest = iter(specs)
        self.queue: deque[RunSpec] = deque()
        self.again: deque[RunSpec] = deque()
        self.alone: deque[RunSpec] = deque()
        self.waiting: list[tuple[float, RunSpec]] = []
        self.in_hand: dict[Any, RunSpec] = {}
        self.ended: SimpleQueue[Any] = SimpleQueue()
        self.tries: Counter[str] = Counter()

    def run(self) -> None:
        """Go on until every run has ended."""
        if self.more():
            self.executor.open(self.listener)
        while self.more() or self.alone or self.waiting or self.in_hand:
            if not self.executor.look():
                self.queue.extendleft(reversed(self.in_hand.values()))
                self.in_hand.clear()
            self.hand_out()
            self.take()
            self.listener.months(self.executor.months())

    def more(self) -> bool:
        """Say whether there is a run to hand out, and put it into `queue`."""
        self.queue.extend(() if self.queue else islice(self.rest, 1))
        if self.again and not self.queue:
            self.queue.append(self.again.popleft())
        return bool(self.queue)

    def hand_out(self) -> None:
        """Give the executor as many runs as it has room for; a run that must be alone when nothing else is left."""
        now = time.monotonic()
        self.again.extend(spec for due, spec in self.waiting if due <= now)
        self.waiting = [(due, spec) for due, spec in self.waiting if due > now]
        if self.alone and not (self.more() or self.waiting or self.in_hand):
            self.queue.append(self.alone.popleft())
        while len(self.in_hand) < self.executor.room() and self.more():
            spec = self.queue.popleft()
            future = self.executor.submit(spec)
            self.in_hand[future] = spec
            future.add_done_callback(self.ended.put)

    def take(self) -> None:
        """Wait a moment for a run to end, and act on all that have."""
        try:
            future = self.ended.get(timeout=TICK)
            while True:
                spec = self.in_hand.pop(future, None)
                if spec is not None:
                    self.settle(spec, self.executor.outcome(future))
                future = self.ended.get_nowait()
        except Empty:
            return

    def settle(self, spec: RunSpec, outcome: Outcome) -> None:
        """Report a run, or see to it that it is tried again."""
        kind, text = outcome
        if kind in ("done", "there"):
            self.listener.finished(spec, kind == "done")
            if text:
                self.listener.burnt_in(float(text))
        elif kind == "busy":
            self.waiting.append((time.monotonic() + PAUSE, spec))
        elif kind == "lost":
            self.again.append(spec)
        elif kind == "refused":
            self.listener.failed(spec, failure(spec, kind, 1, text))        # another try would say the same
        elif kind == "full":
            raise StoreFull(FULL_ERRNO, text)
        else:
            self.tries[spec.run_id] += 1
            if kind == "hopeless" or self.tries[spec.run_id] >= TRIES:
                how = "raised" if kind == "raised" else "killed"
                self.listener.failed(spec, failure(spec, how, TRIES, text))
            else:
                (self.alone if kind == "suspect" else self.again).append(replace(spec, pasts=()))


class Here:
    """Does runs in this process, one after another (for debugging, and where there is only one)."""

    def __init__(self, job: Job, store: Store, lock: RangeLock) -> None:
        self.job, self.store, self.lock = job, store, lock
        self.snapshots = Snapshots()

    def open(self, listener: Listener) -> None:
        """Note whom to tell about months."""
        self.listener, self.told = listener, 0.0

    def tell(self, month: int) -> None:
        """Tell of a month from time to time."""
        now = time.monotonic()
        if now - self.told >= TICK:
            self.told = now
            self.listener.months(month)

    def room(self) -> int:
        """One run at a time."""
        return 1

    def submit(self, spec: RunSpec) -> Future[Outcome]:
        """Do the run."""
        future: Future[Outcome] = Future()
        future.set_result(do_run(self.store, self.lock, spec, self.job, self.tell, snapshots=self.snapshots))
        return future

    def outcome(self, future: Future[Outcome]) -> Outcome:
        """Return what became of it."""
        return future.result()

    def look(self) -> bool:
        """There is nobody to look after."""
        return True

    def months(self) -> int:
        """Nothing is going on between two runs."""
        return 0

    def close(self) -> None:
        """Nothing was started."""
