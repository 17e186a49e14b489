"""Tax cut: a part of every creative studio's profit tax is paid back; what targeted aid is held against."""

from __future__ import annotations

import numpy as np

from cluster_sim.policies.base import Instrument, Key
from cluster_sim.policies.payments import paying


class TaxCut(Instrument):
    """Pays back a part of last month's profit tax to all creative studios.

    The tax is booked in full and the refund as an outlay, so that a cut and a grant of the same size cost the same
    (tax expenditures; System of National Accounts 2008, ch. 22, on payable tax credits).  Each level of government
    gives up its own part of the tax.  It reaches those who earn, not those who lack money.
    """

    name = "tax_cut"
    title = "Cut of profit tax"
    text = "Pays back a part of the profit tax of all creative studios."
    payer = {"city": 0.26, "province": 0.14, "centre": 0.6}
    comparator = True
    keys = {"rate": Key("share", 0.0, 0, 1, "share of profit tax that is paid back")}

    def shares(self, model) -> dict[str, float]:
        """Return each government's part of the tax, and so of the cut."""
        centre, province = model.par["costs.tax_to_centre"], model.par["costs.tax_to_province"]
        return {"city": 1.0 - centre - province, "province": province, "centre": centre}

    def payers(self, model):
        return paying(self.shares(model))

    def support(self, model) -> None:
        if not self.get("rate"):
            return
        studios, rows = model.studios.used, model.studios.order()
        s = studios[rows]
        taxed = self.open_studios(model)[rows] & (s["surplus"] > 0.0) & (s["surplus_year"] >= 0.0)
        par, rows, s = model.par, rows[taxed], s[taxed]
        profit = np.maximum(0.0, s["surplus"] - s["equipment"] / par["money.life"])
        refund = self.get("rate") * np.floor(par["costs.profit_tax"] * profit + 0.5)
        room = self.left(model)
        if np.isfinite(room):
            refund *= min(1.0, room / max(float(refund.sum()), 1.0))
        self.pay(model, rows, refund, "refund", act="profit")
