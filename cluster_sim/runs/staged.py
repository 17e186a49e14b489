"""A finished run that waits for its part: one uncompressed zip file with a member for each table, quick to write.

The zip carries a checksum of every table. One file a run, because what a file system charges for is the file.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

SUFFIX = ".run"
DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, EOFError, RuntimeError, ValueError)
"""What reading a file of other bytes than were written can raise, beside OSError."""


def write(tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write the tables of a run, by kind."""
    whole = io.BytesIO()  # the zip in one piece: a module of Python that seeks in a file is slow
    with zipfile.ZipFile(whole, "w") as members:
        for kind, table in tables.items():
            buffer = pa.BufferOutputStream()
            with pa.ipc.new_file(buffer, table.schema) as file:
                file.write_table(table)
            members.writestr(zipfile.ZipInfo(kind), buffer.getvalue())
    path.write_bytes(whole.getbuffer())


class Staged:
    """The tables of a staged run, read as they are asked for, between `with` and its end.

    OSError if the file is not as it was written (a power cut can do that), or not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._telling():
            self.members = zipfile.ZipFile(path)
        self.kinds = tuple(self.members.namelist())

    def __enter__(self) -> Staged:
        return self

    def __exit__(self, *what: object) -> None:
        self.members.close()

    def read(self, kind: str) -> pa.Table:
        """Return one table."""
        with self._telling():
            return pa.ipc.open_file(pa.py_buffer(self.members.read(kind))).read_all()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except DAMAGED as error:
            raise OSError(f"{self.path} is damaged: {error}") from error


def read(path: Path, kind: str) -> pa.Table:
    """Read one table back."""
    with Staged(path) as run:
        return run.read(kind)


def kinds(path: Path) -> tuple[str, ...]:
    """Return the tables of a staged run."""
    with Staged(path) as run:
        return run.kinds
