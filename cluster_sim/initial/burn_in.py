"""Burn-in: years of projects before the first month, so that works are in every stage and ties exist."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import HitState
from cluster_sim.month import greenlight, production, release, subcontracting

MONTHS = 36             # technical: until works are in every stage
PLANNING = (subcontracting.look_for_partners, greenlight.propose, greenlight.decide, greenlight.find_partners,
            production.plan_work)
MAKING = (production.make_projects, production.advance_projects, release.clear_projects, release.premiere_titles,
          release.screen_titles, release.pay_partners, release.credit_titles)


def burn_in(model) -> None:
    """Live three years of projects before the start, so that works are in every stage and ties exist.

    Only projects live: cash and reputations of studios are put back, payments go to a scratch ledger.
    """
    s = model.studios.used
    kept = {name: s[name].copy() for name in ("cash", "reputation", "franchise", "franchise_id", "public", "want",
                                              "load", "expected", "orders", "pending", "hits", "released",
                                              "served", "coordination")}
    month, model.month = model.month, model.month._replace(flow=np.zeros_like(model.month.flow))
    instruments, model.instruments = model.instruments, []
    for t in range(-MONTHS, 0):
        model.t = t
        s["cash"] = kept["cash"]
        for event in PLANNING:
            event(model)
        s["served"] = 1.0
        s["coordination"] = 0.0
        for event in MAKING:
            event(model)
    for name, values in kept.items():
        s[name] = values
    # what is left to do when a month begins, with as much coming in as goes out
    s["orders"] = s["load"] * (model.par["commissioning.lead"] - 1.0)
    s["wip_change"] = 0.0
    s["inputs"] = s["sales"] = s["taxes"] = 0.0
    model.month, model.instruments, model.t = month, instruments, 0
    model.kept.forget_titles()
    model.projects.used["hit"] = np.where(model.projects.used["hit"] > 0, HitState.BEFORE_START, HitState.NONE)
    model.month.hits[:] = 0
    model.month.talk[:] = 0
    model.month.hit_receipts[:] = 0
    model.books.wip_change = 0.0
    model.state["released"] = model.state["hits"] = 0
