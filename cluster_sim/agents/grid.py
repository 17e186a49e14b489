"""The city's map as a Mesa grid: cells, property layers and neighbourhoods over the same arrays that the model uses.

`model.grid` is made when somebody asks for it and is never kept with a stored model.  Layers show the columns of the
record `cell` (`cluster_sim.records.CELL`) as they are now: nothing is copied, so what is written to a layer is written
to the city.  Who is in a cell is looked up each time: studios are rows of a table and not CellAgents.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from mesa.agent import AgentSet
from mesa.discrete_space import Cell, OrthogonalMooreGrid, PropertyLayer

from cluster_sim.agents.studio import Studio
from cluster_sim.agents.talent import Talent

LAYER_OF = {"capacity": "office_floor"}
"""Layers whose column has a name that a Mesa cell uses for something else (there: agents that fit in)."""


class CellLayer(PropertyLayer):
    """One column of the city's cells; `data[x, y]` is a view of it, with x to the east and y to the north."""

    def __init__(self, name: str, values: np.ndarray) -> None:
        # not PropertyLayer.__init__: that would make an array of its own
        self.name, self.dimensions, self._view = name, values.shape, values

    @property
    def data(self) -> np.ndarray:
        """The values by cell; assigning to it writes them in place."""
        return self._view

    @data.setter
    def data(self, values: Any) -> None:
        self._view[...] = values

    _data = _mesa_data = data       # the names that Mesa 3.5 and 3.3 use for it

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.data, dtype) if copy else np.asarray(self.data, dtype)


class EmptyLayer(CellLayer):
    """Which cells have no studio; worked out anew each time."""

    def __init__(self, grid: CityGrid) -> None:
        self.name, self.dimensions, self._grid = "empty", grid.dimensions, grid

    @property
    def data(self) -> np.ndarray:
        """True for each cell without a studio; it cannot be written."""
        return self._grid.by_cell(self._grid.counts() == 0)

    @data.setter
    def data(self, values: Any) -> None:
        raise AttributeError("grid.empty follows from where studios are; it cannot be written")

    _data = _mesa_data = data


class Occupants(Sequence):
    """The studios of one cell as they are now: what Mesa's collections of cells read agents from."""

    def __init__(self, cell: CityCell) -> None:
        self._cell = cell

    def _studios(self) -> list[Studio]:
        grid = self._cell.grid
        return grid.model.views_in(Studio, grid.index(self._cell.coordinate))

    def __len__(self) -> int:
        return len(self._studios())

    def __iter__(self) -> Iterator[Studio]:
        return iter(self._studios())

    def __getitem__(self, place: Any) -> Any:
        return self._studios()[place]

    def __repr__(self) -> str:
        return repr(self._studios())

    def copy(self) -> list[Studio]:
        """Return the studios as a list."""
        return self._studios()


class CityCell(Cell):
    """A cell of the city; each layer is an attribute, such as `cell.rent`."""

    grid: CityGrid
    """The grid of the cell: an attribute of the class that each grid makes for its cells."""

    def __init__(self, coordinate: tuple[int, int], *args: Any, **options: Any) -> None:
        super().__init__(coordinate, *args, **options)
        self._agents = Occupants(self)

    @property
    def agents(self) -> list[Studio]:
        """The studios that are here."""
        return self._agents.copy()

    @property
    def residents(self) -> list[Talent]:
        """The people who live here."""
        return self.grid.model.views_in(Talent, self.grid.index(self.coordinate))

    @property
    def is_empty(self) -> bool:
        """Whether there is no studio here."""
        return not len(self._agents)

    @property
    def is_full(self) -> bool:
        """False: floor is scarce (`rent`, `office_floor`), places for studios are not counted."""
        return False

    def add_agent(self, agent: Any) -> None:
        """Refuse: a studio moves by its own method."""
        raise TypeError("a cell takes no agents: a studio moves with studio.move_to(cell), which pays for the move")

    def remove_agent(self, agent: Any) -> None:
        """Refuse: a studio leaves a cell when it moves or closes."""
        raise TypeError("a cell gives no agents away: a studio moves with studio.move_to(cell), or closes")

    def __repr__(self) -> str:
        here = self.grid.model.space.cells[self.grid.index(self.coordinate)]
        place = self.grid.model.city.districts[int(here["district"])]
        return f"<Cell {self.coordinate} in {place}: {len(self._agents)} studios, {here['rent']:.0f} yuan/m2/month>"


class CityGrid(OrthogonalMooreGrid):
    """The map of the city: `grid[x, y]` is a cell, `grid.rent` a property layer, `grid.agents` the studios."""

    def __init__(self, model: Any) -> None:
        side = model.side
        super().__init__((side, side), random=random.Random(0), cell_klass=CityCell)
        self.model = model
        self.cell_klass.grid = self
        self.remove_property_layer("empty")
        for name in model.space.cells.dtype.names:
            self.add_property_layer(CellLayer(LAYER_OF.get(name, name), self.by_cell(model.space.cells[name])))
        self.add_property_layer(EmptyLayer(self))
        self.cell_klass.empty = CityCell.is_empty       # Mesa 3.5 would keep what the layer says now

    def by_cell(self, values: np.ndarray) -> np.ndarray:
        """Return a view of values in the order of the city's cells as an array by x and y."""
        return values.reshape(self.dimensions[::-1]).T

    def index(self, coordinate: tuple[int, ...]) -> int:
        """Return the number of a cell in the city's arrays (row-major from the south-west corner)."""
        x, y = coordinate
        return int(y) * self.dimensions[0] + int(x)

    def at(self, number: int) -> CityCell:
        """Return the cell with this number in the city's arrays."""
        side = self.dimensions[0]
        return self._cells[number % side, number // side]

    def counts(self) -> np.ndarray:
        """Return the number of studios by cell, in the order of the city's arrays."""
        studios = self.model.studios.used
        here = studios["cell"][studios["alive"] != 0]
        return np.bincount(here, minlength=self.dimensions[0] * self.dimensions[1])

    @property
    def agents(self) -> AgentSet:
        """All studios of the city."""
        return self.model.agents_by_type[Studio]
