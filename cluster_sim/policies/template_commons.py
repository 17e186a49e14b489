"""Template commons: studios are paid to publish templates, shared project files and workflow documents."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Segment
from cluster_sim.policies.base import Instrument, Key

PAUSE = 12          # months before the same studio may sell again


class TemplateCommons(Instrument):
    """A jury buys documents from the best known studios that find the fee worth the work.

    A studio sells if the fee covers what the preparation costs it; the document enters the commons, from
    which small studios gain most (Boudreau 2010 and von Hippel & von Krogh 2003 on open platforms and freely
    revealed knowledge).
    """

    name = "template_commons"
    title = "Template commons"
    text = "Fees for templates and workflow documents that become free for everybody."
    keys = {
        "documents": Key("count", 0, 0, 10_000, "documents bought in a month"),
        "fee": Key("million yuan", 0.2, 0, 10, "fee for a document"),
        "effort": Key("1", 6.0, 0, 100, "work of preparing it (person-months)"),
        "smallest": Key("count", 10, 1, 1000, "smallest studio that may sell (people)"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.last: dict[int, int] = {}

    def publish(self, model) -> float:
        if not self.get("documents") or not self.get("fee"):
            return 0.0
        s, fee = model.studios.used, self.money("fee")
        rows = np.flatnonzero(self.open_studios(model) & (s["segment"] < Segment.OTHER.value)
                              & (s["staff"] >= self.get("smallest")) & (s["unit_cost"] * self.get("effort") <= fee))
        rested = np.array([model.t - self.last.get(i, -PAUSE) >= PAUSE for i in s["id"][rows].tolist()], bool)
        rows = rows[rested] if rows.size else rows
        rows = rows[np.lexsort((s["id"][rows], -s["reputation"][rows]))]
        rows = rows[: self.number(model, self.get("documents") * model.scale)]
        sold = rows[: self.within(model, rows.size, fee)]
        self.pay(model, sold, fee, act="programme", ids=s["id"][sold])
        s["duty"][sold] += self.get("effort")
        self.last |= dict.fromkeys(s["id"][sold].tolist(), model.t)
        return float(sold.size)
