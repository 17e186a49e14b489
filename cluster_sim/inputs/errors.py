"""Faults in a scenario: where each one lies, what was expected, and how they are printed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cluster_sim.inputs.program import program

MOST_SHOWN = 100
"""Faults that are printed; `faults` of the error, and `--json`, have them all."""


class Refused(ValueError):
    """Values that are valid one by one and cannot hold together: no run is done with them; the text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text that faults point into: a scenario file or one `--set path=value`."""

    name: str
    lines: tuple[str, ...]
    order: int = 0
    """Faults are listed by the order of their sources: the file itself, its bases, then --set."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of one line of a source; line and column count from 1, `width` in characters."""

    source: Source
    line: int
    column: int
    width: int = 1

    def part(self, offset: int, width: int) -> Mark:
        """The stretch of `width` characters that begins `offset` characters into this one."""
        return replace(self, column=self.column + offset, width=max(1, width))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: at `mark`, in the part of the scenario called `path`."""

    path: str
    message: str
    hint: str = ""
    mark: Mark | None = None

    def __str__(self) -> str:
        what = f"{self.path}: {self.message}" if self.path else self.message
        if self.mark is None:
            return f"{what}   {self.hint}" if self.hint else what
        mark = self.mark
        head = f"{mark.source.name}:{mark.line}:{mark.column}: {what}"
        if not 1 <= mark.line <= len(mark.source.lines):
            return f"{head}   {self.hint}" if self.hint else head
        line = mark.source.lines[mark.line - 1].rstrip()
        start, line = _window(line, mark.column - 1)
        width = max(1, min(mark.width, len(line) - start))
        gutter = f"{mark.line:>5} | "
        below = " " * len(gutter) + "".join("\t" if c == "\t" else " " for c in line[:start])
        caret = below + "^" * width + (f" {self.hint}" if self.hint else "")
        return f"{head}\n{gutter}{line}\n{caret}"

    def as_dict(self) -> dict[str, object]:
        """The fault as plain values, for `--json`."""
        mark = self.mark
        return {
            "file": mark.source.name if mark else None,
            "line": mark.line if mark else None,
            "column": mark.column if mark else None,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
        }

    def _order(self) -> tuple[int, int, int]:
        if self.mark is None:
            return (-1, 0, 0)
        return (self.mark.source.order, self.mark.line, self.mark.column)


def _window(line: str, start: int, width: int = 140) -> tuple[int, str]:
    """The part of a long line around `start`, and where `start` lies in it."""
    first = max(0, start - width // 2) if len(line) > width else 0
    shown = "".join(c if c.isprintable() or c == "\t" else "?" for c in line[first : first + width])
    return min(start, len(line)) - first, shown


class ScenarioError(Exception):
    """A scenario cannot be used; `faults` holds everything that is wrong with it.

    The command line prints it and leaves with `exit_status`; nothing has been run or written.
    """

    exit_status = 2

    def __init__(self, faults: Iterable[Fault]):
        self.faults: tuple[Fault, ...] = tuple(sorted(faults, key=Fault._order))
        super().__init__(self.faults)

    def __str__(self) -> str:
        count = len(self.faults)
        more = f", the first {MOST_SHOWN} above" if count > MOST_SHOWN else ""
        tail = f"{count} fault{'s' if count != 1 else ''}{more}. Nothing was run."
        topic = next((t for t in map(_topic, self.faults) if t), "")
        if topic:
            tail += f"  Keys and units: {program()} explain {topic}"
        return "\n".join([*map(str, self.faults[:MOST_SHOWN]), tail])


def _topic(fault: Fault) -> str:
    """What `explain` can say more about: the policy or the part of the file the fault lies in."""
    parts = fault.path.split(".")
    if parts[0] in ("policies", "parameters", "events"):
        return ".".join(parts[:2]) if parts[0] == "policies" else parts[0]
    return ""


@dataclass(slots=True)
class Faults:
    """The faults found so far while a scenario is read."""

    found: list[Fault] = field(default_factory=list)

    def add(self, path: str, message: str, hint: str = "", mark: Mark | None = None) -> None:
        """Note one fault."""
        self.found.append(Fault(path, message, hint, mark))

    def stop(self) -> None:
        """Raise ScenarioError if anything has been found."""
        if self.found:
            raise ScenarioError(self.found)


def nearest(word: str, known: Sequence[str]) -> str:
    """The known name closest to `word`, empty if none is close.

    Dotted names are also compared by their last part, so that a forgotten group is found.

    >>> nearest("rat", ["rate", "cap"]), nearest("tau_max", ["collaboration.tau_max"]), nearest("zzz", ["rate"])
    ('rate', 'collaboration.tau_max', '')
    """
    lowered = word.lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(lowered, known, n=1, cutoff=0.6)
    if close:
        return close[0]
    last = lowered.rsplit(".", 1)[-1]
    by_last = {name.rsplit(".", 1)[-1]: name for name in reversed(known)}
    close = difflib.get_close_matches(last, list(by_last), n=1, cutoff=0.75)
    return by_last[close[0]] if close else ""


def did_you_mean(word: str, known: Sequence[str], otherwise: str = "") -> str:
    """The hint `did you mean 'rate'?`, or `otherwise` if no known name is close."""
    name = nearest(word, known)
    return f"did you mean '{name}'?" if name else otherwise


def listing(names: Sequence[str], most: int = 12) -> str:
    """Names as `a, b, c`, cut off with the count of the rest."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
