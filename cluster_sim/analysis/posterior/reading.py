"""Reading the study of a posterior: a sweep file whose factors are the prior, with the facts that draws are held to.

Each factor is a range, its prior flat between the ends (flat in logs with `log: yes`).  `fit` lists the facts: a
column of the series, a year, its value in the unit of the column for the whole city, and a standard error that holds
all that a good draw may miss it by: error of the statistic, of the model, and of luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.analysis.study_files import COLUMN, YEARS
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.shapes import field_type, mapping
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES
from cluster_sim.scenario.sweep_files import SweepReader, open_reader
from cluster_sim.scenario.sweep_shapes import TEXT
from cluster_sim.scenario.sweeps import Sweep
from cluster_sim.scenario.types import Scenario

NUMBER = field_type(KeyInfo("1", None, float("-inf"), text="in the unit of the column", status=""))
ERROR = field_type(KeyInfo("1", None, 0.0, text="standard error, in the unit of the column", status=""))
FACT = mapping("fact", {"column": COLUMN, "year": YEARS, "value": NUMBER, "error": ERROR, "source": TEXT})
ALSO = {"fit": list[FACT]}  # type: ignore[valid-type]
SAMPLES = 300


@dataclass(frozen=True)
class Fact:
    """Something observed: what is measured, its value and standard error in the unit of the column."""

    measure: Measure
    value: float
    error: float


@dataclass(frozen=True)
class PosteriorSpec:
    """What is asked, checked and complete: the sweep's factors are the prior, `facts` what is known."""

    sweep: Sweep
    facts: tuple[Fact, ...]

    def check(self) -> None:
        """Raise InputError if the runs end before a fact, as after another last month than the file's."""
        for fact in self.facts:
            what = fact.measure.outside(self.sweep.base.start, self.sweep.until)
            if what:
                raise InputError(f"fact {fact.measure.column} {fact.measure.years}: {what}")

    def log_likelihood(self, found: np.ndarray) -> np.ndarray:
        """Return the log likelihood of draws; found: (facts, draws). Errors are normal and each apart; NaN is -inf."""
        misses = [((values - fact.value) / fact.error) ** 2 for values, fact in zip(found, self.facts, strict=True)]
        total = -0.5 * np.sum(misses, axis=0)
        return np.where(np.isfinite(total), total, -np.inf)


def read(source: str | Path | Mapping[str, Any]) -> PosteriorSpec:
    """Read a study from a file, or from a mapping with the keys of one; ScenarioError holds all its faults."""
    base = source.get("base") if isinstance(source, Mapping) else None
    reader = open_reader(source, base if isinstance(base, Scenario) else None, (*TABLES, *EXTRA_TABLES), ALSO)
    given = reader.given
    if "design" in reader.root.value:
        reader.faults.add("design", "means nothing here", "draws of a prior are a Latin hypercube",
                          reader.root.key_mark("design"))
    given |= {"design": "lhs", "samples": given.get("samples", SAMPLES)}
    reader.stands_in = True
    for factor in reader.factors:
        if factor.values or factor.kind != "number":
            mark = reader.root.value["factors"].key_mark(factor.path)
            reader.faults.add(f"factors.{factor.path}", "a prior is a range of numbers", "such as {low: 0, high: 1}",
                              mark)
    facts = _facts(reader)
    return PosteriorSpec(reader.sweep(), facts)


def _facts(reader: SweepReader) -> tuple[Fact, ...]:
    """Return the facts; each needs a column, a year, a value and an error above zero."""
    example = "such as - {column: gdp_share_published, year: 2021, value: 0.1041, error: 0.005}"
    if "fit" not in reader.root.value:
        reader.faults.add("fit", "the key 'fit' is missing", example, reader.root.mark)
    found = []
    for place, fact in enumerate(reader.given.get("fit") or []):
        missing = [key for key in ("column", "year", "value", "error") if key not in fact]
        if missing or not fact["error"] > 0:
            what = f"lacks the key '{missing[0]}'" if missing else "the error must be above 0"
            reader.faults.add(f"fit.{place + 1}", what, example, reader.root.value["fit"].value[place].mark)
        else:
            found.append(Fact(measure(fact["column"], fact["year"]), fact["value"], fact["error"]))
            base, node = reader.base, reader.root.value["fit"].value[place]
            what = found[-1].measure.outside(base.start, reader.given.get("until", base.end)) if base else ""
            if what:
                reader.faults.add(f"fit.{place + 1}.year", what, "", node.value["year"].mark)
    return tuple(found)
