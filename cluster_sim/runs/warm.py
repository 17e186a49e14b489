"""Compiling the model's kernels once, and knowing whether that is still to be done.

Compiled code is kept in the user's cache folder, under a name that changes with the sources. The first
months of a small city load (or compile) every kernel that a run needs; a mark in the folder says that this
was done to the end. Two processes share the work: the first lives the months, the second takes the steps in another
order, until they meet.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

SCALE = 1 / 400
MONTHS = 14
"""More than a year, so that yearly and rare steps are compiled too."""
COLD_SECONDS = 15
"""What compiling takes on a machine of two cores, for the message that announces it."""
ELSEWHERE = (
    ("accounts", "account"), ("ladder", "climb_and_renew"), ("release", "release"), ("production", "produce"),
    ("property", "settle_property"), ("knowledge", "spread"), ("commissioning", "commission"), ("hiring", "hire"),
    ("finance", "finance"), ("population", "live"))
"""The steps of the month that the second process compiles (module of `cluster_sim.month`, function): first those
that the first process, which begins with the start population and its works, comes to last."""


def _small_city() -> Any:
    from cluster_sim.model import ClusterModel
    from cluster_sim.scenario import load_scenario

    return ClusterModel(load_scenario("baseline"), seed=0, scale=SCALE)


def compile_once() -> None:
    """Compile the kernels that are not compiled yet; of the processes that share a cache folder one does it."""
    from cluster_sim import jit
    from cluster_sim.runs.locks import RangeLock

    if jit.is_cold():
        lock = RangeLock(jit.FOLDER / ".compiling")
        try:
            with lock.hold(0):
                if jit.is_cold():
                    _compile()
        finally:
            lock.close()


def _compile() -> None:
    """Run a small city for a little more than a year, which needs every kernel, and leave the mark."""
    from cluster_sim import jit

    with _second_process():
        model = _small_city()
        for _ in range(min(MONTHS, model.months)):
            model.step()
    with suppress(OSError):  # a cache that cannot be written is announced again next time, no more
        jit.COMPILED.touch()


@contextmanager
def _second_process() -> Iterator[None]:
    """Let another Python compile other steps while the block runs; it is not waited for."""
    from cluster_sim.runs.identity import PACKAGE

    path = os.pathsep.join(p for p in (str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")) if p)
    with subprocess.Popen([sys.executable, "-c", "from cluster_sim.runs import warm; warm.elsewhere()"],
                          env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


def elsewhere() -> None:
    """Compile the steps of a month on a city without people, whose results nobody reads."""
    from importlib import import_module

    import numpy as np

    from cluster_sim import start
    from cluster_sim.runs.worker import die_with_parent

    def nobody(model: Any) -> None:
        model.studios.allocate(2)
        model.talents.allocate(2)
        model.start_jobs, model.demand_abroad, model.rivals_abroad = np.ones(6), np.ones(6), np.ones(6)
        model.market_decay = np.ones(len(model.city.outside) + 1)
        model.demand = model.rivals = np.ones((6, model.market_decay.size))

    die_with_parent()
    np.seterr(all="ignore")
    start.populate = nobody
    start.price_and_cost = start.open_markets = start.remember = lambda model: None
    model = _small_city()
    model.read_outside()
    for step in (model.observer.observe,
                 *(getattr(import_module(f"cluster_sim.month.{module}"), function) for module, function in ELSEWHERE)):
        with suppress(Exception):  # in an empty city a step may fail; its kernels are compiled by then
            step(model)
