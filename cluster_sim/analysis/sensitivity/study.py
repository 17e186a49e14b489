"""A sensitivity study: from a file to points of the model, and from their outputs to indices, ranks and words.

A file with the design `morris` is screened first and the survivors go on to Sobol indices; `saltelli` goes there at
once; any other sample gets PAWN alone. In the first two the dummy is inert for the model but renames its luck: points
that differ in it have other seeds, all others share theirs. With the same seeds everywhere an inert factor would score
exactly nothing, and noise would pass for an effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.evaluator import Evaluator, seed_means
from cluster_sim.analysis.measures import Measure
from cluster_sim.analysis.sensitivity import morris, variance
from cluster_sim.analysis.sensitivity.morris import Screening
from cluster_sim.analysis.sensitivity.pawn import Pawn, pawn
from cluster_sim.analysis.sensitivity.ranking import DUMMY
from cluster_sim.analysis.sensitivity.variance import Variance
from cluster_sim.analysis.study_files import COLUMN, YEARS
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.sweeps import Point, load_sweep
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweep_shapes import whole
from cluster_sim.scenario.sweeps import BY_VALUE, Sweep

ALSO = {"output": COLUMN, "year": YEARS, "base_points": whole(0, 2**20), "keep": whole(1)}
"""Keys of the file beside those of a sweep."""
BASE_POINTS, KEEP = 64, 6
OUTPUT = "gdp_share_published"


@dataclass(frozen=True)
class Question:
    """What is asked: the sweep with its real factors, the output, and how far to go."""

    sweep: Sweep
    output: Measure
    base_points: int = BASE_POINTS
    """Base points of the Sobol indices; 0 leaves them out after a screening."""
    keep: int = KEEP
    """Most factors that go on after the screening."""

    @property
    def names(self) -> list[str]:
        """The factors as tables and figures show them."""
        return [short(factor.path) for factor in self.sweep.factors]

    @property
    def shown(self) -> Measure:
        """The output with its years named."""
        return self.output.at((self.sweep.until + 1) // 12 - 1)

    def runs(self) -> tuple[int, int]:
        """Return the runs of the first sample, and the most that may follow it."""
        seeds, count = len(self.sweep.seeds), len(self.sweep.factors)
        if self.sweep.design == "morris":
            kept = min(self.keep, count)
            return ((self.sweep.trajectories or 0) * (count + 2) * seeds,
                    self.base_points * (kept + 3) * seeds)
        if self.sweep.design == "saltelli":
            return (self.sweep.samples or 0) * (count + 3) * seeds, 0
        return len(design_points(self.sweep)) * seeds, 0


def short(path: str) -> str:
    """A factor's path without the part of the scenario that it lies in."""
    for part in ("policies.", "parameters.", "events."):
        path = path.removeprefix(part)
    return path


def read(source: str | Path | Mapping[str, Any] | Sweep, **given: Any) -> Question:
    """Read a question from a file, a mapping or a sweep; `given` overrides `output`, `year`, `base_points`, `keep`.

    ScenarioError or InputError if it cannot be asked; nothing is written.
    """
    from cluster_sim.analysis.measures import measure

    sweep = source if isinstance(source, Sweep) else load_sweep(source, also=ALSO)
    extra = sweep.extra
    output = measure(extra.get("output", OUTPUT), extra.get("year"))
    base_points, keep = extra.get("base_points", BASE_POINTS), extra.get("keep", KEEP)
    if given.get("output") is not None or given.get("year") is not None:
        years = given.get("year")
        if years is None and output.first is not None:
            years = f"{output.first}-{output.last}"
        output = measure(given.get("output") or output.column, years)
    base_points = base_points if given.get("base_points") is None else given["base_points"]
    keep = keep if given.get("keep") is None else given["keep"]
    if base_points & (base_points - 1) or base_points < 0:
        raise InputError(f"base points: {base_points} is not a power of two (0 leaves the Sobol indices out)")
    if keep < 1:
        raise InputError("keep: at least one factor must go on")
    factors = tuple(f for f in sweep.factors if not f.path.startswith(DUMMY))
    if not factors:
        raise InputError("a sensitivity study needs at least one factor besides the dummy")
    return Question(replace(sweep, factors=factors), output, base_points, keep)


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
