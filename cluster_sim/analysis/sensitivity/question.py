"""The question of a sensitivity study: a sweep file's factors, the output that they move, and how far to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.analysis.sensitivity.ranking import DUMMY
from cluster_sim.analysis.study_files import COLUMN, YEARS
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.sweeps import load_sweep, replaced
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweep_shapes import whole
from cluster_sim.scenario.sweeps import Sweep

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


def sized(question: Question, seeds: Any = None, scale: Any = None, until: Any = None,
          trajectories: int | None = None) -> Question:
    """A question with its size replaced where it is given. InputError where the design has no trajectories."""
    sweep = replaced(question.sweep, seeds, scale, until)
    if trajectories is not None:
        if sweep.design != "morris":
            raise InputError(f"trajectories belong to the design morris; this file's is {sweep.design}")
        if trajectories < 2:
            raise InputError("a screening needs at least two trajectories")
        sweep = replace(sweep, trajectories=trajectories)
    return replace(question, sweep=sweep)
