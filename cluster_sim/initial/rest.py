"""Rest, the zero point: a city that has lived for decades in a world that stands still.

A start that is made by hand (`populate`) is no place where the model stays: studios lie where floor lies, ties and
cash are guesses.  So a city of its own lives some six hundred months before the run, in a frozen world, without
policy and events, while two things that no source gives are solved by holding what sources do give: how attractive
other cities' studios are (by the jobs of each segment) and how many people come (by the wage relative to other
cities).  What it then is, a run starts from; `gaps` opens what the history of the city had not yet closed.

There are `start.rest_states` states of rest for each set of parameters, of luck of their own; a run's seed says which
it takes.  A state has a number and is the same however many there are.
"""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np

from cluster_sim.draws import IDENTITY, uniform_for
from cluster_sim.initial import rest_store
from cluster_sim.initial.hold import Hold
from cluster_sim.initial.markets import price_effort, set_usual_density
from cluster_sim.initial.outside import still_outside
from cluster_sim.initial.rest_state import restore, shift, snapshot
from cluster_sim.initial.studios import counted_studios
from cluster_sim.month import observe
from cluster_sim.month.founding import set_usual_income

FIRST_SEED = 7_000_000_000      # technical: burn-ins have luck that no run of a usual seed has
RENEWED_BEFORE, SETTLED_BEFORE = 0.8, 0.5       # technical: of the burn-in
"""Parts of the burn-in before the start: between them costs and prices of the time become the usual ones, after them
corrections count."""
WHICH_REST = -7                 # technical: keys the draw that says which state of rest a seed takes
RENEWAL = 1.0 / 24.0            # technical: weight of a month in what becomes usual
ALWAYS_OPEN = -1_000_000        # technical: month of opening of parks that are older than any burn-in


def bring_to_rest(model: Any) -> None:
    """Let a laid-out city without inhabitants take over a state of rest; note the time that making it took."""
    number = int(model.par["start.rest_states"] * uniform_for(model.seed, IDENTITY, WHICH_REST, 0))
    store = rest_store.RestStore.of(model, number)
    state = store.read()
    if state is None:
        began = time.perf_counter()
        state = live_to_rest(model, number)
        model.burn_in_seconds = time.perf_counter() - began
        store.write(state)
    restore(model, state)


def live_to_rest(model: Any, number: int) -> dict[str, np.ndarray]:
    """Return the state of rest with this number, of a city laid out like the model's."""
    months = int(model.par["start.rest_months"])
    city = type(model)(still_world(model), seed=FIRST_SEED + number, scale=model.scale)
    stand_still(city, months)
    shift(city, -months)
    city.t = -months
    hold = Hold(city, city.labour.jobs / (1.0 + model.par["gaps.capacity"]), counted_studios(city))
    events = [event for event in city.EVENTS if event is not observe.observe]
    renewed, settled = (-int(part * months) for part in (RENEWED_BEFORE, SETTLED_BEFORE))
    for _ in range(months):
        city.live_month(events)
        hold.adjust(city, counted=city.t > settled)
        if renewed <= city.t < settled:
            price_effort(city, RENEWAL)
            set_usual_density(city, RENEWAL)
            set_usual_income(city, RENEWAL)
        if city.t % 12 == 0:
            city.kept.forget_titles()
    hold.fix(city)
    return snapshot(city)


def still_world(model: Any) -> SimpleNamespace:
    """Return the scenario of a world that stands still, as it is in the model's first month: no law, no events."""
    setup = model.setup
    parameters = {**setup.parameters, "start.rest_months": 0.0, "gaps.attraction": 0.0, "gaps.people": 0.0,
                  "gaps.wage": 0.0, "gaps.capacity": 0.0}
    return SimpleNamespace(parameters=parameters, city=setup.city, city_data=model.city, policies={}, events=[],
                           start=setup.start, end=setup.start, outside=still_outside(setup))


def stand_still(city: Any, months: int) -> None:
    """Give every month before the start the outside world of the first one, and let parks be open or not for good."""
    city.outside = {name: np.repeat(path[:1], months, 0) for name, path in city.outside.items()
                    if not name.startswith("reference_")}
    opened = city.space.parks["opened"]
    city.space.parks["opened"] = np.where(opened <= 0, ALWAYS_OPEN, opened)
