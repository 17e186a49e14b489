"""Money in the first month: equipment, cash, claims on clients and debts to suppliers, as steady trade leaves them."""

from __future__ import annotations

import numpy as np

from cluster_sim import ledger
from cluster_sim.jit import kernel
from cluster_sim.month import commissioning, treasury
from cluster_sim.month.liquidity import cash_kept, seat_price


@kernel
def usual_cash(studios, rules, cash):
    """Write the cash that owners keep (yuan) for each studio."""
    for i in range(studios.shape[0]):
        cash[i] = np.floor(cash_kept(studios[i], rules.p[0]))


@kernel
def buy_first_equipment(studios, rules):
    """Give every studio the equipment and rights that its people need."""
    for i in range(studios.shape[0]):
        s = studios[i]
        s.equipment = np.floor(s.staff * seat_price(rules.segments[s.segment], rules.p[0]))


def first_cash(studios: np.ndarray, rules) -> np.ndarray:
    """Return the cash of the start (yuan): what owners keep by habit."""
    cash = np.zeros(studios.size)
    usual_cash(studios, rules, cash)
    return cash


def first_surplus(studios: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Return a year's surplus at the start (yuan, at least one): contract work at its fee, own works at cost."""
    own = segments["own_share"][studios["segment"]]
    earned = studios["load"] * (studios["fee"] * (1.0 - own) + studios["unit_cost"] * own)
    return np.maximum(np.floor(12.0 * (earned - studios["unit_cost"] * studios["capacity"])), 1.0)


def equip_studios(model) -> None:
    """Equip the studios of the first month."""
    buy_first_equipment(model.studios.used, model.rules)


def open_accounts(model) -> None:
    """Let clients and suppliers owe and be owed what steady contract work leaves open, and open the books of claims."""
    s, par, segments = model.studios.used, model.par, model.rules.segments
    commissioning.share_markets(model)
    kind = s["segment"]
    sales = s["load"] * s["price"] * (1.0 - segments["own_share"][kind])
    abroad = sales * s["abroad"]
    home = (sales - abroad) * model.city_state["home_part"][0][kind]
    for c, sold in enumerate((home, sales - abroad - home, abroad)):
        days = par[f"money.days_{tuple(ledger.CLIENTS)[c]}"]
        s["receivable"][:, c] = np.floor(sold * max(1.0, days / treasury.MONTH))
    owed = sales * segments["inputs"][kind] * max(1.0, par["money.days_suppliers"] / treasury.MONTH)
    for q, part in enumerate((par["costs.local_inputs"], 1.0 - par["costs.local_inputs"])):
        s["payable"][:, q] = np.floor(owed * part)
    claims = model.books.claims
    claims.equipment = treasury.sum_balances(model.studios.used, model.projects.used, claims.stock[:6])
