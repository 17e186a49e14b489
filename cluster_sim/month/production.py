"""Step 6, production: what studios can do and have to do, contract work delivered, own projects made, costs paid.

Studio i can do ``A_i * sum(skill * (1 + ai gain))`` effort in a month, the sum over its people, with
``A_i = A0 * (density / density0)^gamma * knowhow^phi``: creative workers around its cell over the mean at the
start (Ciccone & Hall 1996), and its know-how.  Everything that a studio has to do is served in the same proportion;
what does not fit waits.  Own projects are carried as work in progress at cost until release.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import N_SPECIALISMS, Life, Stage
from cluster_sim.draws import dyadic, yuan
from cluster_sim.jit import inline, kernel
from cluster_sim.month import population
from cluster_sim.month.guards import LEAST_CAPACITY, LEAST_DENSITY, LEAST_EFFORT, LEAST_SKILL
from cluster_sim.month.liquidity import seat_price
from cluster_sim.month.teams import ask_partners, take_delivery
from cluster_sim.records import EMPLOYER, PAYROLL


@kernel
def capacities(studios, payrolls, cells, parks, city, rules, flow):
    """Set staff, capacity and this month's costs of every studio; pay wages, contributions, rent, compute.

    Who lacks equipment works with less, by the elasticity of output to capital.  Rent is booked at the market; a
    discount comes back as a subsidy, paid by the instrument that grants it.
    """
    g = city[0]
    p = rules.p[0]
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        payroll = payrolls[i]
        s.wage_bill = payroll.wages
        s.staff = 0
        skill = 0.0
        for k in range(N_SPECIALISMS):
            s.staff_by[k] = payroll.staff_by[k]
            s.staff += payroll.staff_by[k]
            s.skill_by[k] = payroll.skill_by[k]
            skill += payroll.skill_by[k]
        density = max(LEAST_DENSITY, cells[s.cell].density / g.density0)
        productivity = p.production_a0 * density ** p.production_gamma * s.knowhow ** p.production_phi
        needed = max(1, s.staff) * seat_price(rules.segments[s.segment], p)
        equipped = max(p.money_least_equipment, s.equipment / max(needed, 1.0))
        s.capacity = productivity * skill * (equipped ** p.money_capital_elasticity if equipped < 1.0 else 1.0)
        s.quality = (p.production_quality_knowhow * math.log(s.knowhow)
                     + p.production_quality_skill * math.log(max(LEAST_SKILL, skill / max(s.staff, 1))))
        s.sales = 0.0
        s.inputs = 0.0
        s.taxes = 0.0
        s.subsidies = 0.0
        s.wip_change = 0.0
        wages = yuan(s.wage_bill)
        social = yuan(s.wage_bill * p.costs_social)
        s.wages = wages + social
        rent_m2 = parks[s.park].rent if s.park >= 0 else cells[s.cell].rent
        s.rent_per_m2 = rent_m2
        s.area = max(1, s.staff) * p.property_m2_per_worker
        rent = yuan(s.area * rent_m2)
        compute = yuan(s.staff * s.ai * p.ai_compute_cost * 1e6)
        s.compute = compute
        s.inputs += rent + compute
        s.cash -= wages + social + rent + compute
        flow[L.WAGES] += wages
        flow[L.SOCIAL_CONTRIBUTIONS] += social
        flow[L.RENT] += rent
        flow[L.COMPUTE] += compute
        # what the studio bears itself, as last month's aid lets it expect, for the effort that clients get
        borne = s.wages * (1.0 - s.wage_relief) + rent * (1.0 - s.rent_relief) + compute * (1.0 - s.compute_relief)
        lost = min(p.commissioning_most_overhead, s.coordination / max(s.capacity, LEAST_EFFORT))
        s.overhead += p.commissioning_expectation * (lost - s.overhead)
        s.unit_cost = borne / (max(s.capacity, LEAST_EFFORT) * (1.0 - s.overhead))
        s.wage_relief = 0.0
        s.rent_relief = 0.0
        s.compute_relief = 0.0


@kernel
def loads(studios, projects, credits, outside_wage, city, p, t):
    """Add up what each studio has to do this month: contracts, partners' orders, projects, coordination."""
    g = city[0]
    p = p[0]
    for i in range(studios.shape[0]):
        studios[i].own_load = 0.0
        studios[i].credit_load = 0.0
        studios[i].sub_load = 0.0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage == Stage.PRODUCTION:
            left = 0.0
            for k in range(N_SPECIALISMS):
                left += max(0.0, j.need[k] - j.done_by[k])
            studios[j.owner].own_load += dyadic(left / max(1, j.earliest - t))
    for n in range(credits.shape[0]):
        c = credits[n]
        if c.alive == Life.ALIVE:
            j = projects[c.project]
            if j.stage == Stage.PRODUCTION:
                if c.partner >= 0:
                    b = studios[c.partner]
                    if b.alive == Life.ALIVE and b.id == c.partner_id:
                        b.credit_load += dyadic((c.effort - c.done) / max(1, j.earliest - t))
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE:
            ask_partners(s, studios, outside_wage, g, p)
            for k in range(N_SPECIALISMS):
                if s.sub[k] >= 0:
                    studios[s.sub[k]].sub_load += dyadic(s.asked[k])
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        s.load = s.orders / p.commissioning_lead + s.own_load + s.credit_load + s.sub_load + s.coordination + s.duty
        s.duty = 0.0
        s.served = min(1.0, s.capacity / max(s.load, 1e-9))
        s.slack = max(0.0, 1.0 - s.load / max(s.capacity, 1e-9))
        s.expected += p.commissioning_expectation * (s.load - s.expected)


