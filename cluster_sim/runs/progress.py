"""What a user sees of a job: one line that moves, or machine-readable events. On standard error, and only there."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any, TextIO

from cluster_sim.runs.plan import Plan, RunSpec
from cluster_sim.runs.warm import COLD_SECONDS

REDRAW = 0.1
PLAIN_EVERY = 30.0
"""Seconds between plain lines where the output is not a terminal."""
EVENT_EVERY = 1.0
"""Seconds between two events about the progress."""


class Silent:
    """Shows nothing."""

    def begin(self, plan: Plan, todo: Sequence[RunSpec], workers: int) -> None:
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


class Count(Silent):
    """Counts runs and months, and tells rate and time left from them."""

    def __init__(self) -> None:
        self.done = self.failures = self.months_done = self.there = 0
        self.total = self.months_total = 0
        self.begun: float | None = None

    def begin(self, plan: Plan, todo: Sequence[RunSpec], workers: int) -> None:
        """Note what there is to do."""
        self.total = len(todo)
        self.there = len(plan.runs) - len(todo)
        self.months_total = sum(spec.months for spec in todo)

    def finished(self, spec: RunSpec) -> None:
        """Count a run."""
        self.done += 1
        self.months_done += spec.months

    def failed(self, spec: RunSpec) -> None:
        """Count a failure."""
        self.failures += 1
        self.months_done += spec.months

    def tick(self, running: int) -> float:
        """Return the time; the first month of a run starts the clock of the pace."""
        now = time.monotonic()
        if self.begun is None and (running or self.done or self.failures):
            self.begun = now
        return now

    def pace(self, running: int, now: float) -> tuple[float, float] | None:
        """Return runs a second and the seconds left; None before anything is done."""
        months = self.months_done + running
        if self.begun is None or not months or now <= self.begun:
            return None
        speed = months / (now - self.begun)
        return speed * self.total / self.months_total, (self.months_total - months) / speed

    def line(self, running: int, now: float) -> str:
        """Return the line: `12/20 runs, 0 failed, 3.1 runs/s, 8 s left`."""
        pace = self.pace(running, now)
        text = "starting" if pace is None else f"{rate(pace[0])}, {duration(pace[1])} left"
        return f"{self.done:,}/{self.total:,} runs, {self.failures} failed, {text}"


class Progress(Count):
    """A line rewritten in place on a terminal; elsewhere a plain line now and then."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.shown = 0.0
        self.width = 0

    def begin(self, plan: Plan, todo: Sequence[RunSpec], workers: int) -> None:
        """Say what there is to do."""
        super().begin(plan, todo, workers)
        self.last_plain = time.monotonic()
        if self.there and todo:
            self.note(f"{self.there:,} of {len(plan.runs):,} runs are there already")

    def compiling(self) -> None:
        """Say why nothing moves yet."""
        self.note(f"compiling the model once (about {COLD_SECONDS} s)")

    def update(self, running: int) -> None:
        """Draw the line, ten times a second at most."""
        now = self.tick(running)
        if self.live and now - self.shown >= REDRAW:
            self.shown = now
            self._draw(self.line(running, now))
        elif not self.live and now - self.last_plain >= PLAIN_EVERY:
            self.last_plain = now
            self.note(self.line(running, now))

    def failed(self, spec: RunSpec) -> None:
        """Count a failure and name it at once."""
        super().failed(spec)
        self.note(f"run {spec.run_id} (seed {spec.seed}) failed twice; see failures.jsonl")

    def end(self) -> None:
        """Clear the line."""
        if self.live and self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
            self.width = 0

    def _draw(self, text: str) -> None:
        columns = shutil.get_terminal_size().columns - 1
        share = min(1.0, (self.done + self.failures) / self.total) if self.total else 1.0
        bar = "#" * round(12 * share)
        text = f"[{bar:<12}] {text}"[:columns]
        self.stream.write("\r" + text.ljust(self.width)[:columns])
        self.stream.flush()
        self.width = len(text)

    def note(self, text: str) -> None:
        """Print a line above the one that moves."""
        Progress.end(self)
        self.stream.write(text + "\n")
        self.stream.flush()


class Events(Count):
    """One JSON object a line: begin, note, compiling, progress (once a second), failed, end."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self.stream = stream or sys.stderr
        self.last = 0.0

    def begin(self, plan: Plan, todo: Sequence[RunSpec], workers: int) -> None:
        """Say what there is to do."""
        super().begin(plan, todo, workers)
        self._tell("begin", name=plan.name, runs=len(plan.runs), there=self.there, todo=self.total, workers=workers)

    def note(self, text: str) -> None:
        """Pass a message on."""
        self._tell("note", text=text)

    def compiling(self) -> None:
        """Say why nothing moves yet."""
        self._tell("compiling", seconds=COLD_SECONDS)

    def update(self, running: int) -> None:
        """Say how far the job is, once a second at most."""
        now = self.tick(running)
        if now - self.last >= EVENT_EVERY:
            self.last = now
            self._progress(self.pace(running, now))

    def failed(self, spec: RunSpec) -> None:
        """Name a failure at once."""
        super().failed(spec)
        self._tell("failed", run_id=spec.run_id, seed=spec.seed, point=spec.point)

    def end(self) -> None:
        """Say how the job ended."""
        self._tell("end", done=self.done, failed=self.failures, todo=self.total)

    def _progress(self, pace: tuple[float, float] | None) -> None:
        speed, left = pace or (None, None)
        self._tell("progress", done=self.done, failed=self.failures, todo=self.total,
                   runs_per_second=speed and round(speed, 4), seconds_left=left and round(left, 1))

    def _tell(self, event: str, **values: Any) -> None:
        self.stream.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
        self.stream.flush()


class Several(Silent):
    """Passes everything on to each of some others."""

    def __init__(self, *others: Silent) -> None:
        self.others = others

    def begin(self, plan: Plan, todo: Sequence[RunSpec], workers: int) -> None:
        """A job starts."""
        for other in self.others:
            other.begin(plan, todo, workers)

    def note(self, text: str) -> None:
        """Something that the user should know."""
        for other in self.others:
            other.note(text)

    def compiling(self) -> None:
        """The model is being compiled."""
        for other in self.others:
            other.compiling()

    def update(self, running: int) -> None:
        """Months in unfinished runs."""
        for other in self.others:
            other.update(running)

    def finished(self, spec: RunSpec) -> None:
        """A run is done."""
        for other in self.others:
            other.finished(spec)

    def failed(self, spec: RunSpec) -> None:
        """A run has failed for good."""
        for other in self.others:
            other.failed(spec)

    def end(self) -> None:
        """The job is over."""
        for other in self.others:
            other.end()


def rate(speed: float) -> str:
    """Write runs a second as people say it: 12 runs/s, 3.1 runs/s, 5.0 runs/min."""
    if speed >= 10:
        return f"{speed:,.0f} runs/s"
    if speed >= 1:
        return f"{speed:.1f} runs/s"
    return f"{speed * 60:.1f} runs/min" if speed * 60 >= 1 else f"{speed * 3600:.1f} runs/h"


def duration(seconds: float) -> str:
    """Write a time as people say it: 8 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
