"""The supervisor of a Dask job: batches of runs, one for each worker at a time, watched by one plain loop.

Which worker does which run is decided here and told to the scheduler, so that nothing is done again behind
our back: a worker that dies costs the run in its hands, which is tried once more, alone, and then recorded;
the rest of its batch goes to others.  What is finished is asked of the store, never of the scheduler.
"""

from __future__ import annotations

import math
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cluster_sim.runs.dask_client import ANSWER_SECONDS, ask, present, send
from cluster_sim.runs.dask_worker import TOPIC, Answer, Call, Order, Question, Receipt, batch
from cluster_sim.runs.errors import FULL_ERRNO, EngineGone, StoreFull
from cluster_sim.runs.plan import RunSpec
from cluster_sim.runs.store import Store
from cluster_sim.runs.supervisor import STALL, TRIES, Listener, recall
from cluster_sim.runs.worker import Job, failure

BATCH_SECONDS = 15.0
"""What a batch should take: long against the scheduler's milliseconds, short for whoever waits or loses it."""
LARGEST = 1000
"""Runs in a batch at most."""
TICK = 0.02
LOOK_EVERY = 0.5
"""Seconds between two looks at which workers there are."""
APPEAR_SECONDS = 60.0
"""Seconds that a finished run may take to be seen here on a shared file system."""
PAUSE = 0.5
"""Seconds before a run that another process is doing is asked for again."""


@dataclass
class Batch:
    """Runs in the hands of a worker."""

    number: int
    address: str
    specs: tuple[RunSpec, ...]
    future: Any
    months: int = 0
    moved: float = field(default_factory=time.monotonic)


def batch_size(pace: float | None, left: int, workers: int) -> int:
    """Return how many runs the next batch should have.

    `pace` is what a run takes in seconds (None: not known yet, one run finds out), `left` how many there are
    to do; towards the end batches get smaller, so that all workers end together.
    """
    if pace is None:
        return 1
    wanted = math.floor(BATCH_SECONDS / max(pace, BATCH_SECONDS / LARGEST))
    return max(1, min(wanted, math.ceil(left / (2 * max(1, workers)))))


