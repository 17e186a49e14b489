"""What every policy instrument shares: dated parameters, a budget, payers, and the moments when it may act.

An instrument acts through a budget, a queue, a delay, a price or a capacity.  A subclass declares its keys
and overrides the moments of the month that it needs; it pays through `pay`, which keeps the budget, the
payers' shares, the joint cap and the ledger.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import Any, ClassVar
from zlib import crc32

import numpy as np

from cluster_sim.codes import SEGMENTS, Life, Stage
from cluster_sim.inputs.keys import KeyInfo as Key
from cluster_sim.policies.payments import ACCOUNTS, paying
from cluster_sim.policies.protocol import CityModel

MILLION = 1e6
SUBSIDIES = ("rent", "compute", "wage")
"""Kinds of payment: a grant (capital transfer), a subsidy on production (`SUBSIDIES`) or a tax paid back to studios,
capital of a fund, a purchase from the rest of the city, an allowance to people, a grant to landlords, a guarantee
called by a bank."""


MOMENTS = ("open", "study", "welcome", "finance", "expect_aid", "green_light", "support", "before_release",
           "after_release", "publish", "after_ladder", "closing", "shorten_entry")
"""The methods by which an instrument acts in a month; an instrument overrides those that it needs."""
COMMON_KEYS = {"budget": Key("million yuan", None, text="Most that the instrument may pay in a calendar year; "
                                                        "empty means no limit")}
_REGISTER: dict[str, type[Instrument]] = {}


def by_identity(table: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return rows of a table in the order of their identities: the order of rows must never matter."""
    return rows[np.argsort(table["id"][rows])]


def registered() -> dict[str, type[Instrument]]:
    """Return the instruments imported so far, by name."""
    return _REGISTER


@functools.cache
def _named(segments: tuple[str, ...]) -> np.ndarray:
    """Say for each segment whether it is among those named."""
    return np.array([s in segments for s in SEGMENTS])


