"""Streamlined approvals: a desk that handles files ahead of the ordinary queue."""

from __future__ import annotations

import numpy as np

from cluster_sim.agents.columns import APPROVAL, CLEARANCE
from cluster_sim.policies.base import MILLION, Instrument, Key

APPROVED, CLEARED = 1, 2


class Approvals(Instrument):
    """The desk takes so many files a month, the oldest first; what it does not reach waits as before.

    Months can be saved before production, before release and on the permits of a new studio (Djankov, La
    Porta, Lopez-de-Silanes & Shleifer 2002 on what permits cost entrants).
    """

    name = "approvals"
    title = "Streamlined approvals"
    text = "A desk that shortens approvals of works and permits of new studios."
    keys = {
        "files": Key("count", 0, 0, 100_000, "files of works that the desk handles in a month"),
        "months_before_start": Key("month", 1, 0, 24, "months saved before production"),
        "months_before_release": Key("month", 1, 0, 24, "months saved before release"),
        "entry_months_saved": Key("month", 0, 0, 24, "months saved on the permits of a new studio"),
        "cost": Key("million yuan", 0.01, 0, 10, "cost of handling a file"),
        "zones": Key("list of zones", [], text="zones whose studios it serves; empty means the whole city"),
    }

    def shorten_entry(self, model, wait) -> None:
        if self.now is not None and self.get("entry_months_saved"):
            here = self.inside(model)
            wait[here] = np.maximum(0.0, wait[here] - self.get("entry_months_saved"))

    def before_release(self, model) -> None:
        if self.now is None or not self.get("files"):
            return
        projects = model.projects.used
        here = self.inside(model)[model.studios.rows["cell"][projects["owner"]]]
        saved = np.zeros(projects.size, np.int64)
        for stage, bit, key in ((APPROVAL, APPROVED, "months_before_start"), (CLEARANCE, CLEARED,
                                                                               "months_before_release")):
            waits = (projects["stage"] == stage) & (projects["wait"] > 0) & (projects["fast"] & bit == 0)
            saved[waits] = int(self.get(key))
        rows = np.flatnonzero(here & (saved > 0) & (projects["replay"] == 0))
        rows = rows[np.lexsort((projects["id"][rows], projects["started"][rows]))]
        rows = rows[: self.number(model, self.get("files") * model.scale)]
        if not rows.size:
            return
        cost = np.floor(self.get("cost") * MILLION)
        if cost > 0.0:
            paid = self.spend(model, cost * rows.size)
            rows = rows[: int(paid // cost)]
        early = projects["stage"][rows] == APPROVAL
        projects["wait"][rows] = np.maximum(np.where(early, 1, 0), projects["wait"][rows] - saved[rows])
        projects["fast"][rows] |= np.where(early, APPROVED, CLEARED).astype(np.uint8)
