"""What one event of a month hands to a later one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cluster_sim.codes import N_SPECIALISMS
from cluster_sim.records import PROPOSAL
from cluster_sim.state import Vacancies


def no_rows() -> np.ndarray:
    """Return an empty list of rows."""
    return np.zeros(0, np.int64)


@dataclass
class Agenda:
    """The month's open business; every event writes its part anew."""

    founders: np.ndarray = field(default_factory=no_rows)       # people who found a studio; -1 - row for one alone
    vacancies: Vacancies | None = None
    sought: np.ndarray = field(default_factory=lambda: np.zeros(N_SPECIALISMS))     # seekers by specialism
    proposals: np.ndarray = field(default_factory=lambda: np.zeros(0, PROPOSAL))    # of own projects
    begun: np.ndarray = field(default_factory=no_rows)          # projects that got the green light
