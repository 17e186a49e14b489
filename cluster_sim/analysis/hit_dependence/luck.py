"""Knowledge apart from luck: what a draw's numbers would show in the mean over luck, from a few runs of each draw.

A world's figure is the figure of its numbers plus luck.  With several seeds a draw the two can be told apart: a
one-way random-effects model gives the variance between draws and that within them, and each draw's mean is pulled
towards the mean of all by the part of its variance that is luck (Efron & Morris 1975; Searle, Casella & McCulloch
1992, chapter 3).  Without that, every title that happens to run well would count as something known.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Known(NamedTuple):
    """What is known of each draw's figure: `mean` and standard deviation `sd`, (draws,); `luck`, the part of a single
    world's variance that is luck (None: each draw has one world, and luck cannot be told apart)."""

    mean: np.ndarray
    sd: np.ndarray
    luck: float | None


def without_luck(values: np.ndarray, draw: np.ndarray) -> Known:
    """Return what is known of each draw; values: (worlds,), draw: (worlds,) numbers of draws from 0 on."""
    count = np.bincount(draw)
    own = np.bincount(draw, values) / count
    worlds, draws = len(values), len(count)
    if worlds == draws or draws < 2:
        within = values.var(ddof=1) / worlds if draws < 2 and worlds > 1 else 0.0
        return Known(own, np.full(draws, np.sqrt(within)), 1.0 if draws < 2 else None)
    inside = float(((values - own[draw]) ** 2).sum() / (worlds - draws))
    grand = float(values.mean())
    between = float((count * (own - grand) ** 2).sum() / (draws - 1))
    typical = (worlds - (count**2).sum() / worlds) / (draws - 1)
    spread = max(0.0, (between - inside) / typical)
    total = spread + inside / count
    pull = np.divide(spread, total, out=np.zeros(draws), where=total > 0)
    mean = grand + pull * (own - grand)
    return Known(mean, np.sqrt(pull * inside / count), inside / (spread + inside) if spread + inside > 0 else 1.0)
