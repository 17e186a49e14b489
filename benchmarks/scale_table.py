"""Say what a smaller city changes, column by column, and write the table of docs/scale.md.

    python -m cluster_sim.analysis.scales --at 1/20 1/100 1/200
    python benchmarks/scale_table.py results/scales [--year 2024] [--write]

It reads the runs that `analysis.scales` keeps for the headline and does none. Each column of the series is averaged
over the months of the year and over the seeds; amounts and counts are divided by the scale, so that they speak of the
whole city, but for those that indicators.yaml says to read at 1:1.
"""

from __future__ import annotations

import argparse
import re
from fractions import Fraction
from pathlib import Path

import numpy as np

from cluster_sim.indicators import KEYS, indicator
from cluster_sim.runs.read import View

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scale.md"

Measured = dict[str, dict[str, tuple[float, float]]]
"""Column -> scale -> mean over the seeds, and their standard deviation."""


def yearly(view: View, year: int) -> dict[str, np.ndarray]:
    """Return each column's mean over the months of a year, one value a seed, and the volatility of value added."""
    frame = view.frame("series").sort_values(["seed", "month"])
    numbers = [name for name in frame if name not in KEYS and frame[name].dtype.kind in "iuf"]
    months = frame["month"].dt.year
    found = {k: v.to_numpy(float) for k, v in frame[months == year].groupby("seed")[numbers].mean().items()}
    since = frame[(months > months.min()) & (months <= year)]
    found["volatility"] = since.groupby("seed")["creative_value_added"].agg(
        lambda values: np.std(np.diff(np.log(values)))).to_numpy(float)
    return found


def measure(folder: Path, scenario: str, year: int) -> tuple[Measured, dict[str, int]]:
    """Return mean and standard deviation over seeds of each column, by scale, and the seeds; the largest city first."""
    views = [View(store) for store in folder.glob(f"{scenario}-*") if (store / "manifest.json").is_file()]
    found: Measured = {}
    seeds: dict[str, int] = {}
    for view in sorted(views, key=lambda view: -Fraction(view.manifest["scale"])):
        label = view.manifest["scale"]
        for name, values in yearly(view, year).items():
            described = indicator(name)
            counted = described.scale == "proportional" and not described.whole_only
            known = values[np.isfinite(values)] / (float(Fraction(label)) if counted else 1.0)
            seeds[label] = max(seeds.get(label, 0), len(values))
            if known.size > 1:
                found.setdefault(name, {})[label] = (float(known.mean()), float(known.std(ddof=1)))
    return {name: row for name, row in found.items() if len(row) == len(seeds)}, seeds


def table(found: Measured, scales: list[str]) -> str:
    """Return the Markdown table, widest deviation of 1/20 from 1:1 last."""
    def shown(mean: float, sd: float) -> str:
        return f"{mean:.4g} ± {sd:.2g}"

    def distance(row: dict[str, tuple[float, float]]) -> float:
        whole = row["1"][0]
        return abs(row["1/20"][0] / whole - 1) if whole else np.inf

    lines = ["| column | " + " | ".join(scales) + " | 1/20 against 1:1 |", "|" + " --- |" * (len(scales) + 2)]
    for name, row in sorted(found.items(), key=lambda item: distance(item[1])):
        change = f"{100 * (row['1/20'][0] / row['1'][0] - 1):+.1f}%" if row["1"][0] else ""
        lines.append(f"| `{name}` | " + " | ".join(shown(*row[s]) for s in scales) + f" | {change} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; with --write put it into docs/scale.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where analysis.scales keeps its runs (results/scales)")
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    found, seeds = measure(args.folder, args.scenario, args.year)
    if not {"1", "1/20"} <= set(seeds):
        parser.error(f"{args.folder} has no runs of {args.scenario} at 1:1 and 1/20")
    text = f"Seeds: {', '.join(f'{n} at {s}' for s, n in seeds.items())}.\n\n" + table(found, list(seeds))
    print(text)
    if args.write:
        page = PAGE.read_text(encoding="utf-8")
        page = re.sub(r"(<!-- begin scale -->\n).*?(<!-- end scale -->)",
                      lambda m: f"{m[1]}\n{text}\n\n{m[2]}", page, flags=re.DOTALL)
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
