"""A studio's luck with clients (`appeal`): an AR(1) in logs that starts where it stays.

Shocks shrink with size, as in a studio of many clients they average out, so a studio's luck has its own
stationary spread.  Newcomers draw theirs from that distribution, and its exponential is divided by its mean,
so that more luck, or a longer memory of it, makes studios more unequal and not the city larger.
"""

from __future__ import annotations

import math

from cluster_sim.jit import inline


@inline
def luck_shock(staff, p):
    """Return the standard deviation of the month's shock to the luck of a studio of so many people."""
    return p.commissioning_appeal_shock / math.sqrt(1.0 + staff / p.commissioning_appeal_size)


@inline
def luck_spread(staff, p):
    """Return the stationary standard deviation of log luck at a size."""
    return luck_shock(staff, p) / math.sqrt(1.0 - p.commissioning_appeal_memory ** 2)
