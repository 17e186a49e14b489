"""Single values that override a scenario's: `--set path=value`, or a point of a sweep.

Each text is read on its own, so that a fault in it is shown with line and caret like one in a file. Paths: `start`,
`policies.NAME.KEY`, `policies.NAME.2026-01.KEY`, `policies.NAME.from` (to the month in which it begins, if it has one
entry), `policies.NAME` (to `none`), `parameters.NAME` or the parameter's name alone, `events.TITLE.KEY`,
`events.TITLE` (to `none`), `outside.freeze`, `outside.PATH.KEY`, `outside.PATH` (to `none`); `until` is the scenario's
`end`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cluster_sim.inputs.errors import Faults, Mark, ScenarioError, Source
from cluster_sim.inputs.files import split_lines
from cluster_sim.inputs.quantities import QuantityError, parse_month
from cluster_sim.inputs.yaml_reader import Node, read_text
from cluster_sim.scenario.metadata import HEAD, SOURCE

DUMMY = "dummy"
"""A factor whose path begins with this word sets nothing: what an analysis says of it is noise."""

SAME = {"until": "end"}
"""What options and sweep files call a key of the scenario."""


@dataclass(frozen=True, slots=True)
class Override:
    """One override: the path's parts, the value with its place, and the place of the path."""

    parts: tuple[str, ...]
    node: Node
    key: Mark

    @property
    def path(self) -> str:
        """The path as it was written."""
        return ".".join(self.parts)

    @property
    def of_head(self) -> bool:
        """Whether it sets a key of the scenario's head, such as `start`."""
        return len(self.parts) == 1 and self.path in HEAD and self.path != "extends"

    def mark(self, part: int) -> Mark:
        """The place of one part of the path."""
        part = min(part, len(self.parts) - 1)
        before = sum(len(each) + 1 for each in self.parts[:part])
        return self.key.part(before, max(1, len(self.parts[part])))

    def month(self, part: int, faults: Faults) -> int | None:
        """The month that one part of the path names; a fault if it is none."""
        try:
            return parse_month(self.parts[part])
        except QuantityError as error:
            faults.add(self.path, error.message, error.hint, self.mark(part))
            return None


def as_texts(settings: Mapping[str, Any] | Iterable[str] | None) -> list[str]:
    """Settings as texts `path=value`; values of a mapping are written as JSON where not text."""
    if settings is None:
        return []
    if isinstance(settings, str):
        return [settings]
    if isinstance(settings, Mapping):
        return [f"{path}={value if isinstance(value, str) else json.dumps(value)}" for path, value in settings.items()]
    return [str(text) for text in settings]


def read_overrides(texts: Iterable[str]) -> list[Override]:
    """Read settings; ScenarioError names every one that is not of the form `path=value`."""
    faults = Faults()
    found = []
    for order, text in enumerate(texts, start=1000):
        source = Source(SOURCE, split_lines(text), order)
        path, equals, value = text.partition("=")
        parts = tuple(SAME.get(path, path).split("."))
        if not equals or not path.strip() or not all(parts):
            hint = "expected path=value, such as policies.production_subsidy.rate=0.2"
            faults.add("", "not a setting", hint, Mark(source, 1, 1, max(1, len(text))))
            continue
        node = _value(value, source, len(path) + 1, faults)
        if node is not None:
            found.append(Override(parts, node, Mark(source, 1, 1)))
    faults.stop()
    return found


def _value(text: str, source: Source, offset: int, faults: Faults) -> Node | None:
    """The value of a setting, read as YAML with its columns counted in the whole setting."""
    try:
        # The path is blanked out, so that columns are those of the whole text.
        node = read_text(" " * offset + text, source, faults)
    except ScenarioError as error:
        faults.found.extend(error.faults)
        return None
    if node.value == {} and not text.strip().startswith("{"):
        return Node(None, Mark(source, 1, offset, 1))
    return node


def overrides_of(point: Mapping[str, Any]) -> list[Override]:
    """The overrides of a point (path -> value): an option that sets several paths is taken apart, a dummy none."""
    found = []
    for path, value in point.items():
        if isinstance(value, Mapping):
            found += overrides_of(value)
        elif not path.startswith(DUMMY):
            source = Source("factor", (f"{path}: {value}",))
            node = _node(value, Mark(source, 1, len(path) + 3))
            found.append(Override(tuple(path.split(".")), node, Mark(source, 1, 1)))
    return found


def _node(value: Any, mark: Mark) -> Node:
    """A plain value as a node of the reader."""
    return Node([_node(item, mark) for item in value] if isinstance(value, list | tuple) else value, mark)
