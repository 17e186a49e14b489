"""Compiled kernels: one decorator, and a cache folder that can never serve stale code.

Numba's on-disk cache looks only at the time stamp of the file that holds a kernel; a change in a helper of
another file, or in the layout of a table, would go unseen.  The folder's name therefore carries a hash of
every source that more than one file compiles in, of the names of the parameters, of Numba's version and of
the processor; below it each file has a folder named by a hash of itself, so that editing one rule compiles
one file again.  The values of parameters are data and compile nothing.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from numba import njit

ROOT = Path(__file__).resolve().parent
SHARED_SOURCES = ("jit.py", "draws.py", "ledger.py", "balances.py", "codes.py", "records.py", "state.py",
                  "month/partner_search.py", "month/quarters.py", "month/title_luck.py", "month/liquidity.py",
                  "month/teams.py", "month/guards.py", "month/luck.py", "month/wages.py", "nation/state.py",
                  "nation/parameters.py", "nation/demand.py", "nation/labour.py", "nation/people.py",
                  "nation/prices.py")
"""Files whose kernels or record types other files compile in; a test holds this list against the imports."""
KERNEL_SOURCES = (*SHARED_SOURCES, "initial/*.py", "month/*.py", "nation/*.py")


def source_key(patterns: tuple[str, ...] = KERNEL_SOURCES) -> str:
    """Return sixteen hexadecimal digits that change when any of the sources or a parameter's name changes."""
    digest = hashlib.sha256(f"{numba.__version__} {llvm.get_host_cpu_name()}".encode())
    for pattern in patterns:
        paths = sorted(ROOT.glob(pattern))
        if not paths:
            raise FileNotFoundError(f"{ROOT / pattern}: no such source of compiled code")
        for path in paths:
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    names = re.findall(r"^(?:  )?\w+:", (ROOT / "parameters.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    digest.update(" ".join(names).encode())
    return digest.hexdigest()[:16]


@functools.cache
def file_key(path: str) -> str:
    """Return the file's name and eight hexadecimal digits of its content."""
    return f"{Path(path).stem}-{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:8]}"


def user_cache() -> Path:
    """Return the folder of this package in the user's cache; it need not exist."""
    home = os.environ.get("CLUSTER_SIM_CACHE") or os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "cluster_sim"


def cache_folder() -> Path:
    """Return the folder of compiled kernels: the user's cache, or a temporary one if that is read-only."""
    name = f"kernels-{source_key(SHARED_SOURCES)}"
    folder = user_cache() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"cluster_sim-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


FOLDER = cache_folder()
COMPILED = FOLDER / f"compiled-{source_key()}"
"""A mark: every kernel of just these sources has been compiled into the folder."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function over tables: cached on disk, without the interpreter lock, no exceptions on x/0."""
    numba.config.CACHE_DIR = str(FOLDER / file_key(function.__code__.co_filename))
    return njit(cache=True, nogil=True, error_model="numpy")(function)


inline = kernel
"""Compile a small helper that kernels call; of another file only if that stands in `SHARED_SOURCES`."""


def is_cold() -> bool:
    """Say whether kernels of these sources are still to be compiled on this machine."""
    return not COMPILED.exists()
