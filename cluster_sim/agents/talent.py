"""Talent: a person who studies for, looks for, or has creative work."""

from __future__ import annotations

from cluster_sim.agents.columns import ORIGINS, SPECIALISMS, TALENT_STATUS
from cluster_sim.agents.views import RowAgent


class Talent(RowAgent):
    """A view of one person; columns in `cluster_sim.agents.columns.TALENT`."""

    table_name = "talents"

    @property
    def status_name(self) -> str:
        """student, seeking, employed or solo."""
        return TALENT_STATUS[self.status]

    @property
    def specialism_name(self) -> str:
        """Name of the person's specialism."""
        return SPECIALISMS[self.specialism]

    @property
    def origin_name(self) -> str:
        """local, migrant or other_sector."""
        return ORIGINS[self.origin]
