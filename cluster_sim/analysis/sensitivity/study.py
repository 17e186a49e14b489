"""A sensitivity study: from a file to points of the model, and from their outputs to indices, ranks and words.

A file with the design `morris` is screened first and the survivors go on to Sobol indices; `saltelli` goes there at
once; any other sample gets PAWN alone. In the first two the dummy is inert for the model but renames its luck: points
that differ in it have other seeds, all others share theirs. With the same seeds everywhere an inert factor would score
exactly nothing, and noise would pass for an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.evaluator import Evaluator, seed_means
from cluster_sim.analysis.measures import measure
from cluster_sim.analysis.sensitivity import morris, variance
from cluster_sim.analysis.sensitivity.morris import Screening
from cluster_sim.analysis.sensitivity.pawn import Pawn, pawn
from cluster_sim.analysis.sensitivity.question import OUTPUT, Question, read, short, sized
from cluster_sim.analysis.sensitivity.ranking import DUMMY
from cluster_sim.analysis.sensitivity.uncertain import first_look, leading, question_of
from cluster_sim.analysis.sensitivity.variance import Variance
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.sweeps import Point
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweeps import BY_VALUE, Sweep


@dataclass
class Sensitivity(Findings):
    """What a study found. `screening`, `variance` and `pawn` are None where the design does not give them."""

    question: Question
    screening: Screening | None = None
    variance: Variance | None = None
    pawn: Pawn | None = None
    outputs: Any = None
    """One row for each point: `sample`, the factors, `output` (mean over seeds)."""
    notes: list[str] = field(default_factory=list)

    @property
    def methods(self) -> dict[str, Any]:
        """The methods that were used, by name."""
        found = {"morris": self.screening, "sobol": self.variance, "pawn": self.pawn}
        return {name: one for name, one in found.items() if one is not None}

    @property
    def indices(self) -> Any:
        """One row for each method and factor: `value` (mu_star, total order, PAWN), interval, rank, told or not."""
        import pandas as pd

        return pd.concat([one.table.assign(method=name) for name, one in self.methods.items()],
                         ignore_index=True).set_index(["method", "factor"]).reset_index()

    @property
    def stability(self) -> Any:
        """One row for each method and pair of factors: how often resamples keep their order."""
        import pandas as pd

        return pd.concat([one.pairs.assign(method=name) for name, one in self.methods.items()],
                         ignore_index=True)[["method", "first", "second", "kept"]]

    @property
    def verdicts(self) -> list[str]:
        """What the rankings can bear, in words."""
        return [one.verdict for one in self.methods.values()] + self.notes

    def plot(self) -> Any:
        """Draw the indices with their intervals and the dummy's, and return the figure."""
        return plots.draw("sensitivity", self)


def luck(coordinates: np.ndarray, groups: np.ndarray | None = None) -> np.ndarray:
    """Number the different values of the dummy, in each group anew: 0, 1, 2 ... in order of appearance."""
    keys = list(zip(np.zeros(len(coordinates), int) if groups is None else groups, coordinates, strict=True))
    order = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    return np.array([order[key] for key in keys])


def lucky_seeds(seeds: Sequence[int], number: int) -> tuple[int, ...]:
    """The seeds of a luck: those given for the first one, as many higher ones for each that follows."""
    return tuple(seed + number * (max(seeds) - min(seeds) + 1) for seed in seeds)


def points_of(sweep: Sweep, cube: np.ndarray, lucks: np.ndarray) -> list[Point]:
    """The points of a sample of the unit cube (points, factors), each with the seeds of its luck.

    Factors of the study that are not in `sweep` keep the base's value.
    """
    return [Point({factor.path: factor.at(float(share)) for factor, share in zip(sweep.factors, row, strict=False)},
                  lucky_seeds(sweep.seeds, int(number))) for row, number in zip(cube, lucks, strict=True)]


