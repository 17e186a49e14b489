"""States of rest on disk, by key: each is made once on a machine and read by every later run.

A file is a plain .npz without pickles, written under a temporary name and renamed, in a folder of the user's cache
that nobody else may write to.  A folder or file that somebody else owns, or that others may write to, is not read
and not written: the state is then made anew, which takes longer and gives the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import stat
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import jit
from cluster_sim.initial.outside import first_month, still_month

CODE = ("*.py", "agents/*.py", "city/*.py", "initial/*.py", "month/*.py", "nation/*.py", "nation/*.yaml")
"""Sources that say what a state of rest is."""
WITHOUT_EFFECT = ("gaps.attraction", "gaps.people", "gaps.wage", "accounts.statistical_break", "accounts.induced",
                  "accounts.poaching_loss", "start.rest_states")
"""Parameters that act after the burn-in, or only on what it does not read."""
PRIVATE = 0o700                 # technical: only the owner reads and writes
MOST_FILES = 400                # technical: more are not kept; the oldest go first
STALE_SECONDS = 3600.0          # technical: after which an unfinished file is nobody's


@dataclass(frozen=True)
class RestStore:
    """One state's place on disk; `path` is None where nothing can be kept."""

    path: Path | None

    @classmethod
    def of(cls, model: Any, number: int) -> RestStore:
        """Return the place of a model's state of rest with a number; none for a model with rules of its own."""
        ours = type(model).__module__.partition(".")[0] == __name__.partition(".")[0]
        folder = cache_folder() if ours else None
        return cls(folder / f"{key(model)}-{number:02d}.npz" if folder else None)

    def read(self) -> dict[str, np.ndarray] | None:
        """Return the state, or None if there is none that can be trusted."""
        if self.path is None:
            return None
        try:
            with io.BytesIO(read_own_file(self.path)) as raw, np.load(raw, allow_pickle=False) as found:
                return {name: found[name] for name in found.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def write(self, state: dict[str, np.ndarray]) -> None:
        """Keep a state; a disk that is full or read-only is no fault of the run."""
        if self.path is None:
            return
        with contextlib.suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self.path.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as stream:
                    np.savez(stream, **state)       # type: ignore[arg-type]
                os.replace(name, self.path)
            except BaseException:
                os.unlink(name)
                raise
            forget_oldest(self.path.parent)


def key(model: Any) -> str:
    """Return 32 hexadecimal digits over all that a state of rest depends on, its luck apart."""
    setup, city = model.setup, model.city
    parameters = {name: float(value).hex() for name, value in setup.parameters.items() if name not in WITHOUT_EFFECT}
    what = [jit.source_key(CODE), np.__version__, float(model.scale).hex(), setup.start % 12, still_month(setup),
            parameters, city.source, city.start, city.home_market]
    digest = hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode())
    still = [path for name, path in sorted(first_month(setup, city).items()) if not name.endswith("_growth")
             and not name.startswith("reference_")]
    for array in (city.cells, city.parks, city.universities, city.outside, *still):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]


def cache_folder() -> Path | None:
    """Return the folder of states in the user's cache, made for him alone; None if it is not his or cannot be made."""
    folder = jit.user_cache() / "rest"
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        return folder if is_own(os.lstat(folder)) and os.access(folder, os.W_OK) else None
    except OSError:
        return None


def is_own(status: os.stat_result) -> bool:
    """Whether a file or folder is no link, belongs to the user and is not open to the pens of others."""
    if stat.S_ISLNK(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):
        return True                     # Windows: the profile folder is the user's own
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def read_own_file(path: Path) -> bytes:
    """Return the content of a regular file of the user's own; OSError for any other."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or not is_own(status):
            raise PermissionError(f"{path}: belongs to somebody else, or others may write to it")
        return stream.read()


def forget_oldest(folder: Path) -> None:
    """Delete the oldest states beyond the number that is kept, and what a killed process left half written."""
    for path in folder.glob("*.part"):
        if time.time() - path.stat().st_mtime > STALE_SECONDS:
            path.unlink(missing_ok=True)
    files = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime)
    for path in files[:-MOST_FILES]:
        path.unlink(missing_ok=True)