class Instrument:
    """Base of all instruments; see docs/adding_a_policy.md for a worked example."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    text: ClassVar[str] = ""
    payer: ClassVar[dict[str, float]] = {"city": 1.0}
    keys: ClassVar[dict[str, Key]] = {}
    moments: ClassVar[frozenset[str]] = frozenset()
    """The moments of the month (`MOMENTS`) at which it does anything."""
    _payers: ClassVar[tuple[tuple[str, int, float | None], ...]] = ()
    comparator: ClassVar[bool] = False
    """Whether it is no instrument of the city's but a plain use of the same money that instruments are held against."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._payers = paying(cls.payer)
        if cls.name:
            cls.keys = {**cls.keys, **COMMON_KEYS}
            _REGISTER[cls.name] = cls
        acts = {name for name in MOMENTS if getattr(cls, name) is not getattr(Instrument, name)}
        cls.moments = frozenset(acts | {"shorten_entry"} if "entry_months_saved" in cls.keys else acts)

    def __init__(self, timeline: list[dict[str, Any]]) -> None:
        """Take the complete dated entries of the scenario (months as ordinals, money in million yuan of 2017)."""
        usual = {name: key.default for name, key in self.keys.items()}
        self.timeline = sorted((usual | entry for entry in timeline), key=lambda entry: entry["from"])
        self.now: dict[str, Any] | None = None
        self.spent_this_year = 0.0
        self.outlay = self.outlay_of_month = 0.0
        self.asked = self.met = 0.0         # this year: what was due, and what the budget paid of it
        self.kept = 1.0                     # share of last year's claims that was paid

    def enact(self, model: CityModel) -> None:
        """Put the entry of this month in force and vote a new budget in January."""
        month, self.outlay_of_month = model.policy_month, 0.0
        for entry in self.timeline:
            if entry["from"] <= month:
                self.now = entry
        if model.month_of_year == 1:
            self.kept = self.met / self.asked if self.asked > 0.0 else 1.0
            self.spent_this_year = self.asked = self.met = 0.0
        if self.in_force:
            self.open(model)

    def get(self, key: str) -> Any:
        """Return the value in force of a key; the default before the first entry."""
        return self.keys[key].default if self.now is None else self.now[key]

    def money(self, key: str) -> float:
        """Return the amount in force of a key in million yuan (yuan)."""
        return self.get(key) * MILLION

    def covers(self, segment: np.ndarray) -> np.ndarray:
        """Say for each of some segments (indices) whether the key ``segments`` in force names it."""
        return _named(tuple(self.get("segments")))[segment]

    @property
    def in_force(self) -> bool:
        """Whether the instrument's first entry has come; before that no moment of a month calls it."""
        return self.now is not None

    # ---- the moments of the month, in their order; the default is to do nothing
    def open(self, model: CityModel) -> None:
        """Step 1: places open, funds are founded."""

    def study(self, model: CityModel) -> None:
        """Step 2: students are taught, before migrants come."""

    def welcome(self, model: CityModel, people: np.ndarray) -> None:
        """Step 2: act on the month's migrants (rows of ``model.talents``)."""

    def finance(self, model: CityModel) -> None:
        """Step 3: money for funds and loans."""

    def expect_aid(self, model: CityModel, proposals: np.ndarray) -> None:
        """Step 5: say what aid a studio may expect for each proposal (add to ``proposals['aid']``, yuan)."""

    def green_light(self, model: CityModel, rows: np.ndarray) -> None:
        """Step 5: act on projects that were just begun (rows of ``model.projects``)."""

    def support(self, model: CityModel) -> None:
        """Step 6: help with running costs, after they were paid."""

    def before_release(self, model: CityModel) -> None:
        """Step 7: act on projects in testing and clearance."""

    def after_release(self, model: CityModel) -> None:
        """Step 7: act on released titles after the month's receipts."""

    def publish(self, model: CityModel) -> float:
        """Step 8: return how many documents were added to the commons of templates."""
        return 0.0

    def after_ladder(self, model: CityModel) -> None:
        """Step 10: act on the ladder's new tiers."""

    def closing(self, model: CityModel, gone: np.ndarray) -> None:
        """Step 10: act on studios that close this month (rows), before they are wound up."""

    def shorten_entry(self, model: CityModel, wait: np.ndarray) -> None:
        """Step 10: change the months that permits take, by quarter: the key `entry_months_saved` takes off as many."""
        saved = self.get("entry_months_saved") if "entry_months_saved" in self.keys else 0
        if saved:
            here = self.among(model, model.space.quarters["zones"])
            wait[here] = np.maximum(0.0, wait[here] - saved)

    # ---- paying
    def affordable(self, model: CityModel, amounts: np.ndarray) -> np.ndarray:
        """Cut a queue of payments (yuan, in order) where the year's budget ends."""
        amounts = np.floor(np.maximum(amounts, 0.0))
        if self.get("budget") is None:
            return amounts
        paid = np.floor(np.clip(self.left(model) - (np.cumsum(amounts) - amounts), 0.0, amounts))
        self.asked += float(amounts.sum())
        self.met += float(paid.sum())
        return paid

    def left(self, model: CityModel) -> float:
        """Return what is left of the year's budget (yuan); infinite if there is no limit."""
        budget = self.get("budget")
        return math.inf if budget is None else max(0.0, budget * MILLION * model.scale - self.spent_this_year)

    def within(self, model: CityModel, count: int, cost: float) -> int:
        """Return how many of so many things at a cost each (yuan) the year's budget still pays for in full."""
        cost = math.floor(cost)
        return count if cost <= 0 else int(min(count, self.left(model) / cost))

    def trust(self) -> float:
        """Return the share of a promise that people expect to be kept: what the budget paid of last year's claims."""
        budget = self.get("budget")
        return 1.0 if budget is None else self.kept if budget > 0.0 else 0.0

    def afford_once(self, model: CityModel, cost: float) -> bool:
        """Spend a cost (whole yuan) on a programme that takes place only if the budget allows all of it; say if so."""
        if not self.within(model, 1, cost):
            return False
        self.spend(model, cost)
        return True

    def pay(self, model: CityModel, rows: np.ndarray, amounts: np.ndarray | float, account: str = "grant", *,
            act: str = "studio", ids: np.ndarray | None = None, base: np.ndarray | float = 1.0) -> np.ndarray:
        """Pay amounts (yuan, one for all or one each) to studios (rows, in the order of their queue); return what was.

        account: grant (a capital transfer), refund (of a tax), rent, compute or wage (other subsidies on
        production).  act, ids, base: what is paid for (`policies/payments.py`); the studios themselves unless said
        otherwise.
        """
        paid = self.affordable(model, amounts if isinstance(amounts, np.ndarray) else np.full(rows.shape, amounts))
        if not paid.any():
            return paid
        studios = model.studios.rows
        np.add.at(studios["cash"], rows, paid)
        np.add.at(studios["public"], rows, paid)
        if account in SUBSIDIES:
            np.add.at(studios["subsidies"], rows, paid)
        self.book(model, float(paid.sum()), account)
        self.note(model, act, studios["id"][rows] if ids is None else ids, base, paid, studios["id"][rows])
        return paid

    def spend(self, model: CityModel, amount: float, account: str = "programme", *, act: str = "programme",
              entity: int = 0, base: float = 1.0) -> float:
        """Pay a sum (yuan) that goes to no studio and return what the budget allowed of it.

        account: programme (bought from the rest of the city), people, operators, guarantee, capital.
        """
        due = max(0.0, float(math.floor(amount)))
        paid = due if self.get("budget") is None or due == 0.0 else float(self.affordable(model, np.array([due]))[0])
        if paid > 0.0:
            self.book(model, paid, account)
            self.note(model, act, np.array([entity]), base, np.array([paid]))
        return paid

    def note(self, model: CityModel, act: str, ids: np.ndarray, base: Any, paid: np.ndarray,
             studios: np.ndarray | int = 0) -> None:
        """Put payments on record where a run keeps them; studios: who received them, 0 where none did."""
        if model.kept.payments is not None:
            shape = np.shape(paid)
            model.kept.payments.add(model.t, self.name, act, ids, np.broadcast_to(base, shape), paid,
                               np.broadcast_to(studios, shape))

    def payers(self, model: CityModel) -> tuple[tuple[str, int, float | None], ...]:
        """Return who pays as `paying` does: those whom the instrument declares."""
        return self._payers

    def book(self, model: CityModel, total: float, account: str) -> None:
        """Share a total (yuan) among the payers and enter it in the ledger and in the budget."""
        left = total
        for level, number, share in self.payers(model):
            part = left if share is None else float(math.floor(total * share))
            left -= part
            model.month.flow[ACCOUNTS[account][level]] += part
            model.month.outlay[number] += part
        self.spent_this_year += total
        self.outlay += total
        self.outlay_of_month += total

    # ---- capacity
    def number(self, model: CityModel, exact: float) -> int:
        """Return a whole number for a capacity that the city's scale made a fraction: up or down by a keyed draw."""
        whole = int(exact)
        return whole + int(model.chance(crc32(self.name.encode()) + model.t, exact))

    def mask(self, model: CityModel, key: str = "zones") -> int:
        """Return the bit mask of the zones in force."""
        known = model.places.zone_index
        return sum([1 << known[z] for z in self.get(key) if z in known])

    def among(self, model: CityModel, zones: np.ndarray) -> np.ndarray:
        """Say of places by their zones (bits) whether they are in one of those in force (all if none is named)."""
        if not self.get("zones"):
            return np.ones(zones.size, bool)
        return (zones & self.mask(model)) != 0

    def inside(self, model: CityModel) -> np.ndarray:
        """Say for each studio (rows of ``model.studios.used``) whether it is in one of the zones in force."""
        return self.among(model, model.studio_zones())

    def rows_of(self, model: CityModel, ids: Iterable[int]) -> np.ndarray:
        """Return the rows of living studios by their identities, -1 for who is gone; rows are never remembered."""
        wanted, order = np.fromiter(ids, np.int64), model.studios.order()
        known = model.studios.rows["id"][order]
        at = np.minimum(np.searchsorted(known, wanted), max(known.size - 1, 0))
        return np.where(known[at] == wanted, order[at], -1) if known.size else np.full(wanted.size, -1)

    def year_wage(self, model: CityModel) -> float:
        """Return the mean wage of a year on the market of this month (yuan)."""
        return 12.0 * float((model.city_state["market_wage"][0] * model.labour.share).sum())

    # ---- whom to choose, and in which order
    def open_studios(self, model: CityModel) -> np.ndarray:
        """Say for each studio (rows of ``model.studios.used``) whether it has opened and not closed."""
        studios = model.studios.used
        return (studios["alive"] == Life.ALIVE.value) & (studios["born"] <= model.t)

    def released_now(self, model: CityModel) -> np.ndarray:
        """Return the rows of works that were released this month."""
        projects = model.projects.used
        return np.flatnonzero((projects["released"] == model.t) & (projects["stage"] >= Stage.RUNNING.value))

    def by_lot(self, model: CityModel, table: np.ndarray, rows: np.ndarray, question: int = 0) -> np.ndarray:
        """Return rows of a table in an order drawn by lot, anew each month and for each question."""
        from cluster_sim.draws import AID, uniforms  # compiled code: not for who only reads scenarios

        ids = table["id"][rows]
        return rows[np.lexsort((ids, uniforms(model.seed, AID, ids ^ question, model.t)))]

    # ---- prices that are paid in part
    def cost_of(self, model: CityModel, rows: np.ndarray, account: str) -> np.ndarray:
        """Return the month's rent, computing or wages with contributions (yuan) of studios as they were billed."""
        studios = model.studios.rows
        if account == "wage":
            return studios["wages"][rows]
        if account == "rent":
            return np.floor(studios["area"][rows] * studios["rent_per_m2"][rows] + 0.5)
        return studios["compute"][rows]

    def relieve(self, model: CityModel, rows: np.ndarray, wanted: np.ndarray, account: str) -> np.ndarray:
        """Pay a part (yuan) of studios' rent, computing or wages, at most what no other instrument paid; return it.

        The studio's price falls by as much: it counts on it in its costs of the next month.
        """
        if not rows.size:
            return np.zeros(0)
        relief = model.studios.rows[f"{account}_relief"]
        cost = self.cost_of(model, rows, account)
        paid = self.pay(model, rows, np.minimum(wanted, cost * (1.0 - relief[rows])), account, act=account, base=cost)
        relief[rows] += paid / np.maximum(cost, 1.0)
        return paid

    def unit(self, model: CityModel, replay: np.ndarray) -> np.ndarray:
        """Return the scale of each work's money: a replayed film is scaled with the city, any other is not."""
        return np.where(replay == 1, model.scale, 1.0)

    def pay_projects(self, model: CityModel, rows: np.ndarray, amounts: np.ndarray) -> None:
        """Pay aid (yuan) for projects to their owners, under the joint cap of all aids to one work."""
        if not amounts.any():
            return
        projects = model.projects.rows
        unit = self.unit(model, projects["replay"][rows])
        room = model.par["aid.joint_cap"] * MILLION * unit - projects["aid_claim"][rows]
        order = np.argsort(projects["id"][rows])
        rows = rows[order]
        paid = self.pay(model, projects["owner"][rows], np.minimum(amounts[order], np.maximum(room[order], 0.0)),
                        act="work", ids=projects["id"][rows], base=projects["cost"][rows])
        projects["aid_claim"][rows] += paid
