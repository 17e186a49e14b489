"""Sampling futures, running every policy in each of them, and asking where it fails and what it gives away.

Scenario discovery as in Bryant & Lempert (2010); the boxes come from PRIM, the regret from Savage (1951). All policies
meet the same futures on the same seeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.discovery import prim
from cluster_sim.analysis.discovery.reading import DiscoverySpec, read
from cluster_sim.analysis.discovery.regret import regret_table, regrets
from cluster_sim.analysis.evaluator import Evaluator, evaluate, seed_means
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.sweeps import replaced
from cluster_sim.scenario.designs import design_points, unit_sample

FEW = 10
"""Fewer cases than these, or fewer of the others, and no box is looked for."""


@dataclass
class Discovery(Findings):
    """What was discovered, as data frames."""

    spec: DiscoverySpec
    futures: Any
    """One row a future and policy: `policy`, `future`, the factors, `value` (mean over seeds), `fails`, `regret`."""
    boxes: Any
    """One row a limited factor of a box: `policy`, `box`, `factor`, `low`, `high` (missing: no limit), quasi-p-values,
    `again` (share of half samples that limit it too), and the box's coverage, density, mass and `density_fresh`."""
    trajectories: Any
    """One row a peel: `policy`, `box`, `step`, coverage, density, mass, number of limited factors."""
    regret: Any
    """One row a policy: see `regret_table`."""
    notes: list[str] = field(default_factory=list)

    @property
    def verdicts(self) -> list[str]:
        """What was found, in words: where each policy fails, and which gives least away."""
        lines = [*self.notes]
        for policy in self.spec.labels:
            rows = self.boxes[self.boxes["policy"] == policy] if len(self.boxes) else self.boxes
            for number, box in rows.groupby("box") if len(rows) else ():
                first = box.iloc[0]
                limits = " and ".join(limit_text(row) for row in box.to_dict("records"))
                lines.append(f"{policy} fails where {limits}: box {number} holds {first['coverage']:.0%} of the "
                             f"failures, and {first['density']:.0%} of its futures fail (of all {first['share']:.0%}"
                             + (f"; {first['density_fresh']:.0%} on futures that the box was not drawn from"
                                if first["density_fresh"] == first["density_fresh"] else "") + ").")
        if len(self.regret) > 1:
            order = self.regret.sort_values("mean_regret", kind="stable")
            best, safe = order.iloc[0], self.regret[self.regret["least_worst"]].iloc[0]["policy"]
            lines.append(f"{best['policy']} gives least away on average" + (
                " and at worst" if safe == best["policy"] else f", {safe} at worst")
                + ("" if best["high95"] < order.iloc[1]["low95"] else
                   "; on average its interval overlaps the next one's") + ".")
        return lines

    def plot(self) -> Any:
        """Draw the futures, the boxes and the regret, and return the figure."""
        return plots.draw("discovery", self)


def limit_text(row: Mapping[str, Any]) -> str:
    """Write a limit of a box as people do: `0.2 < name < 0.5`."""
    low, high = row["low"], row["high"]
    left = f"{low:.3g} < " if low == low else ""
    right = f" < {high:.3g}" if high == high else ""
    return f"{left}{row['factor']}{right}"


def run_discovery(spec: DiscoverySpec, experiment: Experiment) -> Discovery:
    """Do the runs that are missing and find the boxes and the regret. NothingRan if no future could be run.

    Each policy has a folder of its own, a sweep over the same futures, so that it can be read and reproduced.
    """
    import pandas as pd

    sweep, design = spec.sweep, design_points(spec.sweep)
    asked = []
    for label, policy in zip(spec.labels, spec.policies, strict=True):
        one = Evaluator(replace(sweep, base=policy), experiment, experiment.folder / label, f"{sweep.name}: {label}",
                        sampled=True)
        asked.append((one, one.at(design)))
    values = [seed_means(found) for found, in evaluate(asked, spec.aim)]
    for label, found in zip(spec.labels, values, strict=True):
        if not np.isfinite(found).any():
            raise experiment.nothing_ran(f"no future of {label} could be run")
    table = np.column_stack(values)
    fails = spec.fails(table)
    futures, points = _futures(spec, table, fails), unit_sample(spec.sweep)
    boxes: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    notes: list[str] = []
    for place, label in enumerate(spec.labels):
        known = np.isfinite(table[:, place])
        _look(spec, label, points[known], fails[known, place], boxes, steps, notes)
    regret = regret_table(list(spec.labels), table, fails, spec.higher)
    columns = ["policy", "box", "factor", "low", "high", "quasi_p_low", "quasi_p_high", "again", "coverage", "density",
               "mass", "share", "density_fresh", "coverage_fresh"]
    return Discovery(experiment, spec, futures, pd.DataFrame(boxes, columns=columns),
                     pd.DataFrame(steps, columns=["policy", "box", "step", "coverage", "density", "mass", "limited"]),
                     regret, notes)


