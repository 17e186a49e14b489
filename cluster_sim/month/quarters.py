"""In which zones a studio is: the quarter of its cell that its address lies in (`city/places.py` on quarters).

A studio's address in a cell is drawn by lot, by the floor of the cell's quarters, and never changes while it stays: it
is keyed by the studio and the cell.  At 1:1 a cell is one quarter and nothing is drawn.  Who rents in a park is where
the park is, and a large technology company where its cell is drawn on the map.

The kernels take `quarters` (QUARTER) and `first` (the number of each cell's first quarter, and at the end of all).
"""

from __future__ import annotations

import numpy as np

from cluster_sim.draws import ADDRESS, KEY_STEP, draw, stream, uniform
from cluster_sim.jit import inline, kernel


@inline
def quarter_of(quarters, first, addresses, identity, cell):
    """Return the quarter (row) in which a studio's address in a cell lies.

    addresses: the stream of addresses; identity: the studio's.
    """
    n = first[cell]
    last = first[cell + 1] - 1
    if n < last:
        u = uniform(draw(addresses, identity ^ (np.int64(cell) * KEY_STEP)))
        while n < last and u >= quarters[n].upto:
            n += 1
    return n


@kernel
def mark_zones(studios, cells, parks, quarters, first, seed, zones):
    """Set the zones (bits) that each studio is in."""
    addresses = stream(seed, ADDRESS, np.int64(0))
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.park >= 0:
            zones[i] = parks[s.park].zones
        elif s.anchor > 0:
            zones[i] = cells[s.cell].zones
        else:
            zones[i] = quarters[quarter_of(quarters, first, addresses, s.id, s.cell)].zones


def studio_zones(model) -> np.ndarray:
    """Return the zones (bits) that each studio is in, by row of the table of studios."""
    studios, space = model.studios.used, model.space
    zones = np.zeros(studios.size, np.uint32)
    mark_zones(studios, space.cells, space.parks, space.quarters, space.first_quarter, model.seed, zones)
    return zones
