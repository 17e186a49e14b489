"""Anchor attraction: a grant brings a large technology company into the zone."""

from __future__ import annotations

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import N_SPECIALISMS, NEVER, NOBODY, SEGMENTS, FundKind, Life, Round, Status
from cluster_sim.policies.base import Instrument, Key

OFFICES, FUNDS = 7_000_000, 20_000      # technical: numbers that nobody else's identity is made from
CAME = 100                              # technical: numbers of anchors that were not there at the start


class AnchorAttraction(Instrument):
    """The company brings a part of its people and work from its parent; the rest it hires here.

    It comes only if its grant can be paid.  Its parent's orders come from outside the city and ramp up over
    two years; it buys a further part of the work from studios here, pays above the market, and its people
    found spin-offs (Klepper 2007; Greenstone, Hornbeck & Moretti 2010 on what large plants do to their
    neighbours).
    """

    name = "anchor_attraction"
    title = "Anchor attraction"
    text = "Grants to large technology companies that open an office in the zone."
    keys = {
        "anchors": Key("count", 0, 0, 50, "companies that come (all together, from the start of the scenario)"),
        "jobs": Key("count", 1000, 1, 50_000, "people whom each is to employ when it is built up"),
        "brought": Key("share", 0.2, 0.01, 1, "share of them who come with the company"),
        "grant": Key("million yuan", 100.0, 0, 10_000, "grant to each on its arrival"),
        "premium": Key("1", 1.2, 0.8, 2, "its wage offer over the market's"),
        "fund": Key("million yuan", 100.0, 0, 10_000, "corporate venture fund that each brings"),
        "capital": Key("month", 6.0, 0, 60, "wages of the people who come that its parent gives it at first"),
        "knowhow": Key("1", 1.2, 0.2, 5, "know-how that comes with it"),
        "reputation": Key("1", 2.0, 0, 3, "its reputation when it comes"),
        "ramp": Key("month", 24, 1, 120, "months until its parent's orders are at their full size"),
        "zones": Key("list of zones", ["hi_tech_south"], text="zone in which it opens (the first named)"),
        "segments": Key("list of segments", ["games"], text="segment of its business (the first named)"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.arrived: list[tuple[int, int]] = []            # identity, month

    def open(self, model) -> None:
        grant = np.floor(self.money("grant") * model.scale)
        while len(self.arrived) < int(self.get("anchors")) and self.within(model, 1, grant):
            self.arrive(model, grant)
        offices = self.rows_of(model, (identity for identity, _ in self.arrived)).tolist()
        for row, (_, month) in zip(offices, self.arrived, strict=True):
            if row >= 0:
                self.order(model, model.studios.rows[row], month)

    def order(self, model, office, month: int) -> None:
        """Fill the office's book of orders (person-months) up to what its planned people can do beside other work.

        What it wins on the market, or makes of its own, leaves less to do for its parent.
        """
        ramp = min(1.0, (model.t - month + 1) / self.get("ramp"))
        per_head = float(office["capacity"]) / max(int(office["staff"]), 1)
        planned = ramp * self.get("jobs") * model.scale * per_head * model.par["labour.use_of_capacity"]
        planned -= float(office["own_load"] + office["credit_load"] + office["sub_load"])
        work = max(0.0, planned * model.par["commissioning.lead"] - float(office["orders"]))
        bought = np.where(office["sub"] != NOBODY, office["sub_lack"], 0.0)
        office["orders"] += work
        office["pending"] += work * bought / (1.0 - bought.sum())

    def arrive(self, model, grant: float) -> None:
        """Open the company's office: a studio with people from outside, and its fund."""
        from cluster_sim.draws import AID, FUND, IDENTITY, identity

        number = len(self.arrived)
        row = int(model.new_studios(1)[0])
        s, g = model.studios.rows, model.city_state[0]
        segment = SEGMENTS.index((self.get("segments") or ["games"])[0])
        inside = np.flatnonzero(self.among(model, model.space.cells["zones"]))
        cell = int(inside[np.argmax(model.space.cells["floor"][inside])]) if inside.size else int(model.hub_cell)
        start = {"id": identity(IDENTITY, OFFICES + number, int(AID)), "alive": Life.ALIVE, "segment": segment,
                 "cell": cell, "park": -1, "born": model.t, "anchor": CAME + number,
                 "knowhow": self.get("knowhow"), "reputation": self.get("reputation"),
                 "offer": self.get("premium"), "export": 1.0, "sub": -1, "round_month": NEVER, "listed": NEVER,
                 "ai": float(g["ai"]), "abroad": 0.0,
                 "price": g["outside_price"][segment], "fee": g["outside_fee"][segment],
                 "unit_cost": g["unit_cost"][segment] * g["outside_cost"]}
        for name, value in start.items():
            s[name][row] = value
        count = max(1, round(self.get("brought") * self.get("jobs") * model.scale))
        index = model.bring(count, Status.EMPLOYED, np.cumsum(model.rules.mix[segment]), cell)
        people = model.talents.rows
        for k, person in enumerate(index.tolist()):
            people["id"][person] = identity(AID, int(s["id"][row]), k)
        people["employer"][index] = row
        wage = g["market_wage"][people["specialism"][index]] * self.get("premium") * np.sqrt(people["skill"][index])
        people["wage"][index] = np.floor(wage + 0.5)
        s["staff"][row], s["capacity"][row] = count, float(people["skill"][index].sum())
        s["staff_by"][row] = np.bincount(people["specialism"][index], minlength=N_SPECIALISMS)
        s["wage_bill"][row] = float(people["wage"][index].sum())
        s["expected"][row] = s["capacity"][row]
        capital = np.floor(self.get("capital") * count * model.labour.mean_wage * self.get("premium"))
        seat = model.par["money.capital"] * model.rules.segments["value_added_per_worker"][segment] * 1e6
        equipment = np.floor(count * seat)
        s["cash"][row], s["equipment"][row] = capital, equipment
        capital += equipment
        model.month.flow[L.EQUIPMENT] += equipment
        model.month.flow[L.COINVESTMENT] += capital      # from the rest of the nation
        model.studios.forget_order()
        self.arrived.append((int(s["id"][row]), model.t))
        self.pay(model, np.array([row]), np.array([grant]), act="founding")
        if self.get("fund"):
            fund = int(model.funds.allocate(1)[0])
            f = model.funds.rows
            f["id"][fund], f["alive"][fund] = identity(FUND, FUNDS + number, int(FundKind.CORPORATE)), Life.ALIVE
            f["kind"][fund] = FundKind.CORPORATE
            f["first_round"][fund], f["last_round"][fund] = Round.SEED, Round.LATER
            f["looks"][fund] = model.par["finance.screened"] * model.scale
            f["committed"][fund] = np.floor(self.money("fund") * model.scale)
