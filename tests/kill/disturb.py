"""Kill a command at a moment, start it again, and hold what is there against an undisturbed one."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kill.commands import JOBS, OUT
from tests.kill.compare import different, hidden, left, torn
from tests.kill.life import Life, live

TRIES = 20
"""Starts that may end before they are killed, for one moment."""


@dataclass
class Undisturbed:
    """A command that nobody disturbed: what it left, and how long it took, by the number of workers."""

    name: str
    folder: Path
    results: dict[str, bytes] = field(default_factory=dict)
    lives: dict[int, Life] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.prepared = self.folder / "prepared"
        self.prepared.mkdir(parents=True)
        JOBS[self.name].prepare(self.prepared)
        for words in JOBS[self.name].before:
            _well(live(words, self.prepared))
        self.life(0)

    def life(self, workers: int) -> Life:
        """Return the undisturbed life; its results must not depend on the number of workers."""
        if workers not in self.lives:
            place = self.fresh(f"whole{workers}")
            self.lives[workers] = _well(live(JOBS[self.name].command(workers), place))
            results = left(place / OUT)
            if self.results and different(self.results, results):
                raise AssertionError(f"{self.name} with {workers} workers: {different(self.results, results)}")
            self.results = results
        return self.lives[workers]

    def fresh(self, name: str) -> Path:
        """Return a new folder with what the command starts from."""
        return shutil.copytree(self.prepared, self.folder / name, ignore=shutil.ignore_patterns("said"))


def _well(life: Life) -> Life:
    if life.status != 0:
        raise RuntimeError(f"undisturbed it ended with {life.status}: {life.said}")
    return life


@dataclass
class Moment:
    """What came of one moment."""

    name: str
    kills: int = 0
    by_clock: bool = False
    torn: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def disturb(whole: Undisturbed, name: str) -> Moment:
    """Do the moment of a name."""
    chance = random.Random(name)
    number = int(name.rpartition("-")[2])
    job, moment = JOBS[whole.name], Moment(name, by_clock=number % 2 == 1)
    workers = 2 if job.runs and number % 10 == 3 else 0
    wanted = 2 if number % 4 == 2 else 1
    usual = whole.life(workers)
    with TemporaryDirectory(prefix="kill-", dir=whole.folder) as temporary:
        place = Path(temporary) / "place"
        for _ in range(TRIES):
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(whole.prepared, place, ignore=shutil.ignore_patterns("said"))
            moment.kills = 0
            while moment.kills < wanted:
                death = {"seconds": chance.uniform(0.0, usual.seconds)} if moment.by_clock else {
                    "operation": chance.randint(1, usual.operations)}
                if live(job.command(workers), place, **death).status is not None:
                    break
                moment.kills += 1
                moment.torn += torn(place / OUT)
            if moment.kills:
                break
        last = live(job.command(workers), place)
        if last.status != 0:
            moment.wrong = [f"the same command then ended with {last.status}: {last.said.strip()[-400:]}"]
        else:
            moment.wrong = different(whole.results, left(place / OUT)) + [
                f"{name} of a killed process is left over" for name in hidden(place / OUT)]
    return moment
