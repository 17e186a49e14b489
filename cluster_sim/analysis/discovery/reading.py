"""Reading a discovery file: a sweep file over uncertain numbers, with policies and an aim that they may miss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim.analysis.discovery import prim
from cluster_sim.analysis.extra_keys import Extra
from cluster_sim.analysis.measures import Measure
from cluster_sim.inputs.errors import Faults, ScenarioError
from cluster_sim.inputs.quantities import shown
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import EXTRA_TABLES, TABLES, month_text
from cluster_sim.scenario.inheritance import locate
from cluster_sim.scenario.load import load
from cluster_sim.scenario.sweep_files import FOLDERS, open_reader
from cluster_sim.scenario.sweeps import Sweep
from cluster_sim.scenario.types import Scenario

ALSO = ("policies", "aim", "density", "boxes")
"""Keys of the file beside those of a sweep."""
SAMPLES = 100
FORM = ("column", "year", "at_least", "at_most")


@dataclass(frozen=True)
class Inquiry:
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


def read(source: str | Path | Mapping[str, Any]) -> Inquiry:
    """Read an inquiry from a file, or from a mapping with the keys of one; ScenarioError holds all its faults."""
    given = source.get("base") if isinstance(source, Mapping) else None
    policies = source.get("policies") if isinstance(source, Mapping) else None
    if isinstance(source, Mapping) and isinstance(policies, Mapping):
        source = {**source, "policies": {k: v for k, v in policies.items() if not isinstance(v, Scenario)}}
    reader = open_reader(source, given if isinstance(given, Scenario) else None, (*TABLES, *EXTRA_TABLES), ALSO)
    root, faults = reader.root, Faults()
    extra = Extra({key: root.value[key] for key in ALSO if key in root.value}, faults)
    if "design" not in root.value:
        samples = root.value.get("samples")
        reader.stand_in = ("lhs", {"samples": _samples(samples, faults)})
        for key in ("samples", "sample_seed"):
            node = root.value.pop(key, None)
            if key == "sample_seed" and node is not None and isinstance(node.value, int):
                reader.stand_in[1]["sample_seed"] = node.value
    try:
        sweep = reader.sweep()
    except ScenarioError as error:
        _aim(extra)
        raise ScenarioError([*error.faults, *faults.found]) from None
    loaded = {k: v for k, v in policies.items() if isinstance(v, Scenario)} if isinstance(policies, Mapping) else {}
    named = _policies(extra, sweep, reader.path, loaded)
    measure, higher, level = _aim(extra)
    density = extra.number("density", prim.DENSITY, 0.0, 1.0)
    boxes = extra.whole("boxes", 3, 1)
    _numeric(sweep, extra, root)
    extra.stop()
    return Inquiry(sweep, tuple(named.values()), tuple(named), measure, higher, level, density or prim.DENSITY, boxes)


def _samples(node: Node | None, faults: Faults) -> int:
    value = SAMPLES if node is None else node.plain()
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 2:
        mark = None if node is None else node.mark
        faults.add("samples", f"expected a whole number, at least 2, found {shown(value)}", "", mark)
        return SAMPLES
    return int(value)


def _aim(extra: Extra) -> tuple[Measure, bool, float]:
    """The aim: a column, perhaps its years, and the level that it should reach (`at_least`) or not pass (`at_most`)."""
    node = extra.nodes.get("aim")
    nothing = Measure("gdp_share_published"), True, 0.0
    example = "such as aim: {column: gdp_share_published, at_least: 0.12}"
    if node is None:
        extra.fault("aim", "the key 'aim' is missing", example)
        return nothing
    inner = extra.inner("aim", node, FORM)
    if node.kind != "mapping":
        return nothing
    measure = inner.measure("column", "gdp_share_published")
    levels = [key for key in ("at_least", "at_most") if key in inner.nodes]
    if len(levels) != 1:
        extra.fault("aim", "expected one level, at_least or at_most", example, node)
        return nothing
    level = inner.number(levels[0], 0.0)
    return measure, levels[0] == "at_least", level or 0.0


def _policies(extra: Extra, sweep: Sweep, path: Path | None, loaded: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """The policies by label: scenarios by name or file, as a list or as a mapping from labels; else the base alone."""
    found: dict[str, Scenario] = dict(loaded)
    node = extra.nodes.get("policies")
    if node is None:
        return found or {_label(sweep.base): sweep.base}
    if node.kind == "mapping":
        given = list(node.value.items())
    elif node.kind == "list":
        given = [("", child) for child in node.value]
    else:
        given = [("", node)]
    for label, child in given:
        if not isinstance(child.value, str):
            extra.fault("policies", "expected the name or file of a scenario", "such as no_policy", child)
            continue
        scenario = _scenario(child, path, extra)
        if scenario is None:
            continue
        label = re.sub(r"[^\w.-]+", "_", label or _label(scenario)).strip("._") or "policy"
        if label in found:
            extra.fault("policies", f"{label} is named twice", "", child)
        elif (scenario.city, scenario.start) != (sweep.base.city, sweep.base.start):
            extra.fault("policies", f"{label} is about another city or starts in another month than the base "
                                    f"({sweep.base.city}, {month_text(sweep.base.start)})", "", child)
        else:
            found[label] = scenario
    if not found and not extra.faults.found:
        extra.fault("policies", "expected at least one scenario")
    return found


def _label(scenario: Scenario) -> str:
    return re.sub(r"[^\w.-]+", "_", scenario.slug or scenario.name).strip("._") or "policy"


def _scenario(node: Node, path: Path | None, extra: Extra) -> Scenario | None:
    """A scenario by its name or its path from the file; what is wrong with it is added to the faults."""
    name = str(node.value)
    try:
        if path is None:
            return load(name)
        here = path.parent
        folder = here.resolve().parent if here.resolve().name in FOLDERS else here.resolve()
        found, problem = locate(name, here, folder)
        if found is None:
            extra.fault("policies", problem, "", node)
            return None
        return load(found)
    except ScenarioError as error:
        extra.faults.found += [each if each.mark else replace(each, mark=node.mark) for each in error.faults]
        return None


def _numeric(sweep: Sweep, extra: Extra, root: Node) -> None:
    """Boxes need ranges of numbers."""
    for factor in sweep.factors:
        if factor.values or factor.kind not in ("number", "count"):
            mark = root.value["factors"].key_mark(factor.path) if "factors" in root.value else None
            hint = "such as {low: 0, high: 1}"
            extra.faults.add(f"factors.{factor.path}", "boxes need a range of numbers", hint, mark)
    if sweep.design not in ("lhs", "sobol"):
        raise InputError(f"discover samples futures with the design lhs or sobol, not {sweep.design}")
