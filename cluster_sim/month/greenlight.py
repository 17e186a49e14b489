"""Own projects get an idea, a plan, aid, money, partners and the green light (part of step 5).

Ideas come at a rate that slack and amenity raise.  A studio compares what it expects to receive, aid
included, with what the project costs, and needs a part of the money of its own; the rest comes from
co-investors.  What a team lacks by specialism is given to partners in packages; a film that wants much more
than its owner has needs many.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import N_SPECIALISMS, NOBODY, Life, Segment, Stage
from cluster_sim.draws import (
    FIT,
    IDEA,
    PARTNER,
    PROJECT,
    again,
    draw,
    identity,
    low16,
    normal,
    quantile,
    stream,
    uniform,
)
from cluster_sim.jit import inline, kernel
from cluster_sim.month.events import Hit
from cluster_sim.month.liquidity import free_money, own_costs, unused_credit
from cluster_sim.month.partner_search import look_around, market_of, search, survey, tie_between
from cluster_sim.month.ties import record_pairs
from cluster_sim.records import CREDIT, PROPOSAL, TIES

PAIRS_EACH, SPARE, PAIRS_MORE = 12, 1.5, 64      # technical: rows of the buffer for partners, by works and by lots
REPLAYS = 8             # technical: rows of the buffer for proposals beyond one a studio


@inline
def draft(s, seg, q, g, p, h, serial):
    """Write one studio's proposal: effort, months, budget, and what the studio expects to receive."""
    z1 = quantile(uniform(h))
    h = again(h)
    z2 = quantile(uniform(h))
    h = again(h)
    z3 = quantile(uniform(h))
    h = again(h)
    z4 = quantile(uniform(h))
    monthly = own_costs(s)
    q.owner_id = s.id
    q.segment = s.segment
    q.serial = serial
    q.id = identity(PROJECT, s.id, serial)
    q.months = max(2, int(seg.duration * math.exp(p.greenlight_duration_spread * z2)))
    q.novelty = z1
    q.signal = p.greenlight_foresight * z1 + math.sqrt(1.0 - p.greenlight_foresight ** 2) * z3
    # own projects together take a share of capacity; a larger studio makes more of them and larger ones
    q.own_effort = (seg.own_share * s.capacity / math.sqrt(1.0 + s.staff / p.greenlight_size) * q.months
                    * math.exp(p.greenlight_effort_spread * z4))
    spare = max(0.0, s.cash + unused_credit(s) - s.committed - p.greenlight_reserve * monthly)
    bought = p.greenlight_wealth_share * spare / g.outside_fee[s.segment]
    q.effort = q.own_effort * (1.0 + p.greenlight_bought) + bought
    q.budget = q.own_effort * s.unit_cost + (q.effort - q.own_effort) * s.fee * (1.0 + p.collaboration_c0)
    q.cost = q.budget * (1.0 + seg.marketing)
    q.expected = q.budget * seg.producer_share * g.mean_return[s.segment] * g.audience[s.segment] * math.exp(
        seg.quality_weight * (s.quality + p.release_novelty * q.signal) + p.release_reputation * s.reputation
        + p.release_franchise * s.franchise)
    q.aid = 0.0
    q.fixed_gross = 0.0
    q.applied = 0
    q.replay = 0
    q.owned_elsewhere = -1.0
    # free money, and what the house can set aside while it works, less what works under way still take
    q.own = (p.greenlight_cash_share * free_money(s, p)
             + max(0.0, p.greenlight_set_aside * q.months * max(0.0, s.surplus_year) / 12.0 - s.committed))
    # co-investors do not share the studio's optimism: beyond their usual part they want their money back
    q.coinvest = max(seg.coinvest, 1.0 - q.own / max(q.budget, 1.0))
    if q.expected < q.cost and q.coinvest > seg.coinvest:
        q.coinvest = 1.0


@kernel
def have_ideas(studios, rules, cells, city, t, proposals):
    """Let studios have ideas; return the number of proposals written."""
    g = city[0]
    p = rules.p[0]
    segments = rules.segments
    base = stream(rules.seed, IDEA, t)
    count = 0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE or s.segment == Segment.OTHER or s.born > t or s.capacity <= 0.0:
            continue
        if s.staff < 2 and s.solo == 0:
            continue
        seg = segments[s.segment]
        rate = seg.idea_rate * (1.0 + p.greenlight_slack * s.slack
                                + p.greenlight_amenity * (cells[s.cell].amenity - p.population_amenity_reference))
        rate *= (1.0 + s.staff / p.greenlight_idea_size) ** 0.5
        busy = s.projects / math.sqrt(1.0 + s.staff / p.greenlight_size)
        if busy >= p.greenlight_at_once or low16(draw(base, s.id)) > rate * (1.0 - busy / p.greenlight_at_once):
            continue
        q = proposals[count]
        q.owner = i
        # the luck of a project is keyed by its serial number, not by its month
        draft(s, seg, q, g, p, draw(stream(rules.seed, PROJECT, np.int64(s.serial)), s.id), np.int64(s.serial))
        s.serial += 1
        count += 1
    return count


