"""Where a script's runs go: the folder it names, or one that lasts as long as the results are looked at."""

from __future__ import annotations

import tempfile
from pathlib import Path


def folder_of(out: str | Path | None) -> tuple[Path, tempfile.TemporaryDirectory[str] | None]:
    """Return the folder `out` and None, or a temporary folder and its holder, which removes it when it is let go."""
    if out is not None:
        return Path(out), None
    holder = tempfile.TemporaryDirectory(prefix="cluster_sim-")
    return Path(holder.name), holder
