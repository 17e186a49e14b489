"""Step 1, policy: dated rules take effect, budgets are voted; events take place."""

from __future__ import annotations


def enact(model) -> None:
    """Put this month's law in force and let the month's events happen."""
    for instrument in model.instruments:
        instrument.enact(model)
    for event in model.events:
        event.happen(model)
