"""Record types: what the model knows of every agent, place and contract, one column a line.

A row is an agent or a record.  A line names a column, its type, unit and meaning; the documentation's tables are made
from it.  Money is in whole yuan in double precision: sums are exact in any order.  Effort is counted in months of work
of a mean newcomer of 2017, t in months from the scenario's start; a yes is 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cluster_sim.codes import N_SEGMENTS, N_SPECIALISMS

TIES = 24               # partners that a studio remembers
BY_SEGMENT, BY_SPECIALISM, BY_TIE = (N_SEGMENTS,), (N_SPECIALISMS,), (TIES,)
BY_CLIENT, BY_SUPPLIER = (3,), (2,)     # at home, in the nation, abroad; in the city, in the nation


class Column(NamedTuple):
    """One column of a record type; `shape` is empty for a single value."""

    name: str
    type: str
    unit: str
    meaning: str
    shape: tuple[int, ...] = ()


COLUMNS: dict[str, tuple[Column, ...]] = {}         # by kind of record, for the documentation


def record(kind: str, *columns: tuple) -> np.dtype:
    """Note the columns of a kind of record and return its aligned NumPy type."""
    COLUMNS[kind] = tuple(Column(*column) for column in columns)
    return np.dtype([(c.name, c.type, c.shape) for c in COLUMNS[kind]], align=True)


TALENT = record(
    "person",
    ("id", "i8", "", "identity: it depends on where the person comes from, never on who else there is"),
    ("employer", "i4", "row", "studio in which the person works; -1 if none"),
    ("wage", "f4", "yuan/month", "wage"),
    ("skill", "f4", "effort/month", "work done in a month without AI tools; a mean newcomer of 2017 does 1"),
    ("cell", "i2", "cell", "home"),
    ("since", "i2", "t", "month of the last change of status"),
    ("experience", "i2", "month", "months worked"),
    ("graduation", "i2", "t", "month in which a student graduates"),
    ("specialism", "u1", "Specialism", "what the person can do"),
    ("status", "u1", "Status", "what the person does"),
    ("origin", "u1", "Origin", "where the person came from"),
    ("trained", "u1", "", "talent for tools, 0 to 9; with the bit FOUNDER for who stays with a studio of his own"),
)

STUDIO = record(
    "studio",
    ("id", "i8", "", "identity: it depends on who founded it and when"),
    ("cell", "i4", "cell", "place"),
    ("park", "i4", "row", "park in which it rents; -1 if none"),
    ("born", "i4", "t", "month in which it opens"),
    ("round", "i4", "Round", "last round of venture finance"),
    ("round_month", "i4", "t", "month of that round"),
    ("released", "i4", "count", "titles released so far"),
    ("hits", "i4", "count", "hits so far"),
    ("projects", "i4", "count", "own projects under way"),
    ("serial", "i4", "", "serial number of its next project"),
    ("sub", "i4", "row", "partner on contracts for each specialism; -1 if none, below -1 a studio of another city",
     BY_SPECIALISM),
    ("sub_since", "i4", "t", "month in which that partner was chosen", BY_SPECIALISM),
    ("listed", "i4", "t", "month in which it last rose on the ladder"),
    ("staff", "i4", "people", "people at work"),
    ("alive", "u1", "Life", "whether it exists"),
    ("segment", "u1", "Segment", "its branch"),
    ("tier", "u1", "Tier", "rung of the ladder"),
    ("anchor", "u1", "", "number of a large technology company; 0 for other studios"),
    ("solo", "u1", "yes", "one person with AI tools"),
    ("hub", "u1", "yes", "has a place in the hub"),
    ("kept_open", "u1", "yes", "makes a film of history and does not close before its run is over"),
    ("staff_by", "i4", "people", "people at work by specialism", BY_SPECIALISM),
    ("vacancies", "i4", "people", "jobs posted this month", BY_SPECIALISM),
    ("filled", "i4", "people", "of them filled", BY_SPECIALISM),
    ("skill_by", "f8", "effort/month", "skill of its people, gain from AI tools included", BY_SPECIALISM),
    ("cash", "f8", "yuan", "money at hand; below zero at a month's end: bills that it cannot pay"),
    ("receivable", "f8", "yuan", "what clients owe it", BY_CLIENT),
    ("payable", "f8", "yuan", "what it owes suppliers", BY_SUPPLIER),
    ("loan", "f8", "yuan", "what it owes banks"),
    ("line", "f8", "yuan", "most that banks lend it"),
    ("equipment", "f8", "yuan", "equipment and rights, at what they cost less wear"),
    ("committed", "f8", "yuan", "own part of what its works under way still cost"),
    ("works", "f8", "yuan", "own part of what its works under way have cost"),
    ("rationed", "f8", "people/month", "hires that it wanted this month and had no money for"),
    ("valuation", "f8", "yuan", "worth in the eyes of investors"),
    ("want", "f8", "yuan", "money that good projects lacked; fades"),
    ("public", "f8", "yuan", "public money received so far"),
    ("reputation", "f8", "1", "standing with clients, people and partners, 0 to 3"),
    ("knowhow", "f8", "1", "know-how; 1 is the mean at the start"),
    ("templates", "f8", "share", "adoption of the commons of templates"),
    ("ai", "f8", "share", "adoption of AI tools"),
    ("export", "f8", "1", "capability to sell abroad; 1 is that of a studio without a name"),
    ("appeal", "f8", "log", "luck with clients"),
    ("capacity", "f8", "effort/month", "work that it can do"),
    ("load", "f8", "effort/month", "work that it has to do"),
    ("expected", "f8", "effort/month", "load that it expects"),
    ("slack", "f8", "share", "part of capacity without work"),
    ("served", "f8", "share", "part of the load that capacity serves"),
    ("price", "f8", "yuan/effort", "price of effort to clients, all inputs included"),
    ("fee", "f8", "yuan/effort", "price of effort alone, as a partner"),
    ("unit_cost", "f8", "yuan/effort", "its own cost of effort, after the aid that it counts on"),
    ("offer", "f8", "1", "its wage over the market wage, by specialism", BY_SPECIALISM),
    ("layoff", "f8", "1/month", "rate at which it lays people off"),
    ("target", "f8", "people", "wished staff"),
    ("orders", "f8", "effort", "contract work to be done in the house"),
    ("abroad", "f8", "share", "part of its contract work that clients abroad order"),
    ("pending", "f8", "effort", "contract work left to each partner", BY_SPECIALISM),
    ("asked", "f8", "effort/month", "of it what each partner is asked for in a month, money allowing", BY_SPECIALISM),
    ("sub_cost", "f8", "1", "coordination for a unit of the partner's effort", BY_SPECIALISM),
    ("sub_lack", "f8", "share", "part of contract work that its people lack by specialism", BY_SPECIALISM),
    ("sub_distance", "f8", "km", "distance of the partner", BY_SPECIALISM),
    ("overhead", "f8", "share", "part of its capacity that goes into working with others"),
    ("links", "f8", "yuan/month", "what studios of the city that work with it buy from it"),
    ("briefing", "f8", "effort/month", "coordination of the creative inputs that it buys in the city"),
    ("weight", "f8", "1", "its weight in the market for contracts"),
    ("coordination", "f8", "effort/month", "coordination owed for last month's partners"),
    ("own_load", "f8", "effort/month", "load from own projects"),
    ("credit_load", "f8", "effort/month", "load from other studios' projects"),
    ("sub_load", "f8", "effort/month", "load from other studios' contracts"),
    ("quality", "f8", "log", "quality of its work"),
    ("area", "f8", "m2", "rented floor"),
    ("rent_per_m2", "f8", "yuan/m2/month", "rent that it pays"),
    ("wage_bill", "f8", "yuan/month", "wages without contributions"),
    ("sales", "f8", "yuan/month", "sales"),
    ("inputs", "f8", "yuan/month", "purchased inputs"),
    ("wages", "f8", "yuan/month", "wages and social contributions"),
    ("taxes", "f8", "yuan/month", "taxes on production"),
    ("subsidies", "f8", "yuan/month", "subsidies on production"),
    ("wip_change", "f8", "yuan/month", "change of its work in progress"),
    ("revenue_year", "f8", "yuan/year", "trailing sales"),
    ("revenue_last", "f8", "yuan/year", "trailing sales a year before"),
    ("surplus_year", "f8", "yuan/year", "trailing operating surplus"),
    ("premium_year", "f8", "yuan/year", "trailing part of its sales that is the nation's premium on prices"),
    ("surplus", "f8", "yuan/month", "operating surplus"),
    ("compute", "f8", "yuan/month", "cost of computing"),
    ("compute_relief", "f8", "share", "part of it that was paid by the public this month"),
    ("rent_relief", "f8", "share", "part of the rent that was paid by the public this month"),
    ("wage_relief", "f8", "share", "part of wages and contributions that was paid by the public this month"),
    ("credit", "f8", "yuan", "part of its credit line that the public guarantees"),
    ("perk", "f8", "share", "public allowance to those whom it hires, of a year's wage"),
    ("duty", "f8", "effort", "work owed this month beside contracts and projects"),
    ("outside_tie", "f8", "1", "strength of ties with partners in other cities"),
    ("franchise", "f8", "log", "strength of its best known title; fades"),
    ("sub_id", "i8", "", "identity of the partner for contract work", BY_SPECIALISM),
    ("franchise_id", "i8", "", "identity of its best known title"),
    ("months_red", "i4", "month", "months with bills that it could not pay"),
)

EMPLOYER = record(
    "employer, as its people and seekers see it",
    ("layoff", "f4", "1/month", "rate at which it lays people off"),
    ("quit", "f4", "1/month", "rate of quitting at the market wage"),
    ("ai", "f4", "share", "adoption of AI tools"),
    ("spin_off", "f4", "1", "how readily its people found studios of their own"),
    ("attraction", "f4", "1", "exp(utility) of a job there, offer and commute apart"),
    ("cell", "i4", "cell", "place"),
    ("pad", "i8", "", "fills the row to 32 bytes"),
)

PAYROLL = record(
    "payroll of a studio",
    ("wages", "f8", "yuan/month", "sum of wages"),
    ("skill_by", "f8", "effort/month", "sum of skill, gain from AI tools included", BY_SPECIALISM),
    ("staff_by", "i4", "people", "people at work", BY_SPECIALISM),
)

PROPOSAL = record(
    "proposal of a project",
    ("id", "i8", "", "identity of the project that it may become"),
    ("owner_id", "i8", "", "identity of the studio"),
    ("owner", "i4", "row", "studio"),
    ("segment", "i4", "Segment", "branch"),
    ("serial", "i4", "", "serial number within the studio"),
    ("months", "i4", "month", "planned production"),
    ("replay", "u1", "yes", "a film of history"),
    ("accepted", "u1", "yes", "has the green light"),
    ("effort", "f8", "effort", "work needed"),
    ("own_effort", "f8", "effort", "part of it for the house"),
    ("budget", "f8", "yuan", "planned cost of making"),
    ("novelty", "f8", "1", "novelty, a standard normal number"),
    ("signal", "f8", "1", "what the studio foresees of novelty"),
    ("expected", "f8", "yuan", "receipts that the studio expects"),
    ("aid", "f8", "yuan", "aid that the studio expects"),
    ("coinvest", "f8", "share", "part of cost and receipts that co-investors carry"),
    ("owned_elsewhere", "f8", "share", "what owners in other cities carry, as a source has it; -1 if none does"),
    ("cost", "f8", "yuan", "planned cost, marketing included"),
    ("fixed_gross", "f8", "yuan", "gross of a film of history"),
    ("own", "f8", "yuan", "money of its own that the studio can put in"),
    ("applied", "u1", "bits", "1: applied for aid, 2: won it"),
)

PROJECT = record(
    "project",
    ("id", "i8", "", "identity: it depends on its studio and its serial number"),
    ("owner_id", "i8", "", "identity of its studio"),
    ("parent", "i8", "", "identity of the studio's best known title when it began"),
    ("owner", "i4", "row", "studio"),
    ("serial", "i4", "", "serial number within the studio"),
    ("started", "i4", "t", "month of the green light"),
    ("earliest", "i4", "t", "month in which production can end"),
    ("wait", "i4", "month", "months left in approval or clearance"),
    ("partners", "i4", "count", "partners in the city"),
    ("outside_partners", "i4", "count", "partners in other cities"),
    ("released", "i4", "t", "month of release; -1 before"),
    ("run", "i4", "month", "planned production; months in the market once released"),
    ("tests", "i4", "count", "rounds of tests with users"),
    ("fund_wait", "i4", "month", "months waited for a place to test"),
    ("stage", "u1", "Stage", "how far it is"),
    ("segment", "u1", "Segment", "branch"),
    ("flagship", "u1", "yes", "has very many partners"),
    ("replay", "u1", "yes", "a film of history"),
    ("hit", "u1", "HitState", "whether it is a hit"),
    ("need", "f8", "effort", "work for the house", BY_SPECIALISM),
    ("done_by", "f8", "effort", "of it done", BY_SPECIALISM),
    ("merit", "f8", "effort", "work done, by the house and partners, times the maker's quality", BY_SPECIALISM),
    ("budget", "f8", "yuan", "planned cost; from the release on what was spent"),
    ("cost", "f8", "yuan", "spent so far"),
    ("coinvest", "f8", "share", "part of cost and receipts that co-investors carry"),
    ("owned_elsewhere", "f8", "share", "of that part, what owners in other cities carry"),
    ("aid", "f8", "yuan", "aid expected at the green light"),
    ("aid_claim", "f8", "yuan", "aid received"),
    ("novelty", "f8", "1", "novelty, a standard normal number"),
    ("fit", "f8", "log", "how well it meets its users; below zero it misses them"),
    ("freshness", "f8", "1", "how near the team's mix of old and new ties is to the best one; 0 is best"),
    ("franchise", "f8", "log", "what it gains from the studio's best known title"),
    ("quality", "f8", "log", "quality at release"),
    ("potential", "f8", "yuan", "gross over its whole run without competition"),
    ("crowd", "f8", "yuan", "the same as the city's audience meets it: the mean of all titles that it stands for"),
    ("talk", "f8", "1", "how much it is talked about in the whole city: much if it is a hit, else little"),
    ("renown", "f8", "1", "gross in the whole city over gross in this one, by the title's own luck"),
    ("gross", "f8", "yuan", "gross so far, at home and abroad"),
    ("gross_abroad", "f8", "yuan", "of it abroad"),
    ("receipts", "f8", "yuan", "the studio's receipts so far"),
    ("first_gross", "f8", "yuan", "receipts of which partners had their share"),
    ("fixed_gross", "f8", "yuan", "gross of a film of history"),
    ("ties_repeated", "f8", "count", "partners with whom the studio had worked before"),
    ("ties_new", "f8", "count", "other partners"),
    ("effort_out", "f8", "effort", "work done by partners"),
    ("own_plan", "f8", "effort", "work planned for the house"),
    ("loan", "f8", "yuan", "bank loan on the expected aid"),
    ("access", "f8", "1", "further reach abroad through foreign cinemas"),
    ("fast", "u1", "bits", "1: approved, 2: cleared ahead of the queue"),
)

CREDIT = record(
    "credit: one partner's part in a project",
    ("project_id", "i8", "", "identity of the project"),
    ("partner_id", "i8", "", "identity of the partner; -1 in another city"),
    ("project", "i4", "row", "project"),
    ("partner", "i4", "row", "partner; -1 in another city"),
    ("outside", "i4", "", "number of the other city; -1 for a partner in this one"),
    ("specialism", "u1", "Specialism", "what the partner does"),
    ("repeated", "u1", "yes", "they had worked together before"),
    ("alive", "u1", "Life", "whether it is open"),
    ("effort", "f8", "effort", "work agreed"),
    ("done", "f8", "effort", "of it done"),
    ("price", "f8", "yuan/effort", "price agreed"),
    ("cost", "f8", "1", "coordination for a unit of the partner's effort"),
    ("points", "f8", "share", "the partner's part of receipts"),
    ("distance", "f8", "km", "distance of the partner"),
)

FUND = record(
    "fund",
    ("id", "i8", "", "identity"),
    ("kind", "i4", "FundKind", "whose fund it is"),
    ("first_round", "i4", "Round", "earliest round in which it invests"),
    ("last_round", "i4", "Round", "latest round in which it invests"),
    ("stands_for", "i4", "count", "private funds of the whole city whose looks it takes turns with; 0: its own alone"),
    ("exits", "i4", "count", "stakes sold so far"),
    ("write_offs", "i4", "count", "stakes lost so far"),
    ("alive", "u1", "Life", "whether it exists"),
    ("zones", "u4", "bits", "zones in which it may invest; 0: everywhere"),
    ("committed", "f8", "yuan", "capital promised to it"),
    ("cash", "f8", "yuan", "capital called and not invested"),
    ("invested", "f8", "yuan", "invested so far"),
    ("proceeds", "f8", "yuan", "received for stakes so far"),
    ("sentiment", "f8", "log", "how much better than usual applicants look to it"),
    ("record", "f8", "log", "its lately good or bad exits"),
    ("looks", "f8", "count/month", "applicants that it sees"),
    ("ticket", "f8", "1", "its bid as a share of a round's aim"),
)

STAKE = record(
    "stake of a fund",
    ("studio_id", "i8", "", "identity of the studio"),
    ("fund", "i4", "row", "fund"),
    ("studio", "i4", "row", "studio"),
    ("round", "i4", "Round", "round in which it was bought"),
    ("month", "i4", "t", "month of that round"),
    ("share", "f8", "share", "part of the studio"),
    ("cost", "f8", "yuan", "price paid"),
)

CELL = record(
    "cell",
    ("district", "i4", "", "number of the district"),
    ("zones", "u4", "bits", "zones in which it lies"),
    ("floor", "f8", "m2", "office floor at the start"),
    ("other", "f8", "m2", "of it used by other sectors"),
    ("capacity", "f8", "m2", "office floor now"),
    ("amenity", "f8", "1", "quality of the place, 0 to 1"),
    ("rent_index", "f8", "1", "rent over the city's mean at equal occupancy"),
    ("staff", "f8", "people", "creative workers outside parks"),
    ("rent", "f8", "yuan/m2/month", "rent"),
    ("density", "f8", "people/cell", "creative workers around, near ones counting more"),
    ("access", "f8", "1", "partners that one meets there"),
    ("price_of_distance", "f8", "1", "mean extra cost of distance to those partners"),
    ("studios", "f8", "count", "studios, parks included"),
    ("knowhow", "f8", "1", "mean know-how of its studios"),
)

QUARTER = record(
    "quarter of a cell",
    ("cell", "i4", "cell", "place"),
    ("zones", "u4", "bits", "zones in which it lies"),
    ("upto", "f8", "share", "part of the cell's floor in its quarters so far, it included"),
    ("floor", "f8", "share", "its part of the cell's floor"),
    ("area", "f8", "share", "its area over that of a cell of the map"),
)

PARK = record(
    "park",
    ("cell", "i4", "cell", "place"),
    ("opened", "i4", "t", "month of its opening"),
    ("zones", "u4", "bits", "zones in which it lies"),
    ("hub", "u1", "yes", "the hub for very small teams"),
    ("floor", "f8", "m2", "office floor"),
    ("staff", "f8", "people", "creative workers"),
    ("rent", "f8", "yuan/m2/month", "rent"),
    ("studios", "f8", "count", "studios"),
)

TIE = record(
    "ties of a studio",
    ("id", "i8", "", "identities of past partners", BY_TIE),
    ("row", "i4", "row", "their rows", BY_TIE),
    ("strength", "f4", "1", "strength of the tie, 0 to 3; fades", BY_TIE),
)
