"""Carrying out a search: generations of mixes, the set that nothing beats, and what is left of it on fresh seeds.

The best of many noisy values is too good (the winner's curse; Smith & Winkler 2006): every mix of the set is run again
on seeds that the search never saw, and only that is called its effect. All gains are against the base scenario on the
same seeds, so that the luck which a set of seeds gives to everybody cancels.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from cluster_sim import plots
from cluster_sim.analysis.evaluator import Evaluator, seed_means
from cluster_sim.analysis.search.evolve import Evolution, hypervolume, undominated
from cluster_sim.analysis.search.reading import SearchSpec, read
from cluster_sim.analysis.spread import means
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.experiment import Experiment, Findings
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.sweeps import Point, replaced

STATE = "search.json"
"""What the folder says of the search's progress; the search itself is made again from the runs."""


@dataclass
class Search(Findings):
    """What a search found, as data frames."""

    spec: SearchSpec
    evaluations: Any
    """One row a mix in the order of asking: `generation`, the factors, each aim's column, `cost`, `allowed`, `front`
    (of mixes that do equally well, the first)."""
    progress: Any
    """One row a generation: mixes asked for, allowed, in the set so far, and the hypervolume (0 to 1)."""
    base: Any
    """The base scenario: each aim's column and `cost` on the search's seeds and on the fresh ones."""
    front: Any = None
    """One row a mix of the set: factors; by aim the value promised and on fresh seeds, the gain over the base promised
    and found, its 95% interval; `cost` likewise; `holds`."""
    optimism: Any = None
    """One row an aim: mean change promised and found, how much of the promise was luck (`optimism`), the share of mixes
    that promised too much, and the number whose 95% interval on fresh seeds lies on the better side of the base."""

    @property
    def verdict(self) -> str:
        """What the check says, in words."""
        if self.front is None or not len(self.front):
            limit = "" if self.spec.budget is None else f" within {self.spec.budget:g} million yuan a year"
            return f"No mix{limit} could be run to the end."
        count, held = len(self.front), int(self.front["holds"].sum())
        text = [f"{count} mixes that no other beats on the search's seeds; {held} of them still are on "
                f"{len(self.spec.check_seeds)} fresh ones."]
        for row in self.optimism.itertuples():
            text.append(f"{row.title} ({row.better} is better): mean change {row.promised:+.3g} promised, "
                        f"{row.found:+.3g} found ({row.unit}); {row.told} mixes are surely better than the base.")
        return " ".join(text)

    def plot(self) -> Any:
        """Draw the set, promised and found, with the mixes, and return the figure."""
        return plots.draw("search", self)


def columns(spec: SearchSpec) -> list[str]:
    """Names of the aims' columns in the frames; a column aimed at in two ways gets its years."""
    names = [aim.measure.column for aim in spec.aims]
    return [name if names.count(name) == 1 else f"{name}_{k}" for k, name in enumerate(names, 1)]


def points(spec: SearchSpec, shares: np.ndarray, seeds: tuple[int, ...]) -> list[Point]:
    """The points of mixes (rows of shares of the factors' ranges) on some seeds."""
    return [Point({f.path: f.at(float(share)) for f, share in zip(spec.sweep.factors, row, strict=True)}, seeds)
            for row in shares]


