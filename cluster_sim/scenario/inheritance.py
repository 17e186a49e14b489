"""Finding scenario files and following their `extends`, never outside the scenario's folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cluster_sim.inputs.errors import Fault, Faults, Mark, ScenarioError, Source, did_you_mean, listing
from cluster_sim.inputs.files import display, inside, is_file, path_of
from cluster_sim.inputs.yaml_reader import Node, read_file
from cluster_sim.scenario import registry

LONGEST = 8


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a chain: its path, the folder it may not leave, and what it says."""

    path: Path
    folder: Path
    root: Node


def find(name: str | Path) -> Path:
    """The file of a scenario given by path or by bare name, or the folder of a city; ScenarioError if there is none.

    A path may leave out `.yaml`.
    """
    text = os.fspath(name)
    path = path_of(text)
    known = registry.scenario_files()
    if is_file(path) or is_city(path) and text not in known:
        return path
    beside = path.with_name(f"{path.name}.yaml") if path.name and text not in known else path
    if is_file(beside):
        return beside
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        what = "is a folder" if path.is_dir() else "there is no such file"
        hint = did_you_mean(path.stem, list(known), f"known scenarios: {listing(list(known))}")
        raise ScenarioError([Fault("", f"{text}: {what}", hint)])
    if text in known:
        return known[text]
    hint = did_you_mean(text, list(known), f"known scenarios: {listing(list(known))}")
    raise ScenarioError([Fault("", f"unknown scenario '{text}'", hint)])


def is_city(path: Path) -> bool:
    """Whether this is the folder of a city."""
    return is_file(path / "city.yaml")


def _of_city(folder: Path) -> Document:
    """A city by itself as a scenario: no policies and no events."""
    path = folder.resolve()
    name = f"{path.name}/city.yaml"
    source = Source(display(folder), (f"city: {name}",))
    key = Mark(source, 1, 1, len("city"))
    value = Node(name, Mark(source, 1, len("city: ") + 1))
    return Document(path, path.parent, Node({"city": value}, key, {"city": key}))


def read_chain(name: str | Path, faults: Faults) -> list[Document]:
    """The documents of a scenario, the one that extends nothing first."""
    path = find(name)
    if path.is_dir():
        return [_of_city(path)]
    documents: list[Document] = []
    seen: set[Path] = set()
    folder = path.resolve().parent
    following: Path | None = path
    while following is not None:
        real = following.resolve()
        root = read_file(following, display(following), faults, len(documents))
        document = Document(following, folder, root)
        documents.insert(0, document)
        seen.add(real)
        if root.kind != "mapping":
            faults.add("", "a scenario is a mapping of keys such as name and policies", "", root.mark)
            root.value, root.keys = {}, {}
            break
        following = _base(document, seen, faults)
        if following is not None and following.resolve().parent != folder:
            if not following.resolve().is_relative_to(folder):
                folder = following.resolve().parent
    return documents


def _base(document: Document, seen: set[Path], faults: Faults) -> Path | None:
    """The file that a document extends, None if there is none or it may not be read."""
    node = document.root.value.get("extends")
    if node is None:
        return None
    text = node.value
    if not isinstance(text, str) or not text.strip():
        faults.add("extends", "expected the name of a scenario", "", node.mark)
        return None
    path, problem = locate(text, document.path.parent, document.folder)
    if path is None:
        known = list(registry.scenario_files())
        known += [f"{p.name}" for p in document.path.parent.glob("*.yaml")]
        hint = did_you_mean(text, known) if "no such" in problem else ""
        faults.add("extends", problem, hint, node.mark)
        return None
    if path.resolve() in seen:
        faults.add("extends", f"'{text}' extends itself, directly or in a circle", "", node.mark)
        return None
    if len(seen) >= LONGEST:
        faults.add("extends", f"a chain of more than {LONGEST} files", "", node.mark)
        return None
    return path


def locate(text: str, here: Path, folder: Path) -> tuple[Path | None, str]:
    """The file that `text` in a file of the folder `here` means, or None and what is wrong.

    A path is relative to `here` and must stay inside `folder`, also through symbolic links; a bare
    name is looked for there first and then among the scenarios that can be named.
    """
    if Path(text).is_absolute() or "\\" in text or "\0" in text:
        return None, f"'{text}' is not a path inside the scenario's folder"
    named = registry.scenario_files()
    if not Path(text).suffix and len(Path(text).parts) == 1:
        beside = here / f"{text}.yaml"
        candidate = beside if is_file(beside) else named.get(text)
        if candidate is None:
            return None, f"there is no such scenario '{text}'"
        if candidate != beside:
            return candidate, ""
        text = beside.name
    path = inside(text, here, folder)
    if path is None:
        return None, f"'{text}' lies outside the scenario's folder (a shipped one goes by its name)"
    if not is_file(path):
        return None, f"there is no such file '{text}'"
    return path, ""
