"""The start population: studios, people, funds, markets and the pipeline of projects in the first month.

Jobs by segment are value added over value added per worker; studios follow a truncated Pareto law with a
Zipf-like exponent (Axtell 2001) whose smallest size is solved so that studios times mean size give the jobs.
Outside studios' attraction is solved so that the first month's demand presses on capacity as the parameter
``commissioning.pressure`` says.  Three years of projects before the start fill the pipeline.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.codes import FOUNDER, N_SEGMENTS, N_SPECIALISMS, SEGMENTS, FundKind, HitState, Life, Origin, Status
from cluster_sim.draws import (
    FUND,
    HOME,
    IDENTITY,
    START_PLACE,
    START_STUDIO,
    START_TALENT,
    again,
    draw,
    identity,
    locate,
    low16,
    quantile,
    stream,
    uniform,
)
from cluster_sim.jit import kernel
from cluster_sim.month import collaboration, commissioning, greenlight, population, production, release
from cluster_sim.month import property as property_market
from cluster_sim.month.hiring import employers, fair_wage
from cluster_sim.month.population import arrive
from cluster_sim.records import PAYROLL
from cluster_sim.state import Markets

PREHISTORY = 36


def pareto_sizes(count: int, jobs: float, exponent: float, largest: float) -> np.ndarray:
    """Return ``count`` sizes (people, descending order) of a truncated Pareto law that add up to ``jobs``.

    The sizes are the law's quantiles, so that chance does not move the start; the smallest size is solved
    by bisection (Axtell 2001 for the exponent near 1).
    """
    u = (np.arange(count) + 0.5) / count

    def sizes(smallest: float) -> np.ndarray:
        cut = 1.0 - (smallest / largest) ** exponent
        return smallest * (1.0 - u * cut) ** (-1.0 / exponent)

    low, high = 0.05, largest * 0.9
    for _ in range(80):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if sizes(middle).sum() < jobs else (low, middle)
    result = np.maximum(1, np.floor(sizes(low) + 0.5).astype(np.int64))[::-1]
    return result


@kernel
def settle_studios(studios, sizes, segments_of, cells, parks, floor_cumulative, p, seed, serials):
    """Give the start's studios an identity, a place, an age and average traits."""
    p = p[0]
    base = stream(seed, START_PLACE, np.int64(0))
    other = stream(seed, START_STUDIO, np.int64(0))
    used = np.zeros(parks.shape[0])
    for i in range(studios.shape[0]):
        s = studios[i]
        s.id = identity(IDENTITY, serials[i], np.int64(0))
        s.alive = Life.ALIVE
        s.segment = segments_of[i]
        s.staff = sizes[i]
        h = draw(base, s.id)
        c = locate(floor_cumulative, uniform(h) * floor_cumulative[-1])
        s.cell = min(c, cells.shape[0] - 1)
        s.park = -1
        if low16(again(h)) < p.start_in_parks and parks.shape[0] > 0:
            q = int(uniform(again(again(h))) * parks.shape[0])
            need = sizes[i] * p.property_m2_per_worker
            if parks[q].opened <= 0 and parks[q].hub == 0 and used[q] + need < parks[q].floor * 0.9:
                s.park = q
                s.cell = parks[q].cell
                used[q] += need
        h = draw(other, s.id)
        s.born = -1 - int(-p.start_mean_age * math.log(uniform(h)))
        s.knowhow = math.exp(0.15 * quantile(uniform(again(h))))
        s.reputation = max(0.0, 0.10 * math.log(1.0 + sizes[i] / 10.0)
                           + 0.1 * quantile(uniform(again(again(h)))))
        s.appeal = p.births_appeal_spread * quantile(uniform(again(again(again(h)))))
        s.templates = 0.0
        s.ai = 0.0
        s.export = 1.0
        s.offer = 1.0
        s.sub = -1
        s.round_month = -100
        s.listed = -100


