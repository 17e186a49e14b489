"""Branches: a model goes on from the state of another, so that runs that agree until a month live their past once.

A snapshot is the whole model between two months as bytes in memory; any number of models go on from it, each under a
scenario of its own that says the same of the months lived (`scenario/past.py` tells which do).  It never becomes a
file: bytes that somebody else may have written are not to be unpickled.  Random numbers are keyed by seed, purpose,
entity and month, so no state of a generator comes into it.
"""

from __future__ import annotations

import io
import json
import pickle
from typing import Any

import numpy as np

from cluster_sim import policies
from cluster_sim.initial.outside import outside_paths
from cluster_sim.month.events import Hit, read_events


class _Pickler(pickle.Pickler):
    """Leaves out what all models have in common: the city's files, the scenario, and the types of records.

    Compiled code knows a type of record at once by its object and, where it is another one, by comparing all columns.
    """

    def __init__(self, stream: io.BytesIO, model: Any) -> None:
        super().__init__(stream, protocol=5)
        self.common = {id(model.city), id(model.setup)}
        self.shared: dict[int, Any] = {}

    def persistent_id(self, obj: Any) -> int | None:
        """Return the place of a thing among those left out, None for one that is stored."""
        if id(obj) not in self.common and not (type(obj) is np.dtypes.VoidDType and obj.names):
            return None
        self.shared.setdefault(id(obj), obj)
        return list(self.shared).index(id(obj))


class _Unpickler(pickle.Unpickler):
    """Puts back what was left out."""

    def __init__(self, stream: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(stream)
        self.shared = shared

    def persistent_load(self, place: int) -> Any:
        """Return what was left out."""
        return self.shared[place]


class Snapshot:
    """A model between two months; taking it changes nothing in the model.

    >>> from cluster_sim.model import ClusterModel
    >>> model = ClusterModel("no_policy", seed=1, scale="1/400", until="2017-03")
    >>> model.step()
    >>> snapshot = Snapshot(model)
    >>> twin = snapshot.go_on(model.setup)
    >>> twin.run().series()["employment"].tolist() == model.run().series()["employment"].tolist()
    True
    """

    def __init__(self, model: Any) -> None:
        if model.within_month:
            raise RuntimeError("a snapshot is taken between two months, not within one")
        self.t = int(model.t)
        stream = io.BytesIO()
        taker = _Pickler(stream, model)
        taker.dump(model)
        self.content, self.shared = stream.getvalue(), list(taker.shared.values())

    @property
    def size(self) -> int:
        """Bytes that it takes in memory."""
        return len(self.content)

    def go_on(self, setup: Any) -> Any:
        """Return a model that has lived the snapshot's months and lives on under a scenario.

        ValueError if the scenario says something else of the months lived, as far as a model can tell.
        """
        model = _Unpickler(io.BytesIO(self.content), self.shared).load()
        old = model.setup
        same = ("city", "city_digest", "start", "end", "parameters")
        if any(getattr(old, name, None) != getattr(setup, name, None) for name in same):
            raise ValueError("the scenario differs from the snapshot's from the first month on")
        outside = outside_paths(setup, model.city)
        if outside.keys() != model.outside.keys() or any(
                path[: self.t].tobytes() != model.outside[name][: self.t].tobytes() for name, path in outside.items()):
            raise ValueError("the scenario's world outside differs from the snapshot's in a month already lived")
        model.setup, model.outside = setup, outside
        model.instruments = continued_instruments(model, setup.policies)
        model.events = continued_events(model, old.events)
        model.burn_in_seconds = 0.0         # whoever took the snapshot has told of it
        return model


def continued_instruments(model: Any, laws: dict[str, list[dict[str, Any]]]) -> list[policies.Instrument]:
    """Return the instruments of a scenario by name: those in force go on with its entries, others are new.

    ValueError if one of them has other entries for the months lived, the first month to come apart.
    """
    last = model.ordinal - 1
    known = {each.name: each for each in model.instruments if each.in_force}
    found = []
    for name, law in sorted(laws.items()):
        fresh = policies.instruments()[name](law)
        before = known.pop(name, None)
        if entries_until(before, last) != entries_until(fresh, last):
            raise ValueError(f"the entries of {name} differ from the snapshot's in a month already lived")
        if before is not None:
            before.timeline = fresh.timeline
        found.append(before or fresh)
    if known:
        raise ValueError(f"{min(known)} is in force in the snapshot and not in the scenario")
    return found


def entries_until(instrument: policies.Instrument | None, month: int) -> list[dict[str, Any]]:
    """Return the entries of an instrument, None for one without, up to a month (an ordinal)."""
    return [] if instrument is None else [entry for entry in instrument.timeline if entry["from"] <= month]


def continued_events(model: Any, old: list[dict[str, Any]]) -> list[Any]:
    """Return the events of the model's scenario; those that the old one has too stay the objects that they are."""
    lasting = dict(zip(map(written, model_events(old)), model.events, strict=True))
    makers = next((event.makers for event in model.events if isinstance(event, Hit)), {})
    found = []
    now = read_events(model.setup.events, model.first_month, model.par)
    for event, fresh in zip(model_events(model.setup.events), now, strict=True):
        if isinstance(fresh, Hit):
            fresh.makers = makers           # who made a studio's films so far makes its next ones
        found.append(lasting.get(written(event), fresh))
    return found


def model_events(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events that happen in the model; a pandemic is a path outside."""
    return [event for event in events if event["kind"] != "pandemic"]


def written(event: dict[str, Any]) -> str:
    """Return an event as text, the same for the same event."""
    return json.dumps(event, sort_keys=True)
