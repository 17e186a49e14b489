"""Parts that are not as they were written: found by size and checksum, set aside, their runs done again.

    NAME/sums/part-<key>.json          size and CRC-32 of each file of a part, written after its commit
    NAME/damaged/part-<key>/...        files of a part that was found damaged, for whoever wants to look

A part without its sums (a process was killed in between) is held against the checksums of its own pages.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from cluster_sim.runs import files, tables

SUMS, ASIDE = "sums", "damaged"
BLOCK = 1 << 20


def checksum(path: Path) -> list[int]:
    """Return size and CRC-32 of a file. OSError if it cannot be read."""
    total, size = 0, 0
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            total, size = zlib.crc32(block, total), size + len(block)
    return [size, total]


def sums_file(folder: Path, name: str) -> Path:
    """Return the file that holds the sums of a part."""
    return folder / SUMS / f"{Path(name).stem}.json"


def write_sums(folder: Path, name: str, kinds: Iterable[str]) -> None:
    """Note size and checksum of the files of a part that has just been committed."""
    found = {kind: checksum(folder / kind / name) for kind in kinds}
    # not synced: a part whose sums a power cut has taken is held against the checksums of its pages
    with files.whole(sums_file(folder, name), durable=False) as draft:
        draft.write_text(json.dumps(found, separators=(",", ":")) + "\n", "utf-8")


def what_is_wrong(folder: Path, name: str, kinds: Iterable[str]) -> list[str]:
    """Return the files of a part that are damaged, each with what is wrong; empty if the part is whole.

    `kinds` are the tables that the part may have, for a part without sums.
    """
    try:
        noted = json.loads(sums_file(folder, name).read_text("utf-8"))
        expected = {kind: [int(each) for each in pair] for kind, pair in noted.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return _unreadable(folder, name, kinds)
    wrong = []
    for kind, (size, crc) in expected.items():
        path = folder / kind / name
        if not path.is_file():
            wrong.append(f"{kind}/{name} is missing")
            continue
        found = checksum(path)
        if found[0] != size:
            wrong.append(f"{kind}/{name} is {'cut short' if found[0] < size else 'too long'}")
        elif found[1] != crc:
            wrong.append(f"{kind}/{name} has other bytes than were written")
    return wrong


def gaps(folder: Path, runs: int, finished: int) -> list[str]:
    """Say which files of committed parts are missing or cut short, by their names and sizes alone; empty if none is.

    runs: how many finished runs the manifest counts; finished: how many there are.
    """
    found = []
    for sums in sorted((folder / SUMS).glob("part-*.json")):
        try:
            expected = {kind: int(size) for kind, (size, _) in json.loads(sums.read_text("utf-8")).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            continue
        for kind, size in expected.items():
            path = folder / kind / f"{sums.stem}.parquet"
            if not path.is_file():
                found.append(f"{kind}/{path.name} is missing")
            elif path.stat().st_size != size:
                found.append(f"{kind}/{path.name} is {'cut short' if path.stat().st_size < size else 'too long'}")
    if finished < runs:
        found.append(f"{runs - finished:,} of {runs:,} finished runs are missing")
    return found


def _unreadable(folder: Path, name: str, kinds: Iterable[str]) -> list[str]:
    """Read a part's files whole, page by page against their checksums."""
    wrong = []
    for kind in kinds:
        path = folder / kind / name
        if path.is_file():
            try:
                tables.read(path)
            except (OSError, pa.ArrowException):
                wrong.append(f"{kind}/{name} cannot be read")
    return wrong


def set_aside(folder: Path, name: str, kinds: Iterable[str]) -> Path:
    """Move the files of a part out of the way, its commit first, and return where they are now."""
    number, stem = 1, Path(name).stem
    while (aside := folder / ASIDE / (stem if number == 1 else f"{stem}.{number}")).exists():
        number += 1
    aside.mkdir(parents=True)
    for kind in kinds:
        with suppress(FileNotFoundError):
            (folder / kind / name).rename(aside / f"{kind}.parquet")
    with suppress(FileNotFoundError):
        sums_file(folder, name).unlink()
    return aside