class Runner:
    """Run specs on the workers of a Dask cluster.

    `fit` are the workers that have answered already, by address; those that come later are asked `question`
    first, and `fault(answer)` says what makes one useless (empty: nothing). After `patience` seconds without
    any worker the job ends.
    """

    def __init__(self, client: Any, job: Job, question: Question, fit: dict[str, Answer],
                 fault: Callable[[Answer], str], patience: float, say: Callable[[str], None],
                 stall: float = STALL) -> None:
        self.client, self.job, self.question = client, job, question
        self.fault, self.patience, self.say, self.stall = fault, patience, say, stall
        self.fit = dict(fit)
        self.asked: dict[str, Any] = {}
        self.useless: set[str] = set()
        self.batches: dict[int, Batch] = {}
        self.store = Store(job.folder)
        self.title = uuid.uuid4().hex
        self.pace: float | None = None

    def run(self, specs: Sequence[RunSpec], listener: Listener) -> None:
        """Do all runs; every one ends in `listener.finished` or `listener.failed`.

        StoreFull if the disk takes no more, EngineGone if the scheduler or all workers have gone.
        """
        self.queue: deque[RunSpec] = deque(specs)
        self.alone: deque[RunSpec] = deque()
        self.waiting: list[tuple[float, RunSpec]] = []
        self.tries: Counter[str] = Counter()
        self.listener, self.number, self.looked, self.manned = listener, 0, 0.0, time.monotonic()
        self.client.subscribe_topic(TOPIC, self._told)
        if any(found.cold for found in self.fit.values()):
            listener.compiling()
        try:
            while self.queue or self.alone or self.waiting or self.batches:
                self.waiting = recall(self.waiting, self.queue)
                self._look_around()
                self._assign()
                self._listen()
                listener.months(sum(found.months for found in self.batches.values()))
                time.sleep(TICK)
        finally:
            self._dismiss()

    def _look_around(self) -> None:
        """Note which workers have come and gone, and which are stuck."""
        now = time.monotonic()
        if now - self.looked < LOOK_EVERY:
            return
        there = present(self.client)
        self.looked = time.monotonic()
        for address in [*self.fit, *self.asked]:
            if address not in there:
                self._gone(address)
        self.useless &= there
        for address in there.difference(self.fit, self.asked, self.useless):
            self.asked[address] = ask(self.client, address, self.question)
        for found in list(self.batches.values()):
            if now - found.moved > self.stall:
                self._stuck(found)
        if self.fit:
            self.manned = self.looked
        elif self.looked - self.manned > self.patience:
            raise EngineGone("the Dask cluster has no worker left that can go on")

    def _gone(self, address: str) -> None:
        """A worker has died or was taken away: the run in its hands is tried again."""
        self.fit.pop(address, None)
        self.asked.pop(address, None)
        for found in [b for b in self.batches.values() if b.address == address]:
            self._lost(found, "killed", f"the worker {address} died in mid-run")

    def _stuck(self, found: Batch) -> None:
        """A batch has not moved for long: kill its worker.

        Without a nanny that cannot be done: the worker is used no more, and its run, whose lock it holds, is lost.
        """
        self.fit.pop(found.address, None)
        try:
            answer = self.client.restart_workers([found.address], timeout=ANSWER_SECONDS, raise_for_error=False)
            restarted = answer.get(found.address) == "OK"
        except Exception:  # it has no nanny
            restarted = False
        if not restarted:
            self.useless.add(found.address)
            self.say(f"the worker {found.address} is stuck and left alone")
        self._lost(found, "killed", f"no month ended in {self.stall:g} s on the worker {found.address}", restarted)

    def _assign(self) -> None:
        """Give every idle worker a batch; a run that is tried again goes alone."""
        busy = {found.address for found in self.batches.values()}
        for address in [a for a in self.fit if a not in busy]:
            if self.alone:
                specs = [self.alone.popleft()]
            else:
                size = batch_size(self.pace, len(self.queue), len(self.fit))
                specs = [self.queue.popleft() for _ in range(min(size, len(self.queue)))]
            if specs:
                self.number += 1
                order = Order(self.title, self.number, self.fit[address].identity, self.job, tuple(specs))
                self.batches[self.number] = Batch(self.number, address, tuple(specs),
                                                  send(self.client, address, Call(batch, order)))

    def _told(self, event: tuple[float, Any]) -> None:
        """A worker tells how far it is (called in the client's own thread)."""
        title, number, months = event[1]
        if title == self.title and (found := self.batches.get(number)):
            found.months, found.moved = months, time.monotonic()

    def _listen(self) -> None:
        """Take up what has ended: answers of new workers, and batches."""
        for address, future in [(a, f) for a, f in self.asked.items() if f.done()]:
            del self.asked[address]
            self._answered(address, future)
        for found in [b for b in self.batches.values() if b.future.done()]:
            if found.future.status != "finished":
                present(self.client)  # if the scheduler has gone, no run is to blame
            if found.future.cancelled():
                self._lost(found)
                continue
            try:
                receipt = found.future.result(timeout=ANSWER_SECONDS)
            except Exception as error:  # of the batch as a whole: of its run there is an outcome
                self._lost(found, "raised", f"the worker {found.address} could not do its batch: {error!r}")
                continue
            if receipt.whole:
                self._take(found, receipt)
            else:  # it has come to another process at the same address: the one that had it is dead
                self._gone(found.address)

    def _answered(self, address: str, future: Any) -> None:
        try:
            found = future.result(timeout=ANSWER_SECONDS)
            why = self.fault(found)
        except Exception as error:
            why = f"cannot be used: {error!r}"
        if why:
            self.useless.add(address)
            self.say(f"the worker {address} is left out: it {why}")
        else:
            self.fit[address] = found

    def _take(self, found: Batch, receipt: Receipt) -> None:
        """Report the outcomes of a batch and let go of it."""
        self._release(found)
        if receipt.outcomes:
            pace = receipt.seconds / len(receipt.outcomes)
            self.pace = pace if self.pace is None else (self.pace + pace) / 2
        pairs = list(zip(found.specs, receipt.outcomes, strict=False))
        seen = self._visible([spec for spec, outcome in pairs if outcome[0] in ("done", "there")])
        for spec, outcome in pairs:
            if outcome[0] in ("done", "there"):
                if spec.run_id in seen:
                    self.listener.finished(spec, outcome[0] == "done")
                else:
                    self._again(spec, "raised", f"the worker {found.address} has done the run, but its result "
                                                f"does not appear in {self.job.folder}")
            elif outcome[0] == "busy":
                self.waiting.append((time.monotonic() + PAUSE, spec))
            elif outcome[0] == "full":
                raise StoreFull(FULL_ERRNO, outcome[1])
            else:
                self._again(spec, "raised", outcome[1])

    def _visible(self, specs: Sequence[RunSpec]) -> set[str]:
        """Return which of these finished runs the store shows here, given time.

        A shared file system may show an old listing for a while; making and removing a file brings a new one.
        """
        wanted = {spec.run_id for spec in specs}
        end = time.monotonic() + APPEAR_SECONDS
        while not wanted <= (seen := self.store.finished()) and time.monotonic() < end:
            nudge = self.store.staging / f".{self.title}"
            with suppress(OSError):
                nudge.mkdir(parents=True)
                nudge.rmdir()
            time.sleep(0.2)
        return wanted & seen

    def _lost(self, found: Batch, kind: str = "", text: str = "", again: bool = True) -> None:
        """A batch has not come back: what it finished counts, its first unfinished run was the one in hand.

        Without a `kind` no run is to blame, and all that are unfinished wait for a worker again. `again`: whether
        the run in hand may be tried once more.
        """
        self._release(found)
        done = self.store.finished()
        rest = []
        for spec in found.specs:
            if spec.run_id in done:
                self.listener.finished(spec, True)
            else:
                rest.append(spec)
        if rest and kind:
            if not again:
                self.tries[rest[0].run_id] = TRIES
            self._again(rest.pop(0), kind, text)
        self.queue.extendleft(reversed(rest))

    def _again(self, spec: RunSpec, kind: str, text: str) -> None:
        """Try a run that went wrong once more; the second time record it."""
        self.tries[spec.run_id] += 1
        if self.tries[spec.run_id] < TRIES:
            self.alone.append(spec)
        else:
            self.listener.failed(spec, failure(spec, kind, TRIES, text))

    def _release(self, found: Batch) -> None:
        """Let the scheduler forget a batch."""
        self.batches.pop(found.number, None)
        with suppress(Exception):
            found.future.release()

    def _dismiss(self) -> None:
        """Let go of everything: workers stop what nobody waits for within a moment."""
        for found in list(self.batches.values()):
            self._release(found)
        for future in self.asked.values():
            with suppress(Exception):
                future.release()
        self.asked.clear()
        with suppress(Exception):
            self.client.unsubscribe_topic(TOPIC)
