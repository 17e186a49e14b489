"""A sweep: one base scenario, the factors that vary, the design over them, and the seeds of every point."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cluster_sim.inputs.quantities import month_name
from cluster_sim.scenario.factors import Factor
from cluster_sim.scenario.types import Scenario

BY_VALUE = ("grid", "list", "oat")
"""Designs over listed values; the others sample ranges."""


@dataclass(frozen=True)
class Sweep:
    """What a sweep file says, checked and complete.

    `until` is the ordinal of the last month (year * 12 + month - 1); `outputs` are the tables that a run keeps
    besides its series. Every point of the design has the same `seeds`: common random numbers.
    """

    name: str
    base: Scenario
    design: str
    factors: tuple[Factor, ...]
    seeds: tuple[int, ...]
    scale: float
    until: int
    outputs: tuple[str, ...] = ()
    samples: int | None = None
    trajectories: int | None = None
    levels: int | None = None
    second_order: bool = False
    sample_seed: int = 0
    rationale: str = ""
    slug: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Keys that another command reads in the same file."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the factors' columns in the results, in the order of the factors."""
        return tuple(factor.column for factor in self.factors)

    def labels(self, point: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
        """Return column and entry of each factor at a point of the design."""
        return tuple((factor.column, factor.label(point.get(factor.path))) for factor in self.factors)

    def point_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the point (path -> value) that a row of the results (column -> entry) stands for."""
        found = {factor.path: factor.value_of(row[factor.column]) for factor in self.factors}
        return {path: value for path, value in found.items() if value is not None}

    def resolved(self) -> dict[str, Any]:
        """Return the sweep as plain values: itself a sweep file, whose base is the scenario.yaml beside it."""
        written: dict[str, Any] = {"name": self.name}
        if self.rationale:
            written["rationale"] = self.rationale
        written |= {"base": "scenario.yaml", "design": self.design}
        for key in ("samples", "trajectories", "levels"):
            if getattr(self, key) is not None:
                written[key] = getattr(self, key)
        if self.second_order:
            written["second_order"] = True
        if self.sample_seed:
            written["sample_seed"] = self.sample_seed
        written["factors"] = {factor.path: factor.resolved() for factor in self.factors}
        written |= {"seeds": list(self.seeds), "scale": self.scale, "until": month_name(self.until),
                    "outputs": list(self.outputs)}
        return written

    def digest(self) -> str:
        """Return a hash of the design and the factors; names, seeds, scale and outputs do not count."""
        content = self.resolved()
        for key in ("name", "rationale", "base", "seeds", "scale", "until", "outputs"):
            content.pop(key, None)
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()
