"""The figures of a results folder: fan chart, map, network of the largest film, main indicators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def draw_all(out: Path) -> tuple[list[Path], list[str]]:
    """Draw into `out`/figures; return the files written (one a figure) and what could not be drawn, in words."""
    try:
        from cluster_sim.report import figures
    except ImportError as error:
        return [], [f"no figures: {error}"]
    from cluster_sim.runs.read import View
    from cluster_sim.runs.summary import observed_shares
    from cluster_sim.scenario import parse_scale

    view, folder = View(out), out / "figures"
    observed = observed_shares(str(view.scenario.city))
    scale = parse_scale(str(view.manifest["scale"]))
    jobs: dict[str, Callable[[], Any]] = {
        "share": lambda: figures.fan_chart(view.series, observed),
        "map": lambda: figures.city_map(view.city_map(), scale=scale),
        "film_network": lambda: figures.film_network(largest_team(view.credits)),
        "indicators": lambda: figures.indicators(view.series, scale=scale),
    }
    written, problems = [], []
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in jobs.items():
        try:
            figures.save(draw(), folder / name)
            written.append(folder / f"{name}.png")
        except Exception as error:  # whatever is wrong with a drawing, the runs are done and kept
            problems.append(f"no figure '{name}': {error}")
    return written, problems


def largest_team(credits: Any) -> Any:
    """Return the credits of the run that made the title with the most partners (titles repeat across runs)."""
    teams = credits.groupby(["run_id", "project_id"], sort=False, observed=True).size()
    return credits[credits["run_id"] == teams.idxmax()[0]]
