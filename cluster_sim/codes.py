"""Codes and their names: the numbers that stand in the tables for segments, specialisms, states and kinds.

A code is the number in a column, a name is its word in results, scenarios and figures.  Kernels compare with the
members (``project.stage == Stage.RUNNING``), which Numba compiles as constants; a whole column is compared with the
number (``projects["stage"] == Stage.RUNNING.value``), since NumPy takes five times as long over a member.  Arrays over
segments or specialisms have one entry a member, in the members' order.  Light: a scenario can be read without a
numerical library.
"""

from __future__ import annotations

from enum import IntEnum


class Segment(IntEnum):
    """A branch of the creative sector; the last has no projects of its own."""

    FILM = 0
    GAMES = 1
    AUDIO_VIDEO = 2
    DESIGN = 3
    SCIFI = 4
    OTHER = 5


class Specialism(IntEnum):
    """What a person can do, and what work is needed for."""

    STORY = 0
    VISUALS = 1
    EFFECTS = 2
    SOUND = 3
    ENGINEERING = 4
    PRODUCTION = 5


class Status(IntEnum):
    """What a person does; FREE is a row of the table without a person."""

    FREE = 0
    STUDENT = 1
    SEEKING = 2
    EMPLOYED = 3
    SOLO = 4            # works alone, with AI tools, in a studio of his own


class Origin(IntEnum):
    """Where a person came from."""

    LOCAL = 0
    MIGRANT = 1
    OTHER_SECTOR = 2


class Life(IntEnum):
    """Whether the studio, fund or credit in a row exists; what ended keeps its row until the month's end."""

    FREE = 0
    ALIVE = 1
    ENDED = 2


class Stage(IntEnum):
    """How far a project is; ABANDONED projects lost their studio and keep their row until the month's end."""

    FREE = 0
    APPROVAL = 1
    PRODUCTION = 2
    TESTING = 3
    CLEARANCE = 4
    READY = 5
    RUNNING = 6
    DONE = 7
    ABANDONED = 8


class HitState(IntEnum):
    """Whether a title is a hit, and whether its studio was credited for it."""

    NONE = 0
    NEW = 1
    CREDITED = 2
    BEFORE_START = 3


class Tier(IntEnum):
    """A rung of the ladder of studios."""

    NONE = 0
    NESTLING = 1
    CHICK = 2
    GROWER = 3
    UNICORN = 4


class Round(IntEnum):
    """The last round of venture finance that a studio closed."""

    NONE = 0
    SEED = 1
    A = 2
    B = 3
    GROWTH = 4
    LATER = 5


class FundKind(IntEnum):
    """Whose venture fund it is."""

    PRIVATE = 0
    ZONE = 1
    GUIDANCE = 2
    CORPORATE = 3


def names(codes: type[IntEnum]) -> tuple[str, ...]:
    """Return the names of the codes as results and scenarios write them, in their order."""
    return tuple(code.name.lower() for code in codes)


SEGMENTS = names(Segment)
SPECIALISMS = names(Specialism)
STATUSES = names(Status)
ORIGINS = names(Origin)
STAGES = names(Stage)
TIERS = names(Tier)
FUND_KINDS = names(FundKind)
N_SEGMENTS = len(SEGMENTS)
N_SPECIALISMS = len(SPECIALISMS)
N_STATUSES = len(STATUSES)

FOUNDER = 128           # bit of a person's `trained`: founded the studio and stays with it
TENTHS = 10             # steps in which a person's `trained` counts who would work alone with AI tools
NEVER = -100_000          # month of what has not happened to an agent, before any burn-in
NOBODY = -1             # partner of who has none; from -2 down: -2 less the number of another city
