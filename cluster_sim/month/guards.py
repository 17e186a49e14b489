"""Least values by which the month's equations divide, or of which they take a log, so that every result is finite.

They are of the arithmetic, not of the economy: a studio that reaches one hardly works.
"""

LEAST_CAPACITY = 0.1        # technical: effort a month by which load is divided
LEAST_EFFORT = 0.05         # technical: effort a month by which costs are divided
LEAST_DENSITY = 0.05        # technical: density over that of the start of which a log or a power is taken
LEAST_SKILL = 0.2           # technical: mean skill of which a log is taken
LEAST_UNEMPLOYMENT = 0.001  # technical: unemployment of which a power is taken
