"""Sweeps as plans of runs: every point of the design with the same seeds, each run once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster_sim.runs.errors import InputError
from cluster_sim.runs.identity import code_version, run_id
from cluster_sim.runs.plan import EXTRA_TABLES, TABLES, Plan, RunSpec, chosen_tables
from cluster_sim.runs.read import View
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.temporary import folder_of
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweeps import BY_VALUE, Sweep, read_sweep
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variants import Variants


def load_sweep(source: str | Path | Mapping[str, Any], base: Scenario | None = None,
               also: tuple[str, ...] = ()) -> Sweep:
    """Read a sweep from a file, or from a mapping with the keys of one; ScenarioError holds all its faults.

    `base` takes the place of the file's own base (a mapping may also hold a loaded scenario under that key);
    `also` names keys that another command reads in the file.
    """
    if base is None and isinstance(source, Mapping) and isinstance(source.get("base"), Scenario):
        base = source["base"]
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
    seen = hashlib.sha256()
    for number, point in enumerate(design_points(sweep) if points is None else points):
        scenario, factors = variants.of(point), sweep.labels(point)
        seen.update(scenario.digest().encode())
        row = []
        for seed in sweep.seeds:
            name = run_id(scenario.digest(), city, seed, sweep.scale, sweep.until, code)
            row.append(name)
            if name not in runs:
                runs[name] = RunSpec(name, scenario, seed, sweep.scale, sweep.until, factors, tables, number)
        names.append(tuple(row))
    sampled = points is None and sweep.design not in BY_VALUE
    return Plan(sweep.name, tuple(runs.values()), code, base, sweep, tuple(names),
                seen.hexdigest()[:16] if sampled else "")


def stored_sweep(folder: Path, base: Scenario) -> Sweep | None:
    """Read the sweep of a results folder back; None if the folder holds plain runs."""
    path = Path(folder) / "sweep.yaml"
    return load_sweep(path, base) if path.is_file() else None


def sweep(source: str | Path | Mapping[str, Any] | Sweep, out: str | Path | None = None, workers: int | None = None,
          progress: bool = False, shard: str | None = None, factory: str = FACTORY,
          engine: Any = None) -> View:
    """Do a sweep on all cores and open its results: the factors are columns of `runs` and `series`.

    `source` is a sweep file, a mapping with the keys of one (`base` may be a loaded scenario), or a loaded
    sweep; `out` a results folder to keep (runs that it holds are not done again), a temporary one if None;
    `shard`, such as `"2/8"`, does only that part; `engine` (a `DaskEngine`) does the runs elsewhere than on
    this machine. A failed run costs itself: a warning names it, and RuntimeError comes only if all failed.
    """
    import warnings

    from cluster_sim.runs.execution import execute
    from cluster_sim.runs.progress import Progress, Silent

    planned = plan_sweep(source if isinstance(source, Sweep) else load_sweep(source))
    folder, holder = folder_of(out)
    report = execute(planned, folder, workers, Progress() if progress else Silent(), factory,
                     shard=shard_numbers(shard), engine=engine)
    if report.failed:
        text = (f"{len(report.failed)} of {len(planned.runs)} runs failed; the first, seed "
                f"{report.failed[0]['seed']}:\n{report.failed[0]['traceback']}")
        if not report.done and not report.already:
            raise RuntimeError(text)
        warnings.warn(text, stacklevel=2)
    view = View(folder)
    return view.keep_alive(holder) if holder else view


def shard_numbers(text: str | None) -> tuple[int, int] | None:
    """Read `2/8` as the second of eight shards. InputError if it is not of this form."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(f"'{text}' is not a shard; write 2/8 for the second of eight")
    return int(found[1]), int(found[2])
