"""From a file to a `Scenario`: the chain is read, checked part by part, and all faults raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cluster_sim.inputs.errors import Faults
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.scenario.draft import Draft
from cluster_sim.scenario.inheritance import Document, read_chain
from cluster_sim.scenario.metadata import read_city, read_head, read_months
from cluster_sim.scenario.overrides import as_texts, read_overrides
from cluster_sim.scenario.prices import Prices
from cluster_sim.scenario.types import Scenario


def load(path: str | Path, settings: Mapping[str, Any] | Iterable[str] | None = None) -> Scenario:
    """Read, check and resolve a scenario; ScenarioError holds all its faults."""
    faults = Faults()
    documents = read_chain(path, faults)
    overrides = read_overrides(as_texts(settings))
    last = documents[-1]
    for one in overrides:
        if one.of_head:
            root = Node({one.path: one.node}, one.mark(0), {one.path: one.mark(0)})
            documents.append(Document(last.path, last.folder, root))
    head = read_head(documents, faults)
    start, end = read_months(head, faults)
    found = read_city(head, faults)
    draft = Draft(found.names(), Prices(found.city), faults, start)
    draft.parameters.city(getattr(found.city, "parameters", None) or {}, found.name)
    # What a base says of later years, a scenario that ends sooner does not have to take away; stored ones hold it too.
    own_end = not any(one.path == "end" for one in overrides) and "city_digest" not in last.root.value
    for document in documents:
        draft.timeline.latest = end if document is last and own_end else None
        draft.read(document)
    draft.timeline.latest = end
    for one in overrides:
        draft.apply(one)
    draft.outside.check(found.city)
    faults.stop()
    return Scenario(
        name=head.get("name", ""),
        rationale=head.get("rationale", ""),
        city=found.name,
        start=start,
        end=end,
        parameters=draft.parameters.values,
        policies=draft.timeline.complete(),
        events=draft.events.ordered(),
        outside=draft.outside.complete(),
        slug=head.get("slug", ""),
        city_digest=found.digest,
    )
