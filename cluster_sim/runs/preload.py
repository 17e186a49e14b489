"""What the fork server does once as it starts: load the model's kernels, so that no worker has to load them again.

Compiling is left to the first worker, which announces it; whatever goes wrong here a worker meets again, and says so.
"""

from __future__ import annotations

from contextlib import suppress

from cluster_sim import jit
from cluster_sim.runs import warm

with suppress(Exception):
    if not jit.is_cold():
        warm.live_a_year()
