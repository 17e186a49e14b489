"""The commented scenario that `new NAME` writes: every instrument with its keys, and examples."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

from cluster_sim import parameters
from cluster_sim.inputs.files import path_of
from cluster_sim.inputs.program import program
from cluster_sim.inputs.quantities import bounds_text
from cluster_sim.scenario import registry
from cluster_sim.scenario.explain import example_value
from cluster_sim.scenario.inheritance import is_city
from cluster_sim.scenario.outside import TEXTS
from cluster_sim.scenario.types import Scenario

FEW = 6
"""Parameters shown as examples."""


def template(path: Path, base: str = registry.BASELINE) -> str:
    """The text of a new scenario at `path` that extends `base` and changes nothing.

    Each commented line can be taken as it is; ScenarioError if the base cannot be read.
    """
    from cluster_sim.scenario.load import load

    start = load(base)
    name = path.stem.replace("_", " ").replace("-", " ").capitalize()
    lines = [
        *_schema_line(path),
        "#",
        "# Lines that begin with # are off; take the # away to switch one on.",
        "# Months are written 2026-01. Money is nominal of its month, in million yuan or in words:",
        f"# 15 million yuan. What a key means: {program()} explain production_subsidy",
        "",
        f"name: {name}",
        "rationale: say here why this scenario is of interest",
        f"city: {_relative(path, base)}" if is_city(path_of(base)) else f"extends: {_reference(path, base)}",
        f"# start: {_month(start.start)}",
        f"# end: {_month(start.end)}",
        "",
        "# Instruments with dated entries. A key that an entry does not name keeps its value; `none`",
        "# instead of entries takes an instrument away.",
        "policies:",
        *_policies(start),
        "",
        "# Things that happen. `remove` takes away an event of the scenario above.",
        "events:",
        *_events(start),
        "",
        f"# Parameters of the model: {program()} list parameters",
        "parameters:",
        *_parameters(),
        "",
        "# What the city cannot change. A path differs from that of the city's files by a factor and by further",
        "# growth from a month on; freeze keeps the outside conditions of January 2017 for ever.",
        "outside:",
        *_outside(),
        "",
    ]
    return "\n".join(lines)


def _schema_line(path: Path) -> list[str]:
    """The line by which editors find the schema, if it lies near."""
    for folder in (path.parent, *registry.scenario_folders()):
        if (folder / "schema.json").is_file():
            return [f"# yaml-language-server: $schema={_relative(path, folder / 'schema.json')}"]
    return ["# A scenario of cluster_sim"]


def _reference(path: Path, base: str) -> str:
    """How the new file names its base: a file beside it by its name, others as given."""
    given = Path(base)
    if given.suffix and given.resolve().parent == path.resolve().parent:
        return given.name
    return given.stem if given.suffix and given.stem in registry.scenario_files() else base


def _relative(path: Path, other: str | Path) -> str:
    """A path as a file at `path` names it."""
    return Path(os.path.relpath(Path(other).resolve(), path.resolve().parent)).as_posix()


def _month(ordinal: int) -> str:
    from cluster_sim.inputs.quantities import month_name

    return month_name(ordinal)


def _policies(start: Scenario) -> list[str]:
    """Each instrument with the keys in force at the end of the base."""
    lines = []
    for name, instrument in sorted(registry.instruments().items()):
        lines += [f"  # {line}" for line in textwrap.wrap(f"{instrument.title}. {instrument.text}", 88)]
        lines += [f"  # {name}:", "  #   - from: 2026-01"]
        entries = start.policies.get(name, [])
        for key, info in registry.keys_of(instrument).items():
            value = example_value(info)
            if entries and entries[-1].get(key) is not None and not info.unit.startswith("million"):
                value = _written(entries[-1][key])
            line = f"  #     {key}: {value}"
            lines.append(f"{line:<44} # {info.describe()}")
        lines.append("")
    return lines[:-1]


def _written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _events(start: Scenario) -> list[str]:
    lines = [
        "  # - {hit: A new film, month: 2028-07, gross: 3 billion yuan, budget: 200 million yuan}",
        "  # - {convention: A fair, month: 2027-10, segment: games, buzz: 0.2}",
    ]
    return lines + [f"  # - remove: {event['title']}" for event in start.events]


def _outside() -> list[str]:
    """Each outside path with its keys."""
    lines = ["  # freeze: no"]
    for path, text in TEXTS.items():
        keys = "half: 2027-01" if path == "ai" else "from: 2026-01, factor: 1.2, growth: 0.5%"
        lines += [f"  # {line}" for line in textwrap.wrap(text, 88)] + [f"  # {path}: {{{keys}}}"]
    return lines


def _parameters() -> list[str]:
    """Some parameters at their defaults: calibrated ones first."""
    order = {"calibrated": 0, "assumed": 1}
    chosen = sorted(parameters.specification().values(), key=lambda each: order.get(each.status, 2))
    lines = []
    for each in chosen[:FEW]:
        value = {0.0: "no", 1.0: "yes"}[each.value] if each.kind == "switch" else f"{each.value:g}"
        text = each.text.rstrip(".").replace("\n", " ")
        line = f"  # {each.name}: {value}"
        lines.append(f"{line:<44} # {text}; {bounds_text(*each.bounds)}")
    return lines
