"""The store's reading side: data frames and DuckDB views over finished runs, also while it grows.

A view takes a list of files once: committed parts, and staged runs that are in no part yet. DuckDB only
ever lives in memory (a database file would lock out every other process).
"""

from __future__ import annotations

import builtins
import warnings
import weakref
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cluster_sim import plots
from cluster_sim.inputs.files import path_of
from cluster_sim.runs import manifest, staged
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.identity import code_version
from cluster_sim.runs.run_list import EXTRA_TABLES, TABLES
from cluster_sim.runs.store import COMMIT, Store, damaged
from cluster_sim.runs.stores import results_folder

KINDS = (COMMIT, *TABLES, *EXTRA_TABLES)


def to_frame(table: pa.Table) -> Any:
    """Turn an Arrow table into a pandas frame with dates as dates."""
    return table.to_pandas(date_as_object=False)


def _read(path: Path, kind: str, columns: list[str] | None) -> pa.Table:
    """Read a part or a staged run's table, with the columns that name a run as categories.

    InputError if the file is not as it was written.
    """
    try:
        if path.suffix == ".parquet":
            with pq.ParquetFile(path, read_dictionary=["run_id", "scenario"], page_checksum_verification=True) as file:
                unknown = set(columns or ()).difference(file.schema_arrow.names)
                if unknown:
                    raise KeyError(f"{path} has no column '{sorted(unknown)[0]}'")
                return file.read(columns)
        table = staged.read(path, kind)
    except (OSError, pa.ArrowInvalid) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise damaged(path, error) from error
    for place, name in enumerate(table.schema.names):
        if name in ("run_id", "scenario"):
            table = table.set_column(place, name, table[name].dictionary_encode())
    return table if columns is None else table.select(columns)


def in_order(tables: list[pa.Table], keys: list[str]) -> pa.Table:
    """Put tables together with their rows in the order of the keys (whole numbers); rows of a run stay as they are.

    Parts hold their runs in order and seldom overlap: usually it is enough to put the tables in order.
    """
    filled = [table for table in tables if len(table)] or tables[:1]
    filled.sort(key=lambda table: [table[key][0].as_py() for key in keys if len(table)])
    whole = pa.concat_tables(filled, promote_options="permissive").unify_dictionaries()
    columns = [whole[key].to_numpy() for key in keys]
    rising = np.ones(max(0, len(whole) - 1), bool)
    for values in reversed(columns):
        step = np.diff(values)
        rising = (step > 0) | ((step == 0) & rising)
    return whole if rising.all() else whole.take(pa.array(np.lexsort(columns[::-1])))


