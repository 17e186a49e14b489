"""PRIM, the patient rule induction method: boxes of factors in which the cases of interest lie close together.

Friedman & Fisher (1999): peel a small share of the points off one side of the box, wherever that raises the density
of cases most, and go on until few points are left; the boxes on the way trade coverage for density. Limits that
chance could have drawn are taken back by the quasi-p-values of Bryant & Lempert (2010). Our own, because the
library that has it (ema-workbench) brings 110 MB of others and two seconds of imports with it; a test compares both
where it is installed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

ALPHA = 0.05
"""Share of the box's points that a peel takes off."""
SMALLEST = 0.05
"""Share of all points below which a box is not peeled further."""
DENSITY = 0.8
"""Density that the chosen box should reach."""
SURE = 0.05
"""Largest quasi-p-value of a limit that is kept."""


@dataclass(frozen=True)
class Box:
    """Limits by factor (inclusive; infinite where there is none) and what they hold of the points they came from.

    coverage: share of all cases that lie inside. density: share of the points inside that are cases. mass: share of
    the points that lie inside.
    """

    low: np.ndarray
    high: np.ndarray
    coverage: float = 1.0
    density: float = 0.0
    mass: float = 1.0
    quasi_low: np.ndarray = field(default_factory=lambda: np.empty(0))
    """Quasi-p-value of each lower limit; missing where there is none."""
    quasi_high: np.ndarray = field(default_factory=lambda: np.empty(0))

    @property
    def restricted(self) -> np.ndarray:
        """Which factors the box limits."""
        return np.isfinite(self.low) | np.isfinite(self.high)

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which of some points (N, D) lie inside."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1))

    def measured(self, points: np.ndarray, cases: np.ndarray) -> Box:
        """The same limits with coverage, density and mass among some points."""
        inside = self.holds(points)
        found, count = int(cases[inside].sum()), int(inside.sum())
        return replace(self, coverage=found / max(1, int(cases.sum())), density=found / max(1, count),
                       mass=count / max(1, len(cases)))


def whole(points: np.ndarray, cases: np.ndarray) -> Box:
    """The box without limits."""
    count = points.shape[1]
    return Box(np.full(count, -np.inf), np.full(count, np.inf)).measured(points, cases)


def peel(points: np.ndarray, cases: np.ndarray, alpha: float = ALPHA, smallest: float = SMALLEST) -> list[Box]:
    """Return the boxes of a peeling, from the whole space to the smallest.

    points: (N, D) numbers. cases: (N,) true where the case of interest is. Each peel takes the side where the
    density rises most for each point given up; a limit lies midway between what goes and what stays.
    """
    boxes = [whole(points, cases)]
    inside = np.ones(len(points), bool)
    while boxes[-1].density < 1.0:
        best: tuple[float, int, bool, float] | None = None
        count, dense = int(inside.sum()), float(cases[inside].mean())
        off = max(1, int(alpha * count))
        for k in range(points.shape[1]):
            values = points[inside, k]
            order = np.argsort(values, kind="stable")
            ordered, hits = values[order], cases[inside][order]
            for lower in (True, False):
                edge = _edge(ordered, off, lower)
                if edge is None:
                    continue
                kept = hits[edge:] if lower else hits[:edge]
                if len(kept) < smallest * len(points):
                    continue
                gain = (float(kept.mean()) - dense) / (count - len(kept))
                if best is None or gain > best[0]:
                    best = (gain, k, lower, (float(ordered[edge - 1]) + float(ordered[edge])) / 2)
        if best is None:
            break
        _, k, lower, limit = best
        low, high = boxes[-1].low.copy(), boxes[-1].high.copy()
        (low if lower else high)[k] = limit
        boxes.append(Box(low, high).measured(points, cases))
        inside = boxes[-1].holds(points)
    return boxes


def _edge(ordered: np.ndarray, off: int, lower: bool) -> int | None:
    """Return where to cut ordered values so that at least `off` go and equal values stay together; None if nowhere."""
    if lower:
        place = int(np.searchsorted(ordered, ordered[off - 1], side="right"))
        return place if place < len(ordered) else None
    place = int(np.searchsorted(ordered, ordered[len(ordered) - off], side="left"))
    return place if place > 0 else None


def paste(box: Box, points: np.ndarray, cases: np.ndarray, alpha: float = ALPHA) -> Box:
    """Widen a box where it was peeled too far: each side by a share `alpha`, while the density does not fall."""
    while True:
        wider = []
        for k in np.flatnonzero(box.restricted):
            for lower in (True, False):
                side = (box.low if lower else box.high)[k]
                if not np.isfinite(side):
                    continue
                low, high = box.low.copy(), box.high.copy()
                (low if lower else high)[k] = -np.inf if lower else np.inf
                beyond = Box(low, high).holds(points) & (points[:, k] < side if lower else points[:, k] > side)
                outside = np.unique(points[beyond, k])
                step = max(1, int(alpha * box.mass * len(points)))
                if len(outside) > step:
                    near = outside[::-1] if lower else outside
                    (low if lower else high)[k] = (near[step - 1] + near[step]) / 2
                wide = Box(low, high).measured(points, cases)
                if wide.density >= box.density and wide.coverage > box.coverage:
                    wider.append(wide)
        if not wider:
            return box
        box = max(wider, key=lambda each: (each.density, each.coverage))


