"""No number of the economy stands in the code: it has a name, a unit, bounds, a status and a source in a file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = [f"cluster_sim/{room}" for room in ("month", "policies", "initial", "nation", "city")]
STRUCTURE = {0, 1, 2, 11, 12, 0.5}
"""None, one, two, a half; the months of a year and the last of them. Exponents of a functional form are such."""
UNITS = {100, 1000, 1e6}
"""Per cent, thousands, millions: what changes a unit and nothing else."""
TINY = 1e-6
"""Numbers up to it keep a division or a log finite, or say what is rounding (or turn yuan into millions)."""
DECLARE = {"Key", "_key", "Field"}
"""Calls that give a number with its unit, its bounds and its meaning: the keys of instruments and of a city's file."""
BITS, SHAPES = {"U64", "uint64", "lru_cache"}, {"zeros", "empty", "ones", "full"}
EXCEPTIONS = {
    ("payer", "policies"): "who pays is declared with the instrument, stands in its page and adds up to one",
}
"""Names whose numbers stay in the code, where they stand, and why."""
WHAT_TO_DO = ("give it a name in cluster_sim/parameters.yaml (value, unit, bounds, status, source, text) and read it "
              "as p.group_name or par['group.name'], or as a Key of the instrument; a number of the arithmetic alone "
              "becomes a constant of its file with '# technical: why'")


def name_of(node: ast.AST) -> str:
    """Return the last part of the name of what is called."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_plain(node: ast.AST) -> bool:
    """Say whether a node is no number, or one of structure, of units, or too small to be of the economy."""
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return True
    return node.value in STRUCTURE | UNITS or node.value <= TINY


def whole(*parts: ast.AST) -> list[ast.AST]:
    """Return the whole numbers in some parts of a source."""
    return [node for part in parts for node in ast.walk(part)
            if isinstance(node, ast.Constant) and isinstance(node.value, int)]


def left_alone(node: ast.AST, lines: list[str], room: str) -> list[ast.AST]:
    """Return what may hold any number: places in arrays, shapes, bits, declarations, constants that are technical."""
    if isinstance(node, ast.Subscript):
        return whole(node.slice)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift | ast.RShift):
        return [node.right]
    if isinstance(node, ast.Call) and name_of(node.func) in DECLARE | BITS:
        return [*node.args, *(word.value for word in node.keywords)]
    if isinstance(node, ast.Call) and name_of(node.func) in SHAPES:
        return whole(*node.args[:1])
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        text = " ".join(lines[node.lineno - 1 : node.end_lineno])
        said = text.partition("# technical:")[2].strip()
        if all((name, room) in EXCEPTIONS for name in names) and names:
            return [node]
        if node.col_offset == 0 and said and all(name.isupper() for name in names):
            return [node]
    return []


def numbers(source: str, room: str = "") -> list[tuple[int, float]]:
    """Return the numbers of a source that belong into a file of parameters, with their lines."""
    tree, lines = ast.parse(source), source.splitlines()
    spared = {id(part) for node in ast.walk(tree) for alone in left_alone(node, lines, room)
              for part in ast.walk(alone)}
    return sorted((node.lineno, node.value) for node in ast.walk(tree)
                  if not is_plain(node) and id(node) not in spared)


def test_no_number_of_the_economy_stands_in_the_code():
    found = []
    for place in PLACES:
        files = sorted((ROOT / place).glob("*.py"))
        assert files, place
        for file in files:
            found += [f"{file.relative_to(ROOT)}:{line}: {value} stands in the code: {WHAT_TO_DO}"
                      for line, value in numbers(file.read_text(encoding="utf-8"), file.parent.name)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("line", [
    "x = 0.7 * wage", "if staff >= 3: pass", "for _ in range(8): pass", "def f(rate=0.05): pass", "RATE = 0.3",
    "RATE = 0.3      # technical:", "RATE = 0.3      # what a founder saves", "rate = 0.3      # technical: no",
    "def f():\n    RATE = 0.3  # technical: no", "x = np.full(3, 0.07)", "x = -0.2 if y else 1.0", "x = y ** 0.33",
    "SHARES = {'city': 0.3}", "x = 1.05 ** years", "x = y[int(0.3 * n)]"])
def test_a_new_number_is_found(line):
    assert numbers(line)


@pytest.mark.parametrize("line", [
    "x = s[3] + s[4:9]", "x = 1e6 * y / 12.0", "x = max(y, 1e-9)", "x = 0.5 * (y + z)", "x = h >> 48", "x = y ** 2",
    "x = U64(0x9E37)", "keys = {'rate': Key('share', 0.3, 0, 1, 'rate')}", "x = np.zeros((4, n))",
    "x = p.labour_quit * y", "GAIN = 0.3      # technical: of the controller", "@lru_cache(maxsize=8)\ndef f(): pass"])
def test_structure_units_and_declarations_are_no_such_numbers(line):
    assert not numbers(line)


def test_every_exception_is_needed():
    for name, room in EXCEPTIONS:
        text = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "cluster_sim" / room).glob("*.py"))
        assert f"    {name} = " in text, f"{name} of {room} is no longer in the code: take it off the list"
