"""The labour market of one aggregate city: where people are, who is hired, what is offered.

A month: people leave and come (nested choice on wages), studios post vacancies, hires follow a Cobb-Douglas
matching function, offers rise where vacancies stay open.  Everybody comes from somewhere: the sum of jobs, seekers,
people of other sectors and the pool outside all cities never changes.
"""

from __future__ import annotations

import math
from typing import Any


class Pool:
    """People outside all cities who could move in."""

    def __init__(self, people: float) -> None:
        self.people = self.rest = people

    def wage(self, other_return: float) -> float:
        """Return the wage out there, 1 at rest: those who stay earn more when others leave."""
        return (self.people / self.rest) ** -other_return


class LabourMarket:
    """People of one city.  `jobs` by segment, in people; the wage is over that of rest."""

    def __init__(self, jobs: list[float], p: dict[str, Any]) -> None:
        self.p = p
        self.jobs, self.jobs_rest = list(jobs), sum(jobs)
        self.gone = [0.0 for _ in jobs]             # who left their job this month
        self.seekers = self.seekers_rest = p["unemployment"] * sum(jobs)
        self.other = self.other_rest = p["other_ratio"] * sum(jobs)
        self.wage = 1.0
        self.vacancies = self.hires = 0.0

    def residents(self) -> float:
        """Return the people of the city who work or look for work."""
        return sum(self.jobs) + self.seekers + self.other

    def living_cost(self) -> float:
        """Return what housing and commuting do to a wage, 1 at rest; it grows beyond bounds as the plan's room fills.

        Rents answer residents with elasticity chi and are the part a_h of a wage; the crowding term is the ceiling.
        """
        p = self.p
        growth = self.residents() / (self.jobs_rest + self.seekers_rest + self.other_rest)
        full = min(max((growth - 1.0) / p["room"], 0.0), 0.999)
        return growth ** (p["housing"] * p["housing_share"]) / (1.0 - full**2) ** p["crowding"]

    def other_wage(self) -> float:
        """Return the wage of the city's other sectors, 1 at rest: capital stays when people go."""
        return (self.other / self.other_rest) ** -self.p["other_return"]

    def move_people(self, wage_outside: float, left_outside: float) -> float:
        """Let people quit, and change between creative work, other sectors and the pool; return who left the city.

        The pool is told by its wage and by the part of its people that is left, both 1 at rest.

        Each channel has the same log odds in the long run: eta times the log of the wage ratio.  Half of it speeds
        those who come, half slows those who go (the text leaves the split open; it matters for speed only).
        """
        p = self.p
        ratio_other = (self.wage / self.other_wage()) ** (p["eta"] / 2)
        ratio_pool = (self.wage / self.living_cost() / wage_outside) ** (p["eta"] / 2)
        ratio_stay = (self.other_wage() / self.living_cost() / wage_outside) ** (p["eta"] / 2)
        usual_other = p["switch_rate"] * self.jobs_rest + p["give_up"] * self.seekers_rest
        usual_pool = p["emigration_rate"] * (self.jobs_rest + self.seekers_rest)
        join = usual_other * self.other / self.other_rest * ratio_other
        come = usual_pool * left_outside * ratio_pool
        settle = p["emigration_rate"] * self.other_rest * left_outside * ratio_stay
        give_up = min(p["give_up"] / ratio_other, 0.9) * self.seekers
        seekers_leave = p["emigration_rate"] / ratio_pool * self.seekers
        other_leave = p["emigration_rate"] / ratio_stay * self.other
        self.seekers += join + come - give_up - seekers_leave
        self.other += give_up + settle - join - other_leave
        left = seekers_leave + other_leave - come - settle
        for s, jobs in enumerate(self.jobs):
            switch, leave = p["switch_rate"] / ratio_other * jobs, p["emigration_rate"] / ratio_pool * jobs
            quits = p["quit_rate"] * jobs
            self.gone[s] = switch + leave + quits
            self.jobs[s] -= self.gone[s]
            self.seekers += quits
            self.other += switch
            left += leave
        return left

    def hire(self, wanted: list[float]) -> None:
        """Lay off, post vacancies, fill them, and set new offers.

        `wanted` are the jobs that studios of each segment plan.  They mean to replace who left this month and to
        close a part of what they lacked before, and post so many vacancies that the usual part of them does it; a
        part of a surplus goes: first by not replacing, then by lay-offs.
        """
        p = self.p
        posted = []
        for s, target in enumerate(wanted):
            before = self.jobs[s] + self.gone[s]
            add = min((target - before) * p["posting_speed"], p["growth_bound"] * before)
            if target < before:
                add = (target - before) * p["layoff_speed"]
            hires_meant = max(self.gone[s] + add, 0.0)
            laid_off = max(-(self.gone[s] + add), 0.0)
            self.jobs[s] -= laid_off
            self.seekers += laid_off
            posted.append(hires_meant / p["fill_rate"])
        self.vacancies = sum(posted)
        self.hires = self.matches()
        if self.vacancies > 0.0:
            for s, open_jobs in enumerate(posted):
                self.jobs[s] += self.hires * open_jobs / self.vacancies
            self.seekers -= self.hires
            unfilled = 1.0 - self.hires / self.vacancies
            self.wage *= math.exp(p["offer_speed"] * (unfilled - (1.0 - p["fill_rate"])))

    def matches(self) -> float:
        """Return the month's hires: Cobb-Douglas in seekers and vacancies, never more than either."""
        p = self.p
        if self.vacancies == 0.0:
            return 0.0
        usual_hires = (p["switch_rate"] + p["emigration_rate"] + p["quit_rate"]) * self.jobs_rest
        usual_seekers = self.seekers_rest + usual_hires         # who left a job or came this month searches too
        usual_vacancies = usual_hires / p["fill_rate"]
        hires = (p["matching_gain"] * usual_hires * (self.seekers / usual_seekers) ** p["matching"]
                 * (self.vacancies / usual_vacancies) ** (1.0 - p["matching"]))
        return min(hires, self.vacancies, self.seekers)
