"""What a user sees of a job: one line that moves, or machine-readable events. On standard error, and only there."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Sequence, Sized
from typing import Any, TextIO

from tqdm import tqdm

from cluster_sim.runs.plan import Plan
from cluster_sim.runs.run_list import RunSpec
from cluster_sim.runs.warm import COLD_SECONDS

PLAIN_EVERY = 30.0
"""Seconds between plain lines where the output is not a terminal."""
EVENT_EVERY = 1.0
"""Seconds between two events about the progress."""
LINE = "[{bar:12}] {desc}, {rate_fmt}, {remaining} left"


class Silent:
    """Shows nothing."""

    def begin(self, plan: Plan, todo: Sized, workers: int) -> None:
        """A job starts: `todo` is what is missing of `plan`."""

    def note(self, text: str) -> None:
        """Something that the user should know, such as a damaged part."""

    def compiling(self) -> None:
        """The model is being compiled for the first time."""

    def update(self, running: int) -> None:
        """`running` months are done in unfinished runs."""

    def finished(self, spec: RunSpec) -> None:
        """A run is done."""

    def failed(self, spec: RunSpec) -> None:
        """A run has failed for good."""

    def end(self) -> None:
        """The job is over."""


class Several(Silent):
    """Passes everything on to each of some others."""

    def __init__(self, *others: Silent) -> None:
        for name in ("begin", "note", "compiling", "update", "finished", "failed", "end"):
            setattr(self, name, _to_each([getattr(other, name) for other in others]))


def _to_each(calls: Sequence[Callable[..., None]]) -> Callable[..., None]:
    def call(*arguments: Any) -> None:
        for each in calls:
            each(*arguments)

    return call


class Count(Silent):
    """Counts runs and months."""

    def __init__(self) -> None:
        self.done = self.failures = self.there = self.total = self.months_done = self.months_total = 0

    def begin(self, plan: Plan, todo: Sized, workers: int) -> None:
        """Note what there is to do."""
        self.total = len(todo)
        self.there = len(plan.runs) - len(todo)
        self.months_total = self.total * plan.runs[0].months

    def finished(self, spec: RunSpec) -> None:
        """Count a run."""
        self.done += 1
        self.months_done += spec.months

    def failed(self, spec: RunSpec) -> None:
        """Count a failure."""
        self.failures += 1
        self.months_done += spec.months

    def text(self) -> str:
        """Return the counts: `12/20 runs, 0 failed`."""
        return f"{self.done:,}/{self.total:,} runs, {self.failures} failed"


class _Bar(tqdm):
    """A line rewritten in place. It needs no lock between processes, and no thread of its own."""

    _lock = threading.RLock()
    monitor_interval = 0


class _Lasting(_Bar):
    """Something that is never rewritten, and so never cleared."""

    disable: bool

    def close(self) -> None:
        """Write nothing more."""
        if not self.disable:
            self.disable = True
            self._decr_instances(self)


class _PlainLines(_Lasting):
    """A line of its own each time."""

    @staticmethod
    def status_printer(file: TextIO) -> Callable[[str], None]:
        """Return what prints a line."""
        return lambda text: print(text.strip(), file=file, flush=True) if text.strip() else None


class _Events(_Lasting):
    """Calls `tell` with the numbers in place of a line."""

    tell: Callable[[dict[str, Any]], None]

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Tell the numbers."""
        self.tell(self.format_dict)


class Progress(Count):
    """A line rewritten in place on a terminal; elsewhere a plain line now and then."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self.stream = stream or sys.stderr
        self.bar: Any = None

    def begin(self, plan: Plan, todo: Sized, workers: int) -> None:
        """Say what there is to do."""
        super().begin(plan, todo, workers)
        if self.there and todo:
            self.note(f"{self.there:,} of {len(plan.runs):,} runs are there already")
        if todo and self.stream.isatty():
            self.bar = _Bar(bar_format=LINE, dynamic_ncols=True, ascii=" #", **self._options())
        elif todo:
            self.bar = _PlainLines(bar_format=LINE, ncols=100, ascii=" #", mininterval=PLAIN_EVERY, delay=PLAIN_EVERY,
                                   **self._options())

    def _options(self) -> dict[str, Any]:
        return {"total": self.total, "file": self.stream, "unit": "run", "leave": False, "smoothing": 0.0,
                "miniters": 0, "desc": self.text()}

    def compiling(self) -> None:
        """Say why nothing moves yet."""
        self.note(f"compiling the model once (about {COLD_SECONDS} s)")

    def update(self, running: int) -> None:
        """Move the line, ten times a second at most; the first month starts the clock of the pace."""
        reached = (self.months_done + running) * self.total / max(1, self.months_total)
        if self.bar is not None:
            if reached and not self.bar.n:
                self.bar.unpause()
            self.bar.desc = self.text()
            self.bar.update(reached - self.bar.n)

    def failed(self, spec: RunSpec) -> None:
        """Count a failure and name it at once."""
        super().failed(spec)
        self.note(f"run {spec.run_id} (seed {spec.seed}) failed twice; see failures.jsonl")

    def note(self, text: str) -> None:
        """Print a line above the one that moves."""
        if self.bar is not None and self.stream.isatty():
            self.bar.clear()
        print(text, file=self.stream, flush=True)

    def end(self) -> None:
        """Clear the line."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


class Events(Progress):
    """One JSON object a line: begin, note, compiling, progress (once a second), failed, end."""

    def begin(self, plan: Plan, todo: Sized, workers: int) -> None:
        """Say what there is to do."""
        Count.begin(self, plan, todo, workers)
        self._tell("begin", name=plan.name, runs=len(plan.runs), there=self.there, todo=self.total, workers=workers)
        if todo:
            self.bar = _Events(mininterval=EVENT_EVERY, delay=1e-9, **self._options())
            self.bar.tell = self._progress

    def note(self, text: str) -> None:
        """Pass a message on."""
        self._tell("note", text=text)

    def compiling(self) -> None:
        """Say why nothing moves yet."""
        self._tell("compiling", seconds=COLD_SECONDS)

    def failed(self, spec: RunSpec) -> None:
        """Name a failure at once."""
        Count.failed(self, spec)
        self._tell("failed", run_id=spec.run_id, seed=spec.seed, point=spec.point)

    def end(self) -> None:
        """Say how the job ended."""
        super().end()
        self._tell("end", done=self.done, failed=self.failures, todo=self.total)

    def _progress(self, found: dict[str, Any]) -> None:
        pace = found["n"] / found["elapsed"] if found["elapsed"] > 0 else 0.0
        self._tell("progress", done=self.done, failed=self.failures, todo=self.total,
                   runs_per_second=round(pace, 4) if pace else None,
                   seconds_left=round((found["total"] - found["n"]) / pace, 1) if pace else None)

    def _tell(self, event: str, **values: Any) -> None:
        print(json.dumps({"event": event, **values}, ensure_ascii=False), file=self.stream, flush=True)


def duration(seconds: float) -> str:
    """Write a time as people say it: 8 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
