"""What one key of a file holds: declared once by instruments, events and files, read, explained and drawn from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from cluster_sim.inputs.quantities import bounds_text

WORDS = ("text", "slug", "bool", "month name", "last month", "segment", "zone", "other city", "identity")
"""Units of values that are not amounts."""


@dataclass(frozen=True)
class KeyInfo:
    """One key of an instrument, an event or a file: its unit, default, bounds, meaning, and how well it is known."""

    unit: str
    default: Any = None
    low: float = 0.0
    high: float = math.inf
    text: str = ""
    status: str = "assumed"
    source: str = ""

    @property
    def whole(self) -> bool:
        """Whether values are whole numbers: counts and ranks, unless the default is a fraction."""
        return self.unit in ("count", "rank") and not isinstance(self.default, float)

    @property
    def amount(self) -> bool:
        """Whether values are numbers with bounds."""
        return self.unit not in WORDS and not self.unit.startswith("list of")

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value; a share lies between 0 and 1."""
        return (max(self.low, 0.0), min(self.high, 1.0)) if self.unit == "share" else (self.low, self.high)

    def describe(self) -> str:
        """The key in a line: `share of audited cost, 0 to 1`."""
        text = self.text.rstrip(".")
        if not self.amount:
            return text or self.unit
        bounds = bounds_text(*self.bounds, self.unit)
        if text.endswith(bounds):
            return text
        return f"{text}, {bounds}" if text else f"{self.unit}, {bounds}"


PRICES = KeyInfo("text", text="prices of the money beside it: 2017, or nominal of its month")
NOTE = KeyInfo("text", text="free text: a source, or that a figure is assumed", status="")
