"""Mesa's agents as views: real agent objects over rows of the tables, made when somebody asks.

``model.agents``, ``agents_by_type``, ``select``, ``groupby`` and ``DataCollector`` work; making or reading
a view changes no result.  A view of an agent that is gone raises `AgentGone`.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from cluster_sim.agents.table import Table
from cluster_sim.codes import Status

if TYPE_CHECKING:
    from mesa.agent import AgentSet


class AgentGone(LookupError):
    """The agent behind a view has left the model."""


class RowAgent(mesa.Agent):
    """A Mesa agent that reads and writes one row of a table by attribute."""

    table_name = ""

    def __init__(self, model: Any, table: Table, row: int) -> None:
        # not mesa.Agent.__init__: the model's tables are the register, not a list of objects
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "unique_id", int(table.rows["id"][row]))
        object.__setattr__(self, "pos", None)

    def _check(self) -> None:
        if self._table.rows["id"][self.row] != self.unique_id:
            raise AgentGone(f"{type(self).__name__} {self.unique_id} has left the model")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._table.rows.dtype.names:
            raise AttributeError(f"{type(self).__name__} has no column '{name}'")
        self._check()
        value = self._table.rows[name][self.row]
        return value.copy() if isinstance(value, np.ndarray) else value.item()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._table.rows.dtype.names:
            self._check()
            self._table.rows[name][self.row] = value
        else:
            object.__setattr__(self, name, value)

    def step(self) -> None:
        """Agents act together in the steps of the month; a single one has no step of its own."""


class Views:
    """The part of the model that shows rows as Mesa agents (a mixin of `ClusterModel`)."""

    def _alive(self, kind: type[RowAgent]) -> np.ndarray:
        table: Table = getattr(self, kind.table_name)
        field = "status" if kind.table_name == "talents" else "alive"
        return np.flatnonzero(table.used[field] != Status.FREE)

    def _view_set(self, kind: type[RowAgent]) -> AgentSet:
        from mesa.agent import AgentSet

        table: Table = getattr(self, kind.table_name)
        cache = self.__dict__.setdefault("_views", {}).setdefault(kind.__name__, {})
        ids = table.used["id"]
        rows = self._alive(kind)
        fresh = {}
        for row, identity in zip(rows.tolist(), ids[rows].tolist(), strict=True):
            fresh[identity] = cache.get(identity) or kind(self, table, row)
        self.__dict__["_views"][kind.__name__] = fresh
        return AgentSet(fresh.values(), random=random.Random(0))

    @property
    def agents_by_type(self) -> dict[type[RowAgent], AgentSet]:
        """Return the agents of each kind as Mesa agent sets."""
        from cluster_sim.agents import KINDS

        sets = {kind: self._view_set(kind) for kind in KINDS if kind.table_name}
        sets[KINDS[-1]] = self._government_set()
        return sets

    def _government_set(self) -> AgentSet:
        from mesa.agent import AgentSet

        from cluster_sim.agents.government import Government

        have = self.__dict__.get("_government")
        if have is None:
            have = self.__dict__["_government"] = Government(self)
        return AgentSet([have], random=random.Random(0))

    @property
    def agents(self) -> AgentSet:
        """Return all agents of the city: studios, talent, funds, government."""
        from mesa.agent import AgentSet

        everyone = [agent for some in self.agents_by_type.values() for agent in some]
        return AgentSet(everyone, random=random.Random(0))

    @property
    def agent_types(self) -> list[type]:
        """Return the kinds of agents."""
        return list(self.agents_by_type)
