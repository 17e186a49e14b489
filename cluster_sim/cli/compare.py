"""`compare A B [C ...]`: what each later scenario changes against the first, from paired runs."""

from __future__ import annotations

import argparse
import hashlib
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.compare import Comparison, Side

SCALE = "1/20"
SEEDS = 20
YEARS = ("2025", "2030", "2035")
FEWEST = 5
"""Pairs below which a ratio of variances says nothing."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenarios", nargs="+", metavar="SCENARIO",
                        help="files or names; the first is what the others are read against")
    options.add_ensemble(parser, SCALE, SEEDS, "folder with one results folder a scenario (in results/)",
                     end="the scenarios' end", overridden="a value in all scenarios")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the effects, write them and their figure; exit status 3 if a run failed."""
    from cluster_sim.analysis.compare import prepare, run_and_compare

    seeds, scale, until = options.size(args, SEEDS)
    sides = prepare(args.scenarios, seeds, scale, until, args.set)
    with options.experiment(args, _name(sides, bool(args.set))) as experiment:
        result = run_and_compare(sides, experiment)
    files = output.write_frames(result.folder, {"effects": result.effects})
    figures = output.write_figure(result.folder, "effects", result.plot, args)
    return output.deliver(args, result, _answer(result) | {"figures": figures}, lambda: [
        *(line for label in result.found for line in (*table(result, label), "")), *FOOTNOTE],
        [*files, *figures], f"{len(result.seeds)} pairs are whole", share=True)


FOOTNOTE = (
    "Effects are the later scenario minus the first, for the whole city at 2017 prices; intervals are Student's t on",
    "the differences within pairs. P(>0): probability that the mean effect is above zero; seeds >0: share of pairs",
    "with a higher value; needed: pairs that tell an effect of this size from zero with 80% power.")


def _name(sides: list[Side], changed: bool) -> str:
    """Name the folder nobody named, by what is compared."""
    name = "compare-" + "-".join(side.label for side in sides)
    if changed or len(name) > 100:
        digests = ",".join(side.plan.runs[0].scenario.digest() for side in sides)
        name = f"{name[:90]}-{hashlib.sha256(digests.encode()).hexdigest()[:6]}"
    return name


def _answer(result: Comparison) -> dict[str, Any]:
    """Return the JSON answer; `effects` and `variance_ratio` are those of the second scenario, the rest `further`."""
    from cluster_sim.indicators import indicator
    from cluster_sim.runs.plan import month_text, scale_text

    first = result.sides[0].plan.runs[0]
    labels = [side.label for side in result.sides]
    found, ratios = result.found, result.ratios
    columns = list(next(iter(found.values()), {}))
    return {
        "first": labels[0], "second": labels[1],
        "scenarios": {side.label: {"name": side.plan.name, "out": str(result.folder / side.home),
                                   "run_ids": side.runs_of(result.seeds)}
                      for side in result.sides},
        "effects": found.get(labels[1], {}), "variance_ratio": ratios.get(labels[1], {}),
        "further": [{"scenario": label, "effects": found[label], "variance_ratio": ratios[label]}
                    for label in labels[2:] if label in found],
        "told_from_zero": {label: told(effects) for label, effects in found.items()},
        "columns": {c: {"unit": indicator(c).unit, "year_value": indicator(c).year_value,
                        "heavy_tailed": indicator(c).heavy_tailed} for c in columns},
        "amounts": "as in the series of the stores; divide amounts by the scale for the whole city",
        "seeds": result.seeds, "scale": scale_text(first.scale), "until": month_text(first.until)}


def shown_years(effects: Any) -> list[str]:
    """Return the years of the table: 2025, 2030 and 2035 as far as there are; else the last one."""
    there = sorted({year for years in effects.values() for year in years})
    return [year for year in YEARS if year in there] or there[-1:]


def told(effects: Any) -> dict[str, list[str]]:
    """Return the main columns with the years shown in which the effect is told from zero (95%)."""
    from cluster_sim.analysis.effects import MAIN, told_from_zero

    years = shown_years(effects)
    return {each.name: [y for y in years if y in effects[each.name] and told_from_zero(effects[each.name][y])]
            for each in MAIN if each.name in effects}


def table(result: Comparison, label: str) -> list[str]:
    """Lay out the effects of one scenario against the first as lines of text."""
    from cluster_sim.analysis.effects import MAIN
    from cluster_sim.runs.plan import scale_text
    from cluster_sim.runs.summary import sequence

    effects, ratios = result.found[label], result.ratios[label]
    enough = len(result.seeds) >= FEWEST
    name = {side.label: side.plan.name for side in result.sides}
    head = (f"{'':<12} {'year':>4} {'effect':>10}  {'80% interval':>20}  {'95% interval':>20}  {'P(>0)':>6} "
            f"{'seeds >0':>8} {'needed':>7}")
    lines = [f"{name[label]} minus {result.sides[0].plan.name}: {len(result.seeds)} pairs (seeds "
             f"{sequence(result.seeds)}) at scale {scale_text(result.scale)}", "", head]
    for each in MAIN:
        if each.name not in effects:
            continue
        ratio, years = ratios[each.name], effects[each.name]
        lines.append(f"{each.title}, {each.change_unit}"
                     + (f"  (pairing cuts the variance {two_digits(ratio)} times)" if ratio and enough else ""))
        lines += [_row(year, years[year], each.for_people(result.scale)) for year in shown_years(effects)
                  if year in years]
    middle = ratios["median"]
    lines += ["", "Variance of unpaired over paired differences, median over all columns: "
              + ("none, no pair differs" if not middle else two_digits(middle) if enough else
                 f"not told by fewer than {FEWEST} pairs")]
    clear = told(effects)
    seen = [f"{each.title} {', '.join(clear[each.name])}" for each in MAIN if clear.get(each.name)]
    rest = [each.title for each in MAIN if each.name in effects and not clear[each.name]]
    tail = f" Not: {', '.join(rest)}." if rest else ""
    return [*lines, f"Told from zero (95%): {'; '.join(seen) or 'nothing'}.{tail}"]


def two_digits(value: float) -> str:
    """Write a ratio with two significant digits: 0.96, 1.4, 38, 1,200."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:.1f}" if rounded >= 1 else f"{rounded:.2g}"


def _row(year: str, cell: dict[str, Any], factor: float) -> str:
    """Lay out one year of one column."""
    values = {key: cell[key] * factor for key in ("mean", "low80", "high80", "low95", "high95")}
    largest = max(map(abs, values.values()))
    digits = 0 if largest >= 100 else 2 if largest >= 1 else 3
    write = {key: f"{value + 0.0:,.{digits}f}" for key, value in values.items()}
    chance = "" if cell["p_positive"] is None else f"{cell['p_positive']:.3f}"
    needed = "" if cell["seeds_needed"] is None else f"{cell['seeds_needed']:,}"
    return (f"{'':<12} {year:>4} {write['mean']:>10}  {write['low80'] + ' to ' + write['high80']:>20}  "
            f"{write['low95'] + ' to ' + write['high95']:>20}  {chance:>6} {cell['share_positive']:>8.0%} {needed:>7}")
