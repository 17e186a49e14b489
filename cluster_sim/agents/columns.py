"""Tables of NumPy columns: where the state of every agent and record lives.

A table is one structured array; a row is an agent or a record, a field is a column.  Rows are stable: a
row that becomes free is used again by a later newcomer with another identity.  Kernels run over whole
tables; Mesa's agents are views of single rows (studio.py, talent.py, fund.py, government.py).
Money columns hold whole yuan in double precision, so that sums are exact in any order.
"""

from __future__ import annotations

import numpy as np

SEGMENTS = ("film", "games", "audio_video", "design", "scifi", "other")
FILM, GAMES, AUDIO_VIDEO, DESIGN, SCIFI, OTHER = range(6)
SPECIALISMS = ("story", "visuals", "effects", "sound", "engineering", "production")
STORY, VISUALS, EFFECTS, SOUND, ENGINEERING, PRODUCTION = range(6)

TALENT_STATUS = ("free", "student", "seeking", "employed", "solo", "left")
FREE, STUDENT, SEEKING, EMPLOYED, SOLO, LEFT = range(6)
FOUNDER = 128       # bit of the column "trained": this person founded the studio and stays with it
ORIGINS = ("local", "migrant", "other_sector")
LOCAL, MIGRANT, OTHER_SECTOR = range(3)
TIERS = ("none", "nestling", "chick", "grower", "unicorn")
ROUNDS = ("none", "seed", "A", "B", "growth", "later")
STAGES = ("free", "approval", "production", "testing", "clearance", "ready", "running", "done")
APPROVAL, MAKING, TESTING, CLEARANCE, READY, RUNNING, DONE = range(1, 8)
FUND_KINDS = ("private", "zone", "guidance", "corporate")


def record(*fields: tuple) -> np.dtype:
    """Return an aligned record type; columns of the same kind are named together in one string."""
    columns = []
    for names, *kind in fields:
        columns += [(name, *kind) for name in names.split()]
    return np.dtype(columns, align=True)


TALENT = record(
    ("id", "i8"),
    ("employer", "i4"),              # row of the studio, -1 if none
    ("wage", "f4"),                  # whole yuan a month
    ("skill", "f4"),                 # effort units a month; a mean newcomer of 2017 is 1
    ("cell since experience graduation", "i2"),   # home cell; month t of the last change; months worked; month t
    ("specialism status origin trained", "u1"),
)

STUDIO = record(
    ("id founder", "i8"),
    ("cell park born opens round round_month released hits projects serial sub sub_since listed"
     " moved staff", "i4"),
    ("alive segment tier anchor solo hub zone frozen", "u1"),
    ("staff_by vacancies filled", "i4", (6,)),     # by specialism
    ("skill_by", "f8", (6,)),                       # effective skill by specialism, AI gain included
    ("cash equity valuation want public", "f8"),
    ("reputation knowhow templates ai export appeal", "f8"),
    ("capacity load expected slack served price fee unit_cost offer layoff target", "f8"),
    ("orders abroad pending sub_cost sub_lack sub_distance weight coordination", "f8"),
    ("own_load credit_load sub_load quality rent_per_m2", "f8"),
    ("wage_bill sales inputs wages taxes subsidies wip_change revenue_year revenue_last surplus_year"
     " surplus compute compute_relief rent_relief credit perk duty outside_tie", "f8"),
    ("franchise", "f8"),
    ("sub_id franchise_id", "i8"),
    ("months_red aid_month", "i4"),
)

HOT = record(("layoff quit offer ai draw novice", "f4"), ("cell", "i4"), ("pad", "i4"))
PAYROLL = record(("wages", "f8"), ("skill_by", "f8", (6,)), ("staff_by", "i4", (6,)))

PROPOSAL = record(
    ("id owner_id", "i8"),
    ("owner segment serial months", "i4"),
    ("flagship replay accepted", "u1"),
    ("effort own_effort budget novelty signal expected aid coinvest cost", "f8"),
    ("fixed_gross bridge", "f8"),
    ("applied", "u1"),
)

# The state of the city as a whole: one row, read by every kernel.
CITY = record(
    ("market_wage tightness", "f8", (6,)),                      # by specialism
    ("buzz release_market price fee unit_cost home_part release_shock mean_return residual_sd audience", "f8",
     (6,)),             # by segment
    ("commons ai outside_wage rest_wage buzz_mean stay leave_pull found_pull migrant_pull scale"
     " density0 hit_threshold unemployment relative_wage outside_cost fame_threshold relief_age", "f8"),
)

