"""Keys that an analysis reads in a sweep file beside the sweep's own: each checked, faults shown at their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.inputs.errors import Faults, did_you_mean, listing
from cluster_sim.inputs.quantities import shown
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.runs.errors import InputError


class Extra:
    """Reads keys from `Sweep.extra`; every fault goes to `faults`, and the default is returned in its place."""

    def __init__(self, nodes: Mapping[str, Node], faults: Faults | None = None) -> None:
        self.nodes, self.faults = nodes, faults or Faults()

    def fault(self, key: str, message: str, hint: str = "", node: Node | None = None) -> None:
        """Note a fault at a node (the key's own by default)."""
        node = node or self.nodes.get(key)
        self.faults.add(key, message, hint, node.mark if node else None)

    def whole(self, key: str, default: int, low: int = 0) -> int:
        """A whole number, at least `low`."""
        value = self.number(key, default, low)
        if value is not None and value != int(value):
            self.fault(key, f"expected a whole number, found {shown(value)}")
            return default
        return default if value is None else int(value)

    def number(self, key: str, default: float | None, low: float = float("-inf"),
               high: float = float("inf")) -> float | None:
        """A number within its bounds."""
        if key not in self.nodes:
            return default
        value = self.nodes[key].plain()
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            ends = f"at least {shown(low)}" if high == float("inf") else f"from {shown(low)} to {shown(high)}"
            self.fault(key, f"expected a number {ends}" if low > float("-inf") else "expected a number")
            return default
        return float(value)

    def choice(self, key: str, known: Sequence[str], default: str) -> str:
        """One of some words."""
        if key not in self.nodes:
            return default
        value = self.nodes[key].plain()
        if value not in known:
            self.fault(key, f"unknown word '{value}'", did_you_mean(str(value), known, f"one of {listing(known)}"))
            return default
        return str(value)

    def measure(self, column: str, default: str, year: str = "year") -> Measure:
        """A measure from the key that names its column and the key that names its years."""
        name = self.nodes[column].plain() if column in self.nodes else default
        years = self.nodes[year].plain() if year in self.nodes else None
        try:
            measure(str(name))
        except InputError as error:
            self.fault(column, str(error))
            return Measure(default)
        try:
            return measure(str(name), years)
        except InputError as error:
            self.fault(year, str(error))
            return Measure(default)

    def inner(self, key: str, node: Node, known: Sequence[str]) -> Extra:
        """The keys of a mapping inside; unknown ones are faults."""
        if node.kind != "mapping":
            self.fault(key, f"expected a mapping of {listing(known)}", "", node)
            return Extra({}, self.faults)
        for name in node.value:
            if name not in known:
                hint = did_you_mean(name, known, f"keys: {listing(known)}")
                self.faults.add(key, f"unknown key '{name}'", hint, node.key_mark(name))
        return Extra(node.value, self.faults)

    def stop(self) -> None:
        """Raise ScenarioError if anything was wrong."""
        self.faults.stop()
