"""Is a small city the same city?  Differences between scales, of a scenario and of a policy's effects.

    python -m cluster_sim.analysis.scales [--whole 10] [--small 60] [--at 1/20] [--workers 2] [--write]
    python -m cluster_sim.analysis.scales --effects double_production_subsidy talent_first --whole 4 --small 30

The first prints, for a few columns and years, the mean at 1:1, the mean at each smaller scale, and their difference
with its standard error and 95% interval (Welch 1947); `--write` puts the share of GDP into the city's scale_bias.yaml,
which every output of a smaller city quotes.  The second prints what scenarios change against the baseline at both
scales, on common seeds, and how far the two effects differ.

What is left of a difference can be added to results of a smaller city: with many runs at 1/20 and few at 1:1 of a
base, the mean of the whole city under a scenario is that at 1/20 plus the difference of the base (`anchored`; a
two-level estimator of Giles 2008, whose error holds that of the difference).  It is no part of the model.

Every seed takes a state of rest of its own, so that seeds are independent and errors are whole.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from cluster_sim.city import load_city
from cluster_sim.indicators import INDICATORS
from cluster_sim.initial import rest
from cluster_sim.model import ClusterModel
from cluster_sim.runs.files import together
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.scale_bias import FILE
from cluster_sim.scenario import load_scenario

YEARS = (2017, 2021, 2024, 2030, 2035)
HEADLINE, HEADLINE_YEAR = "gdp_share", 2030
COLUMNS = (HEADLINE, "creative_value_added", "employment", "studios", "mean_wage", "contract_sales",
           "project_receipts", "buzz", "venture_capital", "students", "market_share_nation")
STATES = 10**9                  # so many states of rest that no two seeds share one

Runs = dict[str, np.ndarray]
"""Yearly means by column, (seeds, years), in units for people and of the whole city."""


class Difference(NamedTuple):
    """A small city's mean less the whole one's, its standard error and 95% interval."""

    small: float
    whole: float
    value: float
    error: float
    low: float
    high: float


def yearly(task: tuple[str, float, int, int]) -> dict[str, np.ndarray]:
    """Return the yearly means of one run by column, amounts and counts divided by the scale.

    task: scenario, scale, seed, last year.
    """
    name, scale, seed, last = task
    rest.STATES = STATES
    model = ClusterModel(load_scenario(name), seed=seed, scale=scale)
    while not model.finished and model.ordinal < 12 * last + 12:
        model.step()
    series, found = model.series(), {}
    for column in COLUMNS:
        described = INDICATORS[column]
        whole = scale if described.scale == "proportional" else 1.0
        found[column] = series[column].reshape(-1, 12).mean(1) * described.factor / whole
    return found


def measure(name: str, scale: float, seeds: Sequence[int], workers: int = 1, last: int = YEARS[-1]) -> Runs:
    """Return the yearly means of a scenario's runs at a scale, on as many processes as `workers` says."""
    tasks = [(name, scale, seed, last) for seed in seeds]
    if workers == 1:
        runs: Iterable[dict[str, np.ndarray]] = map(yearly, tasks)
    else:
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
        runs = pool.map(yearly, tasks)
    done = []
    for seed, run in zip(seeds, runs, strict=True):
        done.append(run)
        print(f"{name} at {Fraction(scale).limit_denominator(10_000)}: seed {seed} of {len(seeds)}", file=sys.stderr)
    return {column: np.array([run[column] for run in done]) for column in COLUMNS}


def difference(small: np.ndarray, whole: np.ndarray) -> Difference:
    """Return the difference of two means of independent values, its error and 95% interval (Welch 1947)."""
    parts = np.array([values.var(ddof=1) / values.size for values in (small, whole)])
    value, error = float(small.mean() - whole.mean()), float(np.sqrt(parts.sum()))
    if error == 0.0:
        return Difference(float(small.mean()), float(whole.mean()), value, 0.0, value, value)
    free = parts.sum() ** 2 / (parts**2 / (np.array([small.size, whole.size]) - 1)).sum()
    half = float(stdtrit(free, 0.975)) * error
    return Difference(float(small.mean()), float(whole.mean()), value, error, value - half, value + half)


def anchored(small: np.ndarray, base_small: np.ndarray, base_whole: np.ndarray) -> tuple[float, float]:
    """Return the mean of the whole city under a scenario, and its standard error, from runs of a small one.

    small: values of the scenario by seed; base_small, base_whole: those of the base on which the difference between
    scales was measured, the small ones on the scenario's seeds.  A two-level estimator (Giles 2008): the effect on
    common seeds plus the mean of the whole base; it takes the effect to be the same at both scales.
    """
    effect = small - base_small
    parts = effect.var(ddof=1) / effect.size + base_whole.var(ddof=1) / base_whole.size
    return float(effect.mean() + base_whole.mean()), float(np.sqrt(parts))


