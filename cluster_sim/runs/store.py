"""The store's writing side: staged runs, parts, the commit.

    NAME/staging/<run_id>.run           a finished run, moved here whole by the worker that did it
    NAME/series/part-<key>.parquet      about a hundred runs; likewise projects/, credits/, ledger/, map/
    NAME/runs/part-<key>.parquet        one row for each run of the part, written last: it is the commit

A part is made when the runs of its chunk are there; its name is a hash of their run_ids and its rows are
in the order of the plan, so it is the same file whoever writes it, and however often. What is killed in
between leaves staged runs, or tables without their commit: the next start takes up the former and
overwrites the latter. Locks are ranges of one file, which the system frees when a process dies.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from cluster_sim.runs import damage, staged, tables
from cluster_sim.runs.errors import InputError, is_full, store_full
from cluster_sim.runs.files import append
from cluster_sim.runs.locks import RangeLock, fcntl
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES, RunSpec
from cluster_sim.runs.single_run import RunResult

COMMIT = "runs"
COMMIT_LOCK = 1 << 61
"""Byte of the lock file that a writer of parts holds; runs use the bytes below 2^60."""
WORK_LOCK = COMMIT_LOCK + 2
"""Byte that every process shares as long as it does runs."""


def part_name(run_ids: Sequence[str]) -> str:
    """Return the file name of the part that holds these runs in this order."""
    return f"part-{hashlib.sha256(','.join(run_ids).encode()).hexdigest()[:16]}.parquet"


class Store:
    """A results folder to write to. Any number of processes may hold one on the same folder."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.staging = self.folder / "staging"
        self._committed: dict[str, tuple[str, ...]] = {}
        self._inside: tuple[tuple[str, ...], set[str]] = ((), set())

    # what is there ---------------------------------------------------------------------------------

    def parts(self) -> dict[str, tuple[str, ...]]:
        """Return the run_ids of every committed part, by file name (each file is read once)."""
        found = sorted(p.name for p in (self.folder / COMMIT).glob("part-*.parquet"))
        self._committed = {name: self._committed.get(name) or self._run_ids(name) for name in found}
        return self._committed

    def _run_ids(self, name: str) -> tuple[str, ...]:
        path = self.folder / COMMIT / name
        try:
            return tuple(tables.read(path, ["run_id"])["run_id"].to_pylist())
        except (OSError, pa.ArrowException) as error:
            raise damaged(path, error) from error

    def committed(self) -> set[str]:
        """Return the run_ids that lie in a committed part."""
        parts = self.parts()
        if tuple(parts) != self._inside[0]:
            self._inside = tuple(parts), {run_id for ids in parts.values() for run_id in ids}
        return self._inside[1]

    def has(self, run_id: str) -> bool:
        """Say whether a run is finished."""
        return self.staged_file(run_id).is_file() or run_id in self.committed()

    def staged(self) -> set[str]:
        """Return the run_ids that are finished and wait for their part."""
        try:
            names = os.listdir(self.staging)
        except FileNotFoundError:
            return set()
        return {name.removesuffix(staged.SUFFIX) for name in names
                if name.endswith(staged.SUFFIX) and not name.startswith(".")}

    def staged_file(self, run_id: str) -> Path:
        """Return where a finished run waits."""
        return self.staging / f"{run_id}{staged.SUFFIX}"

    def finished(self) -> set[str]:
        """Return the run_ids of all finished runs. Staged first: a run only ever moves on from there."""
        waiting = self.staged()
        return waiting | self.committed()

    # one run ---------------------------------------------------------------------------------------

    def lock(self) -> RangeLock:
        """Open the store's lock file; one for each process, kept open while it works. It is never removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return RangeLock(self.folder / ".lock")

    def work(self) -> RangeLock:
        """Open the lock file and hold the byte that says that runs are done here.

        The folder may be set aside between the two: then the lock is taken anew in its place.
        """
        while True:
            lock = self.lock()
            lock.share(WORK_LOCK)
            if lock.in_place():
                return lock
            lock.close()

    def at_work(self) -> bool:
        """Say whether another process is doing runs here (on systems whose locks tell)."""
        if not (self.folder / ".lock").is_file() or fcntl is None:
            return False
        lock = self.lock()
        try:
            return not lock.take(WORK_LOCK)
        finally:
            lock.close()

    def stage(self, spec: RunSpec, result: RunResult, digest: str, code: str) -> None:
        """Keep a finished run: all of its tables appear at once. StoreFull if the disk takes no more."""
        constants = {"run_id": spec.run_id, "scenario": spec.scenario.name, "seed": spec.seed}
        factors = ({} if spec.point is None else {"point": spec.point}) | dict(spec.factors)
        row = constants | factors | {
            "scale": spec.scale, "start": spec.scenario.start, "until": spec.until, "digest": digest,
            "code": code, "status": "done", "seconds": result.seconds}
        found = {name: tables.to_table(columns, constants | (factors if name == "series" else {}))
                 for name, columns in result.tables().items()}
        temporary = self.staging / f".{spec.run_id}.{os.getpid()}"
        found[COMMIT] = tables.to_table({}, row)
        try:
            self.staging.mkdir(parents=True, exist_ok=True)
            try:
                staged.write(found, temporary)
            except FileNotFoundError:  # another process has just cleared the empty folder away
                self.staging.mkdir(parents=True, exist_ok=True)
                staged.write(found, temporary)
            os.replace(temporary, self.staged_file(spec.run_id))
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise self.explain(error) from error

    @contextmanager
    def begun(self, run_id: str) -> Iterator[int]:
        """Leave a mark while a run is done, which stays if its process dies; give how many such marks were there."""
        before = len(list(self.staging.glob(f".{run_id}.died.*")))
        mark = self.staging / f".{run_id}.died.{uuid.uuid4().hex}"
        try:
            self.staging.mkdir(parents=True, exist_ok=True)
            mark.touch()
        except OSError as error:
            raise self.explain(error) from error
        try:
            yield before
        finally:
            mark.unlink(missing_ok=True)

    def discard_damaged(self) -> None:
        """Throw away staged runs that cannot be read (cut short by a power cut): they are done again."""
        for run_id in self.staged():
            path = self.staged_file(run_id)
            try:
                with staged.Staged(path) as run:
                    whole = COMMIT in {kind for kind in run.kinds if run.read(kind) is not None}
            except FileNotFoundError:  # another process has moved it into a part
                continue
            except (OSError, pa.ArrowException):
                whole = False
            if not whole:
                path.unlink(missing_ok=True)

    def discard_damaged_parts(self, lock: RangeLock) -> list[str]:
        """Set parts aside that are not as they were written, and return what was found, a line for each."""
        found = []
        kinds = (COMMIT, *TABLES, *EXTRA_TABLES)
        with lock.hold(COMMIT_LOCK):
            for path in sorted((self.folder / COMMIT).glob("part-*.parquet")):
                wrong = damage.what_is_wrong(self.folder, path.name, kinds)
                if wrong:
                    aside = damage.set_aside(self.folder, path.name, kinds)
                    found.append(f"{self.folder}: {' and '.join(wrong)}; the part is set aside in "
                                 f"{aside.relative_to(self.folder).as_posix()} and its runs are done again")
        return found

    # parts -----------------------------------------------------------------------------------------

    def commit(self, run_ids: Sequence[str], lock: RangeLock) -> int:
        """Write the staged runs among `run_ids` as one part, in that order, and return their number.

        Runs that already lie in a part are left alone. StoreFull if the disk takes no more: then
        nothing is lost and nothing half-written.
        """
        with lock.hold(COMMIT_LOCK):
            committed = self.committed()  # by name, not from a listing: a shared file system may show an old one
            waiting = [run_id for run_id in run_ids if self.staged_file(run_id).is_file()]
            ready = [run_id for run_id in waiting if run_id not in committed]
            if ready:
                try:
                    self._write_part(ready)
                except OSError as error:
                    raise self.explain(error) from error
            for run_id in waiting:
                self.staged_file(run_id).unlink(missing_ok=True)
        return len(ready)

    def _write_part(self, ready: list[str]) -> None:
        name = part_name(ready)
        with ExitStack() as stack:
            runs = [stack.enter_context(staged.Staged(self.staged_file(run_id))) for run_id in ready]
            kinds = sorted({kind for run in runs for kind in run.kinds} - {COMMIT})
            for kind in [*kinds, COMMIT]:
                whole = pa.concat_tables([run.read(kind) for run in runs if kind in run.kinds],
                                         promote_options="permissive")
                tables.write(whole, self.folder / kind / name)
        damage.write_sums(self.folder, name, [*kinds, COMMIT])

    def clear_staging(self, lock: RangeLock) -> None:
        """Remove what killed workers left half done, and `staging/` itself once it is empty."""
        if not self.staging.is_dir():
            return
        for path in self.staging.glob(".*"):
            byte = lock.byte_of(path.name.split(".")[1])
            if lock.take(byte):
                with suppress(OSError):
                    path.unlink()
                lock.free(byte)
        with suppress(OSError):
            self.staging.rmdir()

    # notes beside the parts --------------------------------------------------------------------------

    def explain(self, error: OSError) -> OSError:
        """Turn a full disk into a message a person can act on; leave other errors as they are."""
        return store_full(self.folder) if is_full(error) else error

    def add_failure(self, record: dict[str, Any]) -> None:
        """Append a line to failures.jsonl (one write, so that lines of two processes never mix)."""
        line = json.dumps(record, ensure_ascii=False, default=str) + "\n"
        try:
            append(self.folder / "failures.jsonl", line)
        except OSError as error:
            raise self.explain(error) from error

    def failures(self) -> list[dict[str, Any]]:
        """Return the recorded failures of runs that have not been finished since."""
        path = self.folder / "failures.jsonl"
        if not path.is_file():
            return []
        records = []
        for line in path.read_text("utf-8", errors="replace").splitlines():
            with suppress(ValueError):  # a line that a power cut has cut
                records.append(json.loads(line))
        finished = self.finished()
        return [record for record in records if record["run_id"] not in finished]


def damaged(path: Path, error: Exception) -> InputError:
    """Return the message for a file of a part that cannot be read."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return InputError(f"{path} is damaged ({first[:120]}). Start the command that made it again: it sets the part "
                      "aside and does its runs again")
