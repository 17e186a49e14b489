"""A finished run that waits for its part: one file with all of its tables, quick to write.

The first line is JSON: where each table lies and its checksum; behind it the tables follow as Arrow files. One
file a run, because what a file system charges for is the file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

SUFFIX = ".run"


def write(tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write the tables of a run, by kind."""
    blobs = [_bytes(table) for table in tables.values()]
    index: dict[str, list[int]] = {}
    offset = 0
    for kind, blob in zip(tables, blobs, strict=True):
        index[kind] = [offset, len(blob), zlib.crc32(blob)]
        offset += len(blob)
    with open(path, "wb") as out:
        out.write(json.dumps(index).encode() + b"\n")
        for blob in blobs:
            out.write(blob)


def _bytes(table: pa.Table) -> pa.Buffer:
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_file(buffer, table.schema) as file:
        file.write_table(table)
    return buffer.getvalue()


def read(path: Path, kind: str) -> pa.Table:
    """Read one table back. OSError if it is not as it was written (a power cut can do that)."""
    with open(path, "rb") as file:
        index = _index(file.readline(), path)
        if kind not in index:
            raise OSError(f"{path} has no table '{kind}'")
        offset, length, checksum = index[kind]
        file.seek(offset, 1)
        data = file.read(length)
    if len(data) != length or zlib.crc32(data) != checksum:
        raise OSError(f"{path} is damaged")
    return pa.ipc.open_file(pa.py_buffer(data)).read_all()


def kinds(path: Path) -> tuple[str, ...]:
    """Return the tables of a staged run. OSError if the file is damaged."""
    with open(path, "rb") as file:
        return tuple(_index(file.readline(), path))


def _index(line: bytes, path: Path) -> dict[str, list[int]]:
    try:
        return {str(kind): [int(each) for each in place] for kind, place in json.loads(line).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise OSError(f"{path} is damaged") from error
