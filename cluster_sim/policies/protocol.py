"""What policy instruments know of the model: a protocol, so that they can be read and tested without it.

Instruments read the state of the city and the tables, and act through money, queues and the rows of the tables; what
they change of a month stands in `month`: payments, outlays and the levers of policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from cluster_sim.agents.table import Table
from cluster_sim.city.places import Places
from cluster_sim.codes import Status
from cluster_sim.state import Labour, Month, Rules, Space


class CityModel(Protocol):
    """The city as instruments see it; `ClusterModel` is one."""

    t: int                              # months since the start
    seed: int
    scale: float
    rules: Rules
    space: Space
    labour: Labour
    places: Places
    month: Month
    city_state: np.ndarray              # CITY, one row
    state: dict[str, float]             # what the month brought so far, by name
    studios: Table
    talents: Table
    projects: Table
    funds: Table
    kept: Any                           # what the run keeps, payments among it

    @property
    def par(self) -> Mapping[str, float]:
        """The parameters by dotted name."""

    @property
    def policy_month(self) -> int:
        """The month that dated policies are read at, as year * 12 + month - 1."""

    @property
    def month_of_year(self) -> int:
        """1 for January to 12 for December."""

    @property
    def side(self) -> int:
        """Cells along one side of the map."""

    @property
    def hub_cell(self) -> int:
        """The cell of the hub."""

    def new_studios(self, count: int) -> np.ndarray:
        """Return fresh rows of studios."""

    def bring(self, count: int, status: Status, specialisms: np.ndarray | None = None, cell: int = -1) -> np.ndarray:
        """Let people come from elsewhere and return their rows; the caller gives them identities."""

    def studio_zones(self) -> np.ndarray:
        """Return the zones (bits) that each studio is in, by row."""

    def tie(self, pairs: list[tuple[int, int]]) -> None:
        """Let pairs of studios (rows) begin to work together."""

    def chance(self, entity: int, exact: float) -> bool:
        """Return a keyed draw that is true with the fraction of ``exact`` beyond its whole part."""
