"""Production subsidy: a share of the audited cost of a work, paid at its release."""

from __future__ import annotations

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import Stage
from cluster_sim.policies.base import Instrument, Key

APPLIED, WON = 1, 2


class ProductionSubsidy(Instrument):
    """A studio expects it when it decides on the green light and receives it when the work is released.

    The rate is of audited cost, less what co-investors carry; the cap is for one work (Workman 2021 on film
    incentives; Bartik 2018 on what would have happened anyway).  A bank may lend a part of the aid at the
    green light.  With a lottery only a share of those who apply win, as in the credits that Workman studies.
    """

    name = "production_subsidy"
    title = "Production subsidy"
    text = "Pays a share of a work's audited cost at its release, up to a cap."
    payer = {"city": 0.5, "province": 0.5}
    keys = {
        "rate": Key("share", 0.0, 0, 1, "share of audited cost, 0 to 1", "assumed",
                    "the sources give caps, not yearly rates"),
        "cap": Key("million yuan", 15.0, 0, 1000, "most for one work", "measured", "China Daily 2025-05-28: 15 million "
                   "yuan for Ne Zha 2"),
        "smallest": Key("million yuan", 1.0, 0, 1000, "smallest budget of a work that may apply"),
        "segments": Key("list of segments", ["film", "scifi"], text="segments whose works may apply"),
        "bridged": Key("share", 0.0, 0, 1, "share of the expected aid that a bank lends at the green light"),
        "lottery": Key("share", 1.0, 0, 1, "share of applicants that win, by lot; 1: everybody"),
    }

    def aid(self, cost: np.ndarray, segment: np.ndarray, coinvest: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """Return the aid (yuan) for works of a given cost (yuan).

        unit: what a yuan of the law is at the work's scale.
        """
        aid = np.minimum(self.get("rate") * cost * (1.0 - coinvest), self.money("cap") * unit)
        return np.where(self.eligible(cost, segment, unit), np.floor(aid), 0.0)

    def eligible(self, cost: np.ndarray, segment: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """Say which works of a given cost (yuan) may apply."""
        return self.covers(segment) & (cost >= self.money("smallest") * unit)

    def wins(self, model, ids: np.ndarray) -> np.ndarray:
        """Say which works win the lottery: a keyed draw of each work, the same at the green light and at release."""
        if self.get("lottery") >= 1.0:
            return np.ones(ids.size, bool)
        from cluster_sim.draws import AID, uniforms

        return uniforms(model.seed, AID, np.ascontiguousarray(ids), -1) < self.get("lottery")

    def expect_aid(self, model, proposals) -> None:
        if not proposals.size or self.get("rate") == 0:
            return
        unit = self.unit(model, proposals["replay"])
        won = self.wins(model, proposals["id"])
        if self.get("bridged"):
            self.bridge(model, proposals, won, unit)
        aid = self.aid(proposals["budget"], proposals["segment"], proposals["coinvest"], unit)
        proposals["aid"] += np.where(won, self.trust() * aid, 0.0)
        applied = self.eligible(proposals["budget"], proposals["segment"], unit)
        proposals["applied"] |= np.where(applied, np.where(won, APPLIED | WON, APPLIED), 0).astype(np.uint8)

    def bridge(self, model, proposals, won: np.ndarray, unit: np.ndarray) -> None:
        """Lower what co-investors must carry where a bank lends on the aid: own money then carries more of the cost.

        Of each yuan that the owner carries the bank lends the bridged part of the aid to it, so that m yuan of own
        money carry m / (1 - bridged rate).  Co-investors take part as they do without aid.
        """
        usual = model.rules.segments["coinvest"][proposals["segment"]]
        budget = np.maximum(proposals["budget"], 1.0)
        aid = self.aid(proposals["budget"], proposals["segment"], usual, unit) / (budget * (1.0 - usual))
        lent = np.where(won, self.get("bridged") * self.trust() * aid, 0.0)
        part = np.maximum(usual, 1.0 - proposals["own"] / np.maximum(1.0 - lent, 1e-9) / budget)
        part = np.where((proposals["expected"] < proposals["cost"]) & (part > usual), 1.0, part)
        helped = (lent > 0.0) & (proposals["replay"] == 0)
        proposals["coinvest"] = np.where(helped, np.minimum(proposals["coinvest"], part), proposals["coinvest"])

    def green_light(self, model, rows) -> None:
        if not self.get("bridged") or not self.get("rate"):
            return
        projects = model.projects.rows
        aid = self.aid(projects["budget"][rows], projects["segment"][rows], projects["coinvest"][rows],
                       self.unit(model, projects["replay"][rows]))
        loan = np.floor(self.get("bridged") * self.trust() * aid)
        loan = np.where(self.wins(model, projects["id"][rows]), loan, 0.0)
        projects["loan"][rows] += loan
        np.add.at(model.studios.rows["cash"], projects["owner"][rows], loan)
        model.month.flow[L.BANK_LOANS] += float(loan.sum())

    def repay(self, model, rows: np.ndarray) -> None:
        """Let owners pay back what banks lent on works, with interest by the month."""
        projects = model.projects.rows
        rows = rows[projects["loan"][rows] > 0.0]
        loan = projects["loan"][rows]
        months = model.t - projects["started"][rows]
        interest = np.floor(loan * model.par["costs.interest"] * months)
        np.subtract.at(model.studios.rows["cash"], projects["owner"][rows], loan + interest)
        model.month.flow[L.LOAN_REPAYMENTS] += float(loan.sum())
        model.month.flow[L.INTEREST] += float(interest.sum())
        projects["loan"][rows] = 0.0

    def after_release(self, model) -> None:
        projects, rows = model.projects.used, self.released_now(model)
        if not rows.size:
            return
        if self.get("rate"):
            cost, segment, coinvest, replay = (projects[c][rows] for c in ("cost", "segment", "coinvest", "replay"))
            aid = self.aid(cost, segment, coinvest, self.unit(model, replay))
            self.pay_projects(model, rows, np.where(self.wins(model, projects["id"][rows]), aid, 0.0))
        self.repay(model, rows)

    def closing(self, model, gone) -> None:
        """A studio that closes pays its banks first; what it lacks is their bad debt."""
        projects = model.projects.used
        lent = np.flatnonzero((projects["loan"] > 0.0) & (projects["stage"] > Stage.FREE.value)
                              & (projects["stage"] < Stage.RUNNING.value))
        if lent.size:
            self.repay(model, lent[np.isin(projects["owner"][lent], gone)])
