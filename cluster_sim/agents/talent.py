"""Talent: a person who studies for, looks for, or has creative work."""

from __future__ import annotations

from cluster_sim.agents.row_agent import RowAgent
from cluster_sim.codes import ORIGINS, SPECIALISMS, STATUSES


class Talent(RowAgent):
    """A view of one person; columns in `cluster_sim.records.TALENT`."""

    table_name = "talents"

    @property
    def status_name(self) -> str:
        """student, seeking, employed or solo."""
        return STATUSES[self.status]

    @property
    def specialism_name(self) -> str:
        """Name of the person's specialism."""
        return SPECIALISMS[self.specialism]

    @property
    def origin_name(self) -> str:
        """local, migrant or other_sector."""
        return ORIGINS[self.origin]
