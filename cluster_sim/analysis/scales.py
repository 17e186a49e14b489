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

Every seed takes a state of rest of its own, so that seeds are independent and errors are whole.  Runs lie in
results/scales, by scenario and scale: the same command, also with more seeds, goes on where it was stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from cluster_sim.analysis import standalone
from cluster_sim.analysis.yearly import yearly
from cluster_sim.city import load_city
from cluster_sim.indicators import INDICATORS
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.files import together
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.plan import plan
from cluster_sim.runs.read import View
from cluster_sim.runs.run_list import ids_of
from cluster_sim.runs.scale_bias import FILE
from cluster_sim.scenario import load_scenario

YEARS = (2017, 2021, 2024, 2030, 2035)
HEADLINE, HEADLINE_YEAR = "gdp_share", 2030
HELD_YEARS = (2024, 2030, 2035)
"""Years in which the headline of a small city is held against that of the whole one."""
COLUMNS = (HEADLINE, "creative_value_added", "employment", "studios", "mean_wage", "contract_sales",
           "project_receipts", "buzz", "venture_capital", "students", "market_share_nation")
OWN_STATES = {"start.rest_states": 10**9}
"""So many states of rest that no two seeds share one."""

Runs = dict[str, np.ndarray]
"""Yearly values by column, (seeds, years), in units for people and of the whole city."""
Asked = tuple[str, Fraction]
"""A scenario, by name or file, and a scale."""


class Difference(NamedTuple):
    """A small city's mean less the whole one's, its standard error and 95% interval."""

    small: float
    whole: float
    value: float
    error: float
    low: float
    high: float


def measure(experiment: Experiment, asked: Mapping[Asked, Sequence[int]], last: int = YEARS[-1]) -> dict[Asked, Runs]:
    """Return the yearly values of scenarios at scales from the start to the year `last`, for the seeds of each.

    What is missing is run. NothingRan if a run failed: seeds of an effect would no longer be common.
    """
    setups = {name: load_scenario(name, set=OWN_STATES) for name, _ in asked}
    plans, folders = {}, {}
    for (name, scale), seeds in asked.items():
        setup = setups[name]
        title = f"{setup.slug or 'scenario'}-{setup.digest()[:6]}-{scale.numerator}-{scale.denominator}"
        folders[name, scale] = folder = experiment.folder / title
        plans[folder] = plan(setup, list(seeds), float(scale), 12 * last + 11, tables=("series",))
    experiment.run(plans)
    if experiment.failures:
        raise experiment.nothing_ran("scales are compared over all seeds or not at all")
    return {one: _whole(View(folder), list(ids_of(plans[folder].runs)), float(one[1]))
            for one, folder in folders.items()}


def _whole(view: View, names: list[str], scale: float) -> Runs:
    """Return the yearly values of runs, amounts and counts divided by the scale."""
    found = yearly(view, names, COLUMNS)
    return {column: np.stack([values[year] for year in sorted(values)], 1) * INDICATORS[column].factor
            / (scale if INDICATORS[column].scale == "proportional" else 1.0) for column, values in found.items()}


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


