"""The state of the city as a whole, in a few flat groups of arrays that kernels take as they are.

A group is a NamedTuple: its fields cannot be set anew, what changes in a month is written into the arrays.  `LEVERS`
is what policy instruments may move; it is set back when a month begins.  (Numba reads fields by their place, so this
file stands in `jit.SHARED_SOURCES`.)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cluster_sim.records import BY_SEGMENT, BY_SPECIALISM, record

CITY = record(
    "city as a whole",
    ("market_wage", "f8", "yuan/month", "wage on the market of a person of skill 1", BY_SPECIALISM),
    ("still_open", "f8", "share", "part of vacancies that lately stayed open in a month", BY_SPECIALISM),
    ("buzz", "f8", "1", "talk about the city's hits", BY_SEGMENT),
    ("release_market", "f8", "yuan/month", "size of the market for titles", BY_SEGMENT),
    ("price", "f8", "yuan/effort", "price of effort at the start, all inputs included", BY_SEGMENT),
    ("fee", "f8", "yuan/effort", "price of effort alone at the start", BY_SEGMENT),
    ("unit_cost", "f8", "yuan/effort", "cost of effort at the start", BY_SEGMENT),
    ("own_part", "f8", "share", "own cost in the price of effort at the start", BY_SEGMENT),
    ("outside_pass_through", "f8", "1", "part of a change of own cost that studios pass on, at rest", BY_SEGMENT),
    ("premium", "f8", "log", "premium on the nation's prices where its clients want more than its studios can do",
     BY_SEGMENT),
    ("repriced", "f8", "1", "effort that orders still buy after the month's change of the premium", BY_SEGMENT),
    ("outside_price", "f8", "yuan/effort", "price of effort in other cities, all inputs included", BY_SEGMENT),
    ("outside_fee", "f8", "yuan/effort", "price of effort alone in other cities", BY_SEGMENT),
    ("home_part", "f8", "share", "part of contracts in the nation that the home city orders", BY_SEGMENT),
    ("release_shock", "f8", "1", "what is left of audiences in a pandemic", BY_SEGMENT),
    ("mean_return", "f8", "1", "mean of gross over budget before quality", BY_SEGMENT),
    ("residual_sd", "f8", "log", "spread of the luck of titles", BY_SEGMENT),
    ("audience", "f8", "share", "what competition lately left of a title's gross", BY_SEGMENT),
    ("commons", "f8", "1", "shared templates and documents, over a month's norm"),
    ("ai", "f8", "share", "frontier of AI tools"),
    ("outside_wage", "f8", "1", "creative wage in other cities over that of the start"),
    ("outside_cost", "f8", "1", "cost of effort in other cities over that of the start"),
    ("outside_growth", "f8", "1", "jobs of other cities over those at rest"),
    ("rest_wage", "f8", "yuan/month", "wage in other sectors"),
    ("buzz_mean", "f8", "1", "talk over all segments"),
    ("stay", "f8", "share", "part of graduates who stay"),
    ("found_pull", "f8", "1", "pull on founders: `founding`, the city's talk, and owners' income against wages"),
    ("owners_income", "f8", "1", "one plus surplus over wages in small studios, as founders know it"),
    ("usual_income", "f8", "1", "the same at rest"),
    ("founding", "f8", "1", "studios founded over what the founding rate says; keeps their number at rest"),
    ("prospects", "f8", "1", "chance to have work over that at the usual unemployment"),
    ("standing", "f8", "1", "pull of the city's talk, amenity and rank on newcomers"),
    ("living_cost", "f8", "1", "cost of housing and commuting in a wage, over that of the start"),
    ("unemployment", "f8", "share", "seekers over the work force"),
    ("relative_wage", "f8", "1", "the city's wage over that of other cities, 1 at the start"),
    ("inflow", "f8", "1", "people who come into creative work, over what wages and rates say"),
    ("floor_growth", "f8", "1/month", "growth of the city's floor without any pull, of that at the start"),
    ("floor_stock", "f8", "1", "the city's floor without any pull over that of the start"),
    ("other_growth", "f8", "1/month", "growth of other tenants' floor"),
    ("scale", "f8", "1", "size of the city, 1 for the whole"),
    ("density0", "f8", "people/cell", "mean density around a worker at the start"),
    ("partner_reach0", "f8", "1", "partners that a worker's studio meets at the start, over all specialisms"),
    ("proximity_in_park", "f8", "1", "weight of distance between studios of a park in the search for partners"),
    ("tau_in_park", "f8", "1", "extra cost of distance between studios of a park"),
    ("hit_threshold", "f8", "yuan", "gross that makes a hit, at the city's scale"),
    ("fame_threshold", "f8", "yuan", "gross that makes a hit in the whole city"),
    ("hits_denied", "f8", "share", "part of hits that find no audience, in a what-if"),
)

LEVERS = record(
    "levers of policy in a month",
    ("newcomer_aid", "f8", "share", "expected aid to a newcomer, of a year's wage"),
    ("study_aid", "f8", "share", "rise of the wish to study"),
    ("places", "f8", "people/year", "places for new students"),
    ("vacancies_seen", "i8", "count", "vacancies that a seeker sees"),
    ("relief", "f8", "share", "part of the rent that a young studio may expect back"),
    ("relief_age", "f8", "month", "age up to which studios may expect it"),
    ("matched_relief", "f8", "share", "part of wages that governments of other cities pay their studios"),
    ("relief_zones", "i8", "bits", "zones where they may expect it; -1: everywhere"),
)


class Rules(NamedTuple):
    """What never changes in a run."""

    p: np.ndarray                       # one row: every parameter by its name
    segments: np.ndarray                # one row a segment: its parameters
    mix: np.ndarray                     # share of work by segment and specialism
    seed: int                           # key of all random numbers


class Space(NamedTuple):
    """Places and distances; tables by cells apart in x and y."""

    cells: np.ndarray                   # CELL, row-major from the south-west corner
    quarters: np.ndarray                # QUARTER, in the order of cells
    first_quarter: np.ndarray           # of each cell, and at the end the number of all
    parks: np.ndarray                   # PARK
    distance: np.ndarray                # km
    proximity: np.ndarray               # weight of distance in the search for partners, exp(-km / lambda)
    tau: np.ndarray                     # extra cost of distance between partners
    smoothing: np.ndarray               # weight of distance in a cell's density, by cells apart along one axis
    free_floor: np.ndarray              # m2 free for rent, cumulative over cells; renewed every third month


class Homes(NamedTuple):
    """Where newcomers and students live; weights are cumulative."""

    cells: np.ndarray
    weight: np.ndarray
    university_cells: np.ndarray
    university_weight: np.ndarray


class Labour(NamedTuple):
    """The labour market at the start, and what people bear of distance."""

    share: np.ndarray                   # of jobs by specialism
    wage: np.ndarray                    # market wage by specialism, yuan a month
    mean_wage: float                    # yuan a month
    jobs: np.ndarray                    # by segment
    entrants: np.ndarray                # cumulative shares of new studios by segment
    commute: np.ndarray                 # weight of a job by cells apart
    graduates: float                    # students who entered the market in a month at the start
    room: float                         # residents that the city's plan has room for


class Markets(NamedTuple):
    """How the city's studios weigh with clients, by segment, and what titles can earn."""

    usual_home: np.ndarray              # weight with clients in the nation that sells what the city sells at rest
    usual_abroad: np.ndarray            # and abroad
    weight_home: np.ndarray             # weight of our studios with clients in the nation
    weight_abroad: np.ndarray           # and abroad
    titles: np.ndarray                  # size of the market for titles at the start, yuan a month


