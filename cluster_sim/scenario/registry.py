"""What a scenario may name: instruments with their keys, parameters, cities, other scenarios."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
BASELINE = "baseline"
WORDS = ("text", "bool", "month name", "segment", "zone", "other city", "identity")
"""Units of values that are not amounts."""


@dataclass(frozen=True)
class KeyInfo:
    """One key of an instrument or event: its unit, bounds, default and explanation."""

    unit: str
    default: Any = None
    low: float = 0.0
    high: float = math.inf
    text: str = ""
    status: str = "assumed"
    source: str = ""

    @property
    def whole(self) -> bool:
        """Whether values are whole numbers: counts and ranks, unless the default is a fraction."""
        return self.unit in ("count", "rank") and not isinstance(self.default, float)

    def describe(self) -> str:
        """The key in a line: `share of audited cost, 0 to 1`."""
        from cluster_sim.scenario.quantities import bounds_text

        text = self.text.rstrip(".")
        if self.unit in WORDS or self.unit.startswith("list of"):
            return text or self.unit
        low, high = (0.0, min(self.high, 1.0)) if self.unit == "share" else (self.low, self.high)
        bounds = bounds_text(low, high, self.unit)
        if text.endswith(bounds):
            return text
        return f"{text}, {bounds}" if text else f"{self.unit}, {bounds}"


def instruments() -> dict[str, Any]:
    """Every instrument class by its name."""
    from cluster_sim import policies

    return dict(policies.instruments())


def keys_of(instrument: Any) -> dict[str, KeyInfo]:
    """The keys that an entry of `instrument` may give, besides `from`, `prices` and `note`."""
    found = {
        name: KeyInfo(k.unit, k.default, k.low, k.high, k.text, k.status, k.source)
        for name, k in instrument.keys.items()
        if name not in ("from", "note", "prices")
    }
    if "budget" not in found:
        text = "the most that the instrument pays in a year; nothing given: no limit"
        found["budget"] = KeyInfo("million yuan", None, text=text)
    return found


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
