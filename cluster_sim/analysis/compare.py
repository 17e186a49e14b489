"""Scenarios side by side on the same seeds: plan the runs, do what is missing, set each against the first."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cluster_sim import plots
from cluster_sim.analysis.effects import Effects, effects, variance_ratios
from cluster_sim.runs import manifest
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.errors import InputError, Interrupted
from cluster_sim.runs.plan import TABLES, Plan, month_text, ordinal, plan, scale_of, seed_list
from cluster_sim.runs.progress import Progress, Silent
from cluster_sim.runs.read import View
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.store import Store
from cluster_sim.runs.temporary import folder_of


@dataclass(frozen=True)
class Side:
    """One of the scenarios compared: its short name (also its folder's), its runs, and where they lie."""

    label: str
    plan: Plan
    folder: Path


def prepare(scenarios: Sequence[Any], seeds: list[int], scale: float, until: int | None, out: Path,
            set: Settings = None, tables: Sequence[str] = TABLES) -> list[Side]:
    """Plan the runs of all scenarios. InputError or ScenarioError if they cannot be compared; nothing is written.

    `tables` are those that the runs keep. Scenarios with the same content share a folder: their runs are the same runs.
    """
    if len(scenarios) < 2:
        raise InputError("compare needs at least two scenarios, such as baseline and no_policy")
    if len(seeds) < 2:
        raise InputError("an effect with an interval needs at least two seeds")
    loaded = [scenario_of(one, set) for one in scenarios]
    sides: list[Side] = []
    for given, scenario in zip(scenarios, loaded, strict=True):
        if scenario.city != loaded[0].city:
            raise InputError(f"{loaded[0].name} and {scenario.name} are about different cities ({loaded[0].city}, "
                             f"{scenario.city}): their runs share no luck and cannot be paired")
        planned = plan(scenario, seeds, scale, until, tables=tables)
        december = scenario.start // 12 * 12 + 11
        if planned.runs[0].until < december:
            raise InputError(f"effects are by year: the runs must reach {month_text(december)}")
        same = next((side for side in sides if side.plan.runs[0].run_id == planned.runs[0].run_id), None)
        name = _label(given, scenario)
        label, number = name, 2
        while label in [side.label for side in sides]:
            label, number = f"{name}-{number}", number + 1
        sides.append(Side(label, planned, same.folder if same else out / label))
    return sides


def _label(given: Any, scenario: Any) -> str:
    """Return a short name that may name a folder."""
    text = scenario.slug or (Path(given).stem if isinstance(given, str | Path) else scenario.name)
    return re.sub(r"[^\w.-]+", "_", str(text).strip()).strip("._") or "scenario"


@dataclass
class Comparison:
    """Scenarios run on the same seeds, each set against the first; frames are made when asked for.

    `sides[0]` is what the others are read against; `found` and `ratios` hold the effects and the variance
    ratios of the others by label; `seeds` are those whose runs are done in all scenarios.
    """

    sides: list[Side]
    seeds: list[int]
    new_runs: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)
    found: dict[str, Effects] = field(default_factory=dict)
    ratios: dict[str, dict[str, float | None]] = field(default_factory=dict)
    holder: Any = None

    @property
    def scale(self) -> float:
        """The share of the city that was simulated: amounts divided by it are those of the whole city."""
        return self.sides[0].plan.runs[0].scale

    @cached_property
    def effects(self) -> Any:
        """One row for each later scenario, column and year: effect, intervals, probability, seeds needed."""
        import pandas as pd

        rows = [{"scenario": label, "column": column, "year": int(year), **cell}
                for label, found in self.found.items() for column, years in found.items()
                for year, cell in years.items()]
        frame = pd.DataFrame(rows)
        texts = ("scenario", "column", "year")
        return frame.astype({name: float for name in frame.columns if name not in (*texts, "pairs")})

    @cached_property
    def variance_ratio(self) -> Any:
        """How many times pairing cuts the variance: columns of the series by later scenario; first their median."""
        import pandas as pd

        frame = pd.DataFrame(self.ratios, dtype=float)
        frame.index.name = "column"
        return frame

    def view(self, label: str) -> View:
        """Open the runs of one scenario."""
        return View(next(side.folder for side in self.sides if side.label == label))

    def plot(self) -> Any:
        """Draw the effects over time and return the figure."""
        return plots.draw("comparison", self)


def carry_out_all(sides: Sequence[Side], workers: int | None = None, progress: Callable[[], Silent] = Silent,
                  factory: str = FACTORY, notes: Mapping[str, Any] | None = None,
                  effects_too: bool = True) -> Comparison:
    """Do the runs that are missing, scenario by scenario, and compare (unless `effects_too` is false).

    Interrupted on Ctrl-C counts the runs of all scenarios. A failed run takes its pair out; RuntimeError if
    fewer than two pairs are left.
    """
    from cluster_sim.runs.execution import execute

    different = list({side.folder: side for side in sides}.values())
    for side in different:
        manifest.check(Store(side.folder), side.plan)
    seeds = {spec.seed for spec in sides[0].plan.runs}
    result = Comparison(list(sides), [])
    done = 0
    for side in different:
        try:
            report = execute(side.plan, side.folder, workers, progress(), factory, notes=notes)
        except Interrupted as stop:
            raise Interrupted(done + stop.done, sum(len(one.plan.runs) for one in different)) from stop
        finished = {*report.done, *report.already}
        seeds &= {spec.seed for spec in side.plan.runs if spec.run_id in finished}
        result.new_runs += len(report.done)
        result.failed += report.failed
        done += len(finished)
    result.seeds = [spec.seed for spec in sides[0].plan.runs if spec.seed in seeds]
    if len(result.seeds) >= 2 and effects_too:
        first = View(sides[0].folder)
        for side in sides[1:]:
            result.found[side.label] = effects(first, View(side.folder), result.seeds)
            result.ratios[side.label] = variance_ratios(result.found[side.label])
    return result


def compare(*scenarios: Any, seeds: int | Iterable[int] = 10, scale: str | float = "1/20",
            until: str | int | None = None, set: Settings = None, out: str | Path | None = None,
            workers: int | None = None, progress: bool = False, factory: str = FACTORY) -> Comparison:
    """Run scenarios on the same seeds and return what each later one changes against the first.

    Scenarios are files, names or loaded scenarios; `set` goes into all of them. `out` is a folder to keep the
    runs in, one folder a scenario; a temporary one if None. `.effects` and `.variance_ratio` are data frames.
    A failed run takes its pair out, with a warning; RuntimeError if fewer than two pairs are left.
    """
    folder, holder = folder_of(out)
    sides = prepare(scenarios, seed_list(seeds), scale_of(scale), ordinal(until), folder, set)
    result = carry_out_all(sides, workers, Progress if progress else Silent, factory)
    result.holder = holder
    if result.failed:
        worst = result.failed[0]
        text = (f"{len(result.failed)} runs failed; the first, {worst['scenario']} with seed {worst['seed']}:\n"
                f"{worst['traceback']}")
        if not result.found:
            raise RuntimeError(text)
        warnings.warn(text, stacklevel=2)
    return result