PROJECT = record(
    ("id owner_id parent", "i8"),
    ("owner serial started earliest wait partners outside_partners released run tests fund_wait", "i4"),
    ("stage segment flagship replay hit zone", "u1"),
    ("need done_by merit", "f8", (6,)),             # effort needed, done; effort times quality of the maker
    ("budget cost coinvest aid aid_claim spent_outside", "f8"),
    ("novelty fit freshness franchise quality potential", "f8"),
    ("gross gross_abroad receipts first_gross fixed_gross", "f8"),
    ("ties_repeated ties_new distance_sum effort_out own_plan loan access", "f8"),
    ("fast applied", "u1"),      # bits: 1 approved, 2 cleared ahead of the queue; 1 applied for, 2 won aid
)

CREDIT = record(
    ("project_id partner_id", "i8"),
    ("project partner outside since", "i4"),        # rows; outside city or -1
    ("specialism repeated alive", "u1"),
    ("effort done price cost points distance", "f8"),
)

FUND = record(
    ("id", "i8"),
    ("kind first_round last_round deals exits write_offs", "i4"),
    ("alive", "u1"),
    ("zones", "u4"),                 # bit mask of the zones in which it may invest; 0: everywhere
    ("committed cash invested proceeds sentiment record looks", "f8"),     # looks: applicants seen a month
)

STAKE = record(
    ("studio_id", "i8"),
    ("fund studio round month", "i4"),
    ("share cost", "f8"),
)

CELL = record(
    ("district", "i4"),
    ("zones", "u4"),
    ("floor other capacity amenity rent_index", "f8"),      # m2, m2, m2 now, 0..1, 1
    ("staff", "f8"),                                          # creative workers
    ("rent density access price_of_distance attraction studios knowhow relief", "f8"),
)

PARK = record(
    ("cell opened", "i4"),
    ("zones", "u4"),
    ("hub", "u1"),
    ("floor staff rent studios relief", "f8"),      # relief: share of rent that a young studio may expect back
)

TIES = 12
TIE = record(("id", "i8", (TIES,)), ("row", "i4", (TIES,)), ("strength", "f4", (TIES,)))


class Table:
    """A growing table with stable rows.

    ``rows`` is the whole array, ``used`` the part that was ever used; freed rows are kept in a list and
    handed out again.  Which row a newcomer gets never influences results: every rule goes by identity.
    """

    def __init__(self, dtype: np.dtype, capacity: int, empty: dict[str, int] | None = None) -> None:
        self.rows = np.zeros(max(int(capacity), 16), dtype)
        self.high = 0
        self.free: list[int] = []
        self.empty = empty or {}

    @property
    def used(self) -> np.ndarray:
        """Rows from the first to the last that was ever used, free ones among them."""
        return self.rows[: self.high]

    def reserve(self, count: int) -> None:
        """Make room for ``count`` further rows."""
        lacking = self.high + count - len(self.free) - self.rows.size
        if lacking > 0:
            grown = np.zeros(int(self.rows.size * 1.4) + lacking + 16, self.rows.dtype)
            grown[: self.high] = self.rows[: self.high]
            self.rows = grown

    def allocate(self, count: int) -> np.ndarray:
        """Return the indices (int64) of ``count`` fresh rows, zeroed and with the table's empty values."""
        if count == 0:
            return np.empty(0, np.int64)
        self.reserve(count)
        again = min(count, len(self.free))
        taken = self.free[len(self.free) - again:]
        del self.free[len(self.free) - again:]
        fresh = count - again
        index = np.empty(count, np.int64)
        index[:again] = taken
        index[again:] = np.arange(self.high, self.high + fresh)
        self.high += fresh
        self.clear(index[:again])                    # rows that were never used are zero
        for name, value in self.empty.items():
            self.rows[name][index] = value
        return index

    def release(self, index: np.ndarray) -> None:
        """Give rows back; their content is zeroed, so that a stale view can see that its agent is gone."""
        self.clear(index)
        self.free.extend(index.tolist())

    def copy(self, index: np.ndarray) -> np.ndarray:
        """Return copies of rows, all their bytes at once."""
        return self.rows.view(np.uint8).reshape(self.rows.size, -1)[index].view(self.rows.dtype).ravel()

    def put(self, index: np.ndarray, records: np.ndarray) -> None:
        """Write records into rows, all their bytes at once."""
        as_bytes = records.view(np.uint8).reshape(-1, self.rows.itemsize)
        self.rows.view(np.uint8).reshape(self.rows.size, -1)[index] = as_bytes

    def clear(self, index: np.ndarray) -> None:
        """Zero rows, all their bytes at once."""
        self.rows.view(np.uint8).reshape(self.rows.size, -1)[index] = 0
