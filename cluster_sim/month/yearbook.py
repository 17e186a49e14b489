"""Part of step 12: every studio's accounts of the calendar year, for who asks for them (`keep=("accounts",)`).

One row a studio and year, written in December or in the month in which it closes.  Summed over studios they
give what the ledger has for the year, to the yuan.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.codes import SEGMENTS, TIERS, Life
from cluster_sim.jit import kernel

YEAR = np.dtype([(name, "f8") for name in (
    "output", "value_added", "sales", "inputs", "wages", "rent", "compute", "surplus", "staff_months", "months", "load",
    "capacity")], align=True)


@kernel
def add_month(studios, year):
    """Add a month of every studio to its year (whole yuan, person-months)."""
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        a = year[i]
        a.output += s.sales + s.wip_change
        a.value_added += s.surplus + s.wages + s.taxes - s.subsidies
        a.sales += s.sales
        a.inputs += s.inputs
        a.wages += s.wages
        a.rent += np.floor(s.area * s.rent_per_m2 + 0.5)
        a.compute += s.compute
        a.surplus += s.surplus
        a.staff_months += s.staff
        a.load += s.load
        a.capacity += s.capacity
        a.months += 1.0


class Yearbook:
    """Keeps the year's accounts by row and the rows written so far."""

    def __init__(self) -> None:
        self.year = np.zeros(0, YEAR)
        self.public = np.zeros(0)
        self.released = np.zeros(0, np.int64)
        self.pages: list[dict[str, np.ndarray]] = []

    def begin(self, model: Any) -> None:
        """Count from here on: titles and public money of before are no part of the first year."""
        studios = model.studios.rows
        self.year = np.zeros(studios.size, YEAR)
        self.public, self.released = studios["public"].copy(), studios["released"].astype(np.int64)

    def add(self, model: Any) -> None:
        """Add the month; write out who closed and, in December or at the end, everybody."""
        studios = model.studios.used
        if self.year.size < model.studios.rows.size:
            more = model.studios.rows.size - self.year.size
            self.year = np.concatenate([self.year, np.zeros(more, YEAR)])
            self.public = np.concatenate([self.public, np.zeros(more)])
            self.released = np.concatenate([self.released, np.zeros(more, np.int64)])
        add_month(studios, self.year)
        over = model.month_of_year == 12 or model.t + 1 == model.months
        rows = np.flatnonzero(studios["alive"] != Life.FREE.value if over else studios["alive"] == Life.ENDED.value)
        if rows.size:
            self.write(model, rows[np.argsort(studios["id"][rows])])

    def write(self, model: Any, rows: np.ndarray) -> None:
        """Write the year of some rows and begin a new one for them."""
        s, y, cells = model.studios.rows, self.year, model.space.cells
        self.pages.append({
            "year": np.full(rows.size, model.ordinal // 12, np.int32), "studio_id": s["id"][rows].copy(),
            "segment": s["segment"][rows].copy(), "cell": s["cell"][rows].copy(), "park": s["park"][rows].copy(),
            "district": cells["district"][s["cell"][rows]].copy(), "zones": model.studio_zones()[rows],
            "age_months": (model.t - s["born"][rows]).astype(np.int32), "alive": s["alive"][rows] == Life.ALIVE.value,
            "anchor": s["anchor"][rows] > 0, "tier": s["tier"][rows].copy(), "staff": s["staff"][rows].copy(),
            **{name: y[name][rows].copy() for name in YEAR.names or ()},
            "public": s["public"][rows] - self.public[rows],
            "released": (s["released"][rows] - self.released[rows]).astype(np.int32),
            "reputation": s["reputation"][rows].copy(), "knowhow": s["knowhow"][rows].copy(),
            "ai": s["ai"][rows].copy(), "templates": s["templates"][rows].copy(), "export": s["export"][rows].copy(),
            "density": cells["density"][s["cell"][rows]] / float(model.city_state["density0"][0])})
        y[rows] = np.zeros((), YEAR)
        ends = s["alive"][rows] == Life.ENDED.value
        self.public[rows] = np.where(ends, 0.0, s["public"][rows])
        self.released[rows] = np.where(ends, 0, s["released"][rows])

    def table(self) -> dict[str, np.ndarray]:
        """Return one row a studio and year; money in million yuan at 2017 prices, staff in people."""
        if not self.pages:
            return {}
        whole = {name: np.concatenate([page[name] for page in self.pages]) for name in self.pages[0]}
        for name in ("output", "value_added", "sales", "inputs", "wages", "rent", "compute", "surplus", "public"):
            whole[name] = whole[name] / 1e6
        whole["segment"] = np.array(SEGMENTS, object)[whole["segment"]]
        whole["tier"] = np.array(TIERS, object)[whole["tier"]]
        return whole