def run_search(spec: SearchSpec, experiment: Experiment, say: Callable[[str], None] = lambda text: None) -> Search:
    """Carry the search out, or on where it was stopped, and check what it found.

    say: is told in a line how each generation went. NothingRan if the base scenario could not be run.
    """
    import pandas as pd

    if len(spec.aims) < 2:
        raise InputError("a search needs two aims or more")
    names, sweep = columns(spec), spec.sweep
    signs = np.array([aim.sign for aim in spec.aims])
    evolution = Evolution(len(sweep.factors), len(names), spec.population, spec.search_seed)
    evaluator = Evaluator(sweep, experiment)
    home = [seed_means(each) for each in evaluator.values(evaluator.at([{}]), *spec.measures)]
    if not np.isfinite(np.concatenate(home)).all():
        raise experiment.nothing_ran("the base scenario, which every gain is read against, could not be run")
    blocks, shares = [], []
    for generation in range(1, spec.generations + 1):
        asked = evolution.ask()
        found = points(spec, asked, sweep.seeds)
        measured = np.column_stack([seed_means(each) for each in evaluator.values(found, *spec.measures)])
        aims, cost = measured[:, :-1] * signs, measured[:, -1]
        over = cost - (np.inf if spec.budget is None else spec.budget)
        evolution.tell(aims, np.where(np.isfinite(cost), np.maximum(over, -1.0), np.nan))
        block = evaluator.labels(found).assign(
            generation=generation, **dict(zip(names, measured[:, :-1].T, strict=True)), cost=cost,
            allowed=np.isfinite(measured).all(axis=1) & (over <= 0))
        blocks.append(block)
        shares.append(asked)
        done = {"generation": generation, "generations": spec.generations, "evaluations": generation * len(asked),
                "allowed": int(sum(each["allowed"].sum() for each in blocks))}
        _state(experiment.folder, {**done, "status": "running"})
        say(f"generation {generation} of {spec.generations}: {done['evaluations']} mixes, {done['allowed']} within the "
            "budget" if spec.budget is not None else
            f"generation {generation} of {spec.generations}: {done['evaluations']} mixes")
    evaluations = pd.concat(blocks, ignore_index=True)
    result = Search(experiment, spec, evaluations, None, None)
    values, allowed = evaluations[names].to_numpy() * signs, evaluations["allowed"].to_numpy()
    evaluations["front"] = undominated(values, allowed) & ~evaluations[names].duplicated().to_numpy()
    result.progress = _progress(evaluations, values, allowed)
    _check(result, evaluator, np.concatenate(shares), home, names, signs)
    _state(experiment.folder, {**done, "front": int(evaluations["front"].sum()), "status": "done"})
    return result


def _state(folder: Path, content: dict[str, Any]) -> None:
    from cluster_sim.runs.manifest import write_text

    write_text(folder / STATE, json.dumps(content, indent=1) + "\n")


def _progress(evaluations: Any, values: np.ndarray, allowed: np.ndarray) -> Any:
    """How the set grew, generation by generation, measured between the best and worst of the whole search."""
    import pandas as pd

    known = np.isfinite(values).all(axis=1) & allowed
    low, high = (values[known].min(axis=0), values[known].max(axis=0)) if known.any() else (0.0, 1.0)
    generation, rows = evaluations["generation"].to_numpy(), []
    for last in range(1, int(generation.max()) + 1):
        now = generation <= last
        rows.append({"generation": last, "mixes": int(now.sum()), "allowed": int(known[now].sum()),
                     "front": int(undominated(values[now], allowed[now]).sum()),
                     "hypervolume": hypervolume(values[now], known[now], np.asarray(low), np.asarray(high))})
    return pd.DataFrame(rows)


