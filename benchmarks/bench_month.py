"""How fast the whole model runs: nanoseconds a worker-month, runs a second, memory, and what a user waits for.

    python benchmarks/bench_month.py                          # everything; prints a table
    python benchmarks/bench_month.py --only month --scales 1/100 1/20 --json speed.json
    python benchmarks/bench_month.py --only cold              # compiles into an empty folder, nothing else

A worker-month is one person employed for one month; a run's worker-months are its employment added up over
its months.  Every run has a process of its own, so that its peak memory is its own; times are wall clock,
and the run's own processor time stands beside them: where the two differ, something else was running.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("month", "pairs", "help", "warm", "cold")
FIRST_STEP = ("from cluster_sim.scenario import load_scenario; from cluster_sim.model import ClusterModel; "
              "ClusterModel(load_scenario('baseline'), seed=1, scale=1/100).step()")


def fraction(text: str) -> float:
    """Read 1, 0.05 or 1/20."""
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)


def live(scenario: str, scale: float, months: int, seeds: list[int]) -> dict[str, Any]:
    """Build and run the model in this process, one seed after another; return what it took."""
    import resource

    from cluster_sim.model import ClusterModel
    from cluster_sim.scenario import load_scenario

    setup = load_scenario(scenario)
    small = ClusterModel(setup, seed=0, scale=1 / 400)
    for _ in range(120):                                    # load every kernel before the clock starts
        small.step()
    runs = []
    for seed in seeds:
        began, used = time.perf_counter(), time.process_time()
        model = ClusterModel(setup, seed=seed, scale=scale)
        built = time.perf_counter()
        worker_months = 0
        while model.t < min(months, model.months):
            model.step()
            worker_months += model.employment
        runs.append({"seed": seed, "build_s": built - began, "run_s": time.perf_counter() - built,
                     "cpu_s": time.process_time() - used, "worker_months": worker_months, "months": model.t,
                     "employment_last": int(model.employment)})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if sys.platform == "linux" else 1e6)
    return {"runs": runs, "peak_mb": peak}


def start(scenario: str, scale: str, months: int, seeds: list[int]) -> subprocess.Popen[str]:
    """Start a process that calls `live` and prints its answer."""
    command = [sys.executable, __file__, "--child", scenario, scale, str(months), *map(str, seeds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a child: the package's own sources first, one thread for linear algebra."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    env = os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"} | more
    env.pop("PYTHONDONTWRITEBYTECODE", None)                # or every import compiles again
    return env


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a process of `start` and read its answer."""
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    return json.loads(out)


def month(scenario: str, scales: list[str], months: int, seeds: int) -> dict[str, Any]:
    """Run the whole model on one core at each scale."""
    table = {}
    for scale in scales:
        count = 1 if fraction(scale) > 0.2 else seeds
        found = answer(start(scenario, scale, months, list(range(1, count + 1))))
        runs = found["runs"]
        middle = statistics.median
        table[scale] = {
            "ns_per_worker_month": middle(1e9 * (r["build_s"] + r["run_s"]) / r["worker_months"] for r in runs),
            "ns_per_worker_month_without_build": middle(1e9 * r["run_s"] / r["worker_months"] for r in runs),
            "cpu_ns_per_worker_month": middle(1e9 * r["cpu_s"] / r["worker_months"] for r in runs),
            "ms_per_month": middle(1e3 * r["run_s"] / r["months"] for r in runs),
            "build_s": middle(r["build_s"] for r in runs), "seconds": middle(r["build_s"] + r["run_s"] for r in runs),
            "mean_employment": middle(r["worker_months"] / r["months"] for r in runs),
            "peak_mb": found["peak_mb"], "runs": runs}
    return table


def pairs(scenario: str, scales: list[str], months: int, seeds: int) -> dict[str, Any]:
    """Run two processes side by side, each with its own seeds; return runs a second of both together."""
    table = {}
    for scale in scales:
        if fraction(scale) > 0.2:
            continue
        both = [start(scenario, scale, months, list(range(1 + side, 1 + side + 2 * seeds, 2))) for side in (0, 1)]
        found = [answer(process) for process in both]
        rate = sum(len(f["runs"]) / sum(r["build_s"] + r["run_s"] for r in f["runs"]) for f in found)
        people = statistics.mean(r["worker_months"] / r["months"] for f in found for r in f["runs"])
        used = sum(len(f["runs"]) / sum(r["cpu_s"] for r in f["runs"]) for f in found)
        table[scale] = {"runs_per_second": rate, "runs_per_cpu_second": used, "mean_employment": people}
    return table


def wait_for(command: list[str], repeats: int, **env: str) -> dict[str, float]:
    """Return the wall-clock seconds of a command, median and best."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
                       env=environment(**env))
        seconds.append(time.perf_counter() - began)
    return {"median_s": statistics.median(seconds), "best_s": min(seconds), "repeats": repeats}


def cold() -> dict[str, float]:
    """Return the seconds to the first step on a machine that has compiled nothing: as a run does it, and alone.

    A run lets a second process compile from the month's end (`cluster_sim.runs.warm`).
    """
    found = {}
    for name, before in (("two_processes_s", "from cluster_sim.runs import warm; warm.warm(); "),
                         ("one_process_s", "")):
        with tempfile.TemporaryDirectory() as folder:
            found[name] = wait_for([sys.executable, "-c", before + FIRST_STEP], 1, CLUSTER_SIM_CACHE=folder)["best_s"]
    return found


def report(result: dict[str, Any]) -> None:
    """Print the figures as a table."""
    for scale, row in result.get("month", {}).items():
        print(f"month  {scale:>6}: {row['ns_per_worker_month']:6.0f} ns a worker-month "
              f"({row['ns_per_worker_month_without_build']:.0f} without the build), {row['seconds']:7.2f} s, "
              f"{row['ms_per_month']:8.2f} ms a month, {row['mean_employment']:,.0f} workers, {row['peak_mb']:.0f} MB")
    for scale, row in result.get("pairs", {}).items():
        print(f"pairs  {scale:>6}: {row['runs_per_second']:6.2f} runs a second on two cores "
              f"({row['runs_per_cpu_second']:.2f} if nothing else ran), "
              f"{row['mean_employment']:,.0f} workers")
    for part in ("help", "warm"):
        if part in result:
            print(f"{part:<6}        : {result[part]['median_s']:6.2f} s (best {result[part]['best_s']:.2f})")
    if "cold" in result:
        print("cold          : " + ", ".join(f"{name} {value:.1f}" for name, value in result["cold"].items()))


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--scales", nargs="+", default=["1/100", "1/20", "1"])
    parser.add_argument("--months", type=int, default=216)
    parser.add_argument("--seeds", type=int, default=5, help="runs at each small scale (at 1:1 one)")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        scenario, scale, months, *seeds = args.child
        print(json.dumps(live(scenario, fraction(scale), int(months), [int(s) for s in seeds])))
        return
    result: dict[str, Any] = {"machine": platform.machine(), "cores": os.cpu_count(), "scenario": args.scenario,
                              "python": platform.python_version(), "months": args.months}
    wanted = (args.scenario, args.scales, args.months, args.seeds)
    doing = {"month": lambda: month(*wanted), "pairs": lambda: pairs(*wanted), "cold": cold,
             "help": lambda: wait_for([sys.executable, "run_sim.py", "--help"], 7),
             "warm": lambda: wait_for([sys.executable, "-c", FIRST_STEP], 5)}
    for part in args.only:
        result[part] = doing[part]()
    report(result)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
