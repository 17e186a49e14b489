"""The Dask engine: the runs of a plan on an existing Dask cluster, or on jobs asked of a batch system.

    with DaskEngine("tcp://node1:8786") as engine:
        execute(plan, folder, engine=engine)

Before anything is written, every worker says whether it can take part: the same code and versions, the
results folder within reach.
"""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster_sim.runs import dask_client
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.identity import city_version
from cluster_sim.runs.plan import Plan
from cluster_sim.runs.progress import duration
from cluster_sim.runs.supervisor import STALL
from cluster_sim.runs.worker import Job

PATIENCE = 60.0
"""Seconds to wait for a first worker, and later for another one when all have gone."""
QUESTION_SECONDS = 120.0
"""Seconds that a worker may take to answer: it imports the model first."""
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
        from cluster_sim.runs.single_run import FACTORY

        given = sum(value is not None for value in (scheduler, profile, client))
        if given != 1:
            raise InputError("the Dask engine needs one of: the address of a scheduler, or a profile")
        dask_client.require()
        self.scheduler, self.profile, self.client = scheduler, profile, client
        self.factory, self.patience, self.stall, self.quiet = factory or FACTORY, patience, stall, quiet
        self.cluster: Any = None
        self.jobs = 0
        self.own = client is None
        self.fit: dict[str, Any] = {}
        self.cities: tuple[str, ...] = ()
        self.code = ""

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *what: object) -> None:
        self.close()

    def say(self, text: str) -> None:
        """Tell the user something on standard error."""
        if not self.quiet:
            import sys

            print(text, file=sys.stderr, flush=True)

    # connecting ------------------------------------------------------------------------------------

    def connect(self) -> Any:
        """Return the client, connected. InputError if nobody answers."""
        if self.client is None:
            if self.profile is not None:
                from cluster_sim.runs import dask_profile

                found = dask_profile.load(self.profile)
                self.cluster, self.jobs, self.patience = dask_profile.cluster(found), found.jobs, found.wait
                self.client = dask_client.connect(self.cluster)
                self.cluster.scale(jobs=self.jobs)
            else:
                address = dask_client.address_of(str(self.scheduler))
                dask_client.same_dask(address)
                self.client = dask_client.connect(address)
        return self.client

    def close(self) -> None:
        """Leave the cluster; one that was started for a profile ends, with its jobs."""
        if self.own:
            for thing in (self.client, self.cluster):
                if thing is not None:
                    with suppress(Exception):
                        thing.close(timeout=CLOSE_SECONDS)
            self.client = self.cluster = None

    # what `execute` asks --------------------------------------------------------------------------

    def check(self, folder: Path, plan: Plan) -> int:
        """Ask every worker whether it can take part and return how many there are.

        InputError if one cannot; then nothing stays written.
        """
        from cluster_sim.runs.dask_worker import Question

        client, folder = self.connect(), Path(os.path.abspath(folder))
        addresses = self._first_workers(client)
        self.code, self.cities = plan.code, (str(plan.scenario.city),)
        with FolderProbe(folder) as probe:
            self.fit = self._answers(client, addresses, Question(
                str(folder), probe.token, probe.byte, self.cities, self.factory))
            faults = {address: fault for address, found in self.fit.items() if (fault := self.fault(found))}
            if faults:
                raise InputError(_refusal(faults, len(addresses), folder))
            probe.keep = True
        self._advise()
        return len(self.fit)

    def runner(self, job: Job) -> Any:
        """Return what does the runs of a job (as `supervisor.Local` does here)."""
        from cluster_sim.runs.dask_runner import Runner
        from cluster_sim.runs.dask_worker import Question

        job = replace(job, folder=os.path.abspath(job.folder))
        question = Question(job.folder, "", None, self.cities, self.factory)
        return Runner(self.client, job, question, self.fit, self.fault, self.patience, self.say, self.stall)

    # workers ---------------------------------------------------------------------------------------

    def _first_workers(self, client: Any) -> set[str]:
        """Return the addresses of the workers that are there; wait for one if there is none."""
        end, told = time.monotonic() + self.patience, False
        while not (found := dask_client.present(client)):
            if self.cluster is not None and len(self.cluster.refusals) >= self.jobs:
                raise InputError(f"the batch system takes no job: {self.cluster.refusals[0]}")
            if time.monotonic() > end:
                raise InputError(f"the Dask scheduler has no workers; start some: {_start_command(client)}")
            if not told:
                self.say(f"waiting for a Dask worker ({duration(self.patience)} at most)")
                told = True
            time.sleep(0.2)
        return found

    def _answers(self, client: Any, addresses: set[str], question: Any) -> dict[str, Any]:
        """Return what each worker answers: an Answer, or the exception that came instead."""
        futures = {address: dask_client.ask(client, address, question) for address in sorted(addresses)}
        answers: dict[str, Any] = {}
        end = time.monotonic() + QUESTION_SECONDS
        while futures:
            there = dask_client.present(client)
            for address, future in list(futures.items()):
                if future.done():
                    try:
                        answers[address] = future.result(timeout=QUESTION_SECONDS)
                    except Exception as error:
                        answers[address] = error
                elif address in there and time.monotonic() < end:
                    continue
                elif address in there:
                    answers[address] = TimeoutError(f"no answer in {QUESTION_SECONDS:.0f} s")
                del futures[address]
            time.sleep(0.02)
        if not answers:
            raise InputError("the Dask workers went away before they could answer")
        return answers

    def fault(self, found: Any) -> str:
        """Return why a worker cannot take part, as the end of a sentence; empty if it can."""
        from cluster_sim.runs.dask_worker import versions

        if isinstance(found, ModuleNotFoundError) and (found.name or "").startswith("cluster_sim"):
            return "cannot import cluster_sim: install it there"
        if isinstance(found, BaseException):
            return f"cannot answer: {type(found).__name__}: {found}"
        if found.code != self.code:
            return f"runs other sources of cluster_sim (code version {found.code}, here {self.code})"
        here = versions()
        other = [f"{name} {found.versions.get(name, 'missing')} (here {version})" for name, version in here.items()
                 if found.versions.get(name) != version]
        if other:
            return f"has other versions: {', '.join(other)}"
        if found.folder:
            return found.folder
        if found.broken:
            return f"cannot load the model: {found.broken.strip().splitlines()[-1]}"
        unequal = [city for city, theirs in zip(self.cities, found.cities, strict=True) if theirs != city_version(city)]
        return f"cannot read the city {unequal[0]}" if unequal else ""

    def _advise(self) -> None:
        """Say what would make the workers faster, or the store safer."""
        found = list(self.fit.values())
        several = sum(answer.threads > 1 for answer in found)
        if several:
            self.say(f"{several} of {len(found)} Dask workers have several threads, of which a run uses one. To use "
                     f"all cores, start them with: {_start_command(self.client)}")
        if not all(answer.locks for answer in found):
            self.say("locks in the results folder do not reach all machines: start one job at a time on it")


