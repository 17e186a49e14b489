"""Does the pipeline refill? Flows a year before and after a hit, with it and without it, as ratios with intervals.

A ratio of means over seeds has an interval by the delta method on its logarithm: with a and b the values of one
seed, the deviations a / mean(a) - b / mean(b) are averaged and Student's t applied (common random numbers keep
them small; Law 2015, Simulation Modeling and Analysis, section 11.2). The sum over seeds stands above and below,
so that a seed without a single hit does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SPANS = {"before": (-12, -1), "after": (1, 12), "three": (1, 36)}
"""Months counted from the hit's release, which itself belongs to none."""
FLOWS = {
    "hits": ("hits", "a year"),
    "in_production": ("projects in production", "number"),
    "entries": ("studios founded", "a year"),
    "enrolled": ("students admitted", "a year"),
    "migrants": ("people who move in", "a year"),
    "staying": ("graduates staying", "share"),
    "funding_rounds": ("venture rounds", "a year")}
"""Flow -> its name and unit, in the simulated city; hits are counted where they come out."""
REFILL = ("in_production", "entries", "enrolled", "staying", "migrants", "funding_rounds")
"""The flows that fill the pipeline."""
SUMMED = ("entries", "enrolled", "migrants", "funding_rounds")
"""Flows whose months add up."""
SERIES = ("in_production", "graduates", "students", *SUMMED)
ENROLMENT = 9
"""Month in which students enrol: the stock of students tells the graduates of all other months."""


def ratio(first: np.ndarray, later: np.ndarray) -> dict[str, float | int | None]:
    """Return mean(later) / mean(first) of pairs with its 80% and 95% intervals.

    first, later: values by seed, at least zero. Pairs with a missing value are left out; `ratio` and intervals are
    None where a mean is zero, intervals where there is one pair only.
    """
    from scipy.special import stdtrit

    known = np.isfinite(first) & np.isfinite(later)
    a, b, n = first[known], later[known], int(known.sum())
    cell: dict[str, float | int | None] = dict.fromkeys(("ratio", "low80", "high80", "low95", "high95"))
    cell |= {"first_mean": float(a.mean()) if n else None, "later_mean": float(b.mean()) if n else None, "pairs": n}
    if n and a.mean() > 0 and b.mean() > 0:
        center = float(np.log(b.mean() / a.mean()))
        cell["ratio"] = float(np.exp(center))
        if n > 1:
            error = float((b / b.mean() - a / a.mean()).std(ddof=1) / np.sqrt(n))
            for width, quantile in ((80, 0.90), (95, 0.975)):
                half = float(stdtrit(n - 1, quantile)) * error
                cell[f"low{width}"], cell[f"high{width}"] = float(np.exp(center - half)), float(np.exp(center + half))
    return cell


def graduated(months: np.ndarray, students: np.ndarray) -> np.ndarray:
    """Return all who graduate by month, those who leave included: what the stock of students loses.

    months: ordinals; students: (seeds, months), a stock at the end of the month, which only graduation lowers.
    Missing in the first month and in the months of enrolment.
    """
    lost = np.full(students.shape, np.nan)
    lost[:, 1:] = students[:, :-1] - students[:, 1:]
    lost[:, months % 12 == ENROLMENT - 1] = np.nan
    return lost


def spans(series: Mapping[str, np.ndarray], months: np.ndarray, hits: np.ndarray,
          release: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Return flow -> span -> value of each seed; missing where a span reaches beyond the run.

    series: the columns `SERIES`, each (seeds, months); hits: (seeds, months), titles that are hits by their month
    of release; months: ordinals; release: by seed, the ordinal of the hit's release (below zero: there is none).
    """
    out = graduated(months, series["students"])
    stay = np.where(np.isfinite(out), series["graduates"], 0.0)
    found: dict[str, dict[str, np.ndarray]] = {flow: {} for flow in FLOWS}
    for span, (first, last) in SPANS.items():
        values = {flow: np.full(len(release), np.nan) for flow in FLOWS}
        for k, month in enumerate(release):
            at = np.flatnonzero((months >= month + first) & (months <= month + last))
            if month < 0 or len(at) < last - first + 1:
                continue
            years = len(at) / 12
            values["hits"][k] = hits[k, at].sum() / years
            values["in_production"][k] = series["in_production"][k, at].mean()
            for flow in SUMMED:
                values[flow][k] = series[flow][k, at].sum() / years
            leaving = np.nansum(out[k, at])
            values["staying"][k] = stay[k, at].sum() / leaving if leaving > 0 else np.nan
        for flow in FLOWS:
            found[flow][span] = values[flow]
    return found


COMPARISONS = (
    ("after / before", ("with", "before"), ("with", "after")),
    ("after / before, without it", ("without", "before"), ("without", "after")),
    ("without / with it, year before", ("with", "before"), ("without", "before")),
    ("without / with it, year after", ("with", "after"), ("without", "after")),
    ("without / with it, three years after", ("with", "three"), ("without", "three")))
"""Name, and the two sets of values: world and span below, world and span above."""


def compare(worlds: Mapping[str, Mapping[str, Mapping[str, np.ndarray]]]) -> list[dict[str, Any]]:
    """Return one row for each flow and comparison; worlds: `with` and `without`, each as `spans` returns it."""
    rows = []
    for flow in FLOWS:
        for name, (world, span), (other, later) in COMPARISONS:
            if world in worlds and other in worlds:
                rows.append({"flow": flow, "comparison": name,
                             **ratio(worlds[world][flow][span], worlds[other][flow][later])})
    return rows


def kept(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return, by flow that fills the pipeline, its row of what is kept without the hit: in three years, else in one."""
    found: dict[str, Mapping[str, Any]] = {}
    for name in (COMPARISONS[4][0], COMPARISONS[3][0]):
        for row in rows:
            if row["comparison"] == name and row["flow"] in REFILL and row["ratio"] is not None:
                found.setdefault(row["flow"], row)
    return found


def lasting(worlds: Mapping[str, Mapping[str, np.ndarray]], base: str) -> list[dict[str, Any]]:
    """Return what each world keeps of the summed flows over the whole run: one row for each world and flow.

    worlds: by label the columns `SUMMED`, each (seeds, months); ratios are over the world `base`.
    """
    return [{"world": label, "flow": flow, **ratio(worlds[base][flow].sum(1), found[flow].sum(1))}
            for label, found in worlds.items() if label != base for flow in SUMMED]