def _check(result: Search, evaluator: Evaluator, shares: np.ndarray, home: list[np.ndarray], names: list[str],
           signs: np.ndarray) -> None:
    """Run the set on fresh seeds and set what was promised beside what was found."""
    import pandas as pd

    spec, seeds = result.spec, result.spec.check_seeds
    chosen = np.flatnonzero(result.evaluations["front"].to_numpy())
    every = [Point({}, seeds), *points(spec, shares[chosen], seeds)]
    fresh = evaluator.values(every, *spec.measures)
    rows = [{"seeds": "search", **dict(zip([*names, "cost"], (each[0] for each in home), strict=True))},
            {"seeds": "fresh", **dict(zip([*names, "cost"], (seed_means(each)[0] for each in fresh), strict=True))}]
    result.base = pd.DataFrame(rows)
    front = result.evaluations.loc[chosen, [f.column for f in spec.sweep.factors]].reset_index(drop=True)
    promised = result.evaluations.loc[chosen, [*names, "cost"]].to_numpy()
    again = np.column_stack([seed_means(each)[1:] for each in fresh]) if len(chosen) else np.empty((0, len(fresh)))
    summary = []
    for k, name in enumerate([*names, "cost"]):
        front[name], front[f"{name}_fresh"] = promised[:, k], again[:, k]
        if k == len(names):
            break
        gain = fresh[k][1:] - fresh[k][:1]
        gains = means(gain.T)
        middle, low, high = gains["mean"], gains["low95"], gains["high95"]
        front[f"{name}_gain"], front[f"{name}_gain_fresh"] = promised[:, k] - home[k][0], middle
        front[f"{name}_low95"], front[f"{name}_high95"] = low, high
        measure, sure = spec.aims[k].measure, np.isfinite(middle)
        if sure.any():
            unit = measure.change_unit
            shown = [each[sure].mean() * measure.factor for each in (front[f"{name}_gain"].to_numpy(), middle)]
            better = -signs[k] * (shown[0] - shown[1])
            short = -signs[k] * (front[f"{name}_gain"].to_numpy() - middle)[sure]
            worse = short > 1e-9 * np.abs(again[:, k]).max(initial=0.0)
            good = -signs[k] * (low if spec.aims[k].higher else high)
            summary.append({"aim": name, "title": measure.title, "better": "higher" if spec.aims[k].higher else "lower",
                            "promised": shown[0], "found": shown[1], "optimism": better,
                            "too_good": worse.mean(), "told": int((good > 0).sum()), "unit": unit})
    within = again[:, -1] <= (np.inf if spec.budget is None else spec.budget)
    front["holds"] = undominated(again[:, :-1] * signs, within)
    order = front.sort_values("cost_fresh", kind="stable").index
    result.front = front.loc[order].reset_index(drop=True)
    result.optimism = pd.DataFrame(summary)


def sized(spec: SearchSpec, generations: int | None = None, seeds: Any = None, check_seeds: int | None = None,
          scale: Any = None, until: Any = None) -> SearchSpec:
    """A search with its size replaced where it is given; fresh seeds stay above those of the search."""
    sweep = replaced(spec.sweep, seeds, scale, until)
    if generations is not None and generations < 1:
        raise InputError("a search needs at least one generation")
    count = len(spec.check_seeds) if check_seeds is None else check_seeds
    if count < 2:
        raise InputError("a check with an interval needs at least two seeds")
    fresh = spec.check_seeds
    if check_seeds is not None or set(fresh) & set(sweep.seeds):
        fresh = tuple(range(max(sweep.seeds) + 1, max(sweep.seeds) + 1 + count))
    return replace(spec, sweep=sweep, generations=generations or spec.generations, check_seeds=fresh)


def search(source: str | Path | Mapping[str, Any] | SearchSpec, generations: int | None = None,
           seeds: int | Iterable[int] | None = None, check_seeds: int | None = None, scale: str | float | None = None,
           until: str | int | None = None, out: str | Path | None = None, workers: int | None = None,
           progress: bool = False, factory: str = FACTORY, engine: Any = None, shard: str | None = None) -> Search:
    """Search the mixes of instruments that no other beats, and check them on fresh seeds.

    source: a search file, or a mapping with its keys. `out` is a folder to keep the runs in: started again with the
    same file the search goes on where it was, and with more generations further. `.front` has a row for each mix with
    what the search promised and what fresh seeds found; `.optimism` says how much of the promise was luck. `engine` and
    `shard` as in `sweep`; shards meet after every generation.
    """
    experiment = Experiment.of(out, workers, progress, factory, engine, shard)
    spec = source if isinstance(source, SearchSpec) else read(source)
    return experiment.deliver(run_search(
        sized(spec, generations, seeds, check_seeds, scale, until), experiment,
        partial(print, file=sys.stderr) if progress else lambda text: None))
