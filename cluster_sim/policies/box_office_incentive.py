"""Box-office incentive: a reward after release to works whose gross passes a threshold."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Stage
from cluster_sim.policies.base import Instrument, Key


class BoxOfficeIncentive(Instrument):
    """Pays a share of gross above a threshold when the run ends, never more than its cap."""

    name = "box_office_incentive"
    title = "Box-office incentive"
    text = "Rewards a work after its run if its gross passed a threshold, up to a cap."
    payer = {"province": 1.0}
    keys = {
        "threshold": Key("million yuan", 50.0, 0, 1e5, "gross from which a work is rewarded", "measured",
                         "Sichuan 2013 award and 2025 measures: from 50 million yuan"),
        "rate": Key("share", 0.0, 0, 1, "share of gross above the threshold"),
        "cap": Key("million yuan", 6.0, 0, 1000, "most for one work", "measured",
                   "press report on Ne Zha 2: 6 million yuan"),
        "segments": Key("list of segments", ["film", "scifi"], text="segments whose works may be rewarded"),
    }

    def aid(self, gross: np.ndarray, segment: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """Return the reward (yuan) for a gross (yuan); unit: what a yuan of the law is at the work's scale."""
        above = np.maximum(gross - self.money("threshold") * unit, 0.0)
        reward = np.minimum(self.get("rate") * above, self.money("cap") * unit)
        return np.where(self.covers(segment), np.floor(reward), 0.0)

    def expect_aid(self, model, proposals) -> None:
        if proposals.size:
            share = model.rules.segments["producer_share"][proposals["segment"]]
            proposals["aid"] += self.trust() * self.aid(proposals["expected"] / share, proposals["segment"],
                                                        self.unit(model, proposals["replay"]))

    def after_release(self, model) -> None:
        if self.get("rate") == 0:
            return
        projects = model.projects.used
        rows = np.flatnonzero(projects["stage"] == Stage.DONE.value)
        if rows.size:
            unit = self.unit(model, projects["replay"][rows])
            self.pay_projects(model, rows, self.aid(projects["gross"][rows], projects["segment"][rows], unit))
