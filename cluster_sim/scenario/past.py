"""What a scenario says of the months before a given one: scenarios that say the same of them share their past.

Parameters, the city, the months of a run, frozen conditions, AI tools and pandemics count from the first month on,
whatever they say.  Entries of policies, changes of outside paths and other events count from the month in which they
begin to act; nobody in the model looks ahead.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, NamedTuple

NEVER = 1_000_000
"""A month after all months."""
DATED_PATHS = ("market", "foreign", "rest_gdp", "outside_wage")


class Change(NamedTuple):
    """Something that a scenario begins with a month, counted from the run's first; `what` is a digest of it."""

    month: int
    what: str


class Changes(NamedTuple):
    """A scenario as what holds from its first month on (a digest), and what it changes later, in order."""

    whole: str
    later: tuple[Change, ...]

    def past(self, month: int) -> str:
        """Return a digest of what the scenario says of its first so many months."""
        return digest([self.whole, *(change for change in self.later if change.month < month)])

    @property
    def order(self) -> tuple[Change, ...]:
        """A key that sorts scenarios so that those with a long common past stand side by side."""
        return *self.later, Change(NEVER, "")

    def shared(self, other: Changes) -> int:
        """Return the number of months from the first of which both say the same; NEVER if it is all of them."""
        if self.whole != other.whole:
            return 0
        pairs = zip(self.order, other.order, strict=False)
        return next((min(one.month, two.month) for one, two in pairs if one != two), NEVER)


def changes(setup: Any) -> Changes:
    """Return what a scenario says, by the month from which it counts.

    >>> from cluster_sim import load_scenario
    >>> early, late = (changes(load_scenario("no_policy", {f"outside.market.{k}": v for k, v in
    ...                {"from": month, "factor": 1.2}.items()})) for month in ("2026-01", "2028-01"))
    >>> early.shared(late), late.shared(early), early.past(108) == late.past(108), early.past(109) == late.past(109)
    (108, 108, True, False)
    """
    start = setup.start
    later = [(entry["from"], [name, entry]) for name, law in setup.policies.items() for entry in law]
    lead = math.ceil(setup.parameters["release.replay_lead"])
    later += [(acts_from(event, lead), event) for event in setup.events if event["kind"] != "pandemic"]
    later += [(change["from"], [name, change]) for name, change in setup.outside.items() if name in DATED_PATHS]
    whole = [setup.city, setup.city_digest, start, setup.end, setup.parameters,
             {name: value for name, value in setup.outside.items() if name not in DATED_PATHS},
             [event for event in setup.events if event["kind"] == "pandemic"]]
    return Changes(digest(whole), tuple(sorted(Change(max(0, month - start), digest(what)) for month, what in later)))


def acts_from(event: dict[str, Any], lead: int) -> int:
    """Return the first month (an ordinal) in which an event changes anything: a film from its green light on."""
    made_here = event["kind"] == "hit" and not event.get("city")
    return int(event["month"]) - lead * made_here


def digest(content: Any) -> str:
    """Return 32 hexadecimal digits over plain values."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