class Partners(NamedTuple):
    """Who can be met where: studios by cell, and the weight of each in a search by specialism."""

    ties: np.ndarray                    # TIE, one row a studio
    cell_start: np.ndarray              # first entry of each cell in `cell_rows`
    cell_rows: np.ndarray               # rows of studios, cell by cell
    reach: np.ndarray                   # weight by studio and specialism
    cell_reach: np.ndarray              # weight by specialism and cell
    park_reach: np.ndarray              # weight by specialism and park


class OtherCities(NamedTuple):
    """Other cities as partners."""

    km: np.ndarray
    weight: np.ndarray                  # cumulative: near and large ones are met more often
    wage_index: np.ndarray              # wage over that of this city
    reach: np.ndarray                   # weight of them all in a search at the start, by specialism


class Month(NamedTuple):
    """What is counted in a month, and what instruments may move in it."""

    lever_row: np.ndarray               # LEVERS, one row
    flow: np.ndarray                    # payments by kind of the ledger, yuan
    outlay: np.ndarray                  # public money paid by each level of government, yuan
    careers: np.ndarray                 # people by what happened to them (`population.careers`)
    crowd: np.ndarray                   # potential of titles in the market by segment, yuan
    hits: np.ndarray                    # new hits by segment
    talk: np.ndarray                    # about titles, by segment: logs of 1 + gross over the threshold of a hit
    hit_receipts: np.ndarray            # receipts of titles that are hits, by segment, yuan

    @property
    def levers(self) -> np.void:
        """The levers of policy; what is written to them stays until the next month begins."""
        return self.lever_row[0]


class Vacancies(NamedTuple):
    """The month's vacancies one by one, by specialism, and the best applicant for each."""

    start: np.ndarray                   # first vacancy of each specialism, and the end
    firm: np.ndarray                    # row of the studio
    specialism: np.ndarray
    weight: np.ndarray                  # what it is worth to a seeker who lives beside it: exp(utility)
    score: np.ndarray                   # of the best applicant so far
    applicant: np.ndarray               # identity
    row: np.ndarray                     # row; -1 if nobody applied
