"""`run [SCENARIO]`: several seeds of one scenario, a table against the observed series, figures."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.runs.experiment import Experiment
    from cluster_sim.runs.plan import Plan
    from cluster_sim.runs.read import View

SCALE = "1/20"
SEEDS = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenario", nargs="?", default="baseline", help="scenario file or name (baseline)")
    options.add_ensemble(parser, SCALE, SEEDS, "results folder (results/ and the scenario's name)",
                     "number of runs, with seeds 1 to N", "one run with seed K, or the first of --seeds",
                     overridden="a value, such as collaboration.tau_max=0.8")
    parser.add_argument("--keep", action="append", default=[], metavar="TABLE",
                        help="another table to keep: accounts, payments or applications (repeatable)")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the summary, draw the figures; exit status 3 if a run failed."""
    from cluster_sim.runs.plan import TABLES, plan
    from cluster_sim.scenario import load_scenario

    seeds, scale, until = options.size(args, SEEDS)
    planned = plan(load_scenario(args.scenario, args.set), seeds, scale, until, tables=(*TABLES, *args.keep))
    with options.experiment(args, _name(args, planned)) as experiment:
        finished = experiment.run({experiment.folder: planned})
    answer = _answer(planned, finished, experiment)
    if finished and not args.no_figures:
        answer["figures"] = _figures(experiment.folder, args.quiet)
    output.show(args, answer, lambda: _table(planned, answer, experiment.folder, args.set) if finished else [],
                share=True)
    return output.status(experiment, f"{len(finished)} are done")


def _name(args: argparse.Namespace, planned: Plan) -> str:
    """Name the results folder nobody named, by the scenario."""
    scenario = planned.runs[0].scenario
    slug = getattr(scenario, "slug", "") or Path(str(args.scenario)).stem
    return f"{slug}-{scenario.digest()[:6]}" if args.set else slug


def _answer(planned: Plan, finished: set[str], experiment: Experiment) -> dict[str, Any]:
    """Return the JSON answer: identities of the finished runs and the share by year."""
    from cluster_sim.runs.plan import month_text, scale_text

    first = planned.runs[0]
    answer: dict[str, Any] = {
        "scenario": planned.name, "run_ids": [s.run_id for s in planned.runs if s.run_id in finished],
        "out": str(experiment.folder), "months": first.months, "first_month": month_text(first.scenario.start),
        "until": month_text(first.until), "scale": scale_text(first.scale),
        "seeds": [s.seed for s in planned.runs if s.run_id in finished], "new_runs": experiment.new_runs,
        "failed": len(experiment.failures),
        "gdp_share": {}, "figures": []}
    if answer["run_ids"]:
        from cluster_sim.runs.read import View

        view = View(experiment.folder)
        for column in ("gdp_share", "gdp_share_published"):
            answer[column] = _share(view, column, answer["seeds"])
    return answer


def _columns(view: View, names: list[str], seeds: list[int]) -> dict[str, Any]:
    """Return columns of the series as arrays, of these seeds only; empty without them."""
    import numpy as np

    try:
        table = view.arrow("series", ["seed", "month", *names])
    except Exception:  # pyarrow's own error types for a missing column have changed between versions
        return {}
    chosen = np.isin(table["seed"].to_numpy(), seeds)
    return {name: table[name].to_numpy()[chosen] for name in ("month", *names)}


def _share(view: View, column: str, seeds: list[int]) -> dict[str, dict[str, float]]:
    from cluster_sim.runs.summary import years_table

    columns = _columns(view, [column], seeds)
    return {str(y): row for y, row in years_table(columns["month"], columns[column]).items()} if columns else {}


def _table(planned: Plan, answer: dict[str, Any], out: Path, changed: Sequence[str]) -> list[str]:
    """Lay out the summary by year as lines of text; changed: what was set on the command line."""
    from cluster_sim.runs import summary
    from cluster_sim.runs.read import View

    scale, view = planned.runs[0].scale, View(out)
    city = str(planned.runs[0].scenario.city)
    observed, fitted = summary.observed_shares(city), summary.fitted_years(city)
    further: dict[str, dict[int, float]] = {}
    for title, column, factor, total in (
            ("value added, bn", "creative_value_added", 1e-3, True), ("jobs, 1000", "employment", 1e-3, False),
            ("studios", "studios", 1.0, False), ("hits", "hits", scale, True)):
        columns = _columns(view, [column], answer["seeds"])
        if columns:
            values = summary.year_means(columns["month"], columns[column], total)
            further[title] = {year: value * factor / scale for year, value in values.items()}
    published = answer.get("gdp_share_published") if observed else None
    share = {int(y): row for y, row in (published or answer["gdp_share"]).items()}
    runs = len(answer["run_ids"])
    return [
        f"{options.titled(planned.name, changed)}: {runs} run{'s' * (runs > 1)} (seed{'s' * (runs > 1)} "
        f"{summary.sequence(answer['seeds'])}) at scale {answer['scale']}, {answer['first_month']} to "
        f"{answer['until']}", "",
        *summary.lines(share, observed, further, fitted), "", *footnote(bool(published)), "",
        f"{out}: results" + (f"; figures: {', '.join(answer['figures'])}" if answer["figures"] else "")]


def footnote(published: bool) -> list[str]:
    """Say what the table shows; published: whether the share is set against published ones, in their definition."""
    what = ", published definition" if published else ""
    text = (f"Share of the city's GDP in December{what}; mean over the runs. Value added of the creative sector in bn "
            "yuan at 2017 prices; it, jobs and studios are those of the whole city (divided by the scale); hits pass a "
            "threshold that scales with the city.")
    return textwrap.wrap(text + " Years after the observed ones are a forecast on condition of the outside paths."
                         * published, 108)


def _figures(out: Path, quiet: bool) -> list[str]:
    """Draw the figures and return their files; a figure that cannot be drawn is named, not fatal."""
    from cluster_sim import plots
    from cluster_sim.runs.read import View

    written, problems = plots.write("runs", View(out), out / "figures")
    for problem in problems if not quiet else []:
        print(problem, file=sys.stderr)
    return [str(path) for path in written]
