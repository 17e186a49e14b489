"""What the tables save: a month of the model against a month of its central rules as plain Mesa objects.

    python benchmarks/bench_mesa.py                       # 1/100 and 1:1; a few months; prints the ratios
    python benchmarks/bench_mesa.py --scales 1/100 --months 12 --json ratio.json

The objects are the reference of the tests (tests/reference) on ordinary dice: careers, hiring, partners for
contracts, production and release, one agent at a time, as one would write them in Mesa.  They do less than the
model (no commissioning, green-lighting, finance, property, births, ladder, ledger or indicators), so the ratio to
the whole month is a lower bound; beside it stands the ratio to the kernels of the same four steps (two to
seven, where the model again does more).  Both sides start from the same city and live the same months in one process.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench_month import fraction  # noqa: E402
from reference.city import ReferenceCity  # noqa: E402
from reference.luck import Dice  # noqa: E402

from cluster_sim.model import ClusterModel  # noqa: E402
from cluster_sim.month import hiring, population, production, release, subcontracting, wages  # noqa: E402
from cluster_sim.scenario import load_scenario  # noqa: E402

SAME_RULES = {module.__name__ for module in (population, hiring, wages, subcontracting, production, release)}


def stopwatch(event: Any, spent: list[float]) -> Any:
    """Return an event of the month that adds its seconds to the last entry of a list."""
    def timed(model: Any) -> None:
        began = time.perf_counter()
        event(model)
        spent[-1] += time.perf_counter() - began

    return timed


def compare(scale: str, months: int, warm_up: int, spent: list[float]) -> dict[str, float]:
    """Run both sides at one scale; return milliseconds a month and their ratios (medians over months)."""
    setup = load_scenario("baseline")
    model = ClusterModel(setup, seed=1, scale=fraction(scale))
    for _ in range(warm_up):
        model.step()
    began = time.perf_counter()
    city = ReferenceCity(model, Dice(1))
    made = time.perf_counter() - began
    workers, objects = model.employment, len(city.agents)
    gc.collect()
    whole, mesa_month = [], []
    spent.clear()
    for _ in range(months):
        spent.append(0.0)
        began = time.perf_counter()
        model.step()
        whole.append(time.perf_counter() - began)
    for _ in range(months):
        began = time.perf_counter()
        city.step()
        mesa_month.append(time.perf_counter() - began)
    middle = statistics.median
    return {"workers": workers, "objects": objects, "months": months, "making_objects_s": made,
            "model_ms": 1e3 * middle(whole), "same_rules_ms": 1e3 * middle(spent), "mesa_ms": 1e3 * middle(mesa_month),
            "ratio_to_whole_month": middle(mesa_month) / middle(whole),
            "ratio_to_same_rules": middle(mesa_month) / middle(spent)}


def main() -> None:
    """Compare at each scale and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", nargs="+", default=["1/100", "1"])
    parser.add_argument("--months", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=6, help="months that the model lives before both start")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    small = ClusterModel(load_scenario("baseline"), seed=1, scale=1 / 400)
    for _ in range(120):                                    # load every kernel before the clock starts
        small.step()
    spent: list[float] = [0.0]
    ClusterModel.EVENTS = tuple(stopwatch(event, spent) if event.__module__ in SAME_RULES else event
                                for event in ClusterModel.EVENTS)
    table = {}
    for scale in args.scales:
        row = table[scale] = compare(scale, args.months, args.warm_up, spent)
        print(f"{scale:>6}: {row['workers']:,.0f} workers, {row['objects']:,.0f} Mesa agents: "
              f"Mesa {row['mesa_ms']:,.1f} ms a month, model {row['model_ms']:,.2f} ms (ratio "
              f"{row['ratio_to_whole_month']:.0f}), its same steps {row['same_rules_ms']:,.2f} ms (ratio "
              f"{row['ratio_to_same_rules']:.0f})", flush=True)
    if args.json:
        args.json.write_text(json.dumps(table, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
