"""Files that are written whole or not at all: beside their place, synced, renamed. All results pass through here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from cluster_sim.runs.errors import is_full, store_full


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a draft to write to, which takes the file's place at the end of the block.

    If the block raises, the draft is removed and the file stays as it was. StoreFull if the disk takes no more.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if is_full(error):
            raise store_full(path.parent) from error
        raise


@contextmanager
def together(*paths: Path) -> Iterator[list[Path]]:
    """Do the same for several files: they take their places only when all of them are written."""
    with ExitStack() as stack:
        yield [stack.enter_context(whole(path)) for path in paths]


def write_text(path: Path, text: str) -> None:
    """Write a small file of text."""
    with whole(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that was made in memory."""
    with whole(path) as draft:
        draft.write_bytes(content)