@kernel
def deliver(studios, segments, outside_wage, city, p, flow):
    """Deliver contract work on credit, pay partners and taxes, and owe suppliers for what was bought.

    Work for which a studio has neither people nor a partner takes more effort, as working together does.
    The value-added tax, net of that on what was bought, is due with the invoice; the client pays it with the bill.
    """
    g = city[0]
    p = p[0]
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        seg = segments[s.segment]
        done = s.served * s.orders / p.commissioning_lead
        s.orders -= done
        helped, pay, alone = take_delivery(s, studios, outside_wage, g, p, flow)
        s.coordination += dyadic(p.collaboration_makeshift * alone * done)
        revenue = yuan((done + helped) * s.price)
        abroad = yuan(revenue * min(1.0, max(0.0, s.abroad)))
        home = yuan((revenue - abroad) * g.home_part[s.segment])
        nation = revenue - abroad - home
        inputs = yuan((done + helped) * g.price[s.segment] * g.outside_wage * seg.inputs)
        local = yuan(inputs * p.costs_local_inputs)
        tax = yuan(revenue * p.costs_production_tax)
        due = (1.0 - abroad / max(revenue, 1.0)) * max(0.0, revenue - inputs) * p.costs_vat     # exports are zero-rated
        centre = yuan(p.costs_vat_to_centre * due)
        province = yuan(p.costs_vat_to_province * due)
        town = yuan((1.0 - p.costs_vat_to_centre - p.costs_vat_to_province) * due)
        vat = centre + province + town
        vat_home = yuan(vat * home / max(revenue - abroad, 1.0))
        s.cash -= tax + pay + vat
        s.receivable[0] += home + vat_home
        s.receivable[1] += nation + vat - vat_home
        s.receivable[2] += abroad
        s.payable[0] += local
        s.payable[1] += inputs - local
        s.sales += revenue
        s.inputs += inputs + pay
        s.taxes += tax
        flow[L.SALES_HOME] += home
        flow[L.SALES_NATION] += nation
        flow[L.SALES_ABROAD] += abroad
        flow[L.INPUTS_CITY] += local
        flow[L.INPUTS_NATION] += inputs - local
        flow[L.PRODUCTION_TAX] += tax
        flow[L.CREDIT_TO_HOME] += home + vat_home
        flow[L.CREDIT_TO_NATION] += nation + vat - vat_home
        flow[L.CREDIT_TO_ABROAD] += abroad
        flow[L.SUPPLIERS_CREDIT_CITY] += local
        flow[L.SUPPLIERS_CREDIT_NATION] += inputs - local
        flow[L.INVOICED_VAT_HOME] += vat_home
        flow[L.INVOICED_VAT_NATION] += vat - vat_home
        flow[L.VAT_CENTRE] += centre
        flow[L.VAT_PROVINCE] += province
        flow[L.VAT_CITY] += town


@inline
def coinvested(j, cost, flow):
    """Book what co-investors pay of a cost of a title, owners in other cities apart, and return it (yuan)."""
    share, elsewhere = yuan(j.coinvest * cost), yuan(j.owned_elsewhere * cost)
    flow[L.COINVESTMENT] += elsewhere
    flow[L.COINVESTMENT_CITY] += share - elsewhere
    return share


