"""A row of a table as a Mesa agent; a view of an agent that is gone raises `AgentGone`."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from cluster_sim.agents.table import Table


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
