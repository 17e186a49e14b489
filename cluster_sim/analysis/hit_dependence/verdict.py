"""Lucky hit or engine over luck alone: a plain verdict from four numbers, by thresholds that are stated here.

A  growth above the nation's (`nation.py`), first full year to last, as a part of the last year's value added;
L  share of that growth that is lost when the largest hit is taken away;
T  share of it that is lost when no title becomes a hit;
K  what the flows that fill the pipeline keep without the hit in the three years after it, the least of them.

A, L and T are means over seeds with 95% intervals, L and T by the measure of growth (at the end, over the years) that
speaks more against an engine. The verdict is the first of these that holds:

grows with the nation     A is below 5% with its whole interval: the city has kept step, and nothing rests on hits
lucky hit                 L is at least 50%, its whole interval too: half of growth hangs on one title
leans on one hit          L is at least 10%, its whole interval too
engine that runs on hits  L is below 10%, but T is at least 25%, both with their whole intervals
engine                    L below 10% and T below 25% with their whole intervals, and K at least 90%
not decided               none: an interval holds a threshold, or the pipeline thins

The thresholds are conventions of this command, not of the literature. A pair of runs shows what the model does
without a title on the same luck. That is luck, not knowledge: other numbers of the model that fit the facts as well may
say otherwise, and `posterior.py` asks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cluster_sim.analysis.hit_dependence.nation import GROWN
from cluster_sim.analysis.hit_dependence.pipeline import FLOWS
from cluster_sim.analysis.hit_dependence.top_titles import Window, summary

ONE_TITLE, HALF, MANY, KEPT = 0.10, 0.50, 0.25, 0.90

WORDS = {
    "grows with the nation": "Neither: it grows with the nation",
    "lucky hit": "A lucky hit",
    "leans on one hit": "Neither: growth leans on one hit",
    "engine that runs on hits": "An engine that runs on hits, but not on one",
    "engine": "An engine, not a lucky hit",
    "not decided": "Not decided"}


def verdict(above: np.ndarray, lost: Mapping[str, np.ndarray], top: Mapping[str, np.ndarray],
            kept: Mapping[str, Mapping[str, Any]], title: str, window: Window,
            near: tuple[Window, np.ndarray] | None = None) -> dict[str, Any]:
    """Return the verdict with its numbers and one line in words.

    above: growth above the nation's of each seed; lost, top: by measure, the shares of each seed of it; kept: by flow,
    a row of `pipeline.compare`; near: a shorter window that ends soon after the hit, and the shares of its growth lost
    at the end (for the line).
    """
    hit, many = worst(lost), worst(top)
    least = min(kept, key=lambda flow: kept[flow]["ratio"]) if kept else None
    own = summary(above)
    word = judge_growth(own) or judge(hit, many, kept[least]["ratio"] if least else None)
    alone = _alone(word, lost[hit["how"]], top[many["how"]])
    found: dict[str, Any] = {
        "verdict": word, "over": "luck alone", "above_the_nation": own, "lost_without_hit": hit,
        "lost_without_hits": many,
        "pipeline_kept": {flow: {k: row[k] for k in ("ratio", "low95", "high95", "comparison")}
                          for flow, row in kept.items()},
        "least_kept": least, "seeds_that_say_so_alone": alone,
        "thresholds": {"grown": GROWN, "one_title": ONE_TITLE, "half": HALF, "many_titles": MANY, "kept": KEPT}}
    found["lost_near_hit"] = {"first": near[0][0], "last": near[0][1], **summary(near[1])} if near else None
    found["line"] = line(found, title, window, len(lost[hit["how"]]))
    return found


def worst(values: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return the summary of the measure with the largest mean, and its name."""
    every = {how: summary(each) for how, each in values.items()}
    how = max(every, key=lambda name: float(-np.inf if (mean := every[name]["mean"]) is None else mean))
    return {"how": how, **every[how]}


def judge_growth(own: Mapping[str, Any]) -> str | None:
    """Return the verdict where growth above the nation's is none or cannot be told from none; else None."""
    if own["low95"] is None:
        return "not decided"
    if own["low95"] >= GROWN:
        return None
    return "grows with the nation" if own["high95"] < GROWN else "not decided"


def judge(hit: Mapping[str, Any], many: Mapping[str, Any], least: float | None) -> str:
    """Return the first verdict that holds; see the head of this file."""
    if hit["low95"] is None or many["low95"] is None:
        return "not decided"
    if hit["low95"] >= HALF:
        return "lucky hit"
    if hit["low95"] >= ONE_TITLE:
        return "leans on one hit"
    if hit["high95"] < ONE_TITLE:
        if many["low95"] >= MANY:
            return "engine that runs on hits"
        if many["high95"] < MANY and least is not None and least >= KEPT:
            return "engine"
    return "not decided"


def _alone(word: str, lost: np.ndarray, top: np.ndarray) -> int | None:
    """Return how many seeds meet the conditions on growth of the verdict by themselves; none if it is open."""
    conditions = {
        "lucky hit": lost >= HALF, "leans on one hit": (lost >= ONE_TITLE) & (lost < HALF),
        "engine that runs on hits": (lost < ONE_TITLE) & (top >= MANY),
        "engine": (lost < ONE_TITLE) & (top < MANY)}
    return int(conditions[word].sum()) if word in conditions else None


def line(found: Mapping[str, Any], title: str, window: Window, seeds: int) -> str:
    """Return the verdict in words with its numbers and their uncertainty."""
    own, hit, many, least, near = (found[key] for key in (
        "above_the_nation", "lost_without_hit", "lost_without_hits", "least_kept", "lost_near_hit"))
    part = "unknown" if own["mean"] is None else f"{own['mean']:.1%}{_interval(own)}"
    text = (f"{WORDS[found['verdict']]}, over luck alone. From {window[0]} to {window[1]} growth above the nation's "
            f"comes to {part} of the last year's value added. Without {title} it is {_less(hit)}"
            + (f"; that from {near['first']} to {near['last']}, {_less(near)}" if near else "")
            + f". If no title became a hit, it is {_less(many)}. ")
    if least:
        row = found["pipeline_kept"][least]
        text += (f"Without the hit every flow of the pipeline keeps {row['ratio']:.0%} or more; {FLOWS[least][0]} "
                 f"least{_interval(row)}.")
    else:
        text += "The run is too short to see the pipeline."
    alone = found["seeds_that_say_so_alone"]
    return text + ("" if alone is None else f" Of {seeds} seeds, {alone} say so alone.")


def _less(cell: Mapping[str, Any]) -> str:
    if cell["mean"] is None:
        return "of unknown size"
    sign = 1 if cell["mean"] >= 0 else -1
    how = f" {cell['how']}" if "how" in cell else ""
    return f"{abs(cell['mean']):.1%} {'smaller' if sign > 0 else 'larger'}{how}{_interval(cell, sign)}"


def _interval(cell: Mapping[str, Any], sign: int = 1) -> str:
    if cell["low95"] is None:
        return ""
    low, high = sorted((sign * cell["low95"], sign * cell["high95"]))
    shown = (f"{100 * each:.1f}".replace("-0.0", "0.0") for each in (low, high))
    return f" (95%: {' to '.join(shown)}%)"
