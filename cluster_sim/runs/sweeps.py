"""Sweeps as plans of runs: every point of the design with the same seeds, each run once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Unfinished
from cluster_sim.runs.identity import code_version, run_id
from cluster_sim.runs.plan import (
    EXTRA_TABLES,
    TABLES,
    Plan,
    RunSpec,
    chosen_tables,
    month_text,
    ordinal,
    scale_of,
    seed_list,
)
from cluster_sim.runs.read import View
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweep_files import read_sweep
from cluster_sim.scenario.sweeps import BY_VALUE, Sweep
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variants import Variants


def load_sweep(source: str | Path | Mapping[str, Any], base: Scenario | None = None,
               also: Mapping[str, Any] | None = None) -> Sweep:
    """Read a sweep from a file, or from a mapping with the keys of one; ScenarioError holds all its faults.

    `base` takes the place of the file's own base (a mapping may also hold a loaded scenario under that key);
    `also` are keys that another command reads in the file, with their types.
    """
    if base is None and isinstance(source, Mapping) and isinstance(source.get("base"), Scenario):
        base = source["base"]
    return read_sweep(source, base, (*TABLES, *EXTRA_TABLES), also)


def replaced(sweep: Sweep, seeds: Any = None, scale: Any = None, until: Any = None) -> Sweep:
    """Return a sweep with seeds, scale and last month replaced where they are given (as a command line gives them)."""
    last = ordinal(until) if until is not None else sweep.until
    if last is None or last < sweep.base.start:
        raise InputError(f"--until {until} lies before the scenario's start, {month_text(sweep.base.start)}")
    return replace(sweep, until=last, seeds=sweep.seeds if seeds is None else tuple(seed_list(seeds)),
                   scale=sweep.scale if scale is None else scale_of(scale))


@dataclass(frozen=True)
class Point:
    """A place in the space of a sweep's factors: the values of some (path -> value), and the seeds of its runs."""

    values: Mapping[str, Any]
    seeds: tuple[int, ...]


class Points:
    """Plans the runs of points of a sweep; a point that comes again has the runs that it had the first time."""

    def __init__(self, sweep: Sweep, name: str = "", sampled: bool = False) -> None:
        """Plan in the name of the sweep, or under another `name`.

        sampled: the points are those of the sweep's own sampler, another version of which may give others.
        """
        self.sweep, self.name, self.sampled = sweep, name or sweep.name, sampled
        self.base = replace(sweep.base, end=max(sweep.base.end, sweep.until))
        self.variants, self.code = Variants(self.base), code_version()
        self.tables = chosen_tables(("series", *sweep.outputs))
        self.known: dict[str, RunSpec] = {}
        self.number = 0

    def plan(self, points: Iterable[Point]) -> Plan:
        """Plan the runs, point by point; `Plan.run_of[point][seed]` names the run of each.

        Points with the same scenario share their runs. ScenarioError if the values of a point cannot stand together.
        """
        sweep, city = self.sweep, str(self.base.city)
        runs: dict[str, RunSpec] = {}
        names: list[tuple[str, ...]] = []
        seen = hashlib.sha256()
        for point in points:
            scenario, factors = self.variants.of(point.values), sweep.labels(point.values)
            digest = scenario.digest()
            seen.update(digest.encode())
            row = tuple(run_id(digest, city, seed, sweep.scale, sweep.until, self.code) for seed in point.seeds)
            for name, seed in zip(row, point.seeds, strict=True):
                runs[name] = self.known.setdefault(name, RunSpec(
                    name, scenario, seed, sweep.scale, sweep.until, factors, self.tables, self.number))
            names.append(row)
            self.number += 1
        return Plan(self.name, tuple(runs.values()), self.code, self.base, sweep, tuple(names),
                    seen.hexdigest()[:16] if self.sampled else "")


def plan_sweep(sweep: Sweep, points: Iterable[Mapping[str, Any]] | None = None) -> Plan:
    """Plan the runs of a sweep (or of `points` in its place), each point with all seeds."""
    sampled = points is None and sweep.design not in BY_VALUE
    chosen = design_points(sweep) if points is None else points
    return Points(sweep, sampled=sampled).plan(Point(values, sweep.seeds) for values in chosen)


def sweep(source: str | Path | Mapping[str, Any] | Sweep, out: str | Path | None = None, workers: int | None = None,
          progress: bool = False, shard: str | None = None, factory: str = FACTORY,
          engine: Any = None) -> View:
    """Do a sweep on all cores and open its results: the factors are columns of `runs` and `series`.

    `source` is a sweep file, a mapping with the keys of one (`base` may be a loaded scenario), or a loaded
    sweep; `out` a results folder to keep (runs that it holds are not done again), a temporary one if None;
    `shard`, such as `"2/8"`, does only that part; `engine` (a `DaskEngine`) does the runs elsewhere than on
    this machine. A failed run costs itself: a warning names it, and RuntimeError comes only if all failed.
    """
    planned = plan_sweep(source if isinstance(source, Sweep) else load_sweep(source))
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    with suppress(Unfinished):
        experiment.run({experiment.folder: planned})
    return experiment.deliver(experiment.view())
