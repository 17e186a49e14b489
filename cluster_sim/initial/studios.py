"""The studios of the first month: sizes by a truncated Pareto law, places, ages and traits; the city's anchors.

Jobs by segment are value added over value added per worker; studios follow a law with a Zipf-like exponent (Axtell
2001) whose smallest size is solved so that studios times mean size give the jobs.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import NEVER, NOBODY, SEGMENTS, Life
from cluster_sim.draws import (
    IDENTITY,
    START_PLACE,
    START_STUDIO,
    again,
    draw,
    identity,
    locate,
    low16,
    quantile,
    stream,
    uniform,
)
from cluster_sim.jit import kernel
from cluster_sim.month.luck import luck_spread

SMALLEST, NEARLY, HALVINGS = 0.05, 0.9, 80        # technical: where the bisection of sizes begins, and its steps


def pareto_sizes(count: int, jobs: float, exponent: float, largest: float) -> np.ndarray:
    """Return ``count`` sizes (people, descending order) of a truncated Pareto law that add up to ``jobs``.

    The sizes are the law's quantiles, so that chance does not move the start; the smallest size is solved
    by bisection (Axtell 2001 for the exponent near 1).
    """
    u = (np.arange(count) + 0.5) / count

    def sizes(smallest: float) -> np.ndarray:
        cut = 1.0 - (smallest / largest) ** exponent
        return smallest * (1.0 - u * cut) ** (-1.0 / exponent)

    low, high = SMALLEST, largest * NEARLY
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if sizes(middle).sum() < jobs else (low, middle)
    result = np.maximum(1, np.floor(sizes(low) + 0.5).astype(np.int64))[::-1]
    return result


@kernel
def settle_studios(studios, sizes, segment_of, space, free_floor, rules):
    """Give the start's studios an identity, a place, an age and average traits.

    free_floor: (cells,) cumulative floor (m2) that other sectors leave.
    """
    p = rules.p[0]
    cells, parks = space.cells, space.parks
    base = stream(rules.seed, START_PLACE, np.int64(0))
    other = stream(rules.seed, START_STUDIO, np.int64(0))
    used = np.zeros(parks.shape[0])
    for i in range(studios.shape[0]):
        s = studios[i]
        s.id = identity(IDENTITY, i, np.int64(0))
        s.alive = Life.ALIVE
        s.segment = segment_of[i]
        s.staff = sizes[i]
        h = draw(base, s.id)
        c = locate(free_floor, uniform(h) * free_floor[-1])
        s.cell = min(c, cells.shape[0] - 1)
        s.park = -1
        if low16(again(h)) < p.start_in_parks and parks.shape[0] > 0:
            q = int(uniform(again(again(h))) * parks.shape[0])
            need = sizes[i] * p.property_m2_per_worker
            if parks[q].opened <= 0 and parks[q].hub == 0 and used[q] + need < parks[q].floor * p.start_park_full:
                s.park = q
                s.cell = parks[q].cell
                used[q] += need
        h = draw(other, s.id)
        s.born = -1 - int(-p.start_mean_age * math.log(uniform(h)))
        s.knowhow = math.exp(p.start_knowhow_spread * quantile(uniform(again(h))))
        s.reputation = max(0.0, p.start_reputation_of_size * math.log(1.0 + sizes[i] / p.start_reputation_size)
                           + p.start_reputation_spread * quantile(uniform(again(again(h)))))
        s.appeal = luck_spread(sizes[i], p) * quantile(uniform(again(again(again(h)))))
        s.templates = 0.0
        s.ai = 0.0
        s.export = 1.0
        s.offer[:] = 1.0
        s.sub[:] = NOBODY
        s.round_month = NEVER
        s.listed = NEVER


def counted_studios(model) -> int:
    """Return how many studios the city's sources count, at the model's scale; a dozen at least."""
    return max(12, int(round(model.city.start["studios"] * model.scale)))


def found_studios(model) -> None:
    """Create the studios of the first month, anchors among them."""
    par, segments, jobs = model.par, model.rules.segments, model.labour.jobs
    count = counted_studios(model)
    mean_size = segments["mean_size"] / (jobs.sum() / (jobs / segments["mean_size"]).sum())
    per_segment = np.maximum(1, np.round(count * (jobs / mean_size) / (jobs / mean_size).sum())).astype(int)
    size = np.concatenate([pareto_sizes(n, jobs[k], par["start.size_exponent"], par["start.largest_studio"])
                           for k, n in enumerate(per_segment)])
    segment = np.repeat(np.arange(per_segment.size), per_segment)
    rows = model.new_studios(size.size)
    assert rows[0] == 0
    cells = model.space.cells
    free_floor = np.cumsum(np.floor(np.maximum(cells["floor"] - cells["other"], 1.0)))
    settle_studios(model.studios.used, size, segment, model.space, free_floor, model.rules)
    add_anchors(model, segment, size)


def add_anchors(model, segment: np.ndarray, size: np.ndarray) -> None:
    """Make the named large technology companies of the city out of studios of their size."""
    s, cells = model.studios.used, model.space.cells
    for k, anchor in enumerate(model.city.start.get("anchors", [])):
        mine = np.flatnonzero((segment == SEGMENTS.index(anchor["segment"])) & (s["anchor"] == 0))
        wanted = max(1, int(round(anchor["jobs"] * model.scale)))
        row = mine[np.lexsort((s["id"][mine], np.abs(size[mine] - wanted)))[0]]     # its place in the law of sizes
        s["anchor"][row] = k + 1
        s["staff"][row] = wanted
        s["reputation"][row] = model.par["start.anchor_reputation"]
        s["offer"][row] = model.par["labour.anchor_premium"]
        if anchor.get("zone") in model.places.zone_index:
            inside = np.flatnonzero(cells["zones"] & (1 << model.places.zone_index[anchor["zone"]]))
            if inside.size:
                s["cell"][row], s["park"][row] = inside[np.argmax(cells["floor"][inside])], -1
