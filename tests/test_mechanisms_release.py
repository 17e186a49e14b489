"""First-order effects of release: quality, luck with heavy tails, competition, who gets the money and the name."""

from __future__ import annotations

import numpy as np
import pytest
from engine import add_project, alive, build, clear_projects

from cluster_sim import ledger as L
from cluster_sim.codes import HitState, Stage
from cluster_sim.month import release
from cluster_sim.records import CREDIT

MILLION = 1e6


def stage(count: int = 1, *, segment: int = 0, merit: float = 10.0, cost: float = 10 * MILLION, **columns):
    """Return a model with so many equal finished works of one studio, and their rows."""
    model = build(40)
    clear_projects(model)
    owner = int(alive(model, segment=segment, anchor=0)[0])
    s = model.studios.used
    s["reputation"][owner] = columns.pop("reputation", 0.0)
    s["cash"][owner] = 1e12
    rows = np.array([add_project(model, owner, stage=Stage.READY, need=10.0 * model.rules.mix[segment], merit=merit *
                                 model.rules.mix[segment], cost=cost, budget=cost, **columns) for _ in range(count)])
    model.month.flow[:] = 0.0
    return model, rows, owner


def premiere(model, seed: int = 1):
    """Release what is ready and return the works."""
    m = model
    release.premiere(m.projects.used, m.studios.used, m.rules._replace(seed=seed), m.city_state, m.t, m.month.flow)
    return m.projects.used


def screen(model) -> None:
    """Let all running titles earn one month."""
    m = model
    m.month.crowd[:] = 0.0
    release.screen(m.projects.used, m.studios.used, m.rules, m.city_state, m.month)


def test_better_work_earns_more_by_its_weight():
    for segment in (0, 1, 3):
        poor, good = (premiere(stage(merit=merit, segment=segment)[0])[0] for merit in (8.0, 10.0))
        assert good["quality"] - poor["quality"] == pytest.approx(np.log(10.0 / 8.0), rel=1e-6)
        ceiling = build(1).rules.segments["ceiling"][segment] * MILLION
        own = [j["potential"] * j["renown"] for j in (poor, good)]         # what its own luck gives in the whole city
        assert good["potential"] > poor["potential"] and own[1] < 0.9 * ceiling
        raw = [-np.log(1.0 - gross / ceiling) for gross in own]
        weight = build(1).rules.segments["quality_weight"][segment]
        assert np.log(raw[1] / raw[0]) == pytest.approx(weight * np.log(10.0 / 8.0), rel=1e-6)


def test_every_specialism_counts_but_none_replaces_another():
    """A work that lacks one specialism is worse than one with the same merit spread evenly (CES)."""
    model, rows, _ = stage()
    even = premiere(model)[rows[0]]["quality"]
    model, rows, _ = stage()
    merit = model.projects.rows["merit"]
    merit[rows[0], 0] += merit[rows[0], 1] * 0.95
    merit[rows[0], 1] *= 0.05
    assert premiere(model)[rows[0]]["quality"] < even


@pytest.mark.parametrize("change", [{"reputation": 1.0}, {"franchise": 1.0}, {"novelty": 1.0}, {"fit": 0.3}])
def test_name_franchise_novelty_and_fit_help(change):
    plain, better = (premiere(stage(**columns)[0])[0]["potential"] for columns in ({}, change))
    assert better > plain * 1.01


def test_stale_or_strange_teams_do_worse():
    """Freshness is an inverted U in the share of repeated ties; 0 is the best."""
    best, worse = (premiere(stage(freshness=f)[0])[0]["quality"] for f in (0.0, -0.36))
    assert best - worse == pytest.approx(0.36 * build(1).par["release.freshness"])


