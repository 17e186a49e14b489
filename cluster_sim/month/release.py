"""Step 7, release: quality, the draw of success, months in the market, receipts, credit and reputation.

``gross = budget * exp(location + q*quality + r*reputation + franchise + xi)`` with xi skew-normal; titles of
a segment compete for the audience of their months, a blockbuster draws its own (De Vany & Walls 1999 for
the tails, Uzzi & Spiro 2005 for the freshness of teams, Sinha & Pan 2005).  Income arrives over months.

A title of a small city stands for as many of the whole one as the scale says (`title_luck.py`).
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import N_SEGMENTS, N_SPECIALISMS, HitState, Life, Stage
from cluster_sim.draws import RELEASE, draw, dyadic, stream, yuan
from cluster_sim.jit import inline, kernel
from cluster_sim.month.title_luck import denied, draw_luck, month_part, month_parts, talked_about

POOR = 1e-3             # technical: quality of which a log is taken


@inline
def standing(j, city):
    """Return a title's gross over the threshold of a hit in the whole city.

    A replayed film's gross is scaled with the city; that of any other title is not, for a studio is a studio at
    every scale.  Fame goes by this number, so that its mean does not depend on the scale.
    """
    return j.gross * j.renown / (city.fame_threshold * (city.scale if j.replay == 1 else 1.0))


@inline
def reach_abroad(j, s, seg):
    """Return what a title of a studio grosses abroad over what it grosses at home."""
    return seg.export_share * s.export * (1.0 + j.access)


@kernel
def clear(projects, segments, t):
    """Send tested projects to clearance and cleared ones to release; replayed films keep their date."""
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage == Stage.TESTING and j.wait <= 0:
            j.stage = Stage.CLEARANCE
            j.wait = int(segments[j.segment].clearance)
            if j.replay == 1:
                j.wait = max(0, j.earliest - t)
        if j.stage == Stage.CLEARANCE and j.wait <= 0:
            j.stage = Stage.READY


@kernel
def premiere(projects, studios, rules, city, t, flow):
    """Release what is ready: fix quality and potential, pay marketing, take the film's cost off the books.

    Returns the released cost (yuan), which leaves work in progress, and the number of titles.
    """
    g = city[0]
    p = rules.p[0]
    segments, mix = rules.segments, rules.mix
    written = 0.0
    count = 0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage != Stage.READY:
            continue
        s = studios[j.owner]
        seg = segments[j.segment]
        total = 0.0
        made = 0.0
        lacking = 0.0
        for k in range(N_SPECIALISMS):
            made += j.merit[k]
        need = j.effort_out
        for k in range(N_SPECIALISMS):
            need += j.need[k]
        for k in range(N_SPECIALISMS):
            share = mix[j.segment, k]
            if share > 0.0:
                level = max(POOR, j.merit[k] / max(need * share, 1e-9))
                total += share * level ** p.release_ces
                lacking += share
        quality = math.log(max(POOR, (total / max(lacking, 1e-9)) ** (1.0 / p.release_ces)))
        quality = min(2.0, max(-2.0, quality)) + p.release_freshness * j.freshness + p.release_novelty * j.novelty
        j.quality = quality + j.fit
        # keyed by the project's serial number (its identity), never by the month of release
        base = stream(rules.seed, RELEASE, np.int64(j.serial))
        location = (seg.location + seg.quality_weight * j.quality + p.release_reputation * s.reputation
                    + p.release_franchise * j.franchise)
        if j.replay == 0:
            j.budget = j.cost          # what was really spent
        abroad = reach_abroad(j, s, seg)
        luck = draw(base, j.id)
        parts = month_parts(seg)
        draw_luck(j, j.budget * math.exp(location) * g.release_shock[j.segment], abroad, seg, parts, g, p, luck)
        if j.replay == 1 and denied(j.fixed_gross / g.hit_threshold, g, luck):
            j.potential = j.crowd = j.talk = 0.0
        elif j.replay == 1:
            j.potential = j.crowd = j.fixed_gross
            j.talk = talked_about(j.fixed_gross * (1.0 + abroad) / g.hit_threshold, parts)
            j.renown = 1.0
        j.stage = Stage.RUNNING
        j.released = t
        j.run = 0
        marketing = yuan(seg.marketing * j.cost)
        s.cash -= marketing
        s.inputs += marketing
        flow[L.MARKETING] += marketing
        s.wip_change -= j.cost
        written += j.cost
        s.released += 1
        s.projects -= 1
        count += 1
    return written, count


@kernel
def screen(projects, studios, rules, city, month):
    """Earn one month of every running title: gross after competition, receipts to owner, partners, investors.

    The month's crowd comes in with the potential of works from other cities (yuan).
    Returns the number of titles that became hits this month.
    """
    g = city[0]
    p = rules.p[0]
    segments, flow, crowd, hits = rules.segments, month.flow, month.crowd, month.hits
    talk, hit_receipts = month.talk, month.hit_receipts
    talk[:] = 0.0
    hit_receipts[:] = 0.0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage == Stage.RUNNING:
            seg = segments[j.segment]
            crowd[j.segment] += math.floor(j.crowd * (1.0 - seg.run_decay) * seg.run_decay ** j.run)
    for k in range(N_SEGMENTS):
        # what titles met in the market lately is what studios expect of the audience
        met = (1.0 + crowd[k] / max(g.release_market[k], 1.0)) ** (-p.release_crowding)
        g.audience[k] += p.release_market_memory * (met - g.audience[k])
    found = 0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage != Stage.RUNNING:
            continue
        seg = segments[j.segment]
        s = studios[j.owner]
        part = month_part(seg, j.run)
        others = max(0.0, crowd[j.segment] - j.crowd * part) / max(g.release_market[j.segment], 1.0)
        gross = j.potential * part
        if j.replay == 0:
            gross *= (1.0 + others) ** (-p.release_crowding)
        home = yuan(gross)
        abroad = yuan(gross * reach_abroad(j, s, seg))
        j.gross += home + abroad
        j.gross_abroad += abroad
        share = seg.producer_share
        receipts_home = yuan(home * share)
        receipts_abroad = yuan(abroad * share)
        receipts = receipts_home + receipts_abroad
        j.receipts += receipts
        s.cash += receipts
        s.sales += receipts
        flow[L.RECEIPTS_NATION] += receipts_home
        flow[L.RECEIPTS_ABROAD] += receipts_abroad
        tax = yuan(receipts * p.costs_production_tax)
        s.cash -= tax
        s.taxes += tax
        flow[L.PRODUCTION_TAX] += tax
        investors, elsewhere = yuan(receipts * j.coinvest), yuan(receipts * j.owned_elsewhere)
        s.cash -= investors
        flow[L.COINVESTORS_SHARE] += elsewhere
        flow[L.COINVESTORS_SHARE_CITY] += investors - elsewhere
        j.run += 1
        if j.hit == HitState.NONE and j.gross >= g.hit_threshold:
            j.hit = HitState.NEW
            s.hits += 1
            found += 1
            hits[j.segment] += 1
        if j.hit != HitState.NONE:
            hit_receipts[j.segment] += receipts
        talk[j.segment] += dyadic(j.talk * part)
        if j.run >= seg.run:
            j.stage = Stage.DONE
    return found


@kernel
def share_points(projects, credits, studios, flow):
    """Pay partners with points their part of the month's receipts, and credit them for what they worked on.

    A title's standing is log(1 + gross / budget); a hit raises the reputation of every credited partner.
    """
    for n in range(credits.shape[0]):
        c = credits[n]
        if c.alive == Life.FREE:
            continue
        j = projects[c.project]
        if j.stage != Stage.RUNNING and j.stage != Stage.DONE:
            continue
        owner = studios[j.owner]
        due = yuan(c.points * (j.receipts - j.first_gross))
        if due > 0.0:
            owner.cash -= due
            if c.partner >= 0 and studios[c.partner].id == c.partner_id and studios[c.partner].alive == Life.ALIVE:
                studios[c.partner].cash += due
                flow[L.POINTS_LOCAL] += due
            else:
                flow[L.POINTS_OUTSIDE] += due


@kernel
def settle(projects, credits, studios, city, p, gains):
    """Give reputation for what ended its run (and at once for a new hit); keep the franchise of a success.

    gains: (studios,) exact sums, added to reputation after all titles have spoken.
    """
    g = city[0]
    p = p[0]
    gains[:] = 0.0
    for n in range(projects.shape[0]):
        j = projects[n]
        if j.stage == Stage.RUNNING or j.stage == Stage.DONE:
            j.first_gross = j.receipts
        # what counts as a hit in a small city need not be one in the whole, where fame is made
        famous = standing(j, g) >= 1.0
        fresh_hit = famous and j.hit == HitState.NEW and (j.stage == Stage.RUNNING or j.stage == Stage.DONE)
        if fresh_hit:
            j.hit = HitState.CREDITED
        if j.stage == Stage.DONE or fresh_hit:
            fame = math.log(1.0 + standing(j, g))
            success = math.log(max(p.release_least_success, j.gross * j.renown / max(j.budget, 1.0)))
            # a hit is famous at once; other titles are judged at the end of their run
            gain = p.release_fame * fame if fresh_hit or not famous else 0.0
            gain += p.release_success * success if j.stage == Stage.DONE else 0.0
            gains[j.owner] += dyadic(gain)
            s = studios[j.owner]
            if j.replay == 1 and j.stage == Stage.DONE:
                s.kept_open = 0
            height = min(p.release_franchise_bound, fame)
            if height > s.franchise or (height == s.franchise and j.id < s.franchise_id):
                s.franchise = height
                s.franchise_id = j.id
    for n in range(credits.shape[0]):
        c = credits[n]
        if c.alive == Life.ALIVE:
            j = projects[c.project]
            if j.stage == Stage.DONE and c.partner >= 0 and studios[c.partner].id == c.partner_id:
                fame = math.log(1.0 + standing(j, g))
                part = min(1.0, p.release_partner_points * c.points)
                gains[c.partner] += dyadic(p.release_partner_fame * fame * part)
                c.alive = Life.ENDED
            elif j.stage == Stage.DONE:
                c.alive = Life.ENDED
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE:
            reputation = s.reputation * (1.0 - p.release_fading) + gains[i]
            s.reputation = max(0.0, min(p.release_reputation_bound, reputation))
            s.franchise *= 1.0 - p.release_franchise_fading


@kernel
def export_capability(studios, p):
    """Let export capability fall back slowly to what a studio's reputation carries by itself."""
    p = p[0]
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.ALIVE:
            base = 1.0 + p.release_export_of_fame * s.reputation
            s.export += p.release_export_fading * (base - s.export)
            s.outside_tie *= 1.0 - p.collaboration_tie_fading


