"""The outside cities written a second time: whole people, one at a time by dictionary, plainly and slowly.

Nothing here is taken from `cluster_sim.nation` but the numbers.  People move by drawn chance, prices follow the
pass-through formula by small steps, clients divide their money market by market.  Only means can agree.
"""

from __future__ import annotations

import math

import numpy as np


class Town:
    """One city and one trade: whole people, a wage, a price, an order book."""

    def __init__(self, p, jobs, sales_per_job):
        self.jobs = self.first_jobs = jobs
        self.seekers = self.first_seekers = round(p.unemployment * jobs)
        self.sales_per_job = sales_per_job
        self.wage = self.price_by_cost = self.price = self.last_price = self.cost = 1.0
        self.own_part = float(p.own_cost[0])            # own cost in yuan, of a unit whose price at rest is one
        self.orders = jobs * (p.lead - 1.0)
        self.tight = 1.0 - p.fill_rate                  # part of the posts that lately stayed open
        self.expected = self.delivered = float(jobs)
        self.pressure = 1.0
        self.skill = 0.0                                # log of know-how, rest is zero
        self.level = 1.0                                # attraction that is not jobs or price


class Nation:
    """Equal towns on a ring, the people of other trades in each, and the people outside all of them."""

    def __init__(self, p, towns, jobs, sales_per_job, round_km, seed):
        self.p, self.rng = p, np.random.default_rng(seed)
        self.surcharge = 1.0                            # on all prices, where clients want more than can be done
        self.towns = [Town(p, jobs, sales_per_job) for _ in range(towns)]
        self.other = {i: round(p.other_ratio * jobs) for i in range(towns)}
        self.first_other = self.other[0]
        self.outside = self.first_outside = round(p.pool_ratio * jobs * towns)
        self.first_residents = jobs + self.towns[0].seekers + self.other[0]
        self.near = {}
        for i in range(towns):
            for j in range(towns):
                km = min(abs(i - j), towns - abs(i - j)) * round_km / towns
                self.near[i, j] = 1.0 / (1.0 + km / 100.0) ** p.distance_decay
        self.final = jobs * sales_per_job * (1.0 - p.links_local) * (1.0 - p.links_national)
        self.bought = jobs * sales_per_job * (1.0 - p.links_local) * p.links_national
        self.headcount = self.everybody()

    def everybody(self):
        return self.outside + sum(self.other.values()) + sum(t.jobs + t.seekers for t in self.towns)

    def residents(self, i):
        return self.towns[i].jobs + self.towns[i].seekers + self.other[i]

    def some(self, people, chance):
        return int(self.rng.binomial(people, min(1.0, chance)))

    def month(self, cost_factor=None, demand=1.0):
        """Live a month; cost_factor: by town, on its own cost."""
        crowd = {i: t.jobs / t.first_jobs for i, t in enumerate(self.towns)}
        self.move_people()
        for i, town in enumerate(self.towns):
            busy = min(1.2 / self.p.use, town.pressure)
            town.skill = (1.0 - self.p.knowhow_speed) * town.skill + (
                self.p.knowhow_speed * self.p.knowhow_work * (busy - 1.0))
            output_per_job = self.output_per_job(town, crowd[i])
            self.hire(town, output_per_job)
            self.set_price(town, output_per_job, (cost_factor or {}).get(i, 1.0))
        self.divide_the_money(crowd, demand)
        assert self.everybody() == self.headcount

    def output_per_job(self, town, crowd):
        return crowd**self.p.gamma * math.exp(self.p.knowhow_weight * town.skill)

    def move_people(self):
        p = self.p
        dear, pay_other = {}, {}
        for i in self.other:
            fill = self.residents(i) / self.first_residents
            taken = max(0.0, fill - 1.0) / p.room
            dear[i] = fill ** (p.housing * p.housing_share) * (1.0 - taken * taken) ** -p.crowding
            pay_other[i] = (self.first_other / self.other[i]) ** p.other_return
        pay_outside = (self.first_outside / self.outside) ** p.other_return
        # those outside: an invitation to each town's two kinds of life, or to stay
        invitations = []
        for i, t in enumerate(self.towns):
            kinds = (("work", t.first_jobs + t.first_seekers, t.wage), ("other", self.first_other, pay_other[i]))
            for kind, places, pay in kinds:
                invitations.append((i, kind, p.emigration_rate * places / self.first_outside,
                                    pay / dear[i] / pay_outside))
        staying = 1.0 - sum(rate for _, _, rate, _ in invitations)
        total = staying + sum(rate * pay**p.eta for _, _, rate, pay in invitations)
        arrivals = [(i, kind, self.some(self.outside, rate * pay**p.eta / total))
                    for i, kind, rate, pay in invitations]
        for i, t in enumerate(self.towns):
            rate = (t.first_jobs * p.switch_rate + t.first_seekers * p.give_up) / self.first_other
            call = rate * (t.wage / pay_other[i]) ** p.eta
            joined = self.some(self.other[i], call / (1.0 - rate + call))
            away = self.some(self.other[i], p.emigration_rate)
            quit_, switched, moved = (self.some(t.jobs, x) for x in (p.quit_rate, p.switch_rate, p.emigration_rate))
            gave_up, left = self.some(t.seekers, p.give_up), self.some(t.seekers, p.emigration_rate)
            t.jobs -= quit_ + switched + moved
            t.seekers += quit_ + joined - gave_up - left
            self.other[i] += switched + gave_up - joined - away
            self.outside += moved + left + away
        for i, kind, number in arrivals:
            self.outside -= number
            assert self.first_residents * (1.0 + p.room) > self.residents(i)
            if kind == "work":
                self.towns[i].seekers += number
            else:
                self.other[i] += number

    def hire(self, t, output_per_job):
        p = self.p
        turnover = p.quit_rate + p.switch_rate + p.emigration_rate
        wanted = t.expected * self.surcharge / output_per_job
        if t.jobs > wanted:
            dismissed = self.some(t.jobs, p.layoff_speed * (1.0 - wanted / t.jobs))
            t.jobs, t.seekers = t.jobs - dismissed, t.seekers + dismissed
        usual_loss = t.jobs / (1.0 - turnover) - t.jobs
        more = p.posting_speed * (wanted - t.jobs - usual_loss)
        if more > 0.0:
            limit = p.growth_bound * t.jobs + p.studios * t.first_jobs
            more = limit * (1.0 - math.exp(-more / limit))
        open_posts = (usual_loss + more) / p.fill_rate
        if open_posts <= 0.0:
            self.move_offers(t, 1.0)
            return
        # the chance that a post finds somebody: bounded, and with the wanted elasticity at rest
        bend = math.log(1.0 - p.matching) / math.log(p.fill_rate)
        rest_ratio = (p.fill_rate**-bend - 1.0) ** (-1.0 / bend)      # seekers who count for each post, at rest
        ratio = rest_ratio * (t.seekers / open_posts) / ((p.unemployment + turnover) / (turnover / p.fill_rate))
        chance = (1.0 + ratio**-bend) ** (-1.0 / bend)
        found = self.some(int(open_posts), chance)
        t.jobs, t.seekers = t.jobs + found, t.seekers - found
        self.move_offers(t, chance)

    def move_offers(self, t, filled):
        """Learn from the month's posts, and charge for how tight the market has been of late."""
        p = self.p
        before = t.tight
        t.tight = (1.0 - p.tightness_speed) * before + p.tightness_speed * (1.0 - filled)
        short = p.offer_speed * (p.fill_rate - filled)
        t.wage *= math.exp(short + max(0.0, short) * math.log(self.surcharge))
        t.wage *= math.exp(p.tightness_pay * (t.tight - before))

    def set_price(self, t, output_per_job, factor):
        p = self.p
        new = factor * (p.labour_part * t.wage + 1.0 - p.labour_part) / output_per_job
        for left in range(20, 0, -1):
            part = t.own_part * t.cost / t.price_by_cost
            change = math.log(new / t.cost) / left
            t.price_by_cost *= math.exp(p.pass_through * (1.0 + p.markup) * part * change)
            t.cost *= math.exp(change)
        t.price = t.price_by_cost + p.scarcity * max(-0.5, p.use * (t.pressure - 1.0))

    def divide_the_money(self, crowd, demand):
        p = self.p
        asked = self.surcharge
        sold = {i: t.delivered * t.last_price * t.sales_per_job * asked for i, t in enumerate(self.towns)}
        mean = sum(sold.values()) / len(sold)
        market = self.final * demand + self.bought * mean / (self.towns[0].first_jobs * self.towns[0].sales_per_job)
        won = {i: p.links_local * sold[i] for i in sold}
        draw = {i: t.level * (t.jobs / t.first_jobs) ** p.theta * t.price**-p.sigma for i, t in enumerate(self.towns)}
        for place in range(len(self.towns)):
            pull = {i: draw[i] * self.near[i, place] for i in draw}
            total = sum(pull.values())
            for i in pull:
                won[i] += market * pull[i] / total
        for i, t in enumerate(self.towns):
            t.orders += won[i] / (t.price * t.sales_per_job * asked)
            due = t.orders / p.lead
            most = t.jobs * self.output_per_job(t, crowd[i]) / p.use
            t.pressure = max(0.05, due / most / p.use)
            t.delivered = min(due, most)
            t.orders -= t.delivered + p.lapse * max(0.0, due - most)
            t.expected += p.plan_speed * (due - t.expected)
            t.last_price = t.price
        # what all towns could earn with everybody busy, at prices without the surcharge
        busy = sum(t.jobs * self.output_per_job(t, crowd[i]) / p.use * t.price * t.sales_per_job
                   for i, t in enumerate(self.towns))
        clearing = max(1.0, sum(won.values()) / busy)
        self.surcharge = asked * (clearing / asked) ** p.premium_speed
        for t in self.towns:
            t.orders *= asked / self.surcharge
