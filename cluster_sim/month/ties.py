"""Ties between studios: they grow when two work together, and fade (part of step 5)."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import N_SPECIALISMS
from cluster_sim.jit import kernel
from cluster_sim.records import TIE, TIES
from cluster_sim.state import Partners


@kernel
def tie_up(ties, studios, pairs, order, p):
    """Strengthen the ties of pairs that start to work together, both ways, in the order of identities."""
    most = np.float32(p[0].collaboration_tie_bound)
    for at in range(order.shape[0]):
        for side in range(2):
            i = pairs[order[at], side]
            j = pairs[order[at], 1 - side]
            row = ties[i]
            slot = 0
            for n in range(TIES):
                if row.id[n] == studios[j].id:
                    slot = n
                    break
                if row.strength[n] < row.strength[slot]:
                    slot = n
            if row.id[slot] != studios[j].id:
                row.id[slot] = studios[j].id
                row.row[slot] = j
                row.strength[slot] = 0.0
            row.strength[slot] = min(most, row.strength[slot] + np.float32(1.0))


@kernel
def fade(ties, p):
    """Let all ties fade by the month's rate."""
    keep = np.float32(1.0 - p[0].collaboration_tie_fading)
    for i in range(ties.shape[0]):
        for n in range(TIES):
            ties[i].strength[n] *= keep


def fit(partners: Partners, studios: int) -> Partners:
    """Return the groups of partners with room for so many rows of studios."""
    more = studios - partners.ties.size
    if more <= 0:
        return partners
    return partners._replace(ties=np.concatenate([partners.ties, np.zeros(more, TIE)]),
                             cell_rows=np.zeros(studios, np.int64), reach=np.zeros((studios, N_SPECIALISMS)))


def record_pairs(model, pairs: np.ndarray) -> None:
    """Book new partnerships as ties, sorted by identities, so that the order of finding does not matter."""
    if len(pairs):
        ids = model.studios.rows["id"]
        order = np.lexsort((ids[pairs[:, 1]], ids[pairs[:, 0]]))
        tie_up(model.partners.ties, model.studios.used, pairs, order, model.rules.p)
