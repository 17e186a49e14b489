"""Distribution abroad: dubbed versions and cinemas in foreign markets for works of the city."""

from __future__ import annotations

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import Stage
from cluster_sim.policies.base import MILLION, Instrument, Key


class DistributionAbroad(Instrument):
    """So many works a year get a dubbed version, of which the public pays a share, and cinemas to show it in.

    Without it a work reaches abroad only who finds it; with it as many more as want it and as the cinemas can
    take (Hanson & Xiang 2011 on the fixed cost of releasing a film in a foreign market).  A studio takes part if
    its share of what the work should earn there, as its first month at home lets it expect, is more than its
    part of the cost.
    """

    name = "distribution_abroad"
    title = "Distribution abroad"
    text = "Dubbed versions and foreign cinemas for works that are released here."
    payer = {"province": 1.0}
    keys = {
        "works": Key("count", 0, 0, 10_000, "works that are distributed in a year"),
        "screens": Key("count", 1000, 0, 100_000, "cinemas abroad that show one of them", "measured",
                       "press on Ne Zha 2: about 1,000 cinemas in North America"),
        "reach": Key("1", 2.0, 0, 20, "rise of a work's access to audiences abroad with a thousand cinemas"),
        "takings": Key("million yuan", 0.1, 0, 100, "most that a cinema takes with one work in a month"),
        "dubbing": Key("million yuan", 1.5, 0, 100, "cost of dubbed and subtitled versions of a work"),
        "share": Key("share", 0.5, 0, 1, "share of that cost that is paid"),
        "smallest": Key("million yuan", 5.0, 0, 1000, "smallest cost of a work that is taken"),
        "segments": Key("list of segments", ["film", "scifi"], text="segments whose works are taken"),
    }

    def after_release(self, model) -> None:
        if self.get("works") and self.get("screens"):
            self.take(model)
        self.show(model)

    def at_home(self, model, rows: np.ndarray, month: bool) -> np.ndarray:
        """Return what works still have to gross at home, or will in the next month alone (yuan)."""
        projects = model.projects.rows
        segment, run = projects["segment"][rows], projects["run"][rows]
        decay = model.rules.segments["run_decay"][segment]
        rest = projects["potential"][rows] * decay**run
        return rest * np.where(run + 1 < model.rules.segments["run"][segment], 1.0 - decay, 1.0) if month else rest

    def reached(self, model, rows: np.ndarray, month: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return what works gross abroad without cinemas, and the most that these add to it (yuan)."""
        projects, studios = model.projects.rows, model.studios.rows
        segment = projects["segment"][rows]
        alone = self.at_home(model, rows, month) * model.rules.segments["export_share"][segment] * studios["export"][
            projects["owner"][rows]]
        months = 1 if month else np.maximum(0, model.rules.segments["run"][segment] - projects["run"][rows])
        room = self.get("screens") * self.get("takings") * MILLION * self.unit(model, projects["replay"][rows]) * months
        return alone, np.minimum(alone * self.get("reach") * self.get("screens") / 1000.0, room)

    def take(self, model) -> None:
        """Choose among the works that were released this month; bill their dubbed versions and pay the share."""
        projects, studios = model.projects.used, model.studios.rows
        unit = self.unit(model, projects["replay"])
        rows = np.flatnonzero((projects["released"] == model.t) & (projects["stage"] == Stage.RUNNING.value)
                              & (projects["cost"] >= self.money("smallest") * unit)
                              & self.covers(projects["segment"]))
        dubbing = np.floor(self.money("dubbing") * unit[rows])
        aid = np.floor(self.get("share") * dubbing)
        own = model.rules.segments["producer_share"][projects["segment"][rows]] * (1.0 - projects["coinvest"][rows])
        pays = own * self.reached(model, rows, month=False)[1] > dubbing - aid
        rows, dubbing, aid = rows[pays], dubbing[pays], aid[pays]
        best = np.lexsort((projects["id"][rows], -projects["potential"][rows]))
        best = best[: self.number(model, self.get("works") * model.scale / 12.0)]
        best = best[np.cumsum(aid[best]) <= self.left(model)]
        rows, dubbing, aid = rows[best], dubbing[best], aid[best]
        np.subtract.at(studios["cash"], projects["owner"][rows], dubbing)
        np.add.at(studios["inputs"], projects["owner"][rows], dubbing)
        model.month.flow[L.LOCALISATION] += float(dubbing.sum())
        self.pay(model, projects["owner"][rows], aid, act="programme", ids=projects["id"][rows], base=dubbing)
        projects["access"][rows] = 1.0

    def show(self, model) -> None:
        """Set how much further the works that were taken reach abroad in the next month."""
        projects = model.projects.used
        rows = np.flatnonzero((projects["access"] > 0.0) & (projects["stage"] == Stage.RUNNING.value))
        alone, more = self.reached(model, rows, month=True)
        projects["access"][rows] = np.maximum(more, 1.0) / np.maximum(alone, 1.0)
