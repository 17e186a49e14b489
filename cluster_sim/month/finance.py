"""Step 3, finance: studios apply, funds screen a sample, invest in rounds together, sell and write off.

A fund sees only a sample of the applicants and ranks it by tier, growth, reputation and its own sentiment
(Gompers & Lerner 2004).  Several funds may share a round; a round that gathers less than a part of its aim
fails, one that gathers more is cut back in proportion: whether public money crowds private money in or out
is an outcome (Leleux & Surlemont 2003; Brander, Du & Hellmann 2015).
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim import ledger as L
from cluster_sim.codes import FundKind, Life, Round, Segment
from cluster_sim.draws import EXIT_FUND, SCREEN, again, draw, low16, round_up_by_chance, stream, uniform, yuan
from cluster_sim.jit import inline, kernel
from cluster_sim.records import STAKE

U64 = np.uint64
FUND_BITS = 7919         # technical: keeps apart the draws of one studio's stakes, by fund
SEED, A, B, LATER = int(Round.SEED), int(Round.A), int(Round.B), int(Round.LATER)      # as `mandate` returns them


@inline
def mandate(number):
    """Return the first and the last round in which the private fund with a number invests: half seed, half wait.

    Who waits begins with the seed, A or B, in turn, and stays to the end.
    """
    if number % 2 == 0:
        return SEED, A
    return SEED + number % B, LATER


@kernel
def apply_for_money(studios, order, rules, t, applicants, aims):
    """List who applies (in the order of identities) and the round's aim in yuan; return the number."""
    p = rules.p[0]
    count = 0
    for n in range(order.shape[0]):
        s = studios[order[n]]
        if s.born > t or s.anchor > 0 or s.segment == Segment.OTHER or s.staff < 1 or s.round >= Round.LATER:
            continue
        if t - s.round_month < p.finance_pause:
            continue
        young = t - s.born <= p.finance_age_bound or s.round > 0
        hungry = s.target > s.staff or s.want > 0.0 or s.round > 0
        grows = s.revenue_year > p.finance_growth_needed * s.revenue_last or t - s.born < 12
        if young and hungry and grows and s.hub == 0:
            monthly = s.unit_cost * max(s.capacity, 1.0)
            sought = p.finance_runway * monthly * (1.0 + p.finance_round_step * s.round) + p.finance_seed * 1e6
            aims[count] = yuan(min(p.finance_round_bound * 1e6, sought))
            applicants[count] = order[n]
            count += 1
        s.want *= p.finance_want_memory
    return count


@inline
def follow_on(funds):
    """Return the log of all money for rounds after the seed over the private part of it: how safe a next round is."""
    private = 1.0
    public = 0.0
    for f in range(funds.shape[0]):
        if funds[f].alive != Life.FREE and funds[f].last_round > Round.SEED:
            if funds[f].kind == FundKind.PRIVATE or funds[f].kind == FundKind.CORPORATE:
                private += funds[f].cash
            else:
                public += funds[f].cash
    return math.log(1.0 + public / private)


@kernel
def bid(funds, studios, applicants, aims, zones, city, rules, t, bids):
    """Let every fund look at a sample and bid for the best; bids: (funds, applicants) yuan.

    zones: bits of the zones that each studio is in.
    """
    g = city[0]
    p = rules.p[0]
    n = applicants.shape[0]
    later = p.finance_follow_on * follow_on(funds)
    mine = np.empty(n, np.int64)            # applicants within a fund's mandate
    for f in range(funds.shape[0]):
        fund = funds[f]
        if fund.alive == Life.FREE or fund.cash + 0.0 <= 0.0:
            continue
        left = fund.cash
        h = draw(stream(rules.seed, SCREEN, t), fund.id)
        look = round_up_by_chance(min(fund.looks, p.finance_looks_bound * n), again(h))
        most = round_up_by_chance(p.finance_deals * fund.looks / p.finance_screened, again(again(h)))
        deals = 0
        size = 0
        for a in range(n):
            if fund.zones == 0 or zones[applicants[a]] & fund.zones != 0:
                mine[size] = a
                size += 1
        if size == 0:
            continue
        # who has more money than there are good applicants takes worse ones
        bar = p.finance_bar - p.finance_pressure * math.log(max(1.0, fund.looks / size))
        for _ in range(look):
            h = again(h)
            a = mine[int(uniform(h) * size)]
            s = studios[applicants[a]]
            rung = s.round + 1
            first, last = fund.first_round, fund.last_round
            if fund.stands_for > 0:             # this look is one fund's of those that it stands for
                first, last = mandate(int(low16(again(h) >> U64(16)) * fund.stands_for))
            if rung < first or rung > last or bids[f, a] > 0.0:
                continue
            u = uniform(again(h ^ U64(0x9E3779B9)))
            growth = p.finance_growth_unknown
            if s.revenue_last > 0.0:
                growth = s.revenue_year / max(s.revenue_last, 1.0) - 1.0
            score = (p.finance_growth_weight * min(2.0, max(-1.0, growth)) + p.finance_tier_weight * s.tier
                     + p.finance_reputation_weight * s.reputation + p.finance_quality_weight * s.quality
                     + p.finance_proof_weight * math.log(1.0 + s.released + s.projects)
                     + p.finance_need_weight * min(1.0, max(0.0, s.target / s.staff - 1.0))
                     + fund.sentiment + p.finance_buzz_weight * g.buzz[s.segment]
                     + p.finance_luck * math.log(u / (1.0 - u)))
            if rung == Round.SEED:
                score += later
            if score > bar:
                ticket = min(left * p.finance_most_of_fund, fund.ticket * aims[a])
                if ticket >= p.finance_least_ticket * aims[a]:
                    bids[f, a] = ticket
                    left -= ticket
                    deals += 1
                    if deals >= most:
                        break


