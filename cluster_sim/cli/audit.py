"""`audit SCENARIO`: public money followed to the end, instrument by instrument, from paired runs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cluster_sim.cli import options, output

if TYPE_CHECKING:
    from cluster_sim.analysis.public_money.audit import Audit

SCALE = "1/20"
SEEDS = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("scenario", nargs="?", default="history", metavar="SCENARIO", help="file or name (history)")
    parser.add_argument("--instrument", action="append", metavar="NAME",
                        help="only this instrument (repeatable; all that are in force)")
    parser.add_argument("--times", type=float, default=1.0, metavar="K",
                        help="multiply what every instrument grants by K (1), within the bounds of its keys")
    options.add_ensemble(parser, SCALE, SEEDS, "results folder, one folder a twin in it (in results/)")
    options.add_running(parser)


def main(args: argparse.Namespace) -> int:
    """Do the runs, print the table; exit status 1 if an identity does not close, 3 if a run failed."""
    from cluster_sim.analysis.public_money import audit
    from cluster_sim.runs.api import scenario_of

    seeds, scale, until = options.size(args, SEEDS)
    scenario = audit.dosed(scenario_of(args.scenario, args.set), args.times)
    sides = audit.prepare(scenario, seeds, scale, until, args.instrument)
    dose = f"-x{args.times:g}" if args.times != 1 else ""
    with options.experiment(args, f"audit-{scenario.slug or 'scenario'}{dose}") as experiment:
        result = audit.follow_all(sides, experiment)
    files = output.write_frames(result.folder, {"public_money": result.flows, "public_money_summary": result.summary})
    figures = output.write_figure(result.folder, "public_money", result.plot, args)
    status = output.deliver(args, result, answer(result) | {"figures": figures}, lambda: table(result),
                            [*files, *figures], f"{len(result.seeds)} pairs are whole")
    return status or int(result.worst > audit.CLOSED)


def answer(result: Audit) -> dict[str, Any]:
    """Return the JSON answer: flows by instrument with intervals, ratios, and how far the identities are open."""
    flows: dict[str, Any] = {}
    keys = ("mean", "low80", "high80", "low95", "high95", "p_positive")
    for row in result.summary.to_dict("records"):
        flows.setdefault(row["instrument"], {})[row["flow"]] = {k: None if row[k] != row[k] else row[k] for k in keys}
    return {"instruments": flows, "ratios": result.ratios, "largest_gap": result.worst, "seeds": result.seeds,
            "scale": result.scale, "years": result.years,
            "amounts": "million yuan of 2017 for the whole city over all years; jobs in job-years"}


def table(result: Audit) -> list[str]:
    """Lay out the three identities as lines of text, amounts in million yuan a year of the whole city."""
    from cluster_sim.analysis.public_money.acts import band_in_words

    frame = result.summary.set_index(["instrument", "flow"])
    years = result.years

    def cell(name: str, flow: str, key: str = "mean") -> float:
        return float(frame.loc[(name, flow), key]) / years

    names = list(dict.fromkeys(result.flows["instrument"]))
    lines = [f"Public money, million yuan a year at 2017 prices, whole city, {len(result.seeds)} pairs of runs",
             "", "1. Outlay = windfall + additional",
             f"{'':<24}{'outlay':>10}{'windfall':>10}{'additional':>12}{'windfall, 95%':>22}"]
    for name in names:
        band = band_in_words(result.summary, name) if cell(name, "outlay") else "paid nothing"
        split = f"{cell(name, 'windfall'):>z10,.1f}{cell(name, 'additional'):>z12,.1f}"
        lines.append(f"{name:<24}{cell(name, 'outlay'):>z10,.1f}{split}{band:>22}")
    lines += ["", "2. Gross added output = net + displaced here + relocated from other cities",
              f"{'':<24}{'gross':>10}{'net':>10}{'displaced':>11}{'relocated':>11}{'net, 95%':>26}"]
    for name in names:
        low, high = (cell(name, "output_net", key) for key in ("low95", "high95"))
        lines.append(f"{name:<24}" + "".join(f"{cell(name, 'output_' + k):>z{w},.0f}" for k, w in (
            ("gross", 10), ("net", 10), ("displaced", 11), ("relocated", 11)))
            + f"{f'{low:z,.0f} to {high:z,.0f}':>26}")
    lines += ["", "3. Outlay = what each holder has in the end, less what clients pay more",
              f"{'':<24}{'studios':>9}{'people':>9}{'landlords':>10}{'funds':>8}{'taxes':>9}{'suppliers':>11}"
              f"{'finance':>9}{'clients':>10}"]
    groups = ((("studios",), 9), (("households",), 9), (("landlords",), 10), (("funds",), 8),
              (("tax_city", "tax_province", "tax_centre"), 9),
              (("suppliers_here", "suppliers_elsewhere", "outside_partners"), 11), (("banks_and_investors",), 9),
              (("clients",), 10))
    for name in names:
        lines.append(f"{name:<24}" + "".join(f"{sum(cell(name, 'held_' + k) for k in held):>z{width},.0f}"
                                             for held, width in groups))
    lines += ["", "What a yuan buys (over all years; 95%: Fieller 1954)",
              f"{'':<24}{'value added a yuan':>32}{'a yuan net of taxes back':>32}{'yuan a job-year':>32}"]
    for name in names:
        parts = result.ratios[name]
        none = ("nothing paid", "nothing paid net", "no jobs") if cell(name, "outlay") else ("nothing paid",) * 3
        lines.append(f"{name:<24}" + "".join(f"{said(parts[key], by, empty):>32}" for (key, by), empty in zip((
            ("value_added_per_yuan", 1.0), ("value_added_per_net_yuan", 1.0), ("cost_of_a_job_year", 1e6)), none,
            strict=True)))
    back = {level: cell(names[0], f"tax_back_{level}") for level in ("city", "province", "centre")}
    lines += ["", f"Taxes back, {names[0]}: " + ", ".join(f"{level} {value:+z,.0f}" for level, value in back.items())
              + f" million yuan a year. Largest gap of an identity: {result.worst:.0e} of its size."]
    return lines


def said(found: dict[str, Any], factor: float, empty: str = "nothing paid") -> str:
    """Write a ratio with its interval; `empty` where it has no denominator, `cannot tell` where its set has no end."""
    if found.get("ratio") is None:
        return empty
    value = found["ratio"] * factor
    form = "{:z,.0f}" if abs(value) >= 100 else "{:z.2f}"
    if found.get("low95") is None:
        return f"{form.format(value)} (cannot tell)"
    return f"{form.format(value)} ({form.format(found['low95'] * factor)} to {form.format(found['high95'] * factor)})"
