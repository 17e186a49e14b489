"""Streamlined approvals: a desk that handles files ahead of the ordinary queue."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Stage
from cluster_sim.policies.base import Instrument, Key

APPROVED, CLEARED = 1, 2


class Approvals(Instrument):
    """The desk takes so many files a month, the oldest works first; what it does not reach waits as before.

    Months can be saved before production, before release and on the permits of a new studio (Djankov, La
    Porta, Lopez-de-Silanes & Shleifer 2002 on what permits cost entrants).  A work has two files, each is
    handled once.  Works that wait already come first in the month, works just begun get what is left.
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

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.free = 0

    def open(self, model) -> None:
        self.free = self.number(model, self.get("files") * model.scale)
        if self.free:
            self.handle(model, np.arange(model.projects.high))

    def green_light(self, model, rows) -> None:
        if self.free:
            self.handle(model, rows)

    def handle(self, model, rows: np.ndarray) -> None:
        """Shorten the wait of the oldest works among some rows by the months of their stage; one month stays."""
        projects = model.projects.rows
        stage = projects["stage"][rows]
        saved, file = np.zeros(rows.size, np.int64), np.zeros(rows.size, np.uint8)
        for which, bit, key in ((Stage.APPROVAL, APPROVED, "months_before_start"),
                                (Stage.CLEARANCE, CLEARED, "months_before_release")):
            saved[stage == which], file[stage == which] = int(self.get(key)), bit
        here = self.inside(model)[projects["owner"][rows]]
        able = here & (saved > 0) & (projects["wait"][rows] > 1) & (projects["fast"][rows] & file == 0)
        able &= projects["replay"][rows] == 0
        rows, saved, file = rows[able], saved[able], file[able]
        first = np.lexsort((projects["id"][rows], projects["started"][rows]))[: self.free]
        cost = np.floor(self.money("cost"))
        first = first[: self.within(model, first.size, cost)]
        if not first.size:
            return
        self.spend(model, cost * first.size)
        self.free -= first.size
        rows, saved, file = rows[first], saved[first], file[first]
        projects["wait"][rows] = np.maximum(1, projects["wait"][rows] - saved)
        projects["fast"][rows] |= file
