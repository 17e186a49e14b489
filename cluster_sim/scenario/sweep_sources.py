"""Where a sweep comes from: a file by path or name, or a mapping in a program."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Fault, Faults, ScenarioError, Source, did_you_mean, listing
from cluster_sim.inputs.files import is_file, path_of, split_lines
from cluster_sim.inputs.yaml_reader import Node, read_text
from cluster_sim.scenario.types import Scenario

FOLDERS = ("sweeps", "studies")
"""A file in a folder of this name may name a base in the folder above."""


def find(name: str | Path) -> Path:
    """The file of a sweep by its path, or by its bare name among those in scenarios/sweeps and scenarios/studies."""
    path = path_of(os.fspath(name))
    if is_file(path):
        return path
    here = Path(__file__).resolve()
    folders = [root / "scenarios" / each for root in (Path(), here.parents[2], here.parents[1]) for each in FOLDERS]
    known = {each.stem: each for folder in reversed(folders) for each in sorted(folder.glob("*.yaml"))}
    if str(name) in known:
        return known[str(name)]
    what = f"{name}: is a folder" if path.is_dir() else f"{name}: there is no such sweep file"
    hint = did_you_mean(path.stem, list(known), f"known sweeps: {listing(list(known))}" if known else "")
    raise ScenarioError([Fault("", what, hint)])


def from_mapping(content: Mapping[str, Any], faults: Faults) -> Node:
    """A sweep given in a program as the tree of its own YAML text, so that faults show a line of it."""
    import yaml

    plain = {key: value for key, value in content.items() if not isinstance(value, Scenario)}
    text = yaml.safe_dump(_lists(plain), sort_keys=False, allow_unicode=True, width=10_000)
    return read_text(text, Source("sweep", split_lines(text)), faults)


def _lists(value: Any) -> Any:
    """Plain YAML values: tuples and ranges as lists, NumPy's numbers as Python's."""
    if isinstance(value, Mapping):
        return {str(key): _lists(each) for key, each in value.items()}
    if isinstance(value, list | tuple | range) or bool(getattr(value, "ndim", False)):
        return [_lists(each) for each in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value.item() if hasattr(value, "item") else value
