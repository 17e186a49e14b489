"""What names a run: the resolved scenario, the seed, the scale, the last month and the code.

`run_id` is the same on every machine and for any number of workers. The code version is a hash of the
sources that can change results, so that a new figure style does not make old results stale, while a
changed kernel does. Line ends do not count (a checkout on Windows has others).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from cluster_sim.indicators import kept_names

PACKAGE = Path(__file__).resolve().parent.parent
SUFFIXES = {".py", ".yaml", ".yml", ".csv", ".json", ".geojson"}
WITHOUT_EFFECT = ("cli", "report", "app", "analysis", "runs", "cities", "scenario")
"""Folders of the package that cannot change a run; a city counts through `city_version`, a scenario through
its digest."""
NOT_CODE = ("__init__.py", "__main__.py", "indicators.yaml", "scale_bias.yaml", "reference_path.yaml")
"""Files that change no run; of the description of indicators names and precision count all the same."""
WITH_EFFECT = ("runs/single_run.py", "runs/maps.py", "scenario/past.py")
"""Files of these folders that can; one that is not there is an error, lest a renamed one drop out unseen."""


def _digest(paths: list[Path], root: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.relative_to(root).as_posix()):
        total.update(path.relative_to(root).as_posix().encode() + b"\0")
        total.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


@lru_cache(maxsize=4)
def code_version(package: Path = PACKAGE) -> str:
    """Return 16 hexadecimal digits over the sources that can change results; FileNotFoundError if one is gone."""
    found = [package / name for name in WITH_EFFECT]
    for path in package.rglob("*"):
        if path.suffix not in SUFFIXES or not path.is_file():
            continue
        folder = path.relative_to(package).parts[0]
        if folder not in WITHOUT_EFFECT and path.name not in NOT_CODE:
            found.append(path)
    kept = kept_names(package / "indicators.yaml")
    return hashlib.sha256(f"{_digest(found, package)}\n{kept}".encode()).hexdigest()[:16]


@lru_cache(maxsize=16)
def city_version(city: str, package: Path = PACKAGE) -> str:
    """Return 16 hexadecimal digits over a city's files; `city` is a name or a path to its folder.

    A file that is not there counts as empty: whether a city exists is the scenario's concern.
    """
    folder = package / "cities" / city
    if not folder.is_dir():
        folder = Path(city) if Path(city).is_dir() else Path(city).parent
        if not Path(city).exists():
            return "0" * 16
    return _digest([p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file() and p.name not in NOT_CODE],
                   folder)[:16]


def run_id(digest: str, city: str, seed: int, scale: float, until: int, code: str | None = None) -> str:
    """Return the name of a run, 16 hexadecimal digits.

    `digest` is the scenario's own (its name and rationale do not count), `until` the ordinal of the last
    month (year * 12 + month - 1), `scale` a fraction of the city.
    """
    parts = (digest, city_version(city), str(int(seed)), float(scale).hex(), str(int(until)),
             code or code_version())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]
