"""Compute vouchers: a share of a studio's computing cost, up to a sum in a year."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import MILLION, Instrument, Key


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

    def support(self, model) -> None:
        if self.now is None or not self.get("share"):
            return
        studios = model.studios.used
        if model.month_of_year == 1:
            studios["voucher"] = 0.0
        rows = np.flatnonzero((studios["alive"] == 1) & (studios["born"] <= model.t) & (studios["compute"] > 0.0)
                              & (studios["staff"] <= self.get("largest")) & (studios["hub"] == 0)
                              & self.covers(studios["segment"]))
        rows = rows[np.argsort(studios["id"][rows])]
        room = np.maximum(self.get("cap") * MILLION - studios["voucher"][rows], 0.0)
        wanted = np.minimum(self.get("share") * studios["compute"][rows], room)
        studios["voucher"][rows] += self.relieve(model, rows, wanted, "compute")
