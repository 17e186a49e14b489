"""Worker: one person of the city, from studies through jobs to other places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from cluster_sim.codes import FOUNDER, Status
from cluster_sim.draws import APPLY, CAREER, SCORE

if TYPE_CHECKING:
    from .studios import Studio, Vacancy


class Worker(mesa.Agent):
    """A person; attributes as in the columns of `TALENT`, the employer as an object."""

    employer: Studio | None

    def __init__(self, city: Any, columns: dict[str, Any], employer: Studio | None) -> None:
        super().__init__(city)
        self.__dict__.update(columns)
        self.employer = employer
        if employer is not None:
            employer.people.add(self)

    # ---- step 2: population
    def live(self) -> None:
        """Live a month: graduate, give up looking, learn, leave, or found a studio.

        Skill closes a share of the gap to its ceiling each month at work (learning by doing).  The chance to quit
        and that to go to other sectors are rates times the market's wage for the skill over the own wage.
        """
        city, par, t = self.model, self.model.par, self.model.t
        luck = city.luck.draw(CAREER, self.id, t)
        if self.status == Status.STUDENT:
            if self.graduation <= t:
                if luck.uniform() < city.state["stay"]:
                    self.look_for_work("graduated")
                else:
                    self.leave("graduates_left")
        elif self.status == Status.SEEKING:
            if luck.field(0) < par["labour.give_up"]:
                self.leave("gave_up")
            elif luck.field(3) < par["labour.emigration_rate"]:
                self.leave("left_search")
        else:
            self.work_a_month(luck)

    def work_a_month(self, luck: Any) -> None:
        """Learn, and perhaps quit, be laid off, change sector or go into business."""
        city, par, studio = self.model, self.model.par, self.employer
        self.experience += 1
        self.skill += par["labour.learning"] * max(0.0, par["labour.skill_ceiling"] - self.skill)
        if self.status == Status.SOLO or self.trained >= FOUNDER:
            return
        worth = city.state["market_wage"][self.specialism] * math.sqrt(self.skill) / self.wage
        away = par["labour.emigration_rate"]
        if luck.field(0) < studio.quit_rate() * worth:
            self.look_for_work("quit")
        elif luck.field(1) < studio.layoff:
            self.look_for_work("laid_off")
        elif luck.field(2) < par["labour.switch_rate"]:
            self.leave("other_sectors")
        elif luck.field(3) < away + par["population.retirement"]:
            self.leave("left_work" if luck.field(3) < away else "retired")
        elif self.experience >= par["population.founding_experience"]:
            u = luck.again().uniform()
            team = 1.0 if studio.staff >= 3 else 0.3
            if u < par["population.founding_rate"] * city.state["found_pull"] * team:
                city.note("founding", self)
            elif u > 1.0 - par["population.solo_rate"] * city.state["ai"] * self.trained * 0.1:
                city.note("solo_founding", self)

    def look_for_work(self, why: str) -> None:
        """Become a seeker."""
        if self.employer is not None:
            self.employer.people.remove(self)
            self.employer = None
        self.status, self.since = Status.SEEKING, self.model.t
        self.model.note(why, self)

    def leave(self, why: str) -> None:
        """Leave the sector or the city."""
        if self.employer is not None:
            self.employer.people.remove(self)
        self.model.note(why, self)
        self.remove()

    # ---- step 4: hiring
    def apply(self) -> None:
        """Sample a few vacancies of the own specialism and apply to one or none: a logit over what they offer.

        Gumbel noise is not drawn: each vacancy in turn takes the place of the one held with the probability of
        its weight over the sum so far (weighted reservoir), which is the same choice.
        """
        if self.status != Status.SEEKING:
            return
        city = self.model
        vacancies = city.vacancies[self.specialism]
        if not vacancies:
            return
        luck = city.luck.draw(APPLY, self.id, city.t)
        idle = max(city.state["unemployment"], 0.001) / city.par["population.unemployment_reference"]
        waiting = idle ** (-city.par["labour.wage_curve"] * city.par["labour.wage_weight"])
        total, chosen = city.par["labour.reservation"] * waiting, None
        for _ in range(int(city.par["labour.samples"])):
            vacancy: Vacancy = vacancies[int(luck.uniform() * len(vacancies))]
            u = luck.field(0)
            luck = luck.again()
            weight = vacancy.pull * math.exp(
                -city.par["labour.commute_weight"] * city.kilometres_between_cells(self.cell, vacancy.studio.cell))
            total += weight
            if u * total < weight:
                chosen = vacancy
        if chosen is not None:
            impression = 1.0 + 0.15 * city.luck.draw(SCORE, self.id, city.t).normal()
            chosen.applicants.append((self.skill * impression, self))

    def start_at(self, studio: Studio) -> None:
        """Begin a job at the wage that the studio pays for the skill."""
        self.employer, self.status, self.since = studio, Status.EMPLOYED, self.model.t
        self.wage = studio.wage_for(self.specialism, self.skill)
        studio.people.add(self)

    def get_raise(self) -> None:
        """Once a year, in the own month, close a part of the gap to what the employer would offer today."""
        months = self.model.t - self.since
        if self.status == Status.EMPLOYED and months > 0 and months % 12 == 0:
            aim = self.employer.wage_for(self.specialism, self.skill)
            if aim > self.wage:
                self.wage = math.floor(self.wage + self.model.par["labour.raise"] * (aim - self.wage) + 0.5)
