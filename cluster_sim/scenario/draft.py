"""A scenario under way: files and overrides are applied to it one after the other."""

from __future__ import annotations

from cluster_sim.inputs.errors import Faults, did_you_mean
from cluster_sim.inputs.shapes import Names
from cluster_sim.scenario import registry
from cluster_sim.scenario.events import EVENTS, Events
from cluster_sim.scenario.inheritance import Document
from cluster_sim.scenario.metadata import HEAD
from cluster_sim.scenario.outside import KEYS, OutsideConditions
from cluster_sim.scenario.overrides import Override
from cluster_sim.scenario.parameters import ParameterValues
from cluster_sim.scenario.prices import Prices
from cluster_sim.scenario.timeline import Timeline


class Draft:
    """The policies, events, outside conditions and parameters so far; what is wrong goes to `faults`."""

    def __init__(self, names: Names, prices: Prices, faults: Faults, start: int) -> None:
        self.faults, self.start = faults, start
        self.timeline = Timeline(names, prices, faults, start)
        self.events = Events(names, prices, faults)
        self.parameters = ParameterValues(faults)
        self.outside = OutsideConditions(faults, start)

    def read(self, document: Document) -> None:
        """Apply one file, or an override of its head."""
        self.timeline.read(document)
        self.events.read(document)
        self.parameters.read(document)
        node = document.root.value.get("outside")
        if node is not None and node.value is not None:
            self.outside.read(node, self.timeline.latest)

    def apply(self, one: Override) -> None:
        """Apply one override; those of the head are read with the files."""
        first, rest = one.parts[0], ".".join(one.parts[1:])
        whole = one.mark(0).part(0, len(one.path))
        if first == "policies":
            self.timeline.set(one, self.start)
        elif first == "events":
            self.events.set(one)
        elif first == "outside" and rest:
            self.outside.set(one, self.timeline.latest)
        elif first == "parameters" and rest:
            self.parameters.set(rest, one.node, one.mark(1).part(0, len(rest)))
        elif one.path in self.parameters.known:
            self.parameters.set(one.path, one.node, whole)
        elif not one.of_head:
            hint = did_you_mean(one.path, [*HEAD, *self.paths()], "such as policies.production_subsidy.rate=0.2")
            self.faults.add("", f"unknown path '{one.path}'", hint, whole)

    def paths(self) -> list[str]:
        """Every path that an override may set, besides those of the head."""
        found = [*self.parameters.known, *(f"outside.{key}" for key in KEYS)]
        for name, instrument in self.timeline.known.items():
            found += [f"policies.{name}.{key}" for key in ("from", *registry.keys_of(instrument))]
        for title, event in self.events.found.items():
            keys = [key for key in EVENTS[event["kind"]] if key not in (event["kind"], "prices", "note")]
            found += [f"events.{title}.{key}" for key in keys]
        return found
