"""All designs on one scenario: the runs that they need, and the estimates that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cluster_sim import plots
from cluster_sim.analysis.compare import Comparison, Side, prepare, run_sides
from cluster_sim.analysis.econometrics import density, entry, firm_size, lottery, panel, rents, zones
from cluster_sim.analysis.econometrics.estimate import Estimate, to_frame
from cluster_sim.analysis.econometrics.variants import SUBSIDY, TABLES, ZONES, Design, design
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.plan import first_month, scale_of, seed_list
from cluster_sim.runs.single_run import FACTORY

DATE = "2028-01"
"""Month of the treatment unless said otherwise: history's instruments are in force by then, its hits are over."""
HEADLINES = {"zone_effect_pct": "zones.paired", "subsidy_additional_pct": "lottery",
             "density_elasticity": "density.value_added", "rent_gradient_to_clusters": "rents",
             "subsidy_small_minus_large": "firm_size.paired.employment.difference"}
"""Which estimate speaks for a fact of the targets file."""


@dataclass
class Econometrics(Findings):
    """The estimates of all designs, the event studies, and what was left out and why."""

    design: Design
    comparison: Comparison
    estimates: list[Estimate] = field(default_factory=list)
    events: dict[str, Any] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @cached_property
    def table(self) -> Any:
        """One row an estimate: value, error, interval, published range, verdict."""
        return to_frame(self.estimates)

    @cached_property
    def event_study(self) -> Any:
        """One row a kind (`plain`, `placebo`, `paired`) and year: effect on zones in per cent, with its interval."""
        import pandas as pd

        return pd.concat([frame.assign(kind=kind) for kind, frame in self.events.items()], ignore_index=True)

    def get(self, name: str) -> Estimate:
        """Return the estimate of a name; KeyError if there is none."""
        found = {one.name: one for one in self.estimates}
        return found[name]

    def plot(self) -> Any:
        """Draw the estimates beside the published ranges and return the figure."""
        return plots.draw("econometrics", self)


def plan_study(scenario: Any, seeds: list[int], scale: float, month: int, set: Settings = None,
               instruments: Sequence[str] | None = None) -> tuple[Design, list[Side]]:
    """Plan the runs of all designs; InputError or ScenarioError if they cannot be done. Nothing is written."""
    from cluster_sim.analysis.econometrics.regression import library_of

    if len(seeds) < 2:
        raise InputError("paired runs need at least two seeds")
    library_of()
    made = design(scenario_of(scenario, set), month, instruments)
    if len(made.variants) < 2:
        raise InputError(f"the scenario has neither {ZONES[0]} nor {SUBSIDY}: nothing to estimate")
    return made, prepare(list(made.variants.values()), seeds, scale, made.until, tables=TABLES)


def run_study(made: Design, sides: list[Side], experiment: Experiment) -> Econometrics:
    """Do the runs that are missing and estimate; a failed run takes its seed out of all designs.

    NothingRan if fewer than two seeds are left.
    """
    comparison = run_sides(sides, experiment)
    if len(comparison.seeds) < 2:
        raise experiment.nothing_ran("fewer than two seeds ran in all variants")
    result = Econometrics(experiment, made, comparison)
    estimate_all(result)
    return result


