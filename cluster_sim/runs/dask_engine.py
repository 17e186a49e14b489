"""The Dask engine: the runs of a plan on an existing Dask cluster, or on jobs asked of a batch system.

    with DaskEngine("tcp://node1:8786") as engine:
        execute(plan, folder, engine=engine)

Before anything is written every worker says whether it can take part (`dask_worker.answer`). Then every run is a task;
which worker does it, and on which it is done again, is Dask's affair.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import sys
import time
import uuid
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import listing
from cluster_sim.runs import single_run
from cluster_sim.runs.claims import Claim
from cluster_sim.runs.dask_worker import DISK_FULL, Answer, Question, answer, call, run, versions
from cluster_sim.runs.errors import EngineGone, InputError, NoCluster, full_text, is_full, store_full
from cluster_sim.runs.identity import city_version
from cluster_sim.runs.plan import Plan
from cluster_sim.runs.progress import duration
from cluster_sim.runs.run_list import RunSpec
from cluster_sim.runs.supervisor import Listener
from cluster_sim.runs.worker import STALL, Job, Outcome

PATIENCE = 60.0
"""Seconds to wait for a first worker, and later for another one when all have gone."""
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
"""Seconds that the scheduler, or a worker with a finished run, may take to answer."""
LOOK_EVERY = 0.5
"""Seconds between two looks at which workers there are."""
CLOSE_SECONDS = 1.0
NAMED = 5
"""Workers named in a message at most."""


class DaskEngine:
    """A connection to a Dask cluster, by `scheduler` (an address or a scheduler file), by `profile` (see
    `dask_profile`) or by an open `client`. Nothing is connected before it is needed; `close` ends it.
    `patience` is how long to wait for workers, `stall` after how long a month counts as stuck, in seconds.

    InputError if the libraries are missing, nobody answers, or a worker cannot take part.
    """

    def __init__(self, scheduler: str | None = None, profile: str | None = None, client: Any = None,
                 factory: str | None = None, patience: float = PATIENCE, stall: float = STALL,
                 quiet: bool = True) -> None:
        if sum(value is not None for value in (scheduler, profile, client)) != 1:
            raise InputError("the Dask engine needs one of: the address of a scheduler, or a profile")
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise NoCluster("the Dask engine", error) from error
        self.scheduler, self.profile, self.client, self.own = scheduler, profile, client, client is None
        self.factory, self.patience = factory or single_run.FACTORY, patience
        self.stall, self.quiet = stall, quiet
        self.cluster: Any = None
        self.cold = False

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *what: object) -> None:
        self.close()

    def say(self, text: str) -> None:
        """Tell the user something on standard error."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def connect(self) -> Any:
        """Return the client, connected. InputError if nobody answers, or the versions of Dask differ."""
        if self.client is None:
            if self.profile is not None:
                from cluster_sim.runs import dask_profile

                found = dask_profile.load(self.profile)
                self.cluster, self.patience = dask_profile.cluster(found), found["wait"]
                self.client = _client(self.cluster)
                self.cluster.scale(jobs=found["jobs"])
            else:
                self.client = _client(address_of(str(self.scheduler)))
        return self.client

    def close(self) -> None:
        """Leave the cluster; one that was started for a profile ends, with its jobs."""
        for thing in (self.client, self.cluster) if self.own else ():
            with suppress(Exception):
                thing.close(timeout=CLOSE_SECONDS)
        if self.own:
            self.client = self.cluster = None

    def check(self, folder: Path, plan: Plan) -> int:
        """Ask every worker whether it can take part and return how many there are.

        InputError if one cannot; then nothing stays written. StoreFull if the disk takes no more.
        """
        client, folder = self.connect(), Path(os.path.abspath(folder))
        self._wait_for_a_worker(client)
        city = str(plan.scenario.city)
        self.question = Question(Job(str(folder), self.factory, plan.code, self.stall), versions(), city,
                                 city_version(city))
        claim = Claim(folder)  # a file that is locked, for the workers to find
        try:
            claim.take()
            asked = self.question._replace(token=claim.name)
            answers = client.run(pickle.loads, call(answer, asked), on_error="return")
        finally:
            claim.close()
        faults = {address: fault for address, found in answers.items() if (
            fault := found.fault if isinstance(found, Answer) else _fault_of(found))}
        if DISK_FULL in faults.values():
            raise store_full(folder)
        if faults or not answers:
            raise InputError(_refusal(faults, len(answers), folder))
        self.cold = any(found.cold for found in answers.values())
        if not all(found.locks for found in answers.values()):
            self.say("locks in the results folder do not reach all machines: start one job at a time on it")
        several = sum(threads > 1 for threads in client.nthreads().values())
        if several:
            self.say(f"{several} of {len(answers)} Dask workers have several threads, of which a run uses one. To use "
                     f"all cores, start them with: {_start_command(client)}")
        return len(answers)

    def executor(self, job: Job) -> DaskExecutor:
        """Return what does the runs of a job that has been checked."""
        return DaskExecutor(self)

    def _wait_for_a_worker(self, client: Any) -> None:
        end, told = time.monotonic() + self.patience, False
        while not present(client):
            if self.cluster is not None and self.cluster.refusals:
                raise InputError(f"the batch system takes no job: {self.cluster.refusals[0]}")
            if time.monotonic() > end:
                raise InputError(f"the Dask scheduler has no workers; start some: {_start_command(client)}")
            if not told:
                self.say(f"waiting for a Dask worker ({duration(self.patience)} at most)")
                told = True
            time.sleep(0.2)


