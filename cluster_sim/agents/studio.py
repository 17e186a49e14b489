"""Studio: a firm of the creative sector; anchor firms are studios too (``anchor`` > 0)."""

from __future__ import annotations

from cluster_sim.agents.row_agent import RowAgent
from cluster_sim.codes import SEGMENTS, TIERS


class Studio(RowAgent):
    """A view of one studio; columns in `cluster_sim.records.STUDIO`."""

    table_name = "studios"

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
