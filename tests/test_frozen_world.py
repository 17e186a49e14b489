"""A city at rest stays there: the frozen world without gaps, policy and events, over twenty years."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from engine import build, plain
from scipy.signal import lfilter
from scipy.special import ndtri

from cluster_sim.codes import Life
from cluster_sim.draws import APPEAL, uniforms
from cluster_sim.initial import rest
from cluster_sim.model import ClusterModel

STATES, RUNS, YEARS, SCALE = 52, 2, 22, 1 / 50
"""States of rest, runs from each (a run costs half of what a state does, and half of what moves it is its own luck)."""
CLOSED = {"gaps.attraction": 0.0, "gaps.people": 0.0, "gaps.capacity": 0.0, "gaps.wage": 0.0, "start.rest_months": 600,
          "start.rest_states": STATES}
HELD = ("employment", "mean_wage", "use_of_capacity", "knowhow", "export_share", "relative_price", "enrolled",
        "rival_sales")
"""Columns whose mean over these states is known to one per cent."""
WIDE = ("contract_sales", "purchased_inputs", "home_sales", "market_share_home")
"""Columns known to one and a half per cent: a hundred states would be needed."""
GROWING = ("creative_value_added", "tax_receipts", "consumption")
GATHERING = ("localisation", "collaboration_distance")
OWN_WORKS = "in_production"
NEVER = 1_000_000               # month of opening of a park that is still to be opened: an event
SURE = 3.5                      # standard errors at which one of some seventy columns is taken to drift
FADING = (33.0, 120.0)          # months in which the effect of luck may fade: by the luck's own memory, and slowly
WINDOW = 24                     # months at the start and at the end that are compared


class OwnLuck:
    """The luck that a run's studios had with clients, of which the mean is known to be nought.

    Each month's shocks are weighted by the jobs of the month before, so that they are a fair game; weighted again by
    what is left of them in the last two years less the first two, they make control variates.
    """

    def __init__(self, model: ClusterModel) -> None:
        self.months: list[float] = []
        self.remember(model)

    def remember(self, model: ClusterModel) -> None:
        """Note who has which jobs at the end of a month, and the month to come."""
        s = model.studios.used
        here = (s["alive"] == Life.ALIVE) & (s["staff"] > 0)
        self.ids, self.staff, self.month = s["id"][here].copy(), s["staff"][here].astype(float), model.t

    def shocks(self, model: ClusterModel) -> np.ndarray:
        """Return the shocks of the month (month/luck.py) to the log appeal of the studios that were there before."""
        par = model.par
        spread = par["commissioning.appeal_shock"] / np.sqrt(1.0 + self.staff / par["commissioning.appeal_size"])
        return spread * ndtri(uniforms(model.seed, APPEAL, self.ids, self.month))

    def __call__(self, model: ClusterModel) -> None:
        """Add the month that is over."""
        self.months.append(float(self.staff @ self.shocks(model) / self.staff.sum()))
        self.remember(model)

    def left(self, fading: float) -> float:
        """Return what is left in the last two years, less what was there in the first, if it fades in these months."""
        level = lfilter([1.0], [1.0, -math.exp(-1.0 / fading)], self.months)
        return float(level[-WINDOW:].mean() - level[:WINDOW].mean())


def live(setup: Any, state: int, run: int) -> tuple[dict[str, np.ndarray], list[float]]:
    """Return the series of a run from a state of rest, and what is left of its studios' luck."""
    patch = pytest.MonkeyPatch()
    patch.setattr(rest, "uniform_for", lambda *_: (state + 0.5) / STATES)
    try:
        model = ClusterModel(setup, seed=state + STATES * run, scale=SCALE)
    finally:
        patch.undo()
    model.outside = {name: path for name, path in model.outside.items() if not name.startswith("reference_")}
    opened = model.space.parks["opened"]
    opened[opened > 0] = NEVER
    luck = OwnLuck(model)
    return model.run(luck).series(), [luck.left(fading) for fading in FADING]


def mean_without_luck(change: np.ndarray, luck: np.ndarray) -> tuple[float, float]:
    """Return the mean over states of a change and its standard error, with what luck explains taken out.

    change: (states,); luck: (states, kinds) of mean nought.  Control variates (Lavenberg & Welch 1981): the intercept
    of the regression.
    """
    design = np.column_stack([np.ones(len(change)), luck])
    found = np.linalg.lstsq(design, change, rcond=None)[0]
    left = change - design @ found
    variance = left @ left / (len(change) - design.shape[1])
    return float(found[0]), float(np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]))


