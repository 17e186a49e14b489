"""Gross added output = net + displaced + relocated, each from its own accounts.

- gross: what the studios that are paid produce more (studios' own accounts);
- displaced: what the other studios of the city produce less (studios' own accounts);
- relocated: what studios of other cities sell less in the markets that both serve (the markets' account);
- net: what city and rivals together sell and make more (the month's national accounts).

Output is sales at producers' receipts and work in progress at cost, over the whole run, in million yuan of 2017;
the question is that of HM Treasury's Green Book (2022) on additionality.

Who is paid is an outcome: those who happen to do well.  To set them against themselves in the twin would take
luck for effect.  So studios are sorted into cells (segment, zone, size, age, tier), the same in both runs, and a
cell counts as paid by the share of its output that paid studios make.  Where a list of recipients was fixed
beforehand, it may be given instead.  An instrument that pays no studio supports all of them alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SIZES, AGES = (10.0, 50.0, 250.0), (24.0, 96.0)


def cells(accounts: Any) -> np.ndarray:
    """Return each row's cell: segment, in a zone or not, size, age, listed or not, as one text."""
    size = np.searchsorted(SIZES, (accounts["staff_months"] / accounts["months"].clip(lower=1.0)).to_numpy())
    age = np.searchsorted(AGES, accounts["age_months"].to_numpy())
    zone, listed = (accounts["zones"] > 0).to_numpy().astype(int), (accounts["tier"].astype(str) != "none").to_numpy()
    keys = zone * 1000 + size * 100 + age * 10 + listed.astype(int)
    return np.char.add(accounts["segment"].astype(str).to_numpy().astype("U16"), keys.astype("U4"))


def shares_paid(accounts: Any, payments: Any) -> dict[str, float] | None:
    """Return for each cell the share of its output that paid studios make in the year of a payment.

    accounts, payments: of all runs with the instrument (columns run_id, studio_id).  None if no studio is paid.
    """
    import pandas as pd

    paid = payments[payments["studio_id"] != 0]
    if not len(paid):
        return None
    year = paid["month"].dt.year
    known = pd.MultiIndex.from_arrays([paid["run_id"].astype(str), paid["studio_id"], year]).unique()
    mine = pd.MultiIndex.from_arrays([accounts["run_id"].astype(str), accounts["studio_id"], accounts["year"]])
    output = accounts["output"].to_numpy()
    frame = pd.DataFrame({"cell": cells(accounts), "all": output, "paid": output * mine.isin(known)})
    sums = frame.groupby("cell")[["all", "paid"]].sum()
    share = (sums["paid"] / sums["all"].where(sums["all"] > 0)).fillna(0.0).clip(0.0, 1.0)
    return {str(cell): float(value) for cell, value in share.items()}


def weights(accounts: Any, recipients: set[int] | dict[str, float] | None) -> np.ndarray:
    """Return how far each row counts as paid: by identity, by its cell, or wholly if nobody is named."""
    if recipients is None:
        return np.ones(len(accounts))
    if isinstance(recipients, set):
        return accounts["studio_id"].isin(recipients).to_numpy(float)
    return np.array([recipients.get(cell, 0.0) for cell in cells(accounts).tolist()])


def split(recipients: set[int] | dict[str, float] | None, with_policy: dict[str, Any],
          without: dict[str, Any]) -> dict[str, float]:
    """Return gross, displaced, relocated and net (million yuan) for one pair of runs.

    recipients: identities fixed beforehand, or shares by cell (`shares_paid`), or None for all studios.  Frames:
    ``series`` and ``accounts`` of both runs.
    """
    def produced(frames: dict[str, Any], paid: bool) -> float:
        part = weights(frames["accounts"], recipients)
        return float(((part if paid else 1.0 - part) * frames["accounts"]["output"].to_numpy()).sum())

    def total(frames: dict[str, Any], *columns: str) -> float:
        return float(sum(frames["series"][column].sum() for column in columns))

    nation = ("creative_value_added", "purchased_inputs", "rival_sales")
    return {"gross": produced(with_policy, True) - produced(without, True),
            "displaced": produced(without, False) - produced(with_policy, False),
            "relocated": total(without, "rival_sales") - total(with_policy, "rival_sales"),
            "net": total(with_policy, *nation) - total(without, *nation)}