def choose(boxes: list[Box], density: float = DENSITY) -> Box:
    """Return the box of a peeling with the widest coverage among those dense enough.

    Where none is, the one with the largest harmonic mean of coverage and density.
    """
    dense = [box for box in boxes if box.density >= density]
    if dense:
        return max(dense, key=lambda box: (box.coverage, box.density, -box.restricted.sum()))
    return max(boxes, key=lambda box: box.coverage * box.density / max(box.coverage + box.density, 1e-300))


def quasi_p(box: Box, points: np.ndarray, cases: np.ndarray) -> Box:
    """The box with the quasi-p-value of each limit (Bryant & Lempert 2010).

    It is the probability of as many cases among as many points inside, if the limit had no meaning: with the share
    of cases that the box has without it (one-sided binomial test).
    """
    from scipy.special import bdtrc

    found = np.full((2, len(box.low)), np.nan)
    inside = box.holds(points)
    count, hits = int(inside.sum()), int(cases[inside].sum())
    for k in range(len(box.low)):
        for row, lower in enumerate((True, False)):
            if np.isfinite((box.low if lower else box.high)[k]):
                low, high = box.low.copy(), box.high.copy()
                (low if lower else high)[k] = -np.inf if lower else np.inf
                without = Box(low, high).holds(points)
                share = cases[without].mean()
                found[row, k] = 1.0 if hits == 0 else float(bdtrc(hits - 1, count, share))
    return replace(box, quasi_low=found[0], quasi_high=found[1])


def significant(box: Box, points: np.ndarray, cases: np.ndarray, sure: float = SURE) -> Box:
    """The box without the limits that chance could have drawn, the least certain taken back first."""
    while True:
        box = quasi_p(box.measured(points, cases), points, cases)
        both = np.array([box.quasi_low, box.quasi_high])
        if not np.nanmax(both, initial=0.0) > sure:
            return box
        row, k = np.unravel_index(np.nanargmax(both), both.shape)
        low, high = box.low.copy(), box.high.copy()
        (low if row == 0 else high)[k] = -np.inf if row == 0 else np.inf
        box = Box(low, high)


def find(points: np.ndarray, cases: np.ndarray, density: float = DENSITY, alpha: float = ALPHA,
         smallest: float = SMALLEST) -> tuple[Box, list[Box]]:
    """Return one box (peeled, chosen, pasted, freed of limits by chance) and the peeling that it was chosen from."""
    boxes = peel(points, cases, alpha, smallest)
    box = paste(choose(boxes, density), points, cases, alpha)
    return significant(box, points, cases), boxes


def cover(points: np.ndarray, cases: np.ndarray, density: float = DENSITY, most: int = 3, alpha: float = ALPHA,
          smallest: float = SMALLEST) -> list[tuple[Box, list[Box]]]:
    """Return boxes one after another, each among the points that no earlier one holds, with their peelings.

    It ends with `most` boxes, with fewer than five cases left, or with a box that keeps no limit. Coverage,
    density and mass of the boxes returned are among all points.
    """
    left = np.ones(len(points), bool)
    found: list[tuple[Box, list[Box]]] = []
    while len(found) < most and cases[left].sum() >= 5 and not cases[left].all():
        box, boxes = find(points[left], cases[left], density, alpha, smallest)
        if not box.restricted.any():
            break
        found.append((box.measured(points, cases), boxes))
        left &= ~box.holds(points)
    return found


@dataclass(frozen=True)
class Again:
    """What halves of the sample say of a box: how often each factor is limited, and its density on the other half."""

    limited: np.ndarray
    density: float
    coverage: float


def again(points: np.ndarray, cases: np.ndarray, density: float = DENSITY, halves: int = 20, seed: int = 1,
          alpha: float = ALPHA, smallest: float = SMALLEST) -> Again:
    """Find the first box on random halves of the sample and measure it on the other halves.

    A box is drawn round the cases that it is then judged by: its density on points that it has not seen is the fair
    one. Halves without a case on either side are left out; missing values if all are.
    """
    draws = np.random.default_rng(seed)
    rows = []
    for _ in range(halves):
        order = draws.permutation(len(points))
        one, other = order[:len(order) // 2], order[len(order) // 2:]
        if cases[one].any() and cases[other].any() and not cases[one].all():
            box, _ = find(points[one], cases[one], density, alpha, smallest)
            fresh = box.measured(points[other], cases[other])
            rows.append([fresh.density, fresh.coverage, *box.restricted])
    if not rows:
        return Again(np.full(points.shape[1], np.nan), np.nan, np.nan)
    mean = np.mean(rows, axis=0)
    return Again(mean[2:], float(mean[0]), float(mean[1]))
