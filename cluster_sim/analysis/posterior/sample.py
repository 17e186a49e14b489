"""An importance sample of the posterior: draws from the prior, runs, weights; then draws near those that fit.

Half of the draws come from the prior (a Latin hypercube).  The other half come from a mixture: one part in five from
the prior again, the rest from a kernel around each first draw, with the weights of the fit, tempered so that they do
not rest on a few (population Monte Carlo: Cappe, Guillin, Marin & Robert 2004).  A draw's weight is its likelihood
times the prior's density over that of all draws together (the balance heuristic: Veach & Guibas 1995), so that the
weighted draws stand for the posterior whatever the mixture.  All on the unit cube of the prior's quantiles.

Draws that run away (B <= 0) are part of the prior and have no likelihood: they are counted, not run.  Each draw has
luck of its own, which is part of the error that is stated with each fact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cluster_sim.analysis.evaluator import Evaluator, seed_means
from cluster_sim.analysis.posterior.draws import Draws, effective_of
from cluster_sim.analysis.posterior.reading import PosteriorSpec
from cluster_sim.analysis.posterior.returns import least_gain
from cluster_sim.nation.returns import FLAGGED
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.sweeps import Point
from cluster_sim.scenario.designs import unit_sample

DEFENSIVE = 0.2
"""Part of the second draws that come from the prior again."""
LEAST = 10.0
"""Effective number of first draws that the kernel's weights are tempered to, at least."""
NARROWEST = 0.02
"""Least width of a kernel, as a part of the prior's range."""


