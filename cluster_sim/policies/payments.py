"""The record of every payment of public money, for who asks for it (`keep=("payments",)`).

Each line names the instrument, what it paid for (the act), and how much of the act there was (the base).
Held against the same act in a run without the instrument it says what would have happened anyway.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import SEGMENTS

LEVELS = L.LEVELS
ACCOUNTS = {"grant": {"city": L.GRANTS_CITY, "province": L.GRANTS_PROVINCE, "centre": L.GRANTS_CENTRE},
            "rent": {"city": L.RENT_SUBSIDY_CITY, "province": L.RENT_SUBSIDY_PROVINCE},
            "compute": {"city": L.COMPUTE_SUBSIDY_CITY, "province": L.COMPUTE_SUBSIDY_PROVINCE},
            "wage": {"city": L.WAGE_SUBSIDY_CITY, "province": L.WAGE_SUBSIDY_PROVINCE},
            "refund": {"city": L.REFUNDS_CITY, "province": L.REFUNDS_PROVINCE, "centre": L.REFUNDS_CENTRE},
            "capital": {"city": L.CALLS_CITY, "province": L.CALLS_PROVINCE},
            "programme": {"city": L.PROGRAMMES_CITY, "province": L.PROGRAMMES_PROVINCE, "centre": L.PROGRAMMES_CENTRE},
            "people": {"city": L.TALENT_AID_CITY, "province": L.TALENT_AID_PROVINCE, "centre": L.TALENT_AID_CENTRE},
            "operators": {"city": L.OPERATOR_GRANTS_CITY, "province": L.OPERATOR_GRANTS_PROVINCE},
            "guarantee": {"city": L.GUARANTEES_CITY, "province": L.GUARANTEES_PROVINCE}}
EPOCH = 1970            # technical: year from which NumPy counts months

ACTS = {
    "work": "a work, by its identity; base: its cost (yuan)",
    "studio": "a studio's being there in the year, by its identity; base: 1",
    "founding": "a studio's founding, by its identity; base: 1",
    "rent": "a studio's rent, by its identity; base: the rent that was supported (yuan)",
    "compute": "a studio's computing, by its identity; base: the cost that was supported (yuan)",
    "wage": "a studio's wages and contributions, by its identity; base: those that were supported (yuan)",
    "profit": "a studio's profits of the year, by its identity; base: 1",
    "tier": "a studio's reaching a tier of the ladder, by its identity; base: the tier",
    "newcomers": "migrants of the month; base: their number",
    "students": "places for students that are filled; base: their number",
    "rounds": "rounds of finance; base: 1, shared out over the year's rounds",
    "programme": "something that only the government buys; base: 1",
}
"""What public money is paid for: the kinds of acts, and what identity and base mean for each."""


def paying(shares: dict[str, float]) -> tuple[tuple[str, int, float | None], ...]:
    """Return the levels of government that pay by their shares: level, its number, share; None for the rest."""
    levels = [level for level in LEVELS if shares.get(level, 0.0) > 0.0]
    return tuple((level, LEVELS.index(level), shares[level] if level != levels[-1] else None) for level in levels)


def dates(first_month: int, t: np.ndarray) -> np.ndarray:
    """Return months of a run (first_month: year * 12 + month - 1) as the dates of their first days."""
    return (np.datetime64("1970-01", "M") + (first_month - EPOCH * 12) + t).astype("datetime64[D]")


class Payments:
    """Collects lines of payments."""

    def __init__(self) -> None:
        self.applications: list[dict[str, np.ndarray]] = []
        self.lines: list[tuple[int, str, str, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, t: int, instrument: str, act: str, ids: np.ndarray, base: np.ndarray, amount: np.ndarray,
            studios: np.ndarray) -> None:
        """Note the payments (yuan) of one instrument in month t; those of nothing are left out."""
        paid = amount > 0.0
        if paid.any():
            self.lines.append((t, instrument, act, np.asarray(ids, np.int64)[paid], np.asarray(base, float)[paid],
                               np.asarray(amount, float)[paid], np.asarray(studios, np.int64)[paid]))

    def apply(self, t: int, proposals: np.ndarray, studios: np.ndarray) -> None:
        """Note the applications for aid to works (rows of proposals that applied), made or not."""
        q = proposals[proposals["applied"] > 0]
        if q.size:
            self.applications.append({
                "t": np.full(q.size, t), "project_id": q["id"].copy(), "studio_id": q["owner_id"].copy(),
                "segment": q["segment"].copy(), "won": q["applied"] > 1, "made": q["accepted"] == 1,
                "cost": q["budget"] / 1e6, "aid": q["aid"] / 1e6, "expected": q["expected"] / 1e6,
                "staff": studios["staff"][q["owner"]].copy()})

    def applications_table(self, first_month: int) -> dict[str, Any]:
        """Return one row an application for aid to a work; money in million yuan at 2017 prices."""
        if not self.applications:
            return {}
        whole = {name: np.concatenate([page[name] for page in self.applications]) for name in self.applications[0]}
        month = whole.pop("t")
        whole["segment"] = np.array(SEGMENTS, object)[whole["segment"]]
        return {"month": dates(first_month, month), **whole}

    def table(self, first_month: int) -> dict[str, Any]:
        """Return one row a payment; amounts in million yuan at 2017 prices."""
        if not self.lines:
            return {}
        count = [line[5].size for line in self.lines]
        month = np.repeat([line[0] for line in self.lines], count)
        return {"month": dates(first_month, month),
                "instrument": np.repeat(np.array([line[1] for line in self.lines], object), count),
                "act": np.repeat(np.array([line[2] for line in self.lines], object), count),
                "studio_id": np.concatenate([line[6] for line in self.lines]),
                "act_id": np.concatenate([line[3] for line in self.lines]),
                "base": np.concatenate([line[4] for line in self.lines]),
                "amount": np.concatenate([line[5] for line in self.lines]) / 1e6}
