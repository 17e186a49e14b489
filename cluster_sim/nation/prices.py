"""What a unit of effort costs a city's studios, and how much of that reaches the price.

Pass-through as measured by Amiti, Itskhoki & Konings (2019): d ln p = rho (1 + mark-up) (own cost / price)
d ln own cost.  With bought inputs at outside prices this integrates to a straight line in own cost, so the
formula holds at every level of cost.  Rivals' prices enter through the clients' choice only.
"""

from __future__ import annotations

import math

from cluster_sim.jit import kernel


@kernel
def set_productivity(p, rest, s, frontier):
    """Move know-how and AI tools on; set effort per job from them and from density.

    Know-how is learnt by doing and forgotten (Benkard 2000) as in the agent city: it follows the use of capacity, at
    the speed at which it depreciates; what is learnt from others is taken to be what it is at rest.
    Density is the city's creative jobs at the end of last month over those of rest (Combes & Gobillon 2015).
    frontier: what AI tools can do, 0 to 1; like the agent city's studios, cities pay for the tools that they use
    and adopt them the faster, the more they can do.
    """
    for c in range(s.jobs.shape[0]):
        s.tools[c] += p.ai_speed * frontier * (1.0 - s.tools[c])
        density = math.exp(p.gamma * math.log(s.jobs[c].sum() / rest.jobs[c].sum()))
        with_tools = 1.0 + p.ai_gain * frontier * s.tools[c]
        for k in range(s.jobs.shape[1]):
            work = min(p.most_practice, s.use[c, k]) / p.use - 1.0
            s.knowhow[c, k] += p.knowhow_speed * (p.knowhow_work * work - s.knowhow[c, k])
            s.productive[c, k] = density * math.exp(p.knowhow_weight * s.knowhow[c, k]) * with_tools


@kernel
def set_prices(p, rest, s, own_cost):
    """Set own cost and the price asked: what cost passes on, more where orders press on capacity.

    Own cost of a job is labour, what follows outside wages (rent, normal return) and computing.
    own_cost: (C, S) factors of an experiment.
    """
    for c in range(s.jobs.shape[0]):
        for k in range(s.jobs.shape[1]):
            wage = 0.0
            for j in range(s.wage.shape[1]):
                wage += rest.pay[k, j] * s.wage[c, j]
            a_job = p.labour_part * wage + 1.0 - p.labour_part + p.ai_cost * s.tools[c]
            s.cost[c, k] = own_cost[c, k] * a_job / s.productive[c, k]
            passed_on = 1.0 + p.pass_through * (1.0 + p.markup) * p.own_cost[k] * (s.cost[c, k] - 1.0)
            pressed = max(-p.most_slack, s.use[c, k] - p.use)
            s.price[c, k] = passed_on + p.scarcity * pressed


