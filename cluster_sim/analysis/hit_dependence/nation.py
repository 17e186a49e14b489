"""Growth above the nation's: what the city gained on the other cities, in value added, volume and prices.

A city may grow because its industry grows everywhere.  Its own growth is what its value added exceeds the path that
it would have had in step with the sales of the other cities: X(y) = V(y) - V(0) N(y) / N(0), with V creative value
added and N what studios of other cities sell in the same markets, both at constant prices (the competitive part of a
shift-share account: Dunn 1960; Esteban-Marquillas 1972).  Its share of the nation is that of contract work sold by
all cities.  The log change of what it sells against the others is that of relative prices plus that of relative
volumes; a price that falls and a volume that rises may be one and the same success.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

SERIES = ("creative_value_added", "rival_sales", "contract_sales", "relative_price")
GROWN = 0.05
"""Growth above the nation's below this part of value added is none: the city has kept step."""


def by_year(values: np.ndarray, months: np.ndarray, years: Sequence[int], mean: bool = False) -> np.ndarray:
    """Return sums (or means) by full calendar year, (seeds, years); months: ordinals, values: (seeds, months)."""
    parts = [values[:, months // 12 == year] for year in years]
    return np.stack([part.mean(1) if mean else part.sum(1) for part in parts], axis=1)


def excess(value_added: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """Return growth above the nation's by year, X; value_added and rivals: (seeds, years)."""
    return value_added - value_added[:, :1] * rivals / rivals[:, :1]


def account(found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what a world gained on the nation from its first year to its last, each by seed.

    found: the yearly columns `SERIES`, each (seeds, years). Rates in per cent a year, shares in per cent, log changes
    in per cent; `above` is X of the last year as a part of its value added.
    """
    value, rivals, sold, price = (found[name] for name in SERIES)
    years = value.shape[1] - 1
    share = 100 * sold / (sold + rivals)
    volume_and_price = 100 * np.log(sold[:, -1] / sold[:, 0] * rivals[:, 0] / rivals[:, -1])
    prices = 100 * np.log(price[:, -1] / price[:, 0])
    city, others = (100 * ((each[:, -1] / each[:, 0]) ** (1 / years) - 1) for each in (value, rivals))
    return {"city": city, "others": others, "ahead": city - others, "share_first": share[:, 0],
            "share_last": share[:, -1], "against_others": volume_and_price, "prices": prices,
            "volume": volume_and_price - prices, "above": excess(value, rivals)[:, -1] / value[:, -1]}


TEXTS = {
    "city": ("growth of creative value added", "% a year"),
    "others": ("growth of other cities' sales", "% a year"),
    "ahead": ("the city's lead", "% a year"),
    "share_first": ("share of the nation's contract work, first year", "%"),
    "share_last": ("the same, last year", "%"),
    "against_others": ("sales against other cities', log change", "%"),
    "volume": ("of it volume", "%"),
    "prices": ("of it prices", "%"),
    "above": ("growth above the nation's, of last year's value added", "1")}
"""Key of an account -> what it is called, and its unit."""
