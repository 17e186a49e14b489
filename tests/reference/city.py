"""ReferenceCity: the objects of a city, copied from the tables of a model, and a month of the central rules."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import mesa
import numpy as np

from cluster_sim.codes import Life, Stage, Status
from cluster_sim.model import ClusterModel

from .luck import Dice, KeyedLuck
from .people import Worker
from .studios import OtherCity, Studio, Vacancy
from .works import Work


def rows_of(table: np.ndarray, kept: np.ndarray) -> list[tuple[int, dict[str, Any]]]:
    """Return the chosen rows as (row, columns) with plain Python values."""
    index = np.flatnonzero(kept)
    columns = [table[name][index].tolist() for name in table.dtype.names]
    return [(int(row), dict(zip(table.dtype.names, values, strict=True)))
            for row, *values in zip(index, *columns, strict=True)]


class ReferenceCity(mesa.Model):
    """Workers, studios and works as Mesa agents; made from a `ClusterModel` as it stands."""

    def __init__(self, source: ClusterModel, luck: KeyedLuck | Dice | None = None) -> None:
        super().__init__(rng=source.seed)
        self.luck = luck or KeyedLuck(source.seed)
        self.par, self.t = dict(source.par), source.t
        self.seg = {name: source.rules.segments[name].tolist() for name in source.rules.segments.dtype.names}
        self.mix = source.rules.mix.tolist()
        self.side, self.distance = source.side, source.space.distance.tolist()
        self.density = (source.space.cells["density"] / source.city_state["density0"]).tolist()
        self.outside_reach = source.other_cities.reach.tolist()
        out = source.city.outside
        self.outside_weight = source.other_cities.weight.tolist()
        self.other_cities = [OtherCity(n, km, strength, wage) for n, (km, strength, wage) in enumerate(zip(
            out["distance_km"].tolist(), out["strength"].tolist(), out["wage_index"].tolist(), strict=True))]
        self.vacancies: list[list[Vacancy]] = [[] for _ in range(6)]
        self.meeting_cache: dict[Any, Any] = {}
        self.read_state(source)
        self.copy_agents(source)
        self.events: dict[str, list[Any]] = defaultdict(list)

    def read_state(self, source: ClusterModel) -> None:
        """Copy the state of the city as a whole."""
        g = source.city_state[0]
        self.state = {name: g[name].tolist() for name in g.dtype.names}

    def copy_agents(self, source: ClusterModel) -> None:
        """Make an object of every living studio, person and unfinished work."""
        studios, people, projects = source.studios.used, source.talents.used, source.projects.used
        at = {}
        for row, columns in rows_of(studios, studios["alive"] == Life.ALIVE):
            known = source.partners.ties[row]
            ties = {int(i): float(x) for i, x in zip(known["id"], known["strength"], strict=True) if i != 0}
            at[row] = Studio(self, columns, ties)
        for _, columns in rows_of(people, people["status"] != Status.FREE):
            Worker(self, columns, at.get(columns["employer"]))
        for _, columns in rows_of(projects, (projects["stage"] > Stage.FREE) & (projects["stage"] <= Stage.RUNNING)):
            if columns["owner"] in at:
                Work(self, columns, at[columns["owner"]])
        self.studio_by_id = {s.id: s for s in at.values()}
        self.studios = [self.studio_by_id[i] for i in sorted(self.studio_by_id)]

    def note(self, what: str, who: Any) -> None:
        """Remember something that happened this month."""
        self.events[what].append(who)

    def agents_of_people(self) -> Any:
        """Return all workers."""
        return self.agents_by_type[Worker]

    # ---- places
    def kilometres_between_cells(self, a: int, b: int) -> float:
        """Return the distance of two cells' centres; half a kilometre inside one."""
        side = self.side
        return self.distance[abs(a % side - b % side)][abs(a // side - b // side)]

    def other_city(self, u: float) -> OtherCity:
        """Return another city for a number in (0, 1): near and large ones more often."""
        u *= self.outside_weight[-1]
        return next(c for c, rising in zip(self.other_cities, self.outside_weight, strict=True) if rising >= u)

    # ---- the month
    def step(self) -> None:
        """Live a month of these rules: people, hiring, partners, production, release."""
        self.events.clear()
        self.meeting_cache.clear()
        self.people_live()
        self.hire()
        self.agents_by_type[Studio].do("find_partners")
        self.agents_by_type[Studio].do("produce")
        self.make_works()
        self.release()
        self.t += 1

    def people_live(self) -> None:
        """Step 2: every person lives a month."""
        self.agents_by_type[Worker].do("live")

    def hire(self) -> None:
        """Step 4: studios plan and post, seekers apply, studios choose, wages move."""
        for studio in self.studios:
            studio.plan_staff()
        self.fill_vacancies()

    def fill_vacancies(self) -> None:
        """Let seekers apply to what is posted, studios take the best, and everybody's wage move."""
        studios = self.studios
        for studio in studios:
            studio.filled = [0] * 6
        self.vacancies = [[Vacancy(s, k, s.attraction(k)) for s in studios for _ in range(s.vacancies[k])]
                          for k in range(6)]
        self.agents_by_type[Worker].do("apply")
        for vacancy in (v for of_one in self.vacancies for v in of_one):
            vacancy.studio.fill(vacancy)
        self.agents_by_type[Worker].do("get_raise")
        for k in range(6):
            self.move_offers(k)

    def move_offers(self, k: int) -> None:
        """Let who posted move the offer for a specialism; the market wage grows like the mean of what they offer."""
        posting = [s for s in self.studios if s.vacancies[k]]
        if not posting:
            return
        new = [s.new_offer(k) for s in posting]
        growth = (sum(s.vacancies[k] * offer for s, offer in zip(posting, new, strict=True))
                  / sum(s.vacancies[k] * s.offer[k] for s in posting))
        for studio, offer in zip(posting, new, strict=True):
            studio.offer[k] = offer / growth
        posts, found = (sum(getattr(s, what)[k] for s in posting) for what in ("vacancies", "filled"))
        tighter = self.par["labour.tightness_speed"] * ((posts - found) / posts - self.state["still_open"][k])
        self.state["still_open"][k] += tighter
        self.state["market_wage"][k] *= growth * math.exp(self.par["labour.tightness_pay"] * tighter)

    def make_works(self) -> None:
        """Step 6: works in production go on; tests and clearance pass."""
        for work in list(self.agents_by_type.get(Work, ())):
            work.make()
            if work.stage > Stage.TESTING:
                work.wait -= 1

    def release(self) -> None:
        """Step 7: cleared works come out, those that run earn a month against each other."""
        works = list(self.agents_by_type.get(Work, ()))
        self.received_before = sum(work.receipts for work in works)
        for verb in ("clear", "premiere"):
            for work in works:
                getattr(work, verb)()
        self.crowd = [0.0] * 6
        for work in works:
            if work.stage == Stage.RUNNING:
                self.crowd[work.segment] += int(work.month_alone())
        for work in works:
            work.screen()
