"""From a file to a `Scenario`: the chain is read, checked part by part, and all faults raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cluster_sim.scenario import registry
from cluster_sim.scenario.chain import Document, read_chain
from cluster_sim.scenario.faults import Faults, did_you_mean
from cluster_sim.scenario.happenings import Happenings
from cluster_sim.scenario.head import (
    HEAD,
    OUTSIDE,
    read_city,
    read_head,
    read_months,
    read_outside,
)
from cluster_sim.scenario.nodes import Node
from cluster_sim.scenario.overrides import Overrides
from cluster_sim.scenario.prices import Prices
from cluster_sim.scenario.settings import Setting, as_texts, read_settings
from cluster_sim.scenario.timeline import Timeline
from cluster_sim.scenario.types import Scenario


def load(path: str | Path, settings: Mapping[str, Any] | Iterable[str] | None = None) -> Scenario:
    """Read, check and resolve a scenario; ScenarioError holds all its faults."""
    faults = Faults()
    documents = read_chain(path, faults)
    given = read_settings(as_texts(settings))
    documents += _as_documents(given, documents[-1])
    head = read_head(documents, faults)
    start, end = read_months(head, faults)
    found = read_city(head, faults)
    names, prices = found.names(), Prices(found.city)
    timeline = Timeline(names, prices, faults)
    happenings = Happenings(names, prices, faults)
    overrides = Overrides(faults)
    overrides.city(getattr(found.city, "parameters", None) or {}, found.name)
    for document in documents:
        timeline.read(document)
        happenings.read(document)
        overrides.read(document)
    outside = read_outside(documents, faults)
    for setting in given:
        _apply(setting, timeline, happenings, overrides, start, faults)
    faults.stop()
    return Scenario(
        name=head.get("name", ""),
        rationale=head.get("rationale", ""),
        city=found.name,
        start=start,
        end=end,
        parameters=overrides.values,
        policies=timeline.complete(),
        events=happenings.ordered(),
        outside=outside,
        slug=head.get("slug", ""),
        city_digest=found.digest,
    )


def _as_documents(settings: list[Setting], last: Document) -> list[Document]:
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
    setting: Setting,
    timeline: Timeline,
    happenings: Happenings,
    overrides: Overrides,
    start: int,
    faults: Faults,
) -> None:
    """Apply one setting that is not of the head."""
    first, rest = setting.parts[0], ".".join(setting.parts[1:])
    if first == "policies":
        timeline.set(setting, start)
    elif first == "events":
        happenings.set(setting)
    elif first == "parameters" and rest:
        overrides.set(rest, setting.node, setting.mark(1).part(0, len(rest)))
    elif setting.path in overrides.known:
        overrides.set(setting.path, setting.node, setting.mark(0).part(0, len(setting.path)))
    elif len(setting.parts) == 1 and first in HEAD and first != "extends":
        return
    elif first == "outside" and len(setting.parts) == 2:
        return
    else:
        known = [*HEAD, *(f"outside.{key}" for key in OUTSIDE), *overrides.known]
        known += [f"policies.{n}.{k}" for n, c in timeline.known.items() for k in registry.keys_of(c)]
        hint = did_you_mean(setting.path, known, "such as policies.production_subsidy.rate=0.2")
        mark = setting.mark(0).part(0, len(setting.path))
        faults.add("", f"unknown path '{setting.path}'", hint, mark)
