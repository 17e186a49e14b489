"""Executing a plan: do what is missing, keep each run as it ends, write the parts, note the rest."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from cluster_sim.runs import manifest
from cluster_sim.runs.branches import branched
from cluster_sim.runs.errors import InputError, Interrupted
from cluster_sim.runs.locks import RangeLock
from cluster_sim.runs.log import Log
from cluster_sim.runs.outcome import Report
from cluster_sim.runs.plan import Plan
from cluster_sim.runs.progress import Several, Silent
from cluster_sim.runs.run_list import Missing, RunSpec, ids_of
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.store import Store
from cluster_sim.runs.supervisor import Executor, Here, supervise
from cluster_sim.runs.worker import Job

Chunks = Sequence[Sequence[RunSpec]]
PIECES = 4
"""Parts that a shard has at least, if there are runs enough."""


class Engine(Protocol):
    """Does runs elsewhere than on this machine's cores."""

    def check(self, folder: Path, plan: Plan) -> int:
        """Make sure that the plan can be done into `folder` and return by how many workers.

        InputError if it cannot; then nothing has been written.
        """

    def executor(self, job: Job) -> Executor:
        """Return what does the runs of a job."""


class Committer:
    """Listens to the engine: commits a chunk of runs as soon as all of them are there."""

    def __init__(self, store: Store, lock: RangeLock, chunks: Chunks, progress: Silent, report: Report) -> None:
        self.store, self.lock, self.chunks = store, lock, chunks
        self.progress, self.report = progress, report
        self.chunk_of: dict[str, int] = {}
        store.discard_damaged()
        finished = store.finished()
        self.left: list[int] = []
        for number, chunk in enumerate(self.chunks):
            missing = [name for name in ids_of(chunk) if name not in finished]
            self.left.append(len(missing))
            self.chunk_of.update(dict.fromkeys(missing, number))
        self.todo = Missing(chunks, self.chunk_of)
        report.already = [name for chunk in chunks for name in ids_of(chunk) if name in finished]

    def compiling(self) -> None:
        """Tell the user why nothing moves yet."""
        self.progress.compiling()

    def months(self, running: int) -> None:
        """Show how far the runs in hand are."""
        self.progress.update(running)

    def finished(self, spec: RunSpec, new: bool) -> None:
        """Count a run, and commit its chunk if it was the last one missing."""
        (self.report.done if new else self.report.already).append(spec.run_id)
        self.progress.finished(spec)
        self._one_less(spec)

    def burnt_in(self, seconds: float) -> None:
        """Show the time that a burn-in took: it is no part of the months' time."""
        self.progress.note(f"burn-in: a state of rest was made in {seconds:.1f} s; later runs read it")

    def failed(self, spec: RunSpec, record: dict[str, Any]) -> None:
        """Record a run that failed for good; its chunk does not wait for it."""
        self.store.add_failure(record)
        self.report.failed.append(record)
        self.progress.failed(spec)
        self._one_less(spec)

    def _one_less(self, spec: RunSpec) -> None:
        number = self.chunk_of[spec.run_id]
        self.left[number] -= 1
        if not self.left[number]:
            self.commit(number)

    def commit(self, number: int) -> None:
        """Write the finished runs of a chunk as a part."""
        self.store.commit(list(ids_of(self.chunks[number])), self.lock)

    def commit_staged(self, whole_chunks: bool = False) -> None:
        """Write what is finished and lies in no part yet; `whole_chunks`: only where no run of the chunk is missing."""
        staged = self.store.staged()
        for number, chunk in enumerate(self.chunks):
            if any(name in staged for name in ids_of(chunk)) and not (whole_chunks and self.left[number]):
                self.commit(number)


