"""Scenarios with some of their instruments only, and how the runs of one store name theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

INSTRUMENTS = "instruments"
"""Column of `runs` and `series` where the runs of a store differ in them, such as `box_office_incentive+hub`."""
NOBODY = "none"


def label(instruments: Iterable[str]) -> str:
    """Return what the column says of a run with these instruments."""
    return "+".join(sorted(instruments)) or NOBODY


def with_instruments(scenario: Any, instruments: str | Iterable[str]) -> Any:
    """Return the scenario with these of its instruments (names, or the column's entry) and no others."""
    kept = set(instruments.split("+") if isinstance(instruments, str) else instruments)
    return replace(scenario, policies={name: entries for name, entries in sorted(scenario.policies.items())
                                       if name in kept})