@dataclass
class Posterior(Findings):
    """Draws with their weights and what they show; `places` is (draws, factors) on the unit cube."""

    spec: PosteriorSpec
    places: np.ndarray
    gains: np.ndarray
    """(draws,) smallest loop gain B of each draw."""
    found: np.ndarray
    """(facts, draws) what each draw shows, missing where it was not run or failed."""
    weights: np.ndarray

    @property
    def effective(self) -> float:
        """Effective number of draws."""
        return effective_of(self.weights)

    @property
    def refused(self) -> int:
        """Draws that run away, B <= 0."""
        return int((self.gains <= 0).sum())

    @property
    def flagged(self) -> float:
        """Weight of draws with a loop gain above 0 but below `FLAGGED`."""
        return float(self.weights[(self.gains > 0) & (self.gains < FLAGGED)].sum())

    @property
    def draws(self) -> Draws:
        """The draws with a weight, as a file holds them."""
        rows = np.flatnonzero(self.weights > 0)
        factors = self.spec.sweep.factors
        values = np.array([[factor.at(float(u)) for factor, u in zip(factors, self.places[row], strict=True)]
                           for row in rows])
        return Draws(tuple(factor.path for factor in factors), values, self.weights[rows])

    @property
    def margins(self) -> Any:
        """One row a factor: its prior's ends, the posterior's mean and 90% interval, and its closest companion."""
        import pandas as pd

        draws = self.draws
        mean, spread = _moments(draws.values, draws.weights)
        z = (draws.values - mean) / np.where(spread > 0, spread, 1.0)
        ridge = (z * draws.weights[:, None]).T @ z
        np.fill_diagonal(ridge, 0.0)
        rows = []
        for k, factor in enumerate(self.spec.sweep.factors):
            low, high = quantiles(draws.values[:, k], draws.weights, (0.05, 0.95))
            other = int(np.abs(ridge[k]).argmax()) if len(ridge) > 1 else k
            rows.append({"factor": factor.path, "prior_low": factor.low, "prior_high": factor.high,
                         "mean": mean[k], "low90": low, "high90": high,
                         "companion": draws.paths[other], "correlation": ridge[k, other]})
        return pd.DataFrame(rows)

    @property
    def fits(self) -> Any:
        """One row a fact: what was observed, with its error, and what draws of the prior and the posterior show."""
        import pandas as pd

        rows = []
        for fact, values in zip(self.spec.facts, self.found, strict=True):
            there = np.isfinite(values)
            weights = self.weights[there]
            low, high = quantiles(values[there], weights, (0.05, 0.95))
            first = values[:len(values) // 2]
            rows.append({"column": fact.measure.column, "year": fact.measure.years, "observed": fact.value,
                         "error": fact.error, "prior_mean": float(np.nanmean(first)),
                         "mean": float((values[there] * weights).sum() / weights.sum()), "low90": low,
                         "high90": high})
        return pd.DataFrame(rows)


def sized(spec: PosteriorSpec, samples: Any = None) -> PosteriorSpec:
    """Return a study with another number of draws where it is given."""
    return spec if samples is None else replace(spec, sweep=replace(spec.sweep, samples=samples))


def run_posterior(spec: PosteriorSpec, experiment: Experiment) -> Posterior:
    """Do the runs that are missing and return the weighted draws. NothingRan if no draw can be weighed."""
    total = spec.sweep.samples or 0
    first = total // 2 or 1
    places = unit_sample(replace(spec.sweep, samples=first))
    evaluator = Evaluator(spec.sweep, experiment)
    gains, found = _evaluate(spec, evaluator, places)
    if total > first and np.isfinite(spec.log_likelihood(found)).any():
        weights = tempered(spec.log_likelihood(found), min(LEAST, first / 2))
        kernel = Kernel.of(places, weights)
        rng = np.random.default_rng([spec.sweep.sample_seed, total])
        places = np.vstack([places, kernel.sample(total - first, rng)])
        gains, found = _evaluate(spec, evaluator, places)
        density = (first + (total - first) * kernel.density(places)) / total
    else:
        density = np.ones(len(places))
    likelihood = spec.log_likelihood(found)
    if not np.isfinite(likelihood).any():
        raise experiment.nothing_ran("no draw of the prior could be weighed")
    weights = np.exp(likelihood - likelihood[np.isfinite(likelihood)].max()) / density
    return Posterior(experiment, spec, places, gains, found, weights / weights.sum())


def _evaluate(spec: PosteriorSpec, evaluator: Evaluator, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the loop gain of each draw, and what each shows of the facts; (draws,) and (facts, draws)."""
    sweep = spec.sweep
    values = [{factor.path: factor.at(float(u)) for factor, u in zip(sweep.factors, row, strict=True)}
              for row in places]
    gains = np.array([least_gain(sweep.base.parameters, value) for value in values])
    kept, each = np.flatnonzero(gains > 0), len(sweep.seeds)
    points = [Point(values[k], tuple(range(sweep.seeds[0] + k * each, sweep.seeds[0] + (k + 1) * each))) for k in kept]
    found = np.full((len(spec.facts), len(places)), np.nan)
    if points:
        measured = evaluator.values(points, *(fact.measure for fact in spec.facts))
        found[:, kept] = [seed_means(one) for one in measured]
    return gains, found


def tempered(log_likelihood: np.ndarray, least: float) -> np.ndarray:
    """Return weights exp(p log L) that add up to one, with the largest p up to 1 whose effective number is `least`."""
    known = np.isfinite(log_likelihood)
    steps = np.where(known, log_likelihood - log_likelihood[known].max(), -np.inf)

    def at(power: float) -> np.ndarray:
        return np.where(known, np.exp(power * np.where(known, steps, 0.0)), 0.0)

    low, high = 0.0, 1.0
    if effective_of(at(1.0)) < least:
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if effective_of(at(middle)) >= least else (low, middle)
        high = low
    weights = at(high)
    return weights / weights.sum()


@dataclass(frozen=True)
class Kernel:
    """A mixture on the unit cube: normals around centres, cut off at its sides, and the flat prior."""

    centres: np.ndarray
    weights: np.ndarray
    width: np.ndarray
    """(factors,) standard deviation of a normal before the cut."""

    @classmethod
    def of(cls, places: np.ndarray, weights: np.ndarray) -> Kernel:
        """Return the kernel of weighted draws; its width goes by Silverman's rule with the effective number."""
        _, spread = _moments(places, weights)
        shrink = effective_of(weights) ** (-1.0 / (places.shape[1] + 4))
        return cls(places, weights, np.maximum(spread * shrink, NARROWEST))

    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return so many draws, (count, factors)."""
        from scipy.special import ndtr, ndtri

        u = rng.random((count, self.centres.shape[1]))
        centre = self.centres[rng.choice(len(self.weights), count, p=self.weights)]
        low, high = ndtr((0.0 - centre) / self.width), ndtr((1.0 - centre) / self.width)
        near = np.clip(centre + self.width * ndtri(low + u * (high - low)), 0.0, 1.0)
        return np.where(rng.random((count, 1)) < DEFENSIVE, u, near)

    def density(self, places: np.ndarray) -> np.ndarray:
        """Return the mixture's density at places, (draws,); that of the prior is 1."""
        from scipy.special import ndtr

        found = np.zeros(len(places))
        for centre, weight in zip(self.centres, self.weights, strict=True):
            if weight > 0.0:
                inside = ndtr((1.0 - centre) / self.width) - ndtr((0.0 - centre) / self.width)
                z = (places - centre) / self.width
                found += weight * (np.exp(-0.5 * z**2) / (np.sqrt(2 * np.pi) * self.width * inside)).prod(1)
        return DEFENSIVE + (1.0 - DEFENSIVE) * found


def _moments(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weighted mean and standard deviation by column."""
    mean = weights @ values / weights.sum()
    return mean, np.sqrt(weights @ (values - mean) ** 2 / weights.sum())


def quantiles(values: np.ndarray, weights: np.ndarray, at: tuple[float, ...]) -> list[float]:
    """Return weighted quantiles, interpolated between the middles of the weights."""
    order = np.argsort(values)
    place = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return [float(np.interp(q, place, values[order])) for q in at]
