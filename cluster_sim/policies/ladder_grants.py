"""Ladder grants: a studio that reaches a tier of the ladder receives a grant, once for each tier."""

from __future__ import annotations

import numpy as np

from cluster_sim.agents.columns import TIERS
from cluster_sim.policies.base import MILLION, Instrument, Key


class LadderGrants(Instrument):
    """Pays in the month in which a studio is put on the list or moves up (Hi-tech Zone's ladder of firms)."""

    name = "ladder_grants"
    title = "Four-tier ladder"
    text = "Grants to studios that reach nestling, chick, grower or unicorn."
    keys = {tier: Key("million yuan", 0.0, 0, 1000, f"grant on becoming a {tier}", "assumed",
                      "Hi-tech Zone 2018: up to 1 million yuan for a new firm with growth potential")
            for tier in TIERS[1:]}

    def after_ladder(self, model) -> None:
        if self.now is None:
            return
        studios = model.studios.used
        grants = np.array([0.0] + [self.get(tier) for tier in TIERS[1:]]) * MILLION
        if not grants.any():
            return
        rows = np.flatnonzero((studios["listed"] == model.t) & (studios["tier"] > 0) & (studios["alive"] == 1)
                              & (studios["born"] < model.t))
        rows = rows[np.argsort(studios["id"][rows])]
        if rows.size:
            self.pay(model, rows, grants[studios["tier"][rows]])
