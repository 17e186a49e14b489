"""Time of one month of the outside cities: thirty of them and ours, six segments, with luck.

    python benchmarks/bench_nation.py
"""

from __future__ import annotations

import time

from cluster_sim.nation.layout import ring
from cluster_sim.nation.month import step
from cluster_sim.nation.parameters import defaults
from cluster_sim.nation.state import at_rest

BLOCKS, MONTHS = 50, 60


def main() -> None:
    """Print the processor time of a month, the fastest of some blocks of months and their median."""
    p = defaults()
    rest = ring(31, p)
    state = at_rest(rest, p)
    step(p, rest, state, seed=1, t=0)
    times = []
    for block in range(BLOCKS):
        start = time.thread_time()
        for month in range(MONTHS):
            step(p, rest, state, seed=1, t=1 + block * MONTHS + month)
        times.append(1e3 * (time.thread_time() - start) / MONTHS)
    times.sort()
    print(f"a month of 31 cities and 6 segments: {times[0]:.3f} ms at best, {times[BLOCKS // 2]:.3f} ms in the middle")


if __name__ == "__main__":
    main()
