"""Dose curves from paired runs: each instrument at several doses against nothing of it, and the same outlay otherwise.

Both runs of a pair share seed and luck (common random numbers).  What a yuan buys is held against the same outlay as a
flat wage subsidy and as a cut of profit tax, read off their own curves between two doses; a yuan of public money costs
more than a yuan, its marginal cost of funds (Ballard, Shoven & Whalley 1985; Jacobs 2018 for one).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.dose_curves.reading import Curve, DoseSpec, read
from cluster_sim.analysis.evaluator import Evaluator
from cluster_sim.analysis.measures import Measure, measure
from cluster_sim.analysis.ratios import ratio
from cluster_sim.analysis.spread import means
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.sweeps import replaced
from cluster_sim.scenario.designs import design_points

OUTLAY, TAXES, VALUE, JOBS, ELSEWHERE = ("public_outlay", "tax_receipts", "creative_value_added", "employment",
                                         "rival_jobs")
EFFECTS = ("aim", "value_added", "jobs", "jobs_nation")
"""What each dose is read for: the instrument's own aim, value added and jobs here, jobs here and in other cities."""
LEAST = 1e-3
"""Outlay a year (billion yuan) below which a dose paid nothing worth a point."""


@dataclass
class DoseCurves(Findings):
    """What was found, dose by dose; amounts are those of the whole city, a year."""

    spec: DoseSpec
    rows: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def doses(self) -> Any:
        """One row a curve and dose.

        `outlay` in billion yuan a year; for each of `EFFECTS` the effect with standard error and 95% interval, and
        `_percent`, `_percent_low`, `_percent_high` of the value without the instrument; `value_per_yuan` with Fieller's
        interval, the same at each marginal cost of funds, and value added and jobs of the same outlay otherwise.
        """
        import pandas as pd

        return pd.DataFrame(self.rows)

    @cached_property
    def summary(self) -> Any:
        """One row a curve: the first dose whose aim is told from zero, the largest dose, and how returns change."""
        import pandas as pd

        return pd.DataFrame([summary_of(curve, [row for row in self.rows if row["curve"] == curve.label])
                             for curve in self.spec.curves])

    def plot(self, figure: str | None = None) -> Any:
        """Draw the curves of the aims (`aims`), of value added (`value_added`) or of jobs (`jobs`)."""
        return plots.draw("dose_curves", self, figure)


def told(row: Mapping[str, Any], effect: str) -> bool:
    """Say whether an effect's 95% interval leaves zero out."""
    low, high = row[f"{effect}_low95"], row[f"{effect}_high95"]
    return bool(np.isfinite(low) and (low > 0.0 or high < 0.0))


def returns(rows: list[dict[str, Any]], effect: str) -> float:
    """Return the elasticity of an effect to outlay between the first and the last dose at which it is told from zero.

    Below one returns fall; missing where fewer than two doses of different outlay are told, or signs differ.
    """
    known = [row for row in rows if told(row, effect) and row["outlay"] > LEAST]
    if len(known) < 2 or known[0][effect] * known[-1][effect] <= 0.0 or known[-1]["outlay"] <= known[0]["outlay"]:
        return float("nan")
    return float(np.log(known[-1][effect] / known[0][effect]) / np.log(known[-1]["outlay"] / known[0]["outlay"]))


