"""Compiling the model's kernels once, and knowing whether that is still to be done.

Compiled code is kept in the user's cache folder, under a name that changes with the sources. The first
months of a small city load (or compile) every kernel that a run needs; a mark in the folder says that this
was done to the end. Two processes share the work: the first lives the months, the second takes the month's events
backwards, until they meet.
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


def _small_city() -> Any:
    from cluster_sim.model import ClusterModel
    from cluster_sim.scenario import load_scenario

    return ClusterModel(load_scenario("baseline", set={"start.rest_months": 0}), seed=0, scale=SCALE)


def live_a_year() -> None:
    """Run a small city for a little more than a year, which loads every kernel (or compiles it)."""
    model = _small_city()
    for _ in range(min(MONTHS, model.months)):
        model.step()


def kernels() -> list[Any]:
    """Return the kernels of the model, as Numba's dispatchers."""
    from numba.core.registry import CPUDispatcher

    import cluster_sim.model  # noqa: F401  (its modules hold them all)

    homes = [module for name, module in list(sys.modules.items()) if name.startswith("cluster_sim.")]
    found = {id(each): each for module in homes for each in list(vars(module).values())
             if isinstance(each, CPUDispatcher) and each.py_func.__module__.startswith("cluster_sim.")}
    return list(found.values())


def on_disk(kernel: Any) -> bool:
    """Say whether a kernel lies compiled in the cache folder, of the very file it stands in; old code does not count.

    The mark says only that it was once there: the folder may have been copied, thinned out, or be of other files.
    """
    cache = kernel._cache._cache_file
    try:
        names = list(cache._load_index().values())
    except Exception:  # whatever an index holds that cannot be read, it is of no use
        return False
    return bool(names) and all(os.path.exists(os.path.join(cache._cache_path, name)) for name in names)


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
    """Compile every kernel and leave the mark."""
    from cluster_sim import jit

    with _second_process():
        live_a_year()
    with suppress(OSError):  # a cache that cannot be written is announced again next time, no more
        jit.COMPILED.touch()


@contextmanager
def _second_process() -> Iterator[None]:
    """Let another Python compile the month from its end while the block runs; it is not waited for."""
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
    """Compile the events of a month on a city without people, whose results nobody reads."""
    import numpy as np

    from cluster_sim import initial
    from cluster_sim.codes import N_SEGMENTS
    from cluster_sim.runs.parent import die_with_parent
    from cluster_sim.state import Markets

    def nobody(model: Any) -> None:
        model.studios.allocate(2)
        model.talents.allocate(2)
        one = np.ones(N_SEGMENTS)
        model.markets = Markets(one, one, one, one, one)

    die_with_parent()
    np.seterr(all="ignore")
    initial.populate = nobody
    model = _small_city()
    model.begin_month()
    for event in reversed(model.EVENTS):
        with suppress(Exception):  # in an empty city an event may fail; its kernels are compiled by then
            event(model)
