"""A store's tables for other programs: CSV, and NetCDF with the dimensions run and month."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from cluster_sim.indicators import INDICATORS
from cluster_sim.runs import folders
from cluster_sim.runs.errors import InputError
from cluster_sim.runs.files import remove_drafts, together, write_bytes
from cluster_sim.runs.read import KINDS, View


def to_csv(view: View, folder: Path, kinds: tuple[str, ...] = KINDS) -> list[Path]:
    """Write each table as CSV (UTF-8, one header line, dates as 2017-01-01) and return the files.

    InputError if one of them is there already outside of the results folder. StoreFull if the disk takes no more: then
    none is written.
    """
    written = {folder / f"{kind}.csv": kind for kind in kinds if view.files.get(kind)}
    folders.new_files(list(written), view.folder)
    remove_drafts(folder, below=False)
    with together(*written) as drafts:
        for kind, draft in zip(written.values(), drafts, strict=True):
            table = view.arrow(kind)
            plain = [pa.string() if pa.types.is_dictionary(f.type) else f.type for f in table.schema]
            table = table.cast(pa.schema(list(zip(table.schema.names, plain, strict=True))))
            pacsv.write_csv(table, draft)
    return list(written)


def cube(view: View) -> tuple[Any, list[str], np.ndarray, dict[str, np.ndarray]]:
    """Return seeds (R,), run_ids, months (T,) and each numeric column of the series as an array (R, T).

    InputError if the runs do not have the same months.
    """
    table = view.arrow("series")
    run_ids = table["run_id"].to_pylist()
    order = list(dict.fromkeys(run_ids))
    months = table["month"].to_numpy()
    length = len(months) // len(order)
    grid = months.reshape(len(order), -1) if len(months) == length * len(order) else None
    if grid is None or not (grid == grid[0]).all():
        raise InputError("the runs have different months: NetCDF needs the same for all")
    columns = {f.name: table[f.name].to_numpy().reshape(len(order), length) for f in table.schema
               if f.name not in ("seed", "month") and (pa.types.is_floating(f.type) or pa.types.is_integer(f.type))}
    return table["seed"].to_numpy().reshape(len(order), length)[:, 0], order, grid[0], columns


def to_netcdf(view: View, path: Path) -> Path:
    """Write the series as NetCDF 3 (classic, readable everywhere), dimensions `run` and `time`; errors as `to_csv`."""
    from scipy.io import netcdf_file

    seeds, run_ids, months, columns = cube(view)
    folders.new_files([path], view.folder)
    remove_drafts(path.parent, below=False)
    content = BytesIO()
    with netcdf_file(content, "w", version=2) as file:
        file.title = str(view.manifest.get("name", ""))
        file.Conventions = "CF-1.8"
        file.source = f"cluster_sim, code {view.manifest.get('code_version', '')}"
        file.createDimension("run", len(run_ids))
        file.createDimension("time", len(months))
        file.createDimension("letters", len(run_ids[0]))
        time = file.createVariable("time", "i4", ("time",))
        time[:] = months.astype("datetime64[D]").astype(np.int32)
        time.units, time.calendar = "days since 1970-01-01", "standard"
        seed = file.createVariable("seed", "f8", ("run",))
        seed[:] = seeds
        names = file.createVariable("run_id", "c", ("run", "letters"))
        names[:] = np.array([list(r.encode()) for r in run_ids], dtype=np.uint8).view("S1")
        for name, values in columns.items():
            kind = "f4" if values.dtype == np.float32 else "f8"
            variable = file.createVariable(name, kind, ("run", "time"))
            variable[:] = values.astype(kind)
            variable.units = INDICATORS[name].unit.replace("fraction", "1") if name in INDICATORS else "1"
        file.flush()
        write_bytes(path, content.getvalue())
    return path
