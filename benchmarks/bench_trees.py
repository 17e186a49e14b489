"""How fast a month is in several checkouts, lived in turn on the same machine.

    python benchmarks/bench_trees.py 1/100 216 10 ../before .

Arguments: scale, months, rounds, checkouts.  Each checkout has a process of its own, warmed up first; in every round
each lives the baseline once with the same seed, forward and backward by turns, while the others wait.  Prints the
median processor time of a month and the median of its ratio to the first checkout's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

CHILD = """
import sys, time
from cluster_sim.scenario import load_scenario
from cluster_sim.model import ClusterModel
setup, scale, months = load_scenario("baseline"), eval(sys.argv[1]), int(sys.argv[2])
model = ClusterModel(setup, seed=0, scale=scale)
for _ in range(min(months, 130)):
    model.step()
print("ready", flush=True)
for line in sys.stdin:
    model = ClusterModel(setup, seed=int(line), scale=scale)
    began = time.process_time()
    for _ in range(months):
        model.step()
    print((time.process_time() - began) / months * 1e3, flush=True)
"""


def start(tree: str, scale: str, months: str) -> subprocess.Popen[str]:
    """Start a checkout's process and wait until it is warm."""
    env = os.environ | {"PYTHONPATH": os.path.abspath(tree), "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", CHILD, scale, months], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, env=env, cwd=tree)
    process.stdout.readline()
    return process


def live(process: subprocess.Popen[str], seed: int) -> float:
    """Let a checkout live once; return the milliseconds of processor time a month."""
    process.stdin.write(f"{seed}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main() -> None:
    """Live all checkouts in turn and print what a month takes in each."""
    scale, months, rounds, *trees = sys.argv[1:]
    found: dict[str, list[float]] = {tree: [] for tree in trees}
    processes = {tree: start(tree, scale, months) for tree in trees}
    for turn in range(int(rounds)):
        for tree in trees if turn % 2 == 0 else reversed(trees):
            found[tree].append(live(processes[tree], 1 + turn % 5))
    for tree, times in found.items():
        ratio = statistics.median(a / b for a, b in zip(times, found[trees[0]], strict=True))
        print(f"{tree:<30} {statistics.median(times):7.3f} ms a month (least {min(times):.3f}), "
              f"{ratio:.3f} of the first")
    for process in processes.values():
        process.stdin.close()


if __name__ == "__main__":
    main()
