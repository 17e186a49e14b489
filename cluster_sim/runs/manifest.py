"""manifest.json, scenario.yaml and a sweep's sweep.yaml: what a store holds and what it was made with."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.runs.errors import InputError
from cluster_sim.runs.identity import PACKAGE, city_version
from cluster_sim.runs.locks import RangeLock
from cluster_sim.runs.plan import Plan, month_text, scale_text

if TYPE_CHECKING:
    from cluster_sim.runs.execution import Report
    from cluster_sim.runs.store import Store

NOTES_LOCK = (1 << 61) + 1
"""Byte of the store's lock file that a process holds while it rewrites the manifest."""

PACKAGES = ("mesa", "numba", "llvmlite", "numpy", "pyarrow", "duckdb", "pandas", "scipy", "SALib", "PyYAML", "pydantic")
IDENTITY = {
    "scenario_digest": "the scenario", "sweep_digest": "the design",
    "points": "the sampled points (by another version of SciPy or SALib)", "city_version": "the city's files",
    "scale": "the scale", "until": "the last month", "code_version": "the code", "tables": "the tables kept"}
"""Keys of the manifest that all runs of a store share, and what to call them. In a sweep the scenario is the base."""


def write_text(path: Path, text: str) -> None:
    """Write a small file whole: to a temporary name, synced, renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(folder: Path) -> dict[str, Any]:
    """Return the manifest of a store; empty if it has none. InputError if it cannot be read."""
    path = Path(folder) / "manifest.json"
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def identity(plan: Plan) -> dict[str, Any]:
    """Return what all runs of a plan have in common, as the manifest writes it."""
    first, sweep = plan.runs[0], plan.sweep
    design = {"design": sweep.design, "sweep_digest": sweep.digest()} if sweep is not None else {}
    if plan.points:
        design["points"] = plan.points
    return {
        "scenario_digest": plan.scenario.digest(), **design, "city_version": city_version(str(plan.scenario.city)),
        "scale": scale_text(first.scale), "until": month_text(first.until), "code_version": plan.code,
        "tables": list(first.tables)}


def differences(folder: Path, plan: Plan) -> list[str]:
    """Return in words what sets the runs of a store apart from those of a plan; empty if nothing does."""
    there, now = load(folder), identity(plan)
    if not there:
        return []
    kept = [key for key in IDENTITY if key in there or key == "sweep_digest"]
    found = [key for key in kept if there.get(key) != now.get(key)]
    if {"scenario_digest", "sweep_digest"} & set(found):
        found = [key for key in found if key != "points"]  # they follow from these
    return [IDENTITY[key] for key in found]


def check(store: Store, plan: Plan) -> None:
    """Refuse to mix runs that do not belong together in one folder."""
    if store.folder.exists() and not store.folder.is_dir():
        raise InputError(f"{store.folder} is a file; --out names a folder")
    found = differences(store.folder, plan)
    if found:
        raise InputError(
            f"{store.folder} holds other runs: {' and '.join(found)} differ{'s' if len(found) == 1 else ''}. "
            "Give another --out, or --fresh to set what is there aside and begin again")


def set_aside(folder: Path) -> Path:
    """Rename a results folder to the first free NAME.old-N and return the new name."""
    number = 1
    while (aside := folder.with_name(f"{folder.name}.old-{number}")).exists():
        number += 1
    folder.rename(aside)
    return aside


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a run uses."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def git_commit() -> str | None:
    """Return the commit of the sources, with `+` if they were changed since; None without git."""
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(PACKAGE), *words], capture_output=True, text=True,
                              timeout=5, check=True).stdout.strip()
    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def begin(store: Store, plan: Plan, notes: Mapping[str, Any], lock: RangeLock,
          shard: tuple[int, int] | None = None) -> None:
    """Write the scenario, a sweep's design and the manifest of a job that starts."""
    with lock.hold(NOTES_LOCK):
        before = load(store.folder)
        seeds = sorted({*before.get("seeds", []), *(spec.seed for spec in plan.runs)})
        written = {
            "name": plan.name, **identity(plan), "scenario": plan.scenario.name, "seeds": seeds,
            "planned": _planned(plan, before, seeds), "status": "running",
            "first_month": month_text(plan.scenario.start), "months": plan.runs[0].months,
            "started": before.get("started") or _now(), "ended": None, "seconds": before.get("seconds", 0.0),
            "versions": versions(), "git_commit": git_commit(), "platform": platform.platform(),
            "machine": platform.machine(), "cores": os.cpu_count(), "command": " ".join(sys.argv), **notes}
        if shard is not None or "shards" in before:
            written["shards"] = before.get("shards", {}) | ({f"{shard[0]}/{shard[1]}": "running"} if shard else {})
        _write_yaml(store.folder / "scenario.yaml", plan.scenario.resolved())
        if plan.sweep is not None:
            written["factors"] = {factor.column: factor.path for factor in plan.sweep.factors}
            _write_yaml(store.folder / "sweep.yaml", plan.sweep.resolved() | {"seeds": seeds})
        _write(store, written)


def _planned(plan: Plan, before: Mapping[str, Any], seeds: list[int]) -> int:
    """Return the number of runs that a store is meant to hold: those of all seeds ever asked for."""
    mine = len({spec.seed for spec in plan.runs})
    return max(before.get("planned", 0), len(plan.runs) // mine * len(seeds))


def end(store: Store, plan: Plan, report: Report, lock: RangeLock, shard: tuple[int, int] | None = None) -> None:
    """Note how the job ended; a full disk must not hide the reason why it did."""
    try:
        finished = store.finished()
        missing = sum(spec.run_id not in finished for spec in plan.runs)
        failed = len({record["run_id"] for record in store.failures()}) if missing else 0
        outcome = "done" if not missing else "failed runs" if failed >= missing else "unfinished"
        with lock.hold(NOTES_LOCK):
            written = load(store.folder)
            written |= {
                "status": outcome, "runs": len(finished), "failed": failed, "ended": _now(),
                "seconds": round(written.get("seconds", 0.0) + report.seconds, 3)}
            if shard is not None:
                written["shards"][f"{shard[0]}/{shard[1]}"] = (
                    f"{len(report.done) + len(report.already)} runs done, {len(report.failed)} failed")
            _write(store, written)
    except (OSError, InputError):
        return


def _write(store: Store, written: Mapping[str, Any]) -> None:
    write_text(store.folder / "manifest.json", json.dumps(written, indent=1, ensure_ascii=False) + "\n")


def _write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    import yaml

    write_text(path, yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=100))
