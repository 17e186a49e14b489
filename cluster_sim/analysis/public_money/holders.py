"""Outlay = what each holder has in the end: the ledger of a run less that of its twin, sector by sector.

Every payment has a payer and a payee, so what governments pay out more must be found with others: with
studios (as cash), people, landlords, funds, the tax offices of the three levels, suppliers and partners; less
what clients pay for the work that they get more of.  People's spending is use, not incidence, and is left out.
"""

from __future__ import annotations

from typing import Any

from cluster_sim.ledger import KINDS, LEVELS, TAXES

USE = ("consumption_city", "consumption_nation")
HOLDERS = ("studios", "households", "landlords", "funds", "tax_city", "tax_province", "tax_centre",
           "outside_partners", "suppliers_here", "suppliers_elsewhere", "banks_and_investors", "clients")
FINANCE = ("coinvestment", "coinvestors_share", "coinvestment_city", "coinvestors_share_city",
           "capital_calls_corporate", "stake_sales", "interest",
           "bank_loans", "loan_repayments", "guarantees_city", "guarantees_province")
TAX_BACK = (*(KINDS[kind].name for kind in TAXES), "social_contributions")
"""Kinds of payment that come back to governments: taxes and contributions."""


def totals(ledger: Any) -> dict[str, float]:
    """Return the sums of all kinds of payment over a run (million yuan)."""
    return {kind.name: float(ledger[kind.name].sum()) for kind in KINDS}


def changes(with_policy: Any, without: Any) -> dict[str, float]:
    """Return what each kind of payment is more with the policy (million yuan); ledgers of a pair of runs."""
    first, second = totals(without), totals(with_policy)
    return {name: second[name] - first[name] for name in first}


def holders(change: dict[str, float]) -> dict[str, float]:
    """Return what each holder has more (million yuan), and `outlay`, what the governments pay more.

    The holders' sum is the outlay; both are added up from payments on their own.
    """
    found = dict.fromkeys(HOLDERS, 0.0)
    outlay = 0.0
    for kind in KINDS:
        amount = change[kind.name]
        if kind.name in USE:
            continue
        if kind.payer in LEVELS:
            outlay += amount
        else:
            found[holder(kind.payer, kind.name, pays=True)] -= amount
        found[holder(kind.payee, kind.name, pays=False)] += amount
    return found | {"outlay": outlay}


def holder(sector: str, kind: str, *, pays: bool) -> str:
    """Return the holder that a side of a payment belongs to."""
    if sector in LEVELS:
        return f"tax_{sector}"
    if sector == "banks":
        return "banks_and_investors"
    if sector in ("rest_of_city", "rest_of_nation", "rest_of_world"):
        if kind in FINANCE:
            return "banks_and_investors"
        if kind.startswith(("credit_to", "collected", "invoiced_vat")):
            return "clients"
        if pays and kind.startswith(("sales", "receipts", "estate")):
            return "clients"
        return "suppliers_here" if sector == "rest_of_city" else "suppliers_elsewhere"
    return sector


def tax_back(change: dict[str, float]) -> dict[str, float]:
    """Return the taxes and contributions that come back more, by level of government (million yuan)."""
    return {level: sum(change[kind.name] for kind in KINDS if kind.payee == level and kind.name in TAX_BACK)
            for level in LEVELS}
