"""`econometrics [SCENARIO]`: the designs of published studies on the model's own output, beside what they found."""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.econometrics.study import Econometrics

SCENARIO = "baseline"
SCALE = "1/20"
SEEDS = 4
DATE = "2028-01"
INSTEAD = {"--until": "the last month follows from --date, the month in which instruments begin"}
"""Options of other commands -> what this one has in their place."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenario", nargs="?", default=SCENARIO, metavar="SCENARIO",
                        help=f"file or name of the scenario whose instruments are studied ({SCENARIO})")
    parser.add_argument("--date", default=DATE, metavar="MONTH",
                        help=f"month in which the zones and the production subsidy begin ({DATE})")
    parser.add_argument("--zone-instrument", action="append", metavar="NAME",
                        help="instrument that makes the zone, such as workspace (repeatable; pilot_zones,"
                             " workspace and zone_venture_fund together)")
    options.add_ensemble(parser, SCALE, SEEDS, "folder with one results folder a variant (in results/)",
                     "runs of each variant, with seeds 1 to N", end=None)
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the estimates, write them; exit status 1 if a placebo moved anything, 3 if a run failed."""
    from cluster_sim.analysis.econometrics.study import plan_study, run_study
    from cluster_sim.runs.plan import first_month

    seeds, scale, _ = options.size(args, SEEDS)
    made, sides = plan_study(args.scenario, seeds, scale, first_month(args.date), args.set, args.zone_instrument)
    with options.experiment(args, _name(args)) as experiment:
        result = run_study(made, sides, experiment)
    tables = _tables(result)
    figures = output.write_figure(result.folder, "econometrics", result.plot, args)
    return output.deliver(args, result, _answer(result) | {"tables": tables, "figures": figures}, lambda: table(result),
                          [Path(one).name for one in (*tables, *figures)],
                          f"{len(result.comparison.seeds)} seeds are whole") or _placebo(result)


def _name(args: argparse.Namespace) -> str:
    """Name the folder nobody named, by what is estimated."""
    name = f"econometrics-{Path(args.scenario).stem}"
    special = [*args.set, args.date, *(args.zone_instrument or [])]
    if special != [DATE]:
        name += f"-{hashlib.sha256(' '.join(special).encode()).hexdigest()[:6]}"
    return name


def _number(value: float) -> float | None:
    """Return a number that JSON can hold; nothing for what cannot be told, as a test on years without any spread."""
    return value if math.isfinite(value) else None


def _answer(result: Econometrics) -> dict[str, Any]:
    """Return the JSON answer."""
    from cluster_sim.analysis.econometrics.study import HEADLINES
    from cluster_sim.runs.plan import scale_text

    made, first = result.design, result.comparison.sides[0].plan.runs[0]
    return {
        "estimates": [one.as_dict() for one in result.estimates],
        "facts": {fact: name for fact, name in HEADLINES.items() if name in [e.name for e in result.estimates]},
        "event_study": {kind: {"pretrend_p": _number(frame.attrs["pretrend_p"]), "years": frame.to_dict("records")}
                        for kind, frame in result.events.items()},
        "left_out": result.left_out, "zones": list(made.zone_names), "segments": list(made.segments),
        "years": {"before": [y for y in made.window.years if y < made.window.switched],
                  "after": [y for y in made.window.years if y >= made.window.first]},
        "variants": {side.label: {"name": side.plan.name, "out": str(result.folder / side.home)}
                     for side in result.comparison.sides},
        "seeds": result.comparison.seeds, "scale": scale_text(first.scale)}


TITLES = {"zones": "Zones (Alder, Shao & Zilibotti 2016; Lu, Wang & Zhu 2019)",
          "lottery": "Lottery among applicants for the production subsidy (Workman 2021; Bartik 2018)",
          "density": "Density (Combes & Gobillon 2015; Chauvin et al. 2017)",
          "firm_size": "Production subsidy by firm size (Criscuolo et al. 2019)",
          "rents": "Rents near clusters (Arzaghi & Henderson 2008)"}


def table(result: Econometrics) -> list[str]:
    """Lay out the estimates beside the published ranges as lines of text."""
    from cluster_sim.runs.plan import scale_text
    from cluster_sim.runs.summary import sequence

    made, comparison = result.design, result.comparison
    years = made.window.years
    before, after = [y for y in years if y < made.window.switched], [y for y in years if y >= made.window.first]
    lines = [f"{comparison.sides[0].plan.name.removesuffix(', none')}: seeds {sequence(comparison.seeds)} at scale "
             f"{scale_text(comparison.scale)}; {before[0]}-{before[-1]} against {after[0]}-{after[-1]}"
             + (f"; zones {', '.join(made.zone_names)}" if made.zone_names else ""), "",
             f"{'':<54} {'estimate':>9} {'s.e.':>8}  {'95% interval':>20}  {'published':>12}  "]
    group = ""
    for one in result.estimates:
        if one.name.partition(".")[0] != group:
            group = one.name.partition(".")[0]
            lines.append(TITLES[group])
        digits = 3 if one.unit == "1" else 2
        value, se, low, high = (f"{number:,.{digits}f}" for number in (one.value, one.se, one.low95, one.high95))
        lines.append(f"  {short(one.title, one.unit):<52} {value:>9} {se:>8}  {low + ' to ' + high:>20}  "
                     f"{against(one.published_low, one.published_high):>12}  {one.verdict}")
    if group and "zones.plain" in [one.name for one in result.estimates]:
        lines.append("Read a design for zones beside its placebo: what it finds where nothing was done is bias.")
    counts = {word: sum(one.verdict == word for one in result.estimates) for word in ("pass", "open", "miss")}
    lines += ["", f"{counts['pass']} pass; {counts['open']} open: outside, but the interval reaches the published "
                  f"range; {counts['miss']} miss: the interval lies outside.",
              "Published 0 is no effect at all: it passes where the interval holds zero."]
    return lines + [f"Left out: {text}" for text in result.left_out]


def short(title: str, unit: str) -> str:
    """Return a title with its unit, without what the group's heading says."""
    for words in ("Zone effect on local output: ", "Zone effect on local output, ", "Subsidy, ", "Lottery: "):
        title = title.removeprefix(words)
    title = title[0].upper() + title[1:]
    return title if unit == "1" else f"{title}, {unit.removesuffix(' of output before')}"


def against(low: float | None, high: float | None) -> str:
    """Write a published range as people do."""
    if low is None or high is None:
        return ""
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _tables(result: Econometrics) -> list[str]:
    """Write the tables and return their files."""
    from cluster_sim.report import estimates as report

    out = result.folder
    written = [str(file) for file in report.write(result.estimates, out)]
    if result.events:
        written += [str(out / name) for name in output.write_frames(out, {"event_study": result.event_study})]
    return written


def _placebo(result: Econometrics) -> int:
    """Return exit status 1, and say so, if zones with every amount at zero changed anything."""
    moved = [one for one in result.estimates if one.name == "zones.paired.placebo" and (one.value, one.se) != (0, 0)]
    if moved:
        print(f"a zone with every amount at zero moved output by {moved[0].value:g}%", file=sys.stderr)
    return 1 if moved else 0
