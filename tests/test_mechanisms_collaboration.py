"""First-order effects of distance: meeting somebody and working together are two things."""

from __future__ import annotations

import numpy as np
import pytest
from engine import JANUARY_2017, alive, build, differences

from cluster_sim.codes import Stage
from cluster_sim.draws import again, draw, stream
from cluster_sim.month import commissioning, partner_search, production, subcontracting, ties
from cluster_sim.records import TIES


def test_the_cost_of_distance_rises_and_levels_off():
    p = build(1).rules.p[0]
    km = np.array([0.0, 0.05, 0.5, 2.0, 8.0, 40.0, 400.0, 4000.0])
    tau = np.array([partner_search.tau(d, p) for d in km])
    assert tau[0] == 0.0 and (np.diff(tau[:-1]) > 0).all()
    assert tau[-1] == pytest.approx(p["collaboration_tau_max"], rel=1e-6)


@pytest.mark.parametrize("strength, templates, commons", [(1.0, 0.0, 0.0), (0.0, 1.0, 2.0), (0.5, 0.5, 1.0)])
def test_ties_and_templates_lower_the_cost(strength, templates, commons):
    p = build(1).rules.p[0]
    alone = partner_search.pair_cost(3.0, 0.0, 0.0, 0.0, p)
    together = partner_search.pair_cost(3.0, strength, templates, commons, p)
    expected = (1.0 - p["collaboration_tie_saving"] * strength) * (
        1.0 - p["collaboration_template_saving"] * templates * commons / (1.0 + commons))
    assert together / alone == pytest.approx(expected) and expected < 1.0


def test_templates_without_a_commons_save_nothing():
    p = build(1).rules.p[0]
    assert partner_search.pair_cost(3.0, 0.0, 1.0, 0.0, p) == partner_search.pair_cost(3.0, 0.0, 0.0, 0.0, p)


def prepared(**options):
    """Return a model whose partners' market is laid out for its first month, and one of its studios."""
    m = build(2, **options)
    partner_search.reach_of(m.studios.used, m.studios.order(), m.partners, m.rules.p)
    m.partners.ties["strength"] = 0.0
    rows = alive(m, park=-1)
    return m, int(rows[np.argsort(m.studios.used["id"][rows])[0]])


def meetings(m, i, k=1, count=4000):
    """Return whom studio i meets for a specialism over many draws."""
    market, cumulative = partner_search.market_of(m), np.empty(m.side**2)
    partner_search.survey(m.studios.used["cell"][i], m.space.proximity, m.partners.cell_reach[k], cumulative)
    base = np.uint64(stream(5, 17, 0))

    def word(n):
        return np.uint64(again(np.uint64(draw(base, n))))

    seen = partner_search.look_around(market, i, k, cumulative, np.empty(TIES))
    return np.array([partner_search.meet(market.studios, m.partners, m.other_cities.weight, i, k, word(n), seen)
                     for n in range(count)])


