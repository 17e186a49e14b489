"""Compiled kernels: one decorator, and a cache folder that can never serve stale code.

Numba's on-disk cache looks only at the file that holds a kernel; a change in a helper of another file,
or in the layout of a table, would go unseen.  The folder's name therefore carries a hash of every source
that can end up inside a compiled kernel, of Numba's version and of the processor.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import llvmlite.binding as llvm
import numba
from numba import njit

ROOT = Path(__file__).resolve().parent
KERNEL_SOURCES = ("jit.py", "draws.py", "ledger.py", "parameters.yaml", "agents/*.py", "month/*.py", "start/*.py")


def source_key() -> str:
    """Return sixteen hexadecimal digits that change when any kernel source changes."""
    digest = hashlib.sha256(f"{numba.__version__} {llvm.get_host_cpu_name()}".encode())
    for pattern in KERNEL_SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder of compiled kernels: the user's cache, or a temporary one if that is read-only."""
    home = os.environ.get("CLUSTER_SIM_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home else Path.home() / ".cache"
    folder = base / "cluster_sim" / f"kernels-{source_key()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"cluster_sim-kernels-{source_key()}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


FOLDER = cache_folder()
numba.config.CACHE_DIR = str(FOLDER)

kernel = njit(cache=True, nogil=True, error_model="numpy")
"""Compile a function over tables: cached on disk, without the interpreter lock, no exceptions on x/0."""

inline = njit(cache=True, nogil=True, error_model="numpy", inline="never")
"""Compile a small helper that kernels of any file may call."""


def is_cold() -> bool:
    """Say whether no kernel of this source has been compiled yet on this machine."""
    return not any(FOLDER.rglob("*.nbi"))
