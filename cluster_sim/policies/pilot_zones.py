"""Pilot zones: places to test works with users before release, and shorter approvals."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Stage
from cluster_sim.policies.base import Instrument, Key


class PilotZones(Instrument):
    """Each scenario serves a number of works a month; works of studios in the zones queue for it.

    A round shows the team where the work misses its users, and part of a miss is mended; it cannot make a
    good fit better.  Rounds take place as soon as a work is finished and while it waits for clearance, so that
    they delay nothing unless a studio has patience.  Months saved on approvals and permits are separate keys
    whose default is zero, because no source measures them.
    """

    name = "pilot_zones"
    title = "Pilot zones and application scenarios"
    text = "Places to test works with users before release; months saved on approvals."
    keys = {
        "scenarios": Key("count", 0, 0, 10_000, "places to test", "measured", "press feature on Chengdu, 2025: 76"),
        "zones": Key("list of zones", ["hi_tech_south", "hi_tech_west", "bailuwan"],
                     text="zones whose studios may test"),
        "works_a_month": Key("count", 0.5, 0, 100, "works that one scenario tests in a month"),
        "rounds": Key("count", 2, 1, 12, "most rounds of tests for one work"),
        "mended": Key("share", 0.3, 0, 1, "share of a miss that one round mends"),
        "patience": Key("month", 0, 0, 24, "months that a finished work waits for a place before its clearance"),
        "months_saved": Key("month", 0, 0, 24, "months saved on approval of works"),
        "entry_months_saved": Key("month", 0, 0, 24, "months saved on founding a studio"),
        "session_cost": Key("million yuan", 0.02, 0, 10, "public cost of one round, paid to the studio"),
        "segments": Key("list of segments", ["film", "games", "audio_video", "scifi"],
                        text="segments whose works may test"),
    }

    def among(self, model, zones: np.ndarray) -> np.ndarray:
        """Say of places whether they are in one of the zones in force; without zones there is nothing to pilot."""
        return (zones & self.mask(model)) != 0

    def green_light(self, model, rows) -> None:
        if not self.get("months_saved"):
            return
        projects = model.projects.rows
        rows = rows[self.inside(model)[projects["owner"][rows]]]
        projects["wait"][rows] = np.maximum(0, projects["wait"][rows] - int(self.get("months_saved")))

    def before_release(self, model) -> None:
        if not self.get("scenarios"):
            return
        projects = model.projects.used
        cleared = (projects["stage"] == Stage.CLEARANCE.value) & (projects["wait"] > 0)
        rows = np.flatnonzero(((projects["stage"] == Stage.TESTING.value) | cleared) & (projects["replay"] == 0)
                              & (projects["tests"] < self.get("rounds")))
        if not rows.size:
            return
        here = self.inside(model)[projects["owner"][rows]]
        rows = rows[here & self.covers(projects["segment"][rows])]
        rows = rows[np.lexsort((projects["id"][rows], projects["fund_wait"][rows] * -1))]
        exact = self.get("scenarios") * self.get("works_a_month") * model.scale
        places = int(exact) + (1 if model.chance(model.t, exact) else 0)
        session = np.floor(self.money("session_cost"))
        if not self.within(model, 1, session):
            return                              # no money: nobody waits for a place
        places = self.within(model, min(places, rows.size), session)
        served, waiting = rows[:places], rows[places:]
        fit = projects["fit"][served]
        projects["fit"][served] = np.where(fit < 0.0, fit * (1.0 - self.get("mended")), fit)
        projects["tests"][served] += 1
        finished = waiting[projects["stage"][waiting] == Stage.TESTING.value]
        projects["fund_wait"][finished] += 1
        projects["wait"][finished] = np.where(projects["fund_wait"][finished] <= self.get("patience"), 1, 0)
        self.pay(model, projects["owner"][served], session, act="programme", ids=projects["id"][served])
