"""What each policy instrument of a scenario contributes: coalitions of instruments as runs on common random numbers.

The whole is the scenario less the same scenario without any instrument. It is divided among the instruments in force
by their Shapley values (analysis/shapley.py), which add up to it, and each instrument is also left out alone, which
does not add up: the rest is interaction, and is given openly. All runs lie in one store; each is done once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.attribution.shapley import EXACT_UP_TO, Coalition, Design, without_one
from cluster_sim.analysis.compare import label_of
from cluster_sim.analysis.effects import MAIN
from cluster_sim.analysis.spread import error_within, means
from cluster_sim.analysis.yearly import yearly
from cluster_sim.indicators import INDICATORS
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.coalitions import INSTRUMENTS, label, with_instruments
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.plan import Plan, month_text, ordinal, plan, scale_of, seed_list
from cluster_sim.runs.read import View
from cluster_sim.runs.single_run import FACTORY

ORDERS = 4
"""Orders in which instruments enter, for each seed: two pairs, the fewest that show the error of drawing them."""
MOST_COALITIONS = 4096
COLUMNS = tuple(each.name for each in MAIN)


@dataclass(frozen=True)
class Task:
    """A scenario to attribute: its coalitions of instruments and the runs that value them."""

    label: str
    scenario: Any
    design: Design
    later: tuple[str, ...]
    """Instruments of the scenario that come into force after the runs' end; they take no part."""
    seeds: tuple[int, ...]
    plan: Plan
    names: Mapping[tuple[Coalition, int], str]
    """The run_id of each coalition and seed."""


def prepare(scenario: Any, seeds: Sequence[int], scale: float, until: int | None = None,
            permutations: int | str = ORDERS, set: Settings = None) -> Task:
    """Plan the runs of all coalitions. InputError or ScenarioError if there is nothing to attribute.

    `permutations` is the number of orders for each seed (even: they come in reversed pairs), or `"all"` for every
    coalition. Up to four instruments every coalition is valued in any case.
    """
    if len(seeds) < 2:
        raise InputError("a contribution with an interval needs at least two seeds")
    orders = orders_of(permutations)
    loaded = scenario_of(scenario, set)
    last = loaded.end if until is None else until
    december = loaded.start // 12 * 12 + 11
    if last < december:
        raise InputError(f"contributions are by year: the runs must reach {month_text(december)}")
    starts = {name: min((entry["from"] for entry in entries), default=last + 1)
              for name, entries in sorted(loaded.policies.items())}
    players = tuple(name for name, start in starts.items() if start <= last)
    if not players:
        raise InputError(f"{loaded.name} has no instrument in force by {month_text(last)}: nothing to attribute")
    if not orders and 2 ** len(players) > MOST_COALITIONS:
        raise InputError(f"{len(players)} instruments make {2 ** len(players):,} coalitions a seed: "
                         "give a number of permutations instead")
    design = Design(players, 0 if len(players) <= EXACT_UP_TO else orders)
    wanted: dict[Coalition, list[int]] = {}
    for seed in seeds:
        for coalition in design.coalitions(seed):
            wanted.setdefault(coalition, []).append(seed)
    planned = {coalition: plan(with_instruments(loaded, coalition), some, scale, until,
                               {INSTRUMENTS: label(coalition)}, tables=("series",))
               for coalition, some in wanted.items()}
    runs = [spec for one in planned.values() for spec in one.runs]
    names = {(coalition, spec.seed): spec.run_id for coalition, one in planned.items() for spec in one.runs}
    later = tuple(name for name in starts if name not in players)
    return Task(label_of(scenario, loaded), loaded, design, later, tuple(seeds), Plan(loaded.name, tuple(runs)), names)


def orders_of(permutations: int | str) -> int:
    """Read the number of orders for each seed; 0 stands for all coalitions. InputError if it is neither."""
    text = str(permutations).strip()
    if text == "all":
        return 0
    if not re.fullmatch(r"\d+", text) or int(text) < 2 or int(text) % 2:
        raise InputError(f"permutations are an even number for each seed (each comes with its reverse) or 'all', "
                         f"not {text}")
    return int(text)