class View:
    """What a results folder held when it was opened.

    Frames: `runs`, `series`, `projects`, `credits`, `ledger`, `map`, each with the columns `run_id`,
    `scenario` and `seed`; `indicators` is `series` indexed by seed and month (in a sweep by point, seed and month).
    `sql` asks DuckDB.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = path_of(folder)
        self.files = self._list_files()
        self.manifest = manifest.of_store(self.folder)

    def __repr__(self) -> str:
        return f"<{len(self.run_ids)} runs in {self.folder}>"

    def _list_files(self) -> dict[str, list[Path]]:
        store = Store(self.folder)
        if not (self.folder / COMMIT).is_dir() and not store.staging.is_dir():
            raise InputError(f"{self.folder} holds no results")
        for _ in range(5):
            waiting = sorted(store.staged())
            parts = store.parts()
            inside = {run_id for ids in parts.values() for run_id in ids}
            loose = [store.staged_file(r) for r in waiting if r not in inside]
            if all(path.is_file() for path in loose):  # else it moved into a part meanwhile: look again
                break
        self.run_ids = [r for ids in parts.values() for r in ids] + [path.stem for path in loose]
        files: dict[str, list[Path]] = {}
        held = {path: staged.kinds(path) for path in loose}
        for kind in KINDS:
            found = [self.folder / kind / name for name in parts]
            found += [path for path in loose if kind in held[path]]
            files[kind] = [path for path in found if path.is_file()]
        return files

    def arrow(self, kind: str, columns: list[str] | None = None) -> pa.Table:
        """Return a table of the store (or some of its columns), runs by seed, in a sweep by point and seed."""
        if not self.files.get(kind):
            raise InputError(f"{self.folder} has no table '{kind}'")
        keys = ["point", "seed"] if kind in (COMMIT, "series") and self.is_sweep else ["seed"]
        names = columns and list(dict.fromkeys([*keys, *columns]))
        whole = in_order([_read(path, kind, names) for path in self.files[kind]], keys)
        return whole if columns is None else whole.select(columns)

    def frame(self, kind: str, columns: list[str] | None = None) -> Any:
        """Return a table of the store as a pandas frame."""
        return to_frame(self.arrow(kind, columns))

    @property
    def is_sweep(self) -> bool:
        """Say whether the runs are those of a sweep."""
        return "sweep_digest" in self.manifest

    @property
    def factors(self) -> list[str]:
        """Columns of `runs` and `series` that hold the factors of a sweep; empty for plain runs."""
        return list(self.manifest.get("factors", {}))

    @cached_property
    def sweep(self) -> Any:
        """The sweep whose runs these are; None for plain runs."""
        return stored_sweep(self.folder, self.scenario)

    @cached_property
    def runs(self) -> Any:
        """One row for each run: seed, scale, months, status, seconds, in a sweep the point and its factors."""
        return self.frame(COMMIT)

    @cached_property
    def series(self) -> Any:
        """One row for each run and month."""
        return self.frame("series")

    @cached_property
    def indicators(self) -> Any:
        """The series, indexed by seed and month (in a sweep by point, seed and month)."""
        return self.series.set_index(["point", "seed", "month"] if self.is_sweep else ["seed", "month"])

    @cached_property
    def projects(self) -> Any:
        """One row for each released title."""
        return self.frame("projects")

    @cached_property
    def credits(self) -> Any:
        """The partners of the largest titles."""
        return self.frame("credits")

    @cached_property
    def ledger(self) -> Any:
        """Flows of money by month and kind."""
        return self.frame("ledger")

    @cached_property
    def map(self) -> Any:
        """The cells of the city at the last month."""
        return self.frame("map")

    def city_map(self, run_id: str | None = None) -> dict[str, Any]:
        """Return the map of one run (the first if None) as the model gives it, for `report.city_map`."""
        from cluster_sim.city import load_city
        from cluster_sim.runs.maps import join

        tables = {}
        for kind in ("map", "parks"):
            table = self.arrow(kind) if self.files.get(kind) else pa.table({"run_id": []})
            ids = table["run_id"].to_pylist()
            run_id = run_id or (ids[0] if ids else None)
            rows = table.filter(pa.array([one == run_id for one in ids], pa.bool_()))
            tables[kind] = {f.name: rows[f.name].to_numpy() for f in rows.schema}
        city = load_city(str(self.scenario.city))
        return join(tables["map"], tables["parks"], city.districts, city.zones)

    def connection(self) -> Any:
        """Return a DuckDB connection in memory with one view for each table."""
        import duckdb

        link = duckdb.connect()
        for kind, paths in self.files.items():
            parts = [p for p in paths if p.suffix == ".parquet"]
            loose = [staged.read(p, kind) for p in paths if p.suffix == staged.SUFFIX]
            sources = []
            if parts:
                listed = ", ".join("'" + str(p.resolve()).replace("'", "''") + "'" for p in parts)
                sources.append(f"SELECT * FROM read_parquet([{listed}], union_by_name=true)")
            if loose:
                link.register(f"staged_{kind}", pa.concat_tables(loose, promote_options="permissive"))
                sources.append(f"SELECT * FROM staged_{kind}")
            if sources:
                link.execute(f'CREATE VIEW "{kind}" AS ' + " UNION ALL BY NAME ".join(sources))
        return link

    def sql(self, query: str) -> Any:
        """Answer a query over the views `series`, `projects`, `runs` ... as a pandas frame."""
        with self.connection() as link:
            return link.sql(query).df()

    def by_year(self, column: str = "gdp_share", low: float = 0.1, high: float = 0.9) -> Any:
        """Return mean, p10 and p90 over the runs of a column's December values, indexed by year."""
        from cluster_sim.runs.summary import by_year

        return by_year(self.frame("series", ["seed", "month", column]), column, low, high)

    def by_point(self, column: str = "gdp_share_published", month: str | None = None) -> Any:
        """Return a column by point of a sweep: the factors; mean, sd and number of its runs; and the first point.

        `difference` is the mean difference from the first point on the same seeds, `difference_se` its standard error
        (missing with a single seed). `month`, such as `"2030-12"`, is the month that is read; None takes the last one.
        """
        if not self.is_sweep:
            raise InputError(f"{self.folder} holds no sweep")
        frame = self.frame("series", ["point", "seed", "month", *self.factors, column])
        wanted = frame["month"].max() if month is None else np.datetime64(month, "D")
        chosen = frame[frame["month"] == wanted]
        groups = chosen.groupby("point")
        found = groups[self.factors].first()
        found["mean"], found["sd"], found["runs"] = groups[column].mean(), groups[column].std(), groups[column].count()
        table = chosen.pivot(index="point", columns="seed", values=column).astype(float)
        pairs = table - table.iloc[0]
        found["difference"], found["difference_se"] = pairs.mean(axis=1), pairs.sem(axis=1)
        return found

    @cached_property
    def scenario(self) -> Any:
        """The resolved scenario of the store."""
        return stored_scenario(self.folder)

    def plot(self, figure: str = "share", **options: Any) -> Any:
        """Draw a figure (`share`, `map`, `network`, `indicators`; of a sweep also `points`) and return it."""
        return plots.draw("points" if figure == "points" else "runs", self, figure, **options)

    def keep_alive(self, holder: Any) -> View:
        """Let a temporary folder live as long as this view."""
        weakref.finalize(self, holder.cleanup)
        return self


