"""What a Dask worker does for us: answer whether it can take part, and do a batch of runs.

Results go to the store; what travels back through Dask is a few words for each run. Calls come as pickled
`Call`s that are unpickled on the worker, so the scheduler needs neither this package nor memory for scenarios.
"""

from __future__ import annotations

import os
import pickle
import platform
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from cluster_sim.runs.plan import RunSpec
from cluster_sim.runs.worker import Job, do_run

TOPIC = "cluster_sim"
"""Name of the scheduler's event log through which workers tell how far they are."""
REPORT_EVERY = 1.0
"""Seconds between two words about how far a batch is."""
LISTEN_EVERY = 0.1
"""Seconds between two looks whether anybody still wants the batch."""
SIGHT = 3.0
"""Seconds that a file written elsewhere may take to be seen on a shared file system."""
COMPUTING = ("mesa", "numba", "llvmlite", "numpy", "scipy", "networkx", "pyarrow")
"""Packages whose versions must agree, or the bytes of a run might not."""

_one_at_a_time = threading.Lock()
_stores: dict[str, Any] = {}


class Call:
    """A call that happens where it is unpickled: `pickle.loads(pickle.dumps(Call(f, x)))` is `f(x)`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.function, self.arguments

    def packed(self) -> bytes:
        """Return the call as bytes."""
        return pickle.dumps(self, protocol=5)


@dataclass(frozen=True)
class Question:
    """What a worker is asked before it gets work."""

    folder: str
    token: str
    """Name of a file in the folder that holds its own name; empty: it is enough that a store is there."""
    lock_byte: int | None
    """Byte of the store's lock file that the asker holds, if any."""
    cities: tuple[str, ...]
    factory: str


@dataclass(frozen=True)
class Answer:
    """What a worker says of itself."""

    identity: str
    code: str
    versions: dict[str, str]
    cities: tuple[str, ...]
    """The version of each city asked for."""
    folder: str
    """Empty, or what is wrong with the folder."""
    locks: bool
    """Whether the worker sees the asker's lock."""
    broken: str
    """Empty, or the traceback of loading the model."""
    cold: bool
    """Whether the model is still to be compiled on its machine."""
    threads: int


@dataclass(frozen=True)
class Order:
    """A batch of runs for one worker. `number` tells batches of a job apart, `identity` names the worker."""

    title: str
    number: int
    identity: str
    job: Job
    specs: tuple[RunSpec, ...]


@dataclass(frozen=True)
class Receipt:
    """What became of a batch: outcomes as of `worker.do_run` in the order of its runs, and seconds.

    A full disk ends a batch early. Not `whole`: it was called off, or had come to the wrong worker.
    """

    outcomes: tuple[tuple[Any, ...], ...] = ()
    seconds: float = 0.0
    whole: bool = True


class Stopped(BaseException):
    """Nobody wants the batch any more."""


def versions() -> dict[str, str]:
    """Return the versions that must agree between the machines of a job."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in COMPUTING:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def answer(question: Question) -> Answer:
    """Say whether this worker can take part: same code, same versions, the folder within reach."""
    from distributed import get_worker

    from cluster_sim.runs.identity import city_version, code_version
    from cluster_sim.runs.single_run import FACTORY, model_class

    broken, cold = "", False
    try:
        model_class(question.factory)
        if question.factory == FACTORY:
            from cluster_sim.runs import warm

            cold = warm.is_cold()
    except Exception:
        broken = traceback.format_exc()
    folder = folder_fault(Path(question.folder), question.token)
    worker = get_worker()
    return Answer(worker.id, code_version(), versions(), tuple(city_version(c) for c in question.cities), folder,
                  bool(folder) or sees_lock(question), broken, cold, worker.state.nthreads)


def folder_fault(folder: Path, token: str) -> str:
    """Return what is wrong with the results folder as this process sees it; empty if it will do."""
    sign = folder / (token or ".lock")
    end = time.monotonic() + SIGHT
    while not sign.is_file():
        if time.monotonic() > end:
            return "sees another folder of that name" if folder.is_dir() else "does not see the folder"
        time.sleep(0.1)
    trial = folder / f".trial.{platform.node()}.{os.getpid()}"
    try:
        if token and sign.read_text("utf-8") != token:
            return "sees another folder of that name"
        trial.write_text(token, "utf-8")
        trial.unlink()
    except OSError as error:
        return f"cannot write to the folder ({error.strerror})"
    return ""


def sees_lock(question: Question) -> bool:
    """Say whether the lock that the asker holds is seen here (True if none is held)."""
    from cluster_sim.runs.store import Store

    if question.lock_byte is None:
        return True
    lock = Store(question.folder).lock()
    try:
        return not lock.take(question.lock_byte)
    finally:
        lock.close()


def batch(order: Order) -> Receipt:
    """Do the runs of an order one after another, as long as somebody waits for them.

    A process does one batch at a time, however many threads its worker has: runs would only get into each
    other's way. The store is asked before each run, so doing a batch twice does nothing twice.
    """
    from distributed import get_worker

    worker = get_worker()
    if worker.id != order.identity:
        return Receipt(whole=False)
    with _one_at_a_time:
        return Batch(order, worker, worker.get_current_task()).do()


class Batch:
    """A batch in progress."""

    def __init__(self, order: Order, worker: Any, key: Any) -> None:
        self.order, self.worker, self.key = order, worker, key
        self.months = 0
        self.looked = self.told = time.monotonic()

    def do(self) -> Receipt:
        """Do the runs and return what became of them."""
        import numba

        from cluster_sim.runs.store import Store

        numba.set_num_threads(1)
        store = _stores.setdefault(self.order.job.folder, Store(self.order.job.folder))
        lock = store.lock()
        outcomes: list[tuple[Any, ...]] = []
        try:
            self.compile()
            began = time.perf_counter()
            for spec in self.order.specs:
                outcomes.append(do_run(store, lock, spec, self.order.job, self.on_month))
                self.months += spec.months
                if outcomes[-1][0] == "full":
                    break
        except Stopped:
            return Receipt(whole=False)
        finally:
            lock.close()
        return Receipt(tuple(outcomes), time.perf_counter() - began)

    def compile(self) -> None:
        """Compile the model if that is still to be done; of the workers with one cache folder only one does."""
        from cluster_sim.runs.single_run import FACTORY

        if self.order.job.factory != FACTORY:
            return
        from cluster_sim import jit
        from cluster_sim.runs import warm
        from cluster_sim.runs.locks import RangeLock

        if warm.is_cold():
            lock = RangeLock(jit.FOLDER / ".compiling")
            try:
                with lock.hold(0):
                    if warm.is_cold():
                        warm.warm()
            finally:
                lock.close()

    def on_month(self, month: int) -> None:
        """Tell how far the batch is, and end it if it was called off or its client has gone."""
        now = time.monotonic()
        if now - self.looked >= LISTEN_EVERY:
            self.looked = now
            task = self.worker.state.tasks.get(self.key)
            if task is None or task.state == "cancelled":
                raise Stopped
        if now - self.told >= REPORT_EVERY:
            self.told = now
            self.worker.log_event(TOPIC, [self.order.title, self.order.number, self.months + month])
