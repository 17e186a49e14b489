"""One run: a model, stepped to its last month, and its results as plain arrays."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from cluster_sim.indicators import INDICATORS
from cluster_sim.runs.branches import Snapshots
from cluster_sim.runs.maps import split
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES, RunSpec

Columns = dict[str, np.ndarray]
METHODS = {"series": "series", "projects": "projects_table", "credits": "credits_table", "ledger": "ledger_table",
           "map": "map", "accounts": "accounts_table", "payments": "payments_table",
           "applications": "applications_table"}
"""The model's method that gives each part of a result."""
FACTORY = "cluster_sim.model:ClusterModel"


def narrow(columns: Columns) -> Columns:
    """Return the columns of `series` as they are kept: each float in the precision that its indicator asks for."""
    single = {name for name, each in INDICATORS.items() if each.precision == "single"}
    return {name: values.astype(np.float32) if values.dtype == np.float64 and name in single else values
            for name, values in columns.items()}


@dataclass(frozen=True)
class RunResult:
    """What one run leaves: tables as dictionaries of NumPy columns, and how long it took."""

    run_id: str
    seconds: float
    """Seconds that the months took."""
    series: Columns = field(default_factory=dict)
    projects: Columns = field(default_factory=dict)
    credits: Columns = field(default_factory=dict)
    ledger: Columns = field(default_factory=dict)
    map: dict[str, Any] = field(default_factory=dict)
    """The map as the model gives it, with names and sizes beside the columns by cell."""
    accounts: Columns = field(default_factory=dict)
    payments: Columns = field(default_factory=dict)
    applications: Columns = field(default_factory=dict)
    burn_in: float = 0.0
    """Seconds that making a state of rest took before them; 0 if it was there."""

    def tables(self) -> dict[str, Columns]:
        """Return the tables that have any column, by name, in the order of commit."""
        cells, parks = split(self.map) if self.map else ({}, {})
        found = {"series": self.series, "projects": self.projects, "credits": self.credits,
                 "ledger": self.ledger, "map": cells, "parks": parks, "accounts": self.accounts,
                 "payments": self.payments, "applications": self.applications}
        return {name: found[name] for name in (*TABLES, *EXTRA_TABLES) if found[name]}


def model_class(factory: str = FACTORY) -> Any:
    """Return the model named as `module:class` (tests give one of their own)."""
    module, _, name = factory.partition(":")
    return getattr(import_module(module), name)


def simulate(spec: RunSpec, on_month: Callable[[int], None] | None = None,
             factory: str = FACTORY, snapshots: Snapshots | None = None) -> RunResult:
    """Do the run that `spec` names; `on_month(t)` is called after each month.

    Where `snapshots` hold a part of its months already, it goes on from there.
    """
    started = time.perf_counter()
    keep = {"keep": kept} if (kept := tuple(name for name in spec.tables if name in EXTRA_TABLES)) else {}
    model = None if snapshots is None else snapshots.start(spec)
    lived = 0 if model is None else model.t
    if model is None:
        model = model_class(factory)(spec.complete(), seed=spec.seed, scale=spec.scale, **keep)
    for month in range(lived, spec.months):
        model.step()
        if snapshots is not None:
            snapshots.take(spec, model)
        if on_month is not None:
            on_month(month + 1)
    tables: dict[str, Any] = {name: getattr(model, METHODS[name])() for name in spec.tables if name in METHODS}
    if "series" in tables:
        tables["series"] = narrow({name: np.asarray(values) for name, values in tables["series"].items()})
    burn_in = getattr(model, "burn_in_seconds", 0.0)
    return RunResult(spec.run_id, time.perf_counter() - started - burn_in, burn_in=burn_in, **tables)
