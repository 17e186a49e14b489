"""Compiling the model's kernels once, and knowing whether that is still to be done.

Compiled code is kept in the user's cache folder, under a name that changes with the sources. The first
months of a small city load (or compile) every kernel that a run needs; a mark in the folder says that this
was done to the end.
"""

from __future__ import annotations

from contextlib import suppress

SCALE = 1 / 400
MONTHS = 14
"""More than a year, so that yearly and rare steps are compiled too."""
COLD_SECONDS = 30
"""What compiling takes on a machine of two cores, for the message that announces it."""


def is_cold() -> bool:
    """Say whether the kernels of this source are still to be compiled on this machine."""
    from cluster_sim import jit

    return not (jit.FOLDER / "compiled").exists()


def warm(months: int = MONTHS) -> None:
    """Load every kernel by running a small city for `months` months; compile what is missing."""
    from cluster_sim import jit
    from cluster_sim.model import ClusterModel
    from cluster_sim.scenario import load_scenario

    model = ClusterModel(load_scenario("baseline"), seed=0, scale=SCALE)
    for _ in range(min(months, model.months)):
        model.step()
    with suppress(OSError):  # a cache that cannot be written is announced again next time, no more
        (jit.FOLDER / "compiled").touch()
