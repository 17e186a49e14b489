"""Doing a store's runs again and comparing every byte: series, projects, credits, ledger, map.

The runs of each stored part are done again into a temporary store, where they make a part of the same
name. Files are compared byte for byte; where they differ the tables tell which run, column and month.
Seconds and the manifest do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from cluster_sim.runs import folders, manifest, tables
from cluster_sim.runs.coalitions import INSTRUMENTS, with_instruments
from cluster_sim.runs.errors import InputError, Interrupted
from cluster_sim.runs.execution import execute
from cluster_sim.runs.identity import city_version, code_version, run_id
from cluster_sim.runs.plan import Plan, month_text, scale_text
from cluster_sim.runs.progress import Silent
from cluster_sim.runs.read import View, stored_scenario, stored_sweep
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES, RunSpec
from cluster_sim.runs.single_run import FACTORY
from cluster_sim.runs.store import COMMIT, Store
from cluster_sim.runs.temporary import Temporary
from cluster_sim.scenario import ScenarioError
from cluster_sim.scenario.designs import design_points
from cluster_sim.scenario.sweeps import Sweep
from cluster_sim.scenario.variants import Variants


@dataclass(frozen=True)
class Difference:
    """A place where the store and the new run part: `what` says it in words."""

    run_id: str
    seed: int | None
    table: str
    what: str

    def __str__(self) -> str:
        run = f"run {self.run_id} (seed {self.seed})" if self.seed is not None else self.run_id
        return f"{run}: {self.table}: {self.what}"


@dataclass
class Comparison:
    """What `reproduce` found. `same` is true only if every compared byte is."""

    folder: Path
    runs: int = 0
    files: int = 0
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Say whether nothing differs."""
        return not self.differences

    def __bool__(self) -> bool:
        return self.same


def reproduce(folder: str | Path, workers: int | None = None, progress: Silent | None = None,
              factory: str = FACTORY) -> Comparison:
    """Run everything in a results folder again and compare. InputError if it holds no results.

    A store written by other code is compared all the same; a note says so.

    >>> from tempfile import TemporaryDirectory
    >>> from cluster_sim.runs.api import ensemble
    >>> with TemporaryDirectory() as folder:
    ...     made = ensemble("baseline", seeds=1, scale="1/400", until="2017-03", workers=0, out=f"{folder}/mine")
    ...     reproduce(f"{folder}/mine", workers=0).differences
    []
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    found = Comparison(folder)
    stored, scenario = Store(folder), stored_scenario(folder)
    rows = _rows(stored, found)
    if not rows:
        if found.differences:
            return found
        raise InputError(f"{folder} holds no committed runs")
    notes = manifest.of_store(folder)
    kept = tuple(notes.get("tables", TABLES))
    try:
        sweep = stored_sweep(folder, scenario)
    except ScenarioError as error:
        fault = error.faults[0]
        found.differences.append(Difference(rows[0]["run_id"], rows[0]["seed"], "sweep.yaml",
                                            f"cannot be read: {fault.path}: {fault.message}"))
        return found
    specs = _specs(rows, scenario, sweep, kept, found)
    if found.differences:
        return found
    _check_names(rows, specs, found, notes.get("scenario_digest") == scenario.digest())
    if sweep is not None:
        _check_design(rows, sweep, notes, found)
    if not found.differences and notes.get("scenario_digest") not in (None, scenario.digest()):
        found.differences.append(Difference(rows[0]["run_id"], rows[0]["seed"], "scenario.yaml",
                                            "is not the base that this run was made with"))
    if not found.differences:
        found.differences += [Difference(folders.MANIFEST, None, key, what)
                              for key, what in _against_runs(notes, rows, scenario, sweep, stored)]
    if found.differences:  # what the runs were made with is not here: doing them again would tell nothing
        found.runs = len(rows)
        return found
    with Temporary() as temporary:
        again = Store(temporary)
        plan = Plan(scenario.name, tuple(specs), base=scenario)
        try:
            report = execute(plan, temporary, workers, progress, factory, chunks=_chunks(stored, specs))
        except Interrupted as stop:  # nothing is kept that could be gone on with
            raise KeyboardInterrupt from stop
        for record in report.failed:
            found.differences.append(Difference(record["run_id"], record["seed"], "run", "it failed: "
                                                + record["traceback"].strip().splitlines()[-1]))
        for name in sorted(stored.parts()):
            _check_encoding(stored.folder / COMMIT / name, again.folder / f"{COMMIT}.parquet", found)
            for kind in kept:
                _compare(stored.folder / kind / name, again.folder / kind / name, kind, found)
    found.runs = len(rows)
    order = {spec.run_id: place for place, spec in enumerate(specs)}
    found.differences.sort(key=lambda d: order.get(d.run_id, -1) if d.seed is not None else -1)
    return found


def _rows(stored: Store, found: Comparison) -> list[dict[str, Any]]:
    """Return the rows of `runs` by point and seed; a part that cannot be read is a difference."""
    rows = []
    for path in sorted((stored.folder / COMMIT).glob("part-*.parquet")):
        try:
            rows += tables.read(path).to_pylist()
        except (OSError, pa.ArrowException) as error:
            found.differences.append(Difference(path.name, None, COMMIT, f"cannot be read ({error})"))
    if stored.staged():
        found.notes.append(f"{len(stored.staged())} runs are not in a part yet and were not compared")
    return [] if found.differences else sorted(rows, key=lambda row: (row.get("point") or 0, row["seed"]))


def _specs(rows: list[dict[str, Any]], scenario: Any, sweep: Sweep | None, kept: tuple[str, ...],
           found: Comparison) -> list[RunSpec]:
    """Return each row's run, in a sweep with the base and the row's own factors; what does not fit is noted."""
    if sweep is None:
        scenario = replace(scenario, name=rows[0]["scenario"])
        return [_plain(row, scenario, kept) for row in rows]
    variants, specs = Variants(scenario), []
    last: tuple[dict[str, Any], Any] | None = None
    for row in rows:
        try:
            point = sweep.point_of(row)
            if last is None or last[0] != point:
                last = point, variants.of(point)
            factors = sweep.labels(point)
        except (KeyError, ValueError, TypeError, ScenarioError) as error:
            found.differences.append(Difference(row["run_id"], row["seed"], "sweep.yaml",
                                                f"does not fit the run's factors ({_short(error)})"))
            return []
        specs.append(RunSpec(row["run_id"], last[1], row["seed"], row["scale"], row["until"], factors, kept,
                             row["point"]))
    return specs


def _plain(row: dict[str, Any], scenario: Any, kept: tuple[str, ...]) -> RunSpec:
    """Return the run of a row outside a sweep: with all of the scenario's instruments, or those that the row names."""
    named = row.get(INSTRUMENTS)
    factors = () if named is None else ((INSTRUMENTS, named),)
    own = scenario if named is None else with_instruments(scenario, named)
    return RunSpec(row["run_id"], own, row["seed"], row["scale"], row["until"], factors, kept)


