"""Mesa's agents as views: real agent objects over rows of the tables, made when somebody asks.

``model.agents``, ``agents_by_type``, ``select``, ``groupby`` and ``DataCollector`` work, so do ``model.grid`` and
``mesa.batch_run``; making or reading a view changes no result.  docs/mesa.md shows it all.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from cluster_sim.agents.fund import Fund
from cluster_sim.agents.government import Government
from cluster_sim.agents.indicators import IndicatorCollector
from cluster_sim.agents.row_agent import RowAgent
from cluster_sim.agents.studio import Studio
from cluster_sim.agents.table import Table
from cluster_sim.agents.talent import Talent
from cluster_sim.codes import Status
from cluster_sim.own_rules import Event, with_rule

if TYPE_CHECKING:
    from mesa.agent import AgentSet

    from cluster_sim.agents.grid import CityGrid

NOT_KEPT = ("_grid", "_views", "_government")
"""What is made when somebody looks, and not stored with the model."""


class Views:
    """The part of the model that meets users of Mesa (a mixin of `ClusterModel`): agents, grid, collector, rules."""

    EVENTS: tuple[Event, ...]

    def after_step(self, event: Event | str, rule: Event) -> None:
        """Let a rule of one's own happen right after an event of the month, from the next month on.

        event: a function of `EVENTS` or its name (``hiring.fill_vacancies``); rule: a function of the model.  Rules
        behind the same event happen in the order in which they were added.
        """
        self.EVENTS = with_rule(self.EVENTS, event, rule)

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

    def views_in(self, kind: type[RowAgent], cell: int) -> list[Any]:
        """Return the agents of a kind whose column ``cell`` names this cell, in the order of their identities."""
        table: Table = getattr(self, kind.table_name)
        cache = self.__dict__.setdefault("_views", {}).setdefault(kind.__name__, {})
        rows = self._alive(kind)
        rows = rows[table.used["cell"][rows] == cell]
        found = sorted(zip(table.used["id"][rows].tolist(), rows.tolist(), strict=True))
        return [cache.setdefault(identity, cache.get(identity) or kind(self, table, row)) for identity, row in found]

    @property
    def grid(self) -> CityGrid:
        """The map as a Mesa grid over the model's own arrays; made when asked for."""
        if not hasattr(mesa.discrete_space, "PropertyLayer"):
            raise NotImplementedError(f"model.grid is written for Mesa 3, not for {mesa.__version__}")
        from cluster_sim.agents.grid import CityGrid

        if "_grid" not in self.__dict__:
            self.__dict__["_grid"] = CityGrid(self)
        return self.__dict__["_grid"]

    @property
    def datacollector(self) -> Any:
        """A Mesa data collector: one's own if it was set, else one that shows the monthly indicators so far."""
        have = self.__dict__.get("_datacollector")
        if have is None:
            have = IndicatorCollector()
            have.collect(self)
        return have

    @datacollector.setter
    def datacollector(self, collector: Any) -> None:
        self.__dict__["_datacollector"] = collector

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in NOT_KEPT}

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
