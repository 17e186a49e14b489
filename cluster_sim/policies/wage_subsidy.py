"""Wage subsidy: a part of every creative studio's wages, without conditions; what targeted aid is held against."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import Instrument, Key


class WageSubsidy(Instrument):
    """Pays the same part of wages and contributions to all creative studios, large and small, old and new.

    The studio counts on it in its costs, so that prices fall by as much of it as is passed on (Kaldor 1936; Phelps
    1994 on flat wage subsidies).  Other cities may do the same: then the gain that came from their clients is lost.
    """

    name = "wage_subsidy"
    title = "Flat wage subsidy"
    text = "Pays the same part of wages and social contributions to all creative studios."
    payer = {"city": 0.7, "province": 0.3}
    comparator = True
    keys = {
        "rate": Key("share", 0.0, 0, 1, "share of wages and contributions that is paid"),
        "matched": Key("share", 0.0, 0, 1, "share of the rate that all other cities pay their own studios; 0: their "
                       "policy stays as it is"),
    }

    def open(self, model) -> None:
        model.month.levers["matched_relief"] = self.get("rate") * self.get("matched")

    def support(self, model) -> None:
        if not self.get("rate"):
            return
        studios, rows = model.studios.used, model.studios.order()
        rows = rows[self.open_studios(model)[rows]]
        rows = rows[studios["wages"][rows] > 0.0]
        wanted = self.get("rate") * studios["wages"][rows]
        room = self.left(model)
        if np.isfinite(room):               # a budget that is short is shared by all alike
            wanted *= min(1.0, room / max(float(wanted.sum()), 1.0))
        self.relieve(model, rows, wanted, "wage")
