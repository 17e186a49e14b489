"""Scenarios side by side on the same seeds: plan the runs, do what is missing, set each against the first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cluster_sim import plots
from cluster_sim.analysis.effects import Effects, effects, variance_ratios
from cluster_sim.analysis.yearly import yearly
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.plan import Plan, month_text, ordinal, plan, scale_of, seed_list
from cluster_sim.runs.read import View
from cluster_sim.runs.run_list import TABLES
from cluster_sim.runs.single_run import FACTORY


@dataclass(frozen=True)
class Side:
    """One of the scenarios compared: its short name, its runs, and where they lie."""

    label: str
    plan: Plan
    home: str
    """Folder of its runs inside that of the comparison; scenarios with the same content share one."""

    def runs_of(self, seeds: Sequence[int]) -> list[str]:
        """Return the run_ids of some seeds."""
        names = {spec.seed: spec.run_id for spec in self.plan.runs}
        return [names[seed] for seed in seeds]


def prepare(scenarios: Sequence[Any], seeds: list[int], scale: float, until: int | None, set: Settings = None,
            tables: Sequence[str] = TABLES) -> list[Side]:
    """Plan the runs of all scenarios, which keep `tables`. InputError or ScenarioError if they cannot be compared."""
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
        name = label_of(given, scenario)
        label, number = name, 2
        while label in [side.label for side in sides]:
            label, number = f"{name}-{number}", number + 1
        sides.append(Side(label, planned, same.home if same else label))
    return sides


def label_of(given: Any, scenario: Any) -> str:
    """Return a short name that may name a folder."""
    text = scenario.slug or (Path(given).stem if isinstance(given, str | Path) else scenario.name)
    return re.sub(r"[^\w.-]+", "_", str(text).strip()).strip("._") or "scenario"


@dataclass
class Comparison(Findings):
    """Scenarios run on the same seeds, each set against the first; frames are made when asked for.

    `sides[0]` is what the others are read against; `found` and `ratios` hold the effects and the variance
    ratios of the others by label; `seeds` are those whose runs are done in all scenarios.
    """

    sides: list[Side]
    seeds: list[int]
    found: dict[str, Effects] = field(default_factory=dict)
    ratios: dict[str, dict[str, float | None]] = field(default_factory=dict)

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
        return View(self.folder / next(side.home for side in self.sides if side.label == label))

    def plot(self) -> Any:
        """Draw the effects over time and return the figure."""
        return plots.draw("comparison", self)


def run_sides(sides: Sequence[Side], experiment: Experiment) -> Comparison:
    """Do the runs that are missing; a failed one takes its seed out of all scenarios."""
    finished = experiment.run({experiment.folder / side.home: side.plan for side in sides})
    lost = {spec.seed for side in sides for spec in side.plan.runs if spec.run_id not in finished}
    return Comparison(experiment, list(sides), [spec.seed for spec in sides[0].plan.runs if spec.seed not in lost])


def run_and_compare(sides: Sequence[Side], experiment: Experiment) -> Comparison:
    """Do the runs that are missing and find the effects. NothingRan if fewer than two pairs are whole."""
    result = run_sides(sides, experiment)
    if len(result.seeds) < 2:
        raise experiment.nothing_ran("fewer than two pairs are whole")
    first, *later = (yearly(result.view(side.label), side.runs_of(result.seeds)) for side in sides)
    for side, values in zip(sides[1:], later, strict=True):
        result.found[side.label] = effects(first, values)
        result.ratios[side.label] = variance_ratios(result.found[side.label])
    return result


def compare(*scenarios: Any, seeds: int | Iterable[int] = 10, scale: str | float = "1/20",
            until: str | int | None = None, set: Settings = None, out: str | Path | None = None,
            workers: int | None = None, progress: bool = False, factory: str = FACTORY, engine: Any = None,
            shard: str | None = None) -> Comparison:
    """Run scenarios on the same seeds and return what each later one changes against the first.

    Scenarios are files, names or loaded scenarios; `set` goes into all of them. `out` is a folder to keep the
    runs in, one folder a scenario; a temporary one if None. `.effects` and `.variance_ratio` are data frames.
    A failed run takes its pair out, with a warning; RuntimeError if fewer than two pairs are left. `engine` and
    `shard` as in `sweep`; Unfinished as long as other shards have runs to do.

    >>> found = compare("no_policy", "baseline", seeds=2, scale="1/400", until="2017-12", workers=0)
    >>> bool((found.effects["column"] == "gdp_share").any())
    True
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    sides = prepare(scenarios, seed_list(seeds), scale_of(scale), ordinal(until), set)
    return experiment.deliver(run_and_compare(sides, experiment))