def cores() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shard_of(chunks: Chunks, shard: tuple[int, int] | None) -> Chunks:
    """Return the chunks that belong to a shard (number from 1, of how many); all of them for None.

    Shards take turns at the chunks. Where that would give them fewer than four each, chunks are divided
    first, so that all have about the same to do; the parts on disk are then smaller, the runs the same.
    """
    if shard is None or not chunks:
        return chunks
    number, count = shard
    if not 1 <= number <= count:
        raise InputError(f"--shard {number}/{count}: the first number goes from 1 to the second")
    pieces = -(-PIECES * count // len(chunks))
    if pieces > 1:
        sizes = [-(-len(chunk) // pieces) for chunk in chunks]
        chunks = [chunk[i:i + size] for chunk, size in zip(chunks, sizes, strict=True)
                  for i in range(0, len(chunk), size)]
    return chunks[number - 1::count]


def execute(plan: Plan, folder: str | Path, workers: int | None = None,
            progress: Silent | None = None, factory: str = FACTORY,
            notes: Mapping[str, Any] | None = None,
            chunks: Chunks | None = None, shard: tuple[int, int] | None = None,
            engine: Engine | None = None) -> Report:
    """Do the runs of `plan` that the store at `folder` lacks and return what became of them.

    `workers=0` runs them in this process, None takes all cores; `chunks` says which runs make a part,
    where it is not the plan's own division; `shard` (number from 1, of how many) does only some of the
    parts; `engine` does the runs elsewhere than on this machine's cores (`dask_engine.DaskEngine`). Parts
    that are damaged are set aside first and their runs done again. Interrupted on Ctrl-C (finished runs are
    kept), StoreFull when the disk takes no more, InputError if the folder holds something else.
    """
    started = time.monotonic()
    store = Store(folder)
    manifest.check(store, plan)
    if engine is not None:
        workers = engine.check(store.folder, plan)
    report = Report(store.folder)
    workers = cores() if workers is None else workers
    chunks = shard_of(plan.chunks() if chunks is None else chunks, shard)
    lock = None
    try:
        lock = store.work()
        manifest.begin(store, plan, notes or {}, lock, shard)
    except (OSError, InputError) as error:
        if lock is not None:
            lock.close()
        raise (store.explain(error) if isinstance(error, OSError) else error) from error
    log = Log(store.folder)
    progress = Several(progress or Silent(), log)
    try:
        store.clear_staging(lock)
        for damage in store.discard_damaged_parts(lock):
            progress.note(damage)
        committer = Committer(store, lock, chunks, progress, report)
        progress.begin(plan, committer.todo, workers)
        _do_missing(committer, Job(str(store.folder), factory, plan.code), workers, engine)
        store.clear_staging(lock)
        progress.end()
        report.seconds = time.monotonic() - started
        manifest.end(store, plan, report, lock, shard)
    except BaseException as error:
        report.seconds = time.monotonic() - started
        stop = isinstance(error, KeyboardInterrupt)
        why = "by Ctrl-C or a request to end" if stop else f"{type(error).__name__}: {error}"
        for last in (lambda: log.note(f"stopped: {why}"), progress.end, lambda: store.clear_staging(lock),
                     lambda: manifest.end(store, plan, report, lock, shard)):
            with suppress(OSError, InputError):  # whatever the disk says to that, the reason is what counts
                last()
        if stop:
            done = len(store.finished().intersection(ids_of(plan.runs)))
            raise Interrupted(done, len(plan.runs)) from error
        raise
    finally:
        lock.close()
    return report


def _do_missing(committer: Committer, job: Job, workers: int, engine: Engine | None) -> None:
    """Do what is missing and write the parts."""
    committer.commit_staged(whole_chunks=True)
    executor: Executor
    if engine is not None:
        executor = engine.executor(job)
    elif workers == 0:
        executor = Here(job, committer.store, committer.lock)
    else:
        from cluster_sim.runs.local import Local

        executor = Local(job, workers, len(committer.todo))
    try:
        supervise(executor, branched(committer.todo) if job.factory == FACTORY else committer.todo, committer)
    except KeyboardInterrupt:
        committer.commit_staged()
        raise
    committer.commit_staged()
