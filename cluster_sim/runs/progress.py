"""One line that moves: runs done and failed, months, time left. On standard error, and only there."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from cluster_sim.runs.plan import Plan, RunSpec
from cluster_sim.runs.warm import COLD_SECONDS

REDRAW = 0.1
PLAIN_EVERY = 30.0
"""Seconds between plain lines where the output is not a terminal."""


class Silent:
    """Shows nothing."""

    def begin(self, plan: Plan, todo: Sequence[RunSpec], workers: int) -> None:
        """A job starts: `todo` is what is missing of `plan`."""

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


class Progress(Silent):
    """A line rewritten in place on a terminal; elsewhere a plain line now and then."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.done = self.failures = self.months_done = 0
        self.total = self.months_total = 0
        self.shown = 0.0
        self.begun: float | None = None
        self.width = 0

    def begin(self, plan: Plan, todo: Sequence[RunSpec], workers: int) -> None:
        """Say what there is to do."""
        self.total = len(todo)
        self.months_total = sum(spec.months for spec in todo)
        self.last_plain = time.monotonic()
        skipped = len(plan.runs) - len(todo)
        if skipped and todo:
            self._say(f"{skipped} of {len(plan.runs)} runs are there already")

    def compiling(self) -> None:
        """Say why nothing moves yet."""
        self._say(f"compiling the model once (about {COLD_SECONDS} s)")

    def update(self, running: int) -> None:
        """Draw the line, ten times a second at most."""
        now = time.monotonic()
        if self.begun is None and (running or self.done):
            self.begun = now
        if self.live and now - self.shown >= REDRAW:
            self.shown = now
            self._draw(self.line(running, now))
        elif not self.live and now - self.last_plain >= PLAIN_EVERY:
            self.last_plain = now
            self._say(self.line(running, now))

    def finished(self, spec: RunSpec) -> None:
        """Count a run."""
        self.done += 1
        self.months_done += spec.months

    def failed(self, spec: RunSpec) -> None:
        """Count a failure and name it at once."""
        self.failures += 1
        self.months_done += spec.months
        self._say(f"run {spec.run_id} (seed {spec.seed}) failed twice; see failures.jsonl")

    def line(self, running: int, now: float) -> str:
        """Return the line: `12/20 runs, 0 failed, 2,736/4,560 months, 8 s left`."""
        months = self.months_done + running
        left = "starting"
        if self.begun is not None and months:
            left = f"{duration((now - self.begun) / months * (self.months_total - months))} left"
        return (f"{self.done}/{self.total} runs, {self.failures} failed, "
                f"{months:,}/{self.months_total:,} months, {left}")

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

    def _say(self, text: str) -> None:
        self.end()
        self.stream.write(text + "\n")
        self.stream.flush()


def duration(seconds: float) -> str:
    """Write a time as people say it: 8 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
