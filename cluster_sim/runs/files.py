"""Files that are written whole or not at all: beside their place, synced, renamed. All results pass through here."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from cluster_sim.runs.errors import is_full, store_full
from cluster_sim.runs.locks import alive

HOST = re.sub(r"[^A-Za-z0-9-]", "-", platform.node())
DRAFT = re.compile(r"\..*\.([A-Za-z0-9-]*)\.(\d+)\.draft", re.DOTALL)
DAY = 86_400.0
"""Seconds after which a draft of another machine, whose processes cannot be seen from here, is given up."""


def draft_of(path: Path) -> Path:
    """Return where this process writes a file until it is whole: `.NAME.HOST.PID.draft`, beside its place."""
    return path.with_name(f".{path.name}.{HOST}.{os.getpid()}.draft")


def remove_drafts(folder: Path, below: bool = True) -> None:
    """Remove what killed processes have left half-written in a folder and, unless told otherwise, below it."""
    for home, folders, names in os.walk(folder):
        for name in names:
            found = DRAFT.fullmatch(name)
            if found:
                with suppress(OSError):  # gone, or not ours to remove
                    _remove_abandoned(Path(home, name), found[1], int(found[2]))
        if not below:
            folders.clear()


def _remove_abandoned(draft: Path, host: str, pid: int) -> None:
    if not alive(pid) if host == HOST else draft.lstat().st_mtime < time.time() - DAY:
        draft.unlink()


@contextmanager
def whole(path: Path, durable: bool = True) -> Iterator[Path]:
    """Give a draft to write to, which takes the file's place at the end of the block.

    If the block raises, the draft is removed and the file stays as it was. StoreFull if the disk takes no more.
    `durable` waits until the bytes, and the name, are on the disk.
    """
    draft = draft_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        if durable:
            with open(draft, "rb+") as file:
                os.fsync(file.fileno())
        os.replace(draft, path)
        if durable:
            _sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if is_full(error):
            raise store_full(path.parent) from error
        raise


def _sync_folder(folder: Path) -> None:
    """Make a rename durable (nothing to do on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


def append(path: Path, line: str) -> None:
    """Append a line to a file that several processes may write to, after the end of one that a power cut has cut.

    StoreFull if it does not fit: then none of it stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        data = line.encode()
        if os.fstat(handle).st_size and os.lseek(handle, -1, os.SEEK_END) >= 0 and os.read(handle, 1) != b"\n":
            data = b"\n" + data
        written = os.write(handle, data)
        if written < len(data):
            end = os.lseek(handle, 0, os.SEEK_CUR)
            if os.fstat(handle).st_size == end:  # nobody has written since
                os.ftruncate(handle, end - written)
            raise store_full(path.parent)
    except OSError as error:
        raise (store_full(path.parent) if is_full(error) else error) from error
    finally:
        os.close(handle)
