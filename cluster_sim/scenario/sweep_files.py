"""Reading a sweep file: every fault with its place, all at once, in the style of scenario files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Fault, Faults, Mark, ScenarioError, did_you_mean, listing
from cluster_sim.inputs.files import display
from cluster_sim.inputs.quantities import LAST_MONTH, TOO_LATE, month_name
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import Node, read_file
from cluster_sim.scenario import registry
from cluster_sim.scenario.designs import count_points
from cluster_sim.scenario.factor_files import FactorReader
from cluster_sim.scenario.factors import Factor
from cluster_sim.scenario.inheritance import locate
from cluster_sim.scenario.load import load
from cluster_sim.scenario.sweep_shapes import DESIGNS, sweep_shape
from cluster_sim.scenario.sweep_sources import FOLDERS, find, from_mapping
from cluster_sim.scenario.sweeps import BY_VALUE, Sweep
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variants import Variants

NEEDS = {"lhs": "samples", "sobol": "samples", "saltelli": "samples", "morris": "trajectories"}
MEANS = {
    "samples": ("lhs", "sobol", "saltelli"), "trajectories": ("morris",), "levels": ("morris", *BY_VALUE),
    "second_order": ("saltelli",), "sample_seed": ("lhs", "sobol", "saltelli", "morris")}
"""For which designs a key means something."""
MOST_POINTS = 1_000_000
MORRIS_LEVELS = 4


def read_sweep(source: str | Path | Mapping[str, Any], base: Scenario | None = None,
               outputs: tuple[str, ...] = (), also: Mapping[str, Any] | None = None) -> Sweep:
    """Read a sweep from a file, or from a mapping with the keys of one; ScenarioError holds all its faults.

    `base` takes the place of the file's own base; `outputs` are the tables that may be asked for (any if none
    are given); `also` are keys that another command reads in the same file, with their types (found in `Sweep.extra`).
    """
    return open_reader(source, base, outputs, also).sweep()


def open_reader(source: str | Path | Mapping[str, Any], base: Scenario | None = None, outputs: tuple[str, ...] = (),
                also: Mapping[str, Any] | None = None, synonym: str = "factors") -> SweepReader:
    """Read the text of a sweep and return what reads its keys; ScenarioError if it is no mapping.

    `also` are keys that a study reads beside those of a sweep, with their types; `synonym` is its word for factors.
    """
    faults = Faults()
    if isinstance(source, Mapping):
        root, path = from_mapping(source, faults), None
    else:
        path = find(source)
        root = read_file(path, display(path), faults)
    if root.kind != "mapping":
        what = "a sweep is a mapping of keys such as base and factors"
        raise ScenarioError([*faults.found, Fault("", what, "", root.mark)])
    if synonym != "factors" and synonym in root.value:
        if "factors" in root.value:
            faults.add(synonym, "is another word for 'factors', which is there as well", "", root.key_mark(synonym))
        root.value["factors"], root.keys["factors"] = root.value.pop(synonym), root.keys.pop(synonym)
    return SweepReader(root, path, base, outputs, also or {}, faults)


class SweepReader:
    """Reads the keys of one sweep; what is wrong goes to `faults`.

    `given` are the keys that are well formed; a study whose file has no design sets `design` and its sizes itself.
    """

    def __init__(self, root: Node, path: Path | None, base: Scenario | None, outputs: tuple[str, ...],
                 also: Mapping[str, Any], faults: Faults) -> None:
        self.path, self.known_outputs, self.faults = path, outputs, faults
        self.root = Node({key: node for key, node in root.value.items() if node.value is not None}, root.mark,
                         root.keys)  # a key without a value is as good as none
        self.given = validate(sweep_shape(also), self.root, "", faults)
        self.extra = {key: self.given[key] for key in also if key in self.given}
        self.stands_in = False
        if base is not None:
            self.base = base

    def without_design(self, **sizes: int) -> None:
        """Take a Latin hypercube for a file that has no design of its own; keys of a design are faults then."""
        for key in ("design", *MEANS):
            if key in self.root.value:
                self.faults.add(key, "means nothing here", "", self.root.key_mark(key))
        self.given |= {"design": "lhs", **sizes}
        self.stands_in = True

    def sweep(self) -> Sweep:
        """The sweep; ScenarioError if anything is wrong."""
        given = self.given
        if not self.stands_in:
            self._design()
        factors = self.factors
        until = self._until()
        outputs = self._outputs()
        self.faults.stop()
        assert self.base is not None
        slug = self.path.stem if self.path else "sweep"
        sweep = Sweep(
            name=given.get("name") or slug.replace("_", " ").capitalize(), base=self.base, design=given["design"],
            factors=factors, seeds=given.get("seeds", (1,)), scale=given.get("scale", 1 / 20), until=until,
            outputs=outputs, samples=given.get("samples"), trajectories=given.get("trajectories"),
            levels=given.get("levels", MORRIS_LEVELS) if given["design"] == "morris" else None,
            second_order=given.get("second_order", False), sample_seed=given.get("sample_seed", 0),
            rationale=given.get("rationale", ""), slug=slug, extra=self.extra)
        if count_points(sweep) > MOST_POINTS:
            what = f"{count_points(sweep):,} points are more than {MOST_POINTS:,}"
            self.faults.add("design", what, "", self.mark("design"))
            self.faults.stop()
        return sweep

    def mark(self, key: str) -> Mark:
        """The place of a key's value, or of the file's beginning."""
        return self.root.value[key].mark if key in self.root.value else self.root.mark

    @cached_property
    def base(self) -> Scenario | None:
        """The base scenario; its own faults are added to those of the sweep."""
        if "base" in self.root.keys and not self.given.get("base"):
            self.faults.add("base", "expected the file or name of a scenario", "such as baseline",
                            self.root.key_mark("base"))
            return None
        return self.scenario(self.given.get("base", "baseline"), "base", self.mark("base"))

    def scenario(self, name: str, key: str, mark: Mark) -> Scenario | None:
        """A scenario by its name, or by its path from the file."""
        try:
            if self.path is None:
                return load(name)
            here = self.path.parent
            folder = here.resolve().parent if here.resolve().name in FOLDERS else here.resolve()
            found, problem = locate(name, here, folder)
            if found is None:
                known = list(registry.scenario_files())
                hint = did_you_mean(Path(name).stem, known, f"known scenarios: {listing(known)}")
                self.faults.add(key, problem, hint, mark)
                return None
            return load(found)
        except ScenarioError as error:
            self.faults.found += [each if each.mark else replace(each, mark=mark) for each in error.faults]
            return None

    def _design(self) -> None:
        """Whether the design has the keys that it needs, and no others."""
        design = self.given.get("design")
        if design is None:
            if "design" not in self.root.value:
                self.faults.add("design", "the key 'design' is missing", f"one of {listing(DESIGNS)}", self.root.mark)
            return
        for key, designs in MEANS.items():
            if key in self.root.value and design not in designs:
                what = f"means nothing in the design '{design}'"
                self.faults.add(key, what, f"it belongs to {listing(designs)}", self.root.key_mark(key))
        need = NEEDS.get(design)
        if need and need not in self.root.value:
            example = "10" if need == "trajectories" else "256"
            self.faults.add("design", f"the design '{design}' needs the key '{need}'", f"such as {need}: {example}",
                            self.mark("design"))
        samples, levels = self.given.get("samples"), self.given.get("levels")
        if design in ("sobol", "saltelli") and samples and samples & (samples - 1):
            near = 2 ** round(math.log2(samples))
            what = f"{samples} is not a power of two, and a Sobol sequence is balanced only there"
            self.faults.add("samples", what, f"take {near} or {near * 2 if near < samples else near // 2}",
                            self.mark("samples"))
        if design == "morris" and levels and levels % 2:
            self.faults.add("levels", f"Morris's levels must be even, found {levels}", "", self.mark("levels"))

    def _until(self) -> int:
        """The last month of the runs, an ordinal."""
        last = self.base.end if self.base is not None else 0
        until: int = self.given.get("until", last)
        if self.base is not None and until < self.base.start:
            what = f"{month_name(until)} lies before the scenario's start"
            self.faults.add("until", what, "", self.mark("until"))
        elif until > LAST_MONTH:
            self.faults.add("until", TOO_LATE, "", self.mark("until"))
        return until

    def _outputs(self) -> tuple[str, ...]:
        """The tables that are kept besides the series."""
        node, names = self.root.value.get("outputs"), self.given.get("outputs", [])
        for place, name in enumerate(names):
            if self.known_outputs and name not in self.known_outputs and node is not None:
                hint = did_you_mean(name, self.known_outputs, f"tables: {listing(self.known_outputs)}")
                mark = node.value[place].mark if isinstance(node.value, list) else node.mark
                self.faults.add("outputs", f"there is no table '{name}'", hint, mark)
        return tuple(dict.fromkeys(name for name in names if name != "series"))

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The factors, each checked against the base."""
        node = self.root.value.get("factors")
        if node is None or node.kind == "mapping" and not node.value:
            hint = "such as policies.production_subsidy.rate: [0.1, 0.2]"
            self.faults.add("factors", "expected a mapping from paths to values", hint,
                            node.mark if node is not None else self.root.mark)
        if node is None or node.kind != "mapping" or self.base is None:
            return ()
        design = self.given.get("design")
        reader = FactorReader(Variants(self.base), design, self.given.get("levels"), self.faults)
        found = [reader.read(path, child, node.key_mark(path)) for path, child in node.value.items()]
        factors = tuple(each for each in found if each is not None)
        if design == "list" and len({len(each.values) for each in factors}) > 1:
            lengths = ", ".join(f"{each.path} has {len(each.values)}" for each in factors)
            self.faults.add("factors", f"the factors of a list need equally many values: {lengths}", "", node.mark)
        return factors