@kernel
def choose(proposals, studios, p):
    """Decide on every proposal: worth it with the aid expected, and the money is there."""
    p = p[0]
    accepted = 0
    for n in range(proposals.shape[0]):
        q = proposals[n]
        s = studios[q.owner]
        good = q.expected * p.greenlight_optimism + q.aid >= p.greenlight_hurdle * q.cost
        possible = q.coinvest <= p.greenlight_coinvest_bound
        if good and not possible:
            s.want += (q.coinvest - p.greenlight_coinvest_bound) * q.budget
        q.accepted = 1 if q.replay == 1 or (good and possible) else 0
        if q.replay == 1:
            q.coinvest = min(q.coinvest, p.release_replay_coinvest_most)
        accepted += q.accepted
    return accepted


@kernel
def begin(proposals, rows, projects, studios, rules, t):
    """Turn accepted proposals into projects: needs by specialism, in-house part first."""
    p = rules.p[0]
    segments, mix = rules.segments, rules.mix
    at = 0
    for n in range(proposals.shape[0]):
        q = proposals[n]
        if q.accepted == 0:
            continue
        j = projects[rows[at]]
        at += 1
        s = studios[q.owner]
        j.id = q.id
        j.owner = q.owner
        j.owner_id = q.owner_id
        j.serial = q.serial
        j.segment = q.segment
        j.stage = Stage.APPROVAL
        j.started = t
        j.wait = int(segments[q.segment].approval)
        j.earliest = t + q.months
        j.run = q.months
        j.budget = q.budget
        j.own_plan = q.own_effort
        j.coinvest = q.coinvest
        usual = p.greenlight_coinvestors_elsewhere * q.coinvest
        j.owned_elsewhere = usual if q.owned_elsewhere < 0.0 else min(q.coinvest, q.owned_elsewhere)
        j.aid = q.aid
        j.novelty = q.novelty
        j.fit = p.release_fit_spread * normal(draw(stream(rules.seed, FIT, np.int64(q.serial)), q.id))
        j.replay = q.replay
        j.fixed_gross = q.fixed_gross
        j.parent = s.franchise_id
        j.franchise = s.franchise
        j.released = -1
        s.projects += 1
        for k in range(N_SPECIALISMS):
            j.need[k] = q.effort * mix[q.segment, k]


@kernel
def team_up(market, rows, projects, credits_out, t, made):
    """Give what each project's owner lacks to partners, best of a few met for each package of work.

    The number of partners grows with the effort to be placed, by a power below one: larger works give larger
    packages.  What nobody takes stays with the owner.  Returns how many credits and how many pairs were made.
    """
    studios, ties = market.studios, market.partners.ties
    proximity, cell_reach = market.space.proximity, market.partners.cell_reach
    wage_index = market.other_cities.wage_index
    g = market.city[0]
    p = market.rules.p[0]
    base = stream(market.rules.seed, PARTNER, t)
    cumulative = np.empty(market.space.cells.shape[0])
    weights = np.empty(TIES)
    team = np.empty(credits_out.shape[0], np.int64)         # rows of the credits' partners
    count = 0
    pairs = 0
    for n in range(rows.shape[0]):
        j = projects[rows[n]]
        i = np.int64(j.owner)
        s = studios[i]
        h = draw(base, j.id)
        first = count
        have = 1e-9
        for k in range(N_SPECIALISMS):
            have += s.skill_by[k]
        effort = 0.0
        for k in range(N_SPECIALISMS):
            effort += j.need[k]
        evenly = p.greenlight_evenly
        own_total = min(j.own_plan, s.capacity * j.run * p.greenlight_own_bound)
        for k in range(N_SPECIALISMS):
            own = min(j.need[k], own_total * (evenly / N_SPECIALISMS + (1.0 - evenly) * s.skill_by[k] / have))
            lack = j.need[k] - own
            if lack < p.collaboration_smallest_lot:
                continue
            packages = max(1, int((lack / p.collaboration_lot) ** p.collaboration_lot_power + 0.5))
            packages = min(packages, int(p.collaboration_partner_bound))
            survey(np.int64(s.cell), proximity, cell_reach[k], cumulative)
            prospects = look_around(market, i, k, cumulative, weights)
            for _ in range(packages):
                choice, cost, km, h = search(market, i, k, h, prospects, team[first:count])
                if choice == NOBODY or count >= credits_out.shape[0]:
                    continue
                part = lack / packages
                c = credits_out[count]
                team[count] = choice if choice >= 0 else NOBODY
                count += 1
                c.project = rows[n]
                c.project_id = j.id
                c.specialism = k
                c.effort = part
                c.done = 0.0
                c.cost = cost
                c.distance = km
                c.alive = Life.ALIVE
                c.points = p.release_points * part / effort
                j.need[k] -= part
                if choice >= 0:
                    b = studios[choice]
                    c.partner = choice
                    c.partner_id = b.id
                    c.outside = -1
                    c.price = b.fee
                    c.repeated = 1 if tie_between(ties, i, b.id) > p.collaboration_known else 0
                    j.ties_repeated += c.repeated
                    j.ties_new += 1 - c.repeated
                    j.partners += 1
                    if pairs < made.shape[0]:
                        made[pairs, 0] = i
                        made[pairs, 1] = choice
                        pairs += 1
                else:
                    o = -2 - choice
                    c.partner = -1
                    c.partner_id = -1
                    c.outside = o
                    c.price = g.outside_fee[j.segment] * wage_index[o]
                    c.repeated = 0
                    j.ties_new += 1
                    j.outside_partners += 1
        j.flagship = 1 if j.partners + j.outside_partners >= p.release_flagship_partners else 0
        total_partners = max(1.0, j.ties_repeated + j.ties_new)
        repeated = j.ties_repeated / total_partners
        j.freshness = -((repeated - p.release_best_repeated) ** 2)
    return count, pairs


