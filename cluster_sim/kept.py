"""What a run keeps: the monthly indicators, titles that ended, and what somebody asked for beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cluster_sim.codes import Life, Stage

LARGE_TEAM = 30     # titles with more partners keep their credits


@dataclass
class Kept:
    """The records of a run; the yearbook and the payments are None unless they were asked for."""

    titles: list[np.ndarray] = field(default_factory=list)
    credits: list[np.ndarray] = field(default_factory=list)
    ended: np.ndarray | None = None         # titles whose run ended this month
    largest_team: int = 0
    observer: Any = None
    yearbook: Any = None
    payments: Any = None

    def end_titles(self, model: Any, rows: np.ndarray) -> None:
        """Keep the records of titles whose run is over, and the credits of large teams; free the rows."""
        if not rows.size:
            return
        rows = rows[np.argsort(model.projects.rows["id"][rows])]
        done = self.ended = model.projects.copy(rows)
        self.titles.append(done)
        credits = model.credits.used
        over = np.flatnonzero(credits["alive"] == Life.ENDED.value)
        if over.size:
            teams = done["partners"] + done["outside_partners"]
            large = set(done["id"][teams >= LARGE_TEAM].tolist())
            best = int(np.argmax(teams))
            if teams[best] > self.largest_team:
                self.largest_team = int(teams[best])
                large.add(int(done["id"][best]))
            if large:
                kept = over[np.isin(credits["project_id"][over], list(large))]
                self.credits.append(model.credits.copy(kept))
            model.credits.release(over)
        model.projects.release(rows)

    def cut_short(self, model: Any, rows: np.ndarray) -> None:
        """Keep the records of titles in the market whose studio closed."""
        cut = rows[model.projects.rows["released"][rows] >= 0]
        if cut.size:
            titles = model.projects.copy(cut)
            titles["stage"] = Stage.DONE
            self.titles.insert(0, titles)

    def forget_titles(self) -> None:
        """Drop what was released before the start; it belongs to no month of the run."""
        self.titles, self.credits, self.largest_team = [], [], 0
