"""manifest.json, scenario.yaml and a sweep's sweep.yaml: what a store holds and what it was made with."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_sim.runs import claims, damage, folders
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.files import write_text
from cluster_sim.runs.identity import PACKAGE, city_version, code_version
from cluster_sim.runs.locks import RangeLock
from cluster_sim.runs.plan import Plan, month_text, scale_text
from cluster_sim.runs.run_list import ids_of, seeds_of

if TYPE_CHECKING:
    from cluster_sim.runs.outcome import Report
    from cluster_sim.runs.store import Store

NOTES_LOCK = (1 << 61) + 1
"""Byte of the store's lock file that a process holds while it rewrites the manifest."""

PACKAGES = ("mesa", "numba", "llvmlite", "numpy", "pyarrow", "duckdb", "pandas", "scipy", "SALib", "PyYAML", "pydantic")
IDENTITY = {
    "scenario_digest": "the scenario", "sweep_digest": "the design",
    "points": "the sampled points (by another version of SciPy or SALib)", "city_version": "the city's files",
    "scale": "the scale", "until": "the last month", "code_version": "the code", "tables": "the tables kept"}
"""Keys of the manifest that all runs of a store share, and what to call them. In a sweep the scenario is the base."""


def load(folder: Path) -> dict[str, Any]:
    """Return the manifest of a results folder; empty if it has none. InputError if it is not whole or not ours."""
    path = Path(folder) / folders.MANIFEST
    try:
        return folders.read_manifest(Path(folder))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is damaged ({error}): put it back as it was, or do the runs again in another "
                         "folder") from error


def of_store(folder: Path) -> dict[str, Any]:
    """Return the manifest of a store. InputError if it has none, or one that is not whole."""
    found = load(folder)
    if not found:
        raise InputError(f"{folder} has no {folders.MANIFEST}: it is no results folder, or what its runs are of is "
                         "lost; put the file back, or do the runs again in another folder")
    return found


def gaps(store: Store) -> list[str]:
    """Say in words what is missing of the finished runs that the manifest counts; empty if nothing is."""
    return damage.gaps(store.folder, int(load(store.folder).get("runs", 0)), len(store.finished()))


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
    if "scenario_digest" not in there:  # nothing there, or what holds the folders of several stores
        return []
    kept = [key for key in IDENTITY if key in there or key == "sweep_digest"]
    found = [key for key in kept if there.get(key) != now.get(key)]
    if {"scenario_digest", "sweep_digest"} & set(found):
        found = [key for key in found if key != "points"]  # they follow from these
    return [IDENTITY[key] for key in found]


def differ(found: Sequence[str]) -> str:
    """Say that two stores are of different runs: `the scale and the code differ`."""
    return f"{' and '.join(found)} differ{'s' if len(found) == 1 else ''}"


def check(store: Store, plan: Plan) -> None:
    """Refuse to mix runs that do not belong together in one folder."""
    folders.check(store.folder)
    found = differences(store.folder, plan)
    if found:
        raise InputError(
            f"{store.folder} holds other runs: {differ(found)}. "
            "Give another --out, or --fresh to set what is there aside and begin again")


def set_aside(folder: Path) -> Path:
    """Rename a results folder to the first free NAME.old-N and return the new name."""
    number = 1
    while (aside := folder.with_name(f"{folder.name}.old-{number}")).exists():
        number += 1
    folder.rename(aside)
    shutil.rmtree(aside / claims.FOLDER, ignore_errors=True)  # nobody works there any more
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
        check(store, plan)  # again: another command may have begun since
        before = load(store.folder)
        seeds = sorted({*before.get("seeds", []), *seeds_of(plan.runs)})
        written = {
            "name": plan.name, **identity(plan), "scenario": plan.scenario.name, "seeds": seeds,
            "planned": _planned(plan, before, seeds), "status": "running",
            "first_month": month_text(plan.scenario.start), "months": plan.runs[0].months,
            "started": before.get("started") or _now(), "ended": None, "seconds": before.get("seconds", 0.0),
            "versions": versions(), "git_commit": git_commit(), "platform": platform.platform(),
            "machine": platform.machine(), "cores": os.cpu_count(), "command": " ".join(sys.argv), **notes}
        if shard is not None or "shards" in before:
            written["shards"] = before.get("shards", {}) | ({f"{shard[0]}/{shard[1]}": "running"} if shard else {})
        if plan.sweep is not None:
            written["factors"] = {factor.column: factor.path for factor in plan.sweep.factors}
        _write(store.folder, written)  # first: it says that the folder is ours
        _write_yaml(store.folder / "scenario.yaml", plan.scenario.resolved())
        if plan.sweep is not None:
            _write_yaml(store.folder / "sweep.yaml", plan.sweep.resolved() | {"seeds": seeds})


def begin_several(folder: Path, stores: Iterable[Path], notes: Mapping[str, Any]) -> None:
    """Write the manifest of a folder that holds the folders of several stores, before any of them."""
    if not folders.ours(folder):
        _write(folder, {"stores": [store.relative_to(folder).as_posix() for store in stores],
                        "code_version": code_version(), "started": _now(), "command": " ".join(sys.argv), **notes})


def _planned(plan: Plan, before: Mapping[str, Any], seeds: list[int]) -> int:
    """Return the number of runs that a store is meant to hold: those of all seeds ever asked for."""
    mine = len(seeds_of(plan.runs))
    return max(before.get("planned", 0), len(plan.runs) // mine * len(seeds))


def end(store: Store, plan: Plan, report: Report, lock: RangeLock, shard: tuple[int, int] | None = None) -> None:
    """Note how the job ended. StoreFull if the disk takes no more."""
    finished = store.finished()
    missing = sum(name not in finished for name in ids_of(plan.runs))
    failed = len({record["run_id"] for record in store.failures()}) if missing else 0
    outcome = "done" if not missing else "failed runs" if failed >= missing else "unfinished"
    with lock.hold(NOTES_LOCK):
        written = of_store(store.folder)
        written |= {
            "status": outcome, "runs": len(finished), "failed": failed, "ended": _now(),
            "seconds": round(written.get("seconds", 0.0) + report.seconds, 3)}
        if shard is not None:
            written["shards"][f"{shard[0]}/{shard[1]}"] = (
                f"{len(report.done) + len(report.already)} runs done, {len(report.failed)} failed")
        _write(store.folder, written)


def _write(folder: Path, written: Mapping[str, Any]) -> None:
    write_text(folder / folders.MANIFEST, json.dumps(written, indent=1, ensure_ascii=False) + "\n")


def _write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    import yaml

    write_text(path, yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=100))
