"""Tables as dictionaries of NumPy columns, and their form on disk: Parquet, compact and repeatable.

Columns go to Arrow through their buffers: `pyarrow.array` would import pandas, which a worker can do
without. A number that is missing (NaN) is null there, so that averages in SQL pass over it. Floats are split
by byte and everything is packed with zstd; every page carries a checksum.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cluster_sim.runs import files

Columns = Mapping[str, np.ndarray]


def to_array(values: np.ndarray) -> pa.Array:
    """Turn one NumPy column into an Arrow array (numbers, booleans, dates by day or month, texts)."""
    values = np.ascontiguousarray(values)
    if values.dtype.kind == "M":
        days = values.astype("datetime64[D]").astype(np.int64).astype(np.int32)
        return pa.Array.from_buffers(pa.date32(), len(days), [None, pa.py_buffer(days)])
    if values.dtype.kind == "b":
        bits = np.packbits(values, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])
    if values.dtype.kind in "USO":
        texts = [t.decode() if isinstance(t, bytes) else None if t is None else str(t)
                 for t in values.tolist()]
        return pa.array(texts, type=pa.string())
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [_validity(values), pa.py_buffer(values)])


def _validity(values: np.ndarray) -> pa.Buffer | None:
    """Return the bits that say which entries are there; None if all are."""
    if values.dtype.kind != "f" or not np.isnan(values.dot(values)):  # the quickest sum that a missing one shows in
        return None
    return pa.py_buffer(np.packbits(~np.isnan(values), bitorder="little"))


def to_table(columns: Columns, constants: Mapping[str, Any] | None = None) -> pa.Table:
    """Turn columns of one length into a table; `constants` become leading columns of one value."""
    length = len(next(iter(columns.values()))) if columns else 1
    data: dict[str, pa.Array] = {}
    for name, value in (constants or {}).items():
        missing = isinstance(value, float) and value != value
        data[name] = pa.repeat(pa.scalar(None, pa.float64()) if missing else pa.scalar(value), length)
    for name, values in columns.items():
        if len(values) != length:
            raise ValueError(f"column {name} has {len(values)} rows, the first has {length}")
        if name not in data:
            data[name] = to_array(values)
    return pa.table(data)


def write(table: pa.Table, path: Path) -> None:
    """Write a table whole: a reader sees all of the file or none. StoreFull if the disk takes no more."""
    floats = [f.name for f in table.schema if pa.types.is_floating(f.type)]
    others = [f.name for f in table.schema if f.name not in floats]
    with files.whole(path) as draft, open(draft, "wb") as file:
        pq.write_table(table, file, compression="zstd", compression_level=3, use_dictionary=others,
                       use_byte_stream_split=floats, write_page_checksum=True, store_schema=False)


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a table whole, checking every page against its checksum (OSError if one is damaged)."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read(columns, use_threads=False)
