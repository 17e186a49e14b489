"""The venture funds of the first month: private ones, and the anchors' corporate ones."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import FundKind, Life
from cluster_sim.draws import FUND, identity


def found_funds(model) -> None:
    """Create private venture funds, fewer in a small city, and the anchors' corporate funds, smaller in one.

    A studio and its rounds are as large at every scale, so a fund must be as large as well; what shrinks is the
    number of private funds, and what each of them sees and does stays (docs/scale.md).
    """
    par = model.par
    whole, corporate = int(par["finance.private_funds"]), len(model.city.start.get("anchors", []))
    private = min(whole, max(2, round(whole * model.scale))) if whole else 0
    rows = model.funds.allocate(private + corporate)
    f = model.funds.rows
    shape = np.where(np.arange(private + corporate) % 4 == 0, 2.0, 0.7)
    mean = np.mean(np.where(np.arange(max(whole, 1)) % 4 == 0, 2.0, 0.7))
    for n, row in enumerate(rows):
        mine = n < private
        f["id"][row] = identity(FUND, n, 0)
        f["alive"][row] = Life.ALIVE
        f["kind"][row] = FundKind.PRIVATE if mine else FundKind.CORPORATE
        f["first_round"][row], f["last_round"][row] = (1, 2) if n % 2 == 0 else (1 + n % 3, 5)
        share = whole * model.scale / private * mean / shape[:private].mean() if mine else model.scale
        f["committed"][row] = np.floor(par["finance.fund_size"] * 1e6 * shape[n] * share)
        f["looks"][row] = par["finance.screened"] * (whole * model.scale / private if mine else model.scale)
        f["ticket"][row] = par["finance.ticket"]
        f["cash"][row] = np.floor(0.3 * f["committed"][row])
