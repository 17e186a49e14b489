"""An experiment: runs that are asked for, once or again and again, and how and where they are done.

Every command and function that does runs does them through an `Experiment`, so that all of them go on where they were
stopped, show progress, use a cluster and share the work among shards alike. What to run is a plan (`runs/plan.py`);
what the results mean is the business of those who ask.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cluster_sim.runs import claims, execution, folders, manifest
from cluster_sim.runs.errors import InputError, Interrupted
from cluster_sim.runs.files import remove_drafts
from cluster_sim.runs.plan import Plan, shard_numbers
from cluster_sim.runs.progress import Progress, Silent
from cluster_sim.runs.run_list import ids_of
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.store import Store
from cluster_sim.runs.temporary import folder_of, remove_abandoned

Outcome = TypeVar("Outcome")
MANY = 1_000_000
"""Runs in one plan above which a command line is asked whether it means it."""


class NothingRan(RuntimeError):
    """So many runs failed that there is nothing to analyse; the text has the first one's traceback."""


class Unfinished(Exception):
    """A shard has done its share, but runs of other shards are missing, so that nothing can be analysed yet."""

    def __init__(self, experiment: Experiment, done: int, planned: int, missing: int) -> None:
        number, count = experiment.shard or (1, 1)
        super().__init__(
            f"{experiment.folder}: shard {number}/{count} has done its share. {done:,} of {planned:,} runs are there, "
            f"{missing:,} are left to the other shards; the same command goes on when they are done")
        self.experiment, self.done, self.planned, self.missing = experiment, done, planned, missing


