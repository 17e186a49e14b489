"""Lucky hit or engine? A scenario with its largest hit, without it, a year later, made elsewhere; on the same luck.

The field's question of a creative cluster: does growth rest on a few titles, or would it have come anyway? Paired
runs (common random numbers) answer it from four sides: the share of growth that rests on the largest titles, the
path without the hit, hits around it, and whether the pipeline refills. Without a replayed hit in the scenario, the
largest title of each run takes its place; it can only be made to flop, not to come later or from elsewhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.compare import Comparison, run_and_compare
from cluster_sim.analysis.hit_dependence import nation, pipeline, posterior, top_titles
from cluster_sim.analysis.hit_dependence.plan import BASE, PARTS, VARIANTS, Question, Worlds, flops, prepare
from cluster_sim.analysis.hit_dependence.verdict import verdict
from cluster_sim.analysis.posterior import draws as files
from cluster_sim.runs.api import Settings, scenario_of
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.plan import ordinal, scale_of, seed_list
from cluster_sim.runs.read import View
from cluster_sim.runs.single_run import FACTORY

SAMPLES = 40
"""Equal draws that are taken from a posterior."""


@dataclass
class HitDependence(Findings):
    """The answer: `verdict` (with its `line`), and the frames `on_the_nation`, `growth`, `effects`, `flows`, `titles`.

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
        first = {} if self.question.hit else {"top_1": "largest title flops"}
        return first | {label: text.format(self.title) for label, text in VARIANTS.items()
                        if label in self.comparison.found}

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

    def yearly(self, label: str) -> dict[str, np.ndarray]:
        """Return the columns of `nation.SERIES` by full year, each (seeds, years), of the simulated city."""
        months, found = self.columns(label, nation.SERIES)
        return {name: nation.by_year(each, months, self.question.years, mean=name == "relative_price")
                for name, each in found.items()}

    def value_added(self, label: str) -> np.ndarray:
        """Return creative value added by full year, (seeds, years), in million yuan of the simulated city."""
        return self.yearly(label)["creative_value_added"]

    def excess(self, label: str) -> np.ndarray:
        """Return growth above the nation's by full year, (seeds, years), in million yuan; see `nation.excess`."""
        found = self.yearly(label)
        return nation.excess(found["creative_value_added"], found["rival_sales"])

    @cached_property
    def accounts(self) -> dict[str, dict[str, np.ndarray]]:
        """What each world gained on the nation, by its label and the keys of `nation.TEXTS`, each by seed."""
        return {label: nation.account(self.yearly(label)) for label in (BASE, self.without, *PARTS)}

    @cached_property
    def on_the_nation(self) -> Any:
        """One row for each world and figure of `accounts`: its mean over seeds with 95% interval and 10-90% band."""
        import pandas as pd

        return pd.DataFrame([{"world": label, "figure": key, **top_titles.summary(values)}
                             for label, found in self.accounts.items() for key, values in found.items()])

    @cached_property
    def above_shares(self) -> dict[str, dict[top_titles.Window, dict[str, np.ndarray]]]:
        """Shares of growth above the nation's that are lost without hits: world -> window -> measure -> by seed."""
        years, whole = self.question.years, self.excess(BASE)
        return {label: {window: {how: top_titles.shares(whole - self.excess(label), whole, years, window, how)
                                 for how in top_titles.MEASURES} for window in top_titles.windows(years)}
                for label in (self.without, *PARTS)}

    @cached_property
    def shares(self) -> dict[tuple[str, int], dict[top_titles.Window, dict[str, np.ndarray]]]:
        """Shares of growth of each seed: (`receipts` or `paired`, number of titles) -> window -> measure.

        With 0 titles, the replayed hit itself; `paired` then is what is lost when it is never made.
        """
        years, whole = self.question.years, self.value_added(BASE)
        parts = {("paired", k): whole - self.value_added(f"top_{k}") for k in self.question.tops}
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
        import pandas as pd

        frames = [self.comparison.effects] + ([] if self.question.hit else [self.flopped.effects])
        frame = pd.concat(frames, ignore_index=True)
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
    def lasting(self) -> Any:
        """What entry, students, migrants and finance keep over the whole run with fewer hits; see `pipeline`."""
        import pandas as pd

        return pd.DataFrame(pipeline.lasting({label: self.columns(label, pipeline.SUMMED)[1]
                                              for label in (BASE, self.without, *PARTS)}, BASE))

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """Lucky hit or engine: the word, its numbers, its thresholds and a `line`; over luck or over a posterior."""
        window, *shorter = top_titles.windows(self.question.years)
        if self.question.worlds is not None:
            return self._over_the_posterior(window)
        lost = self.above_shares[self.without]
        near = None
        if self.question.hit:
            year = self.question.hit["month"] // 12
            near = next(((w, lost[w][top_titles.MEASURES[0]]) for w in shorter if w[0] < year <= w[1]), None)
        return verdict(self.accounts[BASE]["above"], lost[window], self.above_shares["no_hits"][window],
                       pipeline.kept(self.flow_rows), self.title, window, near)

    @cached_property
    def losses(self) -> dict[str, np.ndarray]:
        """Growth above the nation's (`with`) and what of it is lost without hits (the worlds' labels), by seed.

        All over the years after the first, as parts of the value added of these years.
        """
        size, own = self.value_added(BASE)[:, 1:].sum(1), self.excess(BASE)[:, 1:].sum(1)
        return {BASE: own / size} | {label: (own - self.excess(label)[:, 1:].sum(1)) / size
                                     for label in (self.without, *PARTS)}

    def _over_the_posterior(self, window: top_titles.Window) -> dict[str, Any]:
        """Return the verdict over the draws: growth and losses over the later years, as parts of value added."""
        worlds = self.question.worlds
        assert worlds is not None
        names = {BASE: "above", self.without: "largest", "half_hits": "half", "no_hits": "all"}
        values = {names[label]: each for label, each in self.losses.items()}
        place = {spec.seed: k for k, spec in enumerate(sorted(self.question.sides[0].plan.runs, key=lambda s: s.seed))}
        chosen = worlds.chosen[[place[seed] for seed in self.seeds]]
        kept = [row["ratio"] for row in pipeline.kept(self.flow_rows).values()]
        found = posterior.judge(values, np.unique(chosen, return_inverse=True)[1], worlds.draws.effective,
                                min(kept, default=None))
        return {"over": "posterior", **found, "line": posterior.line(found, self.title, *window)}

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
        if self.question.worlds is None:
            known.append("Seeds differ in luck, not in what is known: give the draws of a posterior (--draws) for a "
                         "verdict as a probability.")
        if self.scale < 0.5:
            known.append("What the largest titles weigh depends on the size of the city, for titles do not shrink with "
                         "it and replayed hits do: quote their shares from scale 1.")
        return known

    def plot(self) -> Any:
        """Draw the figure and return it."""
        return plots.draw("hit_dependence", self)


