"""Sweeps as plans of runs: every point of the design with the same seeds, each run once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster_sim.runs.identity import code_version, run_id
from cluster_sim.runs.plan import EXTRA_TABLES, TABLES, Plan, RunSpec, chosen_tables
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweeps import Sweep, read_sweep
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variants import Variants


def load_sweep(source: str | Path | Mapping[str, Any], base: Scenario | None = None,
               also: tuple[str, ...] = ()) -> Sweep:
    """Read a sweep from a file, or from a mapping with the keys of one; ScenarioError holds all its faults.

    `base` takes the place of the file's own base; `also` names keys that another command reads in the file.
    """
    return read_sweep(source, base, (*TABLES, *EXTRA_TABLES), also)


def plan_sweep(sweep: Sweep, points: list[dict[str, Any]] | None = None) -> Plan:
    """Plan the runs of a sweep (or of `points` in its place): point by point, each with all seeds.

    Points with the same scenario share their runs; `Plan.run_of[point][seed]` names the run of each.
    ScenarioError if the values of a point cannot stand together.
    """
    base = replace(sweep.base, end=max(sweep.base.end, sweep.until))
    variants, code, city = Variants(base), code_version(), str(base.city)
    tables = chosen_tables(("series", *sweep.outputs))
    runs: dict[str, RunSpec] = {}
    names: list[tuple[str, ...]] = []
    for number, point in enumerate(design_points(sweep) if points is None else points):
        scenario, factors = variants.of(point), sweep.labels(point)
        row = []
        for seed in sweep.seeds:
            name = run_id(scenario.digest(), city, seed, sweep.scale, sweep.until, code)
            row.append(name)
            if name not in runs:
                runs[name] = RunSpec(name, scenario, seed, sweep.scale, sweep.until, factors, tables, number)
        names.append(tuple(row))
    return Plan(sweep.name, tuple(runs.values()), code, base, sweep, tuple(names))
