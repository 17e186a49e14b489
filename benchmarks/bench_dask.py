"""What the Dask engine costs beside the local one: the same sweeps of models without content, on two workers each.

    python benchmarks/bench_dask.py --runs 2000 --rounds 3

Starts a scheduler and two workers on this machine's loopback interface and takes turns. Columns: milliseconds a run
(wall clock, of both workers together), milliseconds of the parent's processor a run, the parent's peak memory, and for
a model that keeps a core busy for 216 ms the share of the time in which both workers were in a run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from bench_store import design, peak  # noqa: E402
from dask_cluster import DaskCluster  # noqa: E402

WORKERS = 2


def once(engine: Any, factory: str, runs: int, folder: Path) -> tuple[float, float, float]:
    """Do a sweep and return seconds of wall clock, seconds of this process, and the share spent in runs."""
    from cluster_sim.runs.execution import execute
    from cluster_sim.runs.read import View
    from cluster_sim.runs.sweeps import load_sweep, plan_sweep

    planned = plan_sweep(load_sweep(design(runs)))
    wall, cpu = time.perf_counter(), time.process_time()
    report = execute(planned, folder, WORKERS, factory=factory, engine=engine)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert len(report.done) == runs
    return wall, cpu, float(View(folder).frame("runs", ["seconds"])["seconds"].sum()) / WORKERS / wall


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    from cluster_sim.runs.dask_engine import DaskEngine

    with tempfile.TemporaryDirectory(prefix="bench-dask-") as name:
        folder = Path(name)
        cluster = DaskCluster(folder, WORKERS, folders=[ROOT / "benchmarks"])
        try:
            for model, runs in (("Nothing", args.runs), ("Busy", max(20, args.runs // 10))):
                factory = f"bench_store:{model}"
                found: dict[str, list[tuple[float, float, float]]] = {"dask": [], "local": []}
                for turn in range(args.rounds + 1):  # the first turn warms up
                    with DaskEngine(cluster.address, factory=factory) as engine:
                        found["dask"].append(once(engine, factory, runs, folder / f"{model}-dask-{turn}"))
                    found["local"].append(once(None, factory, runs, folder / f"{model}-local-{turn}"))
                for kind, turns in found.items():
                    wall, cpu, share = (statistics.median(column) for column in zip(*turns[1:], strict=True))
                    print(f"{model:8} {kind:6} {runs:6,} runs  {1000 * wall / runs:8.2f} ms a run  "
                          f"{1000 * cpu / runs:6.2f} ms of the parent  {share:6.1%} in runs"
                          f"  {peak():5.0f} MB", flush=True)
        finally:
            cluster.close()


if __name__ == "__main__":
    main()
