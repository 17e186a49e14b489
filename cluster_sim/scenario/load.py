"""From a file to a `Scenario`: the chain is read, checked part by part, and all faults raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Faults, did_you_mean
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.scenario import registry
from cluster_sim.scenario.events import Events
from cluster_sim.scenario.inheritance import Document, read_chain
from cluster_sim.scenario.metadata import (
    HEAD,
    OUTSIDE,
    read_city,
    read_head,
    read_months,
    read_outside,
)
from cluster_sim.scenario.overrides import Override, as_texts, read_overrides
from cluster_sim.scenario.parameters import ParameterValues
from cluster_sim.scenario.prices import Prices
from cluster_sim.scenario.timeline import Timeline
from cluster_sim.scenario.types import Scenario


def load(path: str | Path, settings: Mapping[str, Any] | Iterable[str] | None = None) -> Scenario:
    """Read, check and resolve a scenario; ScenarioError holds all its faults."""
    faults = Faults()
    documents = read_chain(path, faults)
    given = read_overrides(as_texts(settings))
    documents += _as_documents(given, documents[-1])
    head = read_head(documents, faults)
    start, end = read_months(head, faults)
    found = read_city(head, faults)
    names, prices = found.names(), Prices(found.city)
    timeline = Timeline(names, prices, faults)
    events = Events(names, prices, faults)
    parameter_values = ParameterValues(faults)
    parameter_values.city(getattr(found.city, "parameters", None) or {}, found.name)
    for document in documents:
        timeline.read(document)
        events.read(document)
        parameter_values.read(document)
    outside = read_outside(documents, faults)
    for setting in given:
        _apply(setting, timeline, events, parameter_values, start, faults)
    faults.stop()
    return Scenario(
        name=head.get("name", ""),
        rationale=head.get("rationale", ""),
        city=found.name,
        start=start,
        end=end,
        parameters=parameter_values.values,
        policies=timeline.complete(),
        events=events.ordered(),
        outside=outside,
        slug=head.get("slug", ""),
        city_digest=found.digest,
    )


def _as_documents(settings: list[Override], last: Document) -> list[Document]:
    """Settings of the head and of `outside` as documents that extend the last one."""
    documents = []
    for setting in settings:
        first, mark = setting.parts[0], setting.mark(0)
        if len(setting.parts) == 1 and first in HEAD and first != "extends":
            root = Node({first: setting.node}, mark, {first: mark})
        elif len(setting.parts) == 2 and first == "outside":
            key = setting.parts[1]
            inner = Node({key: setting.node}, mark, {key: setting.mark(1)})
            root = Node({first: inner}, mark, {first: mark})
        else:
            continue
        documents.append(Document(last.path, last.folder, root))
    return documents


def _apply(
    setting: Override,
    timeline: Timeline,
    events: Events,
    parameter_values: ParameterValues,
    start: int,
    faults: Faults,
) -> None:
    """Apply one setting that is not of the head."""
    first, rest = setting.parts[0], ".".join(setting.parts[1:])
    if first == "policies":
        timeline.set(setting, start)
    elif first == "events":
        events.set(setting)
    elif first == "parameters" and rest:
        parameter_values.set(rest, setting.node, setting.mark(1).part(0, len(rest)))
    elif setting.path in parameter_values.known:
        parameter_values.set(setting.path, setting.node, setting.mark(0).part(0, len(setting.path)))
    elif len(setting.parts) == 1 and first in HEAD and first != "extends":
        return
    elif first == "outside" and len(setting.parts) == 2:
        return
    else:
        known = [*HEAD, *(f"outside.{key}" for key in OUTSIDE), *parameter_values.known]
        known += [f"policies.{n}.{k}" for n, c in timeline.known.items() for k in registry.keys_of(c)]
        hint = did_you_mean(setting.path, known, "such as policies.production_subsidy.rate=0.2")
        mark = setting.mark(0).part(0, len(setting.path))
        faults.add("", f"unknown path '{setting.path}'", hint, mark)
