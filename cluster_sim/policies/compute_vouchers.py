"""Compute vouchers: a share of a studio's computing cost, up to a sum in a year."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import Instrument, Key


class ComputeVouchers(Instrument):
    """What a studio pays for computing falls: it adopts AI tools sooner and its effort costs less.

    The answer of adoption to the price is the parameter ``ai.adoption_price``; a voucher by itself adds
    nothing to output.
    """

    name = "compute_vouchers"
    title = "Compute vouchers"
    text = "Pays a share of the cost of computing of smaller studios, up to a cap in a year."
    keys = {
        "share": Key("share", 0.0, 0, 1, "share of computing cost that is paid (no source gives it; range 0.2 to 0.5)"),
        "cap": Key("million yuan", 0.2, 0, 100, "most for one studio in a calendar year"),
        "largest": Key("count", 300, 1, 100_000, "largest studio that may use vouchers (people)"),
        "segments": Key("list of segments", ["film", "games", "audio_video", "scifi"],
                        text="segments whose studios may use vouchers"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.ids = np.zeros(0, np.int64)            # of studios last month, in order
        self.used = np.zeros(0)                     # what each has used in the year (yuan)

    def support(self, model) -> None:
        if not self.get("share"):
            return
        studios = model.studios.used
        everybody = model.studios.order()
        ids = studios["id"][everybody]
        used = np.zeros(ids.size)
        if self.ids.size and model.month_of_year > 1:
            at = np.minimum(np.searchsorted(self.ids, ids), self.ids.size - 1)
            used = np.where(self.ids[at] == ids, self.used[at], 0.0)
        s = studios[everybody]
        able = ((s["born"] <= model.t) & (s["compute"] > 0.0) & (s["staff"] <= self.get("largest")) & (s["hub"] == 0)
                & self.covers(s["segment"]))
        room = np.maximum(self.money("cap") - used[able], 0.0)
        wanted = np.minimum(self.get("share") * s["compute"][able], room)
        used[able] += self.relieve(model, everybody[able], wanted, "compute")
        self.ids, self.used = ids, used