def _check_names(rows: list[dict[str, Any]], specs: list[RunSpec], found: Comparison, base_is_known: bool) -> None:
    """Hold each run's name against what it is made of now: the scenario, the city, the code."""
    now = code_version()
    codes = sorted({row["code"] for row in rows})
    if codes != [now]:
        found.notes.append(f"the store was written by code {', '.join(codes)}; this is {now}")
    of_sweep = specs[0].point is not None and base_is_known
    digests: dict[int, str] = {}
    for row, spec in zip(rows, specs, strict=True):
        digest = digests.setdefault(id(spec.scenario), spec.scenario.digest())
        if row["digest"] != digest:
            where, what = ("sweep.yaml", "the run's factors are not those that it was made with") if of_sweep else (
                "scenario.yaml", "is not the scenario that this run was made with")
            found.differences.append(Difference(row["run_id"], row["seed"], where, what))
        elif row["run_id"] != run_id(digest, str(spec.scenario.city), spec.seed, spec.scale, spec.until,
                                     row["code"]):
            found.differences.append(Difference(
                row["run_id"], row["seed"], "city", "its files are not those that this run was made with"))


def _check_design(rows: list[dict[str, Any]], sweep: Sweep, notes: dict[str, Any], found: Comparison) -> None:
    """Where the design is not the one that the manifest names, find the first run that it would make otherwise."""
    if sweep.digest() == notes.get("sweep_digest") or found.differences:
        return
    points = design_points(sweep)
    odd = next((row for row in rows if row["point"] >= len(points)
                or {**sweep.point_of(row)} != points[row["point"]]), rows[0])
    found.differences.append(Difference(odd["run_id"], odd["seed"], "sweep.yaml",
                                        "is not the design that this run was made with"))


def _against_runs(notes: dict[str, Any], rows: list[dict[str, Any]], scenario: Any, sweep: Sweep | None,
                  stored: Store) -> Iterator[tuple[str, str]]:
    """Hold every key of the manifest against the runs, but for time, machine and command, which they do not tell.

    Yields the key and in words what is wrong with it.
    """
    waiting, done = stored.staged() - stored.committed(), notes.get("status") == "done"
    there = {key: sorted({row[name] for row in rows}) for key, name in (
        ("scale", "scale"), ("until", "until"), ("code_version", "code"), ("seeds", "seed"), ("start", "start"))}
    expected: dict[str, Any] = {
        "scale": [scale_text(scale) for scale in there["scale"]], "until": [month_text(m) for m in there["until"]],
        "code_version": there["code_version"], "first_month": [month_text(m) for m in there["start"]],
        "months": sorted({last - first + 1 for first in there["start"] for last in there["until"]}),
        "city_version": [city_version(str(scenario.city))], "scenario": [scenario.name]}
    if sweep is not None:
        expected |= {"design": [sweep.design], "factors": [{factor.column: factor.path for factor in sweep.factors}]}
    else:
        expected["name"] = [scenario.name]
    for key, values in expected.items():
        if values != [notes.get(key)]:
            yield key, f"says {notes.get(key)}, the runs say {', '.join(map(str, values))}"
    seeds = set(notes.get("seeds", []))
    if not seeds >= set(there["seeds"]) or done and seeds != set(there["seeds"]):
        yield "seeds", f"says {sorted(seeds)}, the runs have {there['seeds']}"
    for key, count in (("runs", len(rows) + len(waiting)), ("failed", len(stored.failures()))):
        if notes.get(key, count) != count and not (key == "failed" and notes[key] <= count):
            yield key, f"says {notes[key]}, there are {count}"
    if not (count := notes.get("planned", 0)) >= len(rows) or done and count != len(rows) + len(waiting):
        yield "planned", f"says {count}, there are {len(rows) + len(waiting)} runs, and the status is {notes['status']}"
    unnamed = [kind for kind in (*TABLES, *EXTRA_TABLES) if kind not in notes.get("tables", [])
               and any((stored.folder / kind / part).is_file() for part in stored.parts())]
    if unnamed:
        yield "tables", f"does not name {', '.join(unnamed)}, which the runs have kept"


