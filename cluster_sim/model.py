"""ClusterModel: the city as a Mesa model; one step is one month.

The state lives in tables of columns (records.py); `step` reads like the month of the paper.  Mesa's
agents are views of rows, made when somebody asks for them; asking changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from cluster_sim import ledger, policies, start
from cluster_sim.agents.views import Views
from cluster_sim.codes import Origin, Stage
from cluster_sim.draws import IDENTITY, luck
from cluster_sim.month import (
    accounts,
    collaboration,
    commissioning,
    events,
    finance,
    hiring,
    knowledge,
    ladder,
    observe,
    policy,
    population,
    production,
    release,
    yearbook,
)
from cluster_sim.month import property as property_market
from cluster_sim.parameters import records
from cluster_sim.tables import Buffers, CityTables


class ClusterModel(CityTables, Views, mesa.Model):
    """An agent-based economy of a creative cluster.

    Parameters
    ----------
    setup : Scenario
        A loaded scenario (`cluster_sim.load_scenario`).
    seed : int
        Key of all random numbers.
    scale : float
        Size of the city, 1 for the whole, 0.05 for a twentieth.
    keep : sequence of str
        What else to record: ``accounts`` (studios' years), ``payments`` (of public money).
    """

    def __init__(self, setup: Any, *, seed: int = 0, scale: float = 1.0, keep: Sequence[str] = ()) -> None:
        super().__init__(rng=seed)
        self.setup, self.seed, self.scale = setup, int(seed), float(scale)
        self.par = setup.parameters
        self.p, self.seg = records(self.par)
        self.t = 0
        self.months = setup.end - setup.start + 1
        self.first_month = setup.start
        self.flow = np.zeros(len(ledger.KINDS))
        self.outlay_by_level = dict.fromkeys(policies.base.LEVELS, 0.0)
        self.state: dict[str, float] = dict.fromkeys(observe.STATE, 0)
        self.state["students_wish"] = 1.0
        self.newcomer_aid = self.study_aid = 0.0        # of a year's wage; of the wish to study
        self.documents = 0.0
        self.hit_makers: dict[str, int] = {}
        known = policies.instruments()
        self.instruments = [known[name](entries) for name, entries in sorted(setup.policies.items())]
        self.events = events.read_events(setup.events, setup.start)
        self.yearbook = yearbook.Yearbook() if "accounts" in keep else None
        self.payments = policies.Payments() if {"payments", "applications"} & set(keep) else None
        self.outlay_by_instrument: dict[str, float] = {}
        self.buffers = Buffers()
        self.build_city(setup)
        start.populate(self)
        start.price_and_cost(self)
        self.fit_studio_buffers()
        start.open_markets(self)
        start.remember(self)
        self.open_books()
        self.observer = observe.Observer(self)

    # ---------------------------------------------------------------- a month
    def step(self) -> None:
        """Live one month of the city."""
        if self.finished:
            raise RuntimeError(f"the run ended after {self.months} months; make a new model to go on")
        self.begin_month()
        policy.enact(self)
        population.live(self)
        finance.finance(self)
        hiring.hire(self)
        commissioning.commission(self)
        production.produce(self)
        release.release(self)
        knowledge.spread(self)
        property_market.settle_property(self)
        ladder.climb_and_renew(self)
        accounts.account(self)
        observe.observe(self)
        self.end_month()

    def run(self, on_month: Any = None) -> ClusterModel:
        """Step to the scenario's last month; ``on_month(model)`` is called after each."""
        while not self.finished:
            self.step()
            if on_month is not None:
                on_month(self)
        return self

    @property
    def finished(self) -> bool:
        """Whether the last month of the scenario is over."""
        return self.t >= self.months

    # ---------------------------------------------------------------- results
    def series(self) -> dict[str, np.ndarray]:
        """Return the monthly indicators so far; names and units in results/README.md."""
        return self.observer.series(self)

    def projects_table(self) -> dict[str, np.ndarray]:
        """Return one row for each released title whose run has ended or is running."""
        return observe.projects_table(self)

    def credits_table(self) -> dict[str, np.ndarray]:
        """Return the partners of the titles with the largest teams."""
        return observe.credits_table(self)

    def ledger_table(self) -> dict[str, np.ndarray]:
        """Return the flows of each month by kind, in million yuan."""
        return self.observer.ledger(self)

    def accounts_table(self) -> dict[str, np.ndarray]:
        """Return every studio's accounts by calendar year (`keep=("accounts",)`)."""
        return self.yearbook.table() if self.yearbook else {}

    def payments_table(self) -> dict[str, np.ndarray]:
        """Return every payment of public money (`keep=("payments",)`)."""
        return self.payments.table(self.first_month) if self.payments else {}

    def applications_table(self) -> dict[str, np.ndarray]:
        """Return every application for aid to a work (`keep=("payments",)`)."""
        return self.payments.applications_table(self.first_month) if self.payments else {}

    def map(self) -> dict[str, Any]:
        """Return the cells of the city at the end of the last month lived."""
        return observe.city_map(self)

    # ---------------------------------------------------------------- the calendar and the books
    @property
    def ordinal(self) -> int:
        """The calendar month as year * 12 + month - 1."""
        return self.first_month + self.t

    @property
    def policy_month(self) -> int:
        """The month that dated policies and events are read at."""
        return self.ordinal

    @property
    def month_of_year(self) -> int:
        """1 for January to 12 for December."""
        return self.ordinal % 12 + 1

    def label(self) -> str:
        """The calendar month as 2017-01."""
        return f"{self.ordinal // 12}-{self.month_of_year:02d}"

    def begin_month(self) -> None:
        """Clear the month's flows and bring the outside paths in."""
        self.flow[:] = 0.0
        self.ended = None
        self.newcomer_aid = self.study_aid = 0.0
        self.samples = int(self.par["labour.samples"])
        self.outlay_by_instrument = {}
        self.wip_stock_change = self.written_off = 0.0
        for level in self.outlay_by_level:
            self.outlay_by_level[level] = 0.0
        self.read_outside()

    def end_month(self) -> None:
        """Free the rows of what closed this month and turn the page."""
        self.release_rows()
        self.t += 1

    def open_books(self) -> None:
        """Take the opening balances: from here on every yuan is followed."""
        self.last_cash = float(self.studios.used["cash"].sum())
        self.last_fund_cash = float(self.funds.used["cash"].sum())
        self.wip_stock = self.work_in_progress()

    def work_in_progress(self) -> float:
        """Return the cost of all works not yet released (yuan)."""
        j = self.projects.used
        return float(j["cost"][(j["stage"] > Stage.FREE) & (j["stage"] < Stage.RUNNING)].sum())

    def check_work_in_progress(self) -> None:
        """Hold the projects' own cost accounts against what was booked, write-offs apart."""
        now = self.work_in_progress()
        expected = self.wip_stock + self.wip_stock_change - self.written_off
        ledger.agree("stock of work in progress", now, expected, max(now, 1.0), self.label())
        self.wip_stock = now

    # ---------------------------------------------------------------- what instruments may ask for
    def bring(self, count: int, status: int, specialisms: np.ndarray | None = None, cell: int = -1) -> np.ndarray:
        """Let people come from elsewhere, beside the month's migrants, and return their rows.

        status: SEEKING or EMPLOYED.  specialisms: cumulative weights, as migrants choose if None.  cell: where
        they live, spread like everybody if -1.  The caller gives them identities of their own.
        """
        if specialisms is None:
            specialisms = population.choice_of_specialism(self, self.par["population.choice"])
        cells, weight = (self.home_cells, self.home_weight) if cell < 0 else (np.array([cell]), np.ones(1))
        index = self.talents.allocate(count)
        population.arrive(self.talents.rows, index, cells, weight, self.p, self.seed, self.t, status, self.t, 0,
                          specialisms, Origin.MIGRANT)
        return index

    def tie(self, pairs: list[tuple[int, int]]) -> None:
        """Let pairs of studios (rows) begin to work together."""
        collaboration.record_pairs(self, np.array(pairs, np.int64).reshape(-1, 2))

    def chance(self, entity: int, exact: float) -> bool:
        """Return a keyed draw that is true with the fraction of ``exact`` beyond its whole part."""
        return bool(luck(self.seed, IDENTITY, entity, self.t) < exact - int(exact))
