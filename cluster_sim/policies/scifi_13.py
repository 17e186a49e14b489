"""Sci-fi 13: the city's package for science fiction: works, firms, parks, fairs, trade in rights."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Segment
from cluster_sim.policies.base import Instrument, Key, by_identity


class SciFi13(Instrument):
    """Small capped grants to many: a work at its release, a firm at its founding, the operator of a park.

    The operator of a park with enough tenants of the segment passes a part of its reward on as lower rent.  A
    fair ties those who exhibit to partners elsewhere.
    """

    name = "scifi_13"
    title = "Sci-fi 13"
    text = "Capped support for science fiction: works, firms, parks, fairs and trade in rights."
    keys = {
        "work_rate": Key("share", 0.0, 0, 1, "share of a work's cost that is paid at its release"),
        "work_cap": Key("million yuan", 0.1, 0, 100, "most for one work", "measured", "Cover News 2025-05-29"),
        "rights_rate": Key("share", 0.0, 0, 1, "share of the cost of a work that builds on an earlier success"),
        "rights_cap": Key("million yuan", 3.0, 0, 100, "most for one such work", "measured",
                          "hfwotao application guide: rights trade, up to 3 million yuan"),
        "founding": Key("million yuan", 0.0, 0, 10, "grant to a new firm (the guide: up to 1 million yuan)"),
        "park": Key("million yuan", 0.0, 0, 100, "reward to a park's operator in a year (up to 2 million yuan)"),
        "tenants": Key("count", 10, 1, 1000, "tenants of the segment that the park must have"),
        "passed_on": Key("share", 0.3, 0, 1, "share of the reward that tenants see as lower rent"),
        "sequel": Key("1", 0.3, 0, 3, "pull of an earlier success from which a work builds on it"),
        "fair": Key("million yuan", 0.0, 0, 100, "subsidy to a fair in a year (up to 10 million yuan)"),
        "fair_month": Key("rank", 10, 1, 12, "month of the fair"),
        "exhibitors": Key("count", 100, 0, 10_000, "studios that exhibit"),
        "tie": Key("1", 0.5, 0, 3, "strength of ties with partners elsewhere that an exhibitor gains"),
    }

    def expect_aid(self, model, proposals) -> None:
        if proposals.size:
            unit = self.unit(model, proposals["replay"])
            sequel = model.studios.rows["franchise"][proposals["owner"]] > self.get("sequel")
            proposals["aid"] += self.trust() * self.aid(proposals["budget"], proposals["segment"], sequel, unit)

    def aid(self, cost, segment, sequel, unit) -> np.ndarray:
        """Return the aid (yuan) for works of a cost (yuan); sequel: whether they build on an earlier success."""
        work = np.minimum(self.get("work_rate") * cost, self.money("work_cap") * unit)
        rights = np.minimum(self.get("rights_rate") * cost, self.money("rights_cap") * unit)
        return np.where(segment == Segment.SCIFI, np.floor(work + np.where(sequel, rights, 0.0)), 0.0)

    def after_release(self, model) -> None:
        if not (self.get("work_rate") or self.get("rights_rate")):
            return
        projects, rows = model.projects.used, self.released_now(model)
        rows = rows[projects["segment"][rows] == Segment.SCIFI.value]
        if rows.size:
            self.pay_projects(model, rows, self.aid(projects["cost"][rows], projects["segment"][rows],
                                                    projects["franchise"][rows] > self.get("sequel"),
                                                    self.unit(model, projects["replay"][rows])))

    def support(self, model) -> None:
        fair = self.get("fair") and model.month_of_year == int(self.get("fair_month"))
        if not (self.get("founding") or self.get("park") or fair):
            return
        studios = model.studios.used
        mine = self.open_studios(model) & (studios["segment"] == Segment.SCIFI.value)
        if self.get("founding"):
            new = np.flatnonzero(mine & (studios["born"] == model.t) & (model.t > 0) & (studios["anchor"] == 0))
            self.pay(model, by_identity(studios, new), self.money("founding"), act="founding")
        if self.get("park"):
            self.reward_parks(model, by_identity(studios, np.flatnonzero(mine & (studios["park"] >= 0))))
        if fair:
            self.exhibit(model, np.flatnonzero(mine))

    def reward_parks(self, model, tenants: np.ndarray) -> None:
        """Pay a month of the reward to every park with enough tenants, a part of it to the tenants."""
        studios = model.studios.used
        needed = max(1, round(self.get("tenants") * model.scale))
        month = self.money("park") * model.scale / 12.0
        for park in range(model.space.parks.size):
            rows = tenants[studios["park"][tenants] == park]
            if rows.size < needed:
                continue
            self.spend(model, month * (1.0 - self.get("passed_on")), "operators", entity=park)
            rent = self.cost_of(model, rows, "rent")
            self.relieve(model, rows, month * self.get("passed_on") * rent / max(float(rent.sum()), 1.0), "rent")

    def exhibit(self, model, rows: np.ndarray) -> None:
        """Hold the fair: exhibitors, drawn by lot, gain ties with partners elsewhere."""
        studios = model.studios.used
        if not self.afford_once(model, np.floor(self.money("fair") * model.scale)):
            return
        rows = self.by_lot(model, studios, rows)[: self.number(model, self.get("exhibitors") * model.scale)]
        studios["outside_tie"][rows] = np.minimum(1.0, studios["outside_tie"][rows] + self.get("tie"))
