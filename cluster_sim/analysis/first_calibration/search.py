"""The search for the mode of a posterior: where the facts of a study and priors from sources are met best.

What is made least are squared misses over their errors plus squared deviations from the priors, by damped Gauss-Newton
steps (Levenberg 1944; ``scipy.optimize.least_squares``) on common random numbers.  A point that runs away (B <= 0) is
refused, and a shorter step tried.

Facts and errors are those of the study that `posterior` weighs its draws by: the published share of 2017 to 2021, job
counts and wages, nothing later.  An error holds that of the statistic, of the model and of luck.  It is no smaller for
the mean of many seeds: what was published is itself one draw of luck.  Five points of the share cannot tell
attraction, people and the speed of labour apart; jobs and wages help, and what is left is a ridge that only a
posterior shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cluster_sim.analysis.evaluator import Evaluator, seed_means
from cluster_sim.analysis.posterior.reading import Fact, PosteriorSpec
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment
from cluster_sim.runs.plan import month_text
from cluster_sim.runs.sweeps import Point, load_sweep

PRIORS = {"start.sizing": (0.88, 0.10), "gaps.attraction": (0.32, 0.30), "gaps.people": (0.25, 0.60),
          "labour.offer_speed": (0.02, 0.50), "labour.eta": (3.0, 0.50), "labour.switch_rate": (0.008, 0.40),
          "labour.emigration_rate": (0.003, 0.40), "accounts.statistical_break": (1.17, 0.03)}
"""Parameter: median of the prior and spread of its logarithm, from the ranges in `parameters.yaml`."""
SEEDS = range(11, 17)
STEP = 0.5
"""Step of the differences that give the slopes, in spreads of the priors: wide, because a short run is noisy."""


class Calibration:
    """Misses of points in the space of the priors, from the runs of an experiment; a point is (parameters,) spreads
    from the medians."""

    def __init__(self, study: PosteriorSpec, experiment: Experiment, seeds: Sequence[int], scale: float) -> None:
        self.facts: tuple[Fact, ...] = study.facts
        self.value, self.error = (np.array([getattr(fact, one) for fact in study.facts]) for one in ("value", "error"))
        ranges = {path: {"low": middle * np.exp(-2.0 * spread), "high": middle * np.exp(2.0 * spread), "log": True}
                  for path, (middle, spread) in PRIORS.items()}
        sweep = load_sweep({"name": "First calibration", "base": study.sweep.base, "design": "lhs", "samples": 1,
                            "factors": ranges, "seeds": list(seeds), "scale": scale,
                            "until": month_text(study.sweep.until)})
        self.evaluator = Evaluator(sweep, experiment)

    def shown(self, points: Sequence[np.ndarray]) -> np.ndarray:
        """Return what each point gives for each fact, the mean over seeds, (points, facts); NaN where none ran."""
        asked = [Point(values_at(z), self.evaluator.sweep.seeds) for z in points]
        found = self.evaluator.values(asked, *(fact.measure for fact in self.facts))
        return np.array([seed_means(each) for each in found]).T

    def misses(self, z: np.ndarray) -> np.ndarray:
        """Return misses over their errors and deviations from the priors, and print the point; NaN if it runs away."""
        shown = self.shown([z])[0]
        found = np.concatenate([(shown - self.value) / self.error, z])
        facts = "  ".join(f"{fact.measure.column} {fact.measure.years}={one:.4g}"
                          for fact, one in zip(self.facts, shown, strict=True))
        values = "  ".join(f"{name}={one:.5g}" for name, one in values_at(z).items())
        print(f"{float(found @ found):8.2f}  {facts}  {values}", flush=True)
        return found

    def slopes(self, z: np.ndarray) -> np.ndarray:
        """Return the change of each miss with each coordinate, by differences; backward where the point ahead fails.

        NothingRan if neither can be run.
        """
        here, *beside = self.shown([z, *(z + STEP * np.eye(z.size))])
        steps = np.where(np.isfinite(beside).all(1), STEP, -STEP)
        behind = np.flatnonzero(steps < 0.0)
        if behind.size:
            for k, each in zip(behind, self.shown([z - STEP * np.eye(z.size)[k] for k in behind]), strict=True):
                beside[k] = each
        if not np.isfinite(beside).all():
            raise self.evaluator.experiment.nothing_ran("no slope can be measured where points on both sides fail")
        facts = np.array([(one - here) / self.error / step for one, step in zip(beside, steps, strict=True)]).T
        return np.vstack([facts, np.eye(z.size)])


def values_at(z: np.ndarray) -> dict[str, float]:
    """Return parameters that lie z spreads from the priors' medians."""
    middle, spread = np.array(list(PRIORS.values())).T
    return dict(zip(PRIORS, (middle * np.exp(z * spread)).tolist(), strict=True))


def place_of(parameters: dict[str, float]) -> np.ndarray:
    """Return where parameters lie, in spreads from the priors' medians; InputError if one is not above zero."""
    for name in PRIORS:
        if not parameters[name] > 0.0:
            raise InputError(f"{name} is {parameters[name]:g} in the study's base: a calibration begins above 0")
    return np.array([np.log(parameters[name] / middle) / spread for name, (middle, spread) in PRIORS.items()])


def fit(study: PosteriorSpec, experiment: Experiment, seeds: Sequence[int] = SEEDS, scale: float = 0.02,
        steps: int = 6) -> dict[str, float]:
    """Return the parameters at the best point found in a number of steps from those of the study's base.

    NothingRan if the base itself, or a point beside the best one, runs away.
    """
    from scipy.optimize import least_squares

    calibration, begin = Calibration(study, experiment, seeds, scale), place_of(study.sweep.base.parameters)
    if not np.isfinite(calibration.shown([begin])).all():
        raise experiment.nothing_ran("the study's base, where the search begins, could not be run")
    found: Any = least_squares(calibration.misses, begin, jac=calibration.slopes, max_nfev=steps + 1)
    return values_at(found.x)
