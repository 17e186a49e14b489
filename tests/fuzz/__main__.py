"""`python -m tests.fuzz`: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from pathlib import Path
from tempfile import mkdtemp

import tests.fuzz as package
from tests.fuzz.cases import KINDS, read_case, write_case
from tests.fuzz.hunt import hunt, names


def main() -> int:
    """Hunt, or show one case; return the exit status."""
    about, _, more = (package.__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=about, epilog=more,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--only", metavar="NAME", help="read one case here and show what comes")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="with --only: write the case into this folder")
    args = parser.parse_args()
    if args.only:
        folder = args.keep or Path(mkdtemp(prefix="fuzz-"))
        folder.mkdir(parents=True, exist_ok=True)
        kind, source = write_case(args.only, folder)
        try:
            status, said = read_case(kind, source, folder / "out")
            print(f"{said}status {status}")
        except Exception:
            traceback.print_exc()
        return 0
    found = hunt(names(args.files, args.seed, args.kind or KINDS), args.workers)
    print("\n".join(found.lines()))
    return 1 if found.bad else 0


if __name__ == "__main__":
    sys.exit(main())
