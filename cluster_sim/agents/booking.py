"""Money of one studio, moved as one entry of the ledger: what a rule of one's own uses.

The kernels of a month do this for whole tables; here it is done for one row, with the same effect: the studio's cash,
its account of the month (sales, inputs, wages, taxes, subsidies), the flow, and the outlay of a government that pays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_sim import ledger as L
from cluster_sim.inputs.errors import nearest

if TYPE_CHECKING:
    from cluster_sim.agents.row_agent import RowAgent

ACCOUNT = {"sale": "sales", "input": "inputs", "wage": "wages", "tax": "taxes", "subsidy": "subsidies"}
"""Column of a studio's account by the payment's role in the production account."""
BY_KIND = {kind.name: number for number, kind in enumerate(L.KINDS)}
OWN_RULES = frozenset((*L.RAISED, *L.SETTLED, L.EQUIPMENT, L.EQUITY, L.INVOICED_VAT_HOME, L.INVOICED_VAT_NATION))
"""Payments that change a claim, a stock or a fund as well."""


def kinds() -> list[str]:
    """Return the kinds of payment that can be booked for one studio: it pays or is paid, and nothing else changes."""
    return [kind.name for number, kind in enumerate(L.KINDS)
            if "studios" in (kind.payer, kind.payee) and number not in OWN_RULES]


def book(studio: RowAgent, kind: str, amount: float, partner: RowAgent | None) -> None:
    """Enter one payment (whole yuan); ValueError or RuntimeError, and no change, if it cannot be entered."""
    entry = _entry(kind)
    _check(studio, entry, amount, partner)
    model, number = studio.model, BY_KIND[kind]
    if entry.payer == "studios":
        _move(studio, -amount, amount, ACCOUNT.get("input" if entry.role == "both" else entry.role))
    if entry.payee == "studios":
        paid = partner if partner is not None else studio
        _move(paid, amount, amount, ACCOUNT.get("sale" if entry.role == "both" else entry.role))
    model.month.flow[number] += amount
    if entry.payer in L.LEVELS:
        model.month.outlay[L.LEVELS.index(entry.payer)] += amount
        studio._table.rows["public"][studio.row] += amount


def _entry(kind: str) -> L.Kind:
    if kind not in kinds():
        close = nearest(kind, kinds())
        hint = f"did you mean '{close}'? " if close else ""
        what = "changes more than a studio's cash" if kind in BY_KIND else "is no payment of the ledger"
        raise ValueError(f"'{kind}' {what}. {hint}A studio books: {', '.join(kinds())}")
    return L.KINDS[BY_KIND[kind]]


def _check(studio: RowAgent, entry: L.Kind, amount: float, partner: RowAgent | None) -> None:
    between = entry.payer == entry.payee
    if not studio.model.within_month:
        raise RuntimeError("money moves within a month: let a rule do it, model.after_step(event, rule) with an event "
                           "before accounts.settle_accounts")
    if not (amount >= 0 and float(amount).is_integer()):
        raise ValueError(f"amounts are whole yuan, zero or more; found {amount!r}")
    if between != (partner is not None):
        raise ValueError(f"'{entry.name}' is paid by one studio to another: name the other as `partner`" if between else
                         f"'{entry.name}' is between {entry.payer} and {entry.payee}: it has no `partner`")
    for each in (studio, partner):
        if each is not None:
            each._check()


def _move(studio: Any, change: float, amount: float, account: str | None) -> None:
    row = studio._table.rows[studio.row]
    row["cash"] += change
    if account is not None:
        row[account] += amount
