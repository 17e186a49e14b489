"""Rules of one's own: the events of a month with a rule added behind one of them, or put in the place of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cluster_sim.inputs.errors import nearest

Event = Callable[[Any], None]
"""What happens in a month: a function of the model."""


@dataclass(frozen=True)
class Rule:
    """A rule that somebody put behind an event."""

    after: Event
    function: Event

    def __call__(self, model: Any) -> None:
        self.function(model)


def name_of(event: Event) -> str:
    """Return how an event is called: its file and its function, such as ``hiring.fill_vacancies``."""
    function = event.function if isinstance(event, Rule) else event
    return f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"


def find(events: Sequence[Event], event: Event | str) -> int:
    """Return the place of an event, given as the function or by its name; ValueError with the nearest name."""
    for place, known in enumerate(events):
        if event is known or event in (name_of(known), name_of(known).rpartition(".")[2]):
            return place
    word = event if isinstance(event, str) else name_of(event)
    names = [name_of(known) for known in events]
    close = nearest(word, names)
    raise ValueError(f"no event '{word}' in a month; "
                     + (f"did you mean '{close}'?" if close else f"its events: {', '.join(names)}"))


def with_rule(events: Sequence[Event], event: Event | str, function: Event) -> tuple[Event, ...]:
    """Return the events with a rule behind one of them, and behind the rules that follow it already.

    >>> def first(model): pass
    >>> def second(model): pass
    >>> def mine(model): pass
    >>> " ".join(name_of(event).rpartition(".")[2] for event in with_rule((first, second), "first", mine))
    'first mine second'
    """
    place = find(events, event)
    rule, end = Rule(events[place], function), place + 1
    while end < len(events) and getattr(events[end], "after", None) is rule.after:
        end += 1
    return (*events[:end], rule, *events[end:])


def with_event(events: Sequence[Event], event: Event | str, other: Event) -> tuple[Event, ...]:
    """Return the events with another one in the place of one of them: `EVENTS` of a subclass of the model.

    >>> def first(model): pass
    >>> def mine(model): pass
    >>> with_event((first,), first, mine) == (mine,)
    True
    """
    place = find(events, event)
    return (*events[:place], other, *events[place + 1:])
