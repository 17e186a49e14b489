"""Regret of policies over sampled futures: what each gives away against the best that could have been chosen.

Savage (1951); for robust policy under deep uncertainty Lempert, Groves, Popper & Bankes (2006).
"""

from __future__ import annotations

from typing import Any

import numpy as np


def regrets(values: np.ndarray, higher: bool = True) -> np.ndarray:
    """Return the regret (futures, policies): the best policy of each future less the policy, never below zero.

    values: (futures, policies) of the aim's column. A future in which a policy is missing has none.
    """
    signed = values if higher else -values
    known = np.isfinite(signed).all(axis=1, keepdims=True)
    return np.where(known, signed.max(axis=1, keepdims=True, initial=-np.inf) - signed, np.nan)


def regret_table(names: list[str], values: np.ndarray, fails: np.ndarray, higher: bool = True, seed: int = 1,
                 resamples: int = 1000) -> Any:
    """Return one row a policy: regret (mean with its 95% interval over resampled futures, 90%, worst), and failure.

    values: (futures, policies). fails: the same shape, true where the policy misses its aim. `best` is the share
    of futures in which no other policy does better; `least_worst` marks the smallest worst regret.
    """
    import pandas as pd

    known = np.isfinite(values).all(axis=1)
    lost, missed = regrets(values[known], higher), fails[known]
    if not len(lost):
        raise ValueError("no future has a value of every policy")
    picks = np.random.default_rng(seed).integers(len(lost), size=(resamples, len(lost)))
    low, high = np.quantile(lost[picks].mean(axis=1), [0.025, 0.975], axis=0)
    worst = lost.max(axis=0)
    return pd.DataFrame({
        "policy": names, "futures": len(lost), "mean_value": values[known].mean(axis=0), "fails": missed.mean(axis=0),
        "best": (lost == 0).mean(axis=0), "mean_regret": lost.mean(axis=0), "low95": low, "high95": high,
        "regret_p90": np.quantile(lost, 0.9, axis=0), "worst_regret": worst, "least_worst": worst == worst.min()})
