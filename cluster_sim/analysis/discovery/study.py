"""Sampling futures, running every policy in each of them, and asking where it fails and what it gives away.

Scenario discovery as in Bryant & Lempert (2010); the boxes come from PRIM, the regret from Savage (1951). All policies
meet the same futures on the same seeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.discovery import prim
from cluster_sim.analysis.discovery.reading import Inquiry
from cluster_sim.analysis.discovery.regret import regret_table, regrets
from cluster_sim.analysis.evaluator import Evaluator, evaluate, seed_means
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.scenario.designs import design_points, unit_sample

FEW = 10
"""Fewer cases than these, or fewer of the others, and no box is looked for."""


@dataclass
class Discovery(Findings):
    """What was discovered, as data frames."""

    inquiry: Inquiry
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
        for policy in self.inquiry.labels:
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


def run_discovery(inquiry: Inquiry, experiment: Experiment) -> Discovery:
    """Do the runs that are missing and find the boxes and the regret. NothingRan if no future could be run.

    Each policy has a folder of its own, a sweep over the same futures, so that it can be read and reproduced.
    """
    import pandas as pd

    sweep, design = inquiry.sweep, design_points(inquiry.sweep)
    asked = []
    for label, policy in zip(inquiry.labels, inquiry.policies, strict=True):
        one = Evaluator(replace(sweep, base=policy), experiment, experiment.folder / label, f"{sweep.name}: {label}",
                        sampled=True)
        asked.append((one, one.at(design)))
    values = [seed_means(found) for found, in evaluate(asked, inquiry.aim)]
    for label, found in zip(inquiry.labels, values, strict=True):
        if not np.isfinite(found).any():
            raise experiment.nothing_ran(f"no future of {label} could be run")
    table = np.column_stack(values)
    fails = inquiry.fails(table)
    futures, points = _futures(inquiry, table, fails), unit_sample(inquiry.sweep)
    boxes: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    notes: list[str] = []
    for place, label in enumerate(inquiry.labels):
        known = np.isfinite(table[:, place])
        _look(inquiry, label, points[known], fails[known, place], boxes, steps, notes)
    regret = regret_table(list(inquiry.labels), table, fails, inquiry.higher)
    columns = ["policy", "box", "factor", "low", "high", "quasi_p_low", "quasi_p_high", "again", "coverage", "density",
               "mass", "share", "density_fresh", "coverage_fresh"]
    return Discovery(experiment, inquiry, futures, pd.DataFrame(boxes, columns=columns),
                     pd.DataFrame(steps, columns=["policy", "box", "step", "coverage", "density", "mass", "limited"]),
                     regret, notes)


def _futures(inquiry: Inquiry, table: np.ndarray, fails: np.ndarray) -> Any:
    import pandas as pd

    plain = pd.DataFrame([dict(inquiry.sweep.labels(point)) for point in design_points(inquiry.sweep)])
    lost = regrets(table, inquiry.higher)
    frames = []
    for k, label in enumerate(inquiry.labels):
        missing = ~np.isfinite(table[:, k])
        frames.append(plain.assign(policy=label, future=np.arange(len(plain)), value=table[:, k],
                                   fails=pd.array(fails[:, k], dtype="boolean"), regret=lost[:, k]))
        frames[-1].loc[missing, "fails"] = pd.NA
    return pd.concat(frames, ignore_index=True)


def _look(inquiry: Inquiry, label: str, points: np.ndarray, cases: np.ndarray, boxes: list[dict[str, Any]],
          steps: list[dict[str, Any]], notes: list[str]) -> None:
    """Find the boxes of one policy; limits are turned from shares of the ranges into the factors' own units."""
    count = int(cases.sum())
    if count < FEW or len(cases) - count < FEW:
        what = "fails" if count < FEW else "does not fail"
        few = min(count, len(cases) - count)
        notes.append(f"{label} {what} in {few} of {len(cases)} futures: too few to draw a box round the "
                     f"{'failures' if count < FEW else 'rest'}; take another level or more samples.")
        return
    found = prim.cover(points, cases, inquiry.density, inquiry.boxes)
    if not found:
        notes.append(f"{label} fails in {count} of {len(cases)} futures, and no limit on a factor parts them from the "
                     "rest better than chance.")
        return
    fresh = prim.again(points, cases, inquiry.density)
    for number, (box, peeling) in enumerate(found, 1):
        for k in np.flatnonzero(box.restricted):
            factor = inquiry.sweep.factors[k]
            boxes.append({
                "policy": label, "box": number, "factor": inquiry.names[k],
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
