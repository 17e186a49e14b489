"""The numbers of the outside cities as one frozen record, made from a plain dictionary.

`parameters.yaml` beside this file gives value, unit, bounds, plausible range and source of each.  A value
for each segment is an array (segments,); all others are floats.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from cluster_sim.codes import N_SEGMENTS

FILE = Path(__file__).with_name("parameters.yaml")


class NationParameters(NamedTuple):
    """Numbers of the outside cities; meanings, units and sources stand in `parameters.yaml`. Kernels take it."""

    theta: float
    sigma: float
    distance_decay: float
    gamma: float
    pass_through: float
    markup: float
    own_cost: np.ndarray
    labour_part: float
    premium_speed: float
    scarcity: float
    eta: float
    other_ratio: float
    other_return: float
    pool_ratio: float
    switch_rate: float
    emigration_rate: float
    give_up: float
    housing: float
    housing_share: float
    room: float
    crowding: float
    quit_rate: float
    unemployment: float
    fill_rate: float
    matching: float
    matching_gain: float
    plan_speed: float
    posting_speed: float
    growth_bound: float
    studios: float
    layoff_speed: float
    offer_speed: float
    tightness_pay: float
    tightness_speed: float
    lead: float
    use: float
    lapse: float
    luck_memory: float
    luck_spread: float
    ai_gain: float
    ai_cost: float
    ai_speed: float
    tools_quality: float
    knowhow_weight: float
    knowhow_speed: float
    knowhow_work: float
    links_local: float
    links_national: float
    most_practice: float
    most_slack: float
    reach_km: float
    abroad_part: float

    @property
    def kappa(self) -> np.ndarray:
        """Elasticity of the price to own cost at rest, (segments,): rho (1 + mark-up) own cost / price."""
        return self.pass_through * (1.0 + self.markup) * self.own_cost

    @property
    def separation(self) -> float:
        """Part of the jobs left in a month at rest: quits into search and moves elsewhere."""
        return self.quit_rate + self.switch_rate + self.emigration_rate

    def with_values(self, **values: Any) -> NationParameters:
        """Return a copy with other values, checked as `from_dict` does."""
        return _checked(self._replace(**{name: _as_stored(value) for name, value in values.items()}))


def _as_stored(value: Any) -> Any:
    if isinstance(value, Mapping):
        value = list(value.values())
    return float(value) if np.ndim(value) == 0 else np.asarray(value, float)


def _checked(parameters: NationParameters) -> NationParameters:
    for name, entry in specification().items():
        low, high = entry["bounds"]
        value = np.asarray(getattr(parameters, name))
        if not (np.isfinite(value).all() and (value >= low).all() and (value <= high).all()):
            raise ValueError(f"nation.{name} is {value}, outside its bounds {low} to {high}")
    if np.any((1.0 + parameters.markup) * parameters.own_cost > 1.0):
        raise ValueError("nation.own_cost: own cost with its mark-up is more than the price")
    if parameters.links_local + parameters.links_national >= 1.0:
        raise ValueError("nation.links_local and links_national: creative inputs cost more than sales bring in")
    return parameters


@functools.cache
def specification() -> dict[str, dict[str, Any]]:
    """Return the annotated entries by name: value, unit, symbol, bounds, plausible, status, source, text."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["nation"]


def from_dict(values: Mapping[str, Any]) -> NationParameters:
    """Return the record of a dictionary by name; ValueError names what is missing, unknown or out of bounds."""
    names = set(NationParameters._fields)
    for text, wrong in (("missing", names - set(values)), ("unknown", set(values) - names)):
        if wrong:
            raise ValueError(f"nation: {text}: {', '.join(sorted(wrong))}")
    return _checked(NationParameters(**{name: _as_stored(value) for name, value in values.items()}))


def defaults(segments: int = N_SEGMENTS, **overrides: Any) -> NationParameters:
    """Return the file's values with some others; with fewer segments their mean own cost for each."""
    values = {name: entry["value"] for name, entry in specification().items()}
    if segments != len(values["own_cost"]):
        values["own_cost"] = np.full(segments, np.mean(list(values["own_cost"].values())))
    return from_dict({**values, **overrides})
