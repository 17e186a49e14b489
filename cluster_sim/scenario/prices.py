"""Money of a scenario file in constant 2017 prices, by the deflator of the city."""

from __future__ import annotations

from typing import Any

from cluster_sim.inputs.errors import Faults
from cluster_sim.inputs.yaml_reader import Node

BASE = 2017
FIRST, MONTHS = 2017 * 12, 12 * 40
"""Months for which a deflator is asked for; earlier and later ones take the nearest."""


class Prices:
    """Turns amounts that are nominal of a month into 2017 prices."""

    def __init__(self, city: Any):
        self._city = city
        self._deflator: Any = None

    def real(self, amount: float, month: int) -> float:
        """`amount`, nominal of `month` (an ordinal), in 2017 prices.

        Rounded to one yuan (amounts are in million yuan), as every payment is.
        """
        if self._city is None:
            return amount
        if self._deflator is None:
            self._deflator = self._city.paths(FIRST, MONTHS)["deflator"]
        index = min(max(month - FIRST, 0), MONTHS - 1)
        return round(amount / float(self._deflator[index]), 6)


def constant(node: Node, inherited: bool, path: str, faults: Faults) -> bool:
    """Whether the money in the mapping `node` is in 2017 prices: its key `prices`, or `inherited`.

    A fault if `prices` is neither 2017 nor nominal.
    """
    prices = node.value.get("prices") if node.kind == "mapping" else None
    if prices is None:
        return inherited
    if str(prices.value).strip() == str(BASE):
        return True
    if prices.value not in ("nominal", None, "none"):
        where = f"{path}.prices" if path else "prices"
        faults.add(where, "expected 2017 or nominal", "", prices.mark)
    return False