@kernel
def fill_people(people, owner, serial_in, studios, mix, city, p, seed):
    """Fill the rows of the start's employees: specialism by the studio's mix of work, skill, wage, home."""
    g = city[0]
    p = p[0]
    base = stream(seed, START_TALENT, np.int64(0))
    for i in range(people.shape[0]):
        w = people[i]
        s = studios[owner[i]]
        w.id = identity(START_TALENT, s.id, serial_in[i])
        h = draw(base, w.id)
        # stratified: the r-th of n people takes the quantile (r + u) / n of the mix
        u = (serial_in[i] + low16(h)) / s.staff
        k = 0
        total = mix[s.segment, 0]
        while k < N_SPECIALISMS - 1 and u > total:
            k += 1
            total += mix[s.segment, k]
        w.specialism = k
        w.employer = owner[i]
        w.status = Status.EMPLOYED
        w.origin = Origin.LOCAL
        w.cell = s.cell
        w.since = -1 - int(24.0 * low16(h >> np.uint64(16)))
        w.experience = int(min(360.0, -110.0 * math.log(low16(h >> np.uint64(32)))))
        growth = 1.0 - math.exp(-p.labour_learning * w.experience)
        start = p.labour_graduate_skill * math.exp(0.25 * quantile(uniform(again(h))))
        w.skill = np.float32(start + growth * max(0.0, p.labour_skill_ceiling - start))
        w.trained = min(9, int(10.0 * low16(h >> np.uint64(48))))
        if serial_in[i] == 0:
            w.trained += FOUNDER
        w.wage = fair_wage(g.market_wage[k], 1.0, w.skill)


@kernel
def move_homes(people, home_cells, home_cumulative, share, seed):
    """Let a share of the people live away from work, over the city's homes."""
    base = stream(seed, HOME, np.int64(0))
    for i in range(people.shape[0]):
        h = draw(base, people[i].id)
        if low16(h) < share:
            people[i].cell = home_cells[locate(home_cumulative, uniform(again(h)) * home_cumulative[-1])]


