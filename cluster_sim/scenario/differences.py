"""What one scenario does differently from another, in short lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cluster_sim.inputs.quantities import month_name
from cluster_sim.scenario.types import Scenario


def differences(scenario: Scenario, base: Scenario) -> list[str]:
    """Lines such as `production_subsidy from 2026-01: rate 0.1 -> 0.2`; empty if there are none."""
    lines = []
    if scenario.city != base.city:
        lines.append(f"city: {base.city} -> {scenario.city}")
    for key in ("start", "end"):
        old, new = getattr(base, key), getattr(scenario, key)
        if old != new:
            lines.append(f"{key}: {month_name(old)} -> {month_name(new)}")
    lines += _policies(scenario, base)
    lines += _events(scenario, base)
    lines += _outside(scenario.outside, base.outside)
    for name, value in scenario.parameters.items():
        if base.parameters.get(name) != value:
            lines.append(f"{name}: {_value(base.parameters.get(name))} -> {_value(value)}")
    return lines


def _outside(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    """Differences of the outside conditions, key by key; a path that is not changed has no keys."""
    lines = []
    for name in dict.fromkeys([*new, *old]):
        one, other = new.get(name, {}), old.get(name, {})
        if not isinstance(one, Mapping):
            one, other = {"": one}, {"": other}
        for key in dict.fromkeys([*one, *other]):
            if one.get(key) != other.get(key):
                where = f"{name}.{key}" if key else name
                lines.append(f"outside {where}: {_value(other.get(key), key)} -> {_value(one.get(key), key)}")
    return lines


def _policies(scenario: Scenario, base: Scenario) -> list[str]:
    """Differences of the instruments, entry by entry against the law then in force."""
    lines = []
    gone = sorted(set(base.policies) - set(scenario.policies))
    if gone and not scenario.policies:
        return ["no policies"]
    lines += [f"without {name}" for name in gone]
    for name in sorted(scenario.policies):
        before = base.policies.get(name, [])
        if not before:
            lines.append(f"with {name} from {month_name(scenario.policies[name][0]['from'])}")
        months = sorted({e["from"] for e in [*before, *scenario.policies[name]]}) if before else []
        last: dict[str, Any] = {}
        for month in months:
            old, new = _in_force(before, month), _in_force(scenario.policies[name], month)
            changed = {
                key: (old.get(key), new.get(key))
                for key in dict.fromkeys([*new, *old])
                if key != "from" and old.get(key) != new.get(key)
            }
            if changed != last:
                text = ", ".join(f"{k} {_value(a)} -> {_value(b)}" for k, (a, b) in changed.items())
                lines.append(f"{name} from {month_name(month)}: {text or 'as the base'}")
            last = changed
    return lines


def _in_force(entries: list[dict[str, Any]], month: int) -> dict[str, Any]:
    """The entry that is in force in a month, empty before the first."""
    found: dict[str, Any] = {}
    for entry in entries:
        if entry["from"] <= month:
            found = entry
    return found


def _events(scenario: Scenario, base: Scenario) -> list[str]:
    """Events that are missing, new or changed."""
    old = {event["title"]: event for event in base.events}
    new = {event["title"]: event for event in scenario.events}
    if old and not new:
        return ["no events"]
    lines = [f"without {old[title]['kind']} '{title}'" for title in old if title not in new]
    for title, event in new.items():
        if title not in old:
            lines.append(f"with {event['kind']} '{title}' in {month_name(event['month'])}")
            continue
        for key in event:
            if event[key] != old[title].get(key):
                lines.append(f"'{title}' {key}: {_value(old[title].get(key), key)} -> {_value(event[key], key)}")
    return lines


def _value(value: Any, key: str = "") -> str:
    if key in ("month", "from", "to", "half") and isinstance(value, int):
        return month_name(value)
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
