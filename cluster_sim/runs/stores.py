"""The results folders of commands: one store, or a folder with a store for each scenario, variant or policy."""

from __future__ import annotations

import json
from pathlib import Path

from cluster_sim.runs import damage
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.store import COMMIT


def results_folder(name: str | Path) -> Path:
    """Return a results folder by its path or by its name under `results/`. InputError if there is none."""
    folder = Path(name).expanduser()
    if not folder.is_dir() and (Path("results") / name).is_dir():
        folder = Path("results") / name
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    return folder


def is_store(folder: Path) -> bool:
    """Say whether a folder holds runs, or is meant to."""
    return (folder / "manifest.json").is_file() or any((folder / name).is_dir() for name in (COMMIT, "staging"))


def stores_in(folder: Path) -> list[Path]:
    """Return the stores of a results folder: itself, and the folders in it that hold runs of a part of the question."""
    below = sorted(path.parent for path in folder.glob("*/manifest.json"))
    return [folder, *below] if is_store(folder) or not below else below


def opened(name: str | Path) -> tuple[Path, list[Path]]:
    """Return a results folder and its stores. InputError if it holds no results."""
    folder = results_folder(name)
    stores = stores_in(folder)
    if not is_store(stores[0]):
        raise InputError(f"{folder} holds no results")
    return folder, stores


def missing_files(folder: Path) -> list[str]:
    """Return the files that committed parts of a store had and have no more, each with the words `is missing`."""
    found = []
    for path in sorted((folder / COMMIT).glob("part-*.parquet")):
        try:
            kinds = list(json.loads(damage.sums_file(folder, path.name).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            continue
        found += [f"{kind}/{path.name} is missing" for kind in kinds if not (folder / kind / path.name).is_file()]
    return found
