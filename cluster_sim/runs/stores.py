"""The results folders of commands: one store, or a folder with a store for each scenario, variant or policy."""

from __future__ import annotations

from pathlib import Path

from cluster_sim.inputs.files import path_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.files import remove_drafts
from cluster_sim.runs.folders import MANIFEST, read_manifest
from cluster_sim.runs.store import COMMIT


def results_folder(name: str | Path) -> Path:
    """Return a results folder by its path or by its name under `results/`. InputError if there is none."""
    folder = path_of(name)
    if not folder.is_dir() and (Path("results") / name).is_dir():
        folder = Path("results") / name
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    return folder


def is_store(folder: Path) -> bool:
    """Say whether a folder holds runs, or is meant to; one that only holds the folders of several stores does not."""
    try:
        notes = read_manifest(folder)
    except FileNotFoundError:
        return any((folder / name).is_dir() for name in (COMMIT, "staging"))
    except (OSError, ValueError):  # damaged: who opens the store says so
        return True
    return "stores" not in notes or "scenario_digest" in notes


def stores_in(folder: Path) -> list[Path]:
    """Return the stores of a results folder: itself, and the folders in it that hold runs of a part of the question."""
    below = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    return [folder, *below] if is_store(folder) or not below else below


def opened(name: str | Path) -> tuple[Path, list[Path]]:
    """Return a results folder and its stores, for a command that does more than look; drafts of killed ones go.

    InputError if it holds no results.
    """
    folder = results_folder(name)
    stores = stores_in(folder)
    if not is_store(stores[0]):
        raise InputError(f"{folder} holds no results")
    remove_drafts(folder)
    return folder, stores