def effects(with_it: Runs, without: Runs, column: str, years: slice) -> np.ndarray:
    """Return by seed what a scenario changes in the mean of some years: points of a share, else per cent."""
    one, other = (runs[column][:, years].mean(1) for runs in (with_it, without))
    return one - other if INDICATORS[column].shown == "%" else 100.0 * (one - other) / other.mean()


def table(small: Runs, whole: Runs, first: int, years: Sequence[int]) -> str:
    """Return the differences by column and year as lines of text; first: calendar year of the first value."""
    lines = []
    for column in COLUMNS:
        for year in years:
            d = difference(small[column][:, year - first], whole[column][:, year - first])
            change = "" if d.whole == 0.0 else f"{100.0 * d.value / d.whole:+6.1f}%"
            lines.append(f"{column:22s} {year}  {d.whole:12.5g} {d.small:12.5g}  {d.value:+10.4g} ({d.error:.2g})"
                         f"  [{d.low:+.3g}, {d.high:+.3g}]  {change}")
    return "\n".join(lines)


def write(city: str, runs: dict[Fraction, Runs], first: int, scenario: str) -> Path:
    """Write the headline by scale into the city's scale_bias.yaml; return the file."""
    described = {scale: found[HEADLINE][:, HEADLINE_YEAR - first] for scale, found in runs.items()}
    values = ", ".join(f"{scale}: {v.mean():.2f}" for scale, v in described.items())
    errors = ", ".join(f"{scale}: {v.std(ddof=1) / v.size**0.5:.2f}" for scale, v in described.items())
    seeds = ", ".join(f"{scale}: {v.size}" for scale, v in described.items())
    file = Path(load_city(city).folder) / FILE
    with together(file) as (draft,):
        draft.write_text(f"""\
# What a smaller city does to the headline: every output below 1:1 quotes it (docs/scale.md has all columns).
# Measure again with `python -m cluster_sim.analysis.scales --at 1/20 1/100 1/200 --write` after a change of the model.
column: {HEADLINE}
year: {HEADLINE_YEAR}
values: {{{values}}}    # percent of GDP, mean over seeds, by scale
errors: {{{errors}}}    # standard errors, by independent seeds
seeds: {{{seeds}}}
scenario: {scenario}
code: {code_version()}
""", encoding="utf-8")
    return file


def main() -> None:
    """Measure, print and, if asked to, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--effects", nargs="*", default=[], metavar="SCENARIO", help="compare what these change")
    parser.add_argument("--at", nargs="*", type=Fraction, default=[Fraction(1, 20)], metavar="SCALE")
    parser.add_argument("--whole", type=int, default=10, help="seeds at 1:1")
    parser.add_argument("--small", type=int, default=60, help="seeds at each smaller scale")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--write", action="store_true", help="write the city's scale_bias.yaml")
    args = parser.parse_args()
    setup = load_scenario(args.scenario)
    first = setup.start // 12
    sizes = [(scale, args.whole if scale == 1 else args.small) for scale in [Fraction(1), *args.at]]
    runs = {scale: measure(args.scenario, float(scale), range(1, seeds + 1), args.workers) for scale, seeds in sizes}
    for scale in args.at:
        print(f"{args.scenario}: 1:1 ({args.whole} seeds), {scale} ({args.small}), {scale} less 1:1 (error) [95%]")
        print(table(runs[scale], runs[Fraction(1)], first, [year for year in YEARS if year >= first]))
    last = slice(YEARS[-1] - first - 4, YEARS[-1] - first + 1)
    for name in args.effects:
        changed = {scale: measure(name, float(scale), range(1, seeds + 1), args.workers) for scale, seeds in sizes}
        for column in (HEADLINE, "creative_value_added", "employment"):
            found = {scale: effects(changed[scale], runs[scale], column, last) for scale, _ in sizes}
            for scale in args.at:
                d = difference(found[scale], found[Fraction(1)])
                errors = [found[s].std(ddof=1) / found[s].size**0.5 for s in (Fraction(1), scale)]
                print(f"{name} {column} {YEARS[-1] - 4}-{YEARS[-1]}: 1:1 {d.whole:+.3f} ({errors[0]:.3f}), {scale} "
                      f"{d.small:+.3f} ({errors[1]:.3f}), difference {d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]")
    if args.write:
        print(write(setup.city, runs, first, args.scenario))


if __name__ == "__main__":
    main()
