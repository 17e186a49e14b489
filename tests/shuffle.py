"""Puts the rows of a model's tables into another order, with everything that points to them."""

from __future__ import annotations

import numpy as np

from cluster_sim.agents.table import Table
from cluster_sim.codes import Life, Stage


def move_rows(table: Table, order: np.ndarray) -> np.ndarray:
    """Reorder the used rows of a table; return where each old row is now (with -1 and below unchanged)."""
    table.rows[: table.high] = table.used[order].copy()
    place = np.empty(table.high, np.int64)
    place[order] = np.arange(table.high)
    table.free = [int(place[row]) for row in table.free]
    return place


def follow(column: np.ndarray, place: np.ndarray, valid: np.ndarray | None = None) -> None:
    """Make a column of row numbers point to the new rows; negative numbers mean something else and stay."""
    points = column >= 0
    if valid is not None:
        points &= valid
    column[points] = place[column[points]]


def shuffle(model, luck: np.random.Generator) -> None:
    """Permute studios, people, projects and credits of a model between two months."""
    m = model
    place = move_rows(m.studios, luck.permutation(m.studios.high))
    order = np.argsort(place)
    m.partners.ties[: order.size] = m.partners.ties[: order.size][order].copy()
    m.partners.ties["row"][: order.size] = place[m.partners.ties["row"][: order.size]]
    people = m.talents.used
    follow(people["employer"], place)
    follow(m.studios.used["sub"], place)
    projects, credits = m.projects.used, m.credits.used
    follow(projects["owner"], place, projects["stage"] > Stage.FREE)
    follow(credits["partner"], place, credits["alive"] != Life.FREE)
    follow(m.stakes["studio"], place)
    for done in m.kept.titles:
        follow(done["owner"], place)
    for done in m.kept.credits:
        follow(done["partner"], place)
    move_rows(m.talents, luck.permutation(m.talents.high))
    place = move_rows(m.projects, luck.permutation(m.projects.high))
    follow(credits["project"], place, credits["alive"] != Life.FREE)
    move_rows(m.credits, luck.permutation(m.credits.high))
    m.studios.forget_order()


def shuffle_free_rows(model, luck: np.random.Generator) -> None:
    """Hand out free rows in another order from now on."""
    for table in (model.studios, model.talents, model.projects, model.credits):
        table.free = [table.free[k] for k in luck.permutation(len(table.free))]
