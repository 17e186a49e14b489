"""From the point of a design (path -> value) to settings, as `--set path=value` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cluster_sim.inputs.errors import Mark, Source
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.scenario.overrides import Override

DUMMY = "dummy"
"""A factor whose path begins with this word sets nothing: what an analysis says of it is noise."""


@dataclass(frozen=True, slots=True)
class KeyOverride(Override):
    """A setting whose path stands in a file as a key: faults in it point there."""

    key: Mark | None = None

    def mark(self, part: int) -> Mark:
        """The place of one part of the path."""
        if self.key is None:
            return Override.mark(self, part)
        part = min(part, len(self.parts) - 1)
        before = sum(len(each) + 1 for each in self.parts[:part])
        return self.key.part(before, max(1, len(self.parts[part])))


def node_of(value: Any, mark: Mark) -> Node:
    """A plain value as a node of the reader."""
    if isinstance(value, list | tuple):
        return Node([node_of(item, mark) for item in value], mark)
    return Node(value, mark)


def setting(path: str, value: Any) -> Override:
    """A setting from a path and a plain value, as `--set path=value` makes one."""
    source = Source("factor", (f"{path}: {value}",))
    return KeyOverride(tuple(path.split(".")), node_of(value, Mark(source, 1, len(path) + 3)), source)


def settings_of(point: Mapping[str, Any]) -> list[Override]:
    """The settings of a point: an option that sets several paths is taken apart, a dummy sets nothing."""
    found = []
    for path, value in point.items():
        if isinstance(value, Mapping):
            found += [setting(inner, each) for inner, each in value.items()]
        elif not path.startswith(DUMMY):
            found.append(setting(path, value))
    return found
