"""Reading a sweep file: every fault with its place, all at once, in the style of scenario files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Fault, Faults, Mark, ScenarioError, did_you_mean, listing
from cluster_sim.inputs.files import display
from cluster_sim.inputs.quantities import QuantityError, parse_month, parse_scale, shown
from cluster_sim.inputs.yaml_reader import Node, read_file
from cluster_sim.scenario.designs import count_points
from cluster_sim.scenario.factor_files import FactorReader
from cluster_sim.scenario.inheritance import locate
from cluster_sim.scenario.load import load
from cluster_sim.scenario.sweep_sources import FOLDERS, find, from_mapping
from cluster_sim.scenario.sweeps import BY_VALUE, DESIGNS, Sweep
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variants import Variants

KEYS = ("name", "rationale", "base", "design", "factors", "seeds", "scale", "until", "outputs", "samples",
        "trajectories", "levels", "second_order", "sample_seed")
NEEDS = {"lhs": "samples", "sobol": "samples", "saltelli": "samples", "morris": "trajectories"}
MEANS = {
    "samples": ("lhs", "sobol", "saltelli"), "trajectories": ("morris",), "levels": ("morris", *BY_VALUE),
    "second_order": ("saltelli",), "sample_seed": ("lhs", "sobol", "saltelli", "morris")}
"""For which designs a key means something."""
MOST_POINTS = 1_000_000
LARGEST_SEED = 2**63 - 1
MORRIS_LEVELS = 4


def read(source: str | Path | Mapping[str, Any], base: Scenario | None, outputs: tuple[str, ...],
         also: tuple[str, ...]) -> Sweep:
    """Read, check and resolve a sweep; ScenarioError holds all its faults."""
    return open_reader(source, base, outputs, also).sweep()


def open_reader(source: str | Path | Mapping[str, Any], base: Scenario | None = None, outputs: tuple[str, ...] = (),
                also: tuple[str, ...] = ()) -> SweepReader:
    """Read the text of a sweep and return what reads its keys; ScenarioError if it is no mapping."""
    faults = Faults()
    if isinstance(source, Mapping):
        root, path = from_mapping(source, faults), None
    else:
        path = find(source)
        root = read_file(path, display(path), faults)
    if root.kind != "mapping":
        raise ScenarioError([*faults.found, Fault("", "a sweep is a mapping of keys such as base and factors", "",
                                                  root.mark)])
    return SweepReader(root, path, base, outputs, also, faults)


class SweepReader:
    """Reads the keys of one sweep; what is wrong goes to `faults`.

    `stand_in` is for a command whose file has no design: one (and its sizes) that is not in the file.
    """

    stand_in: tuple[str, dict[str, int]] | None = None

    def __init__(self, root: Node, path: Path | None, base: Scenario | None, outputs: tuple[str, ...],
                 also: tuple[str, ...], faults: Faults) -> None:
        self.root, self.path, self.given, self.known_outputs = root, path, base, outputs
        self.also, self.faults = also, faults

    def sweep(self) -> Sweep:
        """The sweep; ScenarioError if anything is wrong."""
        for key in self.root.value:
            if key not in (*KEYS, *self.also):
                hint = did_you_mean(key, [*KEYS, *self.also], f"keys: {listing((*KEYS, *self.also), 20)}")
                self.faults.add("", f"unknown key '{key}'", hint, self.root.key_mark(key))
        base = self.base()
        design = self.design()
        settings = {key: self.whole(key, low) for key, low in
                    (("samples", 1), ("trajectories", 2), ("levels", 2), ("sample_seed", 0))}
        if self.stand_in is None:
            self.fitting(design, settings)
        else:
            settings |= self.stand_in[1]
        second_order = self.word("second_order") in (True, "yes", "on")
        seeds, scale, outputs = self.seeds(), self.scale(), self.outputs()
        until = self.until(base)
        factors = self.factors(base, design, settings["levels"])
        self.faults.stop()
        assert base is not None and design is not None
        slug = self.path.stem if self.path else "sweep"
        name = self.text("name") or (slug.replace("_", " ").capitalize())
        sweep = Sweep(
            name=name, base=base, design=design, factors=factors, seeds=seeds, scale=scale,
            until=base.end if until is None else until, outputs=outputs, samples=settings["samples"],
            trajectories=settings["trajectories"],
            levels=(settings["levels"] or MORRIS_LEVELS) if design == "morris" else None,
            second_order=second_order, sample_seed=settings["sample_seed"] or 0, rationale=self.text("rationale"),
            slug=slug, extra={key: self.root.value[key] for key in self.also if key in self.root.value})
        if count_points(sweep) > MOST_POINTS:
            what = f"{count_points(sweep):,} points are more than {MOST_POINTS:,}"
            self.faults.add("design", what, "", self.mark("design"))
            self.faults.stop()
        return sweep

    def mark(self, key: str) -> Mark:
        """The place of a key's value, or of the file's beginning."""
        return self.root.value[key].mark if key in self.root.value else self.root.mark

    def word(self, key: str) -> Any:
        """A key's plain value, None if it is not given."""
        node = self.root.value.get(key)
        return None if node is None else node.plain()

    def text(self, key: str) -> str:
        """A key's text on one line, empty if it is not given."""
        value = self.word(key)
        if isinstance(value, list | dict):
            self.faults.add(key, "expected a text", "", self.mark(key))
            return ""
        return " ".join(str("" if value is None else value).split())

    def base(self) -> Scenario | None:
        """The base scenario; its own faults are added to those of the sweep."""
        if self.given is not None:
            return self.given
        node = self.root.value.get("base")
        name = node.value if node is not None else "baseline"
        if not isinstance(name, str) or not name.strip():
            self.faults.add("base", "expected the file or name of a scenario", "such as baseline", self.mark("base"))
            return None
        try:
            if self.path is None:
                return load(name)
            here = self.path.parent
            folder = here.resolve().parent if here.resolve().name in FOLDERS else here.resolve()
            found, problem = locate(name, here, folder)
            if found is None:
                from cluster_sim.scenario import registry

                hint = did_you_mean(Path(name).stem, list(registry.scenario_files()),
                                    f"known scenarios: {listing(list(registry.scenario_files()))}")
                self.faults.add("base", problem, hint, self.mark("base"))
                return None
            return load(found)
        except ScenarioError as error:
            mark = self.mark("base") if node is not None else None
            self.faults.found += [each if each.mark else replace(each, mark=mark) for each in error.faults]
            return None

    def design(self) -> str | None:
        """The name of the design."""
        value = self.word("design")
        if self.stand_in is not None:
            for key in ("design", *MEANS):
                if key in self.root.value:
                    self.faults.add(key, "means nothing here", "", self.root.key_mark(key))
            return self.stand_in[0]
        if value in DESIGNS:
            return str(value)
        if value is None and "design" not in self.root.value:
            self.faults.add("design", "the key 'design' is missing", f"one of {listing(DESIGNS)}", self.root.mark)
        else:
            hint = did_you_mean(str(value), DESIGNS, "")
            hint = f"{hint}   (one of {listing(DESIGNS)})".strip()
            self.faults.add("design", f"unknown design '{_shown(value)}'", hint, self.mark("design"))
        return None

    def whole(self, key: str, low: int) -> int | None:
        """A whole number, None if it is not given or not one."""
        value = self.word(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) \
                or value != int(value) or value < low:
            self.faults.add(key, f"expected a whole number, at least {low}, found {_shown(value)}", "", self.mark(key))
            return None
        return int(value)

    def fitting(self, design: str | None, settings: dict[str, int | None]) -> None:
        """Whether the design has the keys that it needs, and no others."""
        if design is None:
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
        samples, levels = settings["samples"], settings["levels"]
        if design in ("sobol", "saltelli") and samples and samples & (samples - 1):
            near = 2 ** round(math.log2(samples))
            what = f"{samples} is not a power of two, and a Sobol sequence is balanced only there"
            self.faults.add("samples", what, f"take {near} or {near * 2 if near < samples else near // 2}",
                            self.mark("samples"))
        if design == "morris" and levels and levels % 2:
            self.faults.add("levels", f"Morris's levels must be even, found {levels}", "", self.mark("levels"))

    def seeds(self) -> tuple[int, ...]:
        """The seeds: the numbers themselves, or 1 to N; one if nothing is said."""
        value = self.word("seeds")
        if value is None:
            return (1,)
        if isinstance(value, list):
            for place, each in enumerate(value):
                node = self.root.value["seeds"].value[place]
                if isinstance(each, bool) or not isinstance(each, int) or not 0 <= each <= LARGEST_SEED:
                    self.faults.add("seeds", f"a seed is a whole number from 0 to 2^63 - 1, found {_shown(each)}", "",
                                    node.mark)
                elif each in value[:place]:
                    self.faults.add("seeds", f"the seed {each} is named twice", "", node.mark)
            if not value:
                self.faults.add("seeds", "at least one seed is needed", "", self.mark("seeds"))
            return tuple(value)
        number = self.whole("seeds", 1)
        return tuple(range(1, (number or 1) + 1))

    def scale(self) -> float:
        """The scale of the runs."""
        value = self.word("scale")
        try:
            scale = parse_scale(value) if value is not None else 1 / 20
        except ScenarioError:
            scale = 0.0
        if not 0 < scale <= 1 or isinstance(value, bool | list | dict):
            self.faults.add("scale", f"{_shown(value)} is not a share of the city", "write 1/20, 0.05 or 1",
                            self.mark("scale"))
        return scale

    def until(self, base: Scenario | None) -> int | None:
        """The last month of the runs, an ordinal."""
        value = self.word("until")
        if value is None:
            return None
        try:
            month = parse_month(value)
        except QuantityError as error:
            self.faults.add("until", error.message, error.hint, self.mark("until"))
            return None
        if base is not None and month < base.start:
            self.faults.add("until", f"{value} lies before the scenario's start", "", self.mark("until"))
        return month

    def outputs(self) -> tuple[str, ...]:
        """The tables that are kept besides the series."""
        node = self.root.value.get("outputs")
        if node is None or node.value is None:
            return ()
        items = node.value if isinstance(node.value, list) else [node]
        found = []
        for item in items:
            name = item.plain()
            if not isinstance(name, str) or self.known_outputs and name not in self.known_outputs:
                hint = did_you_mean(str(name), self.known_outputs, f"tables: {listing(self.known_outputs)}")
                self.faults.add("outputs", f"there is no table '{_shown(name)}'", hint, item.mark)
            elif name != "series":
                found.append(name)
        return tuple(dict.fromkeys(found))

    def factors(self, base: Scenario | None, design: str | None, levels: int | None) -> tuple[Any, ...]:
        """The factors, each checked against the base."""
        node = self.root.value.get("factors")
        if node is None or node.kind != "mapping" or not node.value:
            hint = "such as policies.production_subsidy.rate: [0.1, 0.2]"
            self.faults.add("factors", "expected a mapping from paths to values", hint,
                            node.mark if node is not None else self.root.mark)
            return ()
        if base is None:
            return ()
        reader = FactorReader(Variants(base), design, levels, self.faults)
        found = [reader.read(path, child, node.key_mark(path)) for path, child in node.value.items()]
        factors = tuple(each for each in found if each is not None)
        if design == "list" and len({len(each.values) for each in factors}) > 1:
            lengths = ", ".join(f"{each.path} has {len(each.values)}" for each in factors)
            self.faults.add("factors", f"the factors of a list need equally many values: {lengths}", "", node.mark)
        return factors


def _shown(value: Any) -> str:
    return f"a {'mapping' if isinstance(value, dict) else 'list'}" if isinstance(value, dict | list) else shown(value)
