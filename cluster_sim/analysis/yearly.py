"""Yearly values of runs, read from a store a few columns at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cluster_sim.indicators import KEYS, indicator
from cluster_sim.runs.errors import InputError

BATCH = 8
"""Columns of the series that are in memory at once."""

Yearly = dict[str, dict[int, np.ndarray]]
"""Column -> year -> the value of each run."""


def by_year(months: np.ndarray, values: np.ndarray, how: str) -> dict[int, np.ndarray]:
    """Return year -> value of each run from `values` (runs x months); only of whole years, or of Decembers."""
    ordinals = months.astype("datetime64[M]").astype(np.int64)
    found = {}
    for year in np.unique(ordinals // 12):
        inside = ordinals // 12 == year
        if how == "December":
            inside &= ordinals % 12 == 11
        if inside.sum() == (1 if how == "December" else 12):
            part = values[:, inside]
            found[int(year) + 1970] = part[:, 0] if how == "December" else getattr(part, how)(axis=1)
    return found


def yearly(view: Any, run_ids: Sequence[str], columns: Iterable[str] | None = None) -> Yearly:
    """Return the yearly values of columns of the series (None: all numbers) of runs, in the order of `run_ids`.

    A year's value is the sum, the mean or the December of its months, as `indicators.yaml` says. Columns that the store
    lacks are left out. InputError if it does not hold all the runs, over the same months.
    """
    keys = view.arrow("series", ["run_id", "month"])
    month, names = keys["month"].to_numpy().astype("datetime64[M]"), keys["run_id"].combine_chunks()
    place = {run_id: number for number, run_id in enumerate(run_ids)}
    known = np.array([place.get(run_id, -1) for run_id in names.dictionary.to_pylist()], np.int64)
    rank = known[names.indices.to_numpy()]
    rows = np.flatnonzero(rank >= 0)
    rows = rows[np.lexsort((month[rows], rank[rows]))]
    if len(place) == 0 or len(rows) == 0 or len(rows) % len(place):
        raise InputError(f"{view.folder} does not hold all the runs asked for, over the same months")
    months = month[rows].reshape(len(place), -1)[0]
    there = numbers(view)
    wanted = there if columns is None else [name for name in dict.fromkeys(columns) if name in there]
    found: Yearly = {}
    for start in range(0, len(wanted), BATCH):
        table = view.arrow("series", wanted[start:start + BATCH])
        for name in wanted[start:start + BATCH]:
            values = table[name].to_numpy()[rows].astype(np.float64).reshape(len(place), -1)
            found[name] = by_year(months, values, indicator(name).year_value)
    return found


def numbers(view: Any) -> list[str]:
    """Return the columns of numbers of a store's series."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(next(path for path in view.files["series"] if path.suffix == ".parquet"))
    return [f.name for f in schema if f.name not in KEYS and (pa.types.is_floating(f.type)
                                                              or pa.types.is_integer(f.type))]
