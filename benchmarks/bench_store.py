"""Sweeps and the store without a model: what the machinery itself costs.

    python benchmarks/bench_store.py                     # everything, a few minutes; prints a table
    python benchmarks/bench_store.py --only read --runs 10000 --months 216 --columns 40

plan        10,000 scenarios of a Latin hypercube over parameters, an instrument and an event: seconds
engine      a sweep of a model that does nothing, kept whole, on all cores: milliseconds a run beyond the model's own
            time, and the parent's peak memory for a tenth of the runs and for all of them; `cpu_ms` is the same in one
            process and in its own processor time, which other work on the machine disturbs less
busy        a sweep of a model that only computes: how much of the time all cores are at work in a run
read        one indicator of all runs and months as a data frame, by the view and by DuckDB
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("plan", "engine", "busy", "read")


class Nothing:
    """A model that leaves a series of 216 months and 40 columns and takes no time; `spin` seconds if asked to."""

    COLUMNS = 40
    SPIN = 0.0

    def __init__(self, scenario: Any, *, seed: int = 0, scale: float = 1.0) -> None:
        self.scenario, self.seed = scenario, seed

    def step(self) -> None:
        """Live a month: nothing, or keep a core busy."""
        end = time.perf_counter() + self.SPIN
        while time.perf_counter() < end:
            pass

    def series(self) -> dict[str, np.ndarray]:
        """Return the series."""
        months = self.scenario.months
        draws = np.random.default_rng(self.seed).random((self.COLUMNS, months))
        month = (np.arange(months) + np.datetime64("2017-01", "M")).astype("datetime64[D]")
        return {"month": month} | {f"value_{i}" if i else "gdp_share": draws[i] for i in range(self.COLUMNS)}


class Busy(Nothing):
    """Keeps a core busy for a millisecond a month."""

    SPIN = 0.001


def peak() -> float:
    """Return the highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def design(points: int, until: str = "2034-12") -> dict[str, Any]:
    """Return a sweep over three kinds of factors."""
    return {"name": "Benchmark", "base": "baseline", "design": "lhs", "samples": points, "seeds": 1, "scale": "1/100",
            "until": until, "factors": {
                "collaboration.tau_max": {"low": 0.2, "high": 1.4},
                "policies.production_subsidy.rate": {"low": 0.0, "high": 0.3},
                "events.Ne Zha 2.month": {"low": "2025-01", "high": "2026-12"}}}


def plan(runs: int) -> dict[str, float]:
    """Measure how long the scenarios of a sweep take, and what they weigh."""
    from cluster_sim.runs.sweeps import load_sweep, plan_sweep

    plan_sweep(load_sweep(design(10)))
    before, started = peak(), time.perf_counter()
    kept = plan_sweep(load_sweep(design(runs)))
    assert len(kept.runs) == runs
    return {"seconds": time.perf_counter() - started, "megabytes": peak() - before}


def engine(runs: int, model: str = "Nothing", until: str = "2034-12") -> dict[str, float]:
    """Do a sweep of a model without content and say what a run costs beyond the model."""
    from cluster_sim.runs.execution import cores, execute
    from cluster_sim.runs.sweeps import load_sweep, plan_sweep

    with tempfile.TemporaryDirectory(prefix="bench-store-") as folder:
        factory = f"bench_store:{model}"
        execute(plan_sweep(load_sweep(design(4, until))), Path(folder) / "warm", None, factory=factory)
        execute(plan_sweep(load_sweep(design(4, until))), Path(folder) / "here", 0, factory=factory)
        few = plan_sweep(load_sweep(design(200, until)))
        started = time.process_time()
        execute(few, Path(folder) / "few", 0, factory=factory)
        alone = time.process_time() - started
        planned = plan_sweep(load_sweep(design(runs, until)))
        started = time.perf_counter()
        execute(planned, Path(folder) / "out", None, factory=factory)
        wall = time.perf_counter() - started
        from cluster_sim.runs.read import View

        own = float(View(Path(folder) / "out").frame("runs", ["seconds"])["seconds"].sum())
        alone -= float(View(Path(folder) / "few").frame("runs", ["seconds"])["seconds"].sum())
    return {"wall": wall, "ms_a_run": 1000 * wall / runs, "ms_beyond_model": 1000 * (wall - own / cores()) / runs,
            "cpu_ms": 1000 * alone / len(few.runs) if model == "Nothing" else 0.0, "busy": own / cores() / wall,
            "parent_megabytes": peak()}


def read(runs: int, months: int, columns: int) -> dict[str, float]:
    """Write a store of random numbers and read one indicator of it."""
    from cluster_sim.runs import tables
    from cluster_sim.runs.read import View
    from cluster_sim.runs.store import part_name

    draws = np.random.default_rng(1)
    month = (np.arange(months) + np.datetime64("2017-01", "M")).astype("datetime64[D]")
    with tempfile.TemporaryDirectory(prefix="bench-store-") as name:
        folder = Path(name)
        for first in range(0, runs, 100):
            ids = [f"{run:016x}" for run in range(first, min(first + 100, runs))]
            each = [tables.to_table(
                {"month": month} | {f"value_{i}" if i else "gdp_share": draws.random(months) for i in range(columns)},
                {"run_id": run, "scenario": "x", "seed": place % 10, "point": (first + place) // 10})
                for place, run in enumerate(ids)]
            import pyarrow as pa

            tables.write(pa.concat_tables(each), folder / "series" / part_name(ids), durable=False)
            index = np.arange(first, first + len(ids))
            tables.write(tables.to_table({"run_id": np.array(ids), "seed": index % 10, "point": index // 10}),
                         folder / "runs" / part_name(ids), durable=False)
        (folder / "manifest.json").write_text(json.dumps({"sweep_digest": "x", "factors": {}}))
        size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
        started = time.perf_counter()
        frame = View(folder).frame("series", ["run_id", "seed", "month", "gdp_share"])
        seconds = time.perf_counter() - started
        assert len(frame) == runs * months and frame["run_id"].iloc[-1] == f"{runs - 1:016x}"
        view, started = View(folder), time.perf_counter()
        answer = view.sql("select month, avg(gdp_share) as mean from series group by month order by month")
        assert len(answer) == months
        return {"view": seconds, "duckdb_mean_by_month": time.perf_counter() - started, "megabytes": size / 1e6}


def alone(part: str, **options: Any) -> dict[str, float]:
    """Run one measurement in a process of its own, so that its peak memory is its own."""
    words = [sys.executable, str(Path(__file__)), "--one", part, json.dumps(options)]
    path = os.pathsep.join([str(ROOT), str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(words, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=216)
    parser.add_argument("--columns", type=int, default=40)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps({"plan": plan, "engine": engine, "read": read}[args.one[0]](**json.loads(args.one[1]))))
        return
    found: dict[str, dict[str, float]] = {}
    if "plan" in args.only:
        found["plan"] = alone("plan", runs=args.runs)
    if "engine" in args.only:
        found["engine, a tenth"] = alone("engine", runs=args.runs // 10)
        found["engine"] = alone("engine", runs=args.runs)
    if "busy" in args.only:
        found["busy"] = alone("engine", runs=min(400, args.runs), model="Busy")
    if "read" in args.only:
        found["read"] = alone("read", runs=args.runs, months=args.months, columns=args.columns)
    for part, values in found.items():
        print(f"{part:<16}" + "   ".join(f"{name} {value:,.3f}" for name, value in values.items()))
    if args.json:
        Path(args.json).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
