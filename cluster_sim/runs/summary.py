"""What a run says in a table: the share of GDP by year, its band over the seeds, and what was observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

FITTED = {"chengdu": (2016, 2021)}
"""City that was calibrated -> years of its observed share that may be fitted; later ones were looked at, not fitted."""


def years_table(months: np.ndarray, values: np.ndarray, low: float = 0.1,
                high: float = 0.9) -> dict[int, dict[str, float]]:
    """Return year -> mean, p10 and p90 over runs of the December values.

    `months` are dates (N,) and `values` numbers (N,), any number of runs one below the other; missing
    values are left out, and so is a year without any.
    """
    ordinals = months.astype("datetime64[M]").astype(np.int64)
    found: dict[int, dict[str, float]] = {}
    for december in np.unique(ordinals[ordinals % 12 == 11]):
        here = values[(ordinals == december) & np.isfinite(values)].astype(np.float64)
        if len(here):
            found[int(december) // 12 + 1970] = {
                "mean": float(np.mean(here)), "p10": float(np.quantile(here, low)),
                "p90": float(np.quantile(here, high))}
    return found


def by_year(frame: Any, column: str, low: float = 0.1, high: float = 0.9) -> Any:
    """Do the same for a frame with the columns `month` and `column`; returns a frame indexed by year."""
    import pandas as pd

    values = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    table = years_table(frame["month"].to_numpy().astype("datetime64[M]"), values, low, high)
    result = pd.DataFrame.from_dict(table, orient="index", columns=["mean", "p10", "p90"])
    result.index.name = "year"
    return result


def period(year: int, observed: Mapping[int, Mapping[str, Any]], fitted: tuple[int, int] | None) -> str:
    """Say what a year's published share is for: `fitted`, `not fitted`; nothing where none is or none was fitted."""
    if fitted is None or observed.get(year, {}).get("share_pct") is None:
        return ""
    return "fitted" if fitted[0] <= year <= fitted[1] else "not fitted"


def lines(share: Mapping[int, Mapping[str, float]], observed: Mapping[int, Mapping[str, Any]],
          columns: Mapping[str, Mapping[int, float]] | None = None, fitted: tuple[int, int] | None = None) -> list[str]:
    """Lay the table out as text. `share` is the share of GDP by year (fractions); a band needs two runs.

    `observed` maps a year to a mapping with `share_pct`; `columns` gives further columns by year, each
    already in the unit to print; `fitted` is the first and the last year of the fit, if there was one.
    """
    extra = columns or {}
    head = f"{'year':>4}  {'share of GDP':>12}  {'10% to 90%':>15}  {'observed':>8}  {'':10}"
    head += "".join(f"  {name:>{max(10, len(name))}}" for name in extra)
    written = [head.rstrip(), "-" * len(head)]
    for year in sorted({*share, *(y for y in observed if share and min(share) <= y <= max(share))}):
        row, seen = share.get(year), observed.get(year, {}).get("share_pct")
        middle = f"{row['mean'] * 100:>10.2f} %" if row else " " * 12
        band = f"{row['p10'] * 100:>6.2f} - {row['p90'] * 100:.2f} %" if row and row["p10"] < row["p90"] else ""
        shown = f"{seen:.2f} %" if seen is not None else ""
        line = f"{year:>4}  {middle}  {band:>15}  {shown:>8}  {period(year, observed, fitted):10}"
        for name, values in extra.items():
            value = values.get(year)
            line += f"  {number(value):>{max(10, len(name))}}"
        written.append(line.rstrip())
    return written


def number(value: float | None) -> str:
    """Write a number with as many digits as a reader can use; nothing for a missing one."""
    if value is None or not np.isfinite(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def year_means(months: np.ndarray, values: np.ndarray, total: bool = False) -> dict[int, float]:
    """Return year -> mean over the runs of the yearly total (flows) or of December (stocks)."""
    ordinals = months.astype("datetime64[M]").astype(np.int64)
    runs = max(1, int(np.max(np.bincount(ordinals - ordinals.min())))) if len(ordinals) else 1
    found = {}
    for year in np.unique(ordinals // 12):
        inside = ordinals // 12 == year
        if not total:
            inside &= ordinals % 12 == 11
        if total and inside.sum() < 12 * runs or not inside.any():
            continue
        found[int(year) + 1970] = float(np.nansum(values[inside]) / runs)
    return found


def observed_shares(city: str) -> dict[int, dict[str, Any]]:
    """Return the observed share by year of a city; empty if the city has none."""
    from cluster_sim.city import load_city

    return {int(year): dict(row) for year, row in (load_city(city).observed or {}).items()}


def fitted_years(city: str) -> tuple[int, int] | None:
    """Return the first and the last year of a city's calibration; None if it was not calibrated."""
    return FITTED.get(city)


def drawable(sweep: Any) -> bool:
    """Say whether the figure of a sweep's points can show it: one factor, or two on a grid."""
    return len(sweep.factors) == 1 or len(sweep.factors) == 2 and sweep.design == "grid"


def finite(value: float) -> float | None:
    """Turn what JSON cannot write (NaN, infinity) into null."""
    return float(value) if np.isfinite(value) else None


def sequence(values: Sequence[int]) -> str:
    """Write seeds shortly: `1 to 20`, or the seeds themselves."""
    ordered = sorted(values)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]} to {ordered[-1]}"
    return ", ".join(map(str, ordered))
