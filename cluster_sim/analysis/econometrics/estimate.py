"""One estimate on the model's own output, with the published range that it is read against."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

TARGETS = Path(__file__).parent.parent / "targets" / "chengdu.yaml"
ZERO = (0.0, 0.0)
"""A published range of one point is a hypothesis: the 95% interval must hold the point."""


@dataclass(frozen=True)
class Estimate:
    """A number that a published design finds in the model's output.

    `value`, `se`, `low95`, `high95` are in `unit`; `n` counts observations, `clusters` the groups within which
    errors may be dependent. `published_low` and `published_high` bound what studies found (missing: nothing to
    hold it against); where both are the same, the study's finding is that point.
    """

    name: str
    title: str
    value: float
    se: float
    low95: float
    high95: float
    n: int
    clusters: int
    unit: str
    published_low: float | None = None
    published_high: float | None = None
    source: str = ""

    @property
    def inside(self) -> bool | None:
        """Whether the value lies in the published range (for a point: whether the interval holds it)."""
        if self.published_low is None or self.published_high is None:
            return None
        if self.published_low == self.published_high:
            return self.low95 <= self.published_low <= self.high95
        return self.published_low <= self.value <= self.published_high

    @property
    def told_apart(self) -> bool | None:
        """Whether the whole 95% interval lies outside the published range."""
        if self.published_low is None or self.published_high is None:
            return None
        return not (self.low95 <= self.published_high and self.high95 >= self.published_low)

    @property
    def verdict(self) -> str:
        """`pass`, `open` (the value is outside, the interval is not), `miss`, or nothing to hold it against."""
        return "" if self.inside is None else "pass" if self.inside else "miss" if self.told_apart else "open"

    def as_dict(self) -> dict[str, Any]:
        """Return all fields and verdicts; numbers that are not finite as None."""
        fields = asdict(self) | {"inside": self.inside, "verdict": self.verdict}
        return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in fields.items()}


@cache
def _facts() -> dict[str, dict[str, Any]]:
    import yaml

    return {row["fact"]: row for row in yaml.safe_load(TARGETS.read_text("utf-8"))["facts"]}


def published(fact: str) -> dict[str, Any]:
    """Return `published_low`, `published_high` and `source` of a fact of the targets file."""
    row = _facts()[fact]
    return {"published_low": float(row["low"]), "published_high": float(row["high"]), "source": str(row["source"])}


def point(source: str) -> dict[str, Any]:
    """Return the same for a study that found no effect."""
    return {"published_low": ZERO[0], "published_high": ZERO[1], "source": source}


def about_zero(source: str) -> dict[str, Any]:
    """Return the same for a study that found next to none: within 1 per cent (assumed), however precise we are."""
    return {"published_low": -1.0, "published_high": 1.0, "source": f"{source} (about 0: within 1%, assumed)"}


def to_frame(estimates: list[Estimate]) -> Any:
    """Return one row an estimate."""
    import pandas as pd

    return pd.DataFrame([asdict(one) | {"inside": one.inside, "verdict": one.verdict} for one in estimates])
