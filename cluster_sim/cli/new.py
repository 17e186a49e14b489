"""`new NAME`: write a commented scenario that changes nothing yet."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from cluster_sim.cli import options
from cluster_sim.inputs.program import program


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("name", type=options.path, help="its name, such as more_zones, or a path ending in .yaml")
    parser.add_argument("--from", type=options.path, dest="base", default="baseline", metavar="SCENARIO",
                        help="scenario (or folder of a city) to start from")
    parser.add_argument("--force", action="store_true", help="write over a file of that name")
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")


def main(args: argparse.Namespace) -> int:
    """Write the file; exit status 2 if the name cannot be used or the file is there."""
    from cluster_sim.runs.files import remove_drafts, write_text
    from cluster_sim.scenario import ScenarioError
    from cluster_sim.scenario.template import template

    path = _path(args.name)
    if path is None or not path.parent.is_dir():
        print(f"'{args.name}' is not a name for a scenario: use letters, digits and _", file=sys.stderr)
        return 2
    if path.exists() and not args.force:
        print(f"{path} is there already; another name, or --force", file=sys.stderr)
        return 2
    try:
        text = template(path, args.base)
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return 2
    remove_drafts(path.parent, below=False)
    write_text(path, text)
    if args.json:
        print(json.dumps({"file": path.as_posix(), "extends": args.base}))
    else:
        print(path)
        print(f"Take the # away from what you want to change, then: {program()} run {path}", file=sys.stderr)
    return 0


def _path(name: str) -> Path | None:
    """The file for a name: in ./scenarios if there is such a folder, else here."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return path
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,60}", name):
        return None
    folder = Path("scenarios")
    return (folder if folder.is_dir() else Path()) / f"{name}.yaml"
