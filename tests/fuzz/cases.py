"""From a name such as `city-1-137` to a broken file, and what the project's reader makes of it."""

from __future__ import annotations

import contextlib
import io
import random
import re
import shutil
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.fuzz.mutations import broken

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS, CITIES = ROOT / "scenarios", ROOT / "cluster_sim" / "cities"
KINDS = ("scenario", "city", "sweep", "study", "set")
SETTINGS = ("policies.production_subsidy.rate=0.2", "policies.production_subsidy.2025-01.rate=27%", "end=2030-12",
            "collaboration.tau_max=0.8", "outside.freeze=true", "policies.ladder_grants.budget=400 million yuan",
            "parameters.labour.offer_speed=0.004", "policies.pilot_zones.zones=[zone_a]", "slug=mine", "name=Mine")
REFUSED = 2
"""Exit status of a command whose input will not do."""
PLACE = re.compile(r"^(--set|\S[^\n]*\.(yaml|csv)):\d+:\d+: ", re.MULTILINE)
COMMANDS = {"scenario": "run", "city": "run", "sweep": "sweep"}
STUDIES = {"doses": "doses", "fit": "posterior", "instruments": "search", "policies": "discover",
           "trajectories": "sensitivity"}
"""Which command reads a study: by the first of these keys that it has."""


def samples(kind: str) -> list[Path]:
    """Return the valid files of a kind, in a fixed order."""
    return {"scenario": sorted(SCENARIOS.glob("*.yaml")), "sweep": sorted((SCENARIOS / "sweeps").glob("*.yaml")),
            "study": sorted((SCENARIOS / "studies").glob("*.yaml")),
            "city": sorted(p for p in CITIES.glob("*/*") if p.suffix in (".yaml", ".csv"))}[kind]


def study_command(sample: Path) -> str:
    """Return the command that a study is for."""
    return next(command for key, command in STUDIES.items() if f"\n{key}:" in sample.read_text("utf-8"))


def write_case(name: str, folder: Path) -> tuple[str, Path | str]:
    """Write the broken file of a name into a folder; return its kind and what to read (a path, or a setting)."""
    kind, _, _ = name.split("-")
    chance = random.Random(name)
    (folder / "other.yaml").write_text("name: Other\nextends: broken.yaml\n", encoding="utf-8")
    if kind == "set":
        return kind, broken(chance.choice(SETTINGS).encode(), chance).decode("utf-8", "surrogateescape")
    sample = chance.choice(samples(kind))
    if kind == "city":
        shutil.copytree(sample.parent, folder / "city")
        (folder / "city" / sample.name).write_bytes(broken(sample.read_bytes(), chance))
        (folder / "s.yaml").write_text("name: Mine\ncity: ./city\n", encoding="utf-8")
        return kind, folder / "s.yaml"
    (folder / "broken.yaml").write_bytes(broken(sample.read_bytes(), chance))
    if kind == "study":
        return study_command(sample), folder / "broken.yaml"
    return kind, folder / "broken.yaml"


class Begun(Exception):
    """A command has read its files and made its plan: now it would do its first run."""


def read_case(kind: str, source: Path | str, out: Path) -> tuple[int, str]:
    """Give the command that reads it, up to its first run; return its exit status and what it said."""
    from cluster_sim.cli.main import main
    from cluster_sim.runs.experiment import Experiment

    words = ["run", "baseline", f"--set={source}"] if kind == "set" else [COMMANDS.get(kind, kind), str(source)]
    said = io.StringIO()
    with patch.object(Experiment, "run", side_effect=Begun), contextlib.redirect_stdout(said), (
            contextlib.redirect_stderr(said)):
        try:
            status = main([*words, "--out", str(out)])
        except Begun:
            status = 0
    return status, said.getvalue()


def verdict(name: str) -> tuple[str, str]:
    """Return what came of a case: `read`, `refused`, `nowhere`, `status` or `traceback`, and the words or the place."""
    with TemporaryDirectory(prefix="fuzz-") as temporary:
        folder = Path(temporary)
        kind, source = write_case(name, folder)
        try:
            status, said = read_case(kind, source, folder / "out")
        except Exception as error:
            return "traceback", place_of(error)
    if status == REFUSED:
        return ("refused" if has_places(said) else "nowhere"), said
    return ("status", f"{status}: {said}") if status else ("read", "")


def has_places(said: str) -> bool:
    """Say whether every fault of a refusal begins with its file, line and column."""
    count = re.search(r"^(\d+) faults?(?:, the first (\d+) above)?\. Nothing was run\.", said, re.MULTILINE)
    return len(PLACE.findall(said)) >= (int(count[2] or count[1]) if count else 1)


def place_of(error: BaseException) -> str:
    """Return the exception's type and the innermost line of the project that it passed."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "cluster_sim" in Path(f.filename).parts[:-1]
              and "site-packages" not in f.filename and "fuzz" not in Path(f.filename).parts]
    where = f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {where}"
