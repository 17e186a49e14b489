"""Events of history and what-if: a replayed hit, titles that flop, a convention, months of a pandemic.

A replayed hit may be made in another city: then it competes for the audience here and does nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cluster_sim.codes import SEGMENTS, Life, Segment, Stage
from cluster_sim.draws import TITLE, identity


@dataclass
class Hit:
    """A replayed hit: a film that a studio of the city releases in a given month with a given gross.

    With `city` it is made there instead: the same film comes out in the same month and takes the same part of
    the audience, but no studio of this city owns it, works for it, or gets receipts, fame or a franchise.
    `lead` is the months from green light to release, if the run starts early enough.
    `owned_elsewhere` is the part of cost and receipts that owners in other cities carry; None where no source says it.
    """

    release: int
    title: str
    gross: float
    budget: float
    segment: int
    lead: float
    studio: str = ""
    zone: str = ""
    city: str = ""
    owned_elsewhere: float | None = None
    makers: dict[str, int] = field(default_factory=dict)        # identities of studios, shared by all films
    begun: bool = False
    identity: int = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.title.encode()).digest()
        self.identity = int(identity(TITLE, int.from_bytes(digest[:7], "big"), 0))

    def due(self, t: int) -> bool:
        """Say whether work on it must start now."""
        return not self.city and not self.begun and self.release - self.lead <= t < self.release

    def started(self, t: int) -> None:
        """Note that the project exists."""
        self.begun = True

    def choose_owner(self, model) -> int | None:
        """Return the row of the studio: the one that made this maker's last hit, else the best of its segment.

        A zone in the scenario restricts the choice; houses of a few dozen to some hundred people come first;
        equals go by identity.
        """
        studios = model.studios.used
        known = self.makers.get(self.studio)
        if self.studio and known is not None:
            rows = np.flatnonzero((studios["id"] == known) & (studios["alive"] == Life.ALIVE.value))
            if rows.size:
                return int(rows[0])
        fits = (studios["alive"] == Life.ALIVE.value) & (studios["segment"] == self.segment) & (studios["anchor"] == 0)
        fits &= studios["solo"] == 0
        if self.zone in model.places.zone_index:
            inside = (model.studio_zones() & (1 << model.places.zone_index[self.zone])) != 0
            fits = fits & inside if (fits & inside).any() else fits
        rows = np.flatnonzero(fits)
        if not rows.size:
            return None
        staff, par = studios["staff"][rows], model.par
        small = rows[(staff >= par["release.maker_smallest"]) & (staff <= par["release.maker_largest"])]
        rows = small if small.size else rows
        standing = studios["reputation"][rows] + studios["quality"][rows]
        row = int(rows[np.lexsort((studios["id"][rows], -standing))[0]])
        self.makers[self.studio or self.title] = int(studios["id"][row])
        return row

    def happen(self, model) -> None:
        """Nothing more: the project carries the hit through green light, production and release."""

    def meet_audience(self, model) -> None:
        """Let a film of another city crowd the cinemas of its months, as `release.screen` counts those made here."""
        seg, run = model.rules.segments[self.segment], model.t - self.release
        if self.city and 0 <= run < seg["run"]:
            decay = float(seg["run_decay"])
            model.month.crowd[self.segment] += np.floor(self.gross * model.scale * (1.0 - decay) * decay**run)


@dataclass
class Flop:
    """A title of the run that finds no audience from a month on, though it was made and paid for.

    The title goes by its identity (`project_id` of the table of titles), which paired runs share; with `seed` it
    flops only in the run of that seed. A what-if about a title's success, not about its making.
    """

    month: int
    project: int
    seed: int | None = None

    def happen(self, model) -> None:
        """Nothing: the title is made as any other."""

    def due(self, t: int) -> bool:
        """Say that no film has to be made for it."""
        return False

    def meet_audience(self, model) -> None:
        """Take the title's audience away."""
        if model.t >= self.month and self.seed in (None, model.seed):
            projects = model.projects.used
            mine = (projects["id"] == self.project) & (projects["stage"] == Stage.RUNNING.value)
            for name in ("potential", "crowd", "talk"):
                projects[name][mine] = 0.0


@dataclass
class NoHits:
    """Hits that find no audience, whichever they are: all of those released from a month on, or a part by lot.

    What counts is a title's gross at home before others compete with it, against the threshold of a hit in the whole
    city; a title of a small city loses the hits among those that it stands for (`title_luck`), so that what is expected
    of the loss does not depend on the scale.  Replayed hits are hits too.
    """

    month: int
    part: float = 1.0

    def happen(self, model) -> None:
        """Set the part of the hits among the month's new titles that find no audience."""
        if model.t >= self.month:
            model.city_state["hits_denied"] = self.part

    def due(self, t: int) -> bool:
        """Say that no film has to be made for it."""
        return False

    def meet_audience(self, model) -> None:
        """Nothing: the titles have been denied their luck at their release."""


@dataclass
class Convention:
    """A large convention: a month of talk in a segment (the World Science Fiction Convention of 2023)."""

    month: int
    buzz: float
    segment: int = Segment.SCIFI

    def happen(self, model) -> None:
        """Add the talk in its month."""
        if model.t == self.month:
            model.city_state["buzz"][0, self.segment] += self.buzz

    def due(self, t: int) -> bool:
        """Say that no film has to be made for it."""
        return False

    def meet_audience(self, model) -> None:
        """Nothing: it shows no title."""


def read_events(events: list[dict[str, Any]], start: int,
                par: dict[str, float]) -> list[Hit | Flop | NoHits | Convention]:
    """Return the events of a scenario with months counted from the start; a pandemic is an outside path."""
    result: list[Hit | Flop | NoHits | Convention] = []
    makers: dict[str, int] = {}
    for event in events:
        t = event.get("month", start) - start
        segment = SEGMENTS.index(event["segment"]) if event.get("segment") else None
        if event["kind"] == "hit":
            gross = event["gross"] * 1e6
            budget = (event.get("budget") or par["release.replay_budget"] * event["gross"]) * 1e6
            result.append(Hit(t, event["title"], gross, budget, 0 if segment is None else segment,
                              par["release.replay_lead"], event.get("studio") or "", event.get("zone") or "",
                              event.get("city") or "", event.get("owned_elsewhere"), makers))
        elif event["kind"] == "flop":
            result.append(Flop(t, int(event["project"]), event.get("seed")))
        elif event["kind"] == "no_hits":
            part = event.get("part")
            result.append(NoHits(t, 1.0 if part is None else float(part)))
        elif event["kind"] == "convention":
            result.append(Convention(t, event["buzz"], Segment.SCIFI if segment is None else segment))
    return result
