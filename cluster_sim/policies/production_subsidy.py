"""Production subsidy: a share of the audited cost of a work, paid at its release."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import MILLION, Instrument, Key


class ProductionSubsidy(Instrument):
    """A studio expects it when it decides on the green light and receives it when the work is released.

    The rate is of audited cost, less what co-investors carry; the cap is for one work (Workman 2021 on film
    incentives; Bartik 2018 on what would have happened anyway).
    """

    name = "production_subsidy"
    title = "Production subsidy"
    text = "Pays a share of a work's audited cost at its release, up to a cap."
    payer = {"city": 0.5, "province": 0.5}
    keys = {
        "rate": Key("share", 0.0, 0, 1, "share of audited cost, 0 to 1", "assumed",
                    "the sources give caps, not yearly rates"),
        "cap": Key("million yuan", 15.0, 0, 1000, "most for one work", "measured", "China Daily 2025-05-28: 15 million "
                   "yuan for Ne Zha 2"),
        "smallest": Key("million yuan", 1.0, 0, 1000, "smallest budget of a work that may apply"),
        "segments": Key("list of segments", ["film", "scifi"], text="segments whose works may apply"),
    }

    def aid(self, cost: np.ndarray, segment: np.ndarray, coinvest: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """Return the aid (yuan) for works of a given cost (yuan).

        unit: what a yuan of the law is at the work's scale.
        """
        fits = self.covers(segment) & (cost >= self.get("smallest") * MILLION * unit)
        aid = np.minimum(self.get("rate") * cost * (1.0 - coinvest), self.get("cap") * MILLION * unit)
        return np.where(fits, np.floor(aid), 0.0)

    def expect_aid(self, model, proposals) -> None:
        if self.now is not None and proposals.size:
            proposals["aid"] += self.aid(proposals["budget"], proposals["segment"], proposals["coinvest"],
                                         self.unit(model, proposals["replay"]))

    def after_release(self, model) -> None:
        if self.now is None or self.get("rate") == 0:
            return
        projects = model.projects.used
        rows = np.flatnonzero((projects["released"] == model.t) & (projects["stage"] >= 6))
        if rows.size:
            cost, segment, coinvest, replay = (projects[c][rows] for c in ("cost", "segment", "coinvest", "replay"))
            self.pay_projects(model, rows, self.aid(cost, segment, coinvest, self.unit(model, replay)))