@kernel
def make(studios, projects, credits, p, t, flow):
    """Make own projects: in-house work at cost and partners' work at their price become work in progress."""
    p = p[0]
    wip = 0.0
    for n in range(credits.shape[0]):
        c = credits[n]
        if c.alive == Life.FREE:
            continue
        j = projects[c.project]
        if j.stage != Stage.PRODUCTION:
            continue
        owner = studios[j.owner]
        left = c.effort - c.done
        if left <= 0.0:
            continue
        rate = left / max(1, j.earliest - t)
        merit = 1.0
        if c.partner >= 0:
            b = studios[c.partner]
            if b.alive == Life.FREE or b.id != c.partner_id:
                j.need[c.specialism] = dyadic(j.need[c.specialism]) + dyadic(left)
                c.effort = c.done
                continue
            rate *= b.served
            merit = math.exp(b.quality)
            pay = yuan(rate * c.price)
            b.cash += pay
            b.sales += pay
            flow[L.SALES_LOCAL_PARTNER] += pay
        else:
            merit = math.exp(p.collaboration_outside_quality)
            pay = yuan(rate * c.price)
            flow[L.OUTSIDE_PARTNER_WORK] += pay
        c.done += rate
        j.merit[c.specialism] += dyadic(rate * merit)
        j.effort_out += dyadic(rate)
        owner.cash -= pay
        owner.inputs += pay
        owner.wip_change += pay
        owner.coordination += dyadic(c.cost * rate)
        j.cost += pay
        wip += pay
        owner.cash += coinvested(j, pay, flow)
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage != Stage.PRODUCTION:
            continue
        s = studios[j.owner]
        months = max(1, j.earliest - t)
        effort = 0.0
        overload = 1.0 - p.production_overload * min(1.0, max(0.0, s.load / max(s.capacity, LEAST_CAPACITY) - 1.0))
        for k in range(N_SPECIALISMS):
            part = s.served * max(0.0, j.need[k] - j.done_by[k]) / months
            j.done_by[k] += part
            j.merit[k] += dyadic(part * math.exp(s.quality) * overload)
            effort += part
        cost = yuan(effort * s.unit_cost)
        s.wip_change += cost
        j.cost += cost
        wip += cost
        s.cash += coinvested(j, cost, flow)
    return wip


@kernel
def advance(projects, credits, p, t):
    """Move projects on: approval to production, finished work to tests, clearance after that."""
    p = p[0]
    open_effort = np.zeros(projects.shape[0])
    for n in range(credits.shape[0]):
        c = credits[n]
        if c.alive == Life.ALIVE:
            open_effort[c.project] += dyadic(max(0.0, c.effort - c.done))
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage == Stage.APPROVAL:
            j.wait -= 1
            if j.wait <= 0:
                j.stage = Stage.PRODUCTION
                if j.replay == 0:
                    j.earliest = t + j.run
        elif j.stage == Stage.PRODUCTION:
            left = open_effort[n]
            need = 0.0
            for k in range(N_SPECIALISMS):
                left += max(0.0, j.need[k] - j.done_by[k])
                need += j.need[k]
            late = t - j.earliest
            made = left <= p.production_nearly_done * (need + j.effort_out) or j.replay == 1
            if (made and late >= -1) or late >= p.production_patience:
                j.stage = Stage.TESTING
                j.wait = 0
        elif j.stage == Stage.TESTING:
            j.wait = 0
        elif j.stage == Stage.CLEARANCE:
            j.wait -= 1


def pay_costs(model) -> None:
    """Count who works where, set what studios can do, and pay wages, contributions, rent and computing."""
    studios = model.studios.used
    payrolls = model.buffer("payroll", model.studios.high, PAYROLL)
    employers = model.buffer("employers", model.studios.high, EMPLOYER, zeroed=False)     # as people saw them
    model.state["employment"] = population.payroll(model.talents.used, employers, payrolls, model.city_state,
                                                   model.rules.p)
    capacities(studios, payrolls, model.space.cells, model.space.parks, model.city_state, model.rules,
               model.month.flow)


def plan_work(model) -> None:
    """Add up what every studio has to do, and which part of it its capacity serves."""
    loads(model.studios.used, model.projects.used, model.credits.used, model.other_cities.wage_index,
          model.city_state, model.rules.p, model.t)


def deliver_contracts(model) -> None:
    """Deliver a month of contract work, and bill it."""
    deliver(model.studios.used, model.rules.segments, model.other_cities.wage_index, model.city_state, model.rules.p,
            model.month.flow)


def make_projects(model) -> None:
    """Make a month of own projects."""
    model.books.wip_change += make(model.studios.used, model.projects.used, model.credits.used, model.rules.p,
                                   model.t, model.month.flow)


def advance_projects(model) -> None:
    """Move projects on: from approval to production, from there to tests."""
    advance(model.projects.used, model.credits.used, model.rules.p, model.t)


def support(model) -> None:
    """Let policy help with running costs."""
    for instrument in model.acting("support"):
        instrument.support(model)
