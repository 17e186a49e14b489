"""Culture-technology projects: a culture studio and a technology firm work together for a year, with a grant."""

from __future__ import annotations

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import Segment, Specialism
from cluster_sim.policies.base import Instrument, Key

MONTHS = 12
CULTURE = np.isin(tuple(Segment), (Segment.FILM, Segment.AUDIO_VIDEO, Segment.DESIGN, Segment.SCIFI))    # by segment


class CultureTechnology(Instrument):
    """The studio buys development from the firm; the public pays a share, up to a cap.

    The pair becomes tied, and know-how passes along ties, here across segments (Jaffe, Trajtenberg &
    Henderson 1993 for how it stays near).  Both carry the work in their load.  A studio takes part if it has
    the money for its own share of the bill, and no project begins without money for its aid.
    """

    name = "culture_technology"
    title = "Culture-technology projects"
    text = "Co-financed projects of a culture studio with a technology firm."
    keys = {
        "projects": Key("count", 0, 0, 10_000, "projects that begin in a year"),
        "share": Key("share", 0.5, 0, 1, "share of the firm's bill that is paid"),
        "cap": Key("million yuan", 2.0, 0, 100, "most for one project", "measured",
                   "press conference 2025-05-29: digital creative technology innovation project, up to 2 million yuan"),
        "effort": Key("1", 60.0, 1, 1000, "work bought from the firm (person-months)"),
        "own_effort": Key("1", 15.0, 0, 1000, "work of the studio itself (person-months)"),
        "pause": Key("month", 24, 0, 240, "months before a studio may apply again"),
        "engineers": Key("share", 0.4, 0, 1, "share of engineers from which a studio counts as a technology firm"),
        "smallest": Key("count", 10, 1, 1000, "smallest studio that may apply (people)"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.running: list[tuple[int, int, int]] = []       # month, identities of the studio and the firm
        self.last: dict[int, int] = {}

    def support(self, model) -> None:
        if self.get("projects"):
            self.begin(model, self.number(model, self.get("projects") * model.scale / 12.0))
        if self.running:
            self.go_on(model)

    def bill(self, model, firm: int) -> tuple[float, float]:
        """Return a month's bill of a firm and the aid to it (whole yuan)."""
        bill = np.floor(self.get("effort") / MONTHS * float(model.studios.rows["fee"][firm]) + 0.5)
        return bill, np.floor(min(self.get("share") * bill, self.money("cap") / MONTHS))

    def begin(self, model, count: int) -> None:
        """Choose applicants by lot and give each the nearest technology firm that is free; tie the pair."""
        s = model.studios.used
        able = self.open_studios(model) & (s["solo"] == 0) & (s["staff"] >= self.get("smallest"))
        tech = (s["segment"] == Segment.GAMES.value) | (s["anchor"] > 0)
        skill = np.maximum(s["skill_by"].sum(1), 1e-9)
        tech |= s["skill_by"][:, Specialism.ENGINEERING] > self.get("engineers") * skill
        culture = CULTURE[s["segment"]] & (s["cash"] > 0.0)
        waits = {i for i, month in self.last.items() if model.t - month < self.get("pause")}
        rows = self.by_lot(model, s, np.flatnonzero(able & culture & ~tech))
        applicants = [r for r, i in zip(rows.tolist(), s["id"][rows].tolist(), strict=True) if i not in waits]
        busy = {firm for _, _, firm in self.running}
        firms = np.flatnonzero(able & tech)
        firms = firms[[i not in busy for i in s["id"][firms].tolist()]]
        there = self.rows_of(model, busy)
        promised = sum(self.bill(model, firm)[1] for firm in there[there >= 0].tolist())
        pairs: list[tuple[int, int]] = []
        for row in applicants:
            if not firms.size or len(pairs) >= count:
                break
            side = model.side
            dx = np.abs(s["cell"][firms] % side - s["cell"][row] % side)
            dy = np.abs(s["cell"][firms] // side - s["cell"][row] // side)
            best = int(np.lexsort((s["id"][firms], model.space.distance[dx, dy]))[0])
            firm = int(firms[best])
            bill, aid = self.bill(model, firm)
            if s["cash"][row] < MONTHS * (bill - aid):
                continue
            promised += aid
            if promised > self.left(model):
                break
            firms = np.delete(firms, best)
            self.running.append((model.t, int(s["id"][row]), int(s["id"][firm])))
            self.last[int(s["id"][row])] = model.t
            pairs.append((row, firm))
        model.tie(pairs)

    def go_on(self, model) -> None:
        """Bill a month of every running project, pay the public share, and load the work on both."""
        s = model.studios.rows
        self.running = [run for run in self.running if model.t - run[0] < MONTHS
                        and (self.rows_of(model, run[1:]) >= 0).all()]
        for _, *pair in self.running:
            row, firm = self.rows_of(model, pair).tolist()
            bill, aid = self.bill(model, firm)
            s["cash"][row] -= bill
            s["inputs"][row] += bill
            s["cash"][firm] += bill
            s["sales"][firm] += bill
            model.month.flow[L.SALES_LOCAL_PARTNER] += bill
            s["duty"][firm] += self.get("effort") / MONTHS
            s["duty"][row] += self.get("own_effort") / MONTHS
            self.pay(model, np.array([row]), np.array([aid]), act="programme", ids=s["id"][[row]], base=bill)
