"""Reading a search file: a sweep file without a design, with a budget, aims, and the seeds of the check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.analysis.study_files import YEARS
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import QuantityError, shown
from cluster_sim.inputs.shapes import RESET, Written, field_type, mapping
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES
from cluster_sim.scenario.sweep_files import SweepReader, open_reader
from cluster_sim.scenario.sweep_shapes import read_seeds, whole
from cluster_sim.scenario.sweeps import Sweep
from cluster_sim.scenario.types import Scenario


def _check_seeds(value: Any, names: Any) -> Any:
    """Seeds of the check: how many, or which."""
    found = read_seeds(value)
    if len(found) < 2:
        raise QuantityError("a check with an interval needs at least two seeds")
    return found if isinstance(value, list) else len(found)


def _better(value: Any, names: Any) -> bool:
    """Whether more is better."""
    if value not in ("higher", "lower"):
        raise QuantityError(f"expected higher or lower, found {shown(value)}", "what is better?")
    return bool(value == "higher")


BUDGET = KeyInfo("million yuan", None, text="most public outlay a year, 2017 prices", status="")
ALSO = {
    "budget": field_type(BUDGET, resets=True), "aims": dict[str, Any], "years": YEARS,
    "check_seeds": Annotated[Any, Written(_check_seeds)], "generations": whole(1, 100_000),
    "population": whole(4, 100_000), "search_seed": whole(0, 2**32 - 1)}
"""Keys of the file beside those of a sweep."""
AIM = mapping("aim", {"better": Annotated[bool, Written(_better)], "year": YEARS})
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
class SearchSpec:
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


def read(source: str | Path | Mapping[str, Any]) -> SearchSpec:
    """Read a search from a file, or from a mapping with the keys of one; ScenarioError holds all its faults."""
    base = source.get("base") if isinstance(source, Mapping) else None
    reader = open_reader(source, base if isinstance(base, Scenario) else None, (*TABLES, *EXTRA_TABLES), ALSO,
                         "instruments")
    given = reader.given
    reader.without_design(samples=given.get("population", POPULATION), sample_seed=given.get("search_seed", 1))
    columns = _aims(reader)
    fresh = _fresh_seeds(reader)
    sweep = reader.sweep()
    first = (sweep.base.start + 11) // 12
    years = given.get("years", f"{first}-{max(first, (sweep.until + 1) // 12 - 1)}")
    aims = tuple(Aim(measure(column, year or (years if column in OVER_YEARS else None)), higher)
                 for column, year, higher in columns)
    budget = given.get("budget", RESET)
    return SearchSpec(sweep, aims, measure(COST, years), None if budget is RESET else budget, fresh,
                given.get("generations", GENERATIONS), sweep.samples or POPULATION, sweep.sample_seed)


def _aims(reader: SweepReader) -> list[tuple[str, str | None, bool]]:
    """Column, years and whether more is better: a mapping from columns to `higher`, `lower` or {better, year}."""
    node = reader.root.value.get("aims")
    if node is None or node.value is None:
        return [(column, None, better == "higher") for column, better in AIMS.items()]
    if node.kind != "mapping" or len(node.value) < 2:
        hint = "such as gdp_share_published: higher, public_outlay: lower"
        reader.faults.add("aims", "expected two aims or more", hint, node.mark)
        return []
    found = []
    for column, child in node.value.items():
        form = child if child.kind == "mapping" else Node({"better": child}, child.mark)
        aim = validate(AIM, form, f"aims.{column}", reader.faults)
        if "better" not in form.value:
            reader.faults.add(f"aims.{column}", "expected higher or lower", "what is better?", child.mark)
        try:
            measure(column)
        except InputError as error:
            reader.faults.add(f"aims.{column}", str(error), "", node.key_mark(column))
        found.append((column, aim.get("year"), aim.get("better", True)))
    return found


def _fresh_seeds(reader: SweepReader) -> tuple[int, ...]:
    """Seeds of the check: those named, or as many as said, above those of the search."""
    given, seeds = reader.given.get("check_seeds", CHECK), reader.given.get("seeds", (1,))
    if isinstance(given, int):
        return tuple(range(max(seeds) + 1, max(seeds) + 1 + given))
    for seed in set(given) & set(seeds):
        what = f"the seed {seed} is one of the search's: a check needs fresh ones"
        reader.faults.add("check_seeds", what, "", reader.mark("check_seeds"))
    found: tuple[int, ...] = given
    return found