class FolderProbe:
    """A file in the results folder, with its lock, for workers to find; all of it is gone again if they do not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = f".sign-{uuid.uuid4().hex}"
        self.byte = 0
        self.keep = False

    def __enter__(self) -> FolderProbe:
        from cluster_sim.runs.store import Store

        chain = [self.folder, *self.folder.parents]
        self.made = [path for path in chain if not path.exists()]
        self.had_lock = (self.folder / ".lock").exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = Store(self.folder).lock()
        self.byte = self.lock.byte_of(self.token.removeprefix(".sign-"))
        self.lock.take(self.byte)
        self.write()
        return self

    def write(self) -> None:
        """Put the file there."""
        (self.folder / self.token).write_text(self.token, "utf-8")

    def __exit__(self, *what: object) -> None:
        self.lock.close()
        (self.folder / self.token).unlink(missing_ok=True)
        if not self.keep:
            with suppress(OSError):
                if not self.had_lock:
                    (self.folder / ".lock").unlink()
                for path in self.made:
                    path.rmdir()


def _start_command(client: Any) -> str:
    return f"python -m cluster_sim.runs.dask_start {client.scheduler.address} --nworkers N"


def _refusal(faults: dict[str, str], workers: int, folder: Path) -> str:
    """Return the message of a check that failed: which workers and why, the same fault said once."""
    lines = [f"{len(faults)} of {workers} Dask worker{'s' * (workers > 1)} cannot take part; nothing was run."]
    for fault in dict.fromkeys(faults.values()):
        those = [address for address, text in faults.items() if text == fault]
        more = f" and {len(those) - NAMED} more" if len(those) > NAMED else ""
        lines.append(f"  {', '.join(those[:NAMED])}{more}: {fault}")
    if any("folder" in fault for fault in faults.values()):
        lines.append(f"The folder is {folder}: give one with --out that all machines share.")
    if any("versions" in fault or "sources" in fault or "import" in fault for fault in faults.values()):
        lines.append("Start the workers from the same installation as this program, and again after each change.")
    return "\n".join(lines)
