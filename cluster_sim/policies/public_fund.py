"""What public funds share: capital that is called in parts and invested beside other funds."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import FundKind, Life
from cluster_sim.policies.base import MILLION, Instrument, Key

ROUNDS = "1 seed, 2 A, 3 B, 4 growth, 5 later"
NUMBER = 10_000         # technical: a number that nobody else's identity is made from


class PublicFund(Instrument):
    """A fund's size is a commitment, not an outlay: capital is called when there is a use for it.

    It screens as many applicants as its size allows and bids for them; the tickets of a large fund are larger,
    by less than the fund.  It competes like other funds; whether it crowds private money in or out is an outcome
    (Leleux & Surlemont 2003; Brander, Du & Hellmann 2015).
    """

    kind = FundKind.GUIDANCE
    keys = {
        "size": Key("million yuan", 0.0, 0, 1e6, "committed capital"),
        "years": Key("count", 7, 1, 30, "years over which capital may be called"),
        "calls_ahead": Key("month", 6.0, 0, 120, "months of calls that may lie uninvested"),
        "least_cash": Key("million yuan", 20.0, 0, 1e6, "but never less than this, a few tickets"),
        "first_round": Key("rank", 1, 1, 5, f"earliest round: {ROUNDS}"),
        "last_round": Key("rank", 5, 1, 5, f"latest round: {ROUNDS}"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.row = -1
        self.called = 0.0

    def mandate(self, model) -> int:
        """Return the bit mask of the zones in which the fund may invest; 0 for everywhere."""
        return 0

    def finance(self, model) -> None:
        """Step 3: call capital, if a fund is in force, has room and is not sitting on cash."""
        from cluster_sim.draws import FUND, identity  # compiled code: not for who only reads scenarios

        size = self.money("size") * model.scale
        if size <= 0.0:
            return
        if self.row < 0:
            self.row = int(model.funds.allocate(1)[0])
            fund = model.funds.rows
            fund["id"][self.row] = identity(FUND, NUMBER, int(self.kind))
            fund["kind"][self.row], fund["alive"][self.row] = self.kind, Life.ALIVE
        fund = model.funds.rows
        fund["first_round"][self.row], fund["last_round"][self.row] = self.get("first_round"), self.get("last_round")
        fund["committed"][self.row], fund["zones"][self.row] = size, self.mandate(model)
        part = size / (12.0 * self.get("years"))
        fund["looks"][self.row] = model.par["finance.screened"] * size / (model.par["finance.fund_size"] * MILLION)
        usual = self.get("size") / model.par["finance.fund_size"]
        fund["ticket"][self.row] = model.par["finance.ticket"] * max(1.0, usual) ** model.par["finance.ticket_growth"]
        room = max(self.get("calls_ahead") * part, min(self.money("least_cash"), size)) - float(fund["cash"][self.row])
        call = min(part, size - self.called, max(0.0, room))
        call = self.spend(model, np.floor(call), "capital", act="rounds", entity=model.t)
        fund["cash"][self.row] += call
        self.called += call
