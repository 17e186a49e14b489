"""Competition and conference: prizes in one month, meetings with buyers from abroad in another."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Segment
from cluster_sim.policies.base import Instrument, Key


class CompetitionConference(Instrument):
    """Entrants come to know partners elsewhere; at the conference meetings may end in a signature.

    Each signature builds export capability, which fades if nothing follows (Bernard & Jensen 2004 on the
    cost of entering foreign markets; Alvarez & Lopez 2005 on what studios learn by it).  The chance of a
    signature rises with quality and reputation.
    """

    name = "competition_conference"
    title = "Competition and conference"
    text = "A yearly competition with prizes, and a conference with matchmaking and signing."
    keys = {
        "entrants": Key("count", 0, 0, 10_000, "studios that may enter the competition in a year"),
        "prizes": Key("count", 10, 0, 1000, "prizes"),
        "prize": Key("million yuan", 0.2, 0, 10, "each prize"),
        "competition_month": Key("rank", 5, 1, 12, "month of the competition"),
        "participants": Key("count", 0, 0, 10_000, "studios at the conference"),
        "meetings": Key("count", 4, 0, 50, "meetings of each with buyers from abroad"),
        "conference_month": Key("rank", 10, 1, 12, "month of the conference"),
        "cost": Key("million yuan", 0.03, 0, 10, "public cost of an entrant or a participant"),
        "capability": Key("1", 0.15, 0, 2, "export capability that a signature builds (1 is a mean studio's)"),
        "tie": Key("1", 0.5, 0, 3, "strength of the ties with partners elsewhere that an entrant gains"),
    }

    def open(self, model) -> None:
        month = model.month_of_year
        if month == int(self.get("competition_month")) and self.get("entrants"):
            self.compete(model)
        if month == int(self.get("conference_month")) and self.get("participants"):
            self.meet(model)

    def draw_studios(self, model, count: float, question: int) -> np.ndarray:
        """Return the rows of studios that take part, drawn by lot, as many as the budget pays for."""
        s = model.studios.used
        able = self.open_studios(model) & (s["segment"] < Segment.OTHER.value) & (s["solo"] == 0) & (s["staff"] >= 2)
        rows = self.by_lot(model, s, np.flatnonzero(able), question)
        rows = rows[: self.number(model, count * model.scale)]
        cost = np.floor(self.money("cost"))
        rows = rows[: self.within(model, rows.size, cost)]
        self.spend(model, cost * rows.size)
        return rows

    def compete(self, model) -> None:
        """Let entrants meet partners from elsewhere; pay the prizes to the best."""
        from cluster_sim.draws import MEETING, uniforms

        s = model.studios.used
        rows = self.draw_studios(model, self.get("entrants"), 1)
        s["outside_tie"][rows] = np.minimum(1.0, s["outside_tie"][rows] + self.get("tie"))
        merit = s["quality"][rows] + s["reputation"][rows] + uniforms(model.seed, MEETING, s["id"][rows], model.t)
        best = rows[np.lexsort((s["id"][rows], -merit))][: self.number(model, self.get("prizes") * model.scale)]
        self.pay(model, best, self.money("prize"), act="programme", ids=s["id"][best])

    def meet(self, model) -> None:
        """Let participants meet buyers; every signature builds export capability."""
        from cluster_sim.draws import MEETING, uniforms

        s = model.studios.used
        rows = self.draw_studios(model, self.get("participants"), 2)
        if not rows.size:
            return
        chance = 1.0 / (1.0 + np.exp(2.0 - s["quality"][rows] - s["reputation"][rows]))
        signed = np.zeros(rows.size)
        for n in range(int(self.get("meetings"))):
            signed += uniforms(model.seed, MEETING, s["id"][rows] ^ ((n + 2) << 40), model.t) < chance
        s["export"][rows] += self.get("capability") * signed