class DaskExecutor:
    """Does runs as tasks of a Dask cluster, for `supervisor.supervise`.

    A worker that joins late and cannot take part is left out. When a worker dies Dask gives its tasks to others; the
    run that killed it leaves a mark in the store each time it is begun, and is not begun a third time.
    """

    def __init__(self, engine: DaskEngine) -> None:
        self.engine, self.client = engine, engine.client
        self.question = pickle.dumps(engine.question)
        self.folder = Path(engine.question.job.folder)
        self.workers = present(self.client)
        self.unfit: set[str] = set()
        self.tasks: set[Any] = set()
        self.looked = self.manned = time.monotonic()

    def open(self, listener: Listener) -> None:
        """Say that the model is compiled first, if it is."""
        if self.engine.cold:
            listener.compiling()

    def room(self) -> int:
        """One run for each worker, and one more that it can go on with."""
        return 2 * max(1, len(self.workers - self.unfit))

    def submit(self, spec: RunSpec) -> Any:
        """Make a run a task, which any worker may do that can take part."""
        future = self.client.submit(pickle.loads, call(run, self.question, spec), pure=False,
                                    key=f"cluster_sim-{uuid.uuid4().hex}",
                                    workers=sorted(self.workers - self.unfit) if self.unfit else None)
        self.tasks.add(future)
        return future

    def outcome(self, future: Any) -> Outcome:
        """Return what became of a run, also if Dask has given it up because workers died under it."""
        from distributed import KilledWorker

        self.tasks.discard(future)
        try:
            found = Outcome("lost") if future.cancelled() else Outcome(*future.result(timeout=ANSWER_SECONDS))
        except KilledWorker:
            return Outcome("suspect", "workers died with the run in their hands")
        except TimeoutError:
            return Outcome("lost")
        except Exception as error:
            return Outcome("full", full_text(error, self.folder)) if is_full(error) else Outcome("raised", repr(error))
        if found.kind == "unfit":
            address, _, why = found.text.partition(" ")
            if address not in self.unfit:
                self.unfit.add(address)
                self.engine.say(f"the worker {address} is left out: it {why}")
            return Outcome("lost")
        # what is there was most likely done for this job, on a worker that died before it could say so
        return Outcome("done") if found.kind == "there" else found

    def look(self) -> bool:
        """Note which workers there are. EngineGone if the scheduler has gone, or all workers for long."""
        now = time.monotonic()
        if now - self.looked >= LOOK_EVERY:
            self.looked, self.workers = now, present(self.client)
            if self.workers - self.unfit:
                self.manned = now
            elif now - self.manned > self.engine.patience:
                raise EngineGone("the Dask cluster has no worker left that can go on")
        return True

    def months(self) -> int:
        """The months of runs that are not finished are not known here."""
        return 0

    def close(self) -> None:
        """Let go of all tasks: workers stop what nobody waits for within a moment."""
        for future in self.tasks:
            with suppress(Exception):
                future.release()


def address_of(scheduler: str) -> str:
    """Return the address of a scheduler that is given by it, or by the JSON file that it writes."""
    if not scheduler.endswith(".json"):
        return scheduler
    try:
        return str(json.loads(Path(scheduler).read_text("utf-8"))["address"])
    except FileNotFoundError:
        raise InputError(f"there is no scheduler file {scheduler}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{scheduler} is no scheduler file of Dask: {error}") from error


def _client(target: Any) -> Any:
    """Connect to a scheduler by its address, or to a cluster started here."""
    import distributed

    for name in ("distributed", "dask_jobqueue", "asyncio", "tornado"):  # they would write over the progress line
        for each in (name, *(log for log in logging.root.manager.loggerDict if log.startswith(f"{name}."))):
            logging.getLogger(each).setLevel(logging.CRITICAL)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            client = distributed.Client(target, timeout=CONNECT_SECONDS, set_as_default=False, name="cluster_sim")
            said.clear()
            client.get_versions(check=True)
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise InputError(f"no Dask scheduler answers at {target} ({lines[0]})") from error
    other = [str(each.message) for each in said if "ersion" in str(each.message)]
    if other:
        client.close(timeout=CLOSE_SECONDS)
        raise InputError(f"scheduler, workers and this program need the same versions. {other[0]}")
    return client


def present(client: Any) -> set[str]:
    """Return the addresses of the workers. EngineGone if the scheduler does not answer."""
    if client.status == "running":
        with suppress(OSError, TimeoutError):
            return set(client.sync(client.scheduler.ncores, callback_timeout=ANSWER_SECONDS))
    raise EngineGone("the Dask scheduler does not answer any more")


def _fault_of(found: BaseException) -> str:
    """Return why a worker that gave an exception instead of an answer cannot take part."""
    if isinstance(found, ModuleNotFoundError) and (found.name or "").startswith("cluster_sim"):
        return "cannot import cluster_sim: install it there"
    return f"cannot answer: {type(found).__name__}: {found}"


def _start_command(client: Any) -> str:
    return f"python -m cluster_sim.runs.dask_start {client.scheduler.address} --nworkers N"


def _refusal(faults: Mapping[str, str], workers: int, folder: Path) -> str:
    """Return the message of a check that failed: which workers and why, the same fault said once."""
    if not faults:
        return "the Dask workers went away before they could answer"
    lines = [f"{len(faults)} of {workers} Dask worker{'s' * (workers > 1)} cannot take part; nothing was run."]
    for fault in dict.fromkeys(faults.values()):
        those = [address for address, text in faults.items() if text == fault]
        lines.append(f"  {listing(those, NAMED)}: {fault}")
    return "\n".join([*lines, "All workers need the same installation as this program, started anew after each change, "
                             f"and the folder {folder}: give one with --out that all machines share."])
