"""`explain NAME`: what a parameter, instrument, key, column, event or segment means."""

from __future__ import annotations

import argparse
import json
import sys

from cluster_sim.inputs.program import program


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("name", nargs="*", help="such as collaboration.tau_max, production_subsidy.rate, gdp_share")
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")


def main(args: argparse.Namespace) -> int:
    """Print what is known of the name; exit status 2 with the nearest names if it is unknown."""
    from cluster_sim.scenario import explain

    name = " ".join(args.name).strip()
    found = explain.topics_of(name) if name else [explain.overview()]
    if not found:
        close = explain.nearest_names(name)
        print(f"nothing is called '{name}'", file=sys.stderr)
        if close:
            print("did you mean: " + ", ".join(close) + "?", file=sys.stderr)
        print(f"Names: {program()} list parameters (or instruments, columns, events, cities)", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps({"name": name, "topics": found}, ensure_ascii=False))
        return 0
    print("\n\n".join(explain.as_text(topic) for topic in found))
    return 0
