"""`list`: scenarios with what they change, instruments, parameters, columns, events, cities."""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import Any

from cluster_sim.inputs.program import program

KINDS = ("scenarios", "instruments", "parameters", "columns", "events", "segments", "cities")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("what", nargs="?", default="scenarios", choices=KINDS, help="what to list")
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")


def main(args: argparse.Namespace) -> int:
    """Print the list; a scenario with faults is shown with the first of them."""
    rows = _scenarios() if args.what == "scenarios" else _topics(args.what)
    if args.json:
        print(json.dumps({args.what: rows}, ensure_ascii=False))
        return 0
    if args.what == "scenarios":
        _print_scenarios(rows)
        return 0
    width = min(44, max((len(row["name"]) for row in rows), default=0))
    for row in rows:
        print(f"{row['name']:<{width}}  {row['text']}")
    print(f"\nMore on one of them: {program()} explain NAME")
    return 0


def _scenarios() -> list[dict[str, Any]]:
    """Every scenario that can be named, with its differences from the baseline."""
    from cluster_sim.scenario import Scenario, ScenarioError, load_scenario, month_name
    from cluster_sim.scenario.differences import differences
    from cluster_sim.scenario.registry import BASELINE, scenario_files

    base: Scenario | None = None
    rows = []
    files = scenario_files()
    for slug in sorted(files, key=lambda each: (each != BASELINE, each)):
        row: dict[str, Any] = {"name": slug, "file": files[slug].as_posix()}
        try:
            scenario = load_scenario(files[slug])
        except ScenarioError as error:
            row["faults"] = [fault.as_dict() for fault in error.faults]
            rows.append(row)
            continue
        if slug == BASELINE:
            base = scenario
        row |= {
            "title": scenario.name,
            "rationale": scenario.rationale,
            "city": scenario.city,
            "start": month_name(scenario.start),
            "end": month_name(scenario.end),
            "differences": differences(scenario, base) if base else [],
        }
        rows.append(row)
    return rows


def _print_scenarios(rows: list[dict[str, Any]], most: int = 8) -> None:
    """Scenarios as paragraphs: name, title, what each changes."""
    for row in rows:
        if "faults" in row:
            fault = row["faults"][0]
            place = f"{fault['file']}:{fault['line']}: " if fault["line"] else ""
            print(f"{row['name']}\n    cannot be read: {place}{fault['message']}\n")
            continue
        print(f"{row['name']}: {row['title']} ({row['city']}, {row['start']} to {row['end']})")
        print(textwrap.fill(" ".join(row["rationale"].split()), 100, initial_indent="  ", subsequent_indent="  "))
        lines = row["differences"]
        for line in lines[:most]:
            print(f"    {line}")
        if len(lines) > most:
            print(f"    and {len(lines) - most} more differences")
        if not lines:
            same = "what the others are read against" if row["name"] == "baseline" else "the same as the baseline"
            print(f"    {same}")
        print()
    print(f"Run one: {program()} run NAME   Start your own: {program()} new NAME")


def _topics(what: str) -> list[dict[str, Any]]:
    """Names with a line on each."""
    from cluster_sim.scenario import explain

    return explain.listing(what)
