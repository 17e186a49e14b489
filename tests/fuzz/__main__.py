"""`python -m tests.fuzz`: see the package's docstring."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from tempfile import mkdtemp

import tests.fuzz as package
from tests.fuzz.cases import KINDS, read_case, write_case
from tests.fuzz.hunt import hunt, names
from tests.long_hunt import options


def main() -> int:
    """Hunt, or show one case; return the exit status."""
    parser = options(package, "--files", 1000, "--kind", KINDS)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
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
