"""Values of parameters: the file of parameters, then the city's, the chain's and `--set`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cluster_sim import parameters
from cluster_sim.inputs.errors import Faults, Mark, did_you_mean, nearest
from cluster_sim.inputs.program import program
from cluster_sim.inputs.quantities import QuantityError, bounds_text, in_bounds, number, shown
from cluster_sim.inputs.shapes import NONE, read_bool
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.parameters import Parameter
from cluster_sim.scenario.inheritance import Document


@dataclass
class ParameterValues:
    """Collects the values of all parameters; `values` is complete from the start."""

    faults: Faults
    values: dict[str, float] = field(default_factory=lambda: parameters.defaults())
    known: Mapping[str, Parameter] = field(default_factory=lambda: parameters.specification())

    def city(self, given: Mapping[str, Any], name: str) -> None:
        """Apply the values that a city's own file gives."""
        for parameter, value in given.items():
            spec = self.known.get(parameter)
            if spec is None:
                hint = did_you_mean(parameter, list(self.known))
                self.faults.add("city", f"{name} sets an unknown parameter '{parameter}'", hint)
            elif isinstance(value, bool | int | float) and spec.admits(float(value)):
                self.values[parameter] = float(value)
            else:
                low, high = spec.bounds
                hint = f"expected {bounds_text(low, high, spec.unit)}"
                self.faults.add("city", f"{name} sets {parameter} to {value}", hint)

    def read(self, document: Document) -> None:
        """Apply the parameters of one document, written with dots or nested by group."""
        node = document.root.value.get("parameters")
        if node is None or node.value in (None, NONE):
            return
        if node.kind != "mapping":
            hint = "such as collaboration.tau_max: 0.8"
            self.faults.add("parameters", "expected a mapping from names to values", hint, node.mark)
            return
        self._mapping(node, "")

    def _mapping(self, node: Node, prefix: str) -> None:
        for key, child in node.value.items():
            name = f"{prefix}{key}"
            if child.kind == "mapping" and name not in self.known:
                if any(each.startswith(name + ".") for each in self.known):
                    self._mapping(child, name + ".")
                    continue
            self.set(name, child, node.key_mark(key))

    def set(self, name: str, node: Node, key: Mark) -> None:
        """Give one parameter the value of `node`; a fault at `key` if there is no such parameter."""
        spec = self.known.get(name)
        if spec is None:
            self.faults.add("parameters", f"unknown parameter '{name}'", self._hint(name), key)
            return
        if node.value == NONE:
            self.values[name] = spec.value
            return
        try:
            self.values[name] = _value(node.value, spec)
        except QuantityError as error:
            hint = error.hint
            if "expected" in hint or not hint:
                hint = f"{hint}   ({spec.text.rstrip('.')})".strip()
            mark = node.mark
            if error.width and not node.quoted:
                mark = mark.part(error.start, error.width)
            self.faults.add(f"parameters.{name}", error.message, hint, mark)

    def _hint(self, name: str) -> str:
        """The nearest parameter, and what it means."""
        group = [each for each in self.known if each.startswith(name.rstrip(".") + ".")]
        if group:
            return f"a group; write {group[0]}: {shown(self.known[group[0]].value)}"
        close = nearest(name, list(self.known))
        if not close:
            return f"{program()} list parameters shows them all"
        spec = self.known[close]
        low, high = spec.bounds
        bounds = bounds_text(low, high, spec.unit)
        return f"did you mean '{close}'?   ({spec.text.rstrip('.')}, {bounds})"


def _value(value: Any, spec: Parameter) -> float:
    """A parameter's value in its unit and within its bounds; QuantityError otherwise."""
    if spec.kind == "switch":
        return float(read_bool(bool(value) if value in (0, 1) else value))
    found = number(value, spec.unit)
    if spec.kind == "count" and not found.is_integer():
        raise QuantityError(f"expected a whole number, found {shown(found)}")
    return in_bounds(found, *spec.bounds, spec.unit)