@dataclass
class Attribution(Findings):
    """What every instrument contributes to every column and year, over the seeds whose runs are all done.

    `cells` names column and year of each value; `whole`, `parts` and `alone` hold means and intervals (arrays over
    cells; `parts` and `alone` instruments x cells); frames are made when asked for.
    """

    task: Task
    seeds: list[int]
    cells: list[tuple[str, int]] = field(default_factory=list)
    whole: dict[str, np.ndarray] = field(default_factory=dict)
    parts: dict[str, np.ndarray] = field(default_factory=dict)
    alone: dict[str, np.ndarray] = field(default_factory=dict)
    interaction: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """The share of the city that was simulated: amounts divided by it are those of the whole city."""
        return self.task.plan.runs[0].scale

    @cached_property
    def found(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Column -> year -> the whole effect with its interval, and its parts by instrument."""
        answer: dict[str, dict[str, dict[str, Any]]] = {}
        for place, (column, year) in enumerate(self.cells):
            whole, rest = _at(self.whole, place), _at(self.interaction, place)
            cell: dict[str, Any] = {"total": whole.pop("mean"), **whole}
            parts = {}
            for row, name in enumerate(self.task.design.players):
                part, alone = _at(self.parts, row, place), _at(self.alone, row, place)
                parts[name] = {
                    "shapley": part.pop("mean"), **{key: value for key, value in part.items() if key != "seeds"},
                    "leave_one_out": alone["mean"], "loo_se": alone["se"],
                    **{f"loo_{key}": alone[key] for key in ("low80", "high80", "low95", "high95", "p_positive")}}
            cell["sum_of_parts"] = _total(part["shapley"] for part in parts.values())
            cell["leave_one_out_sum"] = _total(part["leave_one_out"] for part in parts.values())
            cell["interaction"] = rest["mean"]
            cell |= {f"interaction_{key}": rest[key] for key in ("se", "low80", "high80", "low95", "high95")}
            answer.setdefault(column, {})[str(year)] = cell | {"parts": parts}
        return answer

    @cached_property
    def effects(self) -> Any:
        """One row for each column, year and instrument: Shapley value, leaving it out, errors and intervals."""
        import pandas as pd

        return _numbers(pd.DataFrame([{"column": column, "year": int(year), "instrument": name, **part}
                                      for column, years in self.found.items() for year, cell in years.items()
                                      for name, part in cell["parts"].items()]), ("column", "year", "instrument"))

    @cached_property
    def totals(self) -> Any:
        """One row for each column and year: the whole effect, the sums of both kinds of parts, the interaction."""
        import pandas as pd

        return _numbers(pd.DataFrame([{"column": column, "year": int(year),
                                       **{key: value for key, value in cell.items() if key != "parts"}}
                                      for column, years in self.found.items() for year, cell in years.items()]),
                        ("column", "year", "seeds"))

    def view(self) -> View:
        """Open the runs; the column `instruments` names those of a run."""
        return View(self.folder)

    def plot(self, column: str = "gdp_share", year: int | None = None) -> Any:
        """Draw the contributions to a column in a year (the last one if None) and return the figure."""
        return plots.draw("attribution", self, column=column, year=year)


def _numbers(frame: Any, texts: tuple[str, ...]) -> Any:
    """Turn everything that is not a name or a count into floats (None becomes NaN)."""
    return frame.astype({name: float for name in frame.columns if name not in texts})


def _at(values: Mapping[str, np.ndarray], *place: int) -> dict[str, float | int | None]:
    """Return what arrays hold at a place, unknown numbers as None."""
    found: dict[str, float | int | None] = {}
    for key, array in values.items():
        one = array[place].item()
        found[key] = one if np.isfinite(one) else None
    return found


def _total(values: Iterable[float | None]) -> float | None:
    """Add numbers up; unknown if one of them is."""
    given = list(values)
    known = [number for number in given if number is not None]
    return float(np.sum(known)) if len(known) == len(given) else None


def run_task(task: Task, experiment: Experiment, columns: Sequence[str] | str = COLUMNS) -> Attribution:
    """Do the runs that are missing and attribute `columns` of the series, or `"all"`.

    A failed run takes its seed out; NothingRan if fewer than two are left.
    """
    finished = experiment.run({experiment.folder: task.plan})
    lost = {seed for (_, seed), run_id in task.names.items() if run_id not in finished}
    result = Attribution(experiment, task, [seed for seed in task.seeds if seed not in lost])
    if len(result.seeds) < 2:
        raise experiment.nothing_ran("fewer than two seeds are whole")
    _attribute(result, columns)
    return result


def _attribute(result: Attribution, columns: Sequence[str] | str) -> None:
    """Value the coalitions by the store and divide the whole, seed by seed, then over seeds."""
    task, design = result.task, result.task.design
    specs = [spec.run_id for spec in task.plan.runs if spec.seed in set(result.seeds)]
    found = [(column, year, each) for column, years in yearly(
        View(result.folder), specs, None if columns == "all" else columns).items()
        for year, each in years.items() if np.isfinite(each).any()]
    result.cells, values = [(column, year) for column, year, _ in found], np.stack([each for *_, each in found], axis=1)
    row = {run_id: place for place, run_id in enumerate(specs)}
    parts, alone, whole = [], [], []
    for seed in result.seeds:
        def value(coalition: Coalition, seed: int = seed) -> np.ndarray:
            return values[row[task.names[coalition, seed]]]

        parts.append(design.parts(seed, value))
        alone.append(without_one(design.players, value))
        whole.append(value(frozenset(design.players)) - value(frozenset()))
    each, left, all_of_it = np.stack(parts), np.stack(alone), np.stack(whole)
    unknown = ~np.isfinite(each).all(axis=(1, 2)) | ~np.isfinite(left).all(axis=1)   # seeds x cells
    each[np.broadcast_to(unknown[:, None, None], each.shape)] = np.nan
    left[np.broadcast_to(unknown[:, None], left.shape)] = np.nan
    all_of_it[unknown] = np.nan
    result.whole, result.alone = means(all_of_it), means(left)
    result.parts = means(each.mean(axis=1))
    by_orders = np.zeros(each.shape[2:]) if design.exact else error_within(each)
    error = result.parts["se"]
    by_seeds = np.sqrt(np.maximum(error**2 - by_orders**2, 0.0))
    result.parts |= {"se_orders": by_orders, "se_seeds": by_seeds}
    result.interaction = means(all_of_it - left.sum(axis=1))


def attribute(scenario: Any, seeds: int | Iterable[int] = 20, scale: str | float = "1/20",
              until: str | int | None = None, permutations: int | str = ORDERS, set: Settings = None,
              out: str | Path | None = None, workers: int | None = None, progress: bool = False,
              columns: Sequence[str] | str = COLUMNS, factory: str = FACTORY, engine: Any = None,
              shard: str | None = None) -> Attribution:
    """Run a scenario with coalitions of its instruments and return what each instrument contributes.

    `permutations` is the number of orders for each seed, or `"all"` for every coalition (as with up to four
    instruments); `columns` are those of the series to attribute, or `"all"`; `out` a results folder to keep (runs
    that it holds are not done again), a temporary one if None. `.effects` and `.totals` are data frames. A failed run
    takes its seed out, with a warning; RuntimeError if fewer than two seeds are left. `engine` and `shard` as in
    `sweep`.
    """
    unknown = [name for name in (columns if columns != "all" else ()) if name not in INDICATORS]
    if unknown:
        raise InputError(f"the series have no column '{unknown[0]}' of numbers")
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    task = prepare(scenario, seed_list(seeds), scale_of(scale), ordinal(until), permutations, set)
    return experiment.deliver(run_task(task, experiment, columns))
