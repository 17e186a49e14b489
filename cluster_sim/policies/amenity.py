"""Amenity: greenways, historic quarters and quiet, bought a part each year, worn away a part each year."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import MILLION, Instrument, Key


class Amenity(Instrument):
    """Money buys amenity by the square kilometre, less where there is much already; it wears if nothing follows.

    Amenity raises the rate of ideas, draws migrants, and is worth something to those who work there (Glaeser,
    Kolko & Saiz 2001; Roback 1982).
    """

    name = "amenity"
    title = "Amenity"
    text = "Greenways and redeveloped quarters in the zones."
    keys = {
        "spending": Key("million yuan", 0.0, 0, 1e6, "money spent in a year"),
        "price": Key("million yuan", 400.0, 1, 1e6, "cost of raising the amenity of a square kilometre from 0 to 1"),
        "wear": Key("share", 0.03, 0, 1, "share of what was built that wears away in a year"),
        "zones": Key("list of zones", ["hi_tech_south", "hi_tech_west", "bailuwan"],
                     text="zones where it is built; empty means the whole city"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.before: np.ndarray | None = None
        self.built = np.zeros(0)

    def open(self, model) -> None:
        if not self.get("spending") and self.before is None:
            return
        cells = model.space.cells
        if self.before is None:
            self.before, self.built = cells["amenity"].copy(), np.zeros(cells.size)
        covered = self.covered(model, "floor")
        self.built *= 1.0 - self.get("wear") / 12.0
        area = self.covered(model, "area").sum() * float(model.places.cell_km) ** 2
        area *= model.scale             # money shrinks, the map does not
        if area <= 0.0:                 # a city without these zones has nowhere to build
            return
        paid = self.spend(model, self.money("spending") * model.scale / 12.0)
        gain = paid / MILLION / (self.get("price") * area)
        self.built += gain * covered * (1.0 - cells["amenity"])
        cells["amenity"] = np.minimum(1.0, self.before + self.built)

    def covered(self, model, measure: str) -> np.ndarray:
        """Return the part of each cell, by `floor` or by `area`, that lies in the zones in force."""
        quarters = model.space.quarters
        inside = self.among(model, quarters["zones"])
        return np.bincount(quarters["cell"][inside], quarters[measure][inside], model.space.cells.size)
