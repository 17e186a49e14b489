"""Government: the city, province and centre as the payer of instruments and the taker of taxes."""

from __future__ import annotations

from typing import Any

import mesa

from cluster_sim import ledger


class Government(mesa.Agent):
    """The public side of the city: instruments with their budgets and spending to date, taxes of the month."""

    table_name = ""

    def __init__(self, model: Any) -> None:
        # not mesa.Agent.__init__: looking at an agent registers nothing
        self.model, self.unique_id, self.pos = model, 0, None

    @property
    def instruments(self) -> dict[str, Any]:
        """The instruments in the law, by name."""
        return {i.name: i for i in self.model.instruments}

    @property
    def spending(self) -> dict[str, float]:
        """Spending to date by instrument, million yuan."""
        return {i.name: i.outlay / 1e6 for i in self.model.instruments}

    @property
    def tax_receipts(self) -> float:
        """Taxes of the month, all levels, million yuan."""
        return float(self.model.month.flow[list(ledger.TAXES)].sum()) / 1e6

    def __repr__(self) -> str:
        spent = sum(self.spending.values())
        return f"<Government: {len(self.instruments)} instruments, {spent:.1f} million yuan spent>"

    @property
    def ladder(self) -> int:
        """Number of studios on the ladder's lists."""
        return int((self.model.studios.used["tier"] > 0).sum())
