"""Options that commands which do runs have in common, so that they read alike everywhere."""

from __future__ import annotations

import argparse


def running(parser: argparse.ArgumentParser) -> None:
    """Declare how runs are carried out and what is printed."""
    parser.add_argument("--workers", type=int, metavar="N", help="processes (all cores)")
    parser.add_argument("--fresh", action="store_true", help="set aside what the folder holds and begin again")
    parser.add_argument("--no-figures", action="store_true", help="draw no figures")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
    parser.add_argument("--quiet", action="store_true", help="no progress and no table")
