"""Competition, conference and distribution abroad: ties, capability and revenue, with everything else held fixed."""

from __future__ import annotations

import numpy as np
import pytest
from engine import add_project, alive, build, entry
from instruments import MILLION, by_identity, cash_of, in_force

from cluster_sim import ledger as L
from cluster_sim.codes import Stage
from cluster_sim.month import release
from cluster_sim.month.partner_search import pair_cost


def meeting(month: int, **keys):
    """Return a model in a month of the year (1 to 12) with the competition and conference in force."""
    model, event = in_force("competition_conference", competition_month=5, conference_month=10, **keys)
    model.studios.used["export"], model.studios.used["outside_tie"] = 1.0, 0.0
    model.t = month - 1
    event.open(model)
    return model, event


# ------------------------------------------------------------------------------------- competition and conference
def test_entrants_gain_ties_with_partners_elsewhere_and_the_best_win_prizes():
    keys = {"entrants": 1000, "prizes": 400, "prize": 0.2, "cost": 0.03, "tie": 0.5}        # five and two here
    model, event = meeting(4, **keys)
    assert (model.studios.used["outside_tie"] == 0.0).all() and event.outlay == 0.0
    model, event = meeting(5, **keys)
    s = model.studios.used
    entrants = np.flatnonzero(s["outside_tie"] > 0)
    assert entrants.size == 5 and (s["outside_tie"][entrants] == 0.5).all()
    assert (s["export"] == 1.0).all()                               # a competition is not a fair for buyers
    won = np.flatnonzero(s["public"] > 0)
    assert won.size == 2 and np.isin(won, entrants).all() and (s["public"][won] == 0.2 * MILLION).all()
    assert event.outlay == (5 * 0.03 + 2 * 0.2) * MILLION
    assert model.month.flow[L.PROGRAMMES_CITY] == 5 * 0.03 * MILLION
    assert model.month.flow[L.GRANTS_CITY] == 0.4 * MILLION


def test_a_tie_lowers_the_cost_of_working_with_other_cities_and_fades():
    model, _ = meeting(5, entrants=200, tie=1.0)
    s, p = model.studios.used, model.rules.p[0]
    tied, other = s["outside_tie"].argmax(), s["outside_tie"].argmin()
    costs = [pair_cost(800.0, s["outside_tie"][row], 0.0, 0.0, p) for row in (other, tied)]
    assert costs[1] == pytest.approx((1.0 - model.par["collaboration.tie_saving"]) * costs[0])
    release.export_capability(s, model.rules.p)
    assert s["outside_tie"][tied] == pytest.approx(1.0 - model.par["collaboration.tie_fading"])


def test_signatures_build_export_capability_of_participants_only():
    keys = {"participants": 4000, "meetings": 4, "capability": 0.15, "cost": 0.03}          # twenty here
    model, event = meeting(9, **keys)
    assert (model.studios.used["export"] == 1.0).all()
    model, event = meeting(10, **keys)
    s = model.studios.used
    gain = (s["export"] - 1.0) / 0.15
    assert gain == pytest.approx(np.rint(gain)) and 0 < gain.max() <= 4 and 1 < (gain > 0).sum() <= 20
    assert event.outlay == 20 * 0.03 * MILLION == model.month.flow[L.PROGRAMMES_CITY]
    assert (s["outside_tie"] == 0.0).all()
    s["reputation"] = 0.0
    release.export_capability(s, model.rules.p)
    assert s["export"].max() - 1.0 < 0.15 * gain.max()              # it fades if nothing follows


def test_the_better_known_sign_more_often():
    signed = []
    for reputation in (0.0, 3.0):
        total = 0.0
        for seed in range(6):
            model = build(20, seed=seed, policies={"competition_conference": [entry(
                "competition_conference", participants=4000)]})
            model.studios.used["reputation"], model.studios.used["quality"] = reputation, 0.0
            model.studios.used["export"], model.t = 1.0, 9
            model.instruments[0].enact(model)
            total += (model.studios.used["export"] - 1.0).sum()
        signed.append(total)
    assert signed[1] > 1.5 * signed[0] > 0


def test_only_so_many_take_part_as_the_budget_pays_for():
    model, event = meeting(5, entrants=4000, prizes=0, cost=0.03, budget=0.1 * 200)
    assert (model.studios.used["outside_tie"] > 0).sum() == 3 and event.outlay == 0.09 * MILLION


