"""Reading a discovery file: a sweep file over uncertain numbers, with policies and an aim that they may miss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.analysis.discovery import prim
from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.analysis.study_files import COLUMN, YEARS
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.shapes import field_type, mapping
from cluster_sim.runs.plan import month_text
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES
from cluster_sim.scenario.sweep_files import SweepReader, open_reader
from cluster_sim.scenario.sweep_shapes import whole
from cluster_sim.scenario.sweeps import Sweep
from cluster_sim.scenario.types import Scenario

LEVEL = field_type(KeyInfo("1", None, float("-inf"), text="in the unit of the column", status=""))
ALSO = {
    "policies": Any, "density": field_type(KeyInfo("share", text="least density of a box", status="")),
    "boxes": whole(1, 100),
    "aim": mapping("aim", {
        "column": COLUMN, "year": YEARS, "at_least": LEVEL, "at_most": LEVEL})}
"""Keys of the file beside those of a sweep."""
SAMPLES = 100


@dataclass(frozen=True)
class DiscoverySpec:
    """What is asked, checked and complete. The sweep's factors are what is uncertain, its points the futures."""

    sweep: Sweep
    policies: tuple[Scenario, ...]
    labels: tuple[str, ...]
    aim: Measure
    higher: bool
    """Whether more of the aim's column is better."""
    level: float
    """The aim is missed below it (above it where less is better); in the unit of the column, for the whole city."""
    density: float = prim.DENSITY
    boxes: int = 3

    @cached_property
    def names(self) -> list[str]:
        """The factors as tables and figures show them."""
        return [re.sub(r"^(policies|parameters|events)\.", "", factor.path) for factor in self.sweep.factors]

    @property
    def shown(self) -> Measure:
        """The aim with its years named."""
        return self.aim.at((self.sweep.until + 1) // 12 - 1)

    def fails(self, values: np.ndarray) -> np.ndarray:
        """Whether each value misses the aim; a missing one does not."""
        return (values < self.level) if self.higher else (values > self.level)


def read(source: str | Path | Mapping[str, Any]) -> DiscoverySpec:
    """Read a discovery from a file, or from a mapping with the keys of one; ScenarioError holds all its faults."""
    base = source.get("base") if isinstance(source, Mapping) else None
    policies = source.get("policies") if isinstance(source, Mapping) else None
    loaded: dict[str, Scenario] = {}
    if isinstance(source, Mapping) and isinstance(policies, Mapping):
        loaded = {label: each for label, each in policies.items() if isinstance(each, Scenario)}
        source = {**source, "policies": {label: each for label, each in policies.items() if label not in loaded}}
    reader = open_reader(source, base if isinstance(base, Scenario) else None, (*TABLES, *EXTRA_TABLES), ALSO)
    given = reader.given
    if "design" not in reader.root.value:
        given |= {"design": "lhs", "samples": given.get("samples", SAMPLES)}
        reader.stands_in = True
    elif given.get("design", "lhs") not in ("lhs", "sobol"):
        reader.faults.add("design", f"futures are sampled with lhs or sobol, not {given['design']}", "",
                          reader.mark("design"))
    named = _policies(reader, loaded)
    higher, level = _aim(reader)
    for factor in reader.factors:
        if factor.values or factor.kind not in ("number", "count"):
            mark, hint = reader.root.value["factors"].key_mark(factor.path), "such as {low: 0, high: 1}"
            reader.faults.add(f"factors.{factor.path}", "boxes need a range of numbers", hint, mark)
    sweep = reader.sweep()
    aim = measure(given["aim"].get("column", "gdp_share_published"), given["aim"].get("year"))
    what = aim.outside(sweep.base.start, sweep.until)
    if what:
        node = reader.root.value["aim"]
        reader.faults.add("aim", what, "", node.value["year"].mark if "year" in node.value else node.mark)
        reader.faults.stop()
    return DiscoverySpec(sweep, tuple(named.values()), tuple(named), aim, higher, level,
                   given.get("density") or prim.DENSITY, given.get("boxes", 3))


def _aim(reader: SweepReader) -> tuple[bool, float]:
    """Whether more is better, and the level that is aimed at (`at_least`) or not to be passed (`at_most`)."""
    example = "such as aim: {column: gdp_share_published, at_least: 0.12}"
    if "aim" not in reader.root.value:
        reader.faults.add("aim", "the key 'aim' is missing", example, reader.root.mark)
    aim = reader.given.get("aim")
    if aim is None:
        return True, 0.0
    levels = [key for key in ("at_least", "at_most") if key in aim]
    if len(levels) != 1:
        reader.faults.add("aim", "expected one level, at_least or at_most", example, reader.mark("aim"))
        return True, 0.0
    return levels[0] == "at_least", aim[levels[0]]


def _policies(reader: SweepReader, loaded: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """The policies by label: scenarios by name or file, as a list or as a mapping from labels; else the base alone."""
    found: dict[str, Scenario] = dict(loaded)
    node, base = reader.root.value.get("policies"), reader.base
    if base is None:
        return found
    if node is None:
        return found or {_label(base.slug or base.name): base}
    given = list(node.value.items()) if node.kind == "mapping" else [
        ("", child) for child in (node.value if node.kind == "list" else [node])]
    for label, child in given:
        if not isinstance(child.value, str):
            what = "expected the name or file of a scenario"
            reader.faults.add("policies", what, "such as no_policy", child.mark)
            continue
        scenario = reader.scenario(child.value, "policies", child.mark)
        if scenario is None:
            continue
        label = _label(label or scenario.slug or scenario.name)
        if label in found:
            reader.faults.add("policies", f"{label} is named twice", "", child.mark)
        elif (scenario.city, scenario.start) != (base.city, base.start):
            what = f"{label} is about another city or starts in another month than the base"
            reader.faults.add("policies", f"{what} ({base.city}, {month_text(base.start)})", "", child.mark)
        else:
            found[label] = scenario
    if not found and not reader.faults.found:
        reader.faults.add("policies", "expected at least one scenario", "", node.mark)
    return found


def _label(text: str) -> str:
    return re.sub(r"[^\w.-]+", "_", text).strip("._") or "policy"