def stored_sweep(folder: Path, base: Any) -> Any:
    """Read the sweep of a results folder back, over its resolved scenario; None if the folder holds plain runs."""
    from cluster_sim.scenario.sweep_files import read_sweep

    path = Path(folder) / "sweep.yaml"
    return read_sweep(path, base, (*TABLES, *EXTRA_TABLES)) if path.is_file() else None


def stored_scenario(folder: Path) -> Any:
    """Read the resolved scenario of a store back. InputError if there is none or it cannot be read."""
    import yaml

    from cluster_sim.scenario import load_resolved

    path = Path(folder) / "scenario.yaml"
    try:
        with builtins.open(path, encoding="utf-8") as file:
            return load_resolved(yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except FileNotFoundError:
        raise InputError(f"{folder} has no scenario.yaml: not a results folder") from None
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def open(name: str | Path) -> View:
    """Open a results folder for reading, by its path or by its name under `results/`.

    A warning says if it was made with another version of the code. InputError if there is no such folder.

    >>> from tempfile import TemporaryDirectory
    >>> from cluster_sim.runs.api import ensemble
    >>> with TemporaryDirectory() as folder:
    ...     made = ensemble("baseline", seeds=1, scale="1/400", until="2017-03", workers=0, out=f"{folder}/mine")
    ...     open(f"{folder}/mine").sql("select count(*) as months from series")["months"].tolist()
    [3]
    """
    folder = results_folder(name)
    view = View(folder)
    made_with = view.manifest.get("code_version")
    if made_with not in (None, code_version()):
        warnings.warn(f"{folder} was made with another version of the code ({made_with}, here {code_version()}): "
                      "its runs can be read, but not gone on with", stacklevel=2)
    return view
