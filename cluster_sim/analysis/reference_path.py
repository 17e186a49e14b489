"""The frozen reference path of a city: what induced demand and hiring from other sectors are measured against.

``python -m cluster_sim.analysis.reference_path`` writes cities/NAME/reference_path.csv from the mean of several
seeds of the baseline, and beside it reference_path.yaml: the scenario and its digest, scale, seeds, months and code
that it was made with.  Run it after a calibration, and commit both: they are part of the model.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml

from cluster_sim.city import load_city
from cluster_sim.model import ClusterModel
from cluster_sim.runs.files import together
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.plan import scale_text
from cluster_sim.scenario import load_scenario

SEEDS = (101, 102, 103, 104, 105, 106, 107, 108)
SCALE = 0.05


def reference_path(scenario: str = "baseline", seeds: Sequence[int] = SEEDS, scale: float = SCALE,
                   months: int | None = None) -> dict[str, np.ndarray]:
    """Return creative value added (million yuan a month) and the people whom other sectors lost, for the whole city.

    months: only so many from the start (all).
    """
    setup = load_scenario(scenario)
    creative, poached = [], []
    for seed in seeds:
        model = ClusterModel(setup, seed=seed, scale=scale)
        jobs: list[float] = []
        for _ in range(months or model.months):
            model.step()
            jobs.append(-model.state["other_sector_balance"])
        creative.append(model.series()["creative_value_added"] / scale)
        poached.append(np.array(jobs) / scale)
    return {"creative_value_added": np.mean(creative, 0), "poached_jobs": np.mean(poached, 0)}


def write(scenario: str = "baseline") -> Path:
    """Write the reference path, and what it was made with, into the folder of the scenario's city; return the file."""
    setup = load_scenario(scenario)
    path = reference_path(scenario)
    file = Path(load_city(setup.city).folder) / "reference_path.csv"
    with together(file, file.with_suffix(".yaml")) as (draft, notes):
        with draft.open("w", newline="", encoding="utf-8") as out:
            table = csv.writer(out)
            table.writerow(["month", *path])
            for t, row in enumerate(zip(*path.values(), strict=True)):
                table.writerow([t, *(f"{v:.1f}" for v in row)])
        made = {"scenario": scenario, "scenario_digest": setup.digest(), "scale": scale_text(SCALE),
                "seeds": list(SEEDS), "months": len(path["poached_jobs"]), "code": code_version(),
                "sha256": checksum(draft)}
        notes.write_text(yaml.safe_dump(made, sort_keys=False, default_flow_style=None), encoding="utf-8")
    return file


def checksum(file: Path) -> str:
    """Return the SHA-256 of a table, its lines ended as on every system."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


if __name__ == "__main__":
    print(write(*sys.argv[1:]))