def estimate_all(result: Econometrics) -> None:
    """Estimate every design on the runs of the seeds that are whole; what cannot be estimated is noted."""
    made = result.design
    names = [name for name in made.variants]
    accounts = {side: _table(result, side, "accounts") for side in names if side != "lottery"}
    base, window = accounts["none"], made.window
    steps: list[tuple[str, Callable[[], list[Estimate]]]] = []
    if "zones" in names:
        steps.append(("zones", lambda: _zones(result, accounts)))
        steps.append(("zones.entry", lambda: entry.zone_parts(
            entry.part_panel(accounts["zones"], made.zones, window, base), window)))
    if "lottery" in names:
        steps.append(("lottery", lambda: _lottery(_table(result, "lottery", "applications"))))
    for outcome in density.OUTCOMES:
        for instrument in (False, True):
            steps.append(("density", lambda o=outcome, i=instrument: [  # type: ignore[misc]
                density.density_elasticity(base, o, i)]))
    if "subsidy" in names:
        segments = list(made.segments)
        for outcome in firm_size.OUTCOMES:
            steps.append(("firm_size", lambda o=outcome: firm_size.paired_effects(  # type: ignore[misc]
                accounts["subsidy"], base, segments, window, o)))
        steps.append(("firm_size", lambda: firm_size.did_effects(
            firm_size.size_panel(accounts["subsidy"], segments, window), window)))
    steps.append(("rents", lambda: [rents.rent_gradient(base), rents.rent_gradient(base, True),
                                    rents.share_taken(base)]))
    for name, step in steps:
        try:
            result.estimates += step()
        except InputError as error:
            result.left_out.append(f"{name}: {error}")
    for name, wanted in (("zones", "the scenario has none"), ("subsidy", f"the scenario has no {SUBSIDY}")):
        if name not in names:
            result.left_out.append(f"{name}: {wanted}")
    if "zones" in names and "zones.entry_share" not in [one.name for one in result.estimates]:
        result.left_out.append("zones.entry_share: the zone effect is not told from zero, a share of it says nothing")


def _table(result: Econometrics, side: str, kind: str) -> Any:
    frame = result.comparison.view(side).frame(kind)
    return frame[frame["seed"].isin(result.comparison.seeds)]


def _zones(result: Econometrics, accounts: dict[str, Any]) -> list[Estimate]:
    """Estimate the designs for zones, each with its placebo, and keep the event studies."""
    made, window = result.design, result.design.window
    cells = {name: panel.cell_panel(accounts[name], made.zones, window) for name in ("none", "zones", "placebo")}
    pairs = {name: panel.paired_panel(cells[name], cells["none"], window) for name in ("zones", "placebo")}
    found = []
    for name, text, source, options in (
            ("plain", "two-way fixed effects", cells, {}),
            ("trends", "cell trends, weighted", cells, {"trends": True, "weighted": True}),
            ("paired", "paired runs, weighted", pairs, {"weighted": True})):
        found.append(zones.zone_effect(source["zones"], window, name=f"zones.{name}",
                                       title=f"Zone effect on local output: {text}", **options))
        found.append(zones.zone_effect(source["placebo"], window, name=f"zones.{name}.placebo", placebo=True,
                                       title=f"Placebo zone: {text}", **options))
    found.append(zones.zone_slope(pairs["zones"], window, weighted=True))
    result.events = {"plain": zones.event_study(cells["zones"], window),
                     "placebo": zones.event_study(cells["placebo"], window),
                     "paired": zones.event_study(pairs["zones"], window, weighted=True)}
    return found


def _lottery(applications: Any) -> list[Estimate]:
    """Estimate the lottery from the table of applications, drawn apart in every run, by studio."""
    rows = applications.assign(applied=True)
    rows["studio"] = rows.groupby(["seed", "studio_id"]).ngroup()
    return [lottery.additional_share(rows, ["seed"], "studio"), *lottery.balance(rows)]


def econometrics(scenario: Any, seeds: int | Iterable[int] = 4, scale: str | float = "1/20", date: str = DATE,
                 set: Settings = None, instruments: Sequence[str] | None = None, out: str | Path | None = None,
                 workers: int | None = None, progress: bool = False, factory: str = FACTORY, engine: Any = None,
                 shard: str | None = None) -> Econometrics:
    """Run the published designs on the model's own output and return their estimates.

    `scenario` is a file, a name or a loaded scenario; `date` the month in which zones and subsidy begin;
    `instruments` those that make the zone (the pilot zones). `out` is a folder to keep the runs in, a temporary
    one if None. `.table` and `.event_study` are data frames. RuntimeError if fewer than two seeds are left whole.
    `engine` and `shard` as in `sweep`.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    made, sides = plan_study(scenario, seed_list(seeds), scale_of(scale), first_month(date), set, instruments)
    return experiment.deliver(run_study(made, sides, experiment))
