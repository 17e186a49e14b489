"""Outside paths by month: markets, wages, the rest of the city's GDP, prices, AI tools, the pandemic.

Yearly growth rates come from the city's files, each with its status and source.  Stocks and indices are
interpolated in logs between mid-years; flows with known yearly totals are spread by the smoothest monthly
path that keeps every total (Denton 1971, first differences).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.city.base import CityData
from cluster_sim.codes import N_SEGMENTS, SEGMENTS

BASE = 2017         # technical: year of the figures that paths start from
DIGITS = 6          # technical: to which solved paths are rounded, so that they are the same on every machine
LAST = 2056         # technical: year up to which paths are laid out
NAMES = (*(f"market_{s}" for s in SEGMENTS), *(f"release_{s}" for s in SEGMENTS), "foreign_market", "outside_wage",
         "rest_wage", "gdp", "deflator")


def growth_rates(city: CityData) -> dict[str, dict[int, float]]:
    """Return yearly growth (fractions) by path and year; the last year given holds for all later ones."""
    source = city.source["growth"]
    rates: dict[str, dict[int, float]] = {name: {} for name in NAMES}
    if isinstance(source, list):
        for r in source:
            rates[r["path"]][r["year"]] = r["growth_pct"] / 100.0
    else:
        for name in NAMES:
            short = name.split("_")[0] if name.startswith(("market_", "release_")) else name
            rates[name][BASE + 1] = float(source.get(name, source.get(short, 0.0))) / 100.0
    return rates


def annual_index(rates: dict[int, float]) -> np.ndarray:
    """Return the yearly index from BASE-1 to LAST, 1 in BASE; before BASE the first rate holds."""
    years = np.arange(BASE - 1, LAST + 1)
    index = np.ones(years.size)
    rate = rates.get(min(rates), 0.0) if rates else 0.0
    index[0] = 1.0 / (1.0 + rate)
    for k, year in enumerate(years[2:], 2):
        rate = rates.get(int(year), rate)
        index[k] = index[k - 1] * (1.0 + rate)
    return index


def by_month(yearly: np.ndarray, first: int, months: int) -> np.ndarray:
    """Interpolate a yearly index in logs between mid-years."""
    at = (np.arange(months) + first + 0.5) / 12.0
    return np.exp(np.interp(at, np.arange(BASE - 1, LAST + 1) + 0.5, np.log(yearly)))


def spread(totals: np.ndarray) -> np.ndarray:
    """Return the smoothest monthly path with the given yearly totals (Denton 1971, additive, first differences).

    In whole yuan: the last bits of a solved system depend on how many threads the library may use.
    """
    n = totals.size
    months = 12 * n
    d = np.diff(np.eye(months), axis=0)
    c = np.kron(np.eye(n), np.ones(12))
    system = np.block([[d.T @ d, c.T], [c, np.zeros((n, n))]])
    return np.round(np.linalg.solve(system, np.concatenate([np.zeros(months), totals]))[:months], DIGITS)


def rest_of_gdp(city: CityData, rates: dict[str, dict[int, float]], b: float, break_year: float) -> np.ndarray:
    """Return the rest's GDP by month from January BASE (million yuan, prices of BASE), sixteen years or more.

    Up to the cutoff: observed GDP less observed creative value added (times b before the year in which the
    statistics break); after it the rest grows as the city's whole GDP does.
    """
    prices = annual_index(rates["deflator"])
    cutoff = int(city.source.get("cutoff", BASE))
    years = np.arange(BASE, LAST)
    totals = np.empty(years.size)
    for k, year in enumerate(years):
        seen = city.observed.get(int(year))
        if year <= cutoff and seen and seen["creative_bn"]:
            creative = seen["creative_bn"] * (b if year < break_year else 1.0)
            totals[k] = (seen["gdp_bn"] - creative) * 1000.0 / prices[year - BASE + 1]
        elif k == 0:
            totals[0] = float(city.source["gdp_2017"]) - city.start["creative_value_added_2017"] * b
        else:
            later = [y for y in sorted(rates["gdp"]) if y <= year]
            totals[k] = totals[k - 1] * (1.0 + (rates["gdp"][later[-1]] if later else 0.0))
    return spread(totals)


_CACHE: dict[tuple[Any, ...], dict[str, np.ndarray]] = {}


def outside_paths(city: CityData, first: int, months: int, *, b: float = 1.0, break_year: float = BASE,
                  rest_wage: float = 1.0, freeze: int | None = None, half: int | None = None) -> dict[str, np.ndarray]:
    """Return all outside paths by month; with ``freeze`` each stays at its value of that month.

    b, break_year: factor on the published value added before a year; rest_wage: in BASE, of a city that gives none.
    half: ordinal of the month in which AI tools are half of what they ever will be, if not that of the city's file.

    Keys: deflator, rest_gdp (million yuan a month), outside_wage, foreign_market (indices, BASE = 1),
    rest_wage (thousand yuan a month), ai (0 to 1), market_SEGMENT and release_SEGMENT (indices).
    """
    key = (str(city.folder), first, months, round(b, 12), break_year, rest_wage, freeze, half)
    if key in _CACHE:
        return {name: path.copy() for name, path in _CACHE[key].items()}
    at, count = (first, months) if freeze is None else (freeze, 1)
    rates = growth_rates(city)
    result = {name: by_month(annual_index(rates[name]), at, count) for name in NAMES if name != "gdp"}
    result["rest_wage"] *= float(city.source.get("rest_wage", rest_wage))
    rest = rest_of_gdp(city, rates, b, break_year)
    place = np.arange(count) + at - BASE * 12
    result["rest_gdp"] = rest[np.clip(place, 0, rest.size - 1)]
    tools = city.source.get("ai") or {}
    result["ai"] = _frontier(tools | {"half": half} if tools and half is not None else tools, at, count)
    if freeze is not None:
        result = {name: np.full(months, path[0]) for name, path in result.items()}
    _CACHE[key] = {name: path.copy() for name, path in result.items()}
    return result


def _frontier(ai: dict[str, Any], first: int, months: int) -> np.ndarray:
    """Return the frontier of AI tools: a logistic from its start month on, 0 before."""
    if not ai:
        return np.zeros(months)
    at = np.arange(months) + first
    curve = 1.0 / (1.0 + np.exp(-float(ai["speed"]) * (at - ai["half"])))
    return np.where(at >= ai["start"], curve, 0.0)


def pandemic(city: CityData, first: int, months: int) -> dict[str, np.ndarray]:
    """Return multipliers of demand and release, (months, 6) each, 1 outside the years of the city's file.

    The first year's effect begins in February; its mean over the year keeps the yearly figure.
    """
    result = {"demand": np.ones((months, N_SEGMENTS)), "release": np.ones((months, N_SEGMENTS))}
    rows = city.source.get("pandemic", ())
    begin = min((r["year"] for r in rows), default=0)
    at = np.arange(months) + first
    for r in rows:
        values = np.array([r[s] for s in SEGMENTS])
        inside = at // 12 == r["year"]
        if r["year"] == begin:
            inside &= at % 12 >= 1
            values = np.maximum(0.0, 1.0 + (values - 1.0) * 12.0 / 11.0)
        result[r["what"]][inside] = values
    return result


def reference(city: CityData, months: int) -> dict[str, np.ndarray] | None:
    """Return the frozen reference path (per unit of scale), by month from the start, or None."""
    rows = city.source.get("reference")
    if not rows:
        return None
    rows = (rows + rows[-1:] * max(0, months - len(rows)))[:months]      # beyond its end the last row holds
    return {name: np.array([r[name] for r in rows]) for name in ("creative_value_added", "poached_jobs")}
