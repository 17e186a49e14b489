"""What the tests of the engine share: a small city, a plain scenario, and comparisons to the last bit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from cluster_sim import policies as law
from cluster_sim.city import City, load_city
from cluster_sim.codes import Life
from cluster_sim.model import ClusterModel
from cluster_sim.parameters import defaults

JANUARY_2017 = 2017 * 12
AS_MADE = {"start.rest_months": 0.0, "gaps.attraction": 0.11, "gaps.people": 0.0}
"""Most tests look at a start that they can reckon, not at one that a burn-in has led to."""
SCALE = 1 / 200                     # 75 studios, 1,700 workers, 8 x 8 cells of 1.4 km: a month takes a millisecond


@lru_cache
def town() -> City:
    """Return the city of the tests, from its own folder."""
    return load_city(Path(__file__).parent / "town")


def plain(months: int = 24, *, start: int = JANUARY_2017, city: City | str | None = None, policies: Any = None,
          events: Any = (), outside: Any = None, par: dict[str, float] | None = None) -> SimpleNamespace:
    """Return the fields of a scenario that the model reads, without a file."""
    city = load_city(city) if isinstance(city, str) else city or town()
    unknown = set(par or {}) - set(defaults())
    assert not unknown, f"no such parameters: {unknown}"
    parameters = defaults() | city.parameters | AS_MADE | (par or {})
    return SimpleNamespace(parameters=parameters, city_data=city, city=city.name,
                           start=start, end=start + months - 1, policies=policies or {}, events=list(events),
                           outside=outside or {})


def build(months: int = 24, *, seed: int = 1, scale: float = SCALE, keep: tuple[str, ...] = (),
          **options: Any) -> ClusterModel:
    """Return a model of the town at its start; options as in `plain`."""
    return ClusterModel(plain(months, **options), seed=seed, scale=scale, keep=keep)


def entry(instrument: str, since: int = JANUARY_2017, **keys: Any) -> dict[str, Any]:
    """Return one complete dated entry of an instrument: its defaults and the given keys."""
    known = law.instruments()[instrument].keys
    assert not set(keys) - set(known), f"{instrument} has no keys {set(keys) - set(known)}"
    return {"from": since} | {name: key.default for name, key in known.items()} | keys


def differences(a: dict[str, np.ndarray], b: dict[str, np.ndarray], skip: tuple[str, ...] = ()) -> list[str]:
    """Return the columns of two runs that differ in any byte, with the first row in which they do."""
    assert list(a) == list(b)
    found = []
    for name in a:
        x, y = a[name], b[name]
        if name in skip or x.tobytes() == y.tobytes():
            continue
        if len(x) != len(y):
            found.append(f"{name}: {len(x)} rows against {len(y)}")
            continue
        row = next(t for t in range(len(x)) if x[t:t + 1].tobytes() != y[t:t + 1].tobytes())
        found.append(f"{name} from row {row}: {x[row]!r} against {y[row]!r}")
    return found


def tables(model: ClusterModel) -> dict[str, np.ndarray]:
    """Return the numeric columns of everything that a run leaves behind: series, ledger, titles."""
    parts = {"series": model.series(), "ledger": model.ledger_table(), "titles": model.projects_table(),
             "credits": model.credits_table(), "map": model.map()}
    return {f"{part}.{name}": column for part, columns in parts.items() for name, column in columns.items()
            if isinstance(column, np.ndarray) and column.dtype != object}


def alive(model: ClusterModel, **equal: Any) -> np.ndarray:
    """Return the rows of living studios, of those whose columns have the given values."""
    studios = model.studios.used
    keep = studios["alive"] == Life.ALIVE
    for name, value in equal.items():
        keep &= studios[name] == value
    return np.flatnonzero(keep)


def add_project(model: ClusterModel, owner: int, **columns: Any) -> int:
    """Add a work of a studio to the table of projects and return its row; the caller sets what it tests.

    The owner's segment counts; the work is new, finished in nothing, and has no partners.
    """
    row = int(model.projects.allocate(1)[0])
    j, s = model.projects.rows, model.studios.rows
    j["id"][row] = 10**6 + row
    j["owner"][row], j["owner_id"][row], j["segment"][row] = owner, s["id"][owner], s["segment"][owner]
    j["serial"][row] = 1000 + row
    j["released"][row] = -1
    for name, value in columns.items():
        j[name][row] = value
    return row


def clear_projects(model: ClusterModel) -> None:
    """Take all works and credits away, so that a test sees only its own."""
    for table in (model.projects, model.credits):
        table.used[:] = np.zeros((), table.rows.dtype)
        table.high, table.free = 0, []
    model.studios.used["projects"] = 0
    model.books.wip_stock = 0.0
