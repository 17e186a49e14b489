"""Measure what a smaller city changes, and write the table of docs/scale.md.

    python benchmarks/scale_table.py [--until 2024-12] [--write]

Each column of the series is averaged over the last twelve months and over the seeds; amounts and counts are
divided by the scale, so that they speak of the whole city, but for those that indicators.yaml says to read at 1:1.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np

from cluster_sim import ClusterModel, load_scenario
from cluster_sim.indicators import KEYS, indicator

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "scale.md"
SCALES = {"1": (1.0, 3), "1/5": (1 / 5, 4), "1/20": (1 / 20, 10), "1/100": (1 / 100, 20)}


def december(scenario: str, until: str, scale: float, seed: int) -> dict[str, np.ndarray]:
    """Return the last twelve months of one run, and the volatility of value added over all of it."""
    model = ClusterModel(load_scenario(scenario), seed=seed, scale=scale)
    year, month = map(int, until.split("-"))
    while model.ordinal <= year * 12 + month - 1:
        model.step()
    series = {k: v for k, v in model.series().items() if v.dtype.kind in "iuf"}
    last = {k: np.atleast_1d(np.nanmean(v[-12:]) if np.isfinite(v[-12:]).any() else np.nan) for k, v in series.items()}
    last["volatility"] = np.atleast_1d(np.std(np.diff(np.log(series["creative_value_added"][12:]))))
    return last


def measure(scenario: str, until: str) -> dict[str, dict[str, tuple[float, float]]]:
    """Return mean and standard deviation over seeds of each column, by scale."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for label, (scale, seeds) in SCALES.items():
        runs = [december(scenario, until, scale, seed) for seed in range(1, seeds + 1)]
        for name in runs[0]:
            described = indicator(name)
            if name not in KEYS:
                divisor = scale if described.scale == "proportional" and not described.whole_only else 1.0
                values = np.array([run[name][0] for run in runs]) / divisor
                values = values[np.isfinite(values)]
                if values.size > 1:
                    found.setdefault(name, {})[label] = (float(values.mean()), float(values.std(ddof=1)))
    return {name: row for name, row in found.items() if len(row) == len(SCALES)}


def table(found: dict[str, dict[str, tuple[float, float]]]) -> str:
    """Return the Markdown table, widest deviation from 1:1 last."""
    def shown(mean: float, sd: float) -> str:
        return f"{mean:.4g} ± {sd:.2g}"

    def distance(row: dict[str, tuple[float, float]]) -> float:
        whole = row["1"][0]
        return abs(row["1/20"][0] / whole - 1) if whole else np.inf

    lines = ["| column | " + " | ".join(SCALES) + " | 1/20 against 1:1 |", "|" + " --- |" * (len(SCALES) + 2)]
    for name, row in sorted(found.items(), key=lambda item: distance(item[1])):
        change = f"{100 * (row['1/20'][0] / row['1'][0] - 1):+.1f}%" if row["1"][0] else ""
        lines.append(f"| `{name}` | " + " | ".join(shown(*row[s]) for s in SCALES) + f" | {change} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; with --write put it into docs/scale.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", default=str(ROOT / "scenarios" / "baseline.yaml"))
    parser.add_argument("--until", default="2024-12")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    text = table(measure(args.scenario, args.until))
    print(text)
    if args.write:
        page = PAGE.read_text(encoding="utf-8")
        page = re.sub(r"(<!-- begin scale -->\n).*?(<!-- end scale -->)",
                      lambda m: f"{m[1]}\n{text}\n\n{m[2]}", page, flags=re.DOTALL)
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
