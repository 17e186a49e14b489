"""`sensitivity(...)` for scripts and notebooks: which factors move an output, as data frames."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cluster_sim.analysis.measures import measure
from cluster_sim.analysis.sensitivity.study import OUTPUT, Question, Sensitivity, read, run_study
from cluster_sim.analysis.sensitivity.uncertain import first_look, leading, question_of
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.sweeps import replaced


def sensitivity(source: Any, output: str | None = None, year: str | int | None = None, top: int | None = None,
                trajectories: int | None = None, base_points: int | None = None, keep: int | None = None,
                seeds: int | Iterable[int] | None = None, scale: str | float | None = None,
                until: str | int | None = None, out: str | Path | None = None, workers: int | None = None,
                progress: bool = False, factory: str = FACTORY, engine: Any = None,
                shard: str | None = None) -> Sensitivity:
    """Find out which factors move an output of the model, and how far their ranking can be trusted.

    source: a sweep file (design `morris`, `saltelli` or any sample), a mapping with its keys, or with `top` a
    scenario: then the factors are the `top` parameters of uncertain value that move the output most between their
    bounds. output, year: column and year (`2035`, `2026-2035` for the mean), by default the published share of GDP in
    the last year. trajectories, base_points, keep: size of the screening, of the Sobol sample, and most factors that go
    from the one to the other. The others are those of a sweep file. `.indices`, `.stability` and `.outputs` are data
    frames, `.verdicts` says what the sample can bear. RuntimeError if so many runs failed that nothing can be said.
    `engine` and `shard` as in `sweep`; shards meet after each sample.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    if top is not None:
        first = question_of(source, measure(output or OUTPUT, year), seeds, scale, until, trajectories)
        look = first_look(first, experiment)
        question = leading(first, look, top)
        question = read(question.sweep, output=output, year=year, base_points=base_points, keep=keep)
    else:
        question = sized(read(source, output=output, year=year, base_points=base_points, keep=keep), seeds, scale,
                         until, trajectories)
    return experiment.deliver(run_study(question, experiment))


def sized(question: Question, seeds: Any = None, scale: Any = None, until: Any = None,
          trajectories: int | None = None) -> Question:
    """A question with its size replaced where it is given. InputError where the design has no trajectories."""
    from dataclasses import replace

    from cluster_sim.runs.errors import InputError

    sweep = replaced(question.sweep, seeds, scale, until)
    if trajectories is not None:
        if sweep.design != "morris":
            raise InputError(f"trajectories belong to the design morris; this file's is {sweep.design}")
        if trajectories < 2:
            raise InputError("a screening needs at least two trajectories")
        sweep = replace(sweep, trajectories=trajectories)
    return replace(question, sweep=sweep)
