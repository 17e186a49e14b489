"""Fund: private, zone, guidance or corporate venture capital."""

from __future__ import annotations

from cluster_sim.agents.row_agent import RowAgent
from cluster_sim.codes import FUND_KINDS


class Fund(RowAgent):
    """A view of one fund; columns in `cluster_sim.records.FUND`."""

    table_name = "funds"
    not_by_hand = {"cash": "money comes and goes in the events of the month, or by an instrument's `spend`"}

    @property
    def kind_name(self) -> str:
        """private, zone, guidance or corporate."""
        return FUND_KINDS[self.kind]

    @property
    def stakes(self):
        """The fund's stakes in studios (records)."""
        return self.model.stakes[self.model.stakes["fund"] == self.row].copy()

    def summary(self) -> str:
        """Return kind, cash and the number of stakes."""
        return f"{self.kind_name}, {self.cash / 1e6:.1f} million yuan, {len(self.stakes)} stakes"
