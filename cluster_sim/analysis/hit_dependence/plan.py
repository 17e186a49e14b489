"""The runs that tell a lucky hit from an engine: which hit, which variants of the scenario, which titles flop."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cluster_sim.analysis.compare import Side
from cluster_sim.analysis.hit_dependence import posterior, top_titles
from cluster_sim.analysis.posterior.draws import Draws, effective_of
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.plan import Plan, month_text, plan
from cluster_sim.runs.sweeps import Point, Points, load_sweep

TABLES = ("series", "projects")
VARIANTS = {"without": "without {}", "later": "{} a year later", "elsewhere": "{} made in another city",
            "half_hits": "half of the hits", "no_hits": "without any hit"}
BASE = "with"
DELAY = 12
PARTS = {"half_hits": 0.5, "no_hits": 1.0}
"""Label of a world with fewer hits -> part of the titles on their way to a hit that find no audience."""


@dataclass(frozen=True)
class Worlds:
    """The worlds of a posterior: each is one of the draws, with luck (a seed) that no other world has."""

    draws: Draws
    chosen: np.ndarray
    """(worlds,) number of the draw that each world is of."""

    @classmethod
    def of(cls, draws: Draws, samples: int, each: int) -> Worlds:
        """Return `samples` equal draws with so many worlds `each`."""
        return cls(draws, np.repeat(np.repeat(np.arange(len(draws.weights)), draws.resample(samples)), each))

    @property
    def warning(self) -> str | None:
        """What to know before any run: that the draws are worth too few equal ones for a probability; else None."""
        taken = np.bincount(self.chosen)
        effective = min(self.draws.effective, effective_of(taken))
        if effective >= posterior.FEW:
            return None
        return f"{posterior.few(int((taken > 0).sum()), effective)}; take draws with more even weights"

    def plan(self, scenario: Any, seeds: list[int], scale: float, until: int | None) -> Plan:
        """Plan the runs of a scenario in all worlds, each with its own seed and the numbers of its draw."""
        used, rows = np.unique(self.chosen, return_inverse=True)
        values = {path: column.tolist() for path, column in zip(self.draws.paths, self.draws.values[used].T,
                                                                strict=True)}
        last = scenario.end if until is None else until
        sweep = load_sweep({"name": scenario.name, "design": "list", "factors": values, "scale": scale,
                            "until": month_text(last), "outputs": list(TABLES[1:])}, scenario)
        return Points(sweep).plan(Point(self.draws.point(int(draw)), tuple(np.array(seeds)[rows == k].tolist()))
                                  for k, draw in enumerate(used))


@dataclass(frozen=True)
class Question:
    """What is asked: the scenario, its largest replayed hit (None: it has none), the runs, and what cannot be."""

    scenario: Any
    hit: dict[str, Any] | None
    sides: list[Side]
    years: list[int]
    notes: list[str] = field(default_factory=list)
    worlds: Worlds | None = None
    """The worlds of a posterior; None: seeds of one scenario, which differ in luck alone."""

    def plan(self, scenario: Any, seeds: list[int], scale: float, until: int | None) -> Plan:
        """Plan the runs of a scenario in the worlds asked about."""
        return planned(self.worlds, scenario, seeds, scale, until)

    @property
    def tops(self) -> tuple[int, ...]:
        """How many of the largest titles of each run flop together; over a posterior the largest alone, if at all."""
        if self.worlds is None:
            return top_titles.TOPS
        return () if self.hit else top_titles.TOPS[:1]

    @property
    def runs(self) -> int:
        """How many runs it takes at most."""
        return sum(len(side.plan.runs) for side in self.sides) + len(self.tops) * len(self.sides[0].plan.runs)

    @property
    def last(self) -> int:
        """The ordinal of the last month."""
        return int(self.sides[0].plan.runs[0].until)


def planned(worlds: Worlds | None, scenario: Any, seeds: list[int], scale: float, until: int | None) -> Plan:
    """Plan the runs of a scenario for seeds, or for the worlds of a posterior."""
    if worlds is None:
        return plan(scenario, seeds, scale, until, tables=TABLES)
    return worlds.plan(scenario, seeds, scale, until)


def largest_hit(scenario: Any, last: int) -> dict[str, Any] | None:
    """Return the replayed hit with the largest gross that comes out in the city up to the month `last`."""
    hits = [event for event in scenario.events if event["kind"] == "hit" and not event.get("city")
            and scenario.start < event["month"] <= last]
    return max(hits, key=lambda event: (event["gross"], -event["month"]), default=None)


def prepare(scenario: Any, seeds: list[int], scale: float, until: int | None,
            set: Settings = None, worlds: Worlds | None = None) -> Question:
    """Plan the runs of the scenario and of its variants. InputError if they cannot answer; nothing is written.

    worlds: those of a posterior, one for each of the seeds; a hit is then neither delayed nor made elsewhere.
    """
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
        if worlds is not None:
            del moved["later"], moved["elsewhere"]
        elif hit["month"] + DELAY > last:
            del moved["later"]
            notes.append(f"A year later {hit['title']} would come out after the last month, {month_text(last)}: left "
                         "out.")
        for label, events in moved.items():
            name = f"{loaded.name}, {VARIANTS[label].format(hit['title'])}"
            changed[label] = replace(loaded, events=events, name=name)
    for label, part in PARTS.items():
        event = {"month": loaded.start, "kind": "no_hits", "title": label, "part": part}
        changed[label] = replace(loaded, events=_ordered([*loaded.events, event]),
                                 name=f"{loaded.name}, {VARIANTS[label]}")
    sides = [Side(label, planned(worlds, one, seeds, scale, until), label) for label, one in changed.items()]
    return Question(loaded, hit, sides, years, notes, worlds)


def _ordered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda e: (e["month"], e["kind"], e["title"]))


def flops(question: Question, projects: Any, seeds: list[int]) -> list[Side]:
    """Plan the runs in which the largest titles of each seed find no audience: one, five, twenty of them."""
    first = question.sides[0].plan.runs[0]
    loaded, sides = question.scenario, []
    for count in question.tops:
        events = [{"month": loaded.start, "kind": "flop", "title": f"{rank} of seed {seed}", "project": str(one),
                   "seed": seed}
                  for seed, ids in top_titles.largest(projects, seeds, count).items()
                  for rank, one in enumerate(ids, 1)]
        what = "largest title" if count == 1 else f"{count} largest titles"
        changed = replace(loaded, events=_ordered([*loaded.events, *events]), name=f"{loaded.name}, {what} flop")
        folder = f"top_{count}-{hashlib.sha256(changed.digest().encode()).hexdigest()[:6]}"
        sides.append(Side(f"top_{count}", question.plan(changed, seeds, first.scale, first.until), folder))
    return sides