def test_luck_has_the_fitted_spread_and_its_zeros():
    count = 6000
    model, rows, _ = stage(count, cost=0.001 * MILLION)
    j = premiere(model)
    gross = (j["potential"] * j["renown"])[rows] / 1000.0
    zeros = (gross == 0).mean()
    assert zeros == pytest.approx(model.par["release.zero"], abs=0.006)
    logs = np.log(gross[gross > 0])
    assert logs.std() == pytest.approx(model.city_state["residual_sd"][0, 0], rel=0.05)
    skew = ((logs - logs.mean()) ** 3).mean() / logs.std() ** 3
    assert np.sign(skew) == np.sign(model.rules.segments["skewness"][0]) and abs(skew) > 0.2
    weight = model.rules.segments["quality_weight"]
    expected = model.city_state["mean_return"][0, 0] * np.exp(weight[0] * model.projects.used[
        "quality"][rows[0]])
    assert gross.mean() == pytest.approx(expected * (1.0 - model.par["release.zero"]), rel=0.15)


def test_luck_goes_by_the_work_not_by_the_month():
    first, later = stage()[0], stage()[0]
    later.t = 17
    assert premiere(first)["potential"][0] == premiere(later)["potential"][0]
    assert premiere(stage()[0], seed=2)["potential"][0] != first.projects.used["potential"][0]


def test_no_title_grows_beyond_its_ceiling():
    model, rows, _ = stage(200, cost=1e5 * MILLION)
    ceiling = model.rules.segments["ceiling"][0] * MILLION
    j = premiere(model)
    own = (j["potential"] * j["renown"])[rows]
    assert j["potential"][rows].max() <= ceiling and 0.95 * ceiling < own.max() <= ceiling * (1.0 + 1e-9)


@pytest.mark.parametrize("segment", [0, 1, 3])
def test_what_titles_of_a_small_city_gross_is_on_average_what_titles_of_the_whole_do(segment):
    """Budgets at which a twentieth of the ceiling binds: without the share in others' luck a third would be lost."""
    mean: dict[tuple[str, float], tuple[float, float]] = {}
    for scale in (1.0, 1 / 20):
        model, rows, _ = stage(4000, cost=200 * MILLION, segment=segment)
        model.city_state["scale"] = scale
        j = premiere(model)
        for name in ("potential", "crowd", "talk"):
            values = j[name][rows] * (scale if name == "talk" else 1.0)         # talk is that of all it stands for
            mean[name, scale] = values.mean(), values.std() / 4000**0.5
    for name in ("potential", "crowd", "talk"):
        (whole, error), (small, _) = mean[name, 1.0], mean[name, 1 / 20]
        assert abs(small - whole) < 3.0 * error and error < 0.06 * whole, name
    assert mean["crowd", 1 / 20][1] < 0.3 * mean["crowd", 1.0][1], "the audience meets the mean of twenty titles"


def test_fame_goes_by_the_titles_own_luck_as_in_the_whole_city():
    known = {}
    for scale in (1.0, 1 / 20):
        model, rows, _ = stage(50, cost=500 * MILLION)
        model.city_state["scale"] = scale
        j = premiere(model)
        known[scale] = (j["potential"] * j["renown"])[rows]
    assert known[1 / 20] == pytest.approx(known[1.0])


def test_a_films_cost_leaves_the_stock_and_marketing_is_paid_at_release():
    model, rows, owner = stage()
    s = model.studios.used
    s["wip_change"], cash = 0.0, s["cash"][owner]
    premiere(model)
    assert s["wip_change"][owner] == -10 * MILLION
    spent = model.rules.segments["marketing"][0] * 10 * MILLION
    assert model.month.flow[L.MARKETING] == spent == cash - s["cash"][owner]
    assert model.projects.used["stage"][rows[0]] == Stage.RUNNING and s["released"][owner] > 0


def run_out(model, row):
    """Screen a title to the end of its run; return its gross by month."""
    gross = [0.0]
    for _ in range(40):
        screen(model)
        gross.append(model.projects.rows["gross"][row])
        if model.projects.rows["stage"][row] == Stage.DONE:
            return np.diff(gross)
    raise AssertionError("the run never ends")


def test_income_arrives_over_the_months_of_the_run():
    model, rows, _ = stage()
    model.rules.p["release_crowding"] = 0.0
    model.studios.used["export"] = 0.0
    potential = premiere(model)["potential"][rows[0]]
    months = run_out(model, rows[0])
    assert len(months) == model.rules.segments["run"][0] and months.sum() == pytest.approx(potential, abs=5.0)
    assert months[1] / months[0] == pytest.approx(model.rules.segments["run_decay"][0], rel=1e-3)


