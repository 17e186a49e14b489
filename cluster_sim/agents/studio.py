"""Studio: a firm of the creative sector; anchor firms are studios too (``anchor`` > 0)."""

from __future__ import annotations

from typing import Any

from cluster_sim import ledger as L
from cluster_sim.agents.booking import book
from cluster_sim.agents.row_agent import PlacedAgent
from cluster_sim.codes import SEGMENTS, TIERS

PAYS = "money moves between a payer and a payee and is booked: studio.book(kind, yuan), or an instrument's `pay`"
MOVES = "studio.move_to(cell) pays for the move and leaves the park"
STAFF = "it follows from where people work, which the events of the month decide (docs/odd.md)"
LIVES = "studios open and close in the events of the month (docs/odd.md)"


class Studio(PlacedAgent):
    """A view of one studio; columns in `cluster_sim.records.STUDIO`."""

    table_name = "studios"
    not_by_hand = {"cash": PAYS, "loan": PAYS, "receivable": PAYS, "payable": PAYS, "equipment": PAYS,
                   "cell": MOVES, "park": MOVES, "staff": STAFF, "staff_by": STAFF, "id": LIVES, "alive": LIVES}

    @property
    def segment_name(self) -> str:
        """Name of the studio's segment."""
        return SEGMENTS[self.segment]

    @property
    def tier_name(self) -> str:
        """Name of its rung on the ladder."""
        return TIERS[self.tier]

    @property
    def age(self) -> int:
        """Months since it opened."""
        return int(self.model.t - self.born)

    def summary(self) -> str:
        """Return segment, staff, cash and place."""
        return f"{self.segment_name}, {self.staff} people, {self.cash / 1e6:.2f} million yuan in cash, at {self.pos}"

    def book(self, kind: str, amount: float, partner: Studio | None = None) -> None:
        """Move money (whole yuan) as one entry of the ledger, such as ``grants_city`` or ``inputs_city``.

        The table of payments in docs/odd.md says who pays whom.  ``partner`` is the studio that is paid where one
        studio pays another.  Only within a month, by a rule that comes before `accounts.settle_accounts`.
        """
        book(self, kind, amount, partner)

    def move_to(self, cell: Any) -> None:
        """Move to a cell of `model.grid`, or to (x, y), outside parks, and pay what a move costs.

        The cost is that of the event `property.move_studios`; only within a month, as with `book`.
        """
        number = self.place(cell)
        cost = round(self.model.par["property.moving_cost"] * max(1, self.staff) * 1e6)
        self.book(L.KINDS[L.MOVING].name, cost)
        row = self._table.rows[self.row]
        row["cell"], row["park"], row["hub"] = number, -1, 0
