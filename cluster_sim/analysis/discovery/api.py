"""`discover(...)` for scripts and notebooks: where policies fail and what they give away, as data frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster_sim.analysis.discovery.reading import Inquiry, read
from cluster_sim.analysis.discovery.study import Discovery, run_discovery
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.sweeps import replaced


def sized(inquiry: Inquiry, samples: int | None = None, seeds: Any = None, scale: Any = None,
          until: Any = None) -> Inquiry:
    """An inquiry with its size replaced where it is given."""
    sweep = replaced(inquiry.sweep, seeds, scale, until)
    if samples is not None:
        if samples < 2:
            raise InputError("discovery needs at least two futures")
        sweep = replace(sweep, samples=samples)
    return replace(inquiry, sweep=sweep)


def discover(source: str | Path | Mapping[str, Any] | Inquiry, samples: int | None = None,
             seeds: int | Iterable[int] | None = None, scale: str | float | None = None,
             until: str | int | None = None, out: str | Path | None = None, workers: int | None = None,
             progress: bool = False, factory: str = FACTORY, engine: Any = None, shard: str | None = None) -> Discovery:
    """Find the futures in which policies miss an aim, and what each policy gives away against the best of them.

    source: a discovery file, or a mapping with its keys. `out` is a folder to keep the runs in, one folder a policy.
    `.boxes` has the limits of the boxes in which failures lie close together, `.regret` a row a policy, `.futures` a
    row for each future and policy. NothingRan if no future of a policy could be run. `engine` and `shard` as in
    `sweep`.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    inquiry = sized(source if isinstance(source, Inquiry) else read(source), samples, seeds, scale, until)
    return experiment.deliver(run_discovery(inquiry, experiment))