def write(city: str, runs: Mapping[Fraction, Runs], first: int, scenario: str) -> Path:
    """Write the headline by scale, and its differences by year, into the city's scale_bias.yaml; return the file."""
    described = {scale: found[HEADLINE][:, HEADLINE_YEAR - first] for scale, found in runs.items()}
    values = ", ".join(f"{scale}: {v.mean():.2f}" for scale, v in described.items())
    errors = ", ".join(f"{scale}: {v.std(ddof=1) / v.size**0.5:.2f}" for scale, v in described.items())
    seeds = ", ".join(f"{scale}: {v.size}" for scale, v in described.items())
    less = []
    for scale in (scale for scale in runs if scale != 1):
        found = [(year, difference(*(runs[s][HEADLINE][:, year - first] for s in (scale, Fraction(1)))))
                 for year in HELD_YEARS]
        less.append(f"  {scale}: {{{', '.join(f'{year}: [{d.value:.2f}, {d.error:.2f}]' for year, d in found)}}}")
    file = Path(load_city(city).folder) / FILE
    with together(file) as (draft,):
        draft.write_text("\n".join((
            "# What a smaller city does to the headline: every output below 1:1 quotes it (docs/scale.md has more).",
            "# Measure again after a change of the model:",
            "#   python -m cluster_sim.analysis.scales --at 1/20 1/100 1/200 --write",
            f"column: {HEADLINE}", f"year: {HEADLINE_YEAR}",
            f"values: {{{values}}}    # percent of GDP, mean over seeds, by scale",
            f"errors: {{{errors}}}    # standard errors, by independent seeds", f"seeds: {{{seeds}}}",
            "differences:    # points less 1:1 and standard error, by scale and year", *less,
            f"scenario: {scenario}", f"code: {code_version()}", "")), encoding="utf-8")
    return file


def report_effects(runs: Mapping[Asked, Runs], base: str, name: str, first: int) -> str:
    """Return what a scenario changes against the base in the last five years at each scale, as lines of text."""
    last, lines = slice(YEARS[-1] - first - 4, YEARS[-1] - first + 1), []
    scales = [scale for scenario, scale in runs if scenario == name]
    for column in (HEADLINE, "creative_value_added", "employment"):
        found = {scale: effects(runs[name, scale], runs[base, scale], column, last) for scale in scales}
        for scale in (scale for scale in scales if scale != 1):
            d = difference(found[scale], found[Fraction(1)])
            errors = [found[s].std(ddof=1) / found[s].size**0.5 for s in (Fraction(1), scale)]
            lines.append(f"{name} {column} {YEARS[-1] - 4}-{YEARS[-1]}: 1:1 {d.whole:+.3f} ({errors[0]:.3f}), {scale} "
                         f"{d.small:+.3f} ({errors[1]:.3f}), difference {d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]")
    return "\n".join(lines)


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print and, if asked to, write."""
    parser = argparse.ArgumentParser(prog="python -m cluster_sim.analysis.scales",
                                     description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--effects", nargs="*", default=[], metavar="SCENARIO", help="compare what these change")
    parser.add_argument("--at", nargs="*", type=Fraction, default=[Fraction(1, 20)], metavar="SCALE",
                        help="smaller scales (1/20)")
    parser.add_argument("--whole", type=int, default=10, help="seeds at 1:1 (10)")
    parser.add_argument("--small", type=int, default=60, help="seeds at each smaller scale (60)")
    parser.add_argument("--write", action="store_true", help="write the city's scale_bias.yaml")
    standalone.add_running(parser, "scales")
    args = parser.parse_args(words)
    with standalone.experiment(args) as experiment:
        if min(args.whole, args.small) < 2:
            raise InputError("--whole and --small are numbers of at least 2: an error takes two seeds")
        if not all(0 < scale < 1 for scale in args.at):
            raise InputError("--at takes scales below 1, such as 1/20 1/100")
        setup = load_scenario(args.scenario)
        first, sizes = setup.start // 12, {Fraction(1): args.whole, **dict.fromkeys(args.at, args.small)}
        names = dict.fromkeys((args.scenario, *args.effects))
        runs = measure(experiment, {(name, scale): range(1, seeds + 1) for name in names
                                    for scale, seeds in sizes.items()})
    for scale in args.at:
        print(f"{args.scenario}: 1:1 ({args.whole} seeds), {scale} ({args.small}), {scale} less 1:1 (error) [95%]")
        print(table(runs[args.scenario, scale], runs[args.scenario, Fraction(1)], first,
                    [year for year in YEARS if year >= first]))
    for name in args.effects:
        print(report_effects(runs, args.scenario, name, first))
    if args.write:
        print(write(setup.city, {scale: runs[args.scenario, scale] for scale in sizes}, first, args.scenario))


if __name__ == "__main__":
    main()
