"""Scenarios that differ from one base in a few values: made by the thousand, without reading a file again.

A dated value (`policies.NAME.2026-01.KEY`) holds until the next entry at which the base changes that key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from cluster_sim.inputs.errors import Faults, ScenarioError
from cluster_sim.scenario import registry
from cluster_sim.scenario.types import Scenario
from cluster_sim.scenario.variant import Variant


class Variants:
    """Makes the variants of one base; keeps what all of them have in common."""

    def __init__(self, base: Scenario) -> None:
        self.base = base

    @cached_property
    def city(self) -> Any:
        """The base's city, None if it cannot be read (money is then taken as it is, zones are not checked)."""
        try:
            return registry.city(self.base.city)
        except ScenarioError:
            return None

    @cached_property
    def shared(self) -> tuple[Any, Any]:
        """The names that values may use, and the prices."""
        from cluster_sim.scenario.metadata import CityFound
        from cluster_sim.scenario.prices import Prices

        return CityFound(self.base.city, self.city).names(), Prices(self.city)

    def of(self, point: Mapping[str, Any], digest: str = "") -> Variant:
        """The variant at a point (path -> value); ScenarioError if a value cannot be. `digest`: its own, if known."""
        from cluster_sim.scenario.overrides import overrides_of

        faults = Faults()
        found = self.with_overrides(overrides_of(point), faults)
        faults.stop()
        return replace(found, key=digest or found.complete().digest())

    def draft(self, faults: Faults, touched: Iterable[str] = ()) -> Any:
        """The base as a draft whose `parameters` are those that change; only policies in `touched` are laid out."""
        from cluster_sim.scenario.draft import Draft
        from cluster_sim.scenario.outside import copy_of

        draft = Draft(*self.shared, faults, self.base.start)
        draft.parameters.values, draft.timeline.latest = {}, self.base.end
        draft.outside.found = copy_of(self.base.outside)
        draft.timeline.entries = {name: _changes(self.base.policies[name]) for name in touched
                                  if name in self.base.policies}
        for event in self.base.events:
            gone = ("title", "month") if "from" in event else ("title",)
            draft.events.found[event["title"]] = {key: value for key, value in event.items() if key not in gone}
        return draft

    def with_overrides(self, overrides: Iterable[Any], faults: Faults) -> Variant:
        """The variant, as yet without its digest; what is wrong with the overrides goes to `faults`."""
        overrides = list(overrides)
        parts = {one.parts[0] for one in overrides}
        touched = {one.parts[1] if len(one.parts) > 1 else "" for one in overrides if one.parts[0] == "policies"}
        if "" in touched:
            touched = {*self.base.policies, *touched} - {""}
        draft = self.draft(faults, touched)
        for one in overrides:
            draft.apply(one)
        done = draft.timeline.complete() if touched else {}
        return Variant(
            self.base, draft.parameters.values, {name: done.get(name, []) for name in sorted(touched)},
            draft.events.ordered() if "events" in parts else None,
            draft.outside.complete() if "outside" in parts else None)


def _changes(entries: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Complete entries by month: the first as it is, later ones with what they change."""
    found: dict[int, dict[str, Any]] = {}
    last: Mapping[str, Any] = {}
    for entry in entries:
        found[entry["from"]] = {key: value for key, value in entry.items()
                                if key != "from" and (key not in last or last[key] != value)}
        last = entry
    return found
