"""A strict reader of YAML that keeps the place of every node.

A key given twice is an error, words follow YAML 1.2 (`no` stays a word, `1e3` is a number, a month such as 2019-07
stays text), and a file is data only: tags, anchors, aliases and merge keys are refused, and size, depth and the
number of values are limited before anything is built.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cluster_sim.inputs.errors import Fault, Faults, Mark, ScenarioError, Source
from cluster_sim.inputs.files import place, read_text_file, split_lines

MOST_NODES = 50_000
MOST_DEPTH = 12

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_TEXT = yaml.reader.Reader.NON_PRINTABLE
"""Characters that no YAML text holds: controls, halves of pairs."""
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}\Z")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z")
_KEY = re.compile(r"\s*[\w.-]+:(\s|$)")
_WHOLE = re.compile(r"\s*(- )?[\w.-]+:\s+[^\s|>\[{](.*[^,\s])?\s*\Z")
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
    text = read_text_file(path, shown)
    return read_text(text, Source(shown, split_lines(text), order), faults)


def read_text(text: str, source: Source, faults: Faults) -> Node:
    """Read YAML text whose faults point into `source`; an empty text is an empty mapping."""
    odd = _NO_TEXT.search(text)
    if odd:
        what = f"not YAML: the character U+{ord(odd[0]):04X} does not belong into a text"
        raise ScenarioError([Fault("", what, "take it out", place(source, text[:odd.start()]))])
    try:
        _refuse(text, source)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        mark = _within(source, at.line + 1, at.column + 1) if at else Mark(source, 1, 1)
        raise ScenarioError([Fault("", _plainer(error, source, mark), "", mark)]) from None
    node = Node({}, Mark(source, 1, 1)) if root is None else _node(root, source, faults)
    return Node({}, Mark(source, 1, 1)) if node.value is None and not node.quoted else node


def _refuse(text: str, source: Source) -> None:
    """Stop with one fault if a text is more than plain data, or too large or too deep to be built."""
    documents = count = depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        what = "a second document: a file holds one" if documents > 1 else ""
        if isinstance(event, yaml.NodeEvent):
            count += 1
            tag = getattr(event, "tag", None)
            if count > MOST_NODES:
                what = f"more than {MOST_NODES:,} values"
            elif isinstance(event, yaml.AliasEvent) or event.anchor is not None:
                what = "anchors and aliases (& and *) are not read; use extends"
            elif tag is not None and not (tag == "!" and not getattr(event, "implicit", True)):
                what = f"tags such as {tag} are not read: a file is data"
            depth += isinstance(event, yaml.CollectionStartEvent)
            if depth > MOST_DEPTH:
                what = f"nested deeper than {MOST_DEPTH} levels"
        if what:
            raise ScenarioError([Fault("", what, "", _mark(event, source))])


def _node(composed: yaml.Node, source: Source, faults: Faults) -> Node:
    """One of PyYAML's nodes as ours: words by the rules of YAML 1.2, keys that are words and given once."""
    mark = _mark(composed, source)
    if isinstance(composed, yaml.ScalarNode):
        quoted = composed.style in ("'", '"', "|", ">")
        return Node(composed.value if quoted else scalar(composed.value), mark, quoted=quoted)
    if isinstance(composed, yaml.SequenceNode):
        return Node([_node(item, source, faults) for item in composed.value], mark)
    found = Node({}, mark)
    for key, value in composed.value:
        where = _mark(key, source)
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            what = "merge keys (<<) are not read; use extends" if key.value == "<<" else "a key must be a word"
            raise ScenarioError([Fault("", what, "", where)])
        if key.value in found.value:
            first = found.keys[key.value].line
            faults.add("", f"the key '{key.value}' is given twice, first in line {first}", "", where)
            continue
        found.keys[key.value], found.value[key.value] = where, _node(value, source, faults)
    return found


def _mark(at: Any, source: Source) -> Mark:
    """The place of an event or a composed node, its width cut at the end of its line."""
    start, end = at.start_mark, at.end_mark
    if start.line == end.line:
        width = end.column - start.column
    else:
        width = len(source.lines[start.line].rstrip()) - start.column if start.line < len(source.lines) else 1
    return Mark(source, start.line + 1, start.column + 1, max(1, width))


def _within(source: Source, line: int, column: int) -> Mark:
    """A mark at a place, or behind the last word if the place lies after the end of the text."""
    last = max((n for n, text in enumerate(source.lines, 1) if text.strip()), default=1)
    if line <= last:
        return Mark(source, line, column)
    return Mark(source, last, len(source.lines[last - 1].rstrip()) + 1)


def _too_deep(source: Source, mark: Mark | None) -> bool:
    """Say whether a key stands deeper than the line above, which is whole and takes nothing below it."""
    if mark is None or mark.line > len(source.lines):
        return False
    line = source.lines[mark.line - 1]
    above = [each for each in source.lines[:mark.line - 1] if each.strip() and each.strip()[0] != "#"]
    if not above or not _KEY.match(line) or mark.column - 1 > line.index(":"):
        return False
    deeper = len(line) - len(line.lstrip()) > len(above[-1]) - len(above[-1].lstrip())
    return deeper and bool(_WHOLE.match(above[-1]))


def _plainer(error: yaml.MarkedYAMLError, source: Source, mark: Mark | None) -> str:
    """What the YAML parser found, with a word of help for the commonest slips."""
    problem = error.problem or "not well formed"
    if _too_deep(source, mark):
        return "not YAML: the line is indented deeper than the line above"
    text = f"not YAML: {problem}"
    if "cannot start any token" in problem:
        text += " (indent with spaces, not tabs; put quotes around a text that begins with % @ or `)"
    elif "mapping values are not allowed" in problem:
        text += " (put quotes around a text that holds ': ')"
    elif "did not find expected" in problem:
        text += " (check the indentation and the brackets of the lines above)"
    return text


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
