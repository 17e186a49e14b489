"""Least squares with absorbed effects, clustered errors and instruments: a thin layer over linearmodels.

linearmodels absorbs high-dimensional effects (Correia 2016) and has the clustered covariance (Liang & Zeger
1986); it comes with the extra `econometrics` and is imported when a regression is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cluster_sim.analysis.econometrics.estimate import Estimate
from cluster_sim.runs.errors import InputError

MISSING = "econometrics needs the library {}: python -m pip install 'cluster-sim[econometrics]'"


@dataclass(frozen=True)
class Fit:
    """Coefficients by name, their covariance, and the degrees of freedom of their intervals."""

    names: tuple[str, ...]
    values: np.ndarray
    covariance: np.ndarray
    n: int
    clusters: int
    freedom: float

    def combine(self, weights: dict[str, float]) -> tuple[float, float]:
        """Return value and standard error of a weighted sum of coefficients."""
        w = np.array([weights.get(name, 0.0) for name in self.names])
        return float(w @ self.values), float(np.sqrt(max(w @ self.covariance @ w, 0.0)))

    def estimate(self, weights: str | dict[str, float], name: str, title: str, unit: str, percent: bool = False,
                 **published: Any) -> Estimate:
        """Turn a coefficient, or a weighted sum of some, into an estimate.

        `percent`: the coefficient is in logs and is given as `100 * (exp(b) - 1)`, its error by the delta method.
        """
        value, se = self.combine({weights: 1.0} if isinstance(weights, str) else weights)
        return interval(value, se, self.freedom, percent, name=name, title=title, unit=unit, n=self.n,
                        clusters=self.clusters, **published)

    def joint_p(self, names: Sequence[str]) -> float:
        """Return the p value of the hypothesis that all these coefficients are zero (F form of the Wald test)."""
        from scipy.special import fdtrc

        rows = [self.names.index(name) for name in names]
        if not rows:
            return float("nan")
        b, v = self.values[rows], self.covariance[np.ix_(rows, rows)]
        if not b.any():
            return 1.0
        rank = int(np.linalg.matrix_rank(v))
        return float(fdtrc(rank, self.freedom, float(b @ np.linalg.pinv(v) @ b) / max(rank, 1)))


def interval(value: float, se: float, freedom: float, percent: bool = False, **fields: Any) -> Estimate:
    """Return an estimate with Student's 95% interval; logs as percent where asked."""
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, 0.975)) * se if freedom > 0 else float("nan")
    low, high = value - half, value + half
    if percent:
        value, se, low, high = (100 * np.expm1(value), 100 * np.exp(value) * se, 100 * np.expm1(low),
                                100 * np.expm1(high))
    return Estimate(value=float(value), se=float(se), low95=float(low), high95=float(high), **fields)


def regress(y: Any, x: Any, effects: Any, clusters: Any, weights: Any = None, trends: tuple[Any, Any] | None = None,
            instruments: Any = None, freedom: float | None = None) -> Fit:
    """Fit ``y = x b + effects + e`` and return b with its covariance clustered by `clusters`.

    y: (n,); x: frame (n, k) of regressors; effects: frame (n, e) of groups, one effect each; clusters: (n,);
    weights: (n,) or None; trends: (groups, time), a linear trend for every group; instruments: frame (n, k),
    one for each regressor, for two-stage least squares. Covariance: times ``G / (G - 1) * (n - 1) / (n - p)``,
    p counting regressors and effects that are not nested in the clusters (Cameron & Miller 2015). Intervals
    have `freedom` degrees, ``G - 1`` if None. InputError if linearmodels is missing, or if effects leave
    nothing of a regressor.
    """
    import pandas as pd

    y, x = np.asarray(y, np.float64), x.astype(np.float64)
    groups, group_count = np.unique(np.asarray(clusters), return_inverse=True)[1], len(np.unique(np.asarray(clusters)))
    if len(y) <= x.shape[1] + 1 or group_count < 2:
        raise InputError("too few observations for a regression with clustered errors")
    absorb = pd.DataFrame({c: pd.Categorical(effects[c]) for c in effects}).reset_index(drop=True)
    _check_variation(x, y)
    model = _absorbing(y, x, absorb, weights, trends)
    result = _fitted(model, groups)
    if instruments is not None:
        _check_variation(instruments, y)
        other = _absorbing(y, instruments.astype(np.float64), absorb, weights, trends)
        result = _two_stage(model, other, groups)
    own = sum(absorb[c].cat.categories.size for c in absorb if not _nested(absorb[c].cat.codes.to_numpy(), groups))
    n, k = len(y), x.shape[1]
    factor = group_count / (group_count - 1) * (n - 1) / max(n - k - own, 1)
    return Fit(tuple(map(str, x.columns)), np.asarray(result.params, np.float64)[:k],
               np.asarray(result.cov, np.float64)[:k, :k] * factor, n, group_count,
               group_count - 1 if freedom is None else freedom)


def _absorbing(y: np.ndarray, x: Any, absorb: Any, weights: Any, trends: tuple[Any, Any] | None) -> Any:
    """Return linearmodels' model of least squares with absorbed effects."""
    import pandas as pd

    library = library_of()
    interactions = None
    if trends is not None:
        unit, time = (np.asarray(part) for part in trends)
        interactions = library.Interaction(pd.DataFrame({"unit": pd.Categorical(unit)}),
                                           pd.DataFrame({"time": time.astype(np.float64)}))
    return library.AbsorbingLS(y, x.to_numpy(), absorb=absorb, interactions=interactions,
                               weights=None if weights is None else np.asarray(weights, np.float64))


def _fitted(model: Any, groups: np.ndarray) -> Any:
    from linearmodels.panel.utility import AbsorbingEffectError

    try:
        return model.fit(cov_type="clustered", clusters=groups, debiased=False)
    except AbsorbingEffectError as error:
        raise InputError("the effects explain a regressor completely: nothing is left to compare") from error


def _two_stage(model: Any, other: Any, groups: np.ndarray) -> Any:
    """Return two-stage least squares on what the effects leave of regressors (`model`) and instruments (`other`).

    Frisch, Waugh & Lovell; what linearmodels keeps of absorbed variables is times the root of the weights already.
    """
    from linearmodels.iv import IV2SLS

    _fitted(other, groups)
    left, right, instruments = (np.asarray(part) for part in (
        model.absorbed_dependent, model.absorbed_exog, other.absorbed_exog))
    return IV2SLS(left, None, right, instruments).fit(cov_type="clustered", clusters=groups, debiased=False)


def _nested(group: np.ndarray, clusters: np.ndarray) -> bool:
    """Say whether every group of an effect lies within one cluster."""
    pairs = np.unique(np.column_stack([group, clusters]), axis=0)
    return len(pairs) == len(np.unique(group))


def _check_variation(x: Any, y: np.ndarray) -> None:
    if not np.isfinite(y).all() or not np.isfinite(x.to_numpy()).all():
        raise InputError("a regression needs finite numbers")
    for name in x:
        if np.ptp(x[name].to_numpy()) == 0:
            raise InputError(f"'{name}' is the same everywhere: nothing to compare")


def library_of() -> Any:
    """Return the part of linearmodels that is used; InputError if it is not installed."""
    try:
        from linearmodels.iv import absorbing
    except ImportError as error:
        raise InputError(MISSING.format("linearmodels")) from error
    return absorbing
