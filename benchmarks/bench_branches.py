"""How much of the time of a plan's runs is saved where they share their past: variants of a baseline from a month on.

    python benchmarks/bench_branches.py                                 # 1/100 and 1/50, 0, 1 and 2 workers
    python benchmarks/bench_branches.py --scales 1/50 --workers 2 --variants 20 --since 2026-01

Every measurement runs the same plan with and without branches, in turn, each into an empty folder, and compares the
monthly series. Without workers all is done in this process, and its processor time stands beside the wall clock: where
something else is running, it is the better guide.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cluster_sim import load_scenario
from cluster_sim.runs import execution
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.plan import Plan, scale_of
from cluster_sim.runs.run_list import Group, RunList


def variants(count: int, since: str) -> list[Any]:
    """Return the baseline with so many rates of a wage subsidy from a month on."""
    return [load_scenario("baseline", {f"policies.wage_subsidy.{since}.rate": f"{k / count:.2%}"})
            for k in range(1, count + 1)]


def plan_of(scenarios: list[Any], seeds: int, scale: float) -> Plan:
    """Return a plan of all of them with some seeds."""
    groups = [Group(each.digest(), tuple(range(1, seeds + 1)), each) for each in scenarios]
    runs = RunList(groups, lambda group: (group.values, ()), str(scenarios[0].city), scale, scenarios[0].end,
                   code_version(), ("series",))
    return Plan("branches", runs)


def measure(plan: Plan, workers: int, branches: bool) -> tuple[float, float, Any]:
    """Return wall clock, this process's processor time, and the series."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder, patch.object(
            execution, "branched", execution.branched if branches else iter):
        began, used = time.perf_counter(), time.process_time()
        report = execution.execute(plan, folder, workers)
        wall, used = time.perf_counter() - began, time.process_time() - used
        assert len(report.done) == len(plan.runs), report.failed
        series = [pq.read_table(path) for path in sorted((Path(folder) / "series").rglob("*.parquet"))]
        return wall, used, series


def main() -> None:
    """Print one line a scale and number of workers."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--scales", nargs="+", default=["1/100", "1/50"])
    ask.add_argument("--workers", nargs="+", type=int, default=[0, 1, 2])
    ask.add_argument("--variants", type=int, default=20)
    ask.add_argument("--seeds", type=int, default=1)
    ask.add_argument("--since", default="2026-01")
    options = ask.parse_args()
    scenarios = variants(options.variants, options.since)
    for scale in map(scale_of, options.scales):
        plan = plan_of(scenarios, options.seeds, scale)
        measure(plan_of(scenarios[:1], options.seeds, scale), 0, False)  # makes states of rest and loads kernels
        for workers in options.workers:
            alone, alone_cpu, there = measure(plan, workers, False)
            shared, shared_cpu, here = measure(plan, workers, True)
            same = [one.equals(two) for one, two in zip(here, there, strict=True)]
            told = f" (processor time {alone_cpu:.1f} and {shared_cpu:.1f} s, {shared_cpu / alone_cpu:.0%})"
            print(f"scale {scale:g}, {workers} workers, {len(plan.runs)} runs: {alone:.1f} s without branches, "
                  f"{shared:.1f} s with, {shared / alone:.0%}{'' if workers else told}; "
                  f"same series: {bool(same) and all(same)}", flush=True)


if __name__ == "__main__":
    main()