def run_study(question: Question, experiment: Experiment) -> Sensitivity:
    """Do the runs that are missing and return the indices."""
    sweep, result = question.sweep, Sensitivity(experiment, question)
    evaluator = Evaluator(sweep, experiment, sampled=sweep.design not in ("morris", "saltelli", *BY_VALUE))
    frames = []
    if sweep.design == "morris":
        result.screening, frame = _screen(question, evaluator)
        frames.append(frame)
        kept = morris.survivors(result.screening.table, question.keep)
        if not result.screening.table["told"].fillna(False).any():
            result.notes.append(f"No parameter stands out in the screening: the {len(kept)} highest go on all the same"
                                ".")
        sweep = replace(sweep, factors=tuple(f for f in sweep.factors if short(f.path) in kept))
    if sweep.design == "saltelli" or sweep.design == "morris" and question.base_points:
        frames.append(_decompose(question, sweep, evaluator, result))
    elif sweep.design not in ("morris", "saltelli"):
        frames.append(_slice(question, evaluator, result))
    import pandas as pd

    result.outputs = pd.concat(frames, ignore_index=True)
    missing = int(result.outputs["output"].isna().sum())
    if missing:
        result.notes.append(f"{missing} of {len(result.outputs)} points have no output: their runs failed, and they "
                            "are left out.")
    return result


def _frame(sample: str, evaluator: Evaluator, points: Sequence[Point], values: np.ndarray) -> Any:
    first = [point.seeds[0] for point in points]
    return evaluator.labels(points).assign(sample=sample, first_seed=first, output=values)


def _screen(question: Question, evaluator: Evaluator) -> tuple[Screening, Any]:
    sweep, names = question.sweep, [*question.names, DUMMY]
    cube = morris.design(names, sweep.trajectories or 2, sweep.sample_seed + 1)
    paths = np.arange(len(cube)) // (len(names) + 1)
    points = points_of(sweep, cube, luck(cube[:, -1], paths))
    values = seed_means(evaluator.values(points, question.output)[0])
    try:
        found = morris.screen(names, cube, values, factor=question.output.factor)
        return found, _frame("morris", evaluator, points, values)
    except ValueError as error:
        raise _failed(evaluator.experiment, error) from error


def _decompose(question: Question, sweep: Sweep, evaluator: Evaluator, result: Sensitivity) -> Any:
    names = [*(short(f.path) for f in sweep.factors), DUMMY]
    base = sweep.samples if sweep.design == "saltelli" else question.base_points
    cube = variance.design(names, base or 2, sweep.sample_seed + 2)
    points = points_of(sweep, cube, luck(cube[:, -1]))
    values = seed_means(evaluator.values(points, question.output)[0])
    plain = variance.independent(names, cube)
    known = values[np.isfinite(values)]
    if len(known) and np.ptp(known) == 0:
        result.notes.append("The output is the same at every point: there is no variance to share out.")
        return _frame("saltelli", evaluator, points, values)
    try:
        result.variance = variance.decompose(names, values)
        if np.isfinite(values[plain]).sum() >= 10:
            result.pawn = pawn(names, cube[plain], values[plain])
    except ValueError as error:
        raise _failed(evaluator.experiment, error) from error
    return _frame("saltelli", evaluator, points, values)


def _slice(question: Question, evaluator: Evaluator, result: Sensitivity) -> Any:
    """PAWN on the sample of any design: the dummy is a column of its own, and all points share their seeds."""
    sweep = question.sweep
    points = evaluator.at(design_points(sweep))
    values = seed_means(evaluator.values(points, question.output)[0])
    labels = evaluator.labels(points)
    columns = [_numbers(labels[factor.column].tolist()) for factor in sweep.factors]
    columns.append(np.random.default_rng(sweep.sample_seed + 3).random(len(points)))
    try:
        result.pawn = pawn([*question.names, DUMMY], np.column_stack(columns), values)
    except ValueError as error:
        raise _failed(evaluator.experiment, error) from error
    return _frame(sweep.design, evaluator, points, values)


def _numbers(entries: list[Any]) -> np.ndarray:
    """A factor's column as numbers: words and months by their order of appearance in a sorted list."""
    if all(isinstance(entry, int | float) for entry in entries):
        return np.array(entries, float)
    order = {entry: k for k, entry in enumerate(sorted(set(entries), key=str))}
    return np.array([order[entry] for entry in entries], float)


def _failed(experiment: Experiment, error: ValueError) -> Exception:
    """A sample that cannot be analysed: because runs failed, or because of what was asked."""
    if experiment.failures:
        return experiment.nothing_ran(str(error))
    return InputError(f"{error}. Take a larger sample")


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