def owned_elsewhere(report: HitDependence) -> dict[str, float]:
    """Return how much of what titles and hits earned here (per cent) is the income of owners in other cities."""
    rows = report.projects[report.projects["seed"].isin(report.seeds)]
    parts = {"titles": rows, "hits": rows[rows["hit"]], report.title: rows[rows["replay"]
                                                                         & (rows["title"] == report.title)]}
    return {name: float(100 * (part["receipts"] * part["owned_elsewhere"]).sum() / part["receipts"].sum())
            for name, part in parts.items() if part["receipts"].sum() > 0}


def answer(question: Question, experiment: Experiment) -> HitDependence:
    """Do the runs that are missing and return the answer.

    A failed run takes its seed out; NothingRan if fewer than two are left.
    """
    first = run_and_compare(question.sides, experiment)
    base = question.sides[0]
    again = first
    if question.tops:
        again = run_and_compare([base, *flops(question, first.view(base.label).projects, first.seeds)], experiment)
    seeds = [seed for seed in first.seeds if seed in again.seeds]
    return HitDependence(experiment, question, first, again, seeds)


def worlds_of(file: Any, scenario: Any, samples: int, each: int) -> Worlds | None:
    """Return the worlds of a file of draws, `each` times `samples`; None without a file. ScenarioError, InputError."""
    if file is None:
        return None
    if samples < 2:
        raise InputError(f"a posterior needs at least two samples, found {samples}")
    return Worlds.of(files.read(file, scenario), samples, each)


def engine(scenario: Any = "baseline", seeds: int | Iterable[int] = 10, scale: str | float = "1/20",
           until: str | int | None = None, set: Settings = None, out: str | Path | None = None,
           workers: int | None = None, progress: bool = False, factory: str = FACTORY, engine: Any = None,
           shard: str | None = None, draws: Any = None, samples: int = SAMPLES) -> HitDependence:
    """Run a scenario with and without its largest hit and say whether it is a lucky hit or an engine.

    `scenario` is a file, a name or a loaded scenario; `set` overrides values. `out` is a folder to keep the runs
    in, one folder a variant; a temporary one if None. A failed run takes its seed out, with a warning. `engine` (what
    does the runs) and `shard` as in `sweep`. With `draws`, a file of weighted draws, the verdict is a probability over
    `samples` equal draws, each with as many `seeds` of its own (a number).
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    loaded = scenario_of(scenario, set)
    chosen = seed_list(seeds)
    worlds = worlds_of(draws, loaded, samples, len(chosen))
    if worlds is not None and worlds.warning:
        warnings.warn(worlds.warning, stacklevel=2)
    question = prepare(loaded, chosen if worlds is None else seed_list(len(worlds.chosen)), scale_of(scale),
                       ordinal(until), None, worlds)
    return experiment.deliver(answer(question, experiment))