def _futures(spec: DiscoverySpec, table: np.ndarray, fails: np.ndarray) -> Any:
    import pandas as pd

    plain = pd.DataFrame([dict(spec.sweep.labels(point)) for point in design_points(spec.sweep)])
    lost = regrets(table, spec.higher)
    frames = []
    for k, label in enumerate(spec.labels):
        missing = ~np.isfinite(table[:, k])
        frames.append(plain.assign(policy=label, future=np.arange(len(plain)), value=table[:, k],
                                   fails=pd.array(fails[:, k], dtype="boolean"), regret=lost[:, k]))
        frames[-1].loc[missing, "fails"] = pd.NA
    return pd.concat(frames, ignore_index=True)


def _look(spec: DiscoverySpec, label: str, points: np.ndarray, cases: np.ndarray, boxes: list[dict[str, Any]],
          steps: list[dict[str, Any]], notes: list[str]) -> None:
    """Find the boxes of one policy; limits are turned from shares of the ranges into the factors' own units."""
    count = int(cases.sum())
    if count < FEW or len(cases) - count < FEW:
        what = "fails" if count < FEW else "does not fail"
        few = min(count, len(cases) - count)
        notes.append(f"{label} {what} in {few} of {len(cases)} futures: too few to draw a box round the "
                     f"{'failures' if count < FEW else 'rest'}; take another level or more samples.")
        return
    found = prim.cover(points, cases, spec.density, spec.boxes)
    if not found:
        notes.append(f"{label} fails in {count} of {len(cases)} futures, and no limit on a factor parts them from the "
                     "rest better than chance.")
        return
    fresh = prim.again(points, cases, spec.density)
    for number, (box, peeling) in enumerate(found, 1):
        for k in np.flatnonzero(box.restricted):
            factor = spec.sweep.factors[k]
            boxes.append({
                "policy": label, "box": number, "factor": spec.names[k],
                "low": _own(factor, box.low[k]), "high": _own(factor, box.high[k]),
                "quasi_p_low": box.quasi_low[k], "quasi_p_high": box.quasi_high[k],
                "again": fresh.limited[k] if number == 1 else np.nan, "coverage": box.coverage, "density": box.density,
                "mass": box.mass, "share": count / len(cases),
                "density_fresh": fresh.density if number == 1 else np.nan,
                "coverage_fresh": fresh.coverage if number == 1 else np.nan})
        steps += [{"policy": label, "box": number, "step": k, "coverage": one.coverage, "density": one.density,
                   "mass": one.mass, "limited": int(one.restricted.sum())} for k, one in enumerate(peeling)]


def _own(factor: Any, share: float) -> float:
    """A limit in the factor's unit; missing where there is none."""
    return float(factor.at(float(share))) if np.isfinite(share) else float("nan")


def sized(spec: DiscoverySpec, samples: int | None = None, seeds: Any = None, scale: Any = None,
          until: Any = None) -> DiscoverySpec:
    """A discovery with its size replaced where it is given."""
    sweep = replaced(spec.sweep, seeds, scale, until)
    if samples is not None:
        if samples < 2:
            raise InputError("discovery needs at least two futures")
        sweep = replace(sweep, samples=samples)
    return replace(spec, sweep=sweep)


def discover(source: str | Path | Mapping[str, Any] | DiscoverySpec, samples: int | None = None,
             seeds: int | Iterable[int] | None = None, scale: str | float | None = None,
             until: str | int | None = None, out: str | Path | None = None, workers: int | None = None,
             progress: bool = False, factory: str = FACTORY, engine: Any = None, shard: str | None = None) -> Discovery:
    """Find the futures in which policies miss an aim, and what each policy gives away against the best of them.

    source: a discovery file, or a mapping with its keys. `out` is a folder to keep the runs in, one folder a policy.
    `.boxes` has the limits of the boxes in which failures lie close together, `.regret` a row a policy, `.futures` a
    row for each future and policy. NothingRan if no future of a policy could be run. `engine` and `shard` as in
    `sweep`.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    spec = sized(source if isinstance(source, DiscoverySpec) else read(source), samples, seeds, scale, until)
    return experiment.deliver(run_discovery(spec, experiment))
