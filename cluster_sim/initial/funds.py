"""The venture funds of the first month: private ones, and the anchors' corporate ones."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import FundKind, Life, Round
from cluster_sim.draws import FUND, identity
from cluster_sim.month.finance import mandate


def found_funds(model) -> None:
    """Create private venture funds, fewer in a small city, and the anchors' corporate funds, smaller in one.

    A studio and its rounds are as large at every scale, so a fund must be as large as well; what shrinks is the
    number of private funds.  Each of a smaller city stands for several: it is of mean size, and every look is one of
    theirs, by their own mandate, so that as many looks go to each round as in the whole city.
    """
    par = model.par
    whole, corporate = int(par["finance.private_funds"]), len(model.city.start.get("anchors", []))
    private = min(whole, max(1, round(whole * model.scale))) if whole else 0
    rows = model.funds.allocate(private + corporate)
    f = model.funds.rows
    large = np.arange(max(whole, private + corporate)) % par["finance.large_fund_every"] == 0
    shape = np.where(large, par["finance.large_fund"], par["finance.small_fund"])
    if private < whole:
        shape[:private] = shape[:whole].mean()
    for n, row in enumerate(rows):
        mine = n < private
        f["id"][row] = identity(FUND, n, 0)
        f["alive"][row] = Life.ALIVE
        f["kind"][row] = FundKind.PRIVATE if mine else FundKind.CORPORATE
        f["first_round"][row], f["last_round"][row] = mandate(n)
        if mine and private < whole:
            f["first_round"][row], f["last_round"][row], f["stands_for"][row] = Round.SEED, Round.LATER, whole
        share = whole * model.scale / private if mine else model.scale
        f["committed"][row] = np.floor(par["finance.fund_size"] * 1e6 * shape[n] * share)
        f["looks"][row] = par["finance.screened"] * (whole * model.scale / private if mine else model.scale)
        f["ticket"][row] = par["finance.ticket"]
        f["cash"][row] = np.floor(par["finance.start_cash"] * f["committed"][row])
