"""A finished run that waits for its part: Arrow files, quick to write, each named with its checksum."""

from __future__ import annotations

import zlib
from pathlib import Path

import pyarrow as pa


def write(table: pa.Table, folder: Path, kind: str) -> None:
    """Write one table of a run into its folder as `kind.checksum.arrow`."""
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_file(buffer, table.schema) as file:
        file.write_table(table)
    data = buffer.getvalue()
    with open(folder / f"{kind}.{zlib.crc32(data):08x}.arrow", "wb") as out:
        out.write(data)


def read(path: Path) -> pa.Table:
    """Read a table back. OSError if it is not as it was written (a power cut can do that)."""
    data = path.read_bytes()
    if f"{zlib.crc32(data):08x}" != path.name.split(".")[1]:
        raise OSError(f"{path} is damaged")
    return pa.ipc.open_file(pa.py_buffer(data)).read_all()


def files(folder: Path) -> dict[str, Path]:
    """Return the tables of a staged run by kind."""
    return {path.name.split(".")[0]: path for path in folder.glob("*.arrow")}
