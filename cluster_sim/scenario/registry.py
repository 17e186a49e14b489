"""What a scenario may name: instruments with their keys, parameters, cities, other scenarios."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from cluster_sim.inputs.keys import KeyInfo

PACKAGE = Path(__file__).resolve().parents[1]
BASELINE = "baseline"


def instruments() -> dict[str, Any]:
    """Every instrument class by its name."""
    from cluster_sim import policies

    return dict(policies.instruments())


def keys_of(instrument: Any) -> dict[str, KeyInfo]:
    """The keys that an entry of `instrument` may give, besides `from`, `prices` and `note`."""
    found = {name: key for name, key in instrument.keys.items() if name not in ("from", "note", "prices")}
    text = "the most that the instrument pays in a year; nothing given: no limit"
    return {**found, "budget": found.get("budget", KeyInfo("million yuan", None, text=text))}


def city_names() -> list[str]:
    """The cities that come with the package."""
    return sorted(path.parent.name for path in (PACKAGE / "cities").glob("*/city.yaml"))


@functools.lru_cache(maxsize=8)
def city(name: str) -> Any:
    """The city called `name`, or the one at that path; read once."""
    from cluster_sim.city import load_city

    return load_city(name)


def scenario_folders() -> list[Path]:
    """Folders in which a scenario is found by its bare name, the nearest first."""
    candidates = [Path("scenarios"), PACKAGE.parent / "scenarios", PACKAGE / "scenarios"]
    folders: dict[Path, Path] = {}
    for folder in candidates:
        if folder.is_dir() and any(folder.glob("*.yaml")):
            folders.setdefault(folder.resolve(), folder)
    return list(folders.values())


def scenario_files() -> dict[str, Path]:
    """Every scenario that can be named, by its name; the nearest folder wins."""
    found: dict[str, Path] = {}
    for folder in scenario_folders():
        for path in sorted(folder.glob("*.yaml")):
            found.setdefault(path.stem, path)
    return found
