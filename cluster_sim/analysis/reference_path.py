"""The frozen reference path of a city: what induced demand and hiring from other sectors are measured against.

``python -m cluster_sim.analysis.reference_path`` writes cities/NAME/reference_path.csv from the mean of several
seeds of the baseline.  Run it after a calibration, and commit the file: it is part of the model.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import numpy as np

from cluster_sim.city import load_city
from cluster_sim.model import ClusterModel
from cluster_sim.scenario import load_scenario


def reference_path(scenario: str = "baseline", seeds: tuple[int, ...] = (101, 102, 103, 104, 105, 106, 107, 108),
                   scale: float = 0.05) -> dict[str, np.ndarray]:
    """Return creative value added (million yuan a month) and jobs taken from other sectors, for the whole city."""
    setup = load_scenario(scenario)
    creative, poached = [], []
    for seed in seeds:
        model = ClusterModel(setup, seed=seed, scale=scale)
        jobs: list[float] = []
        model.run(lambda m, jobs=jobs: jobs.append(-m.state["other_sector_balance"]))
        creative.append(model.series()["creative_value_added"] / scale)
        poached.append(np.array(jobs) / scale)
    return {"creative_value_added": np.mean(creative, 0), "poached_jobs": np.mean(poached, 0)}


def write(scenario: str = "baseline") -> Path:
    """Write the reference path into the folder of the scenario's city; return the file."""
    city = load_city(load_scenario(scenario).city)
    path = reference_path(scenario)
    file = Path(city.folder) / "reference_path.csv"
    fresh = file.with_suffix(".tmp")
    with fresh.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["month", *path])
        for t, row in enumerate(zip(*path.values(), strict=True)):
            table.writerow([t, *(f"{v:.1f}" for v in row)])
    os.replace(fresh, file)
    return file


if __name__ == "__main__":
    print(write(*sys.argv[1:]))
