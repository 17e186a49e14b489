"""`python -m tests.kill`: see the package's docstring."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import tests.kill as package
from tests.kill.commands import JOBS
from tests.kill.disturb import Moment, Undisturbed, disturb
from tests.kill.life import load
from tests.long_hunt import options


def main() -> int:
    """Kill, and say what came of it; return the exit status."""
    args = options(package, "--moments", 5, "--command", JOBS).parse_args()
    load()
    bad = 0
    for name in [args.only.partition("-")[0]] if args.only else args.command or JOBS:
        names = [args.only] if args.only else [f"{name}-{args.seed}-{k}" for k in range(args.moments)]
        with TemporaryDirectory(prefix="kill-") as temporary:
            began = time.monotonic()
            whole = Undisturbed(name, Path(temporary) / "job")
            moments = [disturb(whole, one) for one in names]
            bad += report(name, moments, whole, time.monotonic() - began)
    return 1 if bad else 0


def report(name: str, moments: list[Moment], whole: Undisturbed, seconds: float) -> int:
    """Print a command's line and what was wrong; return how many moments were bad."""
    wrong = [one for one in moments if one.wrong]
    halves = Counter(file for one in moments for file in one.torn)
    print(f"{name}: {sum(bool(one.kills) for one in moments)} moments, {sum(one.kills for one in moments)} kills "
          f"({sum(one.kills for one in moments if one.by_clock)} by the clock), {len(moments) - len(wrong)} to the "
          f"same bytes, {len(wrong)} not, {sum(halves.values())} files not whole; undisturbed "
          f"{whole.lives[0].operations} operations in {whole.lives[0].seconds:.1f} s; {seconds:.0f} s", flush=True)
    for one in wrong:
        print(f"    {one.name}: {'; '.join(one.wrong)[:600]}", flush=True)
    for file, count in halves.most_common(8):
        print(f"    not whole: {file} ({count} times)", flush=True)
    return len(wrong) + bool(halves)


if __name__ == "__main__":
    sys.exit(main())