def summary_of(curve: Curve, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a curve says in one line."""
    first = next((row for row in rows if told(row, "aim") and row["outlay"] > LEAST), None)
    last = rows[-1]
    return {"curve": curve.label, "comparator": curve.comparator, "aim_column": curve.aim.column,
            "first_dose_told": first["dose"] if first else np.nan, "largest_dose": last["dose"],
            "outlay": last["outlay"], **{f"{effect}_{part}": last[f"{effect}_{part}"] for effect in EFFECTS
                                         for part in ("percent", "percent_low", "percent_high")},
            "returns_aim": returns(rows, "aim"), "returns_value_added": returns(rows, "value_added"),
            **{key: last[key] for key in last if key.startswith(("value_per_yuan", "same_outlay"))}}


def run_doses(spec: DoseSpec, experiment: Experiment) -> DoseCurves:
    """Do the runs that are missing and find the curves. NothingRan if fewer than two seeds are whole everywhere."""
    columns = dict.fromkeys([OUTLAY, TAXES, VALUE, JOBS, ELSEWHERE, *(curve.aim.column for curve in spec.curves)])
    measures = {column: measure(column, spec.years) for column in columns}
    one = Evaluator(spec.sweep, experiment)
    found = dict(zip(columns, one.values(one.at(design_points(spec.sweep)), *measures.values()), strict=True))
    result = DoseCurves(experiment, spec)
    if np.isfinite(found[OUTLAY]).sum(axis=1).min() < 2:
        raise experiment.nothing_ran("fewer than two pairs are whole")
    for curve in spec.curves:
        for dose, point in curve.points.items():
            if dose > 0.0:
                result.rows.append(_row(spec, curve, dose, point, found, measures))
    _beside_comparators(result)
    return result


def _row(spec: DoseSpec, curve: Curve, dose: float, point: int, found: Mapping[str, np.ndarray],
         measures: Mapping[str, Measure]) -> dict[str, Any]:
    """Set one dose against nothing of its instrument."""
    zero = curve.points[0.0]

    def change(column: str) -> np.ndarray:
        return (found[column][point] - found[column][zero]) * measures[column].factor

    def without(column: str) -> float:
        return float(np.nanmean(found[column][zero])) * measures[column].factor

    outlay, gained = change(OUTLAY) * 1e-3, change(VALUE)
    row: dict[str, Any] = {
        "curve": curve.label, "instrument": curve.instrument, "comparator": curve.comparator, "dose": dose,
        "seeds": int(np.isfinite(outlay).sum()), "outlay": float(np.nanmean(outlay)),
        "outlay_net": float(np.nanmean(outlay - change(TAXES) * 1e-3)), "aim_column": curve.aim.column,
        "aim_unit": curve.aim.change_unit}
    nation = change(JOBS) + change(ELSEWHERE)
    for effect, values, base in (("aim", change(curve.aim.column), without(curve.aim.column)),
                                 ("value_added", gained, without(VALUE)), ("jobs", change(JOBS), without(JOBS)),
                                 ("jobs_nation", nation, without(JOBS))):
        each = {key: float(value) for key, value in means(values).items()}
        row |= {effect: each["mean"], **{f"{effect}_{key}": each[key] for key in ("se", "low95", "high95")}}
        to_percent = 100.0 / abs(base) if base else np.nan
        row |= {f"{effect}_percent": each["mean"] * to_percent, f"{effect}_percent_low": each["low95"] * to_percent,
                f"{effect}_percent_high": each["high95"] * to_percent}
    per_yuan = ratio(gained, outlay) if abs(row["outlay"]) > LEAST else {}
    row |= {f"value_per_yuan{end}": per_yuan.get(key) for end, key in (("", "ratio"), ("_low95", "low95"),
                                                                       ("_high95", "high95"))}
    for cost in spec.cost_of_funds:
        row[f"value_per_yuan_at_{cost:g}"] = row["value_per_yuan"] / cost if row["value_per_yuan"] is not None else None
    return {key: np.nan if value is None else value for key, value in row.items()}


def _beside_comparators(result: DoseCurves) -> None:
    """Write beside each dose what the same outlay does as each comparator, between the doses of its own curve."""
    for curve in result.spec.comparators:
        own = sorted((row["outlay"], row["value_added"], row["jobs"]) for row in result.rows
                     if row["curve"] == curve.label)
        outlay, *gains = (np.array([0.0, *column]) for column in zip(*own, strict=True))
        for row in result.rows:
            within = 0.0 <= row["outlay"] <= outlay[-1]
            for name, gain in zip(("value_added", "jobs"), gains, strict=True):
                row[f"same_outlay_{curve.label}_{name}"] = (float(np.interp(row["outlay"], outlay, gain))
                                                            if within else float("nan"))


def sized(spec: DoseSpec, seeds: Any = None, scale: Any = None, until: Any = None) -> DoseSpec:
    """A study with its size replaced where it is given; the years end with the runs."""
    from dataclasses import replace

    sweep = replaced(spec.sweep, seeds, scale, until)
    first, last = int(spec.years[:4]), (sweep.until + 1) // 12 - 1
    years = f"{first}-{max(first, last)}"
    curves = tuple(replace(curve, aim=measure(curve.aim.column, years)) for curve in spec.curves)
    return replace(spec, sweep=sweep, curves=curves, years=years)


def dose_curves(source: str | Path | Mapping[str, Any] | DoseSpec, seeds: int | Iterable[int] | None = None,
                scale: str | float | None = None, until: str | int | None = None, out: str | Path | None = None,
                workers: int | None = None, progress: bool = False, factory: str = FACTORY, engine: Any = None,
                shard: str | None = None) -> DoseCurves:
    """Run instruments at several doses and return their curves beside plain uses of the same money.

    source: a dose study's file or a mapping with its keys; `seeds`, `scale` and `until` take the place of its own;
    `out` is a results folder to keep, a temporary one if None. `.doses` and `.summary` are data frames. NothingRan if
    fewer than two pairs are whole. `engine` and `shard` as in `sweep`.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    spec = sized(source if isinstance(source, DoseSpec) else read(source), seeds, scale, until)
    return experiment.deliver(run_doses(spec, experiment))
