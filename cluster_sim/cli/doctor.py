"""`doctor`: is everything here that a run needs? `--warm` compiles the model ahead of the first run."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

NEEDED = ("mesa", "numba", "numpy", "pyarrow", "duckdb", "pandas", "yaml", "pydantic", "matplotlib")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--warm", action="store_true", help="compile the model now, ahead of the first run")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")


def main(args: argparse.Namespace) -> int:
    """Print each check with what was found; exit status 1 if one does not hold."""
    checks: dict[str, Callable[[], str]] = {
        "python": _python, "packages": _packages, "scenario": _scenario, "workers": _workers,
        "compiled model": _cache, "disk": _disk}
    rows = []
    for name, check in checks.items():
        try:
            rows.append({"check": name, "ok": True, "found": check()})
        except Exception as error:  # a doctor reports, whatever it finds
            rows.append({"check": name, "ok": False, "found": str(error).strip() or type(error).__name__})
        if not args.json:
            _say(rows[-1])
    if args.warm and all(row["ok"] for row in rows):
        rows.append({"check": "warm", "ok": True, "found": _warm(quiet=args.json)})
        if not args.json:
            _say(rows[-1])
    sound = all(row["ok"] for row in rows)
    if args.json:
        print(json.dumps({"ok": sound, "checks": rows}, ensure_ascii=False))
    return 0 if sound else 1


def _say(row: dict[str, object]) -> None:
    print(f"{'ok  ' if row['ok'] else 'FAIL'}  {row['check']:<15} {row['found']}", flush=True)


def _python() -> str:
    if not (3, 11) <= sys.version_info[:2]:
        raise RuntimeError(f"Python {platform.python_version()}: 3.11, 3.12 or 3.13 is needed")
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _packages() -> str:
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise RuntimeError(f"not installed: {', '.join(missing)}; pip install . in the folder of the sources")
    from cluster_sim.runs.manifest import versions

    return ", ".join(f"{name} {version}" for name, version in versions().items() if name != "python")


def _scenario() -> str:
    from cluster_sim.runs.identity import code_version
    from cluster_sim.scenario import load_scenario

    return f"baseline reads well ({load_scenario('baseline').digest()[:8]}); code {code_version()}"


def _workers() -> str:
    from cluster_sim.runs.execution import cores
    from cluster_sim.runs.processes import METHOD

    return f"{cores()} at a time, {METHOD}"


def _cache() -> str:
    from cluster_sim.jit import FOLDER, is_cold
    from cluster_sim.runs.warm import COLD_SECONDS, kernels, on_disk

    if is_cold():
        return f"not yet: the first run compiles for about {COLD_SECONDS} s (or doctor --warm now)"
    there = [on_disk(kernel) for kernel in kernels()]
    rest = "" if all(there) else "; the others are compiled when first needed (those of every run now: doctor --warm)"
    return f"{sum(there)} of {len(there)} kernels ready in {_home(FOLDER)}{rest}"


def _disk() -> str:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < 0.5:
        raise RuntimeError(f"only {free:.2f} GB free here; results need room")
    return f"{free:.0f} GB free here"


def _warm(quiet: bool) -> str:
    from cluster_sim.jit import is_cold
    from cluster_sim.runs.warm import COLD_SECONDS, compile_once, live_a_year

    marked = not is_cold()
    if not marked and not quiet:
        print(f"compiling the model once (about {COLD_SECONDS} s)", file=sys.stderr, flush=True)
    began = time.monotonic()
    compile_once()
    if marked:
        live_a_year()  # the mark may be older than what the folder lacks
    return f"the model is ready ({time.monotonic() - began:.1f} s)"


def _home(path: Path) -> str:
    home = str(Path.home())
    return "~" + str(path)[len(home):] if str(path).startswith(home) else str(path)
