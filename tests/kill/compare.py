"""What a command left: whether its files are whole, and whether they are those of an undisturbed one."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

UNEQUAL = {".lock", "log.txt"}
TIMES = ("started", "ended", "seconds", "command", "arguments", "directory")
ENDS = {".png": b"IEND\xaeB`\x82", ".pdf": b"%%EOF\n", ".svg": b"</svg>\n", ".csv": b"\n", ".tex": b"\n",
        ".yaml": b"\n", ".txt": b"\n"}


def left(folder: Path) -> dict[str, bytes]:
    """Return the results in a folder: bytes by name, without what may differ between two undisturbed jobs."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or path.name in UNEQUAL or path.name.startswith(".") or path.parent.name in (
                "sums", ".claims"):
            continue
        found[name] = path.read_bytes()
        if path.name == "manifest.json":
            notes = json.loads(found[name])
            found[name] = json.dumps({key: notes[key] for key in notes if key not in TIMES}).encode()
        elif path.parent.name == "runs" and path.suffix == ".parquet":
            table = pq.ParquetFile(path).read(use_threads=False)
            found[name] = "\n".join(map(str, table.drop_columns(["seconds"]).to_pylist())).encode()
    return found


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Say in words what sets the second apart from the first."""
    return [f"{name} is missing" for name in one if name not in other] + [
        f"{name} is left over" for name in other if name not in one] + [
        f"{name} differs" for name in one if name in other and one[name] != other[name]]


def hidden(folder: Path) -> list[str]:
    """Return what is there beside the results and the lock file: drafts and claims of killed processes."""
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob(".*")) if path.name not in UNEQUAL]


def torn(folder: Path) -> list[str]:
    """Return the files under a final name that are not whole."""
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".") and not _whole(path)]


def _whole(path: Path) -> bool:
    """Say whether a file has its end."""
    if path.suffix == ".parquet":
        try:
            pq.ParquetFile(path).close()
        except (OSError, pa.ArrowException):
            return False
        return True
    data = path.read_bytes()
    if path.name in UNEQUAL and not data:  # lines are added to it one by one
        return True
    if path.suffix == ".json":
        try:
            json.loads(data)
        except ValueError:
            return False
        return True
    return data.endswith(ENDS.get(path.suffix, b""))
