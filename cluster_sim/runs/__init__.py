"""From a scenario to results on disk: identity, one run, the workers, the store and its reading.

    api.py, experiment.py           what scripts call; what every command that does runs goes through
    plan.py, run_list.py, sweeps.py, coalitions.py, identity.py    which runs, in which order, under which names
    single_run.py, result.py, outcome.py    one run; its frames for a notebook; what became of runs
    execution.py, supervisor.py     do what is missing of a plan; hand runs out and try failed ones again
    local.py, worker.py, processes.py, parent.py, warm.py, temporary.py    the processes of this machine
    dask_engine.py, dask_worker.py, dask_profile.py, dask_start.py         those of a cluster
    store.py, staged.py, files.py, tables.py, maps.py    writing: runs that wait, parts, files whole or not at all
    folders.py, stores.py, claims.py, locks.py, manifest.py, damage.py, log.py    whose folder it is, and its state
    read.py, summary.py, export.py, reproduce.py, scale_bias.py, estimate.py, progress.py    what is made of it

Names are loaded when first used: a worker that only simulates never pays for the reading side.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "InputError": "cluster_sim.runs.errors",
    "StoreFull": "cluster_sim.runs.errors",
    "Interrupted": "cluster_sim.runs.errors",
    "RunResult": "cluster_sim.runs.single_run",
    "execute": "cluster_sim.runs.execution",
    "RunSpec": "cluster_sim.runs.plan",
    "Store": "cluster_sim.runs.store",
    "View": "cluster_sim.runs.read",
    "open": "cluster_sim.runs.read",
    "run": "cluster_sim.runs.api",
    "ensemble": "cluster_sim.runs.api",
    "load_sweep": "cluster_sim.runs.sweeps",
    "plan_sweep": "cluster_sim.runs.sweeps",
    "sweep": "cluster_sim.runs.sweeps",
}

__all__ = ["InputError", "Interrupted", "RunResult", "RunSpec", "Store", "StoreFull", "View", "ensemble", "execute",
           "load_sweep", "open", "plan_sweep", "run", "sweep"]


def __getattr__(name: str) -> Any:
    """Load a name from its module the first time somebody asks for it (PEP 562)."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value