def test_meeting_falls_with_distance_as_the_formula_says():
    """P(meet j) ~ reach_j * exp(-d / lambda): the frequencies by distance follow it."""
    m, i = prepared(par={"collaboration.lambda_s": 3.0})
    m.other_cities.reach[:] = m.other_cities.reach * 0.0
    met = meetings(m, i)
    local = met[met >= 0]
    assert local.size > 2000
    s = m.studios.used
    rows = alive(m)
    dx = np.abs(s["cell"][rows] % m.side - s["cell"][i] % m.side)
    dy = np.abs(s["cell"][rows] // m.side - s["cell"][i] // m.side)
    km = m.space.distance[dx, dy]
    weight = m.partners.reach[rows, 1] * np.exp(-km / 3.0)
    weight[rows == i] = 0.0
    expected = weight / weight.sum()
    seen = np.array([(local == r).sum() for r in rows]) / local.size
    for low, high in ((0.0, 2.0), (2.0, 4.0), (4.0, 20.0)):
        ring = (km >= low) & (km < high)
        assert seen[ring].sum() == pytest.approx(expected[ring].sum(), abs=0.03)
    per_reach = [seen[(km >= a) & (km < b)].sum() / m.partners.reach[rows, 1][(km >= a) & (km < b)].sum()
                 for a, b in ((0.0, 2.0), (2.0, 5.0), (5.0, 20.0))]
    assert per_reach[0] > per_reach[1] > per_reach[2]


def test_the_same_park_brings_people_together():
    m, _ = prepared()
    parks = np.bincount(m.studios.used["park"][m.studios.used["park"] >= 0])
    crew = alive(m, park=int(parks.argmax()))
    assert crew.size >= 2
    i = int(crew[0])
    inside = np.isin(meetings(m, i), crew).mean()
    m.studios.used["park"][i] = -1
    assert inside > np.isin(meetings(m, i), crew).mean()


def searches(m, i, k=1, count=2000):
    """Return whom studio i chooses for a specialism over many draws."""
    market, cumulative = partner_search.market_of(m), np.empty(m.side**2)
    partner_search.survey(m.studios.used["cell"][i], m.space.proximity, m.partners.cell_reach[k], cumulative)
    seen = partner_search.look_around(market, i, k, cumulative, np.empty(TIES))
    base, nobody = np.uint64(stream(5, 17, 0)), np.empty(0, np.int64)
    return np.array([partner_search.search(market, i, k, np.uint64(draw(base, n)), seen, nobody)[0]
                     for n in range(count)])


@pytest.mark.parametrize("chance", [0.0, 0.6, 1.0])
def test_past_partners_are_asked_first_with_a_probability(chance):
    """Whatever the size of the city: the chance is that of the draw, not of a mass of strangers."""
    m, i = prepared(par={"collaboration.repeat": chance})
    j = int(alive(m)[-1])
    by_chance = (searches(m, i) == j).mean()
    tie = m.partners.ties[i]
    tie["id"][0], tie["row"][0], tie["strength"][0] = m.studios.used["id"][j], j, 1.0
    assert by_chance < 0.1 and (searches(m, i) == j).mean() == pytest.approx(chance, abs=0.03)


def test_strangers_are_no_past_partners_even_where_there_are_few_others():
    """A studio of a small town knows those whom it would meet most; half of its searches still find somebody new."""
    m, i = prepared(par={"collaboration.repeat": 0.5})
    met = searches(m, i)
    rows, often = np.unique(met[met >= 0], return_counts=True)
    known = rows[np.argsort(-often)][:TIES]
    assert np.isin(met, known).mean() > 0.25
    tie = m.partners.ties[i]
    tie["id"][: known.size], tie["row"][: known.size] = m.studios.used["id"][known], known
    tie["strength"][: known.size] = 1.0
    assert np.isin(searches(m, i), known).mean() == pytest.approx(0.5, abs=0.04)


def test_a_past_partner_who_is_taken_leaves_room_for_others():
    m, i = prepared(par={"collaboration.repeat": 1.0})
    j = int(alive(m)[-1])
    tie = m.partners.ties[i]
    tie["id"][0], tie["row"][0], tie["strength"][0] = m.studios.used["id"][j], j, 1.0
    market, cells = partner_search.market_of(m), np.empty(m.side**2)
    partner_search.survey(m.studios.used["cell"][i], m.space.proximity, m.partners.cell_reach[1], cells)
    seen = partner_search.look_around(market, i, 1, cells, np.empty(TIES))
    chosen = [partner_search.search(market, i, 1, np.uint64(draw(np.uint64(9), n)), seen, np.array([j]))[0]
              for n in range(50)]
    assert j not in chosen and sum(c != -1 for c in chosen) > 40


def test_other_cities_are_met_by_their_reach():
    m, i = prepared()
    outside = meetings(m, i)
    outside = outside[outside <= -2]
    assert outside.size > 20 and (-2 - outside).max() < len(m.other_cities.km)
    m.other_cities.reach[:] = m.other_cities.reach * 0.0
    assert (meetings(m, i) >= -1).all()


def test_ties_persist_when_a_studio_moves_and_fade_with_time():
    m, i = prepared()
    j = int(alive(m)[-1])
    ties.record_pairs(m, np.array([[i, j]]))
    identity = m.studios.used["id"][j]
    assert partner_search.tie_between(m.partners.ties, i, identity) == 1.0
    assert partner_search.tie_between(m.partners.ties, j, m.studios.used["id"][i]) == 1.0
    m.studios.used["cell"][j] = (m.studios.used["cell"][j] + 5) % m.side**2
    assert partner_search.tie_between(m.partners.ties, i, identity) == 1.0
    for _ in range(12):
        ties.fade(m.partners.ties, m.rules.p)
    kept = (1.0 - m.par["collaboration.tie_fading"]) ** 12
    assert partner_search.tie_between(m.partners.ties, i, identity) == pytest.approx(kept, rel=1e-4)


def test_a_nearer_partner_of_the_same_kind_is_worth_more():
    m, i = prepared()
    s = m.studios.used
    near, far = alive(m)[-2:]
    for name in ("quality", "reputation", "price", "fee", "segment"):
        s[name][far] = s[name][near]
    s["park"][[i, near, far]] = -1
    s["cell"][near], s["cell"][far] = s["cell"][i], (s["cell"][i] + m.side * (m.side // 2)) % m.side**2

    def value(j):
        return partner_search.worth(s, m.partners.ties, m.space.distance, m.other_cities, m.city_state[0],
                                    m.rules.p[0], i, j, 0.0)

    (v1, c1, d1), (v2, c2, d2) = value(near), value(far)
    assert d1 < d2 and c1 < c2 and v1 > v2
    s["price"][near] *= 2.0
    s["fee"][near] *= 2.0
    assert value(near)[0] < v2


def test_working_together_costs_effort_and_time():
    """With dearer coordination the same studios carry more of it, and contract partners deliver more slowly."""
    cheap, dear = (build(12, par={"collaboration.c0": c}).run() for c in (0.02, 0.4))
    total = [m.studios.used["coordination"].sum() for m in (cheap, dear)]
    assert total[1] > 3.0 * total[0] > 0


def test_large_works_need_many_partners():
    """A work that wants much more than its owner has is shared out among many studios, none of them twice."""
    event = [{"kind": "hit", "month": JANUARY_2017 + 12, "title": "The Big One", "gross": 90000.0, "segment": "film",
              "budget": 30000.0}]
    m = build(6, events=event, par={"collaboration.lot": 2.0, "collaboration.smallest_lot": 0.5}).run()
    film = m.projects.used[m.projects.used["replay"] == 1][0]
    usual = m.projects.used[(m.projects.used["stage"] > Stage.FREE) & (m.projects.used["replay"] == 0)]
    team = int(film["partners"] + film["outside_partners"])
    assert team > 25 and team > 4 * np.median(usual["partners"] + usual["outside_partners"])
    assert film["outside_partners"] > 5
    credits = m.credits.used[m.credits.used["project_id"] == film["id"]]
    local = credits["partner_id"][credits["partner"] >= 0]
    assert credits.size == team and np.unique(local).size == local.size == film["partners"]


@pytest.mark.slow
def test_a_flagship_of_the_whole_city_has_more_than_a_hundred_partners():
    """At 1:1 a film of the size of the largest ones has its hundred partners, many out of town, and its network."""
    event = [{"kind": "hit", "month": JANUARY_2017 + 20, "title": "Flagship", "gross": 15400.0, "segment": "film",
              "budget": 600.0}]
    teams = []
    for seed in (1, 2, 3):          # how many it takes depends on the house that makes it
        m = build(24, seed=seed, scale=1.0, city="chengdu", events=event).run()
        titles, credits = m.projects_table(), m.credits_table()
        film = int(np.flatnonzero(titles["replay"])[0])
        teams.append(int(titles["partners"][film] + titles["outside_partners"][film]))
        assert teams[-1] > 60
        assert bool(titles["flagship"][film]) == (teams[-1] >= m.par["release.flagship_partners"])
        assert titles["outside_partners"][film] > 20 and titles["gross"][film] == pytest.approx(15400.0, rel=0.05)
        mine = credits["project_id"] == titles["project_id"][film]
        assert mine.sum() >= 0.9 * teams[-1] and len({c for c in credits["city"][mine] if c}) > 5
        films = (titles["segment"] == "film") & ~titles["replay"]
        assert 0 < np.median(titles["partners"][films] + titles["outside_partners"][films]) < 15
    assert np.median(teams) > 100


def test_with_proximity_worth_nothing_studios_cluster_less():
    """Distance costs nothing, density gives nothing, meeting is blind: studios end more evenly spread over floor."""
    blind = {"collaboration.tau_max": 0.0, "production.gamma": 0.0, "property.access": 0.0,
             "collaboration.lambda_s": 1000.0}
    lively = {"property.look": 0.1}
    ends = []
    for seed in range(1, 7):
        near, indifferent = (build(72, seed=seed, scale=1 / 50, par=par).run().series()["localisation"]
                             for par in (lively, lively | blind))
        assert near[0] == pytest.approx(indifferent[0], rel=0.1)
        ends.append((near[-12:].mean(), indifferent[-12:].mean()))
    near, indifferent = np.mean(ends, 0)
    assert near > 1.015 * indifferent


def test_the_reach_of_a_super_individual_is_nothing_to_others():
    """Whoever works alone takes no work from partners, whatever the row held before."""
    m, i = prepared()
    j = int(alive(m)[-1])
    tie = m.partners.ties[i]
    tie["id"][0], tie["row"][0], tie["strength"][0] = m.studios.used["id"][j], j, 3.0
    m.studios.used["solo"][j] = 1
    partner_search.reach_of(m.studios.used, m.studios.order(), m.partners, m.rules.p)
    assert (m.partners.reach[j] == 0).all() and not (meetings(m, i) == j).any()


def test_a_closed_partner_is_forgotten():
    m = build(4)
    m.step()
    i, k = (int(found[0]) for found in np.nonzero(m.studios.used["sub"] >= 0))
    m.studios.used["sub_id"][i, k] += 1              # somebody else lives in that row now
    m.studios.used["staff"][i] = 0
    m.begin_month()
    subcontracting.look_for_partners(m)
    assert m.studios.used["sub"][i, k] == -1


def test_teams_prefer_known_partners_but_not_only():
    """Where past partners are asked first more often, more credits are repeated ones."""
    def repeated(chance):
        m = build(60, seed=3, par={"collaboration.repeat": chance, "collaboration.lot": 3.0,
                                   "collaboration.smallest_lot": 0.5, "collaboration.search_outside": 0.0}).run()
        columns = m.projects_table()
        return columns["repeated_ties"].sum() / columns["partners"].sum()

    loose, close = repeated(0.0), repeated(0.9)
    assert 0.0 <= loose < close < 1.0


def test_no_partner_is_looked_for_by_a_studio_that_lacks_nothing():
    base = build(4, par={"collaboration.lack": 0.0, "collaboration.anchor_buys": 0.0})
    base.step()
    assert (base.studios.used["sub"][alive(base)] == -1).all()
    assert differences(build(4).run().series(), base.run().series()) != []


def test_a_contract_has_several_partners_at_once():
    """Each specialism that a studio lacks has a partner of its own, none of them twice in one search."""
    m = build(6).run()
    s = m.studios.used[alive(m)]
    assert ((s["sub"] != -1).sum(1) >= 3).mean() > 0.3
    assert (s["sub_lack"].sum(1) <= m.par["collaboration.lack_bound"] + 1e-9).sum() >= len(s) - (s["anchor"] > 0).sum()
    assert (s["pending"][s["sub"] == -1] == 0.0).all() and (s["pending"] >= 0.0).all()


def test_nobody_who_costs_more_than_making_do_is_taken():
    """Dearer coordination than the loss of doing it without a specialist leaves studios to themselves."""
    m = build(3, par={"collaboration.makeshift": 0.01, "collaboration.c0": 0.3}).run()
    assert (m.studios.used["sub"][alive(m)] == -1).all()


def test_partners_are_asked_for_no_more_than_there_is_money_for():
    """Cash and unused credit bound what partners are asked for; the rest is done in the house, nothing is lost."""
    m = build(6).run()
    s = m.studios.used
    rows = alive(m)[(s["pending"][alive(m)].sum(1) > 0.5)]
    work = s["orders"] + s["pending"].sum(1)
    rich = s.copy()
    for cash, least, most in ((-1e6, 0.0, 0.0), (1e12, 0.6, 0.7)):
        s[:] = rich
        s["cash"], s["line"], s["loan"] = cash, 0.0, 0.0
        production.plan_work(m)
        part = s["asked"][rows].sum() / rich["pending"][rows].sum()
        assert least <= part <= most and s["orders"] + s["pending"].sum(1) == pytest.approx(work)
    s[:] = rich
    i = next(row for row in rows if s["pending"][row] @ (s["sub"][row] >= 0) > 0.5)     # a partner of the city has work
    price = s["fee"][np.maximum(s["sub"][i], 0)] * m.par["collaboration.fee_share"]
    own = s["sub"][i] >= 0
    s["sub"][i][~own] = -1
    s["pending"][i][~own] = 0.0
    s["cash"][i], s["line"][i], s["loan"][i] = 1000.0, 500.0, 200.0
    production.plan_work(m)
    assert rich["pending"][i][own] @ price[own] / m.par["commissioning.lead"] > 1300.0
    assert s["asked"][i] @ price == pytest.approx(1300.0)


def test_creative_inputs_go_to_the_partners_of_a_team():
    """What studios buy from each other reaches the partners here; the sum is that of the money, to the yuan."""
    m = build(3).run()
    s = m.studios.used
    left = commissioning.buy_nearby(s, 5e6, m.rules.p)
    assert left + s["links"].sum() == 5e6 and 0 <= left < 4.5e6
    partners = np.unique(s["sub"][alive(m)][s["sub"][alive(m)] >= 0])
    assert set(np.flatnonzero(s["links"])) <= set(partners.tolist())


def test_coordination_is_part_of_what_effort_costs():
    """Of two cities the one with dearer coordination has the higher own cost of effort, by what coordination takes."""
    cheap, dear = (build(24, par={"collaboration.c0": c}).run() for c in (0.02, 0.3))
    overhead, cost = [], []
    for m in (cheap, dear):
        s = m.studios.used[alive(m)]
        overhead.append(np.average(s["overhead"], weights=s["capacity"]))
        paid = s["unit_cost"] * s["capacity"] * (1.0 - s["overhead"])
        cost.append(s["unit_cost"] @ s["capacity"] / paid.sum())
    assert overhead[1] > overhead[0] + 0.005
    assert cost == pytest.approx([1.0 / (1.0 - x) for x in overhead], rel=0.02)
