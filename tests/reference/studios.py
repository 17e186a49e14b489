"""Studio: a firm that plans its staff, hires, looks for partners and produces."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa

from cluster_sim.codes import Life
from cluster_sim.draws import MEET, VACANCY
from cluster_sim.month.partner_search import FIT_BITS, PAST_BITS

if TYPE_CHECKING:
    from .people import Worker

SPECIALISMS = range(6)


@dataclass(eq=False)
class Vacancy:
    """One open job; its pull is exp(utility) for a seeker, the commute apart."""

    studio: Studio
    specialism: int
    pull: float
    applicants: list[tuple[float, Worker]] = field(default_factory=list)


@dataclass(frozen=True)
class OtherCity:
    """The studios of another city, as one partner."""

    number: int
    kilometres: float
    strength: float
    wage_index: float


class Studio(mesa.Agent):
    """A studio; attributes as in the columns of `STUDIO`, its people, works and partners as objects."""

    def __init__(self, city: Any, columns: dict[str, Any], ties: dict[int, float]) -> None:
        super().__init__(city)
        self.__dict__.update(columns)
        self.people: set[Worker] = set()
        self.ties = ties                      # strength by the other studio's identity
        self.team: list[Studio | OtherCity | None] = [None] * 6      # by specialism, those found here
        self.known = [row != -1 for row in self.sub]

    # ---- what people see
    def quit_rate(self) -> float:
        """Return the monthly rate of quitting at the market's wage: overload drives people away."""
        par = self.model.par
        overload = min(2.0, max(0.0, self.load / max(self.capacity, 0.1) - 1.0))
        return par["labour.quit"] * (1.0 + par["labour.quit_overload"] * overload)

    def attraction(self, k: int) -> float:
        """Return exp(utility) of a job here, the commute apart: wage offer, reputation, slack, buzz."""
        par = self.model.par
        return math.exp(par["labour.wage_weight"] * math.log(self.offer[k] * (1.0 + self.perk))
                        + par["labour.reputation_weight"] * self.reputation + par["labour.slack_weight"] * self.slack
                        + par["labour.buzz_weight"] * self.model.state["buzz"][self.segment])

    def wage_for(self, specialism: int, skill: float) -> float:
        """Return the monthly wage for a skill: market wage times the own offer times skill^1/2, in whole yuan."""
        return math.floor(self.model.state["market_wage"][specialism] * self.offer[specialism] * math.sqrt(skill) + 0.5)

    # ---- step 4: hiring
    def plan_staff(self) -> None:
        """Wish for the staff that serves the expected load at the target use of capacity; post, or lay off."""
        par, t = self.model.par, self.model.t
        self.vacancies, self.layoff = [0] * 6, 0.0
        if self.solo or self.born > t:
            return
        per_head = self.capacity / max(self.staff, 1)
        self.target = max(1.0, self.expected / par["labour.use_of_capacity"] / (per_head if per_head > 0 else 1.0))
        gap = self.target - self.staff
        luck = self.model.luck.draw(VACANCY, self.id, t)
        usual_leavers = self.staff * (par["labour.quit"] + par["labour.switch_rate"] + par["labour.emigration_rate"]
                                      + par["population.retirement"])
        new = gap * par["labour.posting_speed"]
        if gap > 0:
            bound = par["labour.growth_bound"] * self.staff + 1.0
            new = bound * (1.0 - math.exp(-new / bound))
        head = self.wage_bill * (1.0 + par["costs.social"]) / max(self.staff, 1)
        hires = min(max(0.0, new + usual_leavers), self.affordable_hires(usual_leavers, head))
        wish = hires / par["labour.fill_rate"]
        posts = math.floor(wish) + (luck.uniform() < wish - math.floor(wish))
        if gap < -par["labour.hoarding"] * self.staff:
            self.layoff = par["labour.layoff_speed"] * (-gap / self.staff - par["labour.hoarding"])
        if self.cash < 0 and self.staff > 1:
            self.layoff = min(0.3, self.layoff + par["labour.layoff_in_distress"])
        self.name_specialisms(posts, luck.again())

    def affordable_hires(self, leavers: float, head: float) -> float:
        """Return how many hires the free money covers: cash and unused credit beyond the next payroll.

        Each takes some months of wage, and equipment too unless a seat stands idle or a leaver clears one.
        """
        par = self.model.par
        payroll = par["money.payroll"] * self.unit_cost * (1.0 - self.overhead) * max(self.capacity, 0.5)
        money = max(0.0, self.cash + max(0.0, self.line - self.loan) - payroll)
        seat = par["money.capital"] * 1e6 * self.model.seg["value_added_per_worker"][self.segment]
        cover, idle = par["labour.cash_cover"] * head, max(0.0, self.equipment / seat - self.staff + leavers)
        if money <= idle * cover:
            return money / cover
        return idle + (money - idle * cover) / (cover + seat)

    def name_specialisms(self, posts: int, luck: Any) -> None:
        """Give each post a specialism with a chance proportional to what the studio lacks of it."""
        mix = self.model.mix[self.segment]
        for _ in range(posts):
            lack = [max(0.05, mix[k] * (self.staff + posts) - self.staff_by[k] - self.vacancies[k])
                    for k in SPECIALISMS]
            u, chosen = luck.uniform() * sum(lack), 5
            luck = luck.again()
            for k in SPECIALISMS:
                u -= lack[k]
                if u <= 0.0:
                    chosen = k
                    break
            self.vacancies[chosen] += 1

    def fill(self, vacancy: Vacancy) -> None:
        """Take the best applicant, if there is one."""
        if vacancy.applicants:
            _, worker = max(vacancy.applicants, key=lambda a: (a[0], -a[1].id))
            worker.start_at(self)
            self.filled[vacancy.specialism] += 1
            self.model.note("hired", worker)

    def new_offer(self, k: int) -> float:
        """Return what is offered next for a specialism: more if too much stayed open, less if too much was filled."""
        par = self.model.par
        still_open = 1.0 - self.filled[k] / self.vacancies[k]
        gap = still_open + par["labour.fill_rate"] - 1.0
        haste = 1.0 + self.model.state["premium"][self.segment] if gap > 0.0 else 1.0
        return self.offer[k] * math.exp(par["labour.offer_speed"] * haste * gap)

    # ---- step 5: partners
    def kilometres_to(self, other: Studio) -> float:
        """Return the distance: a corridor inside a park, half a kilometre inside a cell, else between cells."""
        if self.park >= 0 and self.park == other.park:
            return self.model.par["collaboration.park_km"]
        return self.model.kilometres_between_cells(self.cell, other.cell)

    def offers(self, k: int) -> float:
        """Return what a studio puts into a search for a specialism: ``reputation^a * sqrt(skill)``.

        One that is overloaded is hardly free; a one-person studio is not looked for.
        """
        if self.solo or self.alive != Life.ALIVE:
            return 0.0
        free = 1.0 if self.load < 1.3 * self.capacity else 0.2
        name = (1.0 + self.reputation) ** self.model.par["collaboration.reputation"]
        return name * free * math.sqrt(self.skill_by[k])

    def strangers(self, k: int) -> tuple[list[Studio], list[float]]:
        """Return all studios and, cumulated, ``reputation^a * sqrt(skill) * exp(-d / lambda)`` as seen from here."""
        city = self.model
        place = (self.cell, self.park, k)
        if place not in city.meeting_cache:
            total, rising = 0.0, []
            for other in city.studios:
                weight = other.offers(k)
                if weight > 0.0:
                    weight *= math.exp(-self.kilometres_to(other) / city.par["collaboration.lambda_s"])
                total += weight
                rising.append(total)
            city.meeting_cache[place] = (city.studios, rising)
        return city.meeting_cache[place]

    def friends(self, k: int) -> dict[Studio, float]:
        """Return the weight of past partners: what they put into a search times the strength of the tie."""
        city, found = self.model, {}
        for identity, strength in self.ties.items():
            other = city.studio_by_id.get(identity)
            if other is not None and other is not self and strength > 0.0 and other.alive == Life.ALIVE:
                found[other] = other.offers(k) * strength
        return found

    def meet(self, k: int, luck: Any) -> Studio | OtherCity | None:
        """Meet a possible partner: ``P(meet j) ~ reputation_j^a * sqrt(skill_j) * exp(-d/lambda)``."""
        studios, rising = self.strangers(k)
        away = self.model.outside_reach[k]
        u = luck.uniform() * (rising[-1] + away)
        if u < rising[-1]:
            other = studios[bisect.bisect_left(rising, u)]
            return None if other is self else other
        return self.model.other_city(luck.again().uniform())

    def pair_cost(self, other: Studio | OtherCity) -> float:
        """Return ``c = c0 * (1 + tau(d))``, ``tau = tau_max * (1 - exp(-(d/d0)^beta))``, less with ties."""
        city, par = self.model, self.model.par
        tie, d = 0.0, 0.0
        if isinstance(other, OtherCity):
            d = other.kilometres
        else:
            d, tie = self.kilometres_to(other), self.ties.get(other.id, 0.0)
        tau = par["collaboration.tau_max"] * (1.0 - math.exp(-((d / par["collaboration.d0"])
                                                               ** par["collaboration.beta"])))
        commons = city.state["commons"]
        shared = 1.0 - par["collaboration.template_saving"] * self.templates * commons / (1.0 + commons)
        return par["collaboration.c0"] * (1.0 + tau) * (1.0 - par["collaboration.tie_saving"] * min(1.0, tie)) * shared

    def worth_of(self, other: Studio | OtherCity, luck: float = 0.0) -> float:
        """Return the log value for money of a partner: quality and name against price and cost of working together."""
        city, par = self.model, self.model.par
        burden = 1.0 + self.pair_cost(other)
        if isinstance(other, OtherCity):
            quality = par["collaboration.outside_quality"]
            price = other.wage_index * city.state["outside_fee"][self.segment] / city.state["fee"][self.segment]
        else:
            quality = other.quality + 0.5 * math.log(1.0 + other.reputation)
            price = other.fee / city.state["fee"][other.segment]
        return (luck + par["collaboration.quality_weight"] * quality
                - par["collaboration.price_weight"] * math.log(price * burden))

    def ask_again(self, friends: dict[Studio, float], luck: Any) -> Studio | None:
        """Return a past partner by the weight of the ties."""
        u = luck.uniform() * sum(friends.values())
        last = None
        for friend, weight in friends.items():
            if weight > 0.0:
                u -= weight
                last = friend
                if u <= 0.0:
                    break
        return last

    def find_partners(self) -> None:
        """Look for a partner for each specialism that is lacked, if the term with the last one is over."""
        city, par = self.model, self.model.par
        if self.born > city.t or self.staff < 1:
            return
        have = max(sum(self.skill_by), 1e-9)
        lacks = [max(0.0, par["collaboration.lack"] * (city.mix[self.segment][k] - self.skill_by[k] / have))
                 for k in SPECIALISMS]
        bound = min(1.0, par["collaboration.lack_bound"] / max(sum(lacks), 1e-9))
        for k in SPECIALISMS:
            luck = city.luck.draw(MEET, self.id ^ (k * 1000003), city.t)
            term_over = (self.pending[k] <= 0.02 * self.orders
                         and city.t - self.sub_since[k] >= par["collaboration.term"])
            if lacks[k] * bound < par["collaboration.smallest_part"] or (self.known[k] and not term_over):
                continue
            if luck.field(0) <= par["collaboration.search_rate"]:
                self.look_for(k, luck)

    def look_for(self, k: int, luck: Any) -> None:
        """Take the best of a few for a specialism: past partners by a draw, or else whom one meets."""
        city, par = self.model, self.model.par
        best, chosen = -1e9, None
        friends = self.friends(k)
        past = sum(friends.values()) > 0.0 and luck.other(int(PAST_BITS)).field(0) < par["collaboration.repeat"]
        team = [other for n, other in enumerate(self.team) if n != k and isinstance(other, Studio)]
        for _ in range(int(par["collaboration.meetings"])):
            luck = luck.again()
            free = {friend: weight for friend, weight in friends.items() if friend not in team}
            other = self.ask_again(free, luck) if past else None
            if other is None:
                other = self.meet(k, luck)
                for _ in range(int(par["collaboration.other_meetings"])):         # strangers, as long as there are any
                    if not isinstance(other, Studio) or self.ties.get(other.id, 0.0) <= par["collaboration.known"]:
                        break
                    luck = luck.again()
                    other = self.meet(k, luck)
            if other is None or other in team:
                continue
            fit = par["collaboration.match"] * luck.other(int(FIT_BITS)).normal()
            value = self.worth_of(other, fit)
            if value > best:
                best, chosen = value, other
        if chosen is None or self.pair_cost(chosen) > par["collaboration.makeshift"]:
            return
        self.team[k], self.known[k], self.sub_since[k] = chosen, True, city.t
        if isinstance(chosen, Studio):
            for one, two in ((self, chosen), (chosen, self)):
                one.ties[two.id] = min(3.0, one.ties.get(two.id, 0.0) + 1.0)

    # ---- step 6: production
    def produce(self) -> None:
        """Pay people and rent, work at ``A * sum(skill * (1 + ai gain))``, deliver contracts and bill the clients.

        What was delivered is ordered again: who wins which contract is not among these rules.
        """
        city, par = self.model, self.model.par
        self.wage_bill = sum(w.wage for w in self.people)
        self.staff, self.staff_by, self.skill_by = len(self.people), [0] * 6, [0.0] * 6
        full = par["ai.gain"] * city.state["ai"] * self.ai
        for w in self.people:
            gain = full * max(0.0, 1.0 - par["ai.novice_slope"] * (w.skill - 0.6))
            self.staff_by[w.specialism] += 1
            self.skill_by[w.specialism] += w.skill * (1.0 + gain)
        skill = sum(self.skill_by)
        density = max(0.05, city.density[self.cell])
        self.capacity = (par["production.a0"] * density ** par["production.gamma"]
                         * self.knowhow ** par["production.phi"] * skill)
        self.quality = (par["production.quality_knowhow"] * math.log(self.knowhow)
                        + par["production.quality_skill"] * math.log(max(0.2, skill / max(self.staff, 1))))
        floor = max(1, self.staff) * par["property.m2_per_worker"]
        costs = self.wage_bill * (1.0 + par["costs.social"]) + floor * self.rent_per_m2
        lost = min(self.model.par["commissioning.most_overhead"], self.coordination / max(self.capacity, 0.05))
        self.overhead += par["commissioning.expectation"] * (lost - self.overhead)
        self.unit_cost = costs / (max(self.capacity, 0.05) * (1.0 - self.overhead))
        self.load = self.orders / par["commissioning.lead"] + self.own_load + self.credit_load + self.sub_load
        self.served = min(1.0, self.capacity / max(self.load, 1e-9))
        self.slack = max(0.0, 1.0 - self.load / max(self.capacity, 1e-9))
        self.expected += par["commissioning.expectation"] * (self.load - self.expected)
        effort = self.served * self.orders / par["commissioning.lead"]
        revenue = effort * self.price
        bought = (effort * city.state["price"][self.segment] * city.state["outside_wage"]
                  * city.seg["inputs"][self.segment])
        self.sales = revenue
        self.cash += revenue * (1.0 - par["costs.production_tax"]) - bought - costs
