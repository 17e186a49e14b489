"""Which folders may be written to: those that are empty or ours, and never anything outside of them.

A results folder is known by its manifest and by nothing else: it is the first thing written into an empty folder. All
commands and functions that do runs are held to this in one place, `check`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cluster_sim.runs.errors import InputError

MANIFEST = "manifest.json"
MARKS = ("code_version", "command")
"""Keys that a manifest of ours has."""
PASSING = (".lock", ".claims", ".DS_Store", "Thumbs.db", "desktop.ini", ".directory", "lost+found")
"""What may lie in an empty folder: what this program leaves where it is stopped at once, and what systems put there."""
DRAFTS = (f".{MANIFEST}.", ".trial.")
"""How names of files begin that this program leaves half-written if it is killed before there is a manifest."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a folder's manifest. FileNotFoundError if it has none, ValueError if it is not whole or not ours."""
    found = json.loads((folder / MANIFEST).read_text("utf-8"))
    if not isinstance(found, dict) or any(key not in found for key in MARKS):
        raise ValueError(f"it lacks {' and '.join(MARKS)}, which this program writes")
    return found


def ours(folder: Path) -> bool:
    """Say whether a folder holds results of this program."""
    try:
        return bool(read_manifest(folder))
    except (OSError, ValueError):
        return False


def free(folder: Path) -> bool:
    """Say whether a folder is empty, or not there."""
    if not folder.exists():
        return True
    return all(name in PASSING or name.startswith(DRAFTS) for name in os.listdir(folder))


def check(folder: Path) -> None:
    """Raise InputError if a folder is not to be written to: not ours and not empty, or with ways out of it."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; --out names a folder")
    if not free(folder) and not ours(folder):
        what = "has a manifest.json that is not of this program, or damaged" if (folder / MANIFEST).exists() else (
            f"is not empty and no results folder (it has no {MANIFEST})")
        raise InputError(f"{folder} {what}: nothing in it was touched. Give another --out, or an empty folder")
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_symlink():
            inside(folder, path)


def lies_in(folder: Path, path: Path) -> bool:
    """Say whether a path lies in a folder once all links are followed."""
    return path.resolve().is_relative_to(folder.resolve())


def inside(folder: Path, path: Path) -> Path:
    """Return a path that lies in a folder. InputError if it leads out of it."""
    if not lies_in(folder, path):
        raise InputError(f"{path} leads out of the results folder {folder}: nothing is written there")
    return path


def new_files(paths: list[Path], home: Path) -> None:
    """Raise InputError if a file is to be written over that is not in the results folder `home`."""
    for path in paths:
        if path.exists() and not lies_in(home, path):
            raise InputError(f"{path} is there already and not in {home}: give another --out")
