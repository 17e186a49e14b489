"""Policies: dated entries of instruments, merged along `extends`, each key carried over.

An entry says from which month it is in force and what changes then; a key that it does not name
carries over from the entry before. A file that extends another merges its entries into those of
the same month; `none` takes an instrument, or all of them, away.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from cluster_sim.inputs.errors import Faults, did_you_mean, listing
from cluster_sim.inputs.keys import NOTE, PRICES, KeyInfo
from cluster_sim.inputs.quantities import QuantityError, is_money, month_name, parse_month
from cluster_sim.inputs.shapes import NONE, RESET, Names, shape
from cluster_sim.inputs.validation import validate
from cluster_sim.inputs.yaml_reader import Node
from cluster_sim.scenario import registry
from cluster_sim.scenario.inheritance import Document
from cluster_sim.scenario.overrides import Override
from cluster_sim.scenario.prices import Prices, constant

Entries = dict[int, dict[str, Any]]
FROM = KeyInfo("month name", text="first month in which the entry is in force; one before the scenario's start is in "
               "force from the start", status="")


@functools.cache
def entry_keys(instrument: Any) -> dict[str, KeyInfo]:
    """Every key of a dated entry of an instrument."""
    return {"from": FROM, **registry.keys_of(instrument), "prices": PRICES, "note": NOTE}


@functools.cache
def entry_shape(instrument: Any) -> Any:
    """The shape of a dated entry of an instrument."""
    return shape(f"{instrument.name} entry", entry_keys(instrument))


@dataclass
class Timeline:
    """Reads the policies of a chain of documents; `entries` by instrument and month.

    `start` is the scenario's first month; an entry later than `latest`, where that is set, is a fault.
    """

    names: Names
    prices: Prices
    faults: Faults
    start: int
    latest: int | None = None
    entries: dict[str, Entries] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=lambda: registry.instruments())

    def read(self, document: Document) -> None:
        """Merge the policies of one document into what the documents before it say."""
        node = document.root.value.get("policies")
        real = constant(document.root, False, "", self.faults)
        if node is None or node.value is None:
            return
        if node.value == NONE:
            self.entries.clear()
            return
        if node.kind != "mapping":
            what = "expected a mapping from instruments to their dated entries"
            self.faults.add("policies", what, "or none", node.mark)
            return
        for name, child in node.value.items():
            if name not in self.known:
                known = list(self.known)
                hint = did_you_mean(name, known, f"instruments: {listing(known, 30)}")
                mark = node.key_mark(name)
                self.faults.add("policies", f"unknown instrument '{name}'", hint, mark)
            elif child.value == NONE or child.value is None:
                self.entries.pop(name, None)
            else:
                self._instrument(name, child, real)

    def _instrument(self, name: str, node: Node, real: bool) -> None:
        """Merge the dated entries that one document gives for one instrument."""
        path = f"policies.{name}"
        if node.kind != "list":
            hint = f"such as - {{from: {month_name(self.start)}, budget: 10 million yuan}}"
            self.faults.add(path, "expected a list of dated entries", hint, node.mark)
            return
        last = -1
        for item in node.value:
            if item.kind != "mapping":
                hint = f"such as {{from: {month_name(self.start)}, budget: 10 million yuan}}"
                self.faults.add(path, "expected a dated entry", hint, item.mark)
                continue
            month, given = self._entry(name, item, real)
            if month is None:
                continue
            if month <= last:
                order = "given twice" if month == last else "earlier than the entry before it"
                what = f"{month_name(month)} is {order}; entries go from the oldest to the newest"
                self.faults.add(f"{path}.from", what, "", item.value["from"].mark)
            last = max(last, month)
            self.entries.setdefault(name, {}).setdefault(month, {}).update(given)

    def _entry(self, name: str, node: Node, real: bool) -> tuple[int | None, dict[str, Any]]:
        """The month of one entry and the values that it gives, money in 2017 prices."""
        path = f"policies.{name}"
        instrument = self.known[name]
        given = validate(entry_shape(instrument), node, path, self.faults, self.names)
        real = constant(node, real, path, self.faults)
        for other in ("note", "prices"):
            given.pop(other, None)
        month = given.pop("from", None)
        if month is RESET or "from" not in node.value:
            hint = f"add from: {month_name(self.start)}, the scenario's start"
            self.faults.add(path, "the entry does not say from when", hint, node.mark)
            return None, {}
        if month is None:
            return None, {}
        if self.latest is not None and month > self.latest:
            what = f"{month_name(month)} is after the end of the scenario, {month_name(self.latest)}"
            self.faults.add(f"{path}.from", what, f"it would have to go on: end: {month_name(month)}",
                            node.value["from"].mark)
        return month, {key: self._value(name, key, v, month, real) for key, v in given.items()}

    def _value(self, name: str, key: str, value: Any, month: int, real: bool) -> Any:
        info = entry_keys(self.known[name])[key]
        if value is RESET:
            return self._known_zones(_default(info), info)
        if is_money(info.unit) and not real:
            return self.prices.real(value, month)
        return value

    def set(self, setting: Override, start: int) -> None:
        """Apply `policies=none`, `policies.NAME=none`, `policies.NAME.KEY=value` (every entry, or
        one from the start if there is none), `policies.NAME.2026-01.KEY=value` (one entry) or
        `policies.NAME.from=2027-01` (an instrument of one entry begins then)."""
        parts = setting.parts
        name = parts[1] if len(parts) > 1 else ""
        if name and name not in self.known:
            hint = did_you_mean(name, list(self.known))
            mark = setting.mark(1)
            self.faults.add("policies", f"unknown instrument '{name}'", hint, mark)
            return
        if len(parts) < 3:
            if setting.node.value not in (NONE, None):
                hint = f"name a key: policies.{name or 'NAME'}.KEY=value"
                self.faults.add(setting.path, "only none can be set here", hint, setting.node.mark)
            elif name:
                self.entries.pop(name, None)
            else:
                self.entries.clear()
            return
        month = setting.month(2, self.faults) if parts[2][:1].isdigit() else None
        if parts[2][:1].isdigit() and (month is None or len(parts) != 4):
            if month is not None:
                hint = f"as policies.{name}.{parts[2]}.KEY=value"
                self.faults.add(setting.path, "which key?", hint, setting.mark(2))
            return
        key = ".".join(parts[3:] if month is not None else parts[2:])
        if key == "from" and month is None:
            self._move(name, setting)
            return
        entry = Node({key: setting.node}, setting.node.mark, {key: setting.mark(len(parts) - 1)})
        if key in ("from", "prices", "note"):
            hint = f"as policies.{name}.2026-01.KEY=value"
            self.faults.add(setting.path, "an entry is named by its month", hint, setting.mark(2))
            return
        instrument = self.known[name]
        path = f"policies.{name}"
        given = validate(entry_shape(instrument), entry, path, self.faults, self.names)
        if key not in given:
            return
        timeline = self.entries.setdefault(name, {})
        months = [month] if month is not None else (sorted(timeline) or [start])
        for each in months:
            value = self._value(name, key, given[key], each, False)
            timeline.setdefault(each, {})[key] = value

    def _move(self, name: str, setting: Override) -> None:
        """Let an instrument of one entry begin in another month; money stays what it is."""
        try:
            first = parse_month(setting.node.value)
        except QuantityError as error:
            self.faults.add(setting.path, error.message, error.hint, setting.node.mark)
            return
        timeline = self.entries.setdefault(name, {})
        if not timeline:
            self.faults.add(setting.path, f"{name} has no entries that could be moved", "", setting.mark(1))
            return
        if len(timeline) > 1:
            months = [month_name(month) for month in sorted(timeline)]
            what = f"{name} has {len(months)} dated entries ({', '.join(months)}): which of them is to begin then?"
            hint = (f"for one new entry policies.{name}=none, then policies.{name}.{month_name(first)}.KEY=value; "
                    "several go into a file, with their months")
            self.faults.add(setting.path, what, hint, setting.mark(2))
            return
        (given,) = timeline.values()
        self.entries[name] = {first: given}

    def complete(self) -> dict[str, list[dict[str, Any]]]:
        """Every instrument's entries in order, each with every key: given, carried or default."""
        done: dict[str, list[dict[str, Any]]] = {}
        for name in sorted(self.entries):
            current = {
                key: self._known_zones(_default(info), info)
                for key, info in entry_keys(self.known[name]).items()
                if key not in ("from", "note", "prices")
            }
            done[name] = []
            for month in sorted(self.entries[name]):
                current = {**current, **self.entries[name][month]}
                copied = {k: list(v) if isinstance(v, list) else v for k, v in current.items()}
                done[name].append({"from": month, **copied})
        return {name: entries for name, entries in done.items() if entries}

    def _known_zones(self, default: Any, info: KeyInfo) -> Any:
        """A default without the zones that this city does not have."""
        if info.unit != "list of zones" or self.names.zones is None or default is None:
            return default
        return [zone for zone in default if zone in self.names.zones]


def _default(info: KeyInfo) -> Any:
    """A key's default in the type that reading gives it."""
    default = info.default
    if isinstance(default, list | tuple):
        return list(default)
    numeric = isinstance(default, int | float) and not isinstance(default, bool)
    if numeric and not info.whole:
        return float(default)
    return default