def _chunks(stored: Store, specs: list[RunSpec]) -> list[tuple[RunSpec, ...]]:
    by_id = {spec.run_id: spec for spec in specs}
    return [tuple(by_id[run_id] for run_id in ids) for ids in stored.parts().values()]


def _check_encoding(old: Path, scratch: Path, found: Comparison) -> None:
    """Hold a file of `runs` against its own content written again: its seconds cannot be repeated."""
    if not _same_writer(found.folder):
        return
    tables.write(tables.read(old), scratch)
    if scratch.read_bytes() != old.read_bytes():
        found.differences.append(Difference(f"{COMMIT}/{old.name}", None, COMMIT, "the file is damaged"))


def _compare(old: Path, new: Path, kind: str, found: Comparison) -> None:
    """Compare one file of the store with its repetition."""
    if not old.is_file() and not new.is_file():
        return
    name = f"{kind}/{old.name}"
    if not old.is_file() or not new.is_file():
        where = "missing in the store" if not old.is_file() else "not written this time"
        found.differences.append(Difference(name, None, kind, where))
        return
    found.files += 1
    if old.read_bytes() == new.read_bytes():
        return
    try:
        before = tables.read(old)
    except (OSError, pa.ArrowException) as error:
        found.differences.append(Difference(name, None, kind, f"the file is damaged ({_short(error)})"))
        return
    after = tables.read(new)
    difference = first_difference(before, after, kind)
    if difference is not None:
        found.differences.append(difference)
    elif _same_writer(found.folder):
        found.differences.append(Difference(name, None, kind, "the file's bytes differ, its values do not"))
    else:
        found.notes.append(f"{name}: written by another version of pyarrow; the values are the same")


def first_difference(before: pa.Table, after: pa.Table, kind: str) -> Difference | None:
    """Return the first row and column in which two tables differ, comparing bits (so NaN equals NaN)."""
    if before.schema.names != after.schema.names:
        odd = set(before.schema.names) ^ set(after.schema.names)
        return Difference(_first(before), None, kind, f"columns differ: {', '.join(sorted(odd)) or 'order'}")
    best: tuple[int, str] | None = None
    for name in before.schema.names:
        row = _first_row(before[name].combine_chunks(), after[name].combine_chunks())
        if row is not None and (best is None or row < best[0]):
            best = (row, name)
    if best is None:
        return None
    row, name = best
    if row >= len(before):
        return Difference(_first(before), None, kind, f"{len(after)} rows instead of {len(before)}")
    line, new = before.slice(row, 1).to_pylist()[0], after.slice(row, 1).to_pylist()
    when = f" in {line['month']:%Y-%m}" if "month" in line and hasattr(line["month"], "year") else ""
    other = repr(new[0][name]) if new else "no row"
    return Difference(line.get("run_id", "?"), line.get("seed"), kind,
                      f"{name}{when} is {line[name]!r} in the store and {other} now")


def _first_row(before: pa.Array, after: pa.Array) -> int | None:
    """Return the first row in which two columns differ in any bit; None if they are the same."""
    if before.type != after.type:
        return 0
    if before.equals(after):
        return None
    length = min(len(before), len(after))
    if pa.types.is_floating(before.type):
        bits = f"u{before.type.bit_width // 8}"
        one = before.to_numpy(zero_copy_only=False).view(bits)[:length]
        two = after.to_numpy(zero_copy_only=False).view(bits)[:length]
        rows = (one != two).nonzero()[0]
        found = int(rows[0]) if len(rows) else None
    else:
        found = next((i for i in range(length) if before[i] != after[i]), None)
    return found if found is not None or len(before) == len(after) else length


def _first(table: pa.Table) -> str:
    return str(table["run_id"][0]) if "run_id" in table.schema.names and len(table) else "?"


def _short(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__


def _same_writer(folder: Path) -> bool:
    try:
        return View(folder).manifest.get("versions", {}).get("pyarrow") == pa.__version__
    except InputError:
        return True
