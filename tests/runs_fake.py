"""A model of a few lines with the interface of ClusterModel, for tests of everything around it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from cluster_sim.inputs.errors import Refused
from cluster_sim.scenario import Scenario

FACTORY = "runs_fake:FakeModel"


def scenario(rationale: str = "", **parameters: float) -> Scenario:
    """Return a small scenario of two years; parameters steer the fake model."""
    return Scenario(name="Fake", rationale=rationale, city="nowhere", start=2017 * 12, end=2018 * 12 + 11,
                    parameters=parameters, policies={}, events=[], outside={"freeze": False, "freeze_at": 2017 * 12})


def once(folder: str, name: str) -> bool:
    """Say whether this is the first time that anybody asks for `name`."""
    try:
        (Path(folder) / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


class FakeModel:
    """Counts months. Parameters: `sleep` (s a month), `raise_seed`, `refuse_seed`, `kill_seed`, `kill_once_seed`.

    `collaboration.tau_max` lifts the share by a hundredth of its value and leaves all luck as it is.
    """

    def __init__(self, setup, *, seed=0, scale=1.0):
        self.scenario, self.seed, self.scale, self.t = setup, seed, scale, 0
        self.months = setup.end - setup.start + 1
        self.draws = np.random.default_rng(seed)
        self.share = []

    def step(self):
        p, log = self.scenario.parameters, os.environ.get("FAKE_LOG")
        if self.t == 0 and log:
            with open(log, "a") as file:
                file.write(f"{self.seed} {os.getpid()} {p.get('collaboration.tau_max')}\n")
        if self.seed == p.get("refuse_seed"):
            raise Refused("growth feeds itself: B = -0.1")
        if self.t == 3:
            if self.seed == p.get("raise_seed"):
                raise ValueError("the accounts do not balance")
            first = self.seed == p.get("kill_once_seed") and once(self.scenario.rationale, "killed")
            if self.seed == p.get("kill_seed") or first:
                os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(p.get("sleep", 0.0))
        lift = 0.01 * p.get("collaboration.tau_max", 0.0)
        self.share.append(0.05 + 0.001 * self.t + 0.001 * self.draws.normal() + lift)
        self.t += 1

    def series(self):
        month = np.arange(self.t) + np.datetime64("2017-01", "M")
        share = np.where(np.arange(self.t) < 11, np.nan, self.share)
        return {"month": month.astype("datetime64[D]"), "gdp_share": share, "gdp_share_published": share,
                "creative_value_added": 1e4 * np.array(self.share), "studios": np.full(self.t, 100),
                "employment": np.full(self.t, 5000.0)}

    def projects_table(self):
        return {"month": np.array(["2017-05-01", "2018-06-01"], dtype="datetime64[D]"),
                "title": np.array(["a", "b"]), "hit": np.array([False, True]), "gross": np.array([1.0, 20.5])}

    def credits_table(self):
        return {"project": np.array([1, 1]), "partner": np.array([7, -3]), "distance": np.array([0.05, 300.0])}

    def ledger_table(self):
        return {"month": np.array(["2017-01-01"], dtype="datetime64[D]"), "wages": np.array([12.0])}

    def map(self):
        return {"side": 2, "cell_km": 1.0, "x": np.arange(4) % 2, "y": np.arange(4) // 2,
                "employment": np.arange(4.0), "district": np.array([0, 0, 1, -1]), "districts": ("North", "South"),
                "zone_names": ("pilot",), "zones": np.array([0, 1, 0, 0], np.uint32), "park_x": np.array([1]),
                "park_y": np.array([0]), "park_names": ("Old mill",), "park_staff": np.array([12.0])}


class Wide(FakeModel):
    """Leaves a series of three hundred columns more: 60 kB."""

    def series(self):
        return super().series() | {f"w{i}": self.draws.random(self.t) for i in range(300)}


class Slow(FakeModel):
    """Takes five seconds a run."""

    def step(self):
        time.sleep(0.2)
        super().step()


class Fails(FakeModel):
    """Fails with seed 2."""

    def step(self):
        if self.seed == 2:
            raise ArithmeticError("this cannot be")
        super().step()


class Nosy(FakeModel):
    """Complains if its process has loaded what a worker has no use for, or more than one thread for algebra."""

    def step(self):
        import sys

        assert not {"matplotlib", "duckdb"} & set(sys.modules), "a worker has loaded too much"
        assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
        super().step()
