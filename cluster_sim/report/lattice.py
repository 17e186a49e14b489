"""Outlines on a lattice of cells: borders between districts, and the rims of zones."""

from __future__ import annotations

import numpy as np

Segment = tuple[tuple[float, float], tuple[float, float]]


def borders(labels: np.ndarray, outside: int = -1) -> list[Segment]:
    """Edges between cells of different labels, in cell units, joined where they run straight.

    labels: (n, n) integers indexed [y, x]; cell (x, y) covers x..x+1 by y..y+1. Edges around the lattice are
    borders of whatever lies along them, unless that is `outside`.
    """
    n_y, n_x = labels.shape
    padded = np.full((n_y + 2, n_x + 2), outside, dtype=np.int64)
    padded[1:-1, 1:-1] = labels
    upright = padded[1:-1, 1:] != padded[1:-1, :-1]  # (n_y, n_x + 1): edge at x, beside row y
    level = padded[1:, 1:-1] != padded[:-1, 1:-1]  # (n_y + 1, n_x): edge at y, above column x
    found: list[Segment] = []
    for x in range(n_x + 1):
        found += [((x, a), (x, b)) for a, b in _stretches(upright[:, x])]
    for y in range(n_y + 1):
        found += [((a, y), (b, y)) for a, b in _stretches(level[y])]
    return found


def _stretches(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and one-past-last index of every run of true values."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def rims(mask: np.ndarray, inset: float = 0.0) -> list[np.ndarray]:
    """Closed outlines of the true cells, each an array (k, 2) of corners in cell units.

    `inset` moves the outline inwards, so that two zones that share an edge stay two lines. mask: (n, n)
    booleans indexed [y, x]. Outlines run with the inside on the left; holes give outlines of their own.
    """
    after: dict[tuple[int, int], list[tuple[int, int]]] = {}
    n_y, n_x = mask.shape

    def inside(x: int, y: int) -> bool:
        return 0 <= x < n_x and 0 <= y < n_y and bool(mask[y, x])

    for y, x in np.argwhere(mask).tolist():
        sides = (
            (inside(x, y - 1), (x, y), (x + 1, y)),
            (inside(x + 1, y), (x + 1, y), (x + 1, y + 1)),
            (inside(x, y + 1), (x + 1, y + 1), (x, y + 1)),
            (inside(x - 1, y), (x, y + 1), (x, y)),
        )
        for shared, start, end in sides:
            if not shared:
                after.setdefault(start, []).append(end)
    loops = []
    while after:
        start = here = min(after)
        loop, heading = [], (1, 0)
        while True:
            step = _turn(after, here, heading)
            heading = (step[0] - here[0], step[1] - here[1])
            loop.append(here)
            here = step
            if here == start:
                break
        loops.append(_shrink(loop, inset))
    return loops


def _turn(after: dict, here: tuple[int, int], heading: tuple[int, int]) -> tuple[int, int]:
    """Take the next edge; where two meet corner to corner, the one to the left keeps cells apart."""
    options = after[here]
    if len(options) > 1:
        left = (here[0] - heading[1], here[1] + heading[0])
        options.sort(key=lambda end: end != left)
    step = options.pop(0)
    if not options:
        del after[here]
    return step


def _shrink(loop: list[tuple[int, int]], inset: float) -> np.ndarray:
    """Keep the corners of a closed loop and move each inwards along both of its edges."""
    points = np.array(loop, dtype=float)
    into, out = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    corner = (into * out).sum(axis=1) == 0
    left = np.stack([-into[:, 1] - out[:, 1], into[:, 0] + out[:, 0]], axis=1)
    return (points + inset * left)[corner]
