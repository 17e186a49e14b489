"""Mesa's agents as views: real agent objects over rows of the tables, made when somebody asks.

``model.agents``, ``agents_by_type``, ``select``, ``groupby`` and ``DataCollector`` work; making or reading
a view changes no result.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

from cluster_sim.agents.fund import Fund
from cluster_sim.agents.government import Government
from cluster_sim.agents.row_agent import RowAgent
from cluster_sim.agents.studio import Studio
from cluster_sim.agents.table import Table
from cluster_sim.agents.talent import Talent
from cluster_sim.codes import Status

if TYPE_CHECKING:
    from mesa.agent import AgentSet


class Views:
    """The part of the model that shows rows as Mesa agents (a mixin of `ClusterModel`)."""

    def _alive(self, kind: type[RowAgent]) -> np.ndarray:
        table: Table = getattr(self, kind.table_name)
        field = "status" if kind.table_name == "talents" else "alive"
        return np.flatnonzero(table.used[field] != Status.FREE.value)

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
        sets: dict[type[Any], AgentSet] = {kind: self._view_set(kind) for kind in (Studio, Talent, Fund)}
        return sets | {Government: self._government_set()}

    def _government_set(self) -> AgentSet:
        from mesa.agent import AgentSet

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
