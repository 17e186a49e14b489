"""Future-industry guidance fund: public capital that invests beside private funds in later rounds."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import MILLION, Instrument, Key

GUIDANCE = 2


class GuidanceFund(Instrument):
    """A fund's size is a commitment, not an outlay: capital is called in parts, when there is a use for it.

    It bids like other funds; whether it crowds private money in or out is an outcome (Brander, Du & Hellmann
    2015).
    """

    name = "guidance_fund"
    title = "Future-industry guidance fund"
    text = "A public fund that co-invests in studios from a given round on."
    payer = {"city": 0.7, "province": 0.3}
    keys = {
        "size": Key("million yuan", 0.0, 0, 1e6, "committed capital", "measured",
                    "Cover News 2025-05-29; People's Daily 2025-10-24: more than 3 billion yuan"),
        "years": Key("count", 7, 1, 30, "years over which capital may be called"),
        "first_round": Key("rank", 2, 1, 5, "earliest round: 1 seed, 2 A, 3 B, 4 growth, 5 later"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.row = -1
        self.called = 0.0

    def finance(self, model) -> None:
        from cluster_sim.draws import FUND, identity  # compiled code: not for who only reads scenarios

        size = self.get("size") * MILLION * model.scale if self.now is not None else 0.0
        if size <= 0.0:
            return
        if self.row < 0:
            self.row = int(model.funds.allocate(1)[0])
            fund = model.funds.rows
            fund["id"][self.row] = identity(FUND, 10_000, GUIDANCE)
            fund["kind"][self.row], fund["alive"][self.row] = GUIDANCE, 1
            fund["last_round"][self.row] = 5
        fund = model.funds.rows
        fund["first_round"][self.row] = int(self.get("first_round"))
        fund["committed"][self.row] = size
        part = size / (12.0 * self.get("years"))
        call = min(part, size - self.called, max(0.0, 6.0 * part - float(fund["cash"][self.row])))
        call = float(self.affordable(model, np.array([call]))[0])
        if call > 0.0:
            fund["cash"][self.row] += call
            self.called += call
            self.book(model, call, "capital")
