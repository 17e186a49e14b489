"""The local engine: a few worker processes, one run each at a time, watched by one plain loop.

Each worker has its own pipe, so a worker that is killed costs the run in its hands and nothing else,
without a search for the guilty one among a batch. That run is tried once more and then recorded as failed.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import connection
from typing import Any, Protocol

from cluster_sim.runs import processes, worker
from cluster_sim.runs.plan import RunSpec
from cluster_sim.runs.worker import Job

TRIES = 2
STALL = 1800.0
"""Seconds without a new month after which a worker counts as stuck and is killed."""
TICK = 0.2
STARTS = 5
"""Workers that may die one after another before they are ready; then something is wrong with all."""


class Listener(Protocol):
    """What the engine reports to."""

    def compiling(self) -> None:
        """The model is being compiled for the first time on this machine."""

    def months(self, running: int) -> None:
        """`running` months have been simulated in the runs that are not finished yet. Called often."""

    def finished(self, spec: RunSpec, new: bool) -> None:
        """A run is in the store; `new` is False if somebody else had done it."""

    def failed(self, spec: RunSpec, record: dict[str, Any]) -> None:
        """A run has failed for good."""


def recall(waiting: list[tuple[float, RunSpec]], queue: deque[RunSpec]) -> list[tuple[float, RunSpec]]:
    """Put runs that another process was doing back in the queue once their pause is over; return the others."""
    now = time.monotonic()
    queue.extend(spec for due, spec in waiting if due <= now)
    return [(due, spec) for due, spec in waiting if due > now]


@dataclass
class Hand:
    """One worker as the supervisor sees it."""

    process: Any
    pipe: Any
    ready: bool = False
    spec: RunSpec | None = None
    month: int = 0
    moved: float = 0.0


class Local:
    """Run specs on this machine's cores."""

    def __init__(self, job: Job, workers: int, stall: float = STALL) -> None:
        self.job = job
        self.workers = workers
        self.stall = stall
        self.hands: list[Hand] = []
        self.cold = False
        self.bad_starts = 0

    def run(self, specs: Sequence[RunSpec], listener: Listener) -> None:
        """Do all runs; every one ends in `listener.finished` or `listener.failed`.

        StoreFull if the disk takes no more, RuntimeError if no worker can start. Whatever ends this call,
        no worker outlives it.
        """
        self.queue: deque[RunSpec] = deque(specs)
        self.waiting: list[tuple[float, RunSpec]] = []
        self.tries: Counter[str] = Counter()
        self.listener = listener
        self.context = processes.context()
        try:
            while self.queue or self.waiting or any(hand.spec for hand in self.hands):
                self.waiting = recall(self.waiting, self.queue)
                self._staff()
                self._assign()
                self._listen()
                self._kill_stuck()
                listener.months(sum(hand.month for hand in self.hands if hand.spec))
        finally:
            self._dismiss()

    def _staff(self) -> None:
        """Start workers up to the number wanted; the first alone, as long as it may have to compile."""
        wanted = min(self.workers, len(self.queue) + sum(hand.spec is not None for hand in self.hands))
        if not any(hand.ready for hand in self.hands):
            wanted = min(wanted, 1)
        while len(self.hands) < wanted:
            ours, theirs = self.context.Pipe()
            process = processes.start(self.context, worker.main, (theirs, self.job))
            theirs.close()
            self.hands.append(Hand(process, ours, moved=time.monotonic()))

    def _assign(self) -> None:
        for hand in self.hands:
            if hand.ready and hand.spec is None and self.queue:
                spec = self.queue.popleft()
                try:
                    hand.pipe.send(spec)
                except OSError:
                    self.queue.appendleft(spec)
                    continue
                hand.spec, hand.month, hand.moved = spec, 0, time.monotonic()

    def _listen(self) -> None:
        """Wait a moment for messages and deaths, and act on them."""
        sources = {hand.pipe: hand for hand in self.hands}
        for pipe in connection.wait(list(sources), timeout=TICK):
            hand = sources[pipe]
            try:
                while hand.pipe.poll():
                    self._act(hand, hand.pipe.recv())
            except (EOFError, OSError):
                self._lost(hand)

    def _act(self, hand: Hand, message: tuple[Any, ...]) -> None:
        kind = message[0]
        if kind == "hello":
            if message[1]:
                self.listener.compiling()
        elif kind == "ready":
            hand.ready, self.bad_starts = True, 0
        elif kind == "broken":
            raise RuntimeError(f"the model cannot be loaded\n{message[1]}")
        elif kind == "month":
            hand.month, hand.moved = message[1], time.monotonic()
        else:
            spec, hand.spec, hand.month = hand.spec, None, 0
            assert spec is not None
            self._outcome(spec, message)

    def _outcome(self, spec: RunSpec, message: tuple[Any, ...]) -> None:
        kind = message[0]
        if kind in ("done", "there"):
            self.listener.finished(spec, kind == "done")
        elif kind == "busy":
            self.waiting.append((time.monotonic() + 2 * TICK, spec))
        elif kind == "full":
            from cluster_sim.runs.errors import FULL_ERRNO, StoreFull

            raise StoreFull(FULL_ERRNO, message[1])
        else:
            self._again(spec, "raised", message[1])

    def _again(self, spec: RunSpec, kind: str, text: str) -> None:
        """Try a run that went wrong once more; the second time record it."""
        self.tries[spec.run_id] += 1
        if self.tries[spec.run_id] < TRIES:
            self.queue.append(spec)
        else:
            self.listener.failed(spec, worker.failure(spec, kind, TRIES, text))

    def _lost(self, hand: Hand) -> None:
        """A worker has died: its run, if it had one, is tried again."""
        self.hands.remove(hand)
        hand.pipe.close()
        hand.process.join(1.0)
        code = hand.process.exitcode
        if hand.spec is not None:
            how = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
            self._again(hand.spec, "killed", f"the worker died in mid-run ({how})")
        elif not hand.ready:
            self.bad_starts += 1
            if self.bad_starts >= STARTS:
                raise RuntimeError(f"workers die as they start (exit status {code})")

    def _kill_stuck(self) -> None:
        now = time.monotonic()
        for hand in self.hands:
            if hand.spec is not None and now - hand.moved > self.stall:
                hand.process.kill()

    def _dismiss(self) -> None:
        """End all workers: idle ones would go by themselves, the others must not be waited for."""
        for hand in self.hands:
            hand.process.kill()
        for hand in self.hands:
            hand.process.join(1.0)
            hand.pipe.close()
        self.hands.clear()
