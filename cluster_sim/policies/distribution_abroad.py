"""Distribution abroad: dubbed versions and cinemas in foreign markets for works of the city."""

from __future__ import annotations

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.policies.base import MILLION, Instrument, Key


class DistributionAbroad(Instrument):
    """So many works a year get a dubbed version, of which the public pays a share, and a part of the screens.

    Without it a work reaches abroad only who finds it; with it as many more as the screens allow (Hanson &
    Xiang 2011 on the fixed cost of releasing a film in a foreign market).
    """

    name = "distribution_abroad"
    title = "Distribution abroad"
    text = "Dubbed versions and foreign cinemas for works that are released here."
    payer = {"province": 1.0}
    keys = {
        "works": Key("count", 0, 0, 10_000, "works that are distributed in a year"),
        "screens": Key("count", 1000, 0, 100_000, "cinemas abroad that show them", "measured",
                       "press on Ne Zha 2: about 1,000 cinemas in North America"),
        "reach": Key("1", 2.0, 0, 20, "rise of a work's access to audiences abroad with a thousand cinemas"),
        "dubbing": Key("million yuan", 1.5, 0, 100, "cost of dubbed and subtitled versions of a work"),
        "share": Key("share", 0.5, 0, 1, "share of that cost that is paid"),
        "smallest": Key("million yuan", 5.0, 0, 1000, "smallest cost of a work that is taken"),
        "segments": Key("list of segments", ["film", "games", "scifi"], text="segments whose works are taken"),
    }

    def after_release(self, model) -> None:
        if self.now is None or not self.get("works") or not self.get("screens"):
            return
        projects, studios = model.projects.used, model.studios.rows
        unit = self.unit(model, projects["replay"])
        rows = np.flatnonzero((projects["released"] == model.t) & (projects["stage"] >= 6)
                              & (projects["cost"] >= self.get("smallest") * MILLION * unit)
                              & self.covers(projects["segment"]))
        rows = rows[np.lexsort((projects["id"][rows], -projects["potential"][rows]))]
        rows = rows[: self.number(model, self.get("works") * model.scale / 12.0)]
        dubbing = np.floor(self.get("dubbing") * MILLION * unit[rows])
        for row, cost in zip(rows.tolist(), dubbing.tolist(), strict=True):
            owner = projects["owner"][row]
            studios["cash"][owner] -= cost
            studios["inputs"][owner] += cost
            model.flow[L.LOCALISATION] += cost
        self.pay(model, projects["owner"][rows], self.get("share") * dubbing, act="programme",
                 ids=projects["id"][rows], base=dubbing)
        projects["access"][rows] = self.get("reach") * self.get("screens") / 1000.0