@kernel
def close_rounds(funds, studios, applicants, aims, bids, held, p, t, stakes, flow):
    """Close the rounds that gathered enough: money moves, stakes are written; return (stakes, rounds).

    Where funds offer more than was sought the round grows, by much less than the offers (Gompers & Lerner 2000).
    """
    p = p[0]
    count = 0
    rounds = 0
    for a in range(applicants.shape[0]):
        total = 0.0
        for f in range(funds.shape[0]):
            total += bids[f, a]
        if total < p.finance_quorum * aims[a]:
            continue
        s = studios[applicants[a]]
        sought = aims[a] * max(1.0, total / aims[a]) ** p.finance_round_growth     # who is offered more takes more
        factor = min(1.0, sought / total)
        value = max(s.valuation, p.finance_value_of_round * aims[a])
        after = value + min(total, sought)
        for n in range(held.shape[0]):
            if held[n].studio == applicants[a] and held[n].studio_id == s.id:
                held[n].share *= value / after          # earlier investors are diluted
        raised = 0.0
        for f in range(funds.shape[0]):
            if bids[f, a] <= 0.0 or count >= stakes.shape[0]:
                continue
            ticket = yuan(bids[f, a] * factor)
            funds[f].cash -= ticket
            funds[f].invested += ticket
            x = stakes[count]
            x.studio_id = s.id
            x.fund = f
            x.studio = applicants[a]
            x.round = s.round + 1
            x.month = t
            x.share = ticket / after
            x.cost = ticket
            count += 1
            raised += ticket
            flow[L.EQUITY] += ticket
        s.cash += raised
        s.want = 0.0
        s.round += 1
        s.round_month = t
        s.valuation = value + raised
        rounds += 1
    return count, rounds


@kernel
def sell_and_write_off(stakes, funds, studios, rules, t, flow, keep):
    """Sell stakes in studios that did well after some years, write off those that closed; mark what stays."""
    p = rules.p[0]
    base = stream(rules.seed, EXIT_FUND, t)
    for n in range(stakes.shape[0]):
        x = stakes[n]
        keep[n] = True
        s = studios[x.studio]
        fund = funds[x.fund]
        if s.alive != Life.ALIVE or s.id != x.studio_id:
            keep[n] = False
            fund.write_offs += 1
            fund.record -= p.finance_record_step
            continue
        age = t - x.month
        if age < p.finance_holding:
            continue
        chance = p.finance_sale * (1.0 + s.tier)
        if low16(draw(base, x.studio_id ^ np.int64(x.fund * FUND_BITS + x.round))) < chance:
            price = yuan(x.share * s.valuation)
            flow[L.STAKE_SALES] += price
            if fund.kind == FundKind.PRIVATE:
                out = yuan(p.finance_distributed * price)
                flow[L.FUND_DISTRIBUTIONS] += out
                fund.cash += price - out
            else:
                fund.cash += price
            fund.proceeds += price
            fund.exits += 1
            fund.record += p.finance_record_step * (1.0 if price > x.cost else -p.finance_record_of_loss)
            keep[n] = False


def call_capital(model) -> None:
    """Let private funds call capital from households, corporate ones from their parents, by sentiment.

    Policy puts money into its funds and loans after them.
    """
    funds = model.funds.used
    due = (funds["alive"] == Life.ALIVE.value) & (funds["cash"] < funds["committed"])
    mood = np.exp(np.maximum(-1.0, np.minimum(funds["sentiment"], 1.0)))
    calls = np.floor(model.par["finance.inflow"] * funds["committed"] * mood)
    for kind, flow in ((FundKind.PRIVATE.value, L.CALLS_PRIVATE), (FundKind.CORPORATE.value, L.CALLS_CORPORATE)):
        call = np.where(due & (funds["kind"] == kind), calls, 0.0)
        funds["cash"] += call
        model.month.flow[flow] += call.sum()
    for instrument in model.acting("finance"):
        instrument.finance(model)


def raise_rounds(model) -> None:
    """Let studios apply for money, and funds bid and invest together."""
    studios, funds, rules, t = model.studios.used, model.funds.used, model.rules, model.t
    order = model.studios.order()
    applicants, aims = np.empty(order.size, np.int64), np.empty(order.size)
    count = apply_for_money(studios, order, rules, t, applicants, aims)
    applicants, aims = applicants[:count], aims[:count]
    model.state["applicants"], model.state["rounds"] = count, 0
    if not count:
        return
    bids = np.zeros((funds.size, count))
    zones = model.studio_zones() if funds["zones"].any() else np.zeros(studios.size, np.uint32)
    bid(funds, studios, applicants, aims, zones, model.city_state, rules, t, bids)
    fresh = np.zeros(np.count_nonzero(bids) + 1, STAKE)
    made, model.state["rounds"] = close_rounds(funds, studios, applicants, aims, bids, model.stakes, rules.p, t, fresh,
                                               model.month.flow)
    if made:
        model.stakes = np.concatenate([model.stakes, fresh[:made]])


def sell_stakes(model) -> None:
    """Let funds sell stakes and write others off, and change their mood by how they did."""
    funds = model.funds.used
    keep = np.ones(model.stakes.size, np.bool_)
    sell_and_write_off(model.stakes, funds, model.studios.used, model.rules, model.t, model.month.flow, keep)
    model.stakes = model.stakes[keep]
    funds["sentiment"] += model.par["finance.sentiment_speed"] * (funds["record"] - funds["sentiment"])
    funds["record"] *= model.par["finance.record_memory"]
