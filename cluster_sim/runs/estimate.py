"""What a job will take, from a few of its runs done for a moment and thrown away."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from typing import Any

from cluster_sim.runs.errors import Interrupted
from cluster_sim.runs.execution import cores, execute
from cluster_sim.runs.plan import Plan, scale_text
from cluster_sim.runs.progress import Silent
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.store import Store
from cluster_sim.runs.temporary import Temporary

WHOLE_UP_TO = 1 / 20
"""Largest scale at which whole runs are measured; larger cities are measured for two years."""
MONTHS = 24
ROUNDS = 3
"""Runs that each worker does in the measurement (one in larger cities)."""


def estimate(plan: Plan, workers: int | None = None, progress: Silent | None = None,
             factory: str = FACTORY) -> dict[str, Any]:
    """Do a few runs of a plan, spread over it, in a folder that is thrown away, and scale up what they took.

    Returns runs, points, months, workers; `seconds` and `megabytes` for all runs; `seconds_a_run`; and on how
    many runs and months that rests. RuntimeError if none of the runs could be done.
    """
    workers = cores() if workers is None else max(1, workers)
    first = plan.runs[0]
    whole = first.scale <= WHOLE_UP_TO or first.months <= MONTHS
    wanted = min(len(plan.runs), workers * (ROUNDS if whole else 1))
    chosen = [plan.runs[i * len(plan.runs) // wanted] for i in range(wanted)]
    if not whole:
        chosen = [replace(spec, until=spec.scenario.start + MONTHS - 1) for spec in chosen]
    began = time.monotonic()
    with Temporary() as name:
        small = replace(plan, runs=tuple(chosen), run_of=())
        try:
            report = execute(small, name, workers, progress, factory)
        except Interrupted as stop:  # nothing is kept that could be gone on with
            raise KeyboardInterrupt from stop
        if report.failed and not report.done:
            raise RuntimeError("the runs of the measurement failed; the first:\n" + report.failed[0]["traceback"])
        store = Store(name)
        rows = [row for part in store.parts() for row in _rows(store, part)]
        size = sum(path.stat().st_size for path in name.glob("*/*.parquet"))
    stretch = first.months / chosen[0].months
    seconds = statistics.median(row["seconds"] for row in rows) * stretch  # a worker's first run loads the kernels
    return {
        "runs": len(plan.runs), "points": len(plan.run_of) or len(plan.runs), "months": first.months,
        "scale": scale_text(first.scale), "tables": list(first.tables), "workers": workers,
        "seconds": round(len(plan.runs) * seconds / workers, 1), "seconds_a_run": round(seconds, 3),
        "megabytes": round(len(plan.runs) * size / len(rows) * stretch / 1e6, 3),
        "measured_runs": len(rows), "measured_months": chosen[0].months,
        "measured_in": round(time.monotonic() - began, 1)}


def _rows(store: Store, part: str) -> list[dict[str, Any]]:
    from cluster_sim.runs import tables
    from cluster_sim.runs.store import COMMIT

    rows: list[dict[str, Any]] = tables.read(store.folder / COMMIT / part, ["seconds"]).to_pylist()
    return rows
