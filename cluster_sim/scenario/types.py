"""The resolved scenario: complete, frozen, picklable and free of the reader and of pydantic."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cluster_sim.inputs.quantities import month_name, parse_month

EVENT_KINDS = ("hit", "flop", "no_hits", "pandemic", "convention")
_MONTH_KEYS = ("month", "from", "to", "half")


@dataclass(frozen=True)
class Scenario:
    """Everything that a run needs to know besides its seed and scale.

    Months are ordinals (year * 12 + month - 1), both `start` and `end` belong to the run; money is
    in million yuan at constant 2017 prices.
    """

    name: str
    rationale: str
    city: str
    start: int
    end: int
    parameters: dict[str, float] = field(repr=False)
    """Every parameter of the model with its value."""
    policies: dict[str, list[dict[str, Any]]]
    """By instrument, its dated entries in order: `from` (an ordinal) and every key of it."""
    events: list[dict[str, Any]]
    """In order of `month`, each with its `kind`."""
    outside: dict[str, Any]
    """`freeze`: whether the outside paths stay at their values of January 2017; beside it only paths that are changed:
    `market`, `foreign`, `rest_gdp`, `outside_wage` with `from` (an ordinal), `factor`, `growth`; `ai` with `half`."""
    slug: str = ""
    """Short name, from the file's name: `no_policy`."""
    city_digest: str = ""
    """Hash of the files of a city that does not come with the package; empty otherwise."""

    @property
    def months(self) -> int:
        """Length of the run in months."""
        return self.end - self.start + 1

    def resolved(self) -> dict[str, Any]:
        """The scenario as plain values in a stable order: itself a complete scenario file."""
        return {
            "name": self.name,
            "slug": self.slug,
            "rationale": self.rationale,
            "city": self.city,
            "city_digest": self.city_digest,
            "start": month_name(self.start),
            "end": month_name(self.end),
            "prices": 2017,
            "policies": {name: [_dated(entry) for entry in self.policies[name]] for name in sorted(self.policies)},
            "events": [_event(event) for event in self.events],
            "outside": {key: _dated(value) if isinstance(value, Mapping) else value
                        for key, value in self.outside.items()},
            "parameters": {name: self.parameters[name] for name in sorted(self.parameters)},
        }

    def digest(self) -> str:
        """SHA-256 of the resolved scenario without its names and reasons."""
        content = self.resolved()
        for key in ("name", "slug", "rationale"):
            del content[key]
        if self.city_digest:
            del content["city"]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def load_resolved(content: Mapping[str, Any]) -> Scenario:
    """The inverse of `Scenario.resolved`, for reproducing a run; nothing is checked again."""
    return Scenario(
        name=content["name"],
        rationale=content["rationale"],
        city=content["city"],
        start=parse_month(content["start"]),
        end=parse_month(content["end"]),
        parameters={name: float(value) for name, value in content["parameters"].items()},
        policies={name: [_with_ordinals(entry) for entry in entries] for name, entries in content["policies"].items()},
        events=[_from_file(event) for event in content["events"]],
        outside={key: _with_ordinals(value) if isinstance(value, Mapping) else value
                 for key, value in content["outside"].items()},
        slug=content.get("slug", ""),
        city_digest=content.get("city_digest", ""),
    )


def _dated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: month_name(value) if key in _MONTH_KEYS else _copy(value) for key, value in values.items()}


def _with_ordinals(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: parse_month(value) if key in _MONTH_KEYS else _copy(value) for key, value in values.items()}


def _copy(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as a file writes it: the kind is the key of its title."""
    rest = {k: v for k, v in _dated(event).items() if k not in ("kind", "title")}
    if "from" in rest:
        del rest["month"]
    return {event["kind"]: event["title"], **rest}


def _from_file(event: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `_event`."""
    values = _with_ordinals(event)
    kind = next(kind for kind in EVENT_KINDS if kind in values)
    title = values.pop(kind)
    month = values.pop("month", values.get("from"))
    return {"month": month, "kind": kind, "title": title, **values}
