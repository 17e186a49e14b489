"""Which figures each kind of result has: the one table that commands and `result.plot()` ask.

A figure is a function of the result (and of options that it names) which returns a matplotlib figure and raises
ValueError where there is nothing to draw. A new figure is one line of `FIGURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cluster_sim.report import (
    attribution,
    city_map,
    discovery,
    dose_curves,
    effects,
    estimates,
    fan_chart,
    film_network,
    hit_dependence,
    indicators,
    public_money,
    search,
    sensitivity,
    style,
)
from cluster_sim.report import points as points_figure
from cluster_sim.runs.coalitions import INSTRUMENTS
from cluster_sim.runs.errors import is_full
from cluster_sim.runs.plan import month_text
from cluster_sim.runs.scale_bias import sentence
from cluster_sim.runs.summary import fitted_years, observed_shares
from cluster_sim.scenario import parse_scale

Draw = Callable[..., Any]


def scale_of(runs: Any) -> float:
    """Return the share of the city that a run in memory, or an opened store, simulated."""
    return runs.scale if hasattr(runs, "scale") else parse_scale(str(runs.manifest["scale"]))


def size_of(result: Any) -> tuple[str, float]:
    """Return the city and the scale of what a result rests on: runs, or the findings of an experiment."""
    if hasattr(result, "experiment"):
        return result.experiment.size or ("", 1.0)
    return str(result.scenario.city), scale_of(result)


def until(kind: str, figure: str, result: Any) -> str:
    """Return the last month (`"2035-12"`) of the share of GDP that a figure shows; empty if it shows none."""
    if (kind, figure) not in SHARES:
        return ""
    if hasattr(result, "sides"):
        return month_text(result.sides[0].plan.runs[0].until)
    return str(result.manifest["until"]) if hasattr(result, "manifest") else f"{result.series['month'].max():%Y-%m}"


def pooled(runs: Any) -> Any:
    """Return the series of runs that differ by luck alone; ValueError if they differ by design."""
    series = runs.series
    for name in ("point", INSTRUMENTS):
        if name in series and series[name].nunique() > 1:
            raise ValueError(f"the runs differ by '{name}': pooled they would show no city at all")
    return series


def apart(runs: Any) -> Any:
    """Return the series with each point of a sweep as a scenario of its own."""
    series = runs.series
    if "point" not in series or series["point"].nunique() == 1:
        return pooled(runs)
    points = series.drop_duplicates("point").set_index("point")[runs.factors]
    if len(points) > len(style.CYCLE):
        raise ValueError(f"{len(points)} points are too many for a fan each; the most are {len(style.CYCLE)}")
    names = {point: ", ".join(f"{name} {points_figure.text(value)}" for name, value in row.items())
             for point, row in points.iterrows()}
    return series.assign(scenario=series["point"].map(names))


def _share(runs: Any, **options: Any) -> Any:
    city = str(runs.scenario.city)
    return fan_chart.fan_chart(apart(runs), observed_shares(city), **{"fitted": fitted_years(city)} | options)


def _map(runs: Any, **options: Any) -> Any:
    month = f"{runs.series['month'].max():%Y-%m}"
    one, count = (runs.seed, 1) if hasattr(runs, "seed") else _mapped(runs)
    note = f"End of {month}; {'the' if count == 1 else f'one of {count:,} runs, the'} run with seed {one}."
    given: dict[str, Any] = {"scale": scale_of(runs), "note": note}
    return city_map.city_map(runs.city_map(), **given | options)


def _mapped(runs: Any) -> tuple[int, int]:
    """Return the seed of the run that the map of a store shows, and how many runs the store has."""
    table = runs.arrow("map", ["run_id", "seed"]) if runs.files.get("map") else None
    return (table["seed"][0].as_py() if table is not None and len(table) else 0), len(runs.run_ids)


def _network(runs: Any, **options: Any) -> Any:
    credits = runs.credits.assign(seed=runs.seed) if hasattr(runs, "seed") else runs.credits
    titles = runs.projects if hasattr(runs, "seed") or runs.files.get("projects") else {}
    months = dict(zip(titles["project_id"], titles["month"], strict=True)) if "project_id" in titles else {}
    return film_network.film_network(credits, **{"months": months} | options)


def _indicators(runs: Any, **options: Any) -> Any:
    series, observed = pooled(runs), observed_shares(str(runs.scenario.city))
    last = max((year for year, row in observed.items() if row["share_pct"] is not None), default=None)
    return indicators.indicators(series, **{"scale": scale_of(runs), "observed": last} | options)


def _effects(result: Any, **options: Any) -> Any:
    return effects.effects(result.effects, scale=result.scale, first=result.sides[0].plan.name, **options)


def _attribution(result: Any, **options: Any) -> Any:
    return attribution.attribution(result.effects, result.totals, scale=result.scale, **options)


FIGURES: Mapping[str, Mapping[str, Draw]] = {
    "runs": {"share": _share, "map": _map, "network": _network, "indicators": _indicators},
    "points": {"points": points_figure.points},
    "comparison": {"effects": _effects},
    "attribution": {"attribution": _attribution},
    "dose_curves": {"aims": dose_curves.aims, "value_added": dose_curves.value_added, "jobs": dose_curves.jobs},
    "audit": {"public_money": public_money.public_money},
    "hit_dependence": {"engine": hit_dependence.hit_dependence},
    "econometrics": {"econometrics": lambda result: estimates.figure(result.estimates, result.events)},
    "sensitivity": {"sensitivity": sensitivity.indices},
    "search": {"front": search.front},
    "discovery": {"discovery": discovery.discovery},
}
"""Kind of result -> name of a figure -> what draws it; `runs` are those of a store or one run in memory."""
SHARES = (("runs", "share"), ("points", "points"), ("comparison", "effects"))
"""Kinds and figures that show the share of GDP."""
FILES = {"network": "film_network"}
"""File of a figure, where it is not the figure's name."""


def draw(kind: str, result: Any, figure: str | None = None, **options: Any) -> Any:
    """Draw one figure of a result, the first of its kind if None; below it stands what its scale does to a small city.

    Raises ValueError if there is none of that name.
    """
    known = FIGURES[kind]
    name = next(iter(known)) if figure is None else figure
    if name not in known:
        raise ValueError(f"no figure '{name}'; there {'is' if len(known) == 1 else 'are'} {' and '.join(known)}")
    drawn = known[name](result, **options)
    said = sentence(*size_of(result), until(kind, name, result) if "column" not in options else "")
    if said:
        style.footnote(drawn, said)
    return drawn


def write(kind: str, result: Any, folder: Path) -> tuple[list[Path], list[str]]:
    """Draw every figure of a result into a folder; return the PNG files, and what could not be drawn in words."""
    written, problems = [], []
    for name in FIGURES[kind]:
        stem = folder / FILES.get(name, name)
        try:
            written.append(style.save(draw(kind, result, name), stem)[-1])
        except Exception as error:  # whatever is wrong with a drawing, the runs are done and kept
            if is_full(error):
                raise
            problems.append(f"no figure '{stem.name}': {error}")
    return written, problems
