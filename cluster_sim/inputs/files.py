"""Opening files that people wrote: size, encoding and place are checked before anything is read."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cluster_sim.inputs.errors import Fault, Mark, ScenarioError, Source

MOST_BYTES = 1_000_000
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def read_text_file(path: Path, shown: str, most: int = MOST_BYTES) -> str:
    """The text of a file; ScenarioError if it is no regular file, is too large or not UTF-8."""

    def refuse(message: str) -> ScenarioError:
        return ScenarioError([Fault("", f"{shown}: {message}")])

    try:
        if not path.exists():
            raise refuse("no such file")
        if not path.is_file():
            raise refuse("is not a regular file")
        with path.open("rb") as stream:
            raw = stream.read(most + 1)
    except OSError as error:
        raise refuse(error.strerror or "cannot be read") from None
    if len(raw) > most:
        raise refuse(f"is larger than {most:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = error.object.decode("utf-8", "replace")
        source = Source(shown, split_lines(text))
        mark = place(source, error.object[:error.start].decode("utf-8"))
        raise ScenarioError([Fault("", "not UTF-8 text", "save the file as UTF-8", mark)]) from None


def path_of(text: str | Path) -> Path:
    """The path that a user means: `~` is the home folder, which no shell has put in after `--out=` or in Python."""
    return Path(os.path.expanduser(text))


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, as the YAML parser counts them."""
    return tuple(_LINE_END.split(text))


def place(source: Source, before: str) -> Mark:
    """The mark of the character that follows the text `before`, with which the source begins."""
    lines = split_lines(before)
    return Mark(source, len(lines), len(lines[-1]) + 1)


def inside(text: str, here: Path, folder: Path) -> Path | None:
    """The path that `text` in a file of the folder `here` means, None if it leaves `folder`, also by a link."""
    if Path(text).is_absolute() or "\\" in text or "\0" in text:
        return None
    path = Path(os.path.normpath(here / text))
    try:
        return path if path.resolve().is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):
        return None


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def display(path: Path) -> str:
    """A path as messages show it: relative to where the user is, if it lies below."""
    absolute = Path(os.path.abspath(path))
    here = Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else str(path)
