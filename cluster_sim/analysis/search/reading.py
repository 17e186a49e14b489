"""Reading a search file: a sweep file without a design, with a budget, aims, and the seeds of the check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster_sim.analysis.extra_keys import Extra
from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.inputs.errors import Fault, Faults, ScenarioError
from cluster_sim.inputs.quantities import QuantityError, number
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import EXTRA_TABLES, TABLES
from cluster_sim.scenario.sweep_files import open_reader
from cluster_sim.scenario.sweeps import Sweep
from cluster_sim.scenario.types import Scenario

ALSO = ("instruments", "budget", "aims", "years", "check_seeds", "generations", "population", "search_seed")
"""Keys of the file beside those of a sweep."""
AIMS = {"gdp_share_published": "higher", "public_outlay": "lower", "mean_rent": "lower", "top1_share": "lower"}
"""What is aimed at where the file does not say: share up; cost, rents and the share of the top title down."""
OVER_YEARS = ("public_outlay", "top1_share")
"""Columns that swing from year to year: their mean over all the years counts, for the others the last year."""
COST = "public_outlay"
GENERATIONS, POPULATION, CHECK = 10, 24, 20


@dataclass(frozen=True)
class Aim:
    """A measure and which way is better."""

    measure: Measure
    higher: bool

    @property
    def sign(self) -> float:
        """What makes the measure small where it is good."""
        return -1.0 if self.higher else 1.0


@dataclass(frozen=True)
class Hunt:
    """A search, checked and complete: the sweep holds its factors, seeds, scale and last month."""

    sweep: Sweep
    aims: tuple[Aim, ...]
    cost: Measure
    budget: float | None
    """Most public outlay a year (mean of the years, million yuan of 2017, whole city); None for no limit."""
    check_seeds: tuple[int, ...]
    generations: int
    population: int
    search_seed: int

    def years(self, measure: Measure) -> str:
        """The years of a measure in words, the last one named."""
        return measure.at((self.sweep.until + 1) // 12 - 1).years

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures of the aims, and last that of the budget."""
        return (*(aim.measure for aim in self.aims), self.cost)


def read(source: str | Path | Mapping[str, Any]) -> Hunt:
    """Read a search from a file, or from a mapping with the keys of one; ScenarioError holds all its faults."""
    base = source.get("base") if isinstance(source, Mapping) else None
    reader = open_reader(source, base if isinstance(base, Scenario) else None, (*TABLES, *EXTRA_TABLES), ALSO)
    root: Node = reader.root
    if "instruments" in root.value:
        if "factors" in root.value:
            what, mark = "is another word for 'factors', which is there as well", root.key_mark("instruments")
            raise ScenarioError([Fault("instruments", what, "", mark)])
        root.value["factors"], root.keys["factors"] = root.value.pop("instruments"), root.keys["instruments"]
    extra = Extra({key: root.value[key] for key in ALSO if key in root.value}, Faults())
    population = extra.whole("population", POPULATION, 4)
    seed = extra.whole("search_seed", 1, 0)
    reader.stand_in = ("lhs", {"samples": population, "sample_seed": seed})
    try:
        sweep = reader.sweep()
    except ScenarioError as error:
        _rest(extra, None)
        raise ScenarioError([*error.faults, *extra.faults.found]) from None
    hunt = _rest(extra, sweep)
    extra.stop()
    assert hunt is not None
    return hunt


def _rest(extra: Extra, sweep: Sweep | None) -> Hunt | None:
    """Read what a sweep does not have; faults go to `extra`."""
    years = _years(extra, sweep)
    aims = _aims(extra, years)
    budget = _budget(extra)
    generations = extra.whole("generations", GENERATIONS, 1)
    if sweep is None:
        return None
    fresh = _check_seeds(extra, sweep)
    return Hunt(sweep, aims, measure(COST, years), budget, fresh, generations, sweep.samples or POPULATION,
                sweep.sample_seed)


def _years(extra: Extra, sweep: Sweep | None) -> str | None:
    """The years over which outlay is averaged: as the file says, else all of the run."""
    if "years" not in extra.nodes:
        if sweep is None:
            return None
        first = (sweep.base.start + 11) // 12
        return f"{first}-{max(first, (sweep.until + 1) // 12 - 1)}"
    value = str(extra.nodes["years"].plain())
    try:
        measure(COST, value)
    except InputError as error:
        extra.fault("years", str(error))
        return None
    return value


def _aims(extra: Extra, years: str | None) -> tuple[Aim, ...]:
    """The aims: a mapping from columns to `higher` or `lower`, or to {better, year}."""
    node = extra.nodes.get("aims")
    if node is None:
        given: dict[str, Node | str] = dict(AIMS)
    elif node.kind != "mapping" or len(node.value) < 2:
        extra.fault("aims", "expected two aims or more", "such as gdp_share_published: higher, public_outlay: lower")
        return ()
    else:
        given = dict(node.value)
    found = []
    for column, child in given.items():
        year = years if column in OVER_YEARS else None
        better: Any = child
        if isinstance(child, Node):
            better = child.plain()
            if child.kind == "mapping":
                inner = extra.inner(f"aims.{column}", child, ("better", "year"))
                better = inner.nodes["better"].plain() if "better" in inner.nodes else None
                year = str(inner.nodes["year"].plain()) if "year" in inner.nodes else year
            if better not in ("higher", "lower"):
                extra.fault(f"aims.{column}", "expected higher or lower", "what is better?", child)
        try:
            found.append(Aim(measure(column, year), better == "higher"))
        except InputError as error:
            extra.fault(f"aims.{column}", str(error), "", child if isinstance(child, Node) else None)
    return tuple(found)


def _budget(extra: Extra) -> float | None:
    """The budget in million yuan a year, None for no limit."""
    node = extra.nodes.get("budget")
    if node is None or node.value in (None, "none"):
        return None
    try:
        value = number(node.plain(), "million yuan")
    except QuantityError as error:
        extra.fault("budget", error.message, error.hint or "such as 800 million yuan")
        return None
    if value < 0:
        extra.fault("budget", "is below zero")
    return value


def _check_seeds(extra: Extra, sweep: Sweep) -> tuple[int, ...]:
    """Seeds of the check: those named, or as many as said, above those of the search."""
    node = extra.nodes.get("check_seeds")
    if node is not None and node.kind == "list":
        found = tuple(each.plain() for each in node.value)
        if not all(isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**63 for seed in found):
            extra.fault("check_seeds", "a seed is a whole number from 0 to 2^63 - 1")
        elif set(found) & set(sweep.seeds):
            both = min(set(found) & set(sweep.seeds))
            extra.fault("check_seeds", f"the seed {both} is one of the search's: a check needs fresh ones")
        elif len(set(found)) < 2:
            extra.fault("check_seeds", "a check with an interval needs at least two seeds")
        return found
    count = extra.whole("check_seeds", CHECK, 2)
    return tuple(range(max(sweep.seeds) + 1, max(sweep.seeds) + 1 + count))
