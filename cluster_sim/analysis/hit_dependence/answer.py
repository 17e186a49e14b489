"""Lucky hit or engine? A scenario with its largest hit, without it, a year later, made elsewhere; on the same luck.

The field's question of a creative cluster: does growth rest on a few titles, or would it have come anyway? Paired
runs (common random numbers) answer it from four sides: the share of growth that rests on the largest titles, the
path without the hit, hits around it, and whether the pipeline refills. Without a replayed hit in the scenario, the
largest title of each run takes its place; it can only be made to flop, not to come later or from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.compare import Comparison, run_and_compare
from cluster_sim.analysis.hit_dependence import pipeline, top_titles
from cluster_sim.analysis.hit_dependence.plan import BASE, VARIANTS, Question, flops, prepare
from cluster_sim.analysis.hit_dependence.verdict import verdict
from cluster_sim.runs.api import Settings
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.plan import ordinal, scale_of, seed_list
from cluster_sim.runs.read import View
from cluster_sim.runs.single_run import FACTORY


@dataclass
class HitDependence(Findings):
    """The answer: `verdict` (with its `line`), and the frames `growth`, `effects`, `flows`, `titles`.

    `comparison` holds the paths with the hit against those of the variants, `flopped` against the largest titles'
    flops; `seeds` are those whose runs are done in all of them.
    """

    question: Question
    comparison: Comparison
    flopped: Comparison
    seeds: list[int]

    @property
    def scale(self) -> float:
        """The share of the city that was simulated: amounts divided by it are those of the whole city."""
        return self.comparison.scale

    @property
    def title(self) -> str:
        """The hit that is asked about."""
        return self.question.hit["title"] if self.question.hit else "its largest title"

    @property
    def without(self) -> str:
        """Label of the runs without the hit: it is never made, or, where none is replayed, it flops."""
        return "without" if self.question.hit else "top_1"

    @property
    def variants(self) -> dict[str, str]:
        """Label -> what it stands for, of the paths that are set against the one with the hit."""
        if self.question.hit is None:
            return {"top_1": "largest title flops"}
        return {label: text.format(self.title) for label, text in VARIANTS.items() if label in self.comparison.found}

    @cached_property
    def projects(self) -> Any:
        """The titles of the runs with the hit."""
        return self.view(BASE).projects

    def view(self, label: str) -> View:
        """Open the runs of one world: `with`, `without`, `later`, `elsewhere`, `top_1`, `top_5`, `top_20`."""
        return (self.flopped if label.startswith("top_") else self.comparison).view(label)

    @cached_property
    def titles(self) -> Any:
        """The 20 largest titles of each run by receipts."""
        rows = self.projects[self.projects["seed"].isin(self.seeds)]
        rows = rows.sort_values(["seed", "receipts", "project_id"], ascending=[True, False, True], kind="stable")
        rows = rows.groupby("seed").head(max(top_titles.TOPS)).copy()
        rows.insert(0, "rank", rows.groupby("seed").cumcount() + 1)
        return rows[["seed", "rank", "project_id", "title", "segment", "month", "gross", "receipts", "cost",
                     "replay"]].reset_index(drop=True)

    def columns(self, label: str, names: Iterable[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the months (ordinals) and columns of the series of one world, each (seeds, months)."""
        names = list(names)
        frame = self.view(label).frame("series", ["seed", "month", *names])
        wide = frame.pivot(index="seed", columns="month", values=names).loc[self.seeds]
        months = wide[names[0]].columns
        return (np.asarray(months.year * 12 + months.month - 1),
                {name: wide[name].to_numpy(float) for name in names})

    def value_added(self, label: str) -> np.ndarray:
        """Return creative value added by full year, (seeds, years), in million yuan of the simulated city."""
        months, found = self.columns(label, ["creative_value_added"])
        values = found["creative_value_added"]
        return np.stack([values[:, months // 12 == year].sum(1) for year in self.question.years], axis=1)

    @cached_property
    def shares(self) -> dict[tuple[str, int], dict[top_titles.Window, dict[str, np.ndarray]]]:
        """Shares of growth of each seed: (`receipts` or `paired`, number of titles) -> window -> measure.

        With 0 titles, the replayed hit itself; `paired` then is what is lost when it is never made.
        """
        years, whole = self.question.years, self.value_added(BASE)
        parts = {("paired", k): whole - self.value_added(f"top_{k}") for k in top_titles.TOPS}
        if self.question.hit:
            parts["paired", 0] = whole - self.value_added("without")
        for k in top_titles.TOPS:
            titles = top_titles.largest(self.projects, self.seeds, k)
            parts["receipts", k] = self._receipts(titles)
        if self.question.hit:
            made = self.projects[self.projects["replay"] & (self.projects["title"] == self.title)]
            parts["receipts", 0] = self._receipts(top_titles.largest(made, self.seeds, 1))
        return {key: {window: {how: top_titles.shares(part, whole, years, window, how) for how in top_titles.MEASURES}
                      for window in top_titles.windows(years)} for key, part in parts.items()}

    def _receipts(self, titles: Mapping[int, list[int]]) -> np.ndarray:
        """Return what titles earn by full year, (seeds, years)."""
        question = self.question
        return top_titles.receipts_by_year(self.projects, titles, question.scenario.parameters, question.years,
                                           question.last)

    @cached_property
    def growth(self) -> Any:
        """One row for each window, kind of part, number of titles and measure: the share of growth, over seeds."""
        import pandas as pd

        return pd.DataFrame([
            {"first": window[0], "last": window[1], "part": kind, "titles": count, "measure": how,
             **top_titles.summary(values)}
            for (kind, count), by_window in self.shares.items() for window, by_how in by_window.items()
            for how, values in by_how.items()])

    @cached_property
    def effects(self) -> Any:
        """Paired effects of the variants by column and year, less the path with the hit; as those of `compare`."""
        source = self.comparison if self.question.hit else self.flopped
        frame = source.effects
        return frame[frame["scenario"].isin(self.variants)].reset_index(drop=True)

    @cached_property
    def release(self) -> np.ndarray:
        """By seed, the ordinal of the month in which the hit came out; -1 where it did not."""
        ranked = self.projects[self.projects["replay"] & (self.projects["title"] == self.title)] \
            if self.question.hit else self.titles[self.titles["rank"] == 1]
        month = {int(s): m.year * 12 + m.month - 1 for s, m in zip(ranked["seed"], ranked["month"], strict=True)}
        return np.array([month.get(seed, -1) for seed in self.seeds])

    def hits_by_month(self, label: str, months: np.ndarray) -> np.ndarray:
        """Return the titles that are hits by month of release, (seeds, months)."""
        rows = self.view(label).frame("projects", ["seed", "month", "hit"])
        rows = rows[rows["hit"] & rows["seed"].isin(self.seeds)]
        found = np.zeros((len(self.seeds), len(months)))
        place = {seed: k for k, seed in enumerate(self.seeds)}
        for seed, month in zip(rows["seed"], rows["month"], strict=True):
            found[place[seed], month.year * 12 + month.month - 1 - months[0]] += 1
        return found

    def world(self, label: str) -> dict[str, dict[str, np.ndarray]]:
        """Return the flows of one world around the hit's release; see `pipeline.spans`."""
        months, series = self.columns(label, pipeline.SERIES)
        return pipeline.spans(series, months, self.hits_by_month(label, months), self.release)

    @cached_property
    def flow_rows(self) -> list[dict[str, Any]]:
        """The flows before and after, with and without the hit; see `pipeline.compare`."""
        return pipeline.compare({"with": self.world(BASE), "without": self.world(self.without)})

    @cached_property
    def flows(self) -> Any:
        """`flow_rows` as a frame: one row for each flow and comparison."""
        import pandas as pd

        return pd.DataFrame(self.flow_rows)

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """Lucky hit or engine: the word, its numbers, its thresholds and a `line`; see `engine_verdict`."""
        window, *shorter = top_titles.windows(self.question.years)
        lost = self.shares["paired", 0 if self.question.hit else 1]
        near = None
        if self.question.hit:
            year = self.question.hit["month"] // 12
            near = next(((w, lost[w][top_titles.MEASURES[0]]) for w in shorter if w[0] < year <= w[1]), None)
        return verdict(lost[window], self.shares["paired", top_titles.TOPS[-1]][window],
                       pipeline.kept(self.flow_rows), self.title, window, near)

    @cached_property
    def notes(self) -> list[str]:
        """What a reader must know beside the numbers."""
        known = list(self.question.notes)
        short = int((self.release < 0).sum())
        if short:
            known.append(f"In {short} of {len(self.seeds)} runs {self.title} was never made.")
        pairs = [row["pairs"] for row in self.flow_rows if row["comparison"] == pipeline.COMPARISONS[4][0]]
        if min(pairs) < len(self.seeds):
            known.append(f"Three years after the hit lie within the run in {min(pairs)} of {len(self.seeds)} runs.")
        if self.scale < 0.5:
            known.append("What the largest titles weigh depends on the size of the city, for titles do not shrink with "
                         "it and replayed hits do: quote their shares from scale 1.")
        return known

    def plot(self) -> Any:
        """Draw the figure and return it."""
        return plots.draw("hit_dependence", self)


def answer(question: Question, experiment: Experiment) -> HitDependence:
    """Do the runs that are missing and return the answer.

    A failed run takes its seed out; NothingRan if fewer than two are left.
    """
    first = run_and_compare(question.sides, experiment)
    base = question.sides[0]
    again = run_and_compare([base, *flops(question, first.view(base.label).projects, first.seeds)], experiment)
    seeds = [seed for seed in first.seeds if seed in again.seeds]
    return HitDependence(experiment, question, first, again, seeds)


def engine(scenario: Any = "baseline", seeds: int | Iterable[int] = 10, scale: str | float = "1/20",
           until: str | int | None = None, set: Settings = None, out: str | Path | None = None,
           workers: int | None = None, progress: bool = False, factory: str = FACTORY, engine: Any = None,
           shard: str | None = None) -> HitDependence:
    """Run a scenario with and without its largest hit and say whether it is a lucky hit or an engine.

    `scenario` is a file, a name or a loaded scenario; `set` overrides values. `out` is a folder to keep the runs
    in, one folder a variant; a temporary one if None. A failed run takes its seed out, with a warning. `engine` (what
    does the runs) and `shard` as in `sweep`.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    question = prepare(scenario, seed_list(seeds), scale_of(scale), ordinal(until), set)
    return experiment.deliver(answer(question, experiment))
