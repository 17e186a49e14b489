"""A city's state as plain arrays of bytes and numbers: taken from one model, given to another of the same layout."""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_sim import people_ledger as P
from cluster_sim.codes import HitState
from cluster_sim.month import ties
from cluster_sim.month.observe import STATE
from cluster_sim.month.rivals import Rivals
from cluster_sim.nation.parameters import NationParameters, from_dict
from cluster_sim.nation.state import Rest, State
from cluster_sim.records import COLUMNS, STAKE
from cluster_sim.state import Markets

TABLES = ("talents", "studios", "projects", "credits", "funds")
KINDS = {"talents": "person", "studios": "studio", "projects": "project"}
NAMES = (*STATE, "employment")
NOT_YET = -1                    # month of release of a work that is not out
FRESH = ("other_sector_balance",)       # counts from the start on


def shift(model: Any, months: int) -> None:
    """Move every month that agents and works remember by so many months."""
    for table, kind in KINDS.items():
        rows = getattr(model, table).used
        for column in COLUMNS[kind]:
            if column.unit == "t":
                values = rows[column.name]
                moved = values + values.dtype.type(months)
                rows[column.name] = np.where(values == NOT_YET, values, moved) if column.name == "released" else moved
    model.stakes["month"] += months


def snapshot(model: Any) -> dict[str, np.ndarray]:
    """Return all that a city's future depends on, besides its scenario, seed and layout."""
    state = {"state": np.array([float(model.state[name]) for name in NAMES]), "city": as_bytes(model.city_state),
             "stakes": as_bytes(model.stakes), "ties": as_bytes(model.partners.ties[: model.studios.high]),
             "cells": as_bytes(model.space.cells), "parks": as_bytes(model.space.parks),
             "free_floor": model.space.free_floor, "reach": model.other_cities.reach,
             "people_first": model.people.first, "people": model.people.stock, "claims": model.books.claims.stock}
    for name in TABLES:
        table = getattr(model, name)
        state[name], state[f"{name}_free"] = as_bytes(table.used), np.array(table.free, np.int64)
    rivals = model.rivals
    for prefix, group in (("market", model.markets), ("nation_p", rivals.parameters), ("nation_rest", rivals.rest),
                          ("nation", rivals.state)):
        state |= {f"{prefix}_{name}": np.asarray(values) for name, values in group._asdict().items()}
    state["sold"] = rivals.sold
    return {name: values.copy() for name, values in state.items()}


def restore(model: Any, state: dict[str, np.ndarray]) -> None:
    """Give a laid-out model without inhabitants the state of another.

    Parks open when they do in its own scenario, and what a run counts from its start on begins at zero.
    """
    opened = model.space.parks["opened"].copy()
    for name in TABLES:
        table = getattr(model, name)
        rows = state[name].view(table.rows.dtype).ravel()
        table.reserve(rows.size)
        table.rows[: rows.size] = rows
        table.high, table.free = rows.size, state[f"{name}_free"].tolist()
        table.forget_order()
    model.partners = ties.fit(model.partners, model.studios.rows.size)
    for array, name in ((model.partners.ties[: model.studios.high], "ties"), (model.city_state, "city"),
                        (model.space.cells, "cells"), (model.space.parks, "parks")):
        array[:] = state[name].view(array.dtype).ravel()
    model.space.parks["opened"] = opened
    hit = model.projects.used["hit"]
    model.studios.used["hits"] = 0
    if model.kept.yearbook is not None:
        model.kept.yearbook.begin(model)
    hit[:] = np.where(hit > 0, HitState.BEFORE_START.value, hit)
    model.space.free_floor[:], model.other_cities.reach[:] = state["free_floor"], state["reach"]
    model.stakes = state["stakes"].view(STAKE).ravel().copy()
    model.markets = Markets(*(state[f"market_{name}"].copy() for name in Markets._fields))
    numbers = {name: state[f"nation_p_{name}"] for name in NationParameters._fields}
    rest: dict[str, Any] = {name: state[f"nation_rest_{name}"].copy() for name in Rest._fields}
    rest["pool"] = float(rest["pool"])
    model.rivals = Rivals(from_dict(numbers), Rest(**rest),
                          State(*(state[f"nation_{name}"].copy() for name in State._fields)), state["sold"].copy(),
                          lucky=True)
    model.people = P.People(state["people_first"].copy())
    model.people.stock = state["people"].copy()
    claims = model.books.claims
    claims.stock, claims.equipment = state["claims"].copy(), float(model.studios.used["equipment"].sum())
    model.state |= dict(zip(NAMES, state["state"].tolist(), strict=True)) | dict.fromkeys(FRESH, 0)


def as_bytes(rows: np.ndarray) -> np.ndarray:
    """Return records as a table of bytes, one row a record: what a plain file holds without any pickle."""
    return np.ascontiguousarray(rows).view(np.uint8).reshape(rows.size, rows.dtype.itemsize)
