"""Compiling the model's kernels once, and knowing whether that is still to be done.

Compiled code is kept in the user's cache folder, under a name that changes with the sources. The first
months of a small city load (or compile) every kernel that a run needs; a mark in the folder says that this
was done to the end. Two processes share the work: the second goes through the month backwards, until they
meet.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

SCALE = 1 / 400
MONTHS = 14
"""More than a year, so that yearly and rare steps are compiled too."""
COLD_SECONDS = 20
"""What compiling takes on a machine of two cores, for the message that announces it."""
BACKWARDS = (
    ("accounts", "account"), ("ladder", "climb_and_renew"), ("property", "settle_property"),
    ("knowledge", "spread"), ("release", "release"), ("production", "produce"),
    ("commissioning", "commission"), ("hiring", "hire"), ("finance", "finance"), ("population", "live"))
"""The steps of the month, last first: module of `cluster_sim.month` and function."""


def is_cold() -> bool:
    """Say whether the kernels of this source are still to be compiled on this machine."""
    from cluster_sim import jit

    return jit.is_cold()


def _small_city() -> Any:
    from cluster_sim.model import ClusterModel
    from cluster_sim.scenario import load_scenario

    return ClusterModel(load_scenario("baseline"), seed=0, scale=SCALE)


def warm() -> None:
    """Load every kernel by running a small city for a little more than a year; compile what is missing."""
    from cluster_sim import jit

    with _second_process() if is_cold() else nullcontext():
        model = _small_city()
        for _ in range(min(MONTHS, model.months)):
            model.step()
    with suppress(OSError):  # a cache that cannot be written is announced again next time, no more
        jit.COMPILED.touch()


@contextmanager
def _second_process() -> Iterator[None]:
    """Let another Python compile from the month's end while the block runs; it is not waited for."""
    from cluster_sim.runs.identity import PACKAGE

    path = os.pathsep.join(p for p in (str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")) if p)
    with subprocess.Popen([sys.executable, "-c", "from cluster_sim.runs import warm; warm.backwards()"],
                          env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def backwards() -> None:
    """Compile the steps of a month from the last to the first, on a city whose results nobody reads."""
    from importlib import import_module

    from cluster_sim import start
    from cluster_sim.runs.worker import die_with_parent

    die_with_parent()
    start.remember = lambda model: None  # the first process compiles that part of the start
    model = _small_city()
    for module, function in BACKWARDS:
        with suppress(Exception):  # out of its order a step may fail; its kernels are compiled by then
            getattr(import_module(f"cluster_sim.month.{module}"), function)(model)
