"""What a script or a notebook calls: one run in memory, or many on all cores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.plan import ordinal, plan, scale_of, seed_list
from cluster_sim.runs.read import View
from cluster_sim.runs.result import Result
from cluster_sim.runs.run_list import TABLES
from cluster_sim.runs.single_run import FACTORY, simulate

Settings = Mapping[str, Any] | Iterable[str] | None


def scenario_of(scenario: Any, set: Settings = None) -> Any:
    """Return a Scenario: as it is, or read from a file or by name with `set` applied."""
    from cluster_sim.scenario import load_scenario

    if isinstance(scenario, str | Path):
        return load_scenario(scenario, set)
    if set:
        raise ValueError("`set` needs a scenario file or name: a loaded scenario is complete")
    return scenario


def run(scenario: Any, scale: str | float = "1/50", seed: int = 1, until: str | int | None = None,
        set: Settings = None, factory: str = FACTORY) -> Result:
    """Run a scenario once, in this process, and return its frames.

    `scenario` is a file, a name or a loaded scenario; `scale` a share of the city; `until` the last month
    (`"2030-12"`); `set` overrides values, as in `{"collaboration.tau_max": 0.8}`. ScenarioError or
    InputError if any of these cannot be.

    >>> result = run("baseline", scale="1/400", seed=3, until="2017-03", set={"collaboration.tau_max": 0.8})
    >>> result.indicators[["studios", "employment"]].shape
    (3, 2)
    >>> result.scenario.parameters["collaboration.tau_max"]
    0.8
    """
    planned = plan(scenario_of(scenario, set), seed_list([seed]), scale_of(scale), ordinal(until))
    spec = planned.runs[0]
    return Result(spec, simulate(spec, factory=factory))


def ensemble(scenario: Any, seeds: int | Iterable[int] = 10, scale: str | float = "1/20",
             until: str | int | None = None, set: Settings = None,
             out: str | Path | None = None, workers: int | None = None, progress: bool = False,
             factory: str = FACTORY, engine: Any = None, tables: Iterable[str] = TABLES) -> View:
    """Run a scenario with several seeds on all cores and open the results.

    `seeds` is a number (1 to that) or the seeds themselves; `out` a results folder to keep (runs that it
    holds are not done again), a temporary one if None; `engine` (a `DaskEngine`) does the runs elsewhere
    than on this machine; `tables` are those that the runs keep (`accounts`, `payments` and `applications`
    only where named). A failed run costs itself: a warning names it, and RuntimeError comes only if all failed.

    >>> view = ensemble("baseline", seeds=2, scale="1/400", until="2017-03", workers=0)
    >>> sorted(view.series["seed"].unique().tolist()), len(view.series)
    ([1, 2], 6)
    """
    planned = plan(scenario_of(scenario, set), seed_list(seeds), scale_of(scale), ordinal(until), tables=tables)
    experiment = Experiment.of(out, workers, progress, factory, engine)
    experiment.run({experiment.folder: planned})
    return experiment.deliver(experiment.view())