def test_receipts_of_hits_begin_with_the_month_in_which_a_title_becomes_one():
    """Home and abroad, of the hit alone; fame does not weigh them, and each month begins anew."""
    model, rows, owner = stage(2)
    premiere(model)
    hit, other = rows
    j = model.projects.rows
    model.rules.p["release_crowding"] = 0.0
    model.studios.used["export"] = 1.0
    j["potential"][hit], j["potential"][other] = 100 * MILLION, 10 * MILLION
    model.city_state["hit_threshold"] = 1.2 * 100 * MILLION * (1.0 - model.rules.segments["run_decay"][0])
    counted, received = [], []
    for _ in range(3):
        before = j["receipts"][hit]
        screen(model)
        counted.append(model.month.hit_receipts.copy())
        received.append(j["receipts"][hit] - before)
    assert j["gross_abroad"][hit] > 0 and j["receipts"][other] > 0 and j["hit"][other] == HitState.NONE
    assert [c[0] for c in counted] == [0.0, received[1], received[2]] and received[1] > received[2] > 0
    assert not np.any([c[1:] for c in counted])


def test_the_owner_gets_the_producers_share():
    model, rows, owner = stage()
    premiere(model)
    cash, sales = model.studios.used["cash"][owner], model.studios.used["sales"][owner]
    model.month.flow[:] = 0.0
    run_out(model, rows[0])
    j, share = model.projects.rows[rows[0]], model.rules.segments["producer_share"][0]
    assert j["receipts"] == pytest.approx(share * j["gross"], abs=10.0) and j["receipts"] > 0
    assert model.studios.used["sales"][owner] - sales == j["receipts"]
    tax = model.month.flow[L.PRODUCTION_TAX]
    assert model.studios.used["cash"][owner] - cash == pytest.approx(j["receipts"] - tax, abs=1.0)
    assert model.month.flow[[L.RECEIPTS_NATION, L.RECEIPTS_ABROAD]].sum() == j["receipts"]


def test_coinvestors_take_their_part_of_receipts():
    model, rows, _ = stage(coinvest=0.4)
    premiere(model)
    run_out(model, rows[0])
    paid = model.month.flow[[L.COINVESTORS_SHARE, L.COINVESTORS_SHARE_CITY]].sum()
    assert paid == pytest.approx(0.4 * model.projects.rows["receipts"][rows[0]], abs=10.0)


def test_export_capability_brings_money_from_abroad():
    receipts = []
    for export in (0.0, 1.0, 3.0):
        model, rows, owner = stage()
        model.studios.used["export"][owner] = export
        premiere(model)
        run_out(model, rows[0])
        receipts.append(model.month.flow[L.RECEIPTS_ABROAD])
    assert receipts[0] == 0 < receipts[1] and receipts[2] == pytest.approx(3 * receipts[1], rel=1e-4)


def test_titles_compete_for_the_audience_of_their_months():
    alone, rows, _ = stage()
    premiere(alone)
    crowded, _, _ = stage(60)
    premiere(crowded)
    screen(alone)
    screen(crowded)
    assert crowded.projects.rows["gross"][rows[0]] < alone.projects.rows["gross"][rows[0]]
    replayed, rows, _ = stage(60)
    replayed.projects.rows["replay"][rows[0]], replayed.projects.rows["fixed_gross"][rows[0]] = 1, 5e7
    premiere(replayed)
    screen(replayed)
    first = 5e7 * (1.0 - replayed.rules.segments["run_decay"][0])
    assert replayed.projects.rows["gross"][rows[0]] - replayed.projects.rows["gross_abroad"][rows[0]] == pytest.approx(
        first, abs=1.0)                                          # a hit of history brings its own audience


def hit(partners: int = 0):
    """Return a model with one great success at the end of its first month, credited partners included."""
    model, rows, owner = stage()
    s = model.studios.used
    others = alive(model, segment=3)[:partners]
    index = model.credits.allocate(partners)
    for k, row in enumerate(index):
        c = np.zeros(1, CREDIT)
        c["project"], c["project_id"], c["alive"], c["outside"] = rows[0], model.projects.rows["id"][rows[0]], 1, -1
        c["partner"], c["partner_id"], c["points"] = others[k], s["id"][others[k]], 0.03
        model.credits.rows[row] = c[0]
    premiere(model)
    model.projects.rows["potential"][rows[0]] = 20.0 * model.par["release.hit_threshold"] * MILLION
    return model, rows[0], owner, others


