"""Outlay = windfall + additional: what was paid for would have happened anyway, or would not.

Every payment names the act that it was for and how much of it there was (the base).  The same act is looked
up in the run without the instrument (same seed, same luck): what is there of it is windfall, what is not is
additional (Bartik 2018; Lerner 2009 on the question).  Each is measured from the acts; the identity holds
them against the ledger's outlay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim.codes import TIERS


def split(payments: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> dict[str, float]:
    """Split the payments of one run into windfall and additional (million yuan).

    payments: rows of the table of one instrument and one run.  with_policy, without: the frames ``series``,
    ``projects`` and ``accounts`` of the run with the instrument and of its twin without it.
    """
    windfall = additional = 0.0
    for act, lines in payments.groupby("act", sort=True):
        there, base = MEASURES[str(act)](lines, with_policy, without)
        amount = lines["amount"].to_numpy()
        ratio = np.divide(there, base, out=np.zeros(len(lines)), where=base > 0)
        windfall += float((amount * np.minimum(1.0, ratio)).sum())
        additional += float((amount * np.maximum(0.0, np.divide(base - there, base, out=np.ones(len(lines)),
                                                                where=base > 0))).sum())
    return {"windfall": windfall, "additional": additional}


def band_in_words(summary: Any, instrument: str) -> str:
    """Write the 95% interval of an instrument's windfall as parts of its mean outlay, between nothing and all.

    summary: rows of mean and interval by instrument and flow. One pair of runs has no interval: `cannot tell`.
    """
    rows = summary[summary["instrument"] == instrument].set_index("flow")
    edges = np.array([rows.loc["windfall", key] for key in ("low95", "high95")], dtype=float)
    low, high = np.clip(edges / float(rows.loc["outlay", "mean"]), 0.0, 1.0)
    return f"{low:.0%} to {high:.0%}" if np.isfinite(edges).all() else "cannot tell"


def years(lines: Any) -> np.ndarray:
    """Return the calendar year of each payment."""
    return lines["month"].to_numpy().astype("datetime64[Y]").astype(np.int64) + 1970


def look_up(frame: Any, keys: list[str], column: str, wanted: list[np.ndarray]) -> np.ndarray:
    """Return a column of a frame at the given keys, 0 where they are not there; double keys are added up."""
    import pandas as pd

    sums = frame.groupby(keys)[column].sum()
    index = pd.MultiIndex.from_arrays(wanted, names=keys) if len(keys) > 1 else pd.Index(wanted[0], name=keys[0])
    return sums.reindex(index).fillna(0.0).to_numpy(float)


def work(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A work: its cost in the twin, against the cost that was supported."""
    ids = lines["act_id"].to_numpy()
    return look_up(without["projects"], ["project_id"], "cost", [ids]), lines["base"].to_numpy() / 1e6


def studio(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A studio's being there in the year."""
    found = look_up(without["accounts"], ["studio_id", "year"], "months", [lines["act_id"].to_numpy(), years(lines)])
    return (found > 0).astype(float), np.ones(len(lines))


def founding(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A studio's having been founded at all."""
    found = look_up(without["accounts"], ["studio_id"], "months", [lines["act_id"].to_numpy()])
    return (found > 0).astype(float), np.ones(len(lines))


def spending_on(column: str) -> Any:
    """Return the measure of an act that is a cost of the studio's year: rent, computing, wages."""
    def measure(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        keys = [lines["act_id"].to_numpy(), years(lines)]
        return (look_up(without["accounts"], ["studio_id", "year"], column, keys),
                look_up(with_policy["accounts"], ["studio_id", "year"], column, keys))
    return measure


def tier(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A studio's standing on the ladder at the year's end, as high as what was paid for."""
    accounts = without["accounts"]
    ranks = accounts["tier"].astype(str).map({name: k for k, name in enumerate(TIERS)})
    rank = accounts.assign(rank=ranks.astype(float))
    found = look_up(rank, ["studio_id", "year"], "rank", [lines["act_id"].to_numpy(), years(lines)])
    return (found >= lines["base"].to_numpy()).astype(float), np.ones(len(lines))


def in_month(column: str) -> Any:
    """Return the measure of an act that the series counts in the month that its identity names."""
    def measure(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        values = without["series"].sort_values("month")[column].to_numpy(float)
        return values[lines["act_id"].to_numpy()], lines["base"].to_numpy()
    return measure


def rounds(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Finance raised in the year: in the twin, against that with the fund (crowding out shows here)."""
    def raised(frames: dict[str, Any]) -> np.ndarray:
        series = frames["series"]
        return look_up(series.assign(year=series["month"].dt.year), ["year"], "venture_capital", [years(lines)])
    return raised(without), raised(with_policy)


def programme(lines: Any, with_policy: dict[str, Any], without: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Something that only the government buys: not there without it."""
    return np.zeros(len(lines)), np.ones(len(lines))


MEASURES: dict[str, Any] = {
    "work": work, "studio": studio, "founding": founding, "rent": spending_on("rent"),
    "compute": spending_on("compute"), "wage": spending_on("wages"), "profit": studio, "tier": tier,
    "newcomers": in_month("migrants"), "students": in_month("enrolled"), "rounds": rounds, "programme": programme}
"""How much of each kind of act there is in the twin, and how much was supported (`policies/payments.py`)."""
