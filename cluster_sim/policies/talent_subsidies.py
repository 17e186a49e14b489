"""Talent subsidies and job fairs: allowances for newcomers, awards for the best, and fairs in the parks."""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import Status
from cluster_sim.policies.base import Instrument, Key


class TalentSubsidies(Instrument):
    """An allowance counts like a year's raise in the newcomers' logit; an award must win over its candidate.

    Some candidates would have come all the same: they are paid too, but are among the month's migrants already,
    and bring nobody more.  A fair shows each seeker more vacancies in its month (search in the sense of
    Mortensen & Pissarides 1999).
    """

    name = "talent_subsidies"
    title = "Talent subsidies and job fairs"
    text = "Allowances and awards for people who come, and fairs where seekers see more vacancies."
    keys = {
        "allowance": Key("million yuan", 0.03, 0, 3, "paid once to a newcomer"),
        "people": Key("count", 0, 0, 1_000_000, "newcomers who may receive it in a year"),
        "awards": Key("count", 0, 0, 10_000, "awards offered to outstanding people in a year"),
        "award": Key("million yuan", 3.0, 0, 10, "award for one person", "measured",
                     "creative-economy plan of 2018: up to 3 million yuan (homeinchengdu.cn)"),
        "skill": Key("1", 2.0, 0, 4, "how far above other migrants they are, in standard deviations of log skill"),
        "years": Key("year", 3.0, 0.5, 20, "years of wages against which a candidate holds an award"),
        "experience": Key("month", 120, 0, 480, "experience of those who win one"),
        "taken": Key("share", 0.1, 0.001, 0.9, "share of candidates who would come without an award"),
        "fairs": Key("count", 0, 0, 12, "job fairs in a year"),
        "vacancies": Key("count", 4, 0, 40, "further vacancies that a seeker sees at a fair"),
        "fair_cost": Key("million yuan", 2.0, 0, 100, "public cost of a fair"),
    }

    def open(self, model) -> None:
        if self.get("allowance") and self.get("people"):
            allowance = np.floor(self.money("allowance"))
            people = min(self.get("people") * model.scale / 12.0, self.left(model) / allowance)
            reach = min(1.0, people / max(model.state["migrants"], 1.0))
            model.month.levers["newcomer_aid"] += reach * allowance / self.year_wage(model)
        fairs = int(self.get("fairs"))
        if fairs and (model.month_of_year * fairs) // 12 > ((model.month_of_year - 1) * fairs) // 12:
            if self.afford_once(model, np.floor(self.money("fair_cost") * model.scale)):
                model.month.levers["vacancies_seen"] += int(self.get("vacancies"))

    def welcome(self, model, people) -> None:
        if self.get("people") and self.get("allowance"):
            each = np.floor(self.money("allowance"))
            count = min(people.size, self.number(model, self.get("people") * model.scale / 12.0))
            self.spend(model, self.within(model, count, each) * each, "people", act="newcomers", entity=model.t,
                       base=float(people.size))
        if self.get("awards") and self.get("award"):
            self.invite(model, self.number(model, self.get("awards") * model.scale / 12.0), float(people.size))

    def odds(self, model) -> float:
        """Return the odds that a candidate with an award comes: it is worth its part of some years' wages."""
        spread = model.par["labour.skill_spread"]
        years = self.get("years") * self.year_wage(model) * math.exp(spread * self.get("skill") / 2.0)
        raised = (1.0 + self.money("award") / years) ** model.par["population.wage_weight"]
        return self.get("taken") / (1.0 - self.get("taken")) * raised

    def invite(self, model, offers: int, migrants: float) -> None:
        """Offer awards: who accepts is paid; who would not have come without comes as a seeker of high skill."""
        from cluster_sim.draws import AWARD, identity, uniforms

        odds, award = self.odds(model), np.floor(self.money("award"))
        lot = uniforms(model.seed, AWARD, np.arange(offers), model.t)
        lot = lot[lot < odds / (1.0 + odds)]
        lot = lot[: self.within(model, lot.size, award)]
        if not lot.size:
            return
        won = np.flatnonzero(lot >= self.get("taken"))
        self.spend(model, float(lot.size - won.size) * award, "people", act="newcomers", entity=model.t,
                   base=max(migrants, 1.0))
        self.spend(model, float(won.size) * award, "people")
        index = model.bring(won.size, Status.SEEKING)
        people, spread = model.talents.rows, model.par["labour.skill_spread"]
        for k, row in enumerate(index.tolist()):
            people["id"][row] = identity(AWARD, k, model.t)
            people["skill"][row] = model.par["labour.migrant_skill"] * math.exp(spread * self.get("skill"))
            people["experience"][row] = self.get("experience")