def clear_projects(model) -> None:
    """Let policy and tests act on finished works, and clear them for release."""
    for instrument in model.acting("before_release"):
        instrument.before_release(model)
    clear(model.projects.used, model.rules.segments, model.t)


def premiere_titles(model) -> None:
    """Release the works that are ready."""
    written, released = premiere(model.projects.used, model.studios.used, model.rules, model.city_state, model.t,
                                 model.month.flow)
    model.books.wip_change -= written
    model.state["released"] = released


def screen_titles(model) -> None:
    """Earn a month of all titles in the market, those of other cities in competition."""
    model.month.hits[:] = 0
    model.month.crowd[:] = 0.0
    for event in model.events:
        event.meet_audience(model)
    model.state["hits"] = screen(model.projects.used, model.studios.used, model.rules, model.city_state, model.month)


def pay_partners(model) -> None:
    """Pay credited partners their points, then let policy act on released titles."""
    share_points(model.projects.used, model.credits.used, model.studios.used, model.month.flow)
    for instrument in model.acting("after_release"):
        instrument.after_release(model)


def credit_titles(model) -> None:
    """Give and fade reputations, and end the titles whose run is over."""
    studios, projects = model.studios.used, model.projects.used
    settle(projects, model.credits.used, studios, model.city_state, model.rules.p,
           np.empty(studios.size))
    export_capability(studios, model.rules.p)
    model.kept.end_titles(model, np.flatnonzero(projects["stage"] == Stage.DONE.value))
