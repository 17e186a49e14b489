"""Four-tier ladder: support by tier, from a grant on reaching it to rent, credit, talent and listing."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import TIERS, Round
from cluster_sim.policies.base import MILLION, Instrument, Key, by_identity


class LadderGrants(Instrument):
    """A grant once for each tier; rent and talent as long as a studio is on the list; a guaranteed credit line.

    A credit line lets a studio go on with that much debt; if it closes all the same, the guarantor pays its
    share of what the bank loses (Lelarge, Sraer & Thesmar 2010).  An allowance to those whom a listed studio
    hires makes its offers worth more to them.
    """

    name = "ladder_grants"
    title = "Four-tier ladder"
    text = "Support by tier: grants, rent, credit, talent and listing for nestling, chick, grower and unicorn."
    keys = {tier: Key("million yuan", 0.0, 0, 1000, f"grant on becoming a {tier}", "assumed",
                      "Hi-tech Zone 2018: up to 1 million yuan for a new firm with growth potential")
            for tier in TIERS[1:]} | {
        "rent": Key("share", 0.0, 0, 1, "share of the rent of listed studios that is paid"),
        "rent_cap": Key("million yuan", 0.5, 0, 100, "most rent paid for one studio in a year"),
        "credit": Key("month", 0.0, 0, 24, "guaranteed credit line of a listed studio, in months of its costs"),
        "intellectual_property": Key("share", 0.0, 0, 1, "share of the cost of its works under way that a listed "
                                     "studio may borrow against, guaranteed like the line"),
        "guaranteed": Key("share", 0.5, 0, 1, "share of the bank's loss that the guarantor carries"),
        "talent": Key("million yuan", 0.0, 0, 3, "allowance to each person whom a listed studio hires"),
        "listing": Key("million yuan", 0.0, 0, 100, "reward to a listed studio that closes its last round"),
    }

    def listed(self, model) -> np.ndarray:
        """Return the rows of studios on the list, in the order of their identities."""
        s = model.studios.used
        return by_identity(s, np.flatnonzero((s["tier"] > 0) & self.open_studios(model)))

    def open(self, model) -> None:
        s = model.studios.used
        lends = self.get("credit") or self.get("intellectual_property")
        for column, in_force in (("credit", lends), ("perk", self.get("talent"))):
            if in_force or s[column].any():
                s[column] = 0.0
        if not (lends or self.get("talent")) or self.left(model) <= 0.0:
            return
        rows = self.listed(model)
        if lends:
            monthly = s["unit_cost"][rows] * np.maximum(s["capacity"][rows], 0.5)
            works = self.get("intellectual_property") * s["works"][rows]
            s["credit"][rows] = np.floor(self.get("credit") * monthly + works)
        if self.get("talent"):
            s["perk"][rows] = self.money("talent") / self.year_wage(model)

    def support(self, model) -> None:
        if not (self.get("rent") or self.get("talent") or self.get("listing")):
            return
        s, rows = model.studios.used, self.listed(model)
        ids, tier = s["id"][rows], s["tier"][rows].astype(float)
        if self.get("rent"):
            wanted = self.get("rent") * self.cost_of(model, rows, "rent")
            self.relieve(model, rows, np.minimum(wanted, self.money("rent_cap") / 12.0), "rent")
        if self.get("talent"):
            hired = s["filled"][rows].sum(1)
            each = np.floor(self.money("talent"))
            for k in np.flatnonzero(hired).tolist():
                paid = self.within(model, int(hired[k]), each)
                self.spend(model, paid * each, "people", act="tier", entity=int(ids[k]), base=tier[k])
        if self.get("listing"):
            last = rows[(s["round"][rows] == Round.LATER.value) & (s["round_month"][rows] == model.t)]
            self.pay(model, last, self.money("listing"), act="tier",
                     base=s["tier"][last].astype(float))

    def after_ladder(self, model) -> None:
        studios = model.studios.used
        grants = np.array([0.0] + [self.get(tier) for tier in TIERS[1:]]) * MILLION
        if not grants.any():
            return
        fresh = (studios["listed"] == model.t) & (studios["tier"] > 0) & (studios["born"] < model.t)
        rows = by_identity(studios, np.flatnonzero(fresh & self.open_studios(model))) if fresh.any() else np.empty(0)
        if rows.size:
            self.pay(model, rows, grants[studios["tier"][rows]], act="tier",
                     base=studios["tier"][rows].astype(float))

    def closing(self, model, gone) -> None:
        if not self.get("credit"):
            return
        s = model.studios.rows
        short = s["loan"][gone] - s["cash"][gone] - s["receivable"][gone].sum(1)      # what the bank will lose
        rows = gone[(short > 0.0) & (s["credit"][gone] > 0.0)]
        for row in by_identity(s, rows).tolist():
            owed = float(s["loan"][row] - s["cash"][row] - s["receivable"][row].sum())
            loss = min(owed, float(s["credit"][row]))
            self.spend(model, self.get("guaranteed") * loss, "guarantee", act="tier", entity=int(s["id"][row]),
                       base=float(s["tier"][row]))
