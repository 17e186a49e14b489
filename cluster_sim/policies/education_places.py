"""Education places: funded places for students of creative subjects, and months in studios before graduation."""

from __future__ import annotations

import numpy as np

from cluster_sim.codes import Status
from cluster_sim.policies.base import MILLION, Instrument, Key

ENROLMENT, PLACEMENTS = 9, 6        # technical: September; June, before the graduates of July
SOON = 3                            # technical: months in which who is placed graduates


class EducationPlaces(Instrument):
    """More places raise the most that can be admitted; aid to the cost of study raises the wish, with its lag.

    A placement gives a student the months of learning by doing that an employee has (the model's own law of
    learning).  The answer of enrolment to aid is in the order of Dynarski (2003).
    """

    name = "education_places"
    title = "Education places"
    text = "Funded places for students, aid to the cost of study, and placements in studios."
    payer = {"city": 0.3, "province": 0.7}
    keys = {
        "places": Key("count", 0, 0, 1_000_000, "further places for new students in a year", "assumed",
                      "220,000 students in film, television and animation in 2025; the yearly addition is assumed"),
        "cost": Key("million yuan", 0.02, 0, 1, "public cost of a place for a year"),
        "aid": Key("share", 0.3, 0, 1, "share of a student's cost of study that is paid on these places"),
        "study_cost": Key("million yuan", 0.02, 0, 1, "a student's own cost of study in a year: fees and keep"),
        "response": Key("1", 0.35, 0, 3, "rise of the wish to study if all costs of study were paid", "literature",
                        "Dynarski (2003): aid of a third of the cost raises attendance by about 11%"),
        "placements": Key("count", 0, 0, 1_000_000, "students placed in studios in a year, before they graduate"),
        "months": Key("month", 6, 0, 24, "length of a placement"),
        "stipend": Key("million yuan", 0.012, 0, 1, "stipend of a placement"),
    }

    def __init__(self, timeline) -> None:
        super().__init__(timeline)
        self.classes: list[tuple[int, int, int]] = []       # month, funded places filled, all who enrolled
        self.opened = 0.0

    def each(self) -> float:
        """Return what a funded place costs the public in a year (yuan), the aid to its student included."""
        return (self.get("cost") + self.get("aid") * self.get("study_cost")) * MILLION

    def open(self, model) -> None:
        par, scale, budget = model.par, model.scale, self.get("budget")
        self.opened = self.get("places") * scale
        if budget is not None and self.each() > 0.0:        # no place is opened that the budget cannot carry
            running = sum(c[1] for c in self.classes if model.t - c[0] < int(par["education.months"]))
            self.opened = min(self.opened, max(0.0, budget * MILLION * scale / self.each() - running))
        model.month.levers["places"] += self.opened
        if self.opened and self.get("aid"):
            funded = min(1.0, self.opened / max(par["education.intake"] * scale, 1.0))
            model.month.levers["study_aid"] += self.get("aid") * self.get("response") * funded

    def study(self, model) -> None:
        if model.month_of_year == ENROLMENT and self.get("places"):
            enrolled = int(model.state["enrolled"])
            self.classes.append((model.t, min(enrolled, round(self.opened)), enrolled))
        self.classes = [c for c in self.classes if model.t - c[0] < int(model.par["education.months"])]
        for begun, funded, enrolled in self.classes:
            part = funded * MILLION / 12.0
            aid = self.get("aid") * self.get("study_cost")
            for account, cost in (("programme", self.get("cost")), ("people", aid)):
                self.spend(model, part * cost, account, act="students", entity=begun, base=float(enrolled))
        if model.month_of_year == PLACEMENTS and self.get("placements"):
            self.place(model)

    def place(self, model) -> None:
        """Give the months of a placement to next month's graduates, drawn by lot."""
        people = model.talents.used
        rows = np.flatnonzero((people["status"] == Status.STUDENT.value) & (people["graduation"] > model.t)
                              & (people["graduation"] <= model.t + SOON))
        rows = self.by_lot(model, people, rows)[: round(self.get("placements") * model.scale)]
        stipend = np.floor(self.money("stipend"))
        rows = rows[: self.within(model, rows.size, stipend)]
        self.spend(model, stipend * rows.size, "people")
        months, learning = int(self.get("months")), model.par["labour.learning"]
        gap = np.maximum(0.0, model.par["labour.skill_ceiling"] - people["skill"][rows])
        people["skill"][rows] += (gap * (1.0 - (1.0 - learning) ** months)).astype(np.float32)
        people["experience"][rows] += months
