"""The runs that tell a lucky hit from an engine: which hit, which variants of the scenario, which titles flop."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from cluster_sim.analysis.compare import Side
from cluster_sim.analysis.hit_dependence import top_titles
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import month_text, plan

TABLES = ("series", "projects")
VARIANTS = {"without": "without {}", "later": "{} a year later", "elsewhere": "{} made in another city"}
BASE = "with"
DELAY = 12


@dataclass(frozen=True)
class Question:
    """What is asked: the scenario, its largest replayed hit (None: it has none), the runs, and what cannot be."""

    scenario: Any
    hit: dict[str, Any] | None
    sides: list[Side]
    years: list[int]
    notes: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The ordinal of the last month."""
        return int(self.sides[0].plan.runs[0].until)


def largest_hit(scenario: Any, last: int) -> dict[str, Any] | None:
    """Return the replayed hit with the largest gross that comes out in the city up to the month `last`."""
    hits = [event for event in scenario.events if event["kind"] == "hit" and not event.get("city")
            and scenario.start < event["month"] <= last]
    return max(hits, key=lambda event: (event["gross"], -event["month"]), default=None)


def prepare(scenario: Any, seeds: list[int], scale: float, until: int | None,
            set: Settings = None) -> Question:
    """Plan the runs of the scenario and of its variants. InputError if they cannot answer; nothing is written."""
    loaded = scenario_of(scenario, set)
    if len(seeds) < 2:
        raise InputError("an effect with an interval needs at least two seeds")
    last = loaded.end if until is None else until
    years = [year for year in range(loaded.start // 12, last // 12 + 1)
             if loaded.start <= year * 12 and year * 12 + 11 <= last]
    if len(years) < 2:
        raise InputError(f"growth needs two full calendar years; the run has {len(years)} "
                         f"({month_text(loaded.start)} to {month_text(last)})")
    hit, notes = largest_hit(loaded, last), []
    changed = {BASE: loaded}
    if hit is None:
        notes.append("The scenario replays no hit: the largest title of each run stands for it. It can flop (made and "
                     "paid for, but nobody comes); it cannot come later or from another city.")
    else:
        others = [event for event in loaded.events if event is not hit]
        moved: dict[str, list[dict[str, Any]]] = {
            "without": others, "later": _ordered([*others, hit | {"month": hit["month"] + DELAY}]),
            "elsewhere": _ordered([*others, hit | {"city": "elsewhere"}])}
        if hit["month"] + DELAY > last:
            del moved["later"]
            notes.append(f"A year later {hit['title']} would come out after the last month, {month_text(last)}: left "
                         "out.")
        for label, events in moved.items():
            name = f"{loaded.name}, {VARIANTS[label].format(hit['title'])}"
            changed[label] = replace(loaded, events=events, name=name)
    sides = [Side(label, plan(one, seeds, scale, until, tables=TABLES), label) for label, one in changed.items()]
    return Question(loaded, hit, sides, years, notes)


def _ordered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda e: (e["month"], e["kind"], e["title"]))


def flops(question: Question, projects: Any, seeds: list[int]) -> list[Side]:
    """Plan the runs in which the largest titles of each seed find no audience: one, five, twenty of them."""
    first = question.sides[0].plan.runs[0]
    loaded, sides = question.scenario, []
    for count in top_titles.TOPS:
        events = [{"month": loaded.start, "kind": "flop", "title": f"{rank} of seed {seed}", "project": str(one),
                   "seed": seed}
                  for seed, ids in top_titles.largest(projects, seeds, count).items()
                  for rank, one in enumerate(ids, 1)]
        what = "largest title" if count == 1 else f"{count} largest titles"
        changed = replace(loaded, events=_ordered([*loaded.events, *events]), name=f"{loaded.name}, {what} flop")
        folder = f"top_{count}-{hashlib.sha256(changed.digest().encode()).hexdigest()[:6]}"
        sides.append(Side(f"top_{count}", plan(changed, seeds, first.scale, first.until, tables=TABLES), folder))
    return sides
