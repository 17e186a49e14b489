"""The result of one run in the hands of a notebook user: frames and figures, no path anywhere."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from cluster_sim import plots
from cluster_sim.runs import tables
from cluster_sim.runs.plan import month_text, scale_text
from cluster_sim.runs.read import to_frame
from cluster_sim.runs.run_list import RunSpec
from cluster_sim.runs.single_run import Columns, RunResult


class Result:
    """One finished run: `indicators`, `projects`, `credits`, `ledger` and `map` are pandas frames."""

    def __init__(self, spec: RunSpec, result: RunResult) -> None:
        self.scenario = spec.scenario
        self.run_id = spec.run_id
        self.seed = spec.seed
        self.scale = spec.scale
        self.seconds = result.seconds
        self.arrays = result

    def __repr__(self) -> str:
        return (f"<{self.scenario.name}: seed {self.seed}, scale {scale_text(self.scale)}, "
                f"{month_text(self.scenario.start)} and {len(self.indicators) - 1} months after, "
                f"{self.seconds:.1f} s>")

    @cached_property
    def indicators(self) -> Any:
        """The indicators of every month, indexed by month."""
        return self._frame(self.arrays.series).set_index("month")

    @cached_property
    def projects(self) -> Any:
        """One row for each released title."""
        return self._frame(self.arrays.projects)

    @cached_property
    def credits(self) -> Any:
        """The partners of the largest titles."""
        return self._frame(self.arrays.credits)

    @cached_property
    def ledger(self) -> Any:
        """Flows of money by month and kind, million yuan."""
        return self._frame(self.arrays.ledger)

    @cached_property
    def map(self) -> Any:
        """The cells of the city at the last month."""
        return self._frame(self.arrays.tables().get("map", {}))

    def city_map(self) -> dict[str, Any]:
        """Return the map as the model gives it, for `report.city_map`."""
        return self.arrays.map

    @property
    def series(self) -> Any:
        """The indicators as a flat frame with run_id, scenario and seed, as a store holds them."""
        names = {"run_id": self.run_id, "scenario": self.scenario.name, "seed": self.seed}
        return to_frame(tables.to_table(self.arrays.series, names))

    def by_year(self, column: str = "gdp_share") -> Any:
        """Return a column's December values by year (mean, p10 and p90 coincide for one run)."""
        from cluster_sim.runs.summary import by_year

        return by_year(self.series, column)

    def plot(self, figure: str = "share", **options: Any) -> Any:
        """Draw a figure (`share`, `map`, `network`, `indicators`) and return it."""
        return plots.draw("runs", self, figure, **options)

    @staticmethod
    def _frame(columns: Columns) -> Any:
        return to_frame(tables.to_table(columns)) if columns else to_frame(tables.to_table({}, {})).iloc[:0]
