"""ClusterModel: the city as a Mesa model; one step is one month.

The state lives in tables of columns (records.py) and a few groups of arrays (state.py); `step` reads like the month of
the paper.  Mesa's agents are views of rows, made when somebody asks for them; asking changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import mesa
import numpy as np

from cluster_sim import initial, ledger, policies
from cluster_sim import people_ledger as P
from cluster_sim.agents.views import Views
from cluster_sim.buffers import Buffers
from cluster_sim.codes import Origin, Stage, Status
from cluster_sim.draws import IDENTITY, uniform_for
from cluster_sim.kept import Kept
from cluster_sim.month import (
    accounts,
    births,
    commissioning,
    events,
    finance,
    greenlight,
    hiring,
    knowledge,
    ladder,
    moves,
    observe,
    outside,
    policy,
    population,
    prices,
    production,
    quarters,
    release,
    studying,
    subcontracting,
    ties,
    treasury,
    wages,
    yearbook,
)
from cluster_sim.month import property as property_market
from cluster_sim.month.rivals import Rivals
from cluster_sim.own_rules import Event
from cluster_sim.people_ledger import People
from cluster_sim.scenario.arguments import read_arguments
from cluster_sim.state import Homes, Labour, Markets, Month, OtherCities, Partners, Rules, Space


class ClusterModel(Views, mesa.Model):
    """An agent-based economy of a creative cluster.

    >>> ClusterModel("baseline", seed=1, scale="1/400", until="2017-03").run().label()
    '2017-04'

    Parameters
    ----------
    setup : Scenario or str or Path
        A loaded scenario (`cluster_sim.load_scenario`), the path of its file, or its name, such as ``baseline``.
    seed, scale : int, float or str
        Key of all random numbers (None is 0); size of the city, 1 for the whole, 0.05 or ``1/20`` for a twentieth.
    keep : sequence of str
        What else to record: ``accounts`` (studios' years), ``payments`` (of public money).
    until, set : str, mapping
        Last month, such as ``2030-12``; values to change by dotted name, only with a path or a name.
    """

    rules: Rules
    space: Space
    homes: Homes
    labour: Labour
    partners: Partners
    other_cities: OtherCities
    markets: Markets
    rivals: Rivals
    people: People
    month: Month
    books: ledger.Books

    EVENTS: tuple[Event, ...] = (
        policy.enact,                           # 1, policy
        moves.look_around,                      # 2, population
        population.live_careers,
        studying.study,
        moves.join,
        moves.migrate,
        moves.age,
        finance.call_capital,                   # 3, finance
        finance.raise_rounds,
        finance.sell_stakes,
        hiring.post_vacancies,                  # 4, hiring
        hiring.fill_vacancies,
        wages.adjust_wages,
        subcontracting.look_for_partners,       # 5, commissioning
        prices.set_prices,
        commissioning.weigh_studios,
        commissioning.win_contracts,
        greenlight.propose,
        greenlight.decide,
        greenlight.find_partners,
        treasury.receive_and_pay,               # 6, production
        production.pay_costs,
        production.plan_work,
        production.deliver_contracts,
        production.make_projects,
        production.advance_projects,
        production.support,
        release.clear_projects,                 # 7, release
        release.premiere_titles,
        release.screen_titles,
        release.pay_partners,
        release.credit_titles,
        knowledge.spread,                       # 8, knowledge
        property_market.set_rents,              # 9, property
        property_market.survey_places,
        property_market.move_studios,
        ladder.review,                          # 10, the ladder, births and deaths
        treasury.invest,
        treasury.borrow,
        births.close_studios,
        births.found_studios,
        moves.count_people,                     # 11, accounts
        accounts.settle_accounts,
        treasury.check_claims,
        accounts.measure_gdp,
        observe.observe,                        # 12, observe
        births.clear_rows,
    )
    """What happens in a month, in this order; each event is a function of the model.

    Numbers are those of the steps in docs/odd.md.
    """

    def __init__(self, setup: Any, seed: int | None = 0, scale: float | str = 1.0, *, keep: Sequence[str] = (),
                 until: str | None = None, set: Mapping[str, Any] | Iterable[str] | None = None) -> None:
        setup, seed, scale = read_arguments(setup, seed, scale, until, set)
        super().__init__(rng=seed)
        # Mesa's step drops its schedule at an error and then lives no month more without a word
        self._mesas_step, self.step = self.step, self._step_if_possible     # type: ignore[method-assign]
        self.setup, self.seed, self.scale, self.t, self.within_month = setup, seed, scale, 0, False
        self.instruments = [policies.instruments()[name](law) for name, law in sorted(setup.policies.items())]
        self.events = events.read_events(setup.events, setup.start, setup.parameters)
        self.state: dict[str, float] = dict.fromkeys(observe.STATE, 0) | {"students_wish": 1.0}
        self.buffers = Buffers()
        self.burn_in_seconds = 0.0          # what making a state of rest took, if it was not there yet
        self.kept = Kept(yearbook=yearbook.Yearbook() if "accounts" in keep else None,
                         payments=policies.Payments() if {"payments", "applications"}.intersection(keep) else None)
        initial.begin(self)
        self.books = ledger.Books(float(self.studios.used["cash"].sum()), float(self.funds.used["cash"].sum()),
                                  self.work_in_progress(), claims=self.books.claims)
        self.kept.observer = observe.Observer(self)

    # ---------------------------------------------------------------- a month
    def step(self) -> None:
        """Live one month of the city; RuntimeError after the last one, and after one that an error has cut short."""
        self._check_step()
        self.within_month = True
        self.live_month(self.EVENTS)
        self.within_month, self.running = False, not self.finished      # Mesa's own runners stop at the end

    def live_month(self, happens: Iterable[Event]) -> None:
        """Begin a month and let these events happen in it."""
        self.begin_month()
        for event in happens:
            event(self)
        self.t += 1

    def _step_if_possible(self) -> None:
        self._check_step()
        self._mesas_step()

    def _check_step(self) -> None:
        if self.within_month:
            raise RuntimeError(f"an error has cut the month {self.label()} short; make a new model to go on")
        if self.finished:
            raise RuntimeError(f"the run ended after {self.months} months; make a new model to go on")

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

    def begin_month(self) -> None:
        """Clear what is counted by month, set the levers of policy back, and bring the outside paths in."""
        self.month.flow[:] = 0.0
        self.month.outlay[:] = 0.0
        self.set_levers()
        self.books.wip_change = self.books.written_off = 0.0
        self.books.claims.begin_month()
        self.kept.ended = None
        outside.bring_in(self)

    def set_levers(self) -> None:
        """Set the levers of policy to where they stand without a policy."""
        levers = self.month.levers
        levers["newcomer_aid"] = levers["study_aid"] = levers["relief"] = levers["relief_age"] = 0.0
        levers["matched_relief"] = 0.0
        levers["places"] = self.par["education.places"] * self.scale
        levers["vacancies_seen"] = int(self.par["labour.samples"])

    # ---------------------------------------------------------------- results
    def series(self) -> dict[str, np.ndarray]:
        """Return the monthly indicators so far; names and units in results/README.md."""
        return self.kept.observer.series(self)

    def projects_table(self) -> dict[str, np.ndarray]:
        """Return one row for each released title whose run has ended or is running."""
        return observe.projects_table(self)

    def credits_table(self) -> dict[str, np.ndarray]:
        """Return the partners of the titles with the largest teams."""
        return observe.credits_table(self)

    def ledger_table(self) -> dict[str, np.ndarray]:
        """Return the flows of each month by kind, in million yuan."""
        return self.kept.observer.ledger(self)

    def accounts_table(self) -> dict[str, np.ndarray]:
        """Return every studio's accounts by calendar year (`keep=("accounts",)`)."""
        return self.kept.yearbook.table() if self.kept.yearbook else {}

    def payments_table(self) -> dict[str, np.ndarray]:
        """Return every payment of public money (`keep=("payments",)`)."""
        return self.kept.payments.table(self.first_month) if self.kept.payments else {}

    def applications_table(self) -> dict[str, np.ndarray]:
        """Return every application for aid to a work (`keep=("payments",)`)."""
        return self.kept.payments.applications_table(self.first_month) if self.kept.payments else {}

    def map(self) -> dict[str, Any]:
        """Return the cells of the city at the end of the last month lived."""
        return observe.city_map(self)

    # ---------------------------------------------------------------- the scenario and the calendar
    @property
    def par(self) -> dict[str, float]:
        """The parameters by dotted name."""
        return self.setup.parameters

    @property
    def months(self) -> int:
        """The months of the scenario."""
        return self.setup.end - self.setup.start + 1

    @property
    def first_month(self) -> int:
        """The scenario's first month as an ordinal."""
        return self.setup.start

    @property
    def ordinal(self) -> int:
        """The calendar month as year * 12 + month - 1."""
        return self.setup.start + self.t

    @property
    def policy_month(self) -> int:
        """The month that dated policies and events are read at."""
        return self.ordinal

    @property
    def month_of_year(self) -> int:
        """1 for January to 12 for December."""
        return (self.setup.start + self.t) % 12 + 1

    @property
    def side(self) -> int:
        """Cells along one side of the map."""
        return int(self.places.side)

    def label(self) -> str:
        """The calendar month as 2017-01."""
        return f"{self.ordinal // 12}-{self.month_of_year:02d}"

    def acting(self, moment: str) -> list[policies.Instrument]:
        """Return the instruments in force that do anything at a moment of the month, in the order of their names."""
        return [i for i in self.instruments if i.now is not None and moment in i.moments]

    @property
    def employment(self) -> int:
        """People at work."""
        return int(self.state["employment"])

    def work_in_progress(self) -> float:
        """Return the cost of all works not yet released (yuan)."""
        j = self.projects.used
        return float(j["cost"][(j["stage"] > Stage.FREE.value) & (j["stage"] < Stage.RUNNING.value)].sum())

    # ---------------------------------------------------------------- rows
    def new_studios(self, count: int) -> np.ndarray:
        """Return fresh rows of studios; whatever has one entry a studio is as long as their table."""
        size = self.studios.rows.size
        rows = self.studios.allocate(count)
        if self.studios.rows.size > size:
            self.studios.rows["area"] = 0.0         # so far the yearbook misses the rent of a month in which it grows
        self.partners = ties.fit(self.partners, self.studios.rows.size)
        return rows

    def buffer(self, name: str, size: int, dtype: Any = np.int64, zeroed: bool = True) -> np.ndarray:
        """Return a scratch array, of zeros unless the caller fills it himself."""
        return self.buffers.get_array(name, size, np.dtype(dtype), zeroed)

    # ---------------------------------------------------------------- what instruments may ask for
    @property
    def hub_cell(self) -> int:
        """The cell of the hub; the one with most floor in a city without."""
        hubs = self.space.parks["cell"][self.space.parks["hub"] > 0]
        return int(hubs[0]) if hubs.size else int(np.argmax(self.space.cells["floor"]))

    def bring(self, count: int, status: Status, specialisms: np.ndarray | None = None, cell: int = -1) -> np.ndarray:
        """Let people come from elsewhere, beside the month's migrants, and return their rows.

        status: SEEKING or EMPLOYED.  specialisms: cumulative weights, as migrants choose if None.  cell: where they
        live, spread like everybody if -1.  The caller gives them identities of their own.
        """
        if specialisms is None:
            specialisms = moves.choice(self, self.city_state["market_wage"][0] / self.labour.wage)[1]
        cells, weight = (self.homes.cells, self.homes.weight) if cell < 0 else (np.array([cell]), np.ones(1))
        index = self.talents.allocate(count)
        self.people.book(P.MIGRATED if status == Status.SEEKING else P.CAME_WITH_COMPANY, count)
        population.arrive(self.talents.rows, index, cells, weight, specialisms,
                          population.Arrival.of(self.t, Origin.MIGRANT, status, since=self.t), self.rules)
        return index

    def studio_zones(self) -> np.ndarray:
        """Return the zones (bits) that each studio is in, by row."""
        return quarters.studio_zones(self)

    def tie(self, pairs: list[tuple[int, int]]) -> None:
        """Let pairs of studios (rows) begin to work together."""
        ties.record_pairs(self, np.array(pairs, np.int64).reshape(-1, 2))

    def chance(self, entity: int, exact: float) -> bool:
        """Return a keyed draw that is true with the fraction of ``exact`` beyond its whole part."""
        return bool(uniform_for(self.seed, IDENTITY, entity, self.t) < exact - int(exact))