def populate(model) -> None:
    """Create studios, people, students, funds and anchors."""
    m, par = model, model.par
    jobs = m.labour.jobs
    count = max(12, int(round(m.city.start["studios"] * m.scale)))
    mean_size = m.rules.segments["mean_size"] / (jobs.sum() / (jobs / m.rules.segments["mean_size"]).sum())
    per_segment = np.maximum(1, np.round(count * (jobs / mean_size) / (jobs / mean_size).sum())).astype(int)
    sizes, segment_of = [], []
    for k, n in enumerate(per_segment):
        largest = par["start.largest_studio"]
        block = pareto_sizes(n, jobs[k], par["start.size_exponent"], largest)
        sizes.append(block)
        segment_of.append(np.full(n, k))
    size, segment = np.concatenate(sizes), np.concatenate(segment_of)
    rows = m.new_studios(size.size)
    free = np.cumsum(np.floor(np.maximum(m.space.cells["floor"] - m.space.cells["other"], 1.0)))
    settle_studios(m.studios.used, size, segment, m.space.cells, m.space.parks, free, m.rules.p, m.seed,
                   np.arange(size.size))
    add_anchors(m, segment, size)
    size = m.studios.used["staff"].astype(np.int64)
    owner = np.repeat(np.arange(size.size), size)
    first = np.repeat(np.cumsum(size) - size, size)
    index = m.talents.allocate(owner.size)
    assert index[0] == 0 and rows[0] == 0
    fill_people(m.talents.used, owner, np.arange(owner.size) - first, m.studios.used, m.rules.mix, m.city_state,
                m.rules.p, m.seed)
    move_homes(m.talents.used, m.homes.cells, m.homes.weight, par["start.live_elsewhere"], m.seed)
    weights = np.cumsum(m.labour.share)
    seekers = m.talents.allocate(int(round(par["start.unemployment"] * owner.size)))
    arrive(m.talents.rows, seekers, m.homes.cells, m.homes.weight, m.rules.p, m.seed, -1, Status.SEEKING, -1, 0,
           weights, Origin.MIGRANT)
    years = max(1, int(par["education.months"]) // 12 + 1)
    students = m.city.start["students"] * m.scale
    for year in range(years):
        index = m.talents.allocate(int(round(students / years)))
        months_to_july = (7 - m.month_of_year) % 12
        arrive(m.talents.rows, index, m.homes.university_cells, m.homes.university_weight, m.rules.p, m.seed,
               -1000 - year, Status.STUDENT, -1, months_to_july + 12 * year, weights, Origin.LOCAL)
    found_funds(m)


def add_anchors(model, segment: np.ndarray, size: np.ndarray) -> None:
    """Make the named large technology companies of the city out of studios of their size."""
    m = model
    s = m.studios.used
    for k, anchor in enumerate(m.city.start.get("anchors", [])):
        mine = np.flatnonzero((segment == SEGMENTS.index(anchor["segment"])) & (s["anchor"] == 0))
        wanted = max(1, int(round(anchor["jobs"] * m.scale)))
        row = mine[np.lexsort((s["id"][mine], np.abs(size[mine] - wanted)))[0]]     # its place in the law of sizes
        s["anchor"][row] = k + 1
        s["staff"][row] = wanted
        s["reputation"][row] = 2.0
        s["offer"][row] = m.par["labour.anchor_premium"]
        if anchor.get("zone") in m.places.zone_index:
            inside = np.flatnonzero(m.space.cells["zones"] & (1 << m.places.zone_index[anchor["zone"]]))
            if inside.size:
                s["cell"][row], s["park"][row] = inside[np.argmax(m.space.cells["floor"][inside])], -1


def found_funds(model) -> None:
    """Create private venture funds, fewer in a small city, and the anchors' corporate funds, smaller in one.

    A studio and its rounds are as large at every scale, so a fund must be as large as well; what shrinks is the
    number of private funds, and what each of them sees and does stays (docs/scale.md).
    """
    m, par = model, model.par
    whole, corporate = int(par["finance.private_funds"]), len(m.city.start.get("anchors", []))
    private = min(whole, max(2, round(whole * m.scale))) if whole else 0
    rows = m.funds.allocate(private + corporate)
    f = m.funds.rows
    shape = np.where(np.arange(private + corporate) % 4 == 0, 2.0, 0.7)
    mean = np.mean(np.where(np.arange(max(whole, 1)) % 4 == 0, 2.0, 0.7))
    for n, row in enumerate(rows):
        mine = n < private
        f["id"][row] = identity(FUND, n, 0)
        f["alive"][row] = Life.ALIVE
        f["kind"][row] = FundKind.PRIVATE if mine else FundKind.CORPORATE
        f["first_round"][row], f["last_round"][row] = (1, 2) if n % 2 == 0 else (1 + n % 3, 5)
        share = whole * m.scale / private * mean / shape[:private].mean() if mine else m.scale
        f["committed"][row] = np.floor(par["finance.fund_size"] * 1e6 * shape[n] * share)
        f["looks"][row] = par["finance.screened"] * (whole * m.scale / private if mine else m.scale)
        f["cash"][row] = np.floor(0.3 * f["committed"][row])


def luck_of_titles(model) -> None:
    """Split the fitted spread of log returns into a systematic part and luck, and work out the mean return.

    The mean of exp(sd * skew-normal) is 2 exp(s^2 w^2 / 2 - s w mu) Phi(s w delta) with w the scale that makes
    the variance one (Azzalini 1985).
    """
    m, seg = model, model.rules.segments
    g = m.city_state[0]
    g["residual_sd"] = np.sqrt(np.maximum(seg["return_sd"] ** 2 - seg["systematic_sd"] ** 2, 0.0))
    for k in range(N_SEGMENTS):
        delta = seg["skewness"][k] / math.sqrt(1.0 + seg["skewness"][k] ** 2)
        mean = delta * math.sqrt(2.0 / math.pi)
        w = g["residual_sd"][k] / math.sqrt(1.0 - mean * mean)
        phi = 0.5 * (1.0 + math.erf(w * delta / math.sqrt(2.0)))
        g["mean_return"][k] = math.exp(seg["location"][k] - w * mean + 0.5 * w * w) * 2.0 * phi


def price_and_cost(model) -> None:
    """Set what a unit of effort costs and earns at the start, by segment (yuan), and the studios' first state."""
    m, par = model, model.par
    s, g, seg = m.studios.used, m.city_state[0], m.rules.segments
    sums = m.buffer("payroll", m.studios.high, PAYROLL)
    luck_of_titles(m)
    m.state["employment"] = population.payroll(m.talents.used, employers(m), sums, m.city_state, m.rules.p, m.seed)
    property_market.occupy(s, m.space.cells, m.space.parks)
    s["staff"] = sums["staff_by"].sum(1)
    property_market.occupy(s, m.space.cells, m.space.parks)
    property_market.spread_density(m)
    density = m.space.cells["density"][s["cell"]]
    g["density0"] = np.exp(np.average(np.log(np.maximum(density, 1e-9)), weights=s["staff"]))
    property_market.rents(m.space.cells, m.space.parks, m.rules.p, 0)
    scratch = np.zeros_like(m.month.flow)
    production.capacities(s, sums, m.space, m.city_state, m.rules.p, scratch)
    for k in range(N_SEGMENTS):
        mine = s["segment"] == k
        cap = s["capacity"][mine].sum()
        g["unit_cost"][k] = (s["unit_cost"][mine] * s["capacity"][mine]).sum() / cap
        head = cap / s["staff"][mine].sum() * par["labour.use_of_capacity"]
        g["price"][k] = seg["value_added_per_worker"][k] * 1e6 / 12.0 / (1.0 - seg["inputs"][k]) / head
        g["price"][k] *= 1.0 + par["start.price_allowance"]
    g["fee"] = g["price"] * (1.0 - m.rules.segments["inputs"])
    s["price"], s["fee"] = g["price"][s["segment"]], g["fee"][s["segment"]]
    s["load"] = s["capacity"] * par["labour.use_of_capacity"]
    s["expected"] = s["load"]
    s["orders"] = s["load"] * par["commissioning.lead"]
    s["target"] = s["staff"]
    s["served"] = 1.0
    s["cash"] = np.floor(par["start.cash_months"] * s["unit_cost"] * s["capacity"])
    s["revenue_year"] = np.floor(12.0 * s["load"] * s["price"])
    s["revenue_last"] = s["revenue_year"] / 1.15
    s["surplus_year"] = 1.0
    s["valuation"] = par["ladder.price_to_sales"] * s["revenue_year"]
    bounds = np.array([par[f"ladder.{tier}_revenue"] for tier in ("nestling", "chick", "grower")]) * 1e6
    s["tier"] = np.where(s["solo"] == 0, np.searchsorted(bounds, s["revenue_year"], side="right"), 0)
    s["tier"] = np.where((s["tier"] == 1) & (-s["born"] > 12 * par["ladder.nestling_age"]), 0, s["tier"])


def open_markets(model) -> None:
    """Solve the outside studios' attraction so that first demand is pressure times first sales, by segment.

    National demand by segment is first sales over the city's start share of the nation's.
    """
    m, par, seg = model, model.par, model.rules.segments
    s = m.studios.used
    weight_home, weight_abroad = np.zeros((2, N_SEGMENTS))
    commissioning.weigh(s, m.city_state, m.rules, -1, weight_home, weight_abroad)
    work = s["load"] * s["price"] * (1.0 - seg["own_share"][s["segment"]])
    sales = np.bincount(s["segment"], weights=work, minlength=N_SEGMENTS)
    national = sales / seg["national_share"]
    out = m.city.outside
    demand = national[:, None] * np.concatenate([[m.city.home_market], out["market"]])[None, :]
    km = np.concatenate([[0.0], out["distance_km"]])
    decay = (1.0 + km / 100.0) ** (-par["commissioning.distance_decay"])
    typical = (1.0 + 1100.0 / 100.0) ** (-par["commissioning.distance_decay"])
    local = np.concatenate([[0.0], out["strength"]])
    shape = local + (1.0 - local) * typical * par["commissioning.rival_reach"]
    rivals = np.empty_like(demand)
    target = par["commissioning.pressure"] * sales * (1.0 - seg["abroad_share"])
    for k in range(N_SEGMENTS):
        low, high = 1e-9, 1e9
        for _ in range(200):
            a = math.sqrt(low * high)
            ours = weight_home[k] * decay
            won = (demand[k] * ours / (ours + a * weight_home[k] * shape)).sum()
            low, high = (a, high) if won > target[k] else (low, a)
        rivals[k] = a * weight_home[k] * shape
    demand_abroad = par["commissioning.pressure"] * sales * seg["abroad_share"] * 20.0
    m.markets = Markets(demand, decay, rivals, demand_abroad, 19.0 * weight_abroad, weight_home, weight_abroad,
                        m.city_state["release_market"][0].copy())
    s["abroad"] = seg["abroad_share"][s["segment"]]
    m.state["start_sales"] = float(sales.sum())
    weigh_other_cities(m)


def weigh_other_cities(model) -> None:
    """Set the weight of other cities in a search for partners: a multiple of what a worker's studio meets at home."""
    m, s, partners = model, model.studios.used, model.partners
    collaboration.reach_of(s, m.studios.order(), partners, m.rules.p)
    weight = np.bincount(s["cell"], weights=s["staff"], minlength=m.space.cells.size)
    at_home, rising = np.zeros((N_SPECIALISMS, weight.size)), np.empty(weight.size)
    for c in np.flatnonzero(weight):
        for k in range(N_SPECIALISMS):
            at_home[k, c] = collaboration.survey(c, m.space.proximity, partners.cell_reach[k], rising)
    typical = (at_home * weight).sum(1) / weight.sum()
    m.other_cities.reach[:] = m.par["collaboration.search_outside"] * typical
    m.city_state["partner_reach0"] = typical.sum()


def remember(model) -> None:
    """Live three years of projects before the start, so that works are in every stage and ties exist.

    Only projects live: cash and reputations of studios are put back, payments go to a scratch ledger.
    """
    m = model
    s = m.studios.used
    keep = {name: s[name].copy() for name in ("cash", "reputation", "franchise", "franchise_id", "public", "want",
                                              "load", "expected", "orders", "pending", "hits", "released",
                                              "served", "coordination")}
    month, m.month = m.month, m.month._replace(flow=np.zeros_like(m.month.flow))
    instruments, m.instruments = m.instruments, []
    for t in range(-PREHISTORY, 0):
        m.t = t
        s["cash"] = keep["cash"]
        collaboration.look_for_partners(m)
        greenlight.propose(m)
        greenlight.decide(m)
        greenlight.find_partners(m)
        production.plan_work(m)
        s["served"] = 1.0
        s["coordination"] = 0.0
        production.make_projects(m)
        production.advance_projects(m)
        release.clear_projects(m)
        release.premiere_titles(m)
        release.screen_titles(m)
        release.pay_partners(m)
        release.credit_titles(m)
    for name, values in keep.items():
        s[name] = values
    # what is left to do when a month begins, with as much coming in as goes out
    s["orders"] = s["load"] * (m.par["commissioning.lead"] - 1.0)
    s["wip_change"] = 0.0
    s["inputs"] = s["sales"] = s["taxes"] = 0.0
    m.month, m.instruments, m.t = month, instruments, 0
    m.kept.forget_titles()
    m.projects.used["hit"] = np.where(m.projects.used["hit"] > 0, HitState.BEFORE_START, HitState.NONE)
    m.month.hits[:] = 0
    m.month.hit_gross[:] = 0
    m.books.wip_change = 0.0
    m.state["released"] = m.state["hits"] = 0
