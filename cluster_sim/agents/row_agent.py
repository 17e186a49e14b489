"""A row of a table as a Mesa agent; a view of an agent that is gone raises `AgentGone`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np

from cluster_sim.agents.table import Table

if TYPE_CHECKING:
    from mesa.discrete_space import Cell


class AgentGone(LookupError):
    """The agent behind a view has left the model."""


class RowAgent(mesa.Agent):
    """A Mesa agent that reads and writes one row of a table by attribute."""

    table_name: ClassVar[str] = ""
    not_by_hand: ClassVar[dict[str, str]] = {}
    """Columns that are not written by hand, each with what changes them properly."""
    pos: tuple[int, int] | None = None

    def __init__(self, model: Any, table: Table, row: int) -> None:
        # not mesa.Agent.__init__: the model's tables are the register, not a list of objects
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "unique_id", int(table.rows["id"][row]))

    def _check(self) -> None:
        if not self.is_here:
            raise AgentGone(f"{type(self).__name__} {self.unique_id} has left the model")

    @property
    def is_here(self) -> bool:
        """Whether the agent is still part of the model."""
        return bool(self._table.rows["id"][self.row] == self.unique_id)

    def column(self, name: str) -> Any:
        """Return the value of a column: a number, or a copy of an array."""
        self._check()
        value = self._table.rows[name][self.row]
        return value.copy() if isinstance(value, np.ndarray) else value.item()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._table.rows.dtype.names:
            raise AttributeError(f"{type(self).__name__} has no column '{name}'")
        return self.column(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._table.rows.dtype.names:
            self._check()
            if name in self.not_by_hand:
                raise AttributeError(f"{type(self).__name__.lower()}.{name} is not written by hand: "
                                     f"{self.not_by_hand[name]}")
            self._table.rows[name][self.row] = value
        else:
            object.__setattr__(self, name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._table.rows.dtype.names})

    def __repr__(self) -> str:
        what = self.summary() if self.is_here else "has left the model"
        return f"<{type(self).__name__} {self.unique_id}: {what}>"

    def summary(self) -> str:
        """Return what there is to say of the agent in a few words."""
        return f"row {self.row}"

    def step(self) -> None:
        """Agents act together in the steps of the month; a single one has no step of its own."""


class PlacedAgent(RowAgent):
    """An agent with a place on the map (a column `cell`)."""

    @property
    def cell(self) -> Cell:
        """The cell of `model.grid` where it is; of a person, the home."""
        number = self.column("cell")
        return self.model.grid.at(number)

    @property
    def pos(self) -> tuple[int, int]:       # type: ignore[override]
        """The cell's place on the map, counted from the south-west corner: (x, y)."""
        number = self.column("cell")
        return number % self.model.side, number // self.model.side

    def place(self, cell: Any) -> int:
        """Return the number of a cell that is given as one of `model.grid` or as (x, y); ValueError if there is none.
        """
        x, y = getattr(cell, "coordinate", cell)
        side = self.model.side
        if not (0 <= x < side and 0 <= y < side):
            raise ValueError(f"no cell ({x}, {y}): the map has {side} by {side} cells, from (0, 0) to "
                             f"({side - 1}, {side - 1})")
        return int(y) * side + int(x)
