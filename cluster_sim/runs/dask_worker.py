"""What a Dask worker does for us: say whether it can take part, and do runs, one at a time.

Results go to the store; what travels back through Dask is one `Outcome` a run. Calls travel as bytes that are unpickled
on the worker, so the scheduler needs neither this package nor memory for scenarios.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cluster_sim.runs.branches import Snapshots
from cluster_sim.runs.claims import FOLDER
from cluster_sim.runs.errors import is_full
from cluster_sim.runs.files import draft_of
from cluster_sim.runs.identity import city_version, code_version
from cluster_sim.runs.locks import RangeLock
from cluster_sim.runs.run_list import RunSpec
from cluster_sim.runs.store import Store
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
_store = cache(Store)
_snapshots = lru_cache(maxsize=1)(lambda question: Snapshots())
"""What this process has kept of the runs of a job; that of the job before goes."""


class Question(NamedTuple):
    """What a worker must have to take part in a job."""

    job: Job
    versions: dict[str, str]
    city: str
    city_version: str
    token: str = ""
    """Name of the asker's claim in the results folder; empty: it is enough that a store is there."""


class Answer(NamedTuple):
    """What a worker says of itself: why it cannot take part, as the end of a sentence (empty if it can), whether it
    sees the asker's lock, and whether the model is still to be compiled on its machine."""

    fault: str
    locks: bool = True
    cold: bool = False


class Stopped(BaseException):
    """Nobody wants the run any more."""


class _Call(NamedTuple):
    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __reduce__(self) -> Any:
        return tuple(self)


def call(function: Callable[..., Any], *arguments: Any) -> bytes:
    """Return the bytes of a call, which happens where they are unpickled."""
    return pickle.dumps(_Call(function, arguments), protocol=5)


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
    fault = f"has other versions: {', '.join(other)}" if other else folder_fault(Path(job.folder), question.token)
    if fault:
        return Answer(fault)
    try:
        cold = load_model(job)
    except Exception as error:
        return Answer(f"cannot load the model: {type(error).__name__}: {error}")
    same_city = city_version(question.city) == question.city_version
    return Answer("" if same_city else f"cannot read the city {question.city}", sees_lock(question), cold)


def folder_fault(folder: Path, token: str) -> str:
    """Return what is wrong with the results folder as this process sees it; empty if it will do."""
    end = time.monotonic() + SIGHT
    while not (folder / FOLDER / token if token else folder / ".lock").is_file():
        if time.monotonic() > end:
            return "sees another folder of that name" if folder.is_dir() else "does not see the folder"
        time.sleep(0.1)
    trial = draft_of(folder / "trial")  # what a killed worker leaves goes as other drafts do
    try:
        trial.write_text(token, "utf-8")
    except OSError as error:
        return DISK_FULL if is_full(error) else f"cannot write to the folder ({error.strerror})"
    finally:
        trial.unlink(missing_ok=True)
    return ""


def sees_lock(question: Question) -> bool:
    """Say whether the lock that the asker holds is seen here (True if none is held)."""
    if not question.token:
        return True
    lock = RangeLock(Path(question.job.folder) / FOLDER / question.token)
    try:
        return not lock.take(0)
    finally:
        lock.close()


def run(question: bytes, spec: RunSpec) -> Outcome:
    """Do one run, unless this process cannot take part ("unfit") or nobody wants the run any more ("lost").

    A process does one run at a time, however many threads its worker has: runs would only get into each other's way.
    """
    from distributed import get_worker

    worker, asked = get_worker(), pickle.loads(question)
    if question not in _answered:
        fault = answer(asked).fault
        if fault:
            return Outcome("unfit", f"{worker.address} {fault}")
        _answered.add(question)
    job, key, looked = asked.job, worker.get_current_task(), 0.0

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
                return do_run(store, lock, spec, job, on_month, TRIES, _snapshots(question))
        except Stopped:
            return Outcome("lost")
        finally:
            lock.close()
