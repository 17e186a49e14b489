"""A strict reader of CSV tables: every row a mapping of nodes that know their line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from cluster_sim.inputs.errors import Faults, Mark, ScenarioError, Source, listing
from cluster_sim.inputs.files import display, read_text_file
from cluster_sim.inputs.yaml_reader import Node, scalar

_CELL = re.compile(r'("(?:[^"]|"")*"|[^,]*)(?:,|$)')


def read_table(path: Path, needed: Sequence[str], faults: Faults, order: int = 0) -> list[Node]:
    """The rows of a table with at least the columns `needed`; an empty cell is left out of its row.

    ScenarioError if the file cannot be read; what is wrong with its columns and rows is noted in `faults`.
    """
    shown = display(path)
    text = read_text_file(path, shown)
    source = Source(shown, tuple(line.rstrip("\r\n") for line in io.StringIO(text, newline="")), order)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        missing = [name for name in needed if name not in header]
        if missing:
            faults.add("", f"no column {listing(missing)}", f"needed: {listing(needed, 30)}", Mark(source, 1, 1))
            return []
        for place, name in enumerate(header):
            if name and name in header[:place]:
                faults.add("", f"the column '{name}' is named twice", "", _place(source, place))
        rows = []
        for cells in lines:
            if len(cells) > len(header):
                faults.add("", f"{len(cells)} cells under {len(header)} columns", "", Mark(source, lines.line_num, 1))
            elif cells:
                rows.append(_row(header, cells, source, lines.line_num))
        return rows
    except csv.Error as error:
        faults.add("", f"not CSV: {error}", "", Mark(source, max(1, lines.line_num), 1))
        raise ScenarioError(faults.found) from None


def _place(source: Source, column: int) -> Mark:
    """The place of a column's name in the first line (its beginning if the header spans several)."""
    places = list(_CELL.finditer(source.lines[0]))
    return Mark(source, 1, places[column].start(1) + 1 if column < len(places) else 1)


def _row(header: list[str], cells: list[str], source: Source, line: int) -> Node:
    """One row; the places of its cells are looked up in its line (the first column if it spans several)."""
    text = source.lines[line - 1] if line <= len(source.lines) else ""
    places = [(found.start(1) + 1, len(found.group(1))) for found in _CELL.finditer(text)]
    if len(places) < len(cells):
        places = [(1, len(text))] * len(cells)
    row = Node({}, Mark(source, line, 1, max(1, len(text))))
    for name, cell, (column, width) in zip(header, cells, places, strict=False):
        if cell.strip():
            row.keys[name] = Mark(source, line, column, max(1, width))
            row.value[name] = Node(scalar(cell.strip()), row.keys[name])
    return row
