"""A strict reader of YAML that keeps the place of every node.

A key given twice is an error, words follow YAML 1.2 (`no` stays a word, `1e3` is a number, a month
such as 2019-07 stays text), and a file is data only: tags, anchors, aliases and merge keys are
refused, and size, depth and the number of nodes are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cluster_sim.scenario.errors import Fault, Faults, Mark, ScenarioError, Source

MOST_BYTES = 1_000_000
MOST_NODES = 50_000
MOST_DEPTH = 12

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}\Z")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z")
_WORDS: dict[str, bool | None] = {"true": True, "True": True, "TRUE": True, "false": False, "False": False}
_WORDS |= {"FALSE": False, "null": None, "Null": None, "NULL": None, "~": None, "": None}

Scalar = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """One value of a YAML text with its place.

    `value` is a scalar, a list of nodes, or a dict from key to node; `keys` then marks each key.
    """

    value: Any
    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)
    quoted: bool = False

    @property
    def kind(self) -> str:
        """`mapping`, `list` or `scalar`."""
        if isinstance(self.value, dict):
            return "mapping"
        return "list" if isinstance(self.value, list) else "scalar"

    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def key_mark(self, key: str) -> Mark:
        """Where `key` stands, or the node itself if it has no such key."""
        return self.keys.get(key, self.mark)


def read_file(path: Path, shown: str, faults: Faults, order: int = 0) -> Node:
    """Read one YAML file; ScenarioError if it cannot be read, is too large or not well formed.

    A key given twice is noted in `faults` and reading goes on.
    """

    def refuse(message: str) -> ScenarioError:
        return ScenarioError([Fault("", f"{shown}: {message}")])

    try:
        if not path.is_file():
            raise refuse("is not a regular file")
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise refuse(error.strerror or "cannot be read") from None
    if len(raw) > MOST_BYTES:
        raise refuse(f"is larger than {MOST_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("is not UTF-8 text") from None
    return read_text(text, Source(shown, split_lines(text), order), faults)


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, as the YAML parser counts them."""
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def read_text(text: str, source: Source, faults: Faults) -> Node:
    """Read YAML text whose faults point into `source`."""
    return _Builder(source, _events(text, source), faults).document()


def _events(text: str, source: Source) -> Iterator[Any]:
    """The events of the parser, its errors turned into faults."""
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = _within(source, place.line + 1, place.column + 1) if place else None
        raise ScenarioError([Fault("", _plainer(error), "", mark)]) from None
    except yaml.YAMLError as error:
        raise ScenarioError([Fault("", f"{source.name}: not YAML: {error}")]) from None


def _within(source: Source, line: int, column: int) -> Mark:
    """A mark at a place, or behind the last word if the place lies after the end of the text."""
    last = max((n for n, text in enumerate(source.lines, 1) if text.strip()), default=1)
    if line <= last:
        return Mark(source, line, column)
    return Mark(source, last, len(source.lines[last - 1].rstrip()) + 1)


def _plainer(error: yaml.MarkedYAMLError) -> str:
    """What the YAML parser found, with a word of help for the commonest slips."""
    problem = error.problem or "not well formed"
    text = f"not YAML: {problem}"
    if "cannot start any token" in problem:
        text += " (indent with spaces, not tabs; put quotes around a text that begins with % @ or `)"
    elif "mapping values are not allowed" in problem:
        text += " (put quotes around a text that holds ': ')"
    elif "did not find expected" in problem:
        text += " (check the indentation and the brackets of the lines above)"
    return text


class _Builder:
    """Builds the tree of nodes from the parser's events."""

    def __init__(self, source: Source, events: Iterator[Any], faults: Faults):
        self.source = source
        self.events = events
        self.faults = faults
        self.count = 0

    def document(self) -> Node:
        """The one document of the text; an empty text gives an empty mapping."""
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self.refuse(event, "a second document: a file holds one scenario")
            if isinstance(event, _CONTENT):
                root = self.node(event, 0)
        if root is None or (root.value is None and not root.quoted):
            return Node({}, Mark(self.source, 1, 1))
        return root

    def node(self, event: Any, depth: int) -> Node:
        """The node that begins with `event`."""
        self.count += 1
        if self.count > MOST_NODES:
            self.refuse(event, f"more than {MOST_NODES:,} values")
        if depth > MOST_DEPTH:
            self.refuse(event, f"nested deeper than {MOST_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self.refuse(event, "anchors and aliases (& and *) are not read; use extends")
        if event.tag is not None and not (event.tag == "!" and not event.implicit):
            self.refuse(event, f"tags such as {event.tag} are not read: a scenario is data")
        if isinstance(event, yaml.ScalarEvent):
            quoted = event.style in ("'", '"', "|", ">")
            value = event.value if quoted else scalar(event.value)
            return Node(value, self.mark(event), quoted=quoted)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def sequence(self, start: Any, depth: int) -> Node:
        """A list of nodes."""
        items: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.node(event, depth + 1))
        return Node(items, self.mark(start))

    def mapping(self, start: Any, depth: int) -> Node:
        """A dict of nodes; its keys are words, each given once."""
        values: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.node(event, depth + 1)
            if key.kind != "scalar":
                self.refuse(event, "a key must be a word")
            name = event.value
            if name == "<<":
                self.refuse(event, "merge keys (<<) are not read; use extends")
            value = self.node(next(self.events), depth + 1)
            if name in values:
                first = marks[name].line
                message = f"the key '{name}' is given twice, first in line {first}"
                self.faults.add("", message, "", key.mark)
                continue
            marks[name] = key.mark
            values[name] = value
        return Node(values, self.mark(start), marks)

    def mark(self, event: Any) -> Mark:
        """The place of an event, its width cut at the end of its line."""
        start, end = event.start_mark, event.end_mark
        if start.line == end.line:
            width = end.column - start.column
        elif start.line < len(self.source.lines):
            width = len(self.source.lines[start.line].rstrip()) - start.column
        else:
            width = 1
        return Mark(self.source, start.line + 1, start.column + 1, max(1, width))

    def refuse(self, event: Any, message: str) -> None:
        """Stop reading with one fault at the place of `event`."""
        raise ScenarioError([Fault("", message, "", self.mark(event))])


_CONTENT = (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent, yaml.AliasEvent)


def scalar(text: str) -> Scalar:
    """The value of an unquoted word by the rules of YAML 1.2's core schema, without .nan.

    `true`, `false`, `null` and `~` are what they say, numbers may be written 1e3, and every other
    word stays text: `no`, `on`, 2019-07, 1:30.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _NUMBER.match(text):
        return float(text)
    if _INFINITE.match(text):
        return float("-inf") if text.startswith("-") else float("inf")
    return text