@dataclass
class Experiment:
    """Where the runs of a question lie, how they are done, and what has become of them so far.

    Runs lie in `folder`, or in folders inside it. What it holds of other runs is set aside before the first run where
    `fresh` is true or nobody has `named` the folder; elsewhere InputError says so. `say` is told of it.
    """

    folder: Path
    workers: int | None = None
    """Processes on this machine (None: all cores; 0: in this process)."""
    progress: Callable[[], Silent] = Silent
    factory: str = FACTORY
    """The model, as `module:class`."""
    notes: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the manifest says beside its own, such as the command line."""
    shard: tuple[int, int] | None = None
    """Which share of the runs to do: its number from 1, and of how many."""
    executor: Any = None
    """Does the runs elsewhere than on this machine's cores (`execution.Engine`)."""
    fresh: bool = False
    named: bool = True
    reading: bool = False
    """Whether to answer from the runs that are there: none is done, and InputError says so if some are missing."""
    sure: bool = True
    """Whether a plan of more than `MANY` runs is meant."""
    say: Callable[[str], None] = lambda text: None
    new_runs: int = 0
    failures: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    """Records of the runs that failed, by run_id."""
    asked: dict[Path, set[str]] = field(default_factory=dict, repr=False)
    """The run_ids asked for, by the folder that they lie in."""
    done: dict[Path, set[str]] = field(default_factory=dict, repr=False)
    """The same of those that are done."""
    size: tuple[str, float] | None = None
    """City and scale of the runs asked for; of several the smallest scale."""
    holder: Any = None
    """Keeps a temporary folder as long as its results are looked at."""
    claim: Any = field(default=None, repr=False)
    """Tells other commands that somebody is at work in the folder."""

    @classmethod
    def of(cls, out: str | Path | None, workers: int | None = None, progress: bool = False, factory: str = FACTORY,
           engine: Any = None, shard: str | None = None) -> Experiment:
        """Return the experiment of a script: in the folder `out`, or in a temporary one if None."""
        folder, holder = folder_of(out)
        return cls(folder, workers, Progress if progress else Silent, factory, shard=shard_numbers(shard),
                   executor=engine, holder=holder)

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Records of the runs that failed."""
        return list(self.failures.values())

    def ask(self, runs: int) -> None:
        """Raise InputError if so many runs are more than somebody is sure to mean."""
        if runs > MANY and not self.sure:
            raise InputError(f"{runs:,} runs are planned: --yes starts so many, and they go on wherever they are "
                             "stopped. For fewer take fewer --seeds, points or values")

    def run(self, plans: Mapping[Path, Plan], planned: Mapping[Path, int] | None = None) -> set[str]:
        """Do the runs of plans, each in its folder, that are not there yet; return the run_ids of those done.

        `planned` is the number of runs that each folder is meant to hold, where it is not the plan's. Interrupted on
        Ctrl-C counts all runs asked for so far. Unfinished if runs are missing that other shards do: all plans have
        had their share then. InputError, before anything is written, if a folder holds other runs.
        """
        self.ask(sum(len(plan.runs) for plan in plans.values()))
        if not (self.asked or self.reading):
            remove_abandoned()
            self._make_room(plans)
            remove_drafts(self.folder)
        for folder, plan in plans.items():
            folders.inside(self.folder, folder)
            first = plan.runs[0]
            if self.size is None or first.scale < self.size[1]:
                self.size = str(first.scenario.city), first.scale
            (self._same_question if self.reading else manifest.check)(Store(folder), plan)
            self.asked.setdefault(folder, set()).update(ids_of(plan.runs))
        if self.folder not in plans and not self.reading:
            manifest.begin_several(self.folder, plans, self.notes)
        for folder, plan in plans.items() if not self.reading else ():
            notes = {**self.notes, **({} if planned is None else {"planned": planned[folder]})}
            if self.done.setdefault(folder, set()).issuperset(ids_of(plan.runs)):
                continue
            try:
                report = execution.execute(plan, folder, self.workers, self.progress(), factory=self.factory,
                                           notes=notes, shard=self.shard, engine=self.executor)
            except Interrupted as stop:
                raise Interrupted(*self.count()) from stop
            self.new_runs += len(report.done)
            self.done[folder] |= {*report.done, *report.already}
            self.failures |= {record["run_id"]: record for record in report.failed}
        if self.reading or self.shard is not None:
            missing = self._others(plans)
            if missing and self.reading:
                raise InputError(f"{self.folder} lacks {missing:,} of the runs that its command asks for; start that "
                                 "command again: it does what is missing")
            if missing:
                raise Unfinished(self, *self.count(), missing)
        return {name for folder, plan in plans.items() for name in ids_of(plan.runs) if name in self.done[folder]}

    def count(self) -> tuple[int, int]:
        """Return how many of the runs asked for are done, by whomever, and how many were asked for."""
        return (sum(len(Store(folder).finished() & names) for folder, names in self.asked.items()),
                sum(map(len, self.asked.values())))

    def _same_question(self, store: Store, plan: Plan) -> None:
        """Raise InputError if a store was made with something else than what its command means now."""
        found = manifest.differences(store.folder, plan)
        if found:
            raise InputError(f"{store.folder} was made with other inputs than its command has now: "
                             f"{manifest.differ(found)}")

    def _others(self, plans: Mapping[Path, Plan]) -> int:
        """Take up what is there of the plans, whoever did it, and return how many of their runs are missing."""
        missing = 0
        for folder, plan in plans.items():
            store, names = Store(folder), set(ids_of(plan.runs))
            self.done.setdefault(folder, set()).update(store.finished() & names)
            failed = {record["run_id"]: record for record in store.failures() if record["run_id"] in names}
            self.failures |= failed
            missing += len(names - self.done[folder] - failed.keys())
        return missing

    def _make_room(self, plans: Mapping[Path, Plan]) -> None:
        """Claim the folder, and set aside what it holds of other runs, where nobody named it or all is to begin again.

        InputError if it is not ours, or somebody else is at work there with other runs.
        """
        folders.check(self.folder)
        self._claim()
        found = list(dict.fromkeys(words for folder, plan in plans.items()
                                   for words in manifest.differences(folder, plan)))
        known = folders.ours(self.folder)
        others = self.claim.others()  # asked in any case: claims of killed commands go
        if others and (found or self.fresh and known):
            raise InputError(claims.told(self.folder, others, manifest.differ(found) if found else
                                         "--fresh would take away what it has done"))
        if not (self.fresh and known or found and not self.named):
            return
        if self.shard is not None:
            raise InputError(f"{self.folder} holds other runs, and shards may be at work there: give another --out")
        aside = manifest.set_aside(self.folder)
        self._claim()
        self.say(f"what {self.folder} held is now in {aside}{f' ({manifest.differ(found)})' if found else ''}")

    def _claim(self) -> None:
        """Tell others that somebody is at work in the folder."""
        if self.claim is not None:
            self.claim.close()
        self.claim = claims.Claim(self.folder)
        self.claim.take()
        weakref.finalize(self, self.claim.close)

    def view(self) -> Any:
        """Open the folder's runs for a script. NothingRan if none could be done."""
        from cluster_sim.runs.read import View

        if self.failures and not any(self.done.values()):
            raise self.nothing_ran("no run could be done")
        found = View(self.folder)
        return found.keep_alive(self.holder) if self.holder else found

    @property
    def refused(self) -> int:
        """How many runs were not begun because their values cannot hold together."""
        return sum(record["kind"] == "refused" for record in self.failures.values())

    @property
    def losses(self) -> str:
        """How many runs failed and which was the first: `2 of 12 runs failed. The first, plus with seed 3`."""
        count = f"{len(self.failures):,} of {sum(map(len, self.asked.values())):,} runs failed"
        if self.refused:
            count += f", {self.refused:,} of them refused"
        return f"{count}. The first, {place_of(self.failed[0])}" if self.failures else count

    def nothing_ran(self, why: str) -> NothingRan:
        """Return the error for an analysis to which failed runs have left nothing."""
        if not self.failures:
            return NothingRan(f"{why}: no run failed, but their months do not hold what is asked for")
        return NothingRan(f"{why}: {self.losses}:\n{self.failed[0]['traceback']}")

    def deliver(self, result: Outcome) -> Outcome:
        """Return a result to a script, with a warning of the runs that failed; the folder is free for others."""
        if self.claim is not None:
            self.claim.close()
        if self.failures:
            warnings.warn(f"{self.losses}:\n{self.failed[0]['traceback']}", stacklevel=3)
        return result


@dataclass
class Findings:
    """What all answers found by experiments have: the runs that they rest on."""

    experiment: Experiment

    @property
    def folder(self) -> Path:
        """Where the runs lie."""
        return self.experiment.folder

    @property
    def new_runs(self) -> int:
        """Number of runs that were done now."""
        return self.experiment.new_runs

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Records of the runs that failed."""
        return self.experiment.failed


def place_of(record: Mapping[str, Any]) -> str:
    """Say which run a record of a failure is about: `plus with seed 3`, with its factors where it has some."""
    where = ", ".join(f"{name} {value}" for name, value in record.get("factors", {}).items())
    return f"{record.get('scenario', 'a run')} with seed {record['seed']}{f' at {where}' if where else ''}"
