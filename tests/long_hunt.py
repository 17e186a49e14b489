"""What `python -m tests.fuzz` and `python -m tests.kill` have in common: their options, with the docstring as help."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from types import ModuleType


def options(package: ModuleType, count: str, default: int, kind: str, kinds: Iterable[str]) -> argparse.ArgumentParser:
    """Return the parser of a hunt: how many cases (the option `count`), of which `kinds`, and one case by its name."""
    about, _, more = (package.__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(prog=f"python -m {package.__name__}", description=about, epilog=more,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(count, type=int, default=default)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(kind, choices=tuple(kinds), action="append", help="only this one (repeatable)")
    parser.add_argument("--only", metavar="NAME", help="one case again, by the name that it was reported with")
    return parser
