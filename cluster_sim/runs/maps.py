"""A run's map: as the model gives it, as tables of the store (`map` by cell, `parks`), and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def split(whole: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the columns by cell and by park.

    Cells get the name of their district and the size of a cell in km; zones stay bits, in the order of the
    city's zones.
    """
    if "x" not in whole:
        return {}, {}
    count = len(whole["x"])
    cells = {name: np.asarray(values) for name, values in whole.items()
             if isinstance(values, np.ndarray) and values.shape == (count,) and not name.startswith("park_")}
    if "districts" in whole:
        names = np.array([*whole["districts"], ""], dtype=object)
        cells["district_name"] = names[np.asarray(whole["district"], dtype=np.int64)]
    if "cell_km" in whole:
        cells["cell_km"] = np.full(count, float(whole["cell_km"]))
    parks = {name.removeprefix("park_"): np.asarray(values, dtype=object if name == "park_names" else None)
             for name, values in whole.items() if name.startswith("park_")}
    return cells, parks


def join(cells: Mapping[str, np.ndarray], parks: Mapping[str, np.ndarray], districts: tuple[str, ...] = (),
         zones: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the map as the model gives it, from the tables and the names of the city."""
    whole: dict[str, Any] = {name: np.asarray(values) for name, values in cells.items()
                             if name not in ("district_name", "cell_km", "run_id", "scenario", "seed")}
    whole["side"] = round(len(whole["x"]) ** 0.5)
    if "cell_km" in cells:
        whole["cell_km"] = float(cells["cell_km"][0])
    whole |= {"districts": tuple(districts), "zone_names": tuple(zones)}
    whole |= {f"park_{name}": tuple(values) if name == "names" else np.asarray(values)
              for name, values in parks.items() if name not in ("run_id", "scenario", "seed")}
    return whole