def propose(model) -> None:
    """Let studios have ideas, start the films of history, and say what aid each proposal may expect."""
    studios = model.studios.used
    proposals = model.buffer("proposals", studios.size + REPLAYS, PROPOSAL)
    count = have_ideas(studios, model.rules, model.space.cells, model.city_state, model.t, proposals)
    count = add_replays(model, proposals, count)
    proposals = model.agenda.proposals = proposals[:count]
    for instrument in model.acting("expect_aid"):
        instrument.expect_aid(model, proposals)
    most = model.par["aid.joint_cap"] * 1e6 * np.where(proposals["replay"] == 1, model.scale, 1.0)
    proposals["aid"] = np.minimum(proposals["aid"], most)


def decide(model) -> None:
    """Decide on the month's proposals and begin the projects that get the green light."""
    studios, proposals = model.studios.used, model.agenda.proposals
    accepted = choose(proposals, studios, model.rules.p)
    model.state["proposed"], model.state["greenlit"] = proposals.size, accepted
    if model.kept.payments is not None:
        model.kept.payments.apply(model.t, proposals, studios)
    rows = model.agenda.begun = model.projects.allocate(accepted)
    begin(proposals, rows, model.projects.rows, studios, model.rules, model.t)


def find_partners(model) -> None:
    """Let the projects just begun find partners for what their owners lack, then let policy act on them."""
    projects, rows = model.projects.rows, model.agenda.begun
    if not rows.size:
        return
    cell = model.studios.rows["cell"][projects["owner"][rows]]
    ordered = rows[np.lexsort((projects["id"][rows], cell))]
    packages = projects["need"][rows].sum() / model.par["collaboration.lot"]
    room = int(rows.size * PAIRS_EACH + packages * SPARE) + PAIRS_MORE
    credits, made = model.buffer("credits", room, CREDIT), np.empty((room, 2), np.int64)
    count, pairs = team_up(market_of(model), ordered, projects, credits, model.t, made)
    model.credits.put(model.credits.allocate(count), credits[:count])
    record_pairs(model, made[:pairs])
    for instrument in model.acting("green_light"):
        instrument.green_light(model, rows)


def add_replays(model, proposals: np.ndarray, count: int) -> int:
    """Start the films of history in time to be released in their month."""
    par = model.par
    for event in (event for event in model.events if isinstance(event, Hit) and model.t >= 0 and event.due(model.t)):
        owner = event.choose_owner(model)
        if owner is None or count >= proposals.size:
            continue
        q, s = proposals[count], model.studios.rows[owner]
        q["owner"], q["owner_id"], q["segment"], q["serial"] = owner, s["id"], event.segment, s["serial"]
        model.studios.rows["serial"][owner] += 1
        model.studios.rows["kept_open"][owner] = 1        # history needs its maker: it does not close before that
        q["id"], q["months"], q["replay"] = event.identity, max(2, event.release - model.t), 1
        budget = event.budget * model.scale
        q["budget"], q["cost"], q["aid"], q["fixed_gross"] = budget, budget, 0.0, event.gross * model.scale
        q["applied"] = 0
        price = float(model.city_state["outside_fee"][0, event.segment])
        q["own_effort"] = par["release.replay_own_effort"] * s["capacity"] * q["months"]
        own_cost = q["own_effort"] * s["unit_cost"]
        q["effort"] = q["own_effort"] + max(0.0, budget - own_cost) / price
        q["novelty"] = q["signal"] = par["release.replay_novelty"]
        q["expected"] = q["fixed_gross"] * par["release.replay_expected"]
        own = max(0.0, float(s["cash"])) * 0.5 + own_cost
        q["owned_elsewhere"] = -1.0 if event.owned_elsewhere is None else event.owned_elsewhere
        q["coinvest"] = max(par["release.replay_coinvest"], 1.0 - own / max(budget, 1.0), float(q["owned_elsewhere"]))
        event.started(model.t)
        count += 1
    return count