@pytest.fixture(scope="module")
def changes() -> dict[str, tuple[float, float]]:
    """Return by column the twenty-year change of its two-year mean over that of the start, and its standard error."""
    setup = plain(12 * YEARS, city="chengdu", outside={"freeze": True}, par=CLOSED)
    first, last, luck = [], [], []
    for state in range(STATES):
        runs = [live(setup, state, run) for run in range(RUNS)]
        columns = [name for name, values in runs[0][0].items() if values.dtype == float]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)         # columns without a value in two years
            for found, part in ((first, slice(None, WINDOW)), (last, slice(-WINDOW, None))):
                found.append(np.mean([[np.nanmean(series[name][part]) for name in columns] for series, _ in runs], 0))
        luck.append(np.mean([left for _, left in runs], 0))
    with np.errstate(invalid="ignore"):                                 # columns that are zero in such a world
        change = (np.array(last) - np.array(first)) / np.abs(np.mean(first, 0))
    return {name: mean_without_luck(values, np.array(luck))
            for name, values in zip(columns, change.T, strict=True) if np.isfinite(values).all()}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*HELD, *(pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=(
    "known to 1.1 to 1.3% only, and 3% (1.2) above after twenty years, for own works go on growing")))
    for name in GROWING)])
def test_the_main_columns_stay_within_two_per_cent_or_two_standard_errors(changes, name):
    change, error = changes[name]
    assert error <= 0.01
    assert abs(change) <= max(0.02, 2.0 * error)


@pytest.mark.slow
@pytest.mark.parametrize("name", WIDE)
def test_columns_known_less_well_do_not_visibly_drift(changes, name):
    change, error = changes[name]
    assert error <= 0.02
    assert abs(change) <= max(0.02, 2.0 * error)


@pytest.mark.slow
@pytest.mark.xfail(strict=True, reason="5% (1.3) more in twenty years: the largest studios hardly ever close, and age")
def test_own_works_are_at_rest(changes):
    change, error = changes[OWN_WORKS]
    assert abs(change) <= max(0.02, 2.0 * error)


@pytest.mark.slow
def test_no_column_drifts_beyond_its_noise(changes):
    """The published share is broken by definition at January 2018; places and own works are looked at by themselves."""
    apart = ("gdp_share_published", OWN_WORKS, *GATHERING)
    drifting = {name: found for name, found in changes.items() if name not in apart
                and abs(found[0]) > max(0.02, SURE * found[1])}
    assert not drifting


@pytest.mark.slow
@pytest.mark.parametrize("name", GATHERING)
def test_places_gather_slowly(changes, name):
    """Not at rest after six hundred months: four to five per cent in twenty years (docs/decisions.md)."""
    change, error = changes[name]
    assert abs(change) <= 0.06 + 2.0 * error


def test_luck_is_taken_out_of_a_mean():
    """A change of 3% that luck moves by far more is found with a tenth of the error, and that error is right."""
    found = []
    for seed in range(200):
        draws = np.random.default_rng(seed)
        luck, rest = draws.normal(size=(50, 2)), draws.normal(scale=0.02, size=50)
        found.append(mean_without_luck(0.03 + luck @ [0.2, -0.1] + rest, luck))
    means, errors = np.array(found).T
    assert means.mean() == pytest.approx(0.03, abs=3 * errors.mean() / np.sqrt(200))
    assert errors.mean() == pytest.approx(means.std(), rel=0.2) and errors.mean() < 0.004


def test_own_luck_is_what_moves_appeal():
    """A month's shocks are those that the month gives to studios' appeal; people who come or go move them little."""
    model = build(3)
    model.step()
    luck, s = OwnLuck(model), model.studios.used
    before = dict(zip(s["id"].tolist(), s["appeal"], strict=True))
    shocks = dict(zip(luck.ids.tolist(), luck.shocks(model), strict=True))
    model.step()
    memory, s = model.par["commissioning.appeal_memory"], model.studios.used
    now = {i: a for i, a, alive in zip(s["id"].tolist(), s["appeal"], s["alive"], strict=True) if alive == Life.ALIVE}
    both = [i for i in now if i in shocks]
    assert len(both) > 50
    assert [now[i] - memory * before[i] for i in both] == pytest.approx([shocks[i] for i in both], rel=0.1, abs=1e-9)
