"""log.txt in a results folder: who worked on it, when, how fast, and what went wrong."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sized
from datetime import UTC, datetime
from pathlib import Path

from cluster_sim.runs.files import append
from cluster_sim.runs.plan import Plan
from cluster_sim.runs.progress import Count, duration
from cluster_sim.runs.run_list import RunSpec

NAME = "log.txt"
EVERY = 30.0
"""Seconds between two lines about the progress."""


class Log(Count):
    """Writes lines with time and process; several processes may share the file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / NAME
        self.started = self.last = time.monotonic()

    def begin(self, plan: Plan, todo: Sized, workers: int) -> None:
        """Say what there is to do, and with what command."""
        super().begin(plan, todo, workers)
        what = f"{len(plan.runs):,} runs of '{plan.name}', {self.there:,} there, {self.total:,} to do"
        self.note(f"begin: {what}; {workers} workers; code {plan.code}; {' '.join(sys.argv)}")

    def note(self, text: str) -> None:
        """Write a line. StoreFull if the disk takes no more."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        append(self.path, f"{now} [{os.getpid()}] {text}\n")

    def compiling(self) -> None:
        """Note that the model is compiled."""
        self.note("the model is compiled for the first time on this machine")

    def update(self, running: int) -> None:
        """Note the progress, twice a minute at most."""
        now = time.monotonic()
        if now - self.last >= EVERY:
            self.last = now
            self.note(f"{self.text()} after {duration(now - self.started)}")

    def failed(self, spec: RunSpec) -> None:
        """Name a failure."""
        super().failed(spec)
        where = "" if spec.point is None else f", point {spec.point}"
        self.note(f"failed: run {spec.run_id} (seed {spec.seed}{where}); see failures.jsonl")

    def end(self) -> None:
        """Say how it ended."""
        took = duration(time.monotonic() - self.started)
        left = self.total - self.done - self.failures
        self.note(f"end: {self.done:,} done, {self.failures} failed, {left:,} left after {took}")
