"""A finished run that waits for its part: one uncompressed zip file with a member for each table, quick to write.

The zip carries a checksum of every table. One file a run, because what a file system charges for is the file.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

SUFFIX = ".run"
DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, EOFError, RuntimeError, ValueError)
"""What reading a file of other bytes than were written can raise, beside OSError."""


def write(tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write the tables of a run, by kind."""
    with zipfile.ZipFile(path, "w") as whole:
        for kind, table in tables.items():
            buffer = pa.BufferOutputStream()
            with pa.ipc.new_file(buffer, table.schema) as file:
                file.write_table(table)
            whole.writestr(kind, buffer.getvalue())


def read(path: Path, kind: str) -> pa.Table:
    """Read one table back. OSError if it is not as it was written (a power cut can do that), or not there."""
    try:
        with zipfile.ZipFile(path) as whole:
            return pa.ipc.open_file(pa.py_buffer(whole.read(kind))).read_all()
    except DAMAGED as error:
        raise OSError(f"{path} is damaged: {error}") from error


def kinds(path: Path) -> tuple[str, ...]:
    """Return the tables of a staged run. OSError if the file is damaged."""
    try:
        with zipfile.ZipFile(path) as whole:
            return tuple(whole.namelist())
    except DAMAGED as error:
        raise OSError(f"{path} is damaged: {error}") from error
