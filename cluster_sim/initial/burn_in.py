"""Burn-in: years of projects before the first month, so that works are in every stage and ties exist."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import HitState
from cluster_sim.month import collaboration, greenlight, production, release

MONTHS = 36


def burn_in(model) -> None:
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
    for t in range(-MONTHS, 0):
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
