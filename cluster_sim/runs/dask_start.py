"""`python -m cluster_sim.runs.dask_start ADDRESS [OPTIONS]`: a Dask worker set up for runs.

It is `dask worker` with other defaults: one thread a process (a run uses one), and without the environment
variable by which Dask makes processes give memory back at once.
"""

from __future__ import annotations

import os
import sys

from cluster_sim.runs.errors import NoCluster
from cluster_sim.runs.worker import ONE_THREAD

TRIM = "MALLOC_TRIM_THRESHOLD_"


def prepare() -> None:
    """Set up the environment that worker processes inherit, and what nannies would add to it."""
    import dask.config

    os.environ.pop(TRIM, None)
    os.environ.update({**ONE_THREAD, "NUMBA_NUM_THREADS": "1"})
    dask.config.set({"distributed.nanny.pre-spawn-environ": {TRIM: None}})


def main(words: list[str]) -> None:
    """Start workers; ends when they are told to."""
    try:
        from distributed.cli import dask_worker
    except ImportError as error:
        print(NoCluster("a worker", error), file=sys.stderr)
        sys.exit(2)
    prepare()
    if not any(word.split("=")[0] == "--nthreads" for word in words):
        words = ["--nthreads", "1", *words]
    dask_worker.main(words, prog_name="python -m cluster_sim.runs.dask_start")


if __name__ == "__main__":
    main(sys.argv[1:])
