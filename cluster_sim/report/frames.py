"""What the figures draw, brought into one shape: columns by month and run, bands, years.

Inputs come from the store, from a run in memory or from a user's own CSV file; a column that is
missing leaves its panel out, it never stops the other figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

#: Below this many runs a band would be a claim about a distribution that nobody has seen.
RUNS_FOR_BAND = 5


def frame(series: Any) -> pd.DataFrame:
    """The series as a data frame with `run_id`, `scenario` and `month` (dates).

    `series` is a frame, or a mapping of columns of equal length (one run in memory). Raises
    ValueError when there is no column `month` or no row.
    """
    data = series if isinstance(series, pd.DataFrame) else pd.DataFrame(dict(series))
    if "month" not in data.columns:
        raise ValueError("the series have no column 'month'")
    if not len(data):
        raise ValueError("the series are empty")
    data = data.copy()
    data["month"] = pd.to_datetime(data["month"])
    if "run_id" not in data.columns:
        keys = [name for name in ("scenario", "seed") if name in data.columns]
        data["run_id"] = data.groupby(keys, sort=False).ngroup() if keys else 0
    if "scenario" not in data.columns:
        data["scenario"] = ""
    return data


def scenarios(data: pd.DataFrame) -> list[str]:
    """Names of the scenarios in their order of appearance."""
    return [str(name) for name in data["scenario"].unique()]


def has(data: pd.DataFrame, column: str) -> bool:
    """True where the column is there and holds at least one number."""
    return column in data.columns and bool(pd.to_numeric(data[column]).notna().any())


def paths(data: pd.DataFrame, column: str, trailing: bool = False) -> pd.DataFrame:
    """Months (index) x runs (columns) of one column; `trailing` sums the last twelve months."""
    table = data.pivot_table(index="month", columns="run_id", values=column, aggfunc="first")
    table = table.astype(float).sort_index()
    return table.rolling(12, min_periods=12).sum() if trailing else table


def position(months: pd.DatetimeIndex) -> np.ndarray:
    """Place of each month on an axis of years where a year's December stands at its number.

    A trailing twelve-month value of December 2019 is the value of 2019, so it stands at 2019.0,
    and annual observations need no shifting.
    """
    index = pd.DatetimeIndex(months)
    return np.asarray(index.year + (index.month - 12) / 12.0, dtype=float)


def calendar(months: pd.DatetimeIndex) -> np.ndarray:
    """Place of each month on an axis of years where a year's January stands at its number."""
    index = pd.DatetimeIndex(months)
    return np.asarray(index.year + (index.month - 1) / 12.0, dtype=float)


def bands(table: pd.DataFrame, levels: tuple[float, ...]) -> dict[float, np.ndarray]:
    """Quantiles over runs, by month: level -> array of months. All-missing months stay missing."""
    values = table.to_numpy(float)
    out = {level: np.full(len(values), np.nan) for level in levels}
    known = np.isfinite(values).any(axis=1)
    if known.any():
        for level, row in zip(levels, np.nanquantile(values[known], levels, axis=1), strict=True):
            out[level][known] = row
    return out


def december(table: pd.DataFrame) -> pd.DataFrame:
    """Years x runs: each year's December."""
    months = pd.DatetimeIndex(table.index)
    chosen = table[months.month == 12]
    return chosen.set_axis(pd.DatetimeIndex(chosen.index).year, axis=0)


def observations(observed: Any) -> list[dict[str, Any]]:
    """Observed points as a sorted list of {year, share_pct, status, low?, high?}.

    `observed` maps a year to a mapping with `share_pct` and perhaps `status`, `low`, `high`
    (percent), or to a bare number in percent. Years without a share are left out.
    """
    points = []
    for year, entry in (observed or {}).items():
        row = dict(entry) if isinstance(entry, Mapping) else {"share_pct": entry}
        share = row.get("share_pct")
        if share is None or share == "" or not np.isfinite(float(share)):
            continue
        row |= {"year": int(year), "share_pct": float(share)}
        row["status"] = str(row.get("status") or "reported")
        points.append(row)
    return sorted(points, key=lambda row: row["year"])
