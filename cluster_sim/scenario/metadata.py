"""The head of a scenario (name, city, months) and the city that it names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Faults, Mark, ScenarioError, did_you_mean, listing
from cluster_sim.inputs.files import is_file, path_of
from cluster_sim.inputs.keys import KeyInfo
from cluster_sim.inputs.quantities import LAST_MONTH, TOO_LATE
from cluster_sim.inputs.shapes import Names, shape
from cluster_sim.inputs.slugs import slug_of
from cluster_sim.inputs.validation import validate
from cluster_sim.scenario import registry
from cluster_sim.scenario.inheritance import Document, locate

HEAD = {
    "name": KeyInfo("text", text="the scenario's name, as figures and tables print it", status=""),
    "slug": KeyInfo("slug", text="its short name; the file's name if not given", status=""),
    "rationale": KeyInfo("text", text="why the scenario is of interest", status=""),
    "extends": KeyInfo("text", text="file or name of the scenario that this one changes", status=""),
    "city": KeyInfo("text", text="a city that comes with the package, or its folder", status=""),
    "city_digest": KeyInfo("text", text="written into stored scenarios; not read", status=""),
    "start": KeyInfo("month name", text="first month of the run", status=""),
    "end": KeyInfo("last month", text="last month of the run, or its year", status=""),
    "prices": KeyInfo("text", text="2017, or nominal: the prices of the money below", status=""),
}
SOURCE = "--set"
"""What messages call a value set on the command line."""
PARTS = ("policies", "events", "outside", "parameters")
SHAPE = shape("scenario", HEAD, resets=False, parts=PARTS)
DEFAULT_START, DEFAULT_END = 2017 * 12, 2035 * 12 + 11


@dataclass
class Head:
    """What the heads of a chain say together, with the place of each value."""

    values: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    folder: Path = Path()
    here: Path = Path()
    by_user: bool = False
    """Whether the city was named beside the file, by the user himself: then it may lie anywhere."""

    def get(self, key: str, otherwise: Any) -> Any:
        """The value of `key`, or `otherwise` if no file gives it."""
        return self.values.get(key, otherwise)


def read_head(documents: list[Document], faults: Faults) -> Head:
    """Merge the heads of a chain, the nearest file winning; names are not inherited."""
    head = Head()
    for document in documents:
        root = document.root
        found = {key: value for key, value in validate(SHAPE, root, "", faults).items() if key not in PARTS}
        if root.mark.source.name != SOURCE:
            for key in ("name", "slug", "rationale"):
                head.values.pop(key, None)
        for key, value in found.items():
            head.values[key] = value
            head.marks[key] = root.value[key].mark
        if "city" in found:
            head.folder, head.here = document.folder, document.path.parent
            head.by_user = root.mark.source.name == SOURCE
    last = documents[-1].path
    head.values.setdefault("slug", slug_of(last.stem))
    head.values.setdefault("name", last.stem.replace("_", " ").capitalize())
    return head


def read_months(head: Head, faults: Faults) -> tuple[int, int]:
    """First and last month of the run; a fault if they are in the wrong order."""
    start, end = head.get("start", DEFAULT_START), head.get("end", DEFAULT_END)
    if end < start:
        mark = head.marks.get("end") or head.marks.get("start")
        faults.add("end", "the run ends before it starts", "", mark)
    elif end > LAST_MONTH:
        faults.add("end", TOO_LATE, "", head.marks.get("end"))
    return start, end


@dataclass(frozen=True)
class CityFound:
    """The city of a scenario, as it is loaded again later, and a hash of a user's own files."""

    name: str
    city: Any = None
    digest: str = ""

    def names(self) -> Names:
        """The names of the city that values may use."""
        if self.city is None:
            return Names()
        return Names(tuple(self.city.zones), tuple(getattr(self.city, "outside_names", ())))


def read_city(head: Head, faults: Faults) -> CityFound:
    """Load the city that the head names; a fault if there is none or it cannot be read."""
    text, mark = head.get("city", "chengdu"), head.marks.get("city")
    shipped = registry.city_names()
    name, digest = text, ""
    if text not in shipped:
        path = _own_city(text, head)
        if path is None:
            hint = did_you_mean(text, shipped, f"cities: {listing(shipped)}, or a folder")
            faults.add("city", f"unknown city '{text[:60]}'", hint, mark)
            return CityFound(text)
        folder = path if path.is_dir() else path.parent
        name, digest = str(path.resolve()), folder_digest(folder)
    try:
        return CityFound(name, registry.city(name), digest)
    except ScenarioError as error:
        faults.found += [each if each.mark else replace(each, mark=mark) for each in error.faults]
        return CityFound(name)


def _own_city(text: str, head: Head) -> Path | None:
    """A user's city: a folder (or its city.yaml) inside the scenario's folder.

    A stored scenario (one with a `city_digest`) names the folder that its run has used.
    """
    if head.get("city_digest", "") and (Path(text) / "city.yaml").is_file():
        return Path(text)
    if head.by_user and is_file(path_of(text) / "city.yaml"):
        return path_of(text)
    for candidate in (f"{text}/city.yaml", text):
        path, _ = locate(candidate, head.here, head.folder)
        if path is not None and path.name == "city.yaml":
            return path.parent
    return None


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of a city's files, so that an edit is a new scenario."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in (".yaml", ".csv", ".geojson", ".json"):
            content = path.read_bytes()
            total.update(f"{path.name}:{len(content)}:".encode() + content)
    return total.hexdigest()
