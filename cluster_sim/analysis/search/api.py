"""`search(...)` for scripts and notebooks: the mixes of instruments that no other beats, as data frames."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cluster_sim.analysis.search.reading import Hunt, read
from cluster_sim.analysis.search.study import Search, run_search
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.sweeps import replaced


def sized(hunt: Hunt, generations: int | None = None, seeds: Any = None, check_seeds: int | None = None,
          scale: Any = None, until: Any = None) -> Hunt:
    """A search with its size replaced where it is given; fresh seeds stay above those of the search."""
    sweep = replaced(hunt.sweep, seeds, scale, until)
    if generations is not None and generations < 1:
        raise InputError("a search needs at least one generation")
    count = len(hunt.check_seeds) if check_seeds is None else check_seeds
    if count < 2:
        raise InputError("a check with an interval needs at least two seeds")
    fresh = hunt.check_seeds
    if check_seeds is not None or set(fresh) & set(sweep.seeds):
        fresh = tuple(range(max(sweep.seeds) + 1, max(sweep.seeds) + 1 + count))
    return replace(hunt, sweep=sweep, generations=generations or hunt.generations, check_seeds=fresh)


def search(source: str | Path | Mapping[str, Any] | Hunt, generations: int | None = None,
           seeds: int | Iterable[int] | None = None, check_seeds: int | None = None, scale: str | float | None = None,
           until: str | int | None = None, out: str | Path | None = None, workers: int | None = None,
           progress: bool = False, factory: str = FACTORY, engine: Any = None, shard: str | None = None) -> Search:
    """Search the mixes of instruments that no other beats, and check them on fresh seeds.

    source: a search file, or a mapping with its keys. `out` is a folder to keep the runs in: started again with the
    same file the search goes on where it was, and with more generations further. `.front` has a row for each mix with
    what the search promised and what fresh seeds found; `.optimism` says how much of the promise was luck. `engine` and
    `shard` as in `sweep`; shards meet after every generation.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    hunt = sized(source if isinstance(source, Hunt) else read(source), generations, seeds, check_seeds, scale, until)
    return experiment.deliver(run_search(
        hunt, experiment, partial(print, file=sys.stderr) if progress else lambda text: None))
