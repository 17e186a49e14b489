"""Does the runs of an audit and sets each instrument against its twin: the same scenario without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cluster_sim import plots
from cluster_sim.analysis import compare
from cluster_sim.analysis.compare import Side
from cluster_sim.analysis.public_money import acts, holders, output
from cluster_sim.analysis.public_money.doses import times as multiplied
from cluster_sim.analysis.ratios import ratio
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.plan import ordinal, scale_of, seed_list
from cluster_sim.runs.read import View
from cluster_sim.runs.single_run import FACTORY

TABLES = ("series", "projects", "ledger", "accounts", "payments")
ALL = "all instruments"
CLOSED = 1e-6
"""Largest difference of an identity's sides, over the larger of the two."""


@dataclass
class Audit(Findings):
    """What became of public money, instrument by instrument; amounts are those of the whole city.

    `flows` has one row for each instrument and seed; `summary` means and intervals; `ratios` what a yuan buys.
    """

    scale: float
    years: float
    seeds: list[int]
    rows: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def flows(self) -> Any:
        """One row an instrument and seed: the three identities, taxes, value added, jobs (million yuan, job-years)."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    @cached_property
    def summary(self) -> Any:
        """One row an instrument and flow: mean over pairs, 80% and 95% intervals (Student's t), P(>0)."""
        import pandas as pd

        from cluster_sim.analysis.effects import paired

        found = []
        for name, part in self.flows.groupby("instrument", sort=False):
            for column in [c for c in part if c not in ("instrument", "seed")]:
                values = part[column].to_numpy(float)
                found.append({"instrument": name, "flow": column, **paired(0.0 * values, values)})
        return pd.DataFrame(found)

    @cached_property
    def ratios(self) -> dict[str, dict[str, dict[str, Any]]]:
        """By instrument: value added for each yuan of net outlay, of gross outlay, and outlay for a job-year."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for name, part in self.flows.groupby("instrument", sort=False):
            outlay = part["outlay"].to_numpy(float)
            net = outlay - part[[f"tax_back_{level}" for level in holders.LEVELS]].sum(axis=1).to_numpy(float)
            gained, jobs = part["value_added"].to_numpy(float), part["job_years"].to_numpy(float)
            found[str(name)] = {"value_added_per_yuan": ratio(gained, outlay),
                                "value_added_per_net_yuan": ratio(gained, net),
                                "cost_of_a_job_year": ratio(outlay, jobs)}
        return found

    @property
    def worst(self) -> float:
        """The largest relative difference between the sides of any identity."""
        return float(self.flows[["open_1", "open_2", "open_3"]].to_numpy().max())

    def plot(self) -> Any:
        """Draw who holds the outlay in the end and what of it was windfall."""
        return plots.draw("audit", self)


def twins(scenario: Any, names: Sequence[str] | None) -> dict[str, Any]:
    """Return the scenario without any instrument, and without each of those named (all in force if None).

    InputError if it has none, or not the one named.
    """
    there = sorted(scenario.policies)
    if not there:
        raise InputError(f"{scenario.name} has no policy instruments: there is no public money to follow")
    for name in names or ():
        if name not in there:
            raise InputError(f"{scenario.name} has no instrument '{name}'; it has {', '.join(there)}")
    found = {ALL: replace(scenario, policies={}, slug="without_any", name=f"{scenario.name}, no instrument")}
    for name in names or there:
        rest = {key: entries for key, entries in scenario.policies.items() if key != name}
        found[name] = replace(scenario, policies=rest, slug=f"without_{name}", name=f"{scenario.name} without {name}")
    return found


def dosed(scenario: Any, factor: float) -> Any:
    """Return the scenario with everything that its instruments grant multiplied by a factor above zero."""
    if not 0 < factor < 1e6:
        raise InputError(f"--times {factor:g}: a factor above 0 is needed, such as 10")
    if factor == 1:
        return scenario
    return replace(scenario, policies=multiplied(scenario.policies, factor), name=f"{scenario.name}, {factor:g} times")


def prepare(scenario: Any, seeds: list[int], scale: float, until: int | None,
            instruments: Sequence[str] | None = None) -> dict[str, Side]:
    """Plan the runs: the scenario itself under an empty name, then by name its twin without each instrument."""
    if len(seeds) < 2:
        raise InputError("an interval needs at least two seeds")
    without = twins(scenario, instruments)
    sides = compare.prepare([replace(scenario, slug="scenario"), *without.values()], seeds, scale, until, tables=TABLES)
    return dict(zip(("", *without), sides, strict=True))


def follow_all(sides: Mapping[str, Side], experiment: Experiment) -> Audit:
    """Do the runs that are missing and follow the money in every pair. NothingRan if fewer than two are whole."""
    runs = compare.run_sides(list(sides.values()), experiment)
    if len(runs.seeds) < 2:
        raise experiment.nothing_ran("fewer than two pairs are whole")
    spec = sides[""].plan.runs[0]
    result = Audit(experiment, spec.scale, spec.months / 12.0, runs.seeds)
    first, *twins = (Frames(runs.view(side.label)) for side in sides.values())
    for name, twin in zip([name for name in sides if name], twins, strict=True):
        paid = output.shares_paid(first.frames["accounts"], of_instrument(first.frames, name))
        for seed in runs.seeds:
            flows = follow(name, first.of(seed), twin.of(seed), paid)
            amounts = {key: value if key.startswith("open_") else value / spec.scale for key, value in flows.items()}
            result.rows.append({"instrument": name, "seed": seed, **amounts})
    return result


class Frames:
    """The frames of a store by seed."""

    def __init__(self, view: View) -> None:
        self.frames = {name: view.frame(name) for name in TABLES if view.files[name]}

    def of(self, seed: int) -> dict[str, Any]:
        """Return the frames of one run; a table that no run wrote is missing."""
        return {name: frame[frame["seed"] == seed] for name, frame in self.frames.items()}


def of_instrument(frames: dict[str, Any], instrument: str) -> Any:
    """Return the payments of one instrument, or of all."""
    import pandas as pd

    payments = frames.get("payments")
    if payments is None:
        return pd.DataFrame({"instrument": [], "act": [], "studio_id": [], "amount": [], "month": [], "run_id": []})
    return payments if instrument == ALL else payments[payments["instrument"] == instrument]


def follow(instrument: str, with_policy: dict[str, Any], without: dict[str, Any],
           recipients: set[int] | dict[str, float] | None) -> dict[str, float]:
    """Return all flows of one pair of runs (million yuan at the runs' scale), and how far each identity is open.

    recipients: as in `output.split`.
    """
    payments = of_instrument(with_policy, instrument)
    ledger = with_policy["ledger"]
    paid = [c for c in ledger if c.startswith("outlay_")] if instrument == ALL else [f"outlay_{instrument}"]
    outlay = float(ledger[paid].to_numpy().sum())
    first = acts.split(payments, with_policy, without)
    second = output.split(recipients, with_policy, without)
    change = holders.changes(with_policy["ledger"], without["ledger"])
    third = holders.holders(change)
    held = sum(third[name] for name in holders.HOLDERS)
    back = holders.tax_back(change)
    gap = {"open_1": (outlay - first["windfall"] - first["additional"], outlay),
           "open_2": (second["gross"] - second["net"] - second["displaced"] - second["relocated"],
                      float(with_policy["accounts"]["output"].sum())),
           "open_3": (third["outlay"] - held, max(abs(v) for v in third.values()))}
    more = {name: float(with_policy["series"][c].sum() - without["series"][c].sum()) / per
            for name, c, per in (("value_added", "creative_value_added", 1.0), ("job_years", "employment", 12.0))}
    return {"outlay": outlay, **first, **{f"output_{name}": value for name, value in second.items()},
            "outlay_of_all": third.pop("outlay"), **{f"held_{name}": value for name, value in third.items()},
            **{f"tax_back_{level}": value for level, value in back.items()}, **more,
            **{name: abs(left) / max(abs(size), 1.0) for name, (left, size) in gap.items()}}


def audit(scenario: Any, seeds: int | Iterable[int] = 10, scale: str | float = "1/20",
          until: str | int | None = None, set: Settings = None, instruments: Sequence[str] | None = None,
          times: float = 1.0, out: str | Path | None = None, workers: int | None = None, progress: bool = False,
          factory: str = FACTORY, engine: Any = None, shard: str | None = None) -> Audit:
    """Follow a scenario's public money: windfall, displacement, incidence, taxes back, by instrument.

    Each instrument (all in force, or those named) is left out in turn on the same seeds; `times` multiplies what
    they grant. `.flows`, `.summary` are data frames, `.ratios` what a yuan buys. InputError or ScenarioError if
    it cannot be done. `engine` and `shard` as in `sweep`.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    law = dosed(scenario_of(scenario, set), times)
    sides = prepare(law, seed_list(seeds), scale_of(scale), ordinal(until), instruments)
    return experiment.deliver(follow_all(sides, experiment))
