"""Temporary folders: gone when they are let go or Python ends, and at the next start where their process was killed.

A folder is kept as long as its owner holds a lock on the file `owner` in it, which the system frees however the owner
ends. The file gets that name only when it is locked, so that a folder without it may belong to somebody.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

from cluster_sim.inputs.files import path_of

try:
    import fcntl
except ImportError:  # Windows: nobody can tell whose owner is dead, so that nothing is removed
    fcntl = None  # type: ignore[assignment]

PREFIX = "cluster_sim-runs-"
OWNER = "owner"
_mine: set[Path] = set()
"""Folders of this process: its own locks do not keep it out."""


class Temporary:
    """A folder for runs that lasts as long as somebody holds this object; also a context manager.

    `folder` is not there yet.
    """

    def __init__(self) -> None:
        remove_abandoned()
        self._held = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        _mine.add(Path(self._held.name).resolve())
        self.folder = Path(self._held.name) / "runs"
        if fcntl is not None:
            self._lock(self.folder.parent)

    def _lock(self, folder: Path) -> None:
        """Keep a lock on the file of the owner until this object is gone."""
        owner = open(folder / "locking", "w")
        weakref.finalize(self, owner.close)
        with suppress(OSError):  # no locks here: then without the file, so that nobody takes it for abandoned
            fcntl.lockf(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(owner.name, folder / OWNER)

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *what: object) -> None:
        self.cleanup()

    def cleanup(self) -> None:
        """Remove the folder."""
        self._held.cleanup()


def folder_of(out: str | Path | None) -> tuple[Path, Temporary | None]:
    """Return the folder `out` and None, or a temporary folder and its holder, which removes it when it is let go."""
    if out is not None:
        return path_of(out), None
    holder = Temporary()
    return holder.folder, holder


def remove_abandoned() -> None:
    """Remove this user's temporary folders whose process is no more."""
    if fcntl is None:
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.resolve() not in _mine:
            with suppress(OSError):
                _remove_if_abandoned(folder)


def _remove_if_abandoned(folder: Path) -> None:
    """Remove a folder of this user if nobody holds the lock of its owner; OSError if somebody does."""
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        return
    handle = os.open(folder / OWNER, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
