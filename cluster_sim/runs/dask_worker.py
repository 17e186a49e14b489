"""What a Dask worker does for us: say whether it can take part, and do runs, one at a time.

Results go to the store; what travels back through Dask is one `Outcome` a run. Calls come as pickled `Call`s that are
unpickled on the worker, so the scheduler needs neither this package nor memory for scenarios.
"""

from __future__ import annotations

import os
import pickle
import platform
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cluster_sim.runs.errors import is_full
from cluster_sim.runs.identity import city_version, code_version
from cluster_sim.runs.run_list import RunSpec
from cluster_sim.runs.supervisor import TRIES
from cluster_sim.runs.worker import Job, Outcome, Watch, compile_model, do_run, load_model

COMPUTING = ("mesa", "numba", "llvmlite", "numpy", "scipy", "networkx", "pyarrow")
"""Packages whose versions must agree, or the bytes of a run might not."""
LISTEN_EVERY = 0.1
"""Seconds between two looks whether anybody still wants the run."""
SIGHT = 3.0
"""Seconds that a file written elsewhere may take to be seen on a shared file system."""

DISK_FULL = "finds the disk full"

_one_at_a_time = threading.Lock()
_answered: set[bytes] = set()
"""Questions to which this process has found that it can take part: it may have joined after all were asked."""


class Call:
    """A call that happens where it is unpickled: `pickle.loads(pickle.dumps(Call(f, x)))` is `f(x)`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.function, self.arguments

    def packed(self) -> bytes:
        """Return the call as bytes."""
        return pickle.dumps(self, protocol=5)


class Question(NamedTuple):
    """What a worker must have to take part in a job."""

    job: Job
    versions: dict[str, str]
    cities: dict[str, str]
    """The version of each city, by name."""
    token: str = ""
    """Name of a file in the results folder that holds its own name; empty: it is enough that a store is there."""
    lock_byte: int | None = None
    """Byte of the store's lock file that the asker holds, if any."""


class Answer(NamedTuple):
    """What a worker says of itself."""

    fault: str
    """Why it cannot take part, as the end of a sentence; empty if it can."""
    locks: bool = True
    """Whether it sees the asker's lock."""
    cold: bool = False
    """Whether the model is still to be compiled on its machine."""


class Stopped(BaseException):
    """Nobody wants the run any more."""


def versions() -> dict[str, str]:
    """Return the versions that must agree between the machines of a job."""
    from distributed.versions import get_versions

    return {name: str(found) for name, found in get_versions(COMPUTING)["packages"].items()}


def answer(question: Question) -> Answer:
    """Say whether this process can take part: same code, same versions, the folder within reach."""
    job, here = question.job, versions()
    if code_version() != job.code:
        return Answer(f"runs other sources of cluster_sim (code version {code_version()}, there {job.code})")
    other = [f"{name} {here.get(name)} (there {version})" for name, version in question.versions.items()
             if here.get(name) != version]
    if other:
        return Answer(f"has other versions: {', '.join(other)}")
    fault = folder_fault(Path(job.folder), question.token)
    if fault:
        return Answer(fault)
    try:
        cold = load_model(job)
    except Exception as error:
        return Answer(f"cannot load the model: {type(error).__name__}: {error}")
    unread = [city for city, version in question.cities.items() if city_version(city) != version]
    return Answer(f"cannot read the city {unread[0]}" if unread else "", sees_lock(question), cold)


def folder_fault(folder: Path, token: str) -> str:
    """Return what is wrong with the results folder as this process sees it; empty if it will do."""
    probe = folder / (token or ".lock")
    end = time.monotonic() + SIGHT
    while not probe.is_file():
        if time.monotonic() > end:
            return "sees another folder of that name" if folder.is_dir() else "does not see the folder"
        time.sleep(0.1)
    trial = folder / f".trial.{platform.node()}.{os.getpid()}"
    try:
        if token and probe.read_text("utf-8") != token:
            return "sees another folder of that name"
        trial.write_text(token, "utf-8")
    except OSError as error:
        return DISK_FULL if is_full(error) else f"cannot write to the folder ({error.strerror})"
    finally:
        trial.unlink(missing_ok=True)
    return ""


def sees_lock(question: Question) -> bool:
    """Say whether the lock that the asker holds is seen here (True if none is held)."""
    from cluster_sim.runs.store import Store

    if question.lock_byte is None:
        return True
    lock = Store(question.job.folder).lock()
    try:
        return not lock.take(question.lock_byte)
    finally:
        lock.close()


@cache
def _store(folder: str) -> Any:
    from cluster_sim.runs.store import Store

    return Store(folder)


def run(question: bytes, job: Job, spec: RunSpec) -> Outcome:
    """Do one run, unless this process cannot take part ("unfit") or nobody wants the run any more ("lost").

    A process does one run at a time, however many threads its worker has: runs would only get into each other's way.
    """
    from distributed import get_worker

    worker = get_worker()
    if question not in _answered:
        fault = answer(pickle.loads(question)).fault
        if fault:
            return Outcome("unfit", f"{worker.address} {fault}")
        _answered.add(question)
    key, looked = worker.get_current_task(), 0.0

    def on_month(month: int) -> None:
        nonlocal looked
        watch.alive()
        now = time.monotonic()
        if now - looked >= LISTEN_EVERY:
            looked = now
            task = worker.state.tasks.get(key)
            if task is None or task.state == "cancelled":
                raise Stopped

    with _one_at_a_time:
        compile_model(job.factory)
        store = _store(job.folder)
        lock = store.lock()
        try:
            with Watch(job.stall) as watch:
                return do_run(store, lock, spec, job, on_month, TRIES)
        except Stopped:
            return Outcome("lost")
        finally:
            lock.close()
