"""`schema`: write schema.json, which lets editors complete and check scenario files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cluster_sim.cli import options
from cluster_sim.inputs.program import program


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--out", type=options.path, metavar="FILE",
                        help="file to write, - for standard output (schema.json, in scenarios/ if it is there)")
    parser.add_argument("--check", action="store_true", help="only say whether it is current (status 1 if not)")
    parser.add_argument("--json", action="store_true", help="print the schema itself, nothing else")


def main(args: argparse.Namespace) -> int:
    """Write, print or check the schema."""
    from cluster_sim.runs.files import remove_drafts, write_text
    from cluster_sim.scenario.schema import schema_text

    text = schema_text()
    if args.json or args.out == "-":
        sys.stdout.write(text)
        return 0
    folder = Path("scenarios")
    path = Path(args.out) if args.out else (folder if folder.is_dir() else Path()) / "schema.json"
    current = path.is_file() and path.read_text(encoding="utf-8") == text
    if args.check:
        print(f"{path} is current" if current else f"{path} is out of date: {program()} schema --out {path}")
        return 0 if current else 1
    if not path.parent.is_dir():
        print(f"{path}: there is no folder {path.parent}", file=sys.stderr)
        return 2
    remove_drafts(path.parent, below=False)
    if not current:
        write_text(path, text)
    print(path)
    return 0
