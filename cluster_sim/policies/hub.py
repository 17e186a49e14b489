"""AI hub for super-individuals: rent-free places for small teams, with part of their computing paid."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Life, Segment
from cluster_sim.policies.base import Instrument, Key, by_identity


class Hub(Instrument):
    """Admits teams in the order of their applications until it is full; the next one waits.

    Rent is booked at the market and comes back as an equal subsidy on production, so that free rent cannot
    raise value added by itself.  A team leaves when it has grown or its time is over.
    """

    name = "hub"
    title = "AI hub for super-individuals"
    text = "Rent-free places for solo founders and small teams, with subsidised computing."
    keys = {
        "teams": Key("count", 0, 0, 10_000, "places for teams", "measured", "China Daily Brief: up to 100 teams"),
        "floor": Key("m2", 2500, 0, 1e6, "floor area", "measured", "China Daily Brief: 2,500 m2"),
        "place": Key("m2", 5.0, 1, 100, "floor of a place"),
        "ai": Key("share", 0.2, 0, 1, "use of AI tools from which a team may apply"),
        "largest": Key("count", 5, 1, 100, "largest team that may stay (people)"),
        "months": Key("month", 24, 1, 240, "longest stay"),
        "compute": Key("share", 0.5, 0, 1, "share of computing cost that is paid"),
        "rent": Key("share", 1.0, 0, 1, "share of rent that is paid", "measured", "free rent (China Daily Brief)"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.waiting: list[tuple[int, int]] = []
        self.since: dict[int, int] = {}

    def places(self, model) -> int:
        """Return how many teams fit: the number of places and the floor area, at the scale of the city."""
        teams = min(self.get("teams"), self.get("floor") / self.get("place"))
        return int(np.floor(teams * model.scale + 0.5)) if teams * model.scale >= 0.5 else int(teams > 0)

    def open(self, model) -> None:
        studios = model.studios.used
        places = self.places(model)
        alive = studios["alive"] == Life.ALIVE.value
        inside = np.flatnonzero((studios["hub"] == 1) & alive)
        month, largest = model.t, int(self.get("largest"))
        for row in inside:
            started = self.since.get(int(studios["id"][row]), month)
            if studios["staff"][row] > largest or month - started >= self.get("months"):
                studios["hub"][row] = 0
        rows = np.flatnonzero(alive & (studios["hub"] == 0)) if places else np.empty(0, int)
        ids = studios["id"][rows]
        fits = ((studios["born"][rows] <= month) & (studios["staff"][rows] <= largest)
                & (studios["ai"][rows] > self.get("ai")) & (month - studios["born"][rows] <= 12)
                & (studios["segment"][rows] < Segment.OTHER.value))
        known = {i for _, i in self.waiting} | self.since.keys()
        self.waiting += [(month, i) for i in sorted(ids[fits].tolist()) if i not in known]
        row_of = dict(zip(ids.tolist(), rows.tolist(), strict=True)) if self.waiting else {}
        taken = int(((studios["hub"] == 1) & alive).sum())
        free = places - taken if self.left(model) > 0.0 else 0
        queue = self.waiting
        self.waiting = []
        for applied, i in queue:
            place = row_of.get(i)
            if place is None or month - applied > 12 or studios["staff"][place] > largest:
                continue
            if free > 0:
                studios["hub"][place], studios["cell"][place], studios["park"][place] = 1, model.hub_cell, -1
                self.since[i] = month
                free -= 1
            else:
                self.waiting.append((applied, i))

    def support(self, model) -> None:
        if not self.get("teams"):
            return
        studios = model.studios.used
        rows = by_identity(studios, np.flatnonzero((studios["hub"] == 1) & (studios["alive"] == Life.ALIVE.value)))
        for account in ("rent", "compute"):
            self.relieve(model, rows, self.get(account) * self.cost_of(model, rows, account), account)