def test_a_success_becomes_a_hit_once_and_makes_a_name():
    model, row, owner, partners = hit(partners=2)
    s = model.studios.used
    s["reputation"] = 0.5
    model.city_state["buzz"] = 0.0
    found = [0]
    for _ in range(4):
        before = model.projects.rows["hit"][row]
        screen(model)
        found.append(int(before == 0 and model.projects.rows["hit"][row] > 0))
        release.share_points(model.projects.used, model.credits.used, s, model.month.flow)
        release.settle(model.projects.used, model.credits.used, s, model.city_state, model.rules.p,
                       np.zeros(model.studios.high))
    assert sum(found) == 1 and s["hits"][owner] == 1
    faded = 0.5 * (1.0 - model.par["release.fading"]) ** 4
    assert s["reputation"][owner] > 1.0
    assert (s["reputation"][partners] > faded + 0.05).all()          # every credited partner gains from a hit
    bystanders = np.setdiff1d(alive(model), [owner, *partners])
    assert s["reputation"][bystanders] == pytest.approx(faded)
    assert s["franchise"][owner] > 1.0 and s["franchise_id"][owner] == model.projects.rows["id"][row]


def test_a_title_that_only_a_small_city_calls_a_hit_makes_the_name_that_it_makes_in_the_whole():
    """It passes the small city's threshold in its first month, and a third of the whole one's by its end."""
    names = []
    for scale in (1.0, 1 / 20):
        model, rows, owner = stage()
        premiere(model)
        model.rules.p["release_crowding"] = 0.0
        model.studios.used["export"] = 0.0
        model.studios.used["reputation"] = 0.0
        threshold = model.par["release.hit_threshold"] * MILLION
        model.city_state["scale"], model.city_state["hit_threshold"] = scale, threshold * scale
        j = model.projects.rows
        j["potential"][rows], j["renown"][rows] = 0.1 * threshold, 10.0 / 3.0
        for _ in range(int(model.rules.segments["run"][0])):
            screen(model)
            release.settle(model.projects.used, model.credits.used, model.studios.used, model.city_state,
                           model.rules.p, np.zeros(model.studios.high))
        assert (j["hit"][rows[0]] != HitState.NONE) == (scale < 1.0)
        names.append(model.studios.used["reputation"][owner])
    assert names[0] == pytest.approx(names[1]) and names[0] > 0.1


def test_partners_with_points_are_paid_from_receipts():
    model, row, owner, partners = hit(partners=2)
    s = model.studios.used
    screen(model)
    before = s["cash"].copy()
    model.month.flow[:] = 0.0
    release.share_points(model.projects.used, model.credits.used, s, model.month.flow)
    due = 0.03 * model.projects.rows["receipts"][row]
    assert s["cash"][partners] - before[partners] == pytest.approx([due, due], abs=1.0)
    assert s["cash"].sum() == before.sum() and model.month.flow[L.POINTS_LOCAL] == before[owner] - s["cash"][owner]
    model.credits.rows["partner_id"][0] += 1                            # a partner that is no longer there
    release.settle(model.projects.used, model.credits.used, s, model.city_state, model.rules.p,
                   np.zeros(model.studios.high))
    screen(model)
    release.share_points(model.projects.used, model.credits.used, s, model.month.flow)
    assert model.month.flow[L.POINTS_OUTSIDE] > 0


def test_a_newcomer_in_a_dead_partners_row_gets_no_fame():
    model, row, owner, partners = hit(partners=2)
    s = model.studios.used
    s["reputation"] = 0.0
    model.credits.rows["partner_id"][0] += 1
    for _ in range(4):
        screen(model)
        release.settle(model.projects.used, model.credits.used, s, model.city_state, model.rules.p,
                       np.zeros(model.studios.high))
    assert s["reputation"][partners[0]] == 0.0 < s["reputation"][partners[1]]
