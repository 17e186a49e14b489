"""Who is at work in a results folder: told to whoever comes with other runs, so that nothing is mixed or moved away.

    NAME/.claims/<key>      one file for each command at work there: what it is, since when, in which process

A claim is held by a lock that the system frees when the process dies, however it dies; a file whose lock nobody holds
is stale and is removed. Where there are no locks (Windows, some network file systems) the process itself is looked for.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from cluster_sim.runs.errors import is_full, store_full
from cluster_sim.runs.files import draft_of
from cluster_sim.runs.locks import RangeLock, alive, fcntl

FOLDER = ".claims"
_own: dict[Path, RangeLock] = {}
"""Claims of this process: opening and closing their files would free their locks."""


class Claim:
    """A share in a results folder, from the first look at it until it is closed or the process ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path: Path | None = None
        self.made: list[Path] = []

    def take(self) -> None:
        """Put the claim into the folder, which is made if need be. StoreFull if the disk takes no more."""
        home = self.folder / FOLDER
        self.made = [each for each in (self.folder, *self.folder.parents) if not each.exists()]
        path = home / uuid.uuid4().hex
        draft = draft_of(path)
        try:
            home.mkdir(parents=True, exist_ok=True)
            lock = RangeLock(draft)
            lock.take(0)
            lock.note(json.dumps(_myself()) + "\n")
            os.replace(draft, path)  # only a claim that is locked is ever seen
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            self._leave()
            if is_full(error):
                raise store_full(self.folder) from error
            raise
        self.path = path.resolve()
        _own[self.path] = lock

    @property
    def name(self) -> str:
        """The name of the claim's file, empty if it has none."""
        return self.path.name if self.path else ""

    def others(self) -> list[dict[str, Any]]:
        """Return who else is at work in the folder, the first one first. Claims of dead processes are removed."""
        found = []
        for path in sorted((self.folder / FOLDER).glob("[0-9a-f]*")):
            if path.resolve() not in _own:
                record = _read(path)
                if _held(path, record):
                    found.append(record)
                else:
                    path.unlink(missing_ok=True)
        return sorted(found, key=lambda record: str(record.get("since")))

    def close(self) -> None:
        """Give the claim up; a folder that was made for it and is still empty goes again."""
        lock = _own.pop(self.path, None) if self.path is not None else None
        if lock is not None and self.path is not None:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
            lock.close()
            self._leave()

    def _leave(self) -> None:
        for each in (self.folder / FOLDER, *self.made):
            with suppress(OSError):
                each.rmdir()


def _myself() -> dict[str, Any]:
    """Return what others are told of this process."""
    return {"command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]), "pid": os.getpid(),
            "host": platform.node(), "since": datetime.now().astimezone().isoformat(" ", "seconds")}


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _held(path: Path, record: dict[str, Any]) -> bool:
    """Say whether the process that made a claim still holds it."""
    if fcntl is not None:
        try:
            lock = RangeLock(path)
        except OSError:
            return path.exists()
        try:
            if not lock.take(0):
                return True
            if lock.works:
                return False
        finally:
            lock.close()
    if not record:
        return False
    return record.get("host") != platform.node() or alive(int(record.get("pid", 0)))


def told(folder: Path, others: list[dict[str, Any]], why: str) -> str:
    """Say who works in a folder, so that nothing can be done there, and what to do."""
    first = others[0]
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return (f"{folder}: {first.get('command', 'another command')}{more} is at work there since "
            f"{first.get('since', 'some time')} (process {first.get('pid', '?')} on {first.get('host', '?')}); {why}. "
            "Nothing was touched. Wait until it has ended, or give another --out")
