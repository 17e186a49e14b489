"""Talent: a person who studies for, looks for, or has creative work."""

from __future__ import annotations

from typing import Any

from cluster_sim.agents.row_agent import PlacedAgent
from cluster_sim.codes import ORIGINS, SPECIALISMS, STATUSES

CAREER = "people change work, come and go in the events of the month, which count them (docs/odd.md)"


class Talent(PlacedAgent):
    """A view of one person; columns in `cluster_sim.records.TALENT`."""

    table_name = "talents"
    not_by_hand = {"id": CAREER, "status": CAREER, "employer": CAREER, "specialism": CAREER,
               "cell": "a person moves house with talent.move_to(cell)"}

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

    def summary(self) -> str:
        """Return status, specialism, wage and home."""
        return f"{self.status_name}, {self.specialism_name}, {self.wage:,.0f} yuan a month, lives at {self.pos}"

    def move_to(self, cell: Any) -> None:
        """Move house to a cell of `model.grid`, or to (x, y); it costs nothing that the model counts."""
        self._check()
        self._table.rows["cell"][self.row] = self.place(cell)