# ------------------------------------------------------------------------------------- distribution abroad
def shown(count: int, potential: float = 500.0, **keys):
    """Return a model with films that had their first month, by different studios, the largest first."""
    model, abroad = in_force("distribution_abroad", **({"works": 2 * 12 * 200} | keys))
    owners = by_identity(model, count, segment=0)
    rows = np.array([add_project(model, owner, stage=Stage.RUNNING, released=model.t, cost=20 * MILLION, run=1,
                                 budget=20 * MILLION, potential=(potential - n) * MILLION, coinvest=0.2)
                     for n, owner in enumerate(owners)])
    return model, abroad, rows


def test_dubbing_is_billed_to_the_studio_and_the_public_pays_its_share():
    model, abroad, rows = shown(3, dubbing=1.5, share=0.4)
    owners = model.projects.rows["owner"][rows]
    cash, inputs = cash_of(model, owners), model.studios.used["inputs"][owners].copy()
    abroad.after_release(model)
    assert (model.projects.rows["access"][rows] > 0).tolist() == [True, True, False]      # two a month
    assert (cash_of(model, owners) - cash).tolist() == [-0.9 * MILLION, -0.9 * MILLION, 0.0]
    assert (model.studios.used["inputs"][owners] - inputs).tolist() == [1.5 * MILLION, 1.5 * MILLION, 0.0]
    assert model.month.flow[L.LOCALISATION] == 3 * MILLION and abroad.outlay == 1.2 * MILLION == model.month.flow[
        L.GRANTS_PROVINCE]


def test_foreign_revenue_of_the_works_that_are_taken_rises_and_no_others():
    grown = []
    for keys in ({"works": 0}, {"works": 2 * 12 * 200, "takings": 100.0, "reach": 2.0, "screens": 1000}):
        model, abroad, rows = shown(3, **keys)
        abroad.after_release(model)
        run_month(model)
        grown.append(model.projects.rows[["gross", "gross_abroad"]][rows].copy())
    home = [g["gross"] - g["gross_abroad"] for g in grown]
    assert (home[0] == home[1]).all()
    assert grown[1]["gross_abroad"] / grown[0]["gross_abroad"] == pytest.approx([3.0, 3.0, 1.0], rel=1e-6)


def test_the_cinemas_take_no_more_than_they_can():
    model, abroad, rows = shown(2, potential=50_000.0, screens=1000, takings=0.01, reach=10.0)
    abroad.after_release(model)
    alone = model.rules.segments["export_share"][0] * model.studios.used["export"][model.projects.rows["owner"][rows]]
    run_month(model)
    j = model.projects.rows[rows]
    home = j["gross"] - j["gross_abroad"]
    more = j["gross_abroad"] - home * alone
    assert (more <= 10 * MILLION + 2).all() and (more > 0).all()


def run_month(model) -> None:
    """Let the titles earn one month more."""
    model.t += 1
    release.screen(model.projects.used, model.studios.used, model.rules, model.city_state, model.month)


@pytest.mark.parametrize("columns, keys", [({"potential": 5 * MILLION}, {}), ({"cost": 4 * MILLION}, {}),
                                           ({"segment": 3}, {}), ({"released": -1}, {}),
                                           ({}, {"budget": 0.5 * 200}), ({}, {"screens": 0})])
def test_who_cannot_gain_or_does_not_belong_is_not_taken(columns, keys):
    """A small work would not earn its dubbed version; there is no bill and no payment."""
    model, abroad, rows = shown(1, **keys)
    for name, value in columns.items():
        model.projects.rows[name][rows] = value
    abroad.after_release(model)
    assert model.projects.rows["access"][rows[0]] == 0.0 == abroad.outlay == model.month.flow[L.LOCALISATION]


def test_in_a_run_works_abroad_are_billed_and_earn_more_there():
    law = {"distribution_abroad": [entry("distribution_abroad", works=100_000, smallest=0.1, dubbing=0.02,
                                         segments=["film", "games", "scifi", "audio_video"])]}
    par = {"segments.idea_rate.film": 0.5, "segments.idea_rate.scifi": 0.5}
    tables = []
    for policies in ({}, law):
        model = build(48, policies=policies, par=par).run()
        assert alive(model).size
        tables.append((model.projects_table(), model.ledger_table()))
    share = [t["gross_abroad"].sum() / t["gross"].sum() for t, _ in tables]
    assert share[1] > 1.2 * share[0] and tables[1][1]["localisation"].sum() > 0 == tables[0][1]["localisation"].sum()
