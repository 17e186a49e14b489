"""Doses: a law with more or less of everything that it grants, for asking what a further yuan buys."""

from __future__ import annotations

from typing import Any

from cluster_sim.policies import Instrument, instruments


def amounts(instrument: type[Instrument]) -> tuple[str, ...]:
    """Return the keys that say how much an instrument grants: numbers whose default is nothing."""
    return tuple(name for name, key in instrument.keys.items()
                 if isinstance(key.default, int | float) and not isinstance(key.default, bool) and key.default == 0)


def times(policies: dict[str, list[dict[str, Any]]], factor: float) -> dict[str, list[dict[str, Any]]]:
    """Return a scenario's policies with all amounts multiplied, as far as the bounds of each key allow.

    Caps, conditions and budgets stay, so that the outlay need not grow by the factor.
    """
    known = instruments()
    result = {}
    for name, entries in policies.items():
        keys = {key: known[name].keys[key] for key in amounts(known[name])}
        result[name] = [entry | {key: type(entry[key])(min(max(entry[key] * factor, meta.low), meta.high))
                                 for key, meta in keys.items() if entry.get(key)} for entry in entries]
    return result
