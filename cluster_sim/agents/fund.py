"""Fund: private, zone, guidance or corporate venture capital."""

from __future__ import annotations

from cluster_sim.agents.row_agent import RowAgent
from cluster_sim.codes import FUND_KINDS


class Fund(RowAgent):
    """A view of one fund; columns in `cluster_sim.records.FUND`."""

    table_name = "funds"

    @property
    def kind_name(self) -> str:
        """private, zone, guidance or corporate."""
        return FUND_KINDS[self.kind]

    @property
    def stakes(self):
        """The fund's stakes in studios (records)."""
        return self.model.stakes[self.model.stakes["fund"] == self.row].copy()
