"""The identity of people: everybody comes from somewhere and goes somewhere, checked every month.

Seven stocks hold everybody in the nation.  Three of them are counted person by person in the table of
people; the other four are known by number only, the last two also by the nation's cities (month/rivals.py).
Whoever moves is booked once, from one stock to another.
At a month's end the persons counted must be those of the month before plus who came less who went.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

STOCKS = ("at work", "seeking", "studying", "other sectors", "at home", "elsewhere", "in other cities")
AT_WORK, SEEKING, STUDYING, OTHER, HOME, ELSEWHERE, CITIES = range(len(STOCKS))
COUNTED = (AT_WORK, SEEKING, STUDYING)
"""Stocks whose persons stand in the table of people."""

_TABLE = (
    ("hired", SEEKING, AT_WORK),
    ("quit", AT_WORK, SEEKING),
    ("laid off", AT_WORK, SEEKING),
    ("out of a closed studio", AT_WORK, SEEKING),
    ("switched to other sectors", AT_WORK, OTHER),
    ("gave up seeking", SEEKING, OTHER),
    ("joined from other sectors", OTHER, SEEKING),
    ("migrated", ELSEWHERE, SEEKING),
    ("came with a company", ELSEWHERE, AT_WORK),
    ("left the city from work", AT_WORK, ELSEWHERE),
    ("left the city from search", SEEKING, ELSEWHERE),
    ("enrolled from the city", HOME, STUDYING),
    ("enrolled from elsewhere", ELSEWHERE, STUDYING),
    ("graduated", STUDYING, SEEKING),
    ("graduated into other sectors", STUDYING, OTHER),
    ("graduated and left", STUDYING, ELSEWHERE),
    ("settled in other sectors", ELSEWHERE, OTHER),
    ("left other sectors and the city", OTHER, ELSEWHERE),
    ("retired from creative work", AT_WORK, HOME),
    ("retired from other sectors", OTHER, HOME),
    ("came of age", HOME, OTHER),
    ("moved to other cities", ELSEWHERE, CITIES),
    ("left other cities", CITIES, ELSEWHERE),
)
FLOWS = tuple(name for name, _, _ in _TABLE)
(HIRED, QUIT, LAID_OFF, CLOSED, SWITCHED, GAVE_UP, JOINED, MIGRATED, CAME_WITH_COMPANY, LEFT_WORK, LEFT_SEARCH,
 ENROLLED, ENROLLED_FROM_ELSEWHERE, GRADUATED, GRADUATED_TO_OTHER, GRADUATED_AND_LEFT, SETTLED, LEFT_OTHER,
 RETIRED, RETIRED_OTHER, CAME_OF_AGE, TO_OTHER_CITIES, FROM_OTHER_CITIES) = range(len(_TABLE))
SOURCE, TARGET = (np.array([row[side] for row in _TABLE]) for side in (1, 2))
_PLACES = np.arange(len(STOCKS))[:, None]
_MOVES = (_PLACES == TARGET).astype(float) - (_PLACES == SOURCE)      # (stocks, flows): what a flow adds to each stock


class PeopleError(RuntimeError):
    """Somebody came from nowhere or went nowhere; the message names the month, the stocks and the flow."""


@dataclass
class People:
    """Who is where, in persons at the model's scale: at the start, at the end of last month, and what has moved."""

    first: np.ndarray
    stock: np.ndarray = field(init=False)
    flow: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.stock, self.flow = self.first.copy(), np.zeros(len(FLOWS))

    @property
    def now(self) -> np.ndarray:
        """Who is where after what was booked so far this month."""
        return self.stock + (_MOVES * self.flow).sum(1)

    @property
    def residents(self) -> float:
        """Everybody who lives in the city."""
        return float(self.now[:ELSEWHERE].sum())

    @property
    def gone(self) -> float:
        """Part of those of other sectors at the start who are no longer there; below zero if there are more."""
        return 1.0 - float(self.now[OTHER]) / max(float(self.first[OTHER]), 1.0)

    def book(self, flow: int, persons: float) -> int:
        """Book that so many persons moved, in whole numbers; return them."""
        self.flow[flow] += persons
        return int(persons)

    def close(self, month: str, counted: tuple[int, int, int]) -> None:
        """Hold the month's flows against the persons counted at work, seeking and studying; begin a new month.

        Raise `PeopleError` if one does not fit, or if a flow or a stock is below nobody.
        """
        for n in np.flatnonzero(~(self.flow >= 0.0)):
            raise PeopleError(f"{month}: the flow '{FLOWS[n]}' of people is {self.flow[n]:,.0f}. The run was stopped.")
        now = self.now
        for n in np.flatnonzero(~(now >= 0.0)):
            raise PeopleError(f"{month}: {now[n]:,.0f} people are '{STOCKS[n]}'. The run was stopped.")
        gap = np.array(counted, float) - now[:len(COUNTED)]
        if gap.any():
            raise PeopleError(f"{month}: people do not add up: {self._where(gap)}. The run was stopped.")
        self.stock = now
        self.flow = np.zeros(len(FLOWS))

    def _where(self, gap: np.ndarray) -> str:
        """Say which stocks are wrong by how many, and which flows lie between them, or touch the only one."""
        wrong = [int(n) for n in np.flatnonzero(gap)]
        between = [n for n in range(len(FLOWS)) if len(wrong) == 2 and {SOURCE[n], TARGET[n]} == set(wrong)
                   and gap[wrong].sum() == 0.0]
        alone = [n for n in range(len(FLOWS)) if len({SOURCE[n], TARGET[n]} & set(wrong)) == 1]
        stocks = ", ".join(f"{gap[n]:+,.0f} '{STOCKS[n]}'" for n in wrong)
        flows = ", ".join(f"'{FLOWS[n]}' {self.flow[n]:,.0f}" for n in between or alone)
        return f"{stocks} against what was booked; it can be the flow {flows}"
