"""The monthly indicators as a Mesa data collector, for `mesa.batch_run` and whoever expects `model.datacollector`."""

from __future__ import annotations

from typing import Any

from mesa.datacollection import DataCollector


class IndicatorCollector(DataCollector):
    """Shows the indicators that the model records anyway; `collect` brings it up to date and costs no month."""

    def collect(self, model: Any) -> None:
        """Take over the indicators of all months so far: lists by name, one entry a month."""
        self.model_vars = {name: column.tolist() for name, column in model.series().items()}
        self.model_reporters = dict.fromkeys(self.model_vars, "series")
        self._collection_steps = list(range(1, model.t + 1))        # where Mesa 3.5 looks for the months
