"""Agents of the city: tables of columns, and Mesa agents as views over rows.

The views are imported when they are asked for: whoever only reads a scenario does not wait for Mesa.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {"Studio": "studio", "Talent": "talent", "Fund": "fund", "Government": "government"}
__all__ = ["KINDS", "Fund", "Government", "Studio", "Talent"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"cluster_sim.agents.{_WHERE[name]}"), name)
    if name == "KINDS":
        return tuple(getattr(import_module(f"cluster_sim.agents.{module}"), kind) for kind, module in _WHERE.items())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
