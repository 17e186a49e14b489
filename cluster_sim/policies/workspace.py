"""Dedicated workspace: floor for young studios, free in the first year and at a discount in the second."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import Instrument, Key


class Workspace(Instrument):
    """Young studios in the zones are admitted in the order of their founding until the floor is let.

    Rent is booked at the market and a part comes back as a subsidy on production; the studio counts on it in
    its costs, and young studios elsewhere see the lower rent when they look for a place.
    """

    name = "workspace"
    title = "Dedicated workspace and free rent"
    text = "Floor in the zones whose rent is paid for young studios for two years."
    keys = {
        "floor": Key("m2", 0.0, 0, 1e8, "floor that can be let under the scheme", "assumed",
                     "the Hi-tech Zone had 4.3 million m2 for incubation in 2018; how much of it is rent-free is not "
                     "known"),
        "first_year": Key("share", 1.0, 0, 1, "share of rent paid in the first year", "measured",
                          "Hi-tech Zone rent holiday, PRNewswire 2018-05-22: 100%"),
        "second_year": Key("share", 0.5, 0, 1, "share of rent paid in the second year", "measured",
                           "Hi-tech Zone rent holiday, PRNewswire 2018-05-22: 50%"),
        "oldest": Key("month", 24, 0, 240, "oldest studio that is admitted"),
        "largest": Key("count", 50, 1, 10_000, "largest studio that is admitted (people)"),
        "each": Key("m2", 500.0, 0, 1e5, "most floor for one studio", "literature",
                    "Hangzhou Binjiang 2025-04-29: up to 500 m2"),
        "zones": Key("list of zones", ["hi_tech_south", "hi_tech_west"], text="zones with such floor"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.since: dict[int, int] = {}
        self.let = 0.0

    def open(self, model) -> None:
        floor = self.get("floor") * model.scale
        open_to_more = floor > 0.0 and self.let < floor
        relief = 0.5 * (self.get("first_year") + self.get("second_year")) if open_to_more else 0.0
        here = self.inside(model)
        model.cells["relief"] = np.where(here, relief, 0.0)
        model.parks["relief"] = np.where(here[model.parks["cell"]], relief, 0.0)
        model.city_state["relief_age"] = self.get("oldest") if open_to_more else 0.0

    def support(self, model) -> None:
        if self.now is None or not self.get("floor"):
            return
        studios = model.studios.used
        fits = ((studios["alive"] == 1) & (studios["born"] <= model.t) & (studios["hub"] == 0)
                & (studios["anchor"] == 0) & self.inside(model)[studios["cell"]])
        ids = studios["id"]
        known = np.array([i in self.since for i in ids.tolist()], bool) if self.since else np.zeros(ids.size, bool)
        young = fits & ~known & (model.t - studios["born"] <= self.get("oldest"))
        young &= (studios["born"] >= 0) & (studios["staff"] <= self.get("largest"))
        guests = np.flatnonzero(fits & known)
        stay = np.array([model.t - self.since[int(i)] for i in ids[guests]], np.int64)
        guests, stay = guests[stay < 24], stay[stay < 24]
        area = np.minimum(model.areas[: ids.size], self.get("each"))
        left = self.get("floor") * model.scale - area[guests].sum()
        queue = np.flatnonzero(young)
        queue = queue[np.lexsort((ids[queue], studios["born"][queue]))]
        admitted = queue[np.cumsum(area[queue]) <= left]
        self.since |= dict.fromkeys(ids[admitted].tolist(), model.t)
        rows = np.concatenate([guests, admitted])
        month = np.concatenate([stay, np.zeros(admitted.size, np.int64)])
        order = np.argsort(ids[rows])
        rows, month = rows[order], month[order]
        self.let = float(area[rows].sum())
        rent = np.floor(model.areas[rows] * studios["rent_per_m2"][rows] + 0.5)
        covered = np.where(month < 12, self.get("first_year"), self.get("second_year"))
        covered = covered * area[rows] / np.maximum(model.areas[rows], 1.0)
        paid = self.pay(model, rows, covered * rent, "rent", act="rent", base=rent)
        studios["rent_relief"][rows] += paid / np.maximum(rent, 1.0)
