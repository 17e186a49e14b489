"""A scenario as a base, which thousands may share, and what is changed in it.

It answers what the plan of a run asks of a scenario (name, months, digest) and gives the whole `Scenario` on
request, so that a plan of ten thousand runs costs little more memory than one of a hundred. Neither the reader
nor pydantic is needed here: workers unpickle variants.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cluster_sim.scenario.types import Scenario


@dataclass(frozen=True, slots=True)
class Variant:
    """A scenario as its base and what is changed; `complete()` is the scenario itself."""

    base: Scenario
    parameters: dict[str, float] = field(default_factory=dict)
    """Only those that change."""
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Only the instruments that change, with complete entries; an empty list for one that is taken away."""
    events: list[dict[str, Any]] | None = None
    outside: dict[str, Any] | None = None
    key: str = ""
    """The digest of the complete scenario."""

    @property
    def name(self) -> str:
        """Name of the base."""
        return self.base.name

    @property
    def slug(self) -> str:
        """Short name of the base."""
        return self.base.slug

    @property
    def city(self) -> str:
        """City of the base."""
        return self.base.city

    @property
    def start(self) -> int:
        """First month, an ordinal."""
        return self.base.start

    @property
    def end(self) -> int:
        """Last month, an ordinal."""
        return self.base.end

    @property
    def months(self) -> int:
        """Length of the run in months."""
        return self.base.months

    def digest(self) -> str:
        """The digest of the complete scenario."""
        return self.key

    def resolved(self) -> dict[str, Any]:
        """The complete scenario as plain values."""
        return self.complete().resolved()

    def complete(self) -> Scenario:
        """The scenario itself."""
        whole = {**self.base.policies, **self.policies}
        return replace(
            self.base,
            parameters={**self.base.parameters, **self.parameters},
            policies={name: whole[name] for name in sorted(whole) if whole[name]},
            events=self.base.events if self.events is None else self.events,
            outside=self.base.outside if self.outside is None else self.outside)
