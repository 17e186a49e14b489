"""Dedicated workspace: floor for young studios, free in the first year and at a discount in the second."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import Instrument, Key


class Workspace(Instrument):
    """Young studios in the zones are admitted in the order of their founding until the floor is let.

    Rent is booked at the market and a part comes back as a subsidy on production; the studio counts on it in
    its costs.  Young studios everywhere see the lower rent when they look for a place, as long as there is
    floor to let and money for it.
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
        "months": Key("month", 24, 0, 240, "how long a studio may stay under the scheme"),
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
        open_to_more = self.let < floor and self.left(model) > 0.0
        if open_to_more:
            levers = model.month.levers
            levers["relief"] = 0.5 * (self.get("first_year") + self.get("second_year"))
            levers["relief_age"] = self.get("oldest")
            levers["relief_zones"] = self.mask(model) if self.get("zones") else -1

    def support(self, model) -> None:
        if not self.get("floor"):
            return
        studios = model.studios.used
        ids, since = studios["id"], np.full(studios.size, -1)
        known = self.rows_of(model, self.since)
        self.since = {i: t for (i, t), row in zip(self.since.items(), known.tolist(), strict=True) if row >= 0}
        since[known[known >= 0]] = list(self.since.values())
        fits = (self.open_studios(model) & (studios["hub"] == 0) & (studios["anchor"] == 0)
                & self.inside(model))
        guests = np.flatnonzero(fits & (since >= 0) & (model.t - since < self.get("months")))
        guests = guests[np.lexsort((ids[guests], since[guests]))]
        queue = np.flatnonzero(fits & (since < 0) & (model.t - studios["born"] <= self.get("oldest"))
                               & (studios["staff"] <= self.get("largest")))
        queue = queue[np.lexsort((ids[queue], studios["born"][queue]))]
        floor = self.get("floor") * model.scale
        area = np.minimum(studios["area"], self.get("each"))
        mine = area[guests]             # who grew gets more only where there is more
        mine = np.clip(floor - (np.cumsum(mine) - mine), 0.0, mine)
        admitted = queue[np.cumsum(area[queue]) <= floor - mine.sum()] if self.left(model) > 0.0 else queue[:0]
        self.since |= dict.fromkeys(ids[admitted].tolist(), model.t)
        rows, let = np.concatenate([guests, admitted]), np.concatenate([mine, area[admitted]])
        month = model.t - np.concatenate([since[guests], np.full(admitted.size, model.t)])
        self.let = float(let.sum())
        share = np.where(month < 12, self.get("first_year"), self.get("second_year"))
        share = share * let / np.maximum(studios["area"][rows], 1.0)
        order = np.argsort(ids[rows])
        self.relieve(model, rows[order], share[order] * self.cost_of(model, rows[order], "rent"), "rent")
