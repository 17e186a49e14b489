"""Claims as stocks: who owes whom what, each held monthly against the entries that changed it.

A claim has a creditor and a debtor; it rises when credit is given, falls when it is paid, is lost (a revaluation, no
payment), or passes to somebody else when its creditor closes.  The agents' own balances at the end of a month must be
those of the month before plus these changes (System of National Accounts 2008, ch. 10-13).  All in whole yuan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

TOLERANCE = 1e-8
CLIENTS, HOLDERS = 3, 4         # home, nation, abroad; banks, suppliers of the city and of the nation, owners
RECEIVABLE, PAYABLE, LOANS, ESTATES, COUNT = 0, 3, 5, 6, 18
NAMES = ("receivables from clients at home", "receivables from clients in the nation",
         "receivables from clients abroad", "payables to suppliers of the city", "payables to suppliers of the nation",
         "bank loans",
         *(f"claims on clients {place} taken over by {holder}" for holder in
           ("banks", "suppliers of the city", "suppliers of the nation", "owners")
           for place in ("at home", "in the nation", "abroad")))
"""What each stock is called in a message, in the order of the arrays."""


class LedgerError(RuntimeError):
    """A month's accounts do not agree; the message names the account and both amounts."""


def agree(account: str, left: float, right: float, scale: float, month: str) -> None:
    """Raise `LedgerError` naming the account if two sides differ by more than 1e-8 of ``scale``."""
    if not abs(left - right) <= TOLERANCE * max(abs(scale), 1.0):
        raise LedgerError(f"{month}: account '{account}' does not balance: {left:,.0f} against {right:,.0f} yuan "
                          f"(difference {left - right:,.2f}). The run was stopped.")


@dataclass
class Claims:
    """Stocks of claims at the end of the last month, and what happened to them this month beside payments.

    stock, lost: by claim, in the order of `NAMES`.  passed: by new holder and client.  equipment: the studios'
    equipment at the end of the last month, worn: what it lost this month.
    """

    stock: np.ndarray = field(default_factory=lambda: np.zeros(COUNT))
    lost: np.ndarray = field(default_factory=lambda: np.zeros(COUNT))
    passed: np.ndarray = field(default_factory=lambda: np.zeros((HOLDERS, CLIENTS)))
    equipment: float = 0.0
    worn: float = 0.0

    def begin_month(self) -> None:
        """Forget what happened last month."""
        self.lost[:] = 0.0
        self.passed[:] = 0.0
        self.worn = 0.0

    def estates(self) -> np.ndarray:
        """Return the claims taken over from closed studios (holders, clients), a view."""
        return self.stock[ESTATES:].reshape(HOLDERS, CLIENTS)

    def check(self, now: np.ndarray, raised: np.ndarray, settled: np.ndarray, month: str) -> None:
        """Hold stocks against what changed them; ``now`` is of the agents, the other two are of the ledger's entries.

        now: (6,) receivables by client, payables by supplier, loans.  raised, settled: (18,).
        """
        change = raised - settled - self.lost
        change[RECEIVABLE:PAYABLE] -= self.passed.sum(0)
        change[PAYABLE:LOANS] -= self.passed[1:3].sum(1)
        change[LOANS] -= self.passed[0].sum()
        change[ESTATES:] += self.passed.ravel()
        expected = self.stock + change
        scale = max(float(now.sum()), 1.0)
        for k in np.flatnonzero(now != expected[:ESTATES]).tolist():
            agree(NAMES[k], float(now[k]), float(expected[k]), scale, month)
        for k in np.flatnonzero(expected[ESTATES:] < 0.0).tolist():
            agree(NAMES[ESTATES + k], 0.0, float(expected[ESTATES + k]), 1.0, month)
        self.stock = expected

    def check_equipment(self, now: float, bought: float, month: str) -> None:
        """Hold the studios' equipment (yuan) against what they bought and what was worn or scrapped."""
        agree("equipment", now, self.equipment + bought - self.worn, max(now, 1.0), month)
        self.equipment = now
